// A web server that hands out what is said of certificates' status (RFC 5280 4.2.1.13, RFC 6960 A.1), as data. The zero
// value behaves well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "certs/members.h"

namespace fakeserver {

using certs::Member;
using certs::Members;

// What is wrong with every answer.
enum class HttpFault : uint8_t {
  kNone,
  kSilence,       // the request is read, and never answered
  kDrip,          // the answer comes one octet a second
  kEndless,       // the content has no end (and no length)
  kHuge,          // the content is said to be 8 GiB long, and goes on and on
  kShort,         // the connection ends in the middle of the content
  kReset,         // the connection is aborted behind the request
  kRedirectLoop,  // what is asked for is always at the place that was asked
  kNotFound,      // 404
  kServerError,   // 500
  kWebPage,       // 200, and a page for people
  kEmpty,         // 200, and nothing
};
std::string_view Name(HttpFault fault);  // "redirect-loop"

struct HttpScript {
  HttpFault fault = HttpFault::kNone;

  bool operator==(const HttpScript&) const = default;
  static constexpr auto kMembers = Members{Member{"fault", &HttpScript::fault}};
};

}  // namespace fakeserver

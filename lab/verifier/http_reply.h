// One HTTP/1.1 response (RFC 9112), read strictly and within bounds: as much HTTP as fetching one small text needs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace verifier {

inline constexpr size_t kMaxHttpHead = 16 * 1024;  // octets of status line and fields

enum class HttpState : uint8_t { kIncomplete, kDone, kMalformed, kTooLong };

struct HttpReply {
  HttpState state = HttpState::kIncomplete;
  int status = 0;
  std::string content_type;  // lower case, without parameters and blanks: "text/plain"
  std::string body;
};

// Reads what has arrived so far. `ended`: nothing more will come, in good order; that ends a body without a length.
// A body of more than `limit` octets is kTooLong as soon as that is known.
HttpReply ReadHttp(std::string_view bytes, bool ended, size_t limit);

}  // namespace verifier

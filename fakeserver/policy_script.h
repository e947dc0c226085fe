// The host that publishes a domain's MTA-STS policy (RFC 8461 3.3), as data: what its one HTTP response says. The zero
// value publishes a good policy for the host of the world.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/members.h"
#include "fakeserver/byte_stream.h"

namespace fakeserver {

using certs::Member;
using certs::Members;

struct PolicyScript {
  // The policy's fields. "{host}" stands for the host of the world; an empty field is left out.
  std::string version = "STSv1", mode = "enforce", max_age = "86400";
  std::vector<std::string> mx = {"{host}"};
  std::vector<std::string> more;    // further lines, in front of the others
  std::optional<std::string> body;  // exactly this instead
  size_t padding = 0;               // octets of blank lines behind it
  // The response around it.
  int status = 200;  // 3xx: with a Location, mta-sts.eve.test
  std::string media_type = "text/plain";

  bool operator==(const PolicyScript&) const = default;
  static constexpr auto kMembers = Members{Member{"version", &PolicyScript::version},
                                           Member{"mode", &PolicyScript::mode},
                                           Member{"max_age", &PolicyScript::max_age},
                                           Member{"mx", &PolicyScript::mx},
                                           Member{"more", &PolicyScript::more},
                                           Member{"body", &PolicyScript::body},
                                           Member{"padding", &PolicyScript::padding},
                                           Member{"status", &PolicyScript::status},
                                           Member{"media_type", &PolicyScript::media_type}};
};

// The policy's text for the host of that name.
std::string PolicyText(const PolicyScript& script, std::string_view host);

// The whole HTTP response, head and body.
Bytes PolicyResponse(const PolicyScript& script, std::string_view host);

}  // namespace fakeserver

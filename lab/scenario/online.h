// Publishes a world's OnlineStatus: from specs to a web site.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "certs/issue.h"
#include "certs/result.h"
#include "fakeserver/http_connection.h"
#include "lab/scenario/world.h"

namespace lab {

// The web server's name, and its port: certificates name no other.
inline constexpr std::string_view kStatusHost = "status.bob.test";
inline constexpr uint16_t kStatusPort = 80;

std::string CrlUrl(size_t n);                       // "http://status.bob.test/crl/0"
std::string OcspUrl(std::string_view certificate);  // "http://status.bob.test/ocsp/leaf"

// The site, with everything signed. Errors as of Issuer::Issue.
certs::Result<std::shared_ptr<const fakeserver::HttpSite>> IssueSite(const World& world, certs::Issuer& issuer);

}  // namespace lab

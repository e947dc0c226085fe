#include "lab/scenario/online.h"

#include <utility>

namespace lab {
namespace {

constexpr std::string_view kCrlPath = "/crl/", kOcspPath = "/ocsp/";

std::string UrlOf(const std::string& path) { return "http://" + std::string(kStatusHost) + path; }
std::string CrlPath(size_t n) { return std::string(kCrlPath) + std::to_string(n); }
std::string OcspPath(std::string_view certificate) { return std::string(kOcspPath).append(certificate); }

}  // namespace

std::string CrlUrl(size_t n) { return UrlOf(CrlPath(n)); }
std::string OcspUrl(std::string_view certificate) { return UrlOf(OcspPath(certificate)); }

// The issuer makes statements of a chain's revocation data; where they go is another matter. So the chain is issued
// once more with those that are to be published in the place of those that are not: the certificates are remembered.
certs::Result<std::shared_ptr<const fakeserver::HttpSite>> IssueSite(const World& world, certs::Issuer& issuer) {
  certs::ChainSpec chain = world.chain;
  chain.revocation = {.staples = world.online.responses, .crls = world.online.crls};
  const auto issued = issuer.Issue(chain);
  if (!issued) {
    return std::unexpected(issued.error());
  }
  auto site = std::make_shared<fakeserver::HttpSite>();
  site->script = world.online.http;
  for (size_t n = 0; n < (*issued)->crls.size(); ++n) {
    site->resources[CrlPath(n)] = {.type = "application/pkix-crl", .content = (*issued)->crls[n]};  // RFC 2585 4
  }
  for (size_t i = 0; i < (*issued)->staples.size(); ++i) {
    if ((*issued)->staples[i]) {
      site->resources[OcspPath(chain.presented[i])] = {.type = "application/ocsp-response",  // RFC 6960 C.2
                                                       .content = *(*issued)->staples[i]};
    }
  }
  return std::shared_ptr<const fakeserver::HttpSite>(std::move(site));
}

}  // namespace lab

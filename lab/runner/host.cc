#include "lab/runner/host.h"

#include <utility>

namespace lab {

certs::Result<Host> MakeHost(const World& world, fakeserver::TlsMode mode, certs::Issuer& issuer) {
  auto chain = issuer.Issue(world.chain);
  if (!chain) {
    return std::unexpected(chain.error());
  }
  Host host{.visits = {}, .chain = std::move(*chain)};
  for (size_t visit = 0; visit <= world.earlier.size(); ++visit) {
    const World met = OnVisit(world, visit);
    auto behaviour = std::make_shared<fakeserver::Behaviour>();
    behaviour->mode = mode;
    behaviour->smtp = met.smtp;
    behaviour->tls = met.tls;
    behaviour->link = met.link;
    behaviour->identity = host.chain;
    if (const auto prepared = fakeserver::Prepare(*behaviour); !prepared) {
      return std::unexpected(prepared.error());
    }
    host.visits.push_back(std::move(behaviour));
  }
  return host;
}

}  // namespace lab

#include "lab/runner/host.h"

#include <utility>

namespace lab {

certs::Result<Host> MakeHost(const World& world, fakeserver::TlsMode mode, certs::Issuer& issuer) {
  std::vector<World> visits;
  std::vector<const certs::ChainSpec*> specs;
  visits.reserve(world.earlier.size() + 1);  // `specs` points into it
  for (size_t visit = 0; visit <= world.earlier.size(); ++visit) {
    visits.push_back(OnVisit(world, visit));
    visits.back().reference.clear();  // the client's affair
    specs.push_back(&visits.back().chain);
  }
  auto chains = issuer.IssueTogether(specs);
  if (!chains) {
    return std::unexpected(chains.error());
  }
  Host host{.visits = {}, .chains = *std::move(chains)};
  for (size_t visit = 0; visit < visits.size(); ++visit) {
    const World& met = visits[visit];
    if (visit > 0 && met == visits[visit - 1]) {
      host.visits.push_back(host.visits.back());
      continue;
    }
    auto behaviour = std::make_shared<fakeserver::Behaviour>();
    behaviour->mode = mode;
    behaviour->smtp = met.smtp;
    behaviour->tls = met.tls;
    behaviour->link = met.link;
    behaviour->identity = host.chains[visit];
    if (const auto prepared = fakeserver::Prepare(*behaviour); !prepared) {
      return std::unexpected(prepared.error());
    }
    host.visits.push_back(std::move(behaviour));
  }
  return host;
}

}  // namespace lab

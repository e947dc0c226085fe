#include "lab/runner/host.h"

#include <optional>
#include <utility>

namespace lab {

certs::Result<Host> MakeHost(const World& world, fakeserver::TlsMode mode, certs::Issuer& issuer) {
  Host host;
  std::optional<World> last;
  for (size_t visit = 0; visit <= world.earlier.size(); ++visit) {
    World met = OnVisit(world, visit);
    met.reference.clear();  // the client's affair
    if (last && met == *last) {
      host.visits.push_back(host.visits.back());
      host.chains.push_back(host.chains.back());
      continue;
    }
    auto chain = issuer.Issue(met.chain);
    if (!chain) {
      return std::unexpected(chain.error());
    }
    auto behaviour = std::make_shared<fakeserver::Behaviour>();
    behaviour->mode = mode;
    behaviour->smtp = met.smtp;
    behaviour->tls = met.tls;
    behaviour->link = met.link;
    behaviour->identity = *chain;
    if (const auto prepared = fakeserver::Prepare(*behaviour); !prepared) {
      return std::unexpected(prepared.error());
    }
    host.visits.push_back(std::move(behaviour));
    host.chains.push_back(*std::move(chain));
    last = std::move(met);
  }
  return host;
}

}  // namespace lab

// How the built-in client makes up its mind, as a relay, before it connects: MX, TLSA records or an MTA-STS policy. The
// same decisions on both wires; only who answers and who carries the bytes differs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "fakeserver/connection.h"
#include "fakeserver/dns_answer.h"
#include "fakeserver/server.h"
#include "lab/scenario/policy.h"
#include "lab/scenario/world.h"
#include "lab/verifier/https_get.h"
#include "lab/verifier/mta_sts.h"
#include "lab/verifier/resolver.h"
#include "lab/verifier/smtp_client.h"

namespace lab {

// What a relay meets besides its mail host.
struct RelayScene {
  std::shared_ptr<const fakeserver::DnsData> dns;
  std::shared_ptr<const fakeserver::Behaviour> policy_host;
  fakeserver::ListenScript policy_listen;
  std::vector<certs::Bytes> policy_anchors;  // what the client trusts for HTTPS
};

// Whether the client looks anything up: a relay with DANE or MTA-STS, for a host that has a name.
bool LooksUp(const World& world, Policy policy);

// The scene of a world for which LooksUp.
certs::Result<RelayScene> MakeScene(const World& world, certs::Issuer& issuer);

// The two ways out of the client, both blocking until they are through.
struct RelayNetwork {
  std::function<verifier::DnsAnswer(const verifier::DnsQuestion&)> look_up;
  std::function<void(verifier::HttpsGet&)> fetch;
};

// Decides whom `config` will talk to and by what it will judge them: sets its reference and its trust. Returns the
// fetch of an MTA-STS policy that failed, if one did.
std::optional<verifier::StsFetch> DecideAsRelay(verifier::SmtpClientConfig& config, const World& world, Policy policy,
                                                const RelayScene& scene, const RelayNetwork& network);

// The network of the memory wire: virtual time, no sockets. Borrows `scene`.
RelayNetwork MemoryNetwork(const RelayScene& scene);

// The network of the TCP wire: a fake resolver and a policy host on loopback, which live as long as what is returned.
// Borrows the rest.
certs::Result<RelayNetwork> TcpNetwork(const RelayScene& scene, fakeserver::ServerHandle& server,
                                       const std::atomic<bool>& stop);

}  // namespace lab

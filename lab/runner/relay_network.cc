#include <fmt/format.h>

#include <atomic>

#include "fakeserver/dns_server.h"
#include "lab/runner/relay.h"
#include "lab/runner/tcp_wire.h"
#include "lab/verifier/ares_resolver.h"

namespace lab {
namespace {

// What waiting costs is real here. Longer than any delay of a scenario that must be answered.
constexpr std::chrono::seconds kPerTry{1}, kFetch{4};

// The relay's surroundings on loopback.
struct Surroundings {
  fakeserver::DnsHandle dns;
  std::unique_ptr<verifier::AresResolver> resolver;
};

}  // namespace

certs::Result<RelayNetwork> TcpNetwork(const RelayScene& scene, fakeserver::ServerHandle& server,
                                       const std::atomic<bool>& stop) {
  auto dns = fakeserver::StartDns({.data = scene.dns});
  if (!dns) {
    return std::unexpected(dns.error());
  }
  auto resolver = verifier::AresResolver::Make(
      {.servers = {"127.0.0.1"}, .port = dns->port(), .times = {.per_try = kPerTry, .tries = 2}});
  if (!resolver) {
    return std::unexpected(resolver.error());
  }
  auto around = std::make_shared<Surroundings>(Surroundings{std::move(*dns), std::move(*resolver)});
  RelayNetwork network;
  network.look_up = [around](const verifier::DnsQuestion& question) {
    around->resolver->Ask(question);
    while (true) {
      const bool pending = around->resolver->Wait(kPerTry);
      auto answers = around->resolver->Take();
      if (!answers.empty()) {
        return std::move(answers.front().second);
      }
      if (!pending) {
        return verifier::DnsAnswer{};
      }
    }
  };
  network.fetch = [&scene, &server, &stop](verifier::HttpsGet& get) {
    static std::atomic<uint64_t> next_listener = 0;
    const std::string listener = fmt::format("policy-host-{}", next_listener++);
    const auto port = server.Add({.id = listener,
                                  .behaviour = [behaviour = scene.policy_host](int) { return behaviour; },
                                  .listen = scene.policy_listen});
    if (port) {
      RunOnTcpWire(get, *port, kFetch, stop);
      server.Remove(listener);
    }
  };
  return network;
}

}  // namespace lab

#include "lab/runner/listeners.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace lab {
namespace {

// How long a connection may still take to be written down when its client is gone.
constexpr std::chrono::milliseconds kQuiet{500};

// Unique among those of a campaign.
std::string NewListenerId() {
  static std::atomic<uint64_t> next = 0;
  return fmt::format("run-{}", next++);
}

}  // namespace

certs::Result<uint16_t> Listeners::Add(std::vector<std::shared_ptr<const fakeserver::Behaviour>> visits,
                                       const fakeserver::ListenScript& listen, int socket) {
  const std::string id = NewListenerId();
  auto next = [visits = std::move(visits), made = made_](int) {
    return visits[std::min(made->fetch_add(1), visits.size() - 1)];
  };
  auto port = server_.Add({.id = id, .socket = socket, .behaviour = std::move(next), .listen = listen});
  if (port) {
    ids_.push_back(id);
  }
  return port;
}

std::vector<fakeserver::Transcript> Listeners::Close() {
  std::vector<fakeserver::Transcript> transcripts;
  for (const std::string& id : std::exchange(ids_, {})) {
    server_.WaitUntilQuiet(id, kQuiet);
    for (fakeserver::Transcript& transcript : server_.Remove(id)) {
      transcripts.push_back(std::move(transcript));
    }
  }
  return transcripts;
}

void LookUps::AddPorts(std::vector<SandboxSocket>& sockets) const {
  constexpr uint16_t kDns = 53, kHttps = 443;
  sockets.push_back({.port = kDns, .datagram = true});
  sockets.push_back({.port = kDns});
  sockets.push_back({.port = kHttps, .door = scene_.policy_listen.door});
}

std::optional<std::string> LookUps::Serve(std::span<const int, 3> sockets) {
  auto dns = fakeserver::StartDns(
      {.data = scene_.dns, .sockets = {{.address = "127.0.0.1", .udp = sockets[0], .tcp = sockets[1]}}});
  const auto web = web_.Add({scene_.policy_host}, scene_.policy_listen, sockets[2]);
  if (!dns) {
    return dns.error().detail;
  }
  dns_.emplace(std::move(*dns));
  return web ? std::nullopt : std::optional(web.error().detail);
}

}  // namespace lab

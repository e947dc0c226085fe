#include "lab/runner/meet_command.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "certs/bytes.h"
#include "lab/runner/command_client.h"
#include "lab/runner/listeners.h"
#include "lab/runner/relay.h"
#include "lab/scenario/online.h"

namespace lab {
namespace {

using fakeserver::Behaviour;
using fakeserver::TlsMode;
using Visits = std::vector<std::shared_ptr<const Behaviour>>;

// The ports of a sandbox, that which the client is told first. The others answer just the same: a client that turns to
// another port when the first displeases it meets the same server there, and is seen.
std::vector<SandboxSocket> PortsOf(TlsMode mode, Policy policy, fakeserver::Door door) {
  constexpr uint16_t kRelay = 25, kSubmission = 587, kImplicit = 465;
  std::vector<uint16_t> ports = {kSubmission, kRelay, kImplicit};
  if (mode == TlsMode::kImplicit) {
    ports = {kImplicit, kSubmission, kRelay};
  } else if (policy != Policy::kSubmission) {
    ports = {kRelay, kSubmission, kImplicit};
  }
  std::vector<SandboxSocket> sockets;
  for (const uint16_t port : ports) {
    sockets.push_back({.port = port, .door = door});
  }
  return sockets;
}

// The same server in the mode that a port stands for.
Visits InMode(const Visits& visits, TlsMode mode) {
  Visits others;
  for (const auto& behaviour : visits) {
    auto other = std::make_shared<Behaviour>(*behaviour);
    other->mode = mode;
    others.push_back(std::move(other));
  }
  return others;
}

// What answers at a port of the sandbox.
Visits AtPort(uint16_t port, const Visits& visits, const std::shared_ptr<const fakeserver::HttpSite>& site) {
  constexpr uint16_t kImplicit = 465;
  if (port == kStatusPort) {
    auto web = std::make_shared<Behaviour>();
    web->site = site;
    return {std::move(web)};
  }
  return InMode(visits, port == kImplicit ? TlsMode::kImplicit : TlsMode::kStartTls);
}

// Hands the sandbox's sockets to the server.
std::optional<std::string> Serve(Listeners& listeners, const Visits& visits,
                                 const std::shared_ptr<const fakeserver::HttpSite>& site,
                                 const fakeserver::ListenScript& listen, const std::vector<SandboxSocket>& ports,
                                 std::span<const int> sockets) {
  std::optional<std::string> failure;
  for (size_t i = 0; i < sockets.size(); ++i) {
    const fakeserver::ListenScript here = ports[i].port == kStatusPort ? fakeserver::ListenScript{} : listen;
    if (const auto added = listeners.Add(AtPort(ports[i].port, visits, site), here, sockets[i]); !added && !failure) {
      failure = added.error().detail;
    }
  }
  return failure;
}

ClientReport RunInSandbox(const Lab& lab, const RunRecord& record, const Visits& visits, Listeners& listeners,
                          const CommandSpec& command, Meeting meeting) {
  const fakeserver::ListenScript& listen = record.scenario->world.listen;
  meeting.sockets = PortsOf(record.mode, record.policy, listen.door);
  meeting.port = meeting.sockets.front().port;
  std::shared_ptr<const fakeserver::HttpSite> site;
  if (const World& world = record.scenario->world; world.online.Any()) {
    auto issued = IssueSite(world, *lab.tcp_issuer);
    if (!issued) {
      return {.started = false, .detail = certs::Escaped(issued.error().detail, 300)};
    }
    site = *std::move(issued);
    meeting.sockets.push_back({.port = kStatusPort});
    meeting.names.emplace_back(kStatusHost);
  }
  meeting.dns = command.dns;
  const size_t served_ports = meeting.sockets.size();
  std::optional<LookUps> look_ups;
  if (command.dns) {
    auto scene = MakeScene(record.scenario->world, *lab.tcp_issuer);
    if (!scene) {
      return {.started = false, .detail = scene.error().detail};
    }
    if (record.policy == Policy::kRelayMtaSts) {
      meeting.web_anchors = scene->policy_anchors;
    }
    look_ups.emplace(std::move(*scene), *lab.server);
    look_ups->AddPorts(meeting.sockets);
  }
  meeting.on_sockets = [&](const std::vector<int>& sockets) {
    const std::span<const int> all(sockets);
    auto failure = Serve(listeners, visits, site, listen, meeting.sockets, all.first(served_ports));
    if (look_ups) {
      const auto other = look_ups->Serve(all.subspan(served_ports).first<3>());
      failure = failure ? failure : other;
    }
    return failure;
  };
  return RunCommand(command, meeting, lab.stop);
}

// SHA-256 of the certificate that the good server has in this campaign. Chains are memoised, so this costs nothing but
// once.
std::string GoodFingerprint(certs::Issuer& issuer) {
  const auto good = issuer.Issue(GoodWorld().chain);
  if (!good || (*good)->presented.empty()) {
    return "";
  }
  const certs::Bytes& leaf = (*good)->presented.front();
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(leaf.data(), leaf.size(), digest.data());
  return certs::ToHex(digest);
}

// One run of the program, which meets these visits.
certs::Result<ClientReport> RunOnce(const Lab& lab, const RunRecord& record, const CommandSpec& command,
                                    const Visits& visits, Listeners& listeners, Meeting meeting) {
  if (lab.sandbox) {
    return RunInSandbox(lab, record, visits, listeners, command, std::move(meeting));
  }
  const auto port = listeners.Add(visits, record.scenario->world.listen);
  if (!port) {
    return std::unexpected(port.error());
  }
  meeting.port = *port;
  return RunCommand(command, meeting, lab.stop);
}

}  // namespace

certs::Result<CommandVisits> MeetAsCommand(const Lab& lab, const RunRecord& record, const Host& host,
                                           const CommandSpec& command, const Honey& honey) {
  const World& world = record.scenario->world;
  CommandVisits met;
  for (size_t visit = 0; visit < host.visits.size();) {
    Listeners listeners(*lab.server);
    const Visits left(host.visits.begin() + static_cast<std::ptrdiff_t>(visit),
                      world.returns ? host.visits.begin() + static_cast<std::ptrdiff_t>(visit + 1) : host.visits.end());
    const std::string reference = OnVisit(world, visit).reference;
    auto report = RunOnce(lab, record, command, left, listeners,
                          {.reference = reference,
                           .mode = record.mode,
                           .anchors = host.chains[visit]->trusted,
                           .fingerprint = GoodFingerprint(*lab.tcp_issuer),
                           .honey = honey,
                           .now = lab.tcp_issuer->now(),
                           .sandbox = lab.sandbox});
    if (!report) {
      return std::unexpected(report.error());
    }
    met.report = *std::move(report);
    std::vector<fakeserver::Transcript> seen = listeners.Close();
    const Observation observation = Observe(seen, honey);
    met.first_of_last = met.transcripts.size();
    std::ranges::move(seen, std::back_inserter(met.transcripts));
    const bool delivered = observation.delivered_in_tls || observation.delivered_in_clear;
    const bool over = !met.report.started || met.report.timed_out || met.report.signal != 0 || lab.stop ||
                      met.report.claim == Claim::kUnsupported;
    if (over || (delivered && !world.returns)) {
      break;
    }
    visit += world.returns ? 1 : static_cast<size_t>(std::max(observation.connections, 1));
  }
  return met;
}

}  // namespace lab

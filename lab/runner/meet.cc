#include "lab/runner/meet.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <memory>
#include <span>
#include <utility>

#include "certs/bytes.h"
#include "lab/runner/built_in.h"
#include "lab/runner/clock.h"
#include "lab/runner/command_client.h"
#include "lab/runner/expectations.h"
#include "lab/runner/host.h"
#include "lab/runner/listeners.h"
#include "lab/runner/memory_wire.h"
#include "lab/runner/relay.h"
#include "lab/runner/tcp_wire.h"
#include "lab/scenario/online.h"

namespace lab {
namespace {

using certs::IssuedChain;
using fakeserver::Behaviour;
using fakeserver::TlsMode;
using std::chrono::milliseconds;

// A client whose connections do not end is waited for no longer than this after it has gone.
// The built-in client has a limit for every wait; this one is for the lab's own mistakes.
constexpr milliseconds kBuiltInLimit = std::chrono::minutes(1);
constexpr milliseconds kDialLimit = std::chrono::seconds(1);

std::string Sha256(const IssuedChain& chain) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const certs::Bytes& certificate : chain.presented) {
    SHA256_Update(&context, certificate.data(), certificate.size());
  }
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), &context);
  return certs::ToHex(digest);
}

void SetFailure(RunRecord& record, const certs::Error& error) {
  record.outcome = error.code == certs::ErrorCode::kUnsupported ? Outcome::kSkip : Outcome::kError;
  record.sentence = certs::Escaped(error.detail, 500);
}

void SetJudgement(RunRecord& record, const Honey& honey) {
  record.observation = Observe(record.transcripts, honey);
  Judgement judgement = Judge(*record.scenario, record.expectation, record.policy, record.observation, record.report);
  record.outcome = judgement.outcome;
  record.sentence = std::move(judgement.sentence);
}

// `record` has its scenario, mode, policy and expectation.
void MeetInMemory(RunRecord& record, certs::Issuer& issuer, const Honey& honey, bool collect_all) {
  const auto host = MakeHost(record.scenario->world, record.mode, issuer);
  if (!host) {
    SetFailure(record, host.error());
    return;
  }
  record.chain_sha256 = Sha256(*host->chain);
  const World& world = record.scenario->world;
  verifier::SmtpClientConfig config = MakeConfig(world, record.mode, *host->chain, honey, issuer.now(), record.policy);
  if (LooksUp(world, record.policy)) {
    const auto scene = MakeScene(world, issuer);
    if (!scene) {
      SetFailure(record, scene.error());
      return;
    }
    DecideAsRelay(config, world, record.policy, *scene, MemoryNetwork(*scene));
  } else if (record.policy == Policy::kRelayDane) {
    config.trust.mode = verifier::TrustMode::kUnauthenticated;  // an address has no TLSA records (RFC 7672 2.2)
  }
  for (const auto& behaviour : host->visits) {
    verifier::SmtpClient client(config);
    MemoryRun met = RunOnMemoryWire(client, behaviour, world.listen);
    if (world.listen.door == fakeserver::Door::kOpen) {
      record.transcripts.push_back(std::move(met.transcript));
    }
    record.report = MakeReport(client, config, collect_all);
    record.report.timed_out = met.end == WireEnd::kStalled;
    if (met.end == WireEnd::kStepLimit) {
      record.outcome = Outcome::kError;
      record.sentence = fmt::format("client and server were not done after {} steps", met.steps);
      return;
    }
    if (client.result().verdict.ok()) {
      break;  // delivered; who has not tries again, as mailers do, while the server may yet change its mind
    }
  }
  SetJudgement(record, honey);
}

// The relay's decision over real sockets: a fake resolver and a policy host of its own for every run.
certs::Result<void> DecideOverTcp(const Lab& lab, const World& world, Policy policy,
                                  verifier::SmtpClientConfig& config) {
  if (!LooksUp(world, policy)) {
    if (policy == Policy::kRelayDane) {
      config.trust.mode = verifier::TrustMode::kUnauthenticated;
    }
    return {};
  }
  const auto scene = MakeScene(world, *lab.tcp_issuer);
  if (!scene) {
    return std::unexpected(scene.error());
  }
  const auto network = TcpNetwork(*scene, *lab.server, lab.stop);
  if (!network) {
    return std::unexpected(network.error());
  }
  DecideAsRelay(config, world, policy, *scene, *network);
  return {};
}

ClientReport RunBuiltIn(const Lab& lab, const RunRecord& record, const Host& host, uint16_t port, const Honey& honey) {
  const World& world = record.scenario->world;
  verifier::SmtpClientConfig config =
      MakeConfig(world, record.mode, *host.chain, honey, lab.tcp_issuer->now(), record.policy);
  if (const auto decided = DecideOverTcp(lab, world, record.policy, config); !decided) {
    return {.started = false, .detail = decided.error().detail};
  }
  config.timeouts = TcpTimeouts();
  ClientReport report;
  for (size_t visit = 0; visit < host.visits.size() && !(report.verdict && report.verdict->ok()); ++visit) {
    verifier::SmtpClient client(config);
    // Nobody waits for an answer to a call longer than for one to a command.
    const bool open = world.listen.door == fakeserver::Door::kOpen;
    const TcpRun met = RunOnTcpWire(client, port, open ? kBuiltInLimit : kDialLimit, lab.stop);
    if (!met.connected && open) {
      return {.started = false, .detail = fmt::format("no connection to the fake server: {}", met.error)};
    }
    report = MakeReport(client, config, lab.options.collect_all);
    report.timed_out = met.timed_out;
  }
  return report;
}

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
std::vector<std::shared_ptr<const Behaviour>> InMode(const std::vector<std::shared_ptr<const Behaviour>>& visits,
                                                     TlsMode mode) {
  std::vector<std::shared_ptr<const Behaviour>> others;
  for (const auto& behaviour : visits) {
    auto other = std::make_shared<Behaviour>(*behaviour);
    other->mode = mode;
    others.push_back(std::move(other));
  }
  return others;
}

// What answers at a port of the sandbox.
std::vector<std::shared_ptr<const Behaviour>> AtPort(uint16_t port, const Host& host,
                                                     const std::shared_ptr<const fakeserver::HttpSite>& site) {
  constexpr uint16_t kImplicit = 465;
  if (port == kStatusPort) {
    auto web = std::make_shared<Behaviour>();
    web->site = site;
    return {std::move(web)};
  }
  return InMode(host.visits, port == kImplicit ? TlsMode::kImplicit : TlsMode::kStartTls);
}

// Hands the sandbox's sockets to the server.
std::optional<std::string> Serve(Listeners& listeners, const Host& host,
                                 const std::shared_ptr<const fakeserver::HttpSite>& site,
                                 const fakeserver::ListenScript& listen, const std::vector<SandboxSocket>& ports,
                                 std::span<const int> sockets) {
  std::optional<std::string> failure;
  for (size_t i = 0; i < sockets.size(); ++i) {
    const fakeserver::ListenScript here = ports[i].port == kStatusPort ? fakeserver::ListenScript{} : listen;
    if (const auto added = listeners.Add(AtPort(ports[i].port, host, site), here, sockets[i]); !added && !failure) {
      failure = added.error().detail;
    }
  }
  return failure;
}

ClientReport RunInSandbox(const Lab& lab, const RunRecord& record, const Host& host, Listeners& listeners,
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
    look_ups.emplace(std::move(*scene), *lab.server);
    look_ups->AddPorts(meeting.sockets);
  }
  meeting.on_sockets = [&](const std::vector<int>& sockets) {
    const std::span<const int> all(sockets);
    auto failure = Serve(listeners, host, site, listen, meeting.sockets, all.first(served_ports));
    if (look_ups) {
      const auto other = look_ups->Serve(all.subspan(served_ports).first<3>());
      failure = failure ? failure : other;
    }
    return failure;
  };
  return RunCommand(command, meeting, lab.stop);
}

void MeetOverTcp(RunRecord& record, const Lab& lab, const PlannedGroup& group, const Honey& honey) {
  const auto host = MakeHost(record.scenario->world, record.mode, *lab.tcp_issuer);
  if (!host) {
    SetFailure(record, host.error());
    return;
  }
  record.chain_sha256 = Sha256(*host->chain);
  Listeners listeners(*lab.server);
  Meeting meeting{.reference = record.scenario->world.reference,
                  .mode = record.mode,
                  .anchors = host->chain->trusted,
                  .honey = honey,
                  .now = lab.tcp_issuer->now(),
                  .sandbox = lab.sandbox};
  if (group.command != nullptr && lab.sandbox) {
    record.report = RunInSandbox(lab, record, *host, listeners, *group.command, std::move(meeting));
  } else {
    const auto port = listeners.Add(host->visits, record.scenario->world.listen);
    if (!port) {
      SetFailure(record, port.error());
      return;
    }
    meeting.port = *port;
    record.report = group.command == nullptr ? RunBuiltIn(lab, record, *host, *port, honey)
                                             : RunCommand(*group.command, meeting, lab.stop);
  }
  record.transcripts = listeners.Close();
  SetJudgement(record, honey);
}

RunRecord NewRecord(const Scenario& scenario, TlsMode mode, Policy policy, Wire wire) {
  RunRecord record;
  record.client = kBuiltIn;
  record.scenario = &scenario;
  record.mode = mode;
  record.policy = policy;
  record.wire = wire;
  if (const auto expectation = scenario.expect.find(policy); expectation != scenario.expect.end()) {
    record.expectation = expectation->second;
  }
  return record;
}

RunRecord NewRecord(const Lab& lab, const PlannedGroup& group, const PlannedRun& run) {
  RunRecord record = NewRecord(*run.scenario, group.mode, group.policy, group.wire);
  record.client = group.client();
  record.sanity = run.sanity;
  record.repro = ReproLine(lab.options, group, *run.scenario);
  return record;
}

// Different for every run of a campaign, the two of a bracket included.
Honey HoneyOf(uint64_t seed, const RunRecord& record) {
  return MakeHoney(seed, record.scenario->id,
                   fmt::format("{}/{}/{}", record.client, fakeserver::Name(record.mode), record.sanity));
}

void ApplyExpectationsTo(RunRecord& record, const PlannedGroup& group) {
  if (group.command == nullptr || group.command->policy != group.policy) {
    return;  // what is known was found under the client's own policy
  }
  Judgement judgement = ApplyExpectations({.outcome = record.outcome, .sentence = record.sentence}, *record.scenario,
                                          *group.command, UnixNow());
  record.outcome = judgement.outcome;
  record.known = std::move(judgement.known);
  record.sentence = std::move(judgement.sentence);
}

}  // namespace

RunRecord Meet(const Lab& lab, const PlannedGroup& group, const PlannedRun& run) {
  RunRecord record = NewRecord(lab, group, run);
  const std::chrono::microseconds start = SteadyNow();
  const Honey honey = HoneyOf(lab.options.seed, record);
  if (group.wire == Wire::kMemory) {
    MeetInMemory(record, *lab.memory_issuer, honey, lab.options.collect_all);
  } else {
    MeetOverTcp(record, lab, group, honey);
  }
  ApplyExpectationsTo(record, group);
  record.duration = SteadyNow() - start;
  return record;
}

RunRecord NotRun(const Lab& lab, const PlannedGroup& group, const PlannedRun& run, Outcome outcome,
                 std::string sentence) {
  RunRecord record = NewRecord(lab, group, run);
  record.outcome = outcome;
  record.sentence = std::move(sentence);
  record.report.started = false;
  return record;
}

RunRecord RunInMemory(const Scenario& scenario, TlsMode mode, Policy policy, certs::Issuer& issuer, uint64_t seed,
                      bool collect_all) {
  RunRecord record = NewRecord(scenario, mode, policy, Wire::kMemory);
  if (!scenario.expect.contains(policy)) {
    record.outcome = Outcome::kSkip;
    record.sentence = fmt::format("the scenario expects nothing of {}", Name(policy));
    return record;
  }
  MeetInMemory(record, issuer, HoneyOf(seed, record), collect_all);
  return record;
}

}  // namespace lab

#include "lab/runner/meet.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certs/bytes.h"
#include "lab/runner/built_in.h"
#include "lab/runner/clock.h"
#include "lab/runner/expectations.h"
#include "lab/runner/host.h"
#include "lab/runner/listeners.h"
#include "lab/runner/meet_command.h"
#include "lab/runner/memory_wire.h"
#include "lab/runner/relay.h"
#include "lab/runner/tcp_wire.h"
#include "lab/verifier/tls_report.h"
#include "lab/verifier/tls_session_cache.h"

namespace lab {
namespace {

using certs::IssuedChain;
using fakeserver::TlsMode;
using std::chrono::milliseconds;

// A client whose connections do not end is waited for no longer than this after it has gone.
// The built-in client has a limit for every wait; this one is for the lab's own mistakes.
constexpr milliseconds kBuiltInLimit = std::chrono::minutes(1);
constexpr milliseconds kDialLimit = std::chrono::seconds(1);

std::string Sha256(std::span<const certs::Bytes> certificates) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const certs::Bytes& certificate : certificates) {
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

// What is judged: every connection, or, of a client that returns, those of its last visit; what it gave away in clear
// counts whenever it did.
void SetJudgement(RunRecord& record, const Honey& honey, size_t first_of_last) {
  record.observation = Observe(record.transcripts, honey);
  if (record.scenario->world.returns) {
    const Observation all = record.observation;
    const auto begin = record.transcripts.begin() + static_cast<std::ptrdiff_t>(first_of_last);
    record.observation = Observe({begin, record.transcripts.end()}, honey);
    record.observation.secret_in_clear |= all.secret_in_clear;
    record.observation.auth_in_clear |= all.auth_in_clear;
    record.observation.envelope_in_clear |= all.envelope_in_clear;
    record.observation.body_in_clear |= all.body_in_clear;
    record.observation.delivered_in_clear |= all.delivered_in_clear;
  }
  Judgement judgement = Judge(*record.scenario, record.expectation, record.policy, record.observation, record.report);
  record.outcome = judgement.outcome;
  record.sentence = std::move(judgement.sentence);
}

// What the built-in client is configured with for one visit of a world, the looking up apart.
verifier::SmtpClientConfig ConfigOnVisit(const World& world, size_t visit, const RunRecord& record, const Host& host,
                                         const Honey& honey, int64_t now) {
  return MakeConfig(world.earlier.empty() ? world : OnVisit(world, visit), record.mode, *host.chains[visit], honey,
                    now - AgeOfVisit(world, visit).count(), record.policy);
}

// What a report says of the fetching of the domain's policy.
void NoteFetch(const std::optional<verifier::StsFetch>& failure, std::vector<std::string>& tls_results) {
  if (failure) {
    tls_results.emplace(tls_results.begin(), Name(verifier::TlsResultTypeOf(*failure)));
  }
}

// The relay's decision, in virtual time.
certs::Result<std::optional<verifier::StsFetch>> DecideInMemory(verifier::SmtpClientConfig& config, const World& world,
                                                                Policy policy, certs::Issuer& issuer) {
  if (LooksUp(world, policy)) {
    const auto scene = MakeScene(world, issuer);
    if (!scene) {
      return std::unexpected(scene.error());
    }
    return DecideAsRelay(config, world, policy, *scene, MemoryNetwork(*scene));
  }
  if (policy == Policy::kRelayDane) {
    config.trust.mode = verifier::TrustMode::kUnauthenticated;  // an address has no TLSA records (RFC 7672 2.2)
  }
  return std::nullopt;
}

// `record` has its scenario, mode, policy and expectation.
void MeetInMemory(RunRecord& record, certs::Issuer& issuer, const Honey& honey, bool collect_all) {
  const World& world = record.scenario->world;
  const auto host = MakeHost(world, record.mode, issuer);
  if (!host) {
    SetFailure(record, host.error());
    return;
  }
  record.chain_sha256 = Sha256(host->chains.back()->presented);
  verifier::SessionCache sessions;
  size_t first_of_last = 0;
  for (size_t visit = 0; visit < host->visits.size(); ++visit) {
    verifier::SmtpClientConfig config = ConfigOnVisit(world, visit, record, *host, honey, issuer.now());
    const auto decided = DecideInMemory(config, world, record.policy, issuer);
    if (!decided) {
      SetFailure(record, decided.error());
      return;
    }
    config.sessions = world.earlier.empty() ? nullptr : &sessions;
    verifier::SmtpClient client(config);
    MemoryRun met = RunOnMemoryWire(client, host->visits[visit], world.listen);
    first_of_last = record.transcripts.size();
    if (world.listen.door == fakeserver::Door::kOpen) {
      record.transcripts.push_back(std::move(met.transcript));
    }
    record.report = MakeReport(client, config, collect_all);
    NoteFetch(*decided, record.report.tls_results);
    record.report.timed_out = met.end == WireEnd::kStalled;
    if (met.end == WireEnd::kStepLimit) {
      record.outcome = Outcome::kError;
      record.sentence = fmt::format("client and server were not done after {} steps", met.steps);
      return;
    }
    if (client.result().verdict.ok() && !world.returns) {
      break;  // delivered; who has not tries again, as mailers do, while the server may yet change its mind
    }
  }
  SetJudgement(record, honey, first_of_last);
}

// The relay's decision over real sockets: a fake resolver and a policy host of its own for every run.
certs::Result<std::optional<verifier::StsFetch>> DecideOverTcp(const Lab& lab, const World& world, Policy policy,
                                                               verifier::SmtpClientConfig& config) {
  if (!LooksUp(world, policy)) {
    if (policy == Policy::kRelayDane) {
      config.trust.mode = verifier::TrustMode::kUnauthenticated;
    }
    return std::nullopt;
  }
  const auto scene = MakeScene(world, *lab.tcp_issuer);
  if (!scene) {
    return std::unexpected(scene.error());
  }
  const auto network = TcpNetwork(*scene, *lab.server, lab.stop);
  if (!network) {
    return std::unexpected(network.error());
  }
  return DecideAsRelay(config, world, policy, *scene, *network);
}

ClientReport RunBuiltIn(const Lab& lab, const RunRecord& record, const Host& host, uint16_t port, const Honey& honey) {
  const World& world = record.scenario->world;
  verifier::SessionCache sessions;
  ClientReport report;
  for (size_t visit = 0; visit < host.visits.size(); ++visit) {
    verifier::SmtpClientConfig config = ConfigOnVisit(world, visit, record, host, honey, lab.tcp_issuer->now());
    const auto decided = DecideOverTcp(lab, world, record.policy, config);
    if (!decided) {
      return {.started = false, .detail = decided.error().detail};
    }
    config.timeouts = TcpTimeouts();
    config.sessions = world.earlier.empty() ? nullptr : &sessions;
    verifier::SmtpClient client(config);
    // Nobody waits for an answer to a call longer than for one to a command.
    const bool open = world.listen.door == fakeserver::Door::kOpen;
    const TcpRun met = RunOnTcpWire(client, port, open ? kBuiltInLimit : kDialLimit, lab.stop);
    if (!met.connected && open) {
      return {.started = false, .detail = fmt::format("no connection to the fake server: {}", met.error)};
    }
    report = MakeReport(client, config, lab.options.collect_all);
    NoteFetch(*decided, report.tls_results);
    report.timed_out = met.timed_out;
    if (report.verdict && report.verdict->ok() && !world.returns) {
      break;
    }
  }
  return report;
}

// The world as this client meets it. The constraints that make the lab's anchors good for nothing but the lab are taken
// from an anchor whose client cannot process them; what a scenario says of constraints stays.
World WorldFor(World world, const CommandSpec* command) {
  static const auto kLabConstraints = certs::GoodChain().At("root").name_constraints;
  if (command == nullptr || !command->unconstrained_anchor) {
    return world;
  }
  const auto widen = [](certs::ChainSpec& chain) {
    for (certs::CertSpec& certificate : chain.certs) {
      if (certificate.name_constraints == kLabConstraints) {
        certificate.name_constraints.reset();
      }
    }
  };
  widen(world.chain);
  for (Visit& visit : world.earlier) {
    if (visit.chain) {
      widen(*visit.chain);
    }
  }
  return world;
}

void MeetOverTcp(RunRecord& record, const Lab& lab, const PlannedGroup& group, const Honey& honey) {
  const World& world = record.scenario->world;
  const auto host = MakeHost(WorldFor(world, group.command), record.mode, *lab.tcp_issuer);
  if (!host) {
    SetFailure(record, host.error());
    return;
  }
  record.chain_sha256 = Sha256(host->chains.back()->presented);
  if (group.command != nullptr) {
    auto met = MeetAsCommand(lab, record, *host, *group.command, honey);
    if (!met) {
      SetFailure(record, met.error());
      return;
    }
    record.report = std::move(met->report);
    record.transcripts = std::move(met->transcripts);
    SetJudgement(record, honey, met->first_of_last);
    return;
  }
  Listeners listeners(*lab.server);
  const auto port = listeners.Add(host->visits, world.listen);
  if (!port) {
    SetFailure(record, port.error());
    return;
  }
  record.report = RunBuiltIn(lab, record, *host, *port, honey);
  record.transcripts = listeners.Close();
  SetJudgement(record, honey, std::min(world.earlier.size(), record.transcripts.size()));
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

// A client that lets nobody in has not shown that it knows Eve from Bob.
void MakeInconclusive(RunRecord& record) {
  const bool refusal_counts =
      record.expectation.demand == Demand::kRefuse || record.expectation.demand == Demand::kIgnoreOrRefuse;
  if (record.outcome == Outcome::kPass && refusal_counts && !record.observation.delivered_in_tls) {
    record.outcome = Outcome::kNotReached;
    record.sentence =
        fmt::format("it refuses the good server, too, so this proves nothing; {}", ToSentence(record.observation));
  }
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
                                          *group.command, group.mode, UnixNow());
  // Whether a refusal counts is not known before the bracket is through; that none was declared is no news in it.
  if (judgement.outcome == Outcome::kXpass && !record.sanity.empty()) {
    return;
  }
  // Whether a refusal counts is not known before the bracket is through; that none was declared is no news in it.
  if (judgement.outcome == Outcome::kXpass && !record.sanity.empty()) {
    return;
  }
  record.outcome = judgement.outcome;
  record.known = std::move(judgement.known);
  record.sentence = std::move(judgement.sentence);
}

}  // namespace

RunRecord Meet(const Lab& lab, const PlannedGroup& group, const PlannedRun& run, bool refuses_all) {
  RunRecord record = NewRecord(lab, group, run);
  const std::chrono::microseconds start = SteadyNow();
  const Honey honey = HoneyOf(lab.options.seed, record);
  if (group.wire == Wire::kMemory) {
    MeetInMemory(record, *lab.memory_issuer, honey, lab.options.collect_all);
  } else {
    MeetOverTcp(record, lab, group, honey);
  }
  if (refuses_all && run.sanity.empty()) {
    MakeInconclusive(record);
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

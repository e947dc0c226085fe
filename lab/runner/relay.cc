#include "lab/runner/relay.h"

#include <algorithm>

#include "fakeserver/policy_script.h"
#include "lab/runner/memory_wire.h"
#include "lab/verifier/dane_plan.h"
#include "lab/verifier/mta_sts.h"

namespace lab {
namespace {

using verifier::DnsTable;
using verifier::MailHost;
using verifier::RelayPlan;
using verifier::TrustMode;

constexpr uint16_t kPort = 25;  // what the lab's mail host stands for, wherever it really listens

std::optional<std::string> HostOf(const World& world) {
  const auto reference = verifier::ParseReference(world.reference);
  return reference && reference->kind == verifier::Reference::Kind::kDns ? std::optional(reference->dns) : std::nullopt;
}

// Asks until `decide` has all it wants.
template <typename Decide>
RelayPlan Plan(const RelayNetwork& network, Decide decide) {
  DnsTable table;
  while (true) {
    if (std::optional<RelayPlan> plan = decide(table)) {
      return *std::move(plan);
    }
    for (const verifier::DnsQuestion& question : table.TakeWanted()) {
      table.Put(question, network.look_up(question));
    }
  }
}

void GiveUp(verifier::SmtpClientConfig& config, certs::Verdict verdict, std::string why) {
  config.trust = {.mode = TrustMode::kNothing, .verdict = verdict, .why = std::move(why)};
}

void TalkTo(verifier::SmtpClientConfig& config, const MailHost& host) {
  config.reference = host.reference;
  config.trust = host.trust;
}

void DecideByDane(verifier::SmtpClientConfig& config, const RelayNetwork& network) {
  const RelayPlan plan =
      Plan(network, [](DnsTable& table) { return verifier::PlanDane(std::string(kDomain), kPort, table); });
  if (plan.hosts.empty()) {
    return GiveUp(config, plan.verdict, plan.why);
  }
  const auto usable = std::ranges::find_if(plan.hosts, [](const MailHost& host) { return host.verdict.ok(); });
  if (usable == plan.hosts.end()) {
    return GiveUp(config, plan.hosts.front().verdict, plan.hosts.front().why);
  }
  TalkTo(config, *usable);
}

// The policy that applies, after the record and perhaps a fetch.
verifier::StsDecision PolicyOf(const World& world, const std::string& host, int64_t now, const RelayScene& scene,
                               const RelayNetwork& network) {
  const std::string domain(kDomain);
  verifier::StsCache cache;
  if (const auto& kept = world.policy_host->cached) {
    if (auto policy = verifier::ParseStsPolicy(fakeserver::PolicyText(kept->policy, host))) {
      cache.Put(domain, {.policy = std::move(*policy), .id = kept->id, .fetched = now - kept->age.count()});
    }
  }
  const verifier::DnsAnswer txt = network.look_up({"_mta-sts." + domain, verifier::DnsType::kTxt});
  const std::optional<std::string> id = verifier::StsIdOf(txt);
  if (!id || !cache.NeedsFetch(domain, *id, now)) {
    return verifier::DecideSts(domain, txt, nullptr, now, cache);
  }
  verifier::HttpsConfig at = verifier::StsPolicyAt(domain);
  at.anchors = scene.policy_anchors;
  at.now = now;
  verifier::StsFetch fetch{.detail = "the policy host has no address"};
  if (!network.look_up({at.host, verifier::DnsType::kA}).records.empty()) {
    verifier::HttpsGet get(std::move(at));
    network.fetch(get);
    fetch = ToStsFetch(get.result());
  }
  return verifier::DecideSts(domain, txt, &fetch, now, cache);
}

void DecideBySts(verifier::SmtpClientConfig& config, const verifier::StsDecision& decision,
                 const RelayNetwork& network) {
  const RelayPlan plan = Plan(network, [](DnsTable& table) { return verifier::PlanMx(std::string(kDomain), table); });
  if (plan.hosts.empty()) {
    return GiveUp(config, plan.verdict, plan.why);
  }
  for (const MailHost& host : plan.hosts) {
    if (!host.verdict.ok() || (decision.enforced() && !verifier::MatchesPolicy(host.name, *decision.policy))) {
      continue;
    }
    TalkTo(config, host);
    config.trust.mode = decision.enforced() ? TrustMode::kPkix : TrustMode::kUnauthenticated;
    return;
  }
  if (decision.enforced()) {
    return GiveUp(config, {certs::Reason::kMxNotInPolicy, 0}, "no MX of the domain is named by its policy");
  }
  GiveUp(config, plan.hosts.front().verdict, plan.hosts.front().why);
}

// Turns until the answer is there, in virtual time.
verifier::DnsAnswer LookUpInMemory(const fakeserver::DnsData& dns, const verifier::DnsQuestion& question) {
  verifier::MemoryResolver resolver([&](certs::ByteView query, int, bool tcp) {
    fakeserver::DnsAnswer answer = fakeserver::AnswerQuery(
        dns, query, "127.0.0.1", tcp ? fakeserver::DnsTransport::kTcp : fakeserver::DnsTransport::kUdp);
    return verifier::MemoryReply{.message = std::move(answer.message), .delay = answer.delay};
  });
  resolver.Ask(question);
  verifier::Micros now{0};
  while (true) {
    resolver.Advance(now);
    if (auto answers = resolver.Take(); !answers.empty()) {
      return std::move(answers.front().second);
    }
    now = std::max(now, resolver.NextDeadline().value_or(now));
  }
}

}  // namespace

bool LooksUp(const World& world, Policy policy) {
  return (policy == Policy::kRelayDane || policy == Policy::kRelayMtaSts) && HostOf(world).has_value();
}

certs::Result<RelayScene> MakeScene(const World& world, certs::Issuer& issuer) {
  const std::string host = HostOf(world).value_or("");
  auto dns = fakeserver::Publish(world.dns, world.chain, issuer, host);
  if (!dns) {
    return std::unexpected(dns.error());
  }
  auto identity = issuer.Issue(world.policy_host->chain);
  if (!identity) {
    return std::unexpected(identity.error());
  }
  auto behaviour = std::make_shared<fakeserver::Behaviour>();
  behaviour->mode = fakeserver::TlsMode::kImplicit;
  behaviour->smtp.answers_request_with = fakeserver::PolicyResponse(world.policy_host->policy, host);
  behaviour->link = world.policy_host->link;
  behaviour->identity = *identity;
  return RelayScene{.dns = std::move(*dns),
                    .policy_host = std::move(behaviour),
                    .policy_listen = {.door = world.policy_host->door},
                    .policy_anchors = (*identity)->trusted};
}

std::optional<verifier::StsFetch> DecideAsRelay(verifier::SmtpClientConfig& config, const World& world, Policy policy,
                                                const RelayScene& scene, const RelayNetwork& network) {
  if (policy == Policy::kRelayDane) {
    DecideByDane(config, network);
    return std::nullopt;
  }
  const std::string host = HostOf(world).value_or("");
  verifier::StsDecision decision = PolicyOf(world, host, config.now, scene, network);
  DecideBySts(config, decision, network);
  return std::move(decision.failure);
}

RelayNetwork MemoryNetwork(const RelayScene& scene) {
  return {.look_up = [&scene](const verifier::DnsQuestion& question) { return LookUpInMemory(*scene.dns, question); },
          .fetch = [&scene](verifier::HttpsGet& get) { RunOnMemoryWire(get, scene.policy_host, scene.policy_listen); }};
}

}  // namespace lab

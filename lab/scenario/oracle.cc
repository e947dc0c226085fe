#include "lab/scenario/oracle.h"

#include <set>
#include <vector>

#include "lab/scenario/oracle_parts.h"

namespace lab {
namespace {

using certs::Reason;
using fakeserver::TlsMode;
using oracle::Ending;

// ------------------------------------------------------------------------------------------------ the demand

Expectation Refusal(const Ending& ending, Policy policy) {
  Expectation expectation{.verdict = {ending.reason, 0}, .must_reach = ending.rung};
  if (ending.ignorable) {
    expectation.demand = Demand::kIgnoreOrRefuse;
  } else if (policy == Policy::kRelayOpportunistic) {
    expectation.demand = Demand::kAnything;
  }
  return expectation;
}

// What the certificates alone demand.
Expectation OfTheCertificates(const oracle::Findings& findings, Policy policy) {
  const certs::Verdict& first = findings.defects.front();
  Expectation expectation = Refusal({first.reason, Rung::kCertificateSent}, policy);
  expectation.verdict = first;
  if (first.reason == Reason::kPathBudget || first.reason == Reason::kPathTooLong) {
    expectation.demand = Demand::kAnything;  // no standard says how much work is enough
  }
  std::set<Reason> also;
  for (const certs::Verdict& defect : findings.defects) {
    if (defect.reason != first.reason) {
      also.insert(defect.reason);
    }
  }
  expectation.also.assign(also.begin(), also.end());
  return expectation;
}

// Whom a client with this policy will talk to, and by what it will judge them. Relays look nothing up for an address.
oracle::Trust TrustOf(const World& world, Policy policy, const oracle::Reference& reference) {
  using TrustKind = oracle::Trust::Kind;
  const bool by_dane = policy == Policy::kRelayDane;
  if (!reference.dns || (!by_dane && policy != Policy::kRelayMtaSts)) {
    return {.kind = by_dane ? TrustKind::kOpportunistic : TrustKind::kAnchors, .reference = world.reference};
  }
  return by_dane ? oracle::TrustByDane(world, *reference.dns) : oracle::TrustBySts(world, *reference.dns);
}

// One visit.
Prediction PredictVisit(const World& world, Policy policy, TlsMode mode) {
  Prediction prediction{.expectation = {}, .uncertain = oracle::DoubtAbout(world)};
  const oracle::Reference reference = oracle::ReadReference(world.reference);
  if (!reference.valid()) {
    prediction.expectation = Refusal({Reason::kInvalidReference, Rung::kConnected}, policy);
    return prediction;
  }
  const oracle::Trust trust = TrustOf(world, policy, reference);
  if (trust.kind == oracle::Trust::Kind::kNothing) {
    prediction.expectation = Refusal({trust.why, Rung::kConnected}, policy);
    return prediction;
  }
  if (trust.kind == oracle::Trust::Kind::kOpportunistic) {
    policy = Policy::kRelayOpportunistic;
  }
  if (const auto ending = oracle::BeforeTheCertificate(world, mode)) {
    prediction.expectation = Refusal(*ending, policy);
    return prediction;
  }
  const oracle::Findings findings =
      world.chain.presented.empty()              ? oracle::Findings{.defects = {{Reason::kNoCertificate, 0}}}
      : trust.kind == oracle::Trust::Kind::kTlsa ? oracle::JudgeByTlsa(world.chain, trust)
                                                 : oracle::JudgeChain(world.chain, trust.reference);
  if (prediction.uncertain.empty()) {
    prediction.uncertain = trust.uncertain.empty() ? findings.uncertain : trust.uncertain;
  }
  const std::optional<oracle::Ending> tls = oracle::JudgeTls(world.tls);
  if (tls && !findings.defects.empty()) {
    prediction.uncertain = "both certificates and TLS are wrong";
  }
  if (tls) {
    prediction.expectation = Refusal({tls->reason, tls->rung, tls->ignorable}, policy);
  } else if (!findings.defects.empty()) {
    prediction.expectation = OfTheCertificates(findings, policy);
  } else if (const auto ending = oracle::BehindTheCertificate(world, policy, mode)) {
    prediction.expectation = Refusal(*ending, policy);
  } else {
    prediction.expectation = {.demand = Demand::kAccept, .once_fetched = oracle::OnceFetched(world, policy)};
  }
  return prediction;
}

// Several visits: a client may go away after the first, or come again until it has delivered.
Prediction Joined(const std::vector<Prediction>& visits) {
  Prediction joined = visits.front();
  for (const Prediction& visit : visits) {
    const Expectation& expectation = visit.expectation;
    joined.uncertain = joined.uncertain.empty() ? visit.uncertain : joined.uncertain;
    joined.expectation.verdict = expectation.verdict;
    joined.expectation.also = expectation.also;
    if (expectation.demand == Demand::kAccept) {
      joined.expectation.demand = &visit == visits.data() ? Demand::kAccept : Demand::kIgnoreOrRefuse;
      break;
    }
    if (expectation.demand == Demand::kIgnoreOrRefuse) {
      joined.expectation.demand = Demand::kIgnoreOrRefuse;
    }
  }
  return joined;
}

}  // namespace

Prediction Predict(const World& world, Policy policy, TlsMode mode) {
  std::vector<Prediction> visits;
  for (size_t visit = 0; visit <= world.earlier.size(); ++visit) {
    visits.push_back(PredictVisit(OnVisit(world, visit), policy, mode));
  }
  return Joined(visits);
}

}  // namespace lab

#include "lab/scenario/oracle.h"

#include <algorithm>
#include <set>
#include <vector>

#include "lab/scenario/oracle_parts.h"

namespace lab {
namespace {

using certs::Reason;
using fakeserver::TlsMode;
using oracle::Ending;

constexpr uint16_t kTls12 = 0x0303, kTls13 = 0x0304;

// ------------------------------------------------------------------------------------------------ the demand

Expectation Refusal(const Ending& ending, Policy policy) {
  Expectation expectation{
      .verdict = {ending.reason, 0}, .must_reach = ending.rung, .hello_may_precede = ending.hello_may_precede};
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

// The demand is certain; what the client will say of it, and how far it comes, is not.
void DoubtTheReason(std::string_view why, Prediction& prediction) {
  prediction.only_the_reason = prediction.uncertain.empty() || prediction.only_the_reason;
  prediction.uncertain = prediction.uncertain.empty() ? why : prediction.uncertain;
}

// Something in TLS that a client may take for an error, or pass over and meet what comes behind it.
void TakeTheChance(const Ending& tls, Policy policy, Prediction& prediction) {
  Expectation& behind = prediction.expectation;
  if (behind.demand == Demand::kAccept) {
    behind = Refusal(tls, policy);
    return;
  }
  if (tls.reason != Reason::kOk) {  // the built-in client does not pass over it
    DoubtTheReason("what may end TLS, and something else", prediction);
  }
  behind.must_reach = std::min(behind.must_reach, tls.rung);
}

// Whether a client may have made up its mind while most of the server's flight is still to be sent.
bool ComesInPieces(const World& world) { return world.link.to_client.slice > 0 || world.tls.records.fragment > 0; }

// TLS fails, or certificates are wrong, or both: which of them a client meets first.
void DoubtWhatEndsTheHandshake(const World& world, Policy policy, bool tls_fails, bool certificates_fail,
                               Prediction& prediction) {
  const bool stranger = !world.chain.presented.empty() && oracle::IsSignedByStranger(world);
  if (tls_fails && (certificates_fail || stranger)) {
    DoubtTheReason("both certificates and TLS are wrong", prediction);
  }
  if ((policy == Policy::kRelayOpportunistic || policy == Policy::kRelayDane) && tls_fails) {
    DoubtTheReason("who asks for no certificate may not read it", prediction);
  }
  if ((tls_fails || (!certificates_fail && stranger)) && ComesInPieces(world)) {
    DoubtTheReason("what comes in pieces may be answered before it has all been sent", prediction);
  }
}

// A relay that has been told the host delivers, as the built-in one does; one that looks it up, and finds nobody, keeps
// the mail (RFC 5321 5.1).
void TakeTheChanceOfALookUp(const World& world, const std::string& host, Expectation& expectation) {
  if (!oracle::FindsNoHost(world, host)) {
    return;
  }
  if (expectation.demand == Demand::kAccept) {
    expectation.demand = Demand::kIgnoreOrRefuse;
  }
  expectation.must_reach = Rung::kConnected;
}

// What is wrong with the certificates, as far as TLS brings it to the client: in TLS 1.2 only the server's certificate
// has a status stapled to it (RFC 6066 8, RFC 8446 4.4.2.1).
oracle::Findings FindingsOf(const World& world, const oracle::Trust& trust) {
  const auto judge = [&](const certs::ChainSpec& chain) {
    return trust.kind == oracle::Trust::Kind::kTlsa ? oracle::JudgeByTlsa(chain, trust)
                                                    : oracle::JudgeChain(chain, trust.reference);
  };
  if (world.chain.presented.empty()) {
    return {.defects = {{Reason::kNoCertificate, 0}}};
  }
  const certs::CertSpec& leaf = world.chain.At(world.chain.presented.front());
  const oracle::Standing key = oracle::KeyStanding(leaf);
  const bool key_first =
      world.tls.max_version < kTls13 && key != oracle::Standing::kGood && key != oracle::Standing::kWeak;
  const auto unsaid = [&](const certs::OcspSpec& staple) {
    const bool of_ca = staple.certificate != world.chain.presented.front();
    return (of_ca && world.tls.max_version < kTls13) || (staple.raw && staple.raw->empty());
  };
  oracle::Findings findings;
  if (std::ranges::any_of(world.chain.revocation.staples, unsaid)) {
    certs::ChainSpec chain = world.chain;
    std::erase_if(chain.revocation.staples, unsaid);
    findings = judge(chain);
  } else {
    findings = judge(world.chain);
  }
  const certs::RevocationSpec& revocation = world.chain.revocation;
  if (key_first &&
      (!revocation.staples.empty() || !revocation.crls.empty() || revocation.check == certs::RevocationCheck::kHard ||
       std::ranges::count(leaf.extra_extensions, certs::kTlsFeature, &certs::RawExtension::oid) > 0)) {
    findings.Doubt("whether a staple is read behind a certificate whose key TLS cannot use");
  }
  return findings;
}

// TLS 1.3 signs with RSASSA-PSS (RFC 8446 4.2.3), for which 512 bits have no room (RFC 8017 9.1.1): such a server
// speaks TLS 1.2.
bool IsTooSmallForTls13(const World& world) {
  if (world.chain.presented.empty() || world.tls.max_version <= kTls12) {
    return false;
  }
  const certs::CertSpec& leaf = world.chain.At(world.chain.presented.front());
  return oracle::CertifiedKey(leaf).type == certs::KeyType::kRsa512 && !oracle::HasRawKey(leaf);
}

// A staple that cannot be decoded, for having no octets (RFC 6066 8): TLS ends there, for those who ask for staples.
std::optional<Ending> OfTheStaples(const World& world) {
  const bool asks = world.chain.revocation.check != certs::RevocationCheck::kOff;
  for (const certs::OcspSpec& staple : world.chain.revocation.staples) {
    const auto presented = std::ranges::find(world.chain.presented, staple.certificate);
    const bool sent = presented == world.chain.presented.begin() ||
                      (presented != world.chain.presented.end() && world.tls.max_version >= kTls13);
    if (sent && presented != world.chain.presented.end() && staple.raw && staple.raw->empty()) {
      return Ending{asks ? Reason::kTlsFailed : Reason::kOk, Rung::kCertificateSent, !asks};
    }
  }
  return std::nullopt;
}

// What is wrong with TLS, the certificates apart.
std::optional<Ending> OfTls(const World& world, Prediction& prediction) {
  std::optional<Ending> tls = oracle::JudgeTls(world.tls);
  if (tls && !tls->ignorable && world.tls.max_version < kTls13 && !world.chain.revocation.staples.empty()) {
    DoubtTheReason("whether a staple, a message of its own in TLS 1.2, comes before TLS fails", prediction);
  }
  if (const auto staples = OfTheStaples(world)) {
    if (tls && !tls->ignorable && !staples->ignorable) {
      DoubtTheReason("a staple that cannot be read, and something else in TLS", prediction);
    }
    tls = !tls || tls->ignorable || (!staples->ignorable && tls->rung > staples->rung) ? staples : tls;
  }
  return tls;
}

}  // namespace

namespace oracle {

Prediction PredictVisit(const World& asked, Policy policy, TlsMode mode) {
  if (IsTooSmallForTls13(asked)) {
    World spoken = asked;
    spoken.tls.max_version = kTls12;
    return PredictVisit(spoken, policy, mode);
  }
  const World& world = asked;
  Prediction prediction{.expectation = {}, .uncertain = oracle::DoubtAbout(world)};
  if (oracle::FitsNoSuite(world)) {
    prediction.uncertain = "cipher suites that the certified key does not fit";
  } else if (oracle::NamesAFittingSuite(world)) {
    prediction.uncertain = "whether the suite put into ServerHello is the one that was agreed on";
  }
  const oracle::Reference reference = oracle::ReadReference(world.reference);
  if (!reference.valid()) {
    prediction.expectation = Refusal({Reason::kInvalidReference, Rung::kConnected}, policy);
    if (world.listen.door != fakeserver::Door::kOpen) {
      DoubtTheReason("who cannot connect may never look at the name", prediction);
    }
    return prediction;
  }
  const oracle::Trust trust = TrustOf(world, policy, reference);
  if (trust.kind == oracle::Trust::Kind::kNothing || world.listen.door != fakeserver::Door::kOpen) {
    const bool nowhere = trust.kind == oracle::Trust::Kind::kNothing;
    prediction.expectation = Refusal({nowhere ? trust.why : Reason::kConnectFailed, Rung::kConnected}, policy);
    if (nowhere && world.listen.door != fakeserver::Door::kOpen) {
      DoubtTheReason("who cannot connect may never look the rest up", prediction);
    }
    return prediction;
  }
  const bool asks_for_nothing = policy == Policy::kRelayOpportunistic;
  if (trust.kind == oracle::Trust::Kind::kOpportunistic) {
    policy = Policy::kRelayOpportunistic;
  }
  const std::optional<Ending> tls = OfTls(world, prediction);
  const bool tls_fails = tls && !tls->ignorable;
  if (const auto ending = oracle::BeforeTheCertificate(world, mode)) {
    prediction.expectation = Refusal(*ending, policy);
    if (ending->rung >= Rung::kClientHello && tls_fails) {
      DoubtTheReason("the connection is cut where TLS fails", prediction);
    }
    return prediction;
  }
  const oracle::Findings findings = FindingsOf(world, trust);
  if (prediction.uncertain.empty()) {
    prediction.uncertain = trust.uncertain.empty() ? findings.uncertain : trust.uncertain;
  }
  DoubtWhatEndsTheHandshake(world, policy, tls_fails, !findings.defects.empty(), prediction);
  if (tls_fails) {
    prediction.expectation = Refusal(*tls, policy);
  } else if (!findings.defects.empty()) {
    prediction.expectation = OfTheCertificates(findings, policy);
    if (ComesInPieces(world)) {
      prediction.expectation.must_reach = std::min(prediction.expectation.must_reach, Rung::kClientHello);
    }
  } else if (const auto ending = oracle::BehindTheCertificate(world, policy, mode)) {
    prediction.expectation = Refusal(*ending, policy);
  } else {
    prediction.expectation = {.demand = Demand::kAccept, .once_fetched = oracle::OnceFetched(world, policy)};
  }
  if (tls && tls->ignorable) {
    TakeTheChance(*tls, policy, prediction);
  }
  if (asks_for_nothing && reference.dns) {
    TakeTheChanceOfALookUp(world, *reference.dns, prediction.expectation);
  }
  return prediction;
}

}  // namespace oracle

namespace {

// Several visits: a client may go away after the first, or come again until it has delivered.
Prediction Joined(const std::vector<Prediction>& visits) {
  Prediction joined = visits.front();
  for (const Prediction& visit : visits) {
    const Expectation& expectation = visit.expectation;
    joined.only_the_reason = joined.uncertain.empty()
                                 ? visit.only_the_reason
                                 : joined.only_the_reason && (visit.uncertain.empty() || visit.only_the_reason);
    joined.uncertain = joined.uncertain.empty() ? visit.uncertain : joined.uncertain;
    joined.expectation.verdict = expectation.verdict;
    joined.expectation.also = expectation.also;
    joined.expectation.hello_may_precede |= expectation.hello_may_precede;
    const bool may_deliver = expectation.demand == Demand::kAnything ||
                             (expectation.demand == Demand::kIgnoreOrRefuse && expectation.verdict.ok());
    if (may_deliver && &visit != &visits.back() && joined.uncertain.empty()) {
      joined.uncertain = "whether a visit at which a client may deliver was the last";
      joined.only_the_reason = true;
    }
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
  if (world.returns && !world.earlier.empty()) {
    return oracle::PredictReturn(world, policy, mode);
  }
  std::vector<Prediction> visits;
  for (size_t visit = 0; visit < world.earlier.size(); ++visit) {
    visits.push_back(oracle::PredictVisit(oracle::AsItWas(world, visit), policy, mode));
  }
  visits.push_back(oracle::PredictVisit(world, policy, mode));  // a world without its earlier visits; not copied
  return Joined(visits);
}

}  // namespace lab

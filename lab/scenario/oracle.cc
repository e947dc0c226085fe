#include "lab/scenario/oracle.h"

#include <algorithm>
#include <set>

#include "certs/bytes.h"
#include "lab/scenario/oracle_parts.h"

namespace lab {
namespace {

using certs::Reason;
using fakeserver::CutKind;
using fakeserver::Placement;
using fakeserver::Reply;
using fakeserver::SmtpScript;
using fakeserver::Stage;
using fakeserver::TlsMode;
using fakeserver::Verb;

// How a conversation ends before the message is delivered, and how far the client must have come for that.
struct Ending {
  Reason reason;
  Rung rung;
  bool ignorable = false;  // who takes no notice of what was wrong may go on
};

// ------------------------------------------------------------------------------------------------ the script, in order

// The connection is cut when `stage` is reached.
std::optional<Ending> CutAt(const fakeserver::LinkScript& link, Stage stage, Rung rung) {
  if (link.cut == CutKind::kNone || link.cut_at != stage) {
    return std::nullopt;
  }
  return Ending{link.cut == CutKind::kSilence ? Reason::kTimeout : Reason::kClosedByPeer, rung};
}

const Reply* Scripted(const SmtpScript& smtp, Verb verb) {
  const auto found = smtp.replies.find(verb);
  return found == smtp.replies.end() ? nullptr : &found->second;
}

std::optional<Ending> Greeting(const SmtpScript& smtp) {
  if (smtp.greeting && smtp.greeting->code != 220) {
    return Ending{Reason::kServiceRefused, Rung::kGreeted};
  }
  return std::nullopt;
}

// RFC 3207 6 and RFC 8314 5.2: whoever requires TLS stops where it is not offered. A server that answers EHLO with a
// refusal offers nothing at all; HELO might do, but never leads to TLS.
std::optional<Ending> EhloInClear(const SmtpScript& smtp) {
  const Reply* scripted = Scripted(smtp, Verb::kEhlo);
  if (scripted != nullptr && scripted->code / 100 != 2) {
    return Ending{Reason::kServiceRefused, Rung::kEhloInClear};
  }
  const std::vector<std::string>& offers = scripted != nullptr ? scripted->lines : smtp.capabilities_clear;
  if (std::ranges::find(offers, "STARTTLS") == offers.end()) {
    return Ending{Reason::kStartTlsNotOffered, Rung::kEhloInClear};
  }
  return std::nullopt;
}

// RFC 3207 4 and 4.2. Text in front of the 220 is what answers STARTTLS.
std::optional<Ending> StartTls(const SmtpScript& smtp) {
  const Reply* scripted = Scripted(smtp, Verb::kStartTls);
  if (scripted != nullptr && scripted->code != 220) {
    return Ending{Reason::kStartTlsRefused, Rung::kStartTlsSent};
  }
  if (smtp.injection.placement == Placement::kBeforeReply) {
    const bool looks_right = certs::AsText(smtp.injection.payload).starts_with("220 ");
    return Ending{looks_right ? Reason::kClearTextBehind220 : Reason::kStartTlsRefused, Rung::kStartTlsSent, true};
  }
  if (smtp.injection.placement != Placement::kNone) {
    return Ending{Reason::kClearTextBehind220, Rung::kStartTlsSent, true};
  }
  if (smtp.after_starttls == fakeserver::AfterStartTls::kStayInClear) {
    return Ending{Reason::kClearTextBehind220, Rung::kStartTlsSent};
  }
  return std::nullopt;
}

using Steps = std::vector<std::optional<Ending>>;

std::optional<Ending> FirstOf(const Steps& steps) {
  const auto found = std::ranges::find_if(steps, [](const auto& step) { return step.has_value(); });
  return found == steps.end() ? std::nullopt : *found;
}

std::optional<Ending> If(bool condition, Ending ending) { return condition ? std::optional(ending) : std::nullopt; }

std::optional<Ending> BeforeTheCertificate(const World& world, TlsMode mode) {
  const auto cut = [&](Stage stage, Rung rung) { return CutAt(world.link, stage, rung); };
  Steps steps = {cut(Stage::kConnected, Rung::kConnected)};
  if (mode == TlsMode::kImplicit) {
    steps.push_back(If(world.smtp.greet_in_clear_on_implicit, {Reason::kTlsFailed, Rung::kGreeted}));
  } else {
    // Who waits for a ClientHello says nothing, and who waits for a greeting says nothing either.
    steps.insert(steps.end(),
                 {If(world.smtp.tls_on_connect, {Reason::kTimeout, Rung::kConnected}), Greeting(world.smtp),
                  cut(Stage::kGreetingSent, Rung::kGreeted), cut(Stage::kEhloSeen, Rung::kEhloInClear),
                  EhloInClear(world.smtp), cut(Stage::kStartTlsSeen, Rung::kStartTlsSent), StartTls(world.smtp),
                  cut(Stage::kStartTlsAnswered, Rung::kStartTlsSent)});
  }
  steps.push_back(cut(Stage::kClientHelloSeen, Rung::kClientHello));
  constexpr uint16_t kTls12 = 0x0303, kTls13 = 0x0304;  // RFC 8997: TLS 1.2 at least
  steps.push_back(
      If(world.tls.max_version < kTls12 || world.tls.min_version > kTls13, {Reason::kTlsFailed, Rung::kClientHello}));
  return FirstOf(steps);
}

bool OffersPassword(const std::vector<std::string>& capabilities) {
  return std::ranges::any_of(capabilities, [](const std::string& line) {
    return line.starts_with("AUTH ") &&
           ((line + " ").find(" PLAIN ") != std::string::npos || (line + " ").find(" LOGIN ") != std::string::npos);
  });
}

std::optional<Ending> BehindTheCertificate(const World& world, Policy policy, TlsMode mode) {
  const auto cut = [&](Stage stage, Rung rung) { return CutAt(world.link, stage, rung); };
  const certs::CertSpec& leaf = world.chain.At(world.chain.presented.front());
  const certs::KeySpec& certified = leaf.swapped_key ? *leaf.swapped_key : leaf.key;
  const auto& signer = world.chain.handshake_key;
  Steps steps = {If(signer && *signer != certified, {Reason::kTlsFailed, Rung::kCertificateSent}),
                 cut(Stage::kServerFlightSent, Rung::kCertificateSent),
                 cut(Stage::kHandshakeDone, Rung::kTlsEstablished)};
  if (mode == TlsMode::kImplicit) {
    steps.insert(steps.end(), {Greeting(world.smtp), cut(Stage::kGreetingSent, Rung::kTlsEstablished)});
  }
  steps.push_back(cut(Stage::kEhloInTlsSeen, Rung::kEhloInTls));
  const Reply* ehlo = Scripted(world.smtp, Verb::kEhlo);
  steps.push_back(If(ehlo != nullptr && ehlo->code / 100 != 2, {Reason::kServiceRefused, Rung::kEhloInTls}));
  // Only user agents have a password (RFC 6409 4.3). Without AUTH one may still try its luck, or give up.
  const bool needs_auth = policy == Policy::kSubmission;
  steps.push_back(If(needs_auth && !OffersPassword(ehlo != nullptr ? ehlo->lines : world.smtp.capabilities_tls),
                     {Reason::kCommandRefused, Rung::kEhloInTls, true}));
  struct Command {
    Verb verb;
    int good;
    Rung rung;
  };
  for (const Command& command : {Command{Verb::kAuth, 2, Rung::kAuthStarted}, Command{Verb::kMail, 2, Rung::kEnvelope},
                                 Command{Verb::kRcpt, 2, Rung::kEnvelope}, Command{Verb::kData, 3, Rung::kEnvelope},
                                 Command{Verb::kEndOfData, 2, Rung::kMessageBody}}) {
    const Reply* reply = Scripted(world.smtp, command.verb);
    const bool asked = command.verb != Verb::kAuth || needs_auth;
    steps.push_back(
        If(asked && reply != nullptr && reply->code / 100 != command.good, {Reason::kCommandRefused, command.rung}));
  }
  return FirstOf(steps);
}

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

bool HasRawReply(const SmtpScript& smtp) {
  return (smtp.greeting && smtp.greeting->raw) ||
         std::ranges::any_of(smtp.replies, [](const auto& entry) { return entry.second.raw.has_value(); });
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

}  // namespace

Prediction Predict(const World& world, Policy policy, TlsMode mode) {
  Prediction prediction;
  if (HasRawReply(world.smtp)) {
    prediction.uncertain = "a reply given as raw bytes";
  }
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
  if (const auto ending = BeforeTheCertificate(world, mode)) {
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
  if (!findings.defects.empty()) {
    prediction.expectation = OfTheCertificates(findings, policy);
  } else if (const auto ending = BehindTheCertificate(world, policy, mode)) {
    prediction.expectation = Refusal(*ending, policy);
  } else {
    prediction.expectation = {.demand = Demand::kAccept};
  }
  return prediction;
}

}  // namespace lab

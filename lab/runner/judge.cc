#include "lab/runner/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>

#include "certs/bytes.h"

namespace lab {
namespace {

using certs::Reason;
using certs::Verdict;

// Everything one judgement looks at.
struct Case {
  const Expectation& expectation;
  Policy policy;
  const Observation& seen;
  const ClientReport& said;
};

std::string Because(const Case& c) { return ToSentence(c.seen); }

std::string ReasonWords(const Verdict& verdict) {
  return verdict.ok() ? "ok" : fmt::format("{} ({})", certs::ToString(verdict), certs::Sentence(verdict.reason));
}

// What the client must never send in clear. An opportunistic relay may deliver in clear; a password never goes so
// (RFC 8314 3, RFC 4954 4). "Anything" waives all but the password.
std::optional<std::string> Leaked(const Case& c) {
  const Observation& seen = c.seen;
  if (seen.secret_in_clear) {
    return "its password went over the wire in clear";
  }
  if (c.policy == Policy::kRelayOpportunistic || c.expectation.demand == Demand::kAnything) {
    return std::nullopt;
  }
  if (seen.body_in_clear || seen.delivered_in_clear) {
    return "the message went over the wire in clear";
  }
  if (seen.envelope_in_clear) {
    return "sender or recipient went over the wire in clear";
  }
  if (seen.auth_in_clear) {
    return "it began to authenticate in clear";
  }
  if (seen.went_on_in_clear) {
    return "it went on in clear when TLS had failed, and whoever answers gets the mail";
  }
  return std::nullopt;
}

bool WentOnInTls(const Observation& seen) {
  return seen.telling_command_in_tls || seen.auth_in_tls || seen.secret_in_tls || seen.envelope_in_tls ||
         seen.body_in_tls || seen.delivered_in_tls;
}

std::string MailAnd(const Observation& seen) {
  if (seen.delivered_in_tls) {
    return "it delivered its mail";
  }
  if (seen.secret_in_tls) {
    return "it gave its password away";
  }
  return "it went on inside TLS";
}

// Died, hung, or never came as far as the scenario: in this order, because each explains the next.
std::optional<Judgement> Unfinished(const Case& c) {
  if (c.said.signal != 0 && !c.said.timed_out) {
    return Judgement{Outcome::kCrash, fmt::format("it died of signal {}; {}", c.said.signal, Because(c))};
  }
  if (c.said.timed_out) {
    return Judgement{Outcome::kHang, fmt::format("it had to be stopped at its time limit; {}", Because(c))};
  }
  return std::nullopt;
}

std::optional<Judgement> NotReached(const Case& c) {
  const Rung needed = c.expectation.must_reach;
  // A client that refuses its configuration never connects, and then its own word is all there is.
  const bool refused_unseen = needed == Rung::kConnected && c.seen.connections == 0 && c.said.claim == Claim::kRefused;
  if (refused_unseen || Reached(c.seen, needed)) {
    return std::nullopt;
  }
  return Judgement{Outcome::kNotReached, fmt::format("it did not come as far as \"{}\", so this proves nothing; {}",
                                                     Name(needed), Because(c))};
}

std::string Join(const std::set<Reason>& reasons) {
  std::string text;
  for (const Reason reason : reasons) {
    text += text.empty() ? "" : ", ";
    text += certs::Name(reason);
  }
  return text.empty() ? "none" : text;
}

// The built-in client must be right for the right reason: verdict, depth and, in collect-all mode, every defect.
std::optional<Judgement> WrongReason(const Case& c) {
  if (!c.said.verdict) {
    return std::nullopt;
  }
  const Expectation& expected = c.expectation;
  if (*c.said.verdict != expected.verdict) {
    return Judgement{Outcome::kInconsistent, fmt::format("expected {}, but its reason is {}",
                                                         ReasonWords(expected.verdict), ReasonWords(*c.said.verdict))};
  }
  if (!c.said.collected) {
    return std::nullopt;
  }
  std::set<Reason> wanted(expected.also.begin(), expected.also.end());
  if (!expected.verdict.ok()) {
    wanted.insert(expected.verdict.reason);
  }
  std::set<Reason> found;
  for (const Verdict& defect : c.said.all_defects) {
    found.insert(defect.reason);
  }
  if (wanted != found) {
    return Judgement{Outcome::kInconsistent,
                     fmt::format("expected the defects {}, but it found {}", Join(wanted), Join(found))};
  }
  if (!expected.verdict.ok() && std::ranges::count(c.said.all_defects, expected.verdict) == 0) {
    return Judgement{Outcome::kInconsistent, fmt::format("expected {} among the defects, but it is reported elsewhere",
                                                         ReasonWords(expected.verdict))};
  }
  return std::nullopt;
}

// Whether the client got as far as it goes with a server that it is content with.
bool Accepted(const Case& c) {
  if (c.policy == Policy::kRelayOpportunistic && c.seen.delivered_in_clear) {
    return true;
  }
  switch (c.said.goal) {
    case Goal::kMessage:
      return c.seen.mail_accepted_in_tls && c.seen.delivered_in_tls;
    case Goal::kTransaction:
      return c.seen.mail_accepted_in_tls;
    case Goal::kHello:
      return c.seen.ehlo_in_tls && c.said.claim == Claim::kDelivered;
  }
  return false;
}

// A probe that says no more than EHLO either way: the server saw that it was in TLS, and the rest is its own word.
bool IsContentProbe(const Case& c) { return c.said.goal == Goal::kHello && Accepted(c); }

Judgement JudgeAccept(const Case& c) {
  if (const auto unfinished = Unfinished(c)) {
    return *unfinished;
  }
  if (const auto missing = NotReached(c)) {
    return *missing;
  }
  if (!Accepted(c)) {
    if (c.said.claim == Claim::kDelivered) {
      return {Outcome::kInconsistent, fmt::format("it says that it delivered, but {}", Because(c))};
    }
    const std::string own = c.said.verdict ? fmt::format("; its reason is {}", ReasonWords(*c.said.verdict)) : "";
    return {Outcome::kRejectGood, fmt::format("it had to deliver, but {}{}", Because(c), own)};
  }
  if (c.said.claim == Claim::kRefused) {
    return {Outcome::kInconsistent, fmt::format("it says that it refused, but {}", Because(c))};
  }
  if (const auto wrong = WrongReason(c)) {
    return *wrong;
  }
  if (c.seen.spoke_early) {
    // EHLO ends a group of pipelined commands (RFC 2920 3.1).
    return {Outcome::kLax, fmt::format("it delivered, but {}", Because(c))};
  }
  return {Outcome::kPass, fmt::format("as it should, {}", Because(c))};
}

Judgement JudgeRefuse(const Case& c) {
  if (WentOnInTls(c.seen)) {
    return {Outcome::kAcceptBad, fmt::format("{} although it had to refuse: {}; {}", MailAnd(c.seen),
                                             certs::Sentence(c.expectation.verdict.reason), Because(c))};
  }
  if (IsContentProbe(c)) {
    return {Outcome::kAcceptBad, fmt::format("it says that it is content although it had to refuse: {}; {}",
                                             certs::Sentence(c.expectation.verdict.reason), Because(c))};
  }
  if (c.expectation.answer_is_acceptance && c.seen.flight_answered) {
    return {Outcome::kAcceptBad, fmt::format("it answered with its half of the key exchange although it had to refuse: "
                                             "{}; {}",
                                             certs::Sentence(c.expectation.verdict.reason), Because(c))};
  }
  if (const auto unfinished = Unfinished(c)) {
    return *unfinished;
  }
  if (const auto missing = NotReached(c)) {
    return *missing;
  }
  if (c.said.claim == Claim::kDelivered) {
    return {Outcome::kInconsistent, fmt::format("it says that it delivered, but {}", Because(c))};
  }
  if (const auto wrong = WrongReason(c)) {
    return *wrong;
  }
  if (c.seen.command_in_tls && !c.expectation.hello_may_precede && c.said.goal != Goal::kHello) {
    return {Outcome::kLax,
            fmt::format("it refused, but only after it had said more inside TLS than QUIT; {}", Because(c))};
  }
  return {Outcome::kPass, fmt::format("it refused, as it should; {}", Because(c))};
}

// Delivering is as good as refusing, as long as nothing injected was believed and the client's word is true.
Judgement JudgeIgnoreOrRefuse(const Case& c) {
  if (c.seen.spoke_early) {
    return {Outcome::kAcceptBad, fmt::format("it believed what it had been told in clear; {}", Because(c))};
  }
  if (const auto unfinished = Unfinished(c)) {
    return *unfinished;
  }
  if (const auto missing = NotReached(c)) {
    return *missing;
  }
  if (c.said.claim == Claim::kDelivered && !Accepted(c)) {
    return {Outcome::kInconsistent, fmt::format("it says that it delivered, but {}", Because(c))};
  }
  if (c.said.claim == Claim::kRefused && c.seen.delivered_in_tls) {
    return {Outcome::kInconsistent, fmt::format("it says that it refused, but {}", Because(c))};
  }
  if (const auto wrong = WrongReason(c)) {
    return *wrong;
  }
  return {Outcome::kPass, fmt::format("it believed nothing that it had been told in clear; {}", Because(c))};
}

Judgement JudgeAnything(const Case& c) {
  if (const auto unfinished = Unfinished(c)) {
    return *unfinished;
  }
  if (const auto missing = NotReached(c)) {
    return *missing;
  }
  return {Outcome::kPass, fmt::format("nothing is demanded but to end in good order; {}", Because(c))};
}

// Only who asks for a staple can be held to what it says, or to its absence (RFC 7633 4.2.3.1).
bool HangsOnStaple(certs::Reason reason) {
  using enum certs::Reason;
  constexpr certs::Reason kReasons[] = {kRevoked,           kRevocationUnknown, kMustStaple,        kTlsFeatureMissing,
                                        kMalformedStatus,   kStatusError,       kStatusUnsupported, kStatusMismatch,
                                        kStatusResponder,   kStatusSignature,   kStatusWeak,        kStatusExpired,
                                        kStatusNotYetValid, kStatusUnknown};
  return std::ranges::find(kReasons, reason) != std::end(kReasons);
}

}  // namespace

Judgement Judge(const Scenario&, const Expectation& expectation, Policy policy, const Observation& observation,
                const ClientReport& report) {
  if (!report.started) {
    return {Outcome::kError, fmt::format("the client could not be run: {}", report.detail)};
  }
  if (report.claim == Claim::kUnsupported) {
    return {Outcome::kSkip, "the client says that it lacks what this scenario needs"};
  }
  if (expectation.demand == Demand::kRefuse && observation.client_hello && !observation.asked_for_staple &&
      HangsOnStaple(expectation.verdict.reason)) {
    return {Outcome::kSkip, "the client did not ask for a staple, so none was sent (RFC 6066 8)"};
  }
  Expectation demanded = expectation;
  if (observation.fetched_status) {
    demanded.demand = expectation.once_fetched.value_or(expectation.demand);
  }
  const Case c{.expectation = demanded, .policy = policy, .seen = observation, .said = report};
  if (const auto leaked = Leaked(c)) {
    return {Outcome::kLeak, fmt::format("{}; {}", *leaked, Because(c))};
  }
  switch (demanded.demand) {
    case Demand::kAccept:
      return JudgeAccept(c);
    case Demand::kRefuse:
      return JudgeRefuse(c);
    case Demand::kIgnoreOrRefuse:
      return JudgeIgnoreOrRefuse(c);
    case Demand::kAnything:
      return JudgeAnything(c);
  }
  return {Outcome::kError, "a demand that nobody knows"};
}

}  // namespace lab

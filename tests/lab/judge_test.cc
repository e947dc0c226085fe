#include "lab/runner/judge.h"

#include <gtest/gtest.h>

#include "tests/lab/evidence.h"

namespace lab {
namespace {

using certs::Reason;
using fakeserver::Verb;

Dialogue Refusing() { return Dialogue().IntoTls().Quit(true); }
Dialogue Delivering() { return Dialogue().IntoTls().Ehlo(true).Mail(true).Message(true).Quit(true); }

Expectation Good() { return {.demand = Demand::kAccept, .verdict = {Reason::kOk, 0}}; }
Expectation Bad() { return {.demand = Demand::kRefuse, .verdict = {Reason::kNameMismatch, 0}}; }
Expectation Injection() {
  return {.demand = Demand::kIgnoreOrRefuse,
          .verdict = {Reason::kClearTextBehind220, 0},
          .must_reach = Rung::kStartTlsSent};
}
// Bob is revoked, and whoever asks is told so.
Expectation RevokedOnline() { return {.demand = Demand::kAccept, .once_fetched = Demand::kRefuse}; }
// Whoever asks learns nothing.
Expectation UselessOnline() { return {.demand = Demand::kAccept, .once_fetched = Demand::kAnything}; }
Expectation Anything() { return {.demand = Demand::kAnything, .verdict = {Reason::kTimeout, 0}}; }

ClientReport Says(Claim claim) { return {.claim = claim}; }
ClientReport BuiltIn(certs::Verdict verdict) {
  return {.claim = verdict.ok() ? Claim::kDelivered : Claim::kRefused, .verdict = verdict};
}

struct Row {
  const char* name;
  Expectation expectation;
  Policy policy;
  std::vector<Dialogue> connections;
  ClientReport report;
  Outcome outcome;
};

std::vector<Row> Rows() {
  constexpr Policy kUser = Policy::kSubmission, kRelay = Policy::kRelayOpportunistic;
  Expectation early = Bad();
  early.must_reach = Rung::kConnected;
  const ClientReport nothing = Says(Claim::kNothing), delivered = Says(Claim::kDelivered),
                     refused = Says(Claim::kRefused);
  ClientReport probe = delivered;
  probe.goal = Goal::kTransaction;
  ClientReport content = delivered, discontent = refused;
  content.goal = discontent.goal = Goal::kHello;
  const ClientReport crashed{.signal = 11}, hung{.signal = 15, .timed_out = true}, absent{.started = false};
  return {
      // A server that must be accepted.
      {"GoodDelivered", Good(), kUser, {Delivering()}, delivered, Outcome::kPass},
      {"GoodDeliveredByAMuteClient", Good(), kUser, {Delivering()}, nothing, Outcome::kPass},
      {"GoodDeliveredByTheSecondConnection", Good(), kUser, {Refusing(), Delivering()}, delivered, Outcome::kPass},
      {"GoodButRefused", Good(), kUser, {Refusing()}, refused, Outcome::kRejectGood},
      {"GoodButRefusedByAMuteClient", Good(), kUser, {Refusing()}, nothing, Outcome::kRejectGood},
      {"GoodMailOnly", Good(), kUser, {Dialogue().IntoTls().Ehlo(true).Mail(true)}, nothing, Outcome::kRejectGood},
      {"GoodMailOnlyIsEnoughForAProbe",
       Good(),
       kUser,
       {Dialogue().IntoTls().Ehlo(true).Mail(true)},
       probe,
       Outcome::kPass},
      {"GoodMailRefusedIsNotEnough",
       Good(),
       kUser,
       {Dialogue().IntoTls().Mail(true, 550)},
       probe,
       Outcome::kInconsistent},
      // A probe that says EHLO and QUIT whatever it thinks.
      {"GoodAndAProbeIsContent", Good(), kUser, {Dialogue().IntoTls().Ehlo(true).Quit(true)}, content, Outcome::kPass},
      {"GoodAndAProbeIsNot",
       Good(),
       kUser,
       {Dialogue().IntoTls().Ehlo(true).Quit(true)},
       discontent,
       Outcome::kRejectGood},
      {"GoodAndAProbeIsContentWithoutTls",
       Good(),
       kUser,
       {Dialogue().IntoTls().Quit(true)},
       content,
       Outcome::kInconsistent},
      {"GoodAndAProbeIsContentInClear",
       Good(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).Quit(false)},
       content,
       Outcome::kNotReached},
      {"BadAndAProbeIsContent",
       Bad(),
       kUser,
       {Dialogue().IntoTls().Ehlo(true).Quit(true)},
       content,
       Outcome::kAcceptBad},
      {"BadAndAProbeIsNot", Bad(), kUser, {Dialogue().IntoTls().Ehlo(true).Quit(true)}, discontent, Outcome::kPass},
      {"BadAndAProbeIsNotAndGoesOn",
       Bad(),
       kUser,
       {Dialogue().IntoTls().Ehlo(true).Mail(true)},
       discontent,
       Outcome::kAcceptBad},
      {"BadAndAProbeThatNeverSawIt",
       Bad(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).Quit(false)},
       discontent,
       Outcome::kNotReached},
      {"InjectionAndAProbe", Injection(), kUser, {Dialogue().IntoTls().Ehlo(true).Quit(true)}, content, Outcome::kPass},
      {"GoodNeverConnected", Good(), kUser, {}, delivered, Outcome::kNotReached},
      {"GoodOnlyConnected", Good(), kUser, {Dialogue()}, refused, Outcome::kNotReached},
      {"GoodClaimsDeliveryWithout", Good(), kUser, {Refusing()}, delivered, Outcome::kInconsistent},
      {"GoodClaimsRefusalAfterDelivery", Good(), kUser, {Delivering()}, refused, Outcome::kInconsistent},
      {"GoodInClear",
       Good(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).Mail(false).Message(false)},
       delivered,
       Outcome::kLeak},
      {"GoodPasswordInClear",
       Good(),
       kUser,
       {Dialogue().Greeting().Secret(false), Delivering()},
       delivered,
       Outcome::kLeak},
      {"GoodInClearWithoutTlsByARelay",
       Good(),
       kRelay,
       {Dialogue().Greeting().Mail(false).Message(false)},
       delivered,
       Outcome::kNotReached},
      {"GoodInClearAfterTlsByARelay",
       Good(),
       kRelay,
       {Dialogue().IntoTls(), Dialogue().Mail(false).Message(false)},
       delivered,
       Outcome::kPass},
      {"GoodPasswordInClearByARelay",
       Good(),
       kRelay,
       {Dialogue().IntoTls(), Dialogue().Secret(false)},
       delivered,
       Outcome::kLeak},
      {"GoodCrash", Good(), kUser, {Dialogue().IntoTls()}, crashed, Outcome::kCrash},
      {"GoodCrashAfterDelivery", Good(), kUser, {Delivering()}, crashed, Outcome::kCrash},
      {"GoodHang", Good(), kUser, {Dialogue().IntoTls()}, hung, Outcome::kHang},
      {"GoodHangUnconnected", Good(), kUser, {}, hung, Outcome::kHang},
      {"GoodTalkedEarly",
       Good(),
       kUser,
       {Dialogue().IntoTls().Command(Verb::kEhlo, "EHLO c", true).Mail(true).Message(true)},
       delivered,
       Outcome::kLax},
      // A server that must be refused.
      {"BadRefused", Bad(), kUser, {Refusing()}, refused, Outcome::kPass},
      {"BadRefusedInTheHandshake",
       Bad(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).StartTls().Fact(fakeserver::EventKind::kCertificateSent, false)},
       refused,
       Outcome::kPass},
      {"BadAuthenticated", Bad(), kUser, {Dialogue().IntoTls().Ehlo(true).Secret(true)}, refused, Outcome::kAcceptBad},
      {"BadDelivered", Bad(), kUser, {Delivering()}, delivered, Outcome::kAcceptBad},
      {"BadMail", Bad(), kUser, {Dialogue().IntoTls().Mail(true, 550)}, refused, Outcome::kAcceptBad},
      {"BadVrfy",
       Bad(),
       kUser,
       {Dialogue().IntoTls().Command(Verb::kVrfy, "VRFY b", true)},
       refused,
       Outcome::kAcceptBad},
      {"BadAcceptedBeforeACrash", Bad(), kUser, {Delivering()}, crashed, Outcome::kAcceptBad},
      {"BadAcceptedBeforeAHang", Bad(), kUser, {Delivering()}, hung, Outcome::kAcceptBad},
      {"BadHello", Bad(), kUser, {Dialogue().IntoTls().Ehlo(true).Quit(true)}, refused, Outcome::kLax},
      {"BadClaimsDelivery", Bad(), kUser, {Refusing()}, delivered, Outcome::kInconsistent},
      {"BadNotReached", Bad(), kUser, {Dialogue().Greeting().Ehlo(false).Quit(false)}, refused, Outcome::kNotReached},
      {"BadNeverConnected", Bad(), kUser, {}, refused, Outcome::kNotReached},
      {"BadFallsBackToClear", Bad(), kUser, {Refusing(), Dialogue().Greeting().Mail(false)}, refused, Outcome::kLeak},
      {"BadGoesOnInClearOnTheSameConnection",
       Bad(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).StartTls().FailTls().Fact(fakeserver::EventKind::kClearBytesIn, false,
                                                                    "EHLO client.test\r\n")},
       refused,
       Outcome::kLeak},
      {"BadSaysQuitInClear",
       Bad(),
       kUser,
       {Dialogue().Greeting().Ehlo(false).StartTls().FailTls().Fact(fakeserver::EventKind::kClearBytesIn, false,
                                                                    "QUIT\r\n")},
       refused,
       Outcome::kPass},
      {"BadGoesOnInClearByARelay",
       Bad(),
       kRelay,
       {Dialogue().Greeting().Ehlo(false).StartTls().FailTls().Fact(fakeserver::EventKind::kClearBytesIn, false,
                                                                    "MAIL FROM:<>\r\n")},
       refused,
       Outcome::kPass},
      {"BadAuthInClear",
       Bad(),
       kUser,
       {Dialogue().Greeting().Command(Verb::kAuth, "AUTH LOGIN", false)},
       refused,
       Outcome::kLeak},
      {"BadCrash", Bad(), kUser, {Refusing()}, crashed, Outcome::kCrash},
      {"BadHang", Bad(), kUser, {Refusing()}, hung, Outcome::kHang},
      {"BadConfigurationRefusedWithoutConnecting", early, kUser, {}, refused, Outcome::kPass},
      {"BadConfigurationButSaysDelivered", early, kUser, {}, delivered, Outcome::kNotReached},
      {"BadConfigurationMute", early, kUser, {}, nothing, Outcome::kNotReached},
      // Injected replies.
      {"InjectionIgnored", Injection(), kUser, {Delivering()}, delivered, Outcome::kPass},
      {"InjectionRefused", Injection(), kUser, {Dialogue().Greeting().Ehlo(false).StartTls()}, refused, Outcome::kPass},
      {"InjectionBelieved",
       Injection(),
       kUser,
       {Dialogue().IntoTls().Command(Verb::kEhlo, "EHLO c", true).Mail(true).Message(true)},
       delivered,
       Outcome::kAcceptBad},
      {"InjectionThenClear",
       Injection(),
       kUser,
       {Dialogue().Greeting().StartTls().Mail(false)},
       refused,
       Outcome::kLeak},
      {"InjectionNotReached", Injection(), kUser, {Dialogue().Greeting()}, refused, Outcome::kNotReached},
      {"InjectionLostMail", Injection(), kUser, {Refusing()}, delivered, Outcome::kInconsistent},
      {"InjectionHang", Injection(), kUser, {Dialogue().IntoTls()}, hung, Outcome::kHang},
      // No demand.
      {"AnythingGoes", Anything(), kUser, {Delivering()}, refused, Outcome::kPass},
      {"AnythingEnvelopeInClear", Anything(), kUser, {Dialogue().IntoTls().Mail(false)}, refused, Outcome::kPass},
      {"AnythingButThePassword", Anything(), kUser, {Dialogue().IntoTls().Secret(false)}, refused, Outcome::kLeak},
      {"AnythingButAHang", Anything(), kUser, {Dialogue().IntoTls()}, hung, Outcome::kHang},
      {"AnythingButACrash", Anything(), kUser, {Dialogue().IntoTls()}, crashed, Outcome::kCrash},
      {"AnythingNotReached", Anything(), kUser, {Dialogue()}, refused, Outcome::kNotReached},
      // What is online binds those who fetched it.
      {"OnlineNotFetched", RevokedOnline(), kUser, {Delivering()}, delivered, Outcome::kPass},
      {"OnlineNotFetchedAndRefused", RevokedOnline(), kUser, {Refusing()}, refused, Outcome::kRejectGood},
      {"OnlineFetchedAndDisregarded",
       RevokedOnline(),
       kUser,
       {Dialogue::Fetch(), Delivering()},
       delivered,
       Outcome::kAcceptBad},
      {"OnlineFetchedAndHeeded", RevokedOnline(), kUser, {Refusing(), Dialogue::Fetch()}, refused, Outcome::kPass},
      {"OnlineFetchedAndUseless", UselessOnline(), kUser, {Dialogue::Fetch(), Delivering()}, delivered, Outcome::kPass},
      {"OnlineUselessAndRefused", UselessOnline(), kUser, {Dialogue::Fetch(), Refusing()}, refused, Outcome::kPass},
      {"OnlineUselessAndHanging", UselessOnline(), kUser, {Dialogue::Fetch(), Refusing()}, hung, Outcome::kHang},
      {"OnlineAloneProvesNothing", RevokedOnline(), kUser, {Dialogue::Fetch()}, refused, Outcome::kNotReached},
      // The client's word, and the harness's.
      {"Unsupported", Bad(), kUser, {}, Says(Claim::kUnsupported), Outcome::kSkip},
      {"CouldNotBeRun", Good(), kUser, {}, absent, Outcome::kError},
      // The built-in client must be right for the right reason.
      {"BuiltInExact", Bad(), kUser, {Refusing()}, BuiltIn({Reason::kNameMismatch, 0}), Outcome::kPass},
      {"BuiltInOtherReason", Bad(), kUser, {Refusing()}, BuiltIn({Reason::kExpired, 0}), Outcome::kInconsistent},
      {"BuiltInOtherDepth", Bad(), kUser, {Refusing()}, BuiltIn({Reason::kNameMismatch, 1}), Outcome::kInconsistent},
      {"BuiltInAccepts", Bad(), kUser, {Delivering()}, BuiltIn({}), Outcome::kAcceptBad},
      {"BuiltInRejectsGood", Good(), kUser, {Refusing()}, BuiltIn({Reason::kExpired, 0}), Outcome::kRejectGood},
      {"BuiltInAcceptsGood", Good(), kUser, {Delivering()}, BuiltIn({}), Outcome::kPass},
      {"BuiltInInjection",
       Injection(),
       kUser,
       {Dialogue().Greeting().StartTls()},
       BuiltIn({Reason::kClearTextBehind220, 0}),
       Outcome::kPass},
      {"BuiltInInjectionOtherReason",
       Injection(),
       kUser,
       {Dialogue().Greeting().StartTls()},
       BuiltIn({Reason::kTimeout, 0}),
       Outcome::kInconsistent},
  };
}

class JudgeTest : public testing::TestWithParam<Row> {};

TEST_P(JudgeTest, ReachesTheOutcome) {
  const Row& row = GetParam();
  std::vector<fakeserver::Transcript> transcripts;
  for (const Dialogue& connection : row.connections) {
    transcripts.push_back(connection.transcript());
  }
  const Observation seen = Observe(transcripts, MakeHoney(1, "scenario", "client"));
  const Judgement judgement = Judge(Scenario{.id = "test"}, row.expectation, row.policy, seen, row.report);
  EXPECT_EQ(Name(judgement.outcome), Name(row.outcome)) << judgement.sentence;
  EXPECT_FALSE(judgement.sentence.empty());
}

INSTANTIATE_TEST_SUITE_P(All, JudgeTest, testing::ValuesIn(Rows()), [](const auto& test) { return test.param.name; });

// ------------------------------------------------------------------------------------------------ collect-all

Outcome JudgeCollected(std::vector<certs::Verdict> found, std::vector<Reason> also = {}) {
  Expectation expectation = Bad();
  expectation.also = std::move(also);
  ClientReport report = BuiltIn({Reason::kNameMismatch, 0});
  report.collected = true;
  report.all_defects = std::move(found);
  const Observation seen = ObserveAll({Refusing()});
  return Judge(Scenario{.id = "test"}, expectation, Policy::kSubmission, seen, report).outcome;
}

TEST(JudgeCollectedTest, ExactlyTheIntendedDefectPasses) {
  EXPECT_EQ(JudgeCollected({{Reason::kNameMismatch, 0}}), Outcome::kPass);
}
TEST(JudgeCollectedTest, AnAccidentalSecondDefectIsFound) {
  EXPECT_EQ(JudgeCollected({{Reason::kNameMismatch, 0}, {Reason::kExpired, 1}}), Outcome::kInconsistent);
}
TEST(JudgeCollectedTest, ADeclaredSecondDefectMustBeThere) {
  EXPECT_EQ(JudgeCollected({{Reason::kNameMismatch, 0}, {Reason::kExpired, 1}}, {Reason::kExpired}), Outcome::kPass);
  EXPECT_EQ(JudgeCollected({{Reason::kNameMismatch, 0}}, {Reason::kExpired}), Outcome::kInconsistent);
}
TEST(JudgeCollectedTest, NoDefectAtAllIsNotEnough) { EXPECT_EQ(JudgeCollected({}), Outcome::kInconsistent); }
TEST(JudgeCollectedTest, TheDepthCountsToo) {
  EXPECT_EQ(JudgeCollected({{Reason::kNameMismatch, 2}}), Outcome::kInconsistent);
}

// ------------------------------------------------------------------------------------------------ half a handshake

// The client's half of the key exchange (ClientKeyExchange) to a flight that nobody can finish.
TEST(JudgeAnswerTest, AnsweringWhatCannotBeSpokenIsAccepting) {
  constexpr int kClientKeyExchange = 16;
  Expectation expectation{.verdict = {Reason::kTlsFailed, 0}, .must_reach = Rung::kClientHello};
  const auto outcome = [&](bool answers) {
    Dialogue dialogue;
    dialogue.Greeting().Ehlo(false).StartTls().Add(
        {.kind = fakeserver::EventKind::kClientHello, .incoming = true, .hello = fakeserver::ClientHello{}});
    if (answers) {
      dialogue.Add({.kind = fakeserver::EventKind::kTlsMessage, .incoming = true, .code = kClientKeyExchange});
    }
    const Observation seen = Observe({dialogue.transcript()}, Honey{});
    return Judge(Scenario{}, expectation, Policy::kSubmission, seen, Says(Claim::kRefused)).outcome;
  };
  EXPECT_EQ(outcome(true), Outcome::kPass);
  expectation.answer_is_acceptance = true;
  EXPECT_EQ(outcome(true), Outcome::kAcceptBad);
  EXPECT_EQ(outcome(false), Outcome::kPass);
}

TEST(JudgeAnswerTest, HelloBeforeTheFaultIsNoFault) {
  Expectation expectation = Bad();
  const Dialogue dialogue = Dialogue().IntoTls().Ehlo(true);
  const Observation seen = Observe({dialogue.transcript()}, Honey{});
  const auto outcome = [&] {
    return Judge(Scenario{}, expectation, Policy::kSubmission, seen, Says(Claim::kRefused)).outcome;
  };
  EXPECT_EQ(outcome(), Outcome::kLax);
  expectation.hello_may_precede = true;
  EXPECT_EQ(outcome(), Outcome::kPass);
}

}  // namespace
}  // namespace lab

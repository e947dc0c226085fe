// Known weaknesses: what is declared of a client, and when that counts.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "lab/runner/expectations.h"
#include "lab/runner/judge.h"
#include "lab/runner/run.h"

namespace lab {
namespace {

Expected Declared(const char* pattern, const char* outcome) {
  return {.pattern = pattern, .outcome = outcome, .reason = "r", .source = "s"};
}

Outcome Known(Outcome seen, Demand demand, std::vector<Expected> known) {
  Scenario scenario{.id = "name.mismatch", .rows = {"F1"}};
  scenario.expect[Policy::kSubmission] = {.demand = demand};
  CommandSpec client;
  client.expected = std::move(known);
  client.version = "prog 1.2.3";
  return ApplyExpectations({.outcome = seen, .sentence = "s"}, scenario, client, fakeserver::TlsMode::kStartTls,
                           kLabNow)
      .outcome;
}

TEST(ApplyExpectationsTest, AKnownWeaknessIsExpected) {
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {Declared("name.*", "accept-bad")}), Outcome::kXfail);
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {Declared("row:F1", "accept-bad")}), Outcome::kXfail);
}
TEST(ApplyExpectationsTest, AWeaknessThatIsGoneIsNoticed) {
  EXPECT_EQ(Known(Outcome::kPass, Demand::kRefuse, {Declared("name.*", "accept-bad")}), Outcome::kXpass);
}
TEST(ApplyExpectationsTest, AMatterOfTimingMayBeGoneButNotOtherwiseWrong) {
  Expected one = Declared("name.*", "accept-bad");
  one.sometimes = true;
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kXfail);
  EXPECT_EQ(Known(Outcome::kPass, Demand::kRefuse, {one}), Outcome::kPass);
  EXPECT_EQ(Known(Outcome::kLeak, Demand::kRefuse, {one}), Outcome::kLeak);
}
TEST(ApplyExpectationsTest, AnotherFailureStaysAFailure) {
  EXPECT_EQ(Known(Outcome::kLeak, Demand::kRefuse, {Declared("name.*", "accept-bad")}), Outcome::kLeak);
  EXPECT_EQ(Known(Outcome::kSkip, Demand::kRefuse, {Declared("name.*", "accept-bad")}), Outcome::kSkip);
}
TEST(ApplyExpectationsTest, AnotherScenarioIsNotMeant) {
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {Declared("time.*", "accept-bad")}), Outcome::kAcceptBad);
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {Declared("*,!name.*", "accept-bad")}), Outcome::kAcceptBad);
}
TEST(ApplyExpectationsTest, NobodyAcceptsABadServerThatIsGood) {
  EXPECT_EQ(Known(Outcome::kPass, Demand::kAccept, {Declared("*", "accept-bad")}), Outcome::kPass);
}
TEST(ApplyExpectationsTest, TheFirstEntryThatAppliesCounts) {
  EXPECT_EQ(Known(Outcome::kPass, Demand::kRefuse, {Declared("name.mismatch", "pass"), Declared("*", "accept-bad")}),
            Outcome::kPass);
  EXPECT_EQ(
      Known(Outcome::kAcceptBad, Demand::kRefuse, {Declared("name.mismatch", "pass"), Declared("*", "accept-bad")}),
      Outcome::kAcceptBad);
}
TEST(ApplyExpectationsTest, ADeclarationHoldsForItsVersionsOnly) {
  Expected one = Declared("name.*", "accept-bad");
  one.versions = {"prog 1.2.*"};
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kXfail);
  one.versions = {"prog 2.*"};
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kAcceptBad);
}
TEST(ApplyExpectationsTest, ADeclarationHoldsInItsModeOnly) {
  Expected one = Declared("name.*", "accept-bad");
  one.mode = fakeserver::TlsMode::kStartTls;
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kXfail);
  one.mode = fakeserver::TlsMode::kImplicit;
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kAcceptBad);
}
TEST(ApplyExpectationsTest, ADeclarationEndsAfterItsDate) {
  Expected one = Declared("name.*", "accept-bad");
  one.until = "2026-01-01";  // kLabNow is that day
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kXfail);
  one.until = "2025-12-31";
  EXPECT_EQ(Known(Outcome::kAcceptBad, Demand::kRefuse, {one}), Outcome::kAcceptBad);
}

}  // namespace
}  // namespace lab

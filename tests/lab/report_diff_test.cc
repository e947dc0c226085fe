// Two runs compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lab/report/results_diff.h"
#include "tests/lab/report_model.h"

namespace lab::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Scenarios(const std::vector<ResultsDiff::Change>& changes) {
  std::vector<std::string> scenarios;
  for (const ResultsDiff::Change& change : changes) {
    scenarios.push_back(change.after != nullptr ? change.after->scenario : change.before->scenario);
  }
  return scenarios;
}

TEST(DiffResults, FindsNothingInTheSameRun) {
  const Results run = SmallRun();
  const ResultsDiff diff = DiffResults(run, run);
  EXPECT_TRUE(diff.regressed.empty() && diff.mended.empty() && diff.changed.empty() && diff.added.empty() &&
              diff.removed.empty());
}

TEST(DiffResults, TellsARegressionFromANewCase) {
  const Results before = MakeRun({MakeCell("curl", "name.a", "pass"), MakeCell("curl", "name.b", "accept-bad"),
                                  MakeCell("curl", "name.c", "hang"), MakeCell("curl", "name.d", "pass"),
                                  MakeCell("curl", "name.e", "pass"), MakeCell("curl", "name.gone", "pass")});
  const Results after = MakeRun({MakeCell("curl", "name.new", "accept-bad"), MakeCell("curl", "name.a", "leak"),
                                 MakeCell("curl", "name.b", "xfail"), MakeCell("curl", "name.c", "crash"),
                                 MakeCell("curl", "name.d", "skip"), MakeCell("curl", "name.e", "pass")});
  const ResultsDiff diff = DiffResults(before, after);
  EXPECT_THAT(Scenarios(diff.regressed), ElementsAre("name.a"));
  EXPECT_EQ(diff.regressed.at(0).before->outcome, "pass");
  EXPECT_THAT(Scenarios(diff.mended), ElementsAre("name.b"));
  EXPECT_THAT(Scenarios(diff.changed), ElementsAre("name.c", "name.d"));
  EXPECT_THAT(Scenarios(diff.added), ElementsAre("name.new"));
  EXPECT_THAT(Scenarios(diff.removed), ElementsAre("name.gone"));
}

TEST(DiffResults, KeepsModesAndSanityCasesApart) {
  Results before = MakeRun({MakeCell("curl", "name.a", "pass")}), after = before;
  after.cells[0].mode = "implicit";
  EXPECT_THAT(Scenarios(DiffResults(before, after).added), ElementsAre("name.a"));
  after = before;
  after.cells[0].sanity = "first";
  EXPECT_THAT(Scenarios(DiffResults(before, after).removed), ElementsAre("name.a"));
}

TEST(DiffResults, LetsTheLaterOfTwoCellsCount) {
  const Results before = MakeRun({MakeCell("curl", "name.a", "pass"), MakeCell("curl", "name.a", "hang")});
  const Results after = MakeRun({MakeCell("curl", "name.a", "leak"), MakeCell("curl", "name.a", "pass")});
  const ResultsDiff diff = DiffResults(before, after);
  EXPECT_THAT(Scenarios(diff.mended), ElementsAre("name.a"));
  EXPECT_THAT(diff.regressed, IsEmpty());
}

}  // namespace
}  // namespace lab::testing

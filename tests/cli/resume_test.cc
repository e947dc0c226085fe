// Going on with a run: what is done is kept and not run again, what must not be mixed is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using Json = nlohmann::json;

// Results of two scenarios, in a folder of their own.
class Resume : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(Run({"--filter", kTwo}).exit_code, 0); }

  ProgramRun Run(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"run", "--mode", "starttls", "--out", folder_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunLab(arguments);
  }
  Json Results() const { return Json::parse(ReadFile(folder_.path() + "/results.json")); }
  void Write(const Json& results) const { folder_.Write("results.json", results.dump()); }

  // The cell of a scenario that was asked for, in `results`.
  static Json& Cell(Json& results, const std::string& scenario) {
    return *std::ranges::find_if(
        results["results"], [&](const Json& cell) { return cell["scenario"] == scenario && !cell.contains("sanity"); });
  }
  static std::vector<std::string> Asked(const Json& results) {
    std::vector<std::string> asked;
    for (const Json& cell : results["results"]) {
      if (!cell.contains("sanity")) {
        asked.push_back(cell["scenario"]);
      }
    }
    std::ranges::sort(asked);
    return asked;
  }

  static constexpr const char* kTwo = "time.leaf-expired,name.wrong-host";
  TemporaryFolder folder_;
};

TEST_F(Resume, KeepsWhatIsDoneAndRunsTheRest) {
  Json before = Results();
  before["complete"] = false;
  Cell(before, "time.leaf-expired")["sentence"] = "said by the first run";
  Write(before);
  const ProgramRun run = Run({"--filter", std::string(kTwo) + ",name.cn-only", "--resume"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  Json after = Results();
  EXPECT_EQ(Asked(after), (std::vector<std::string>{"name.cn-only", "name.wrong-host", "time.leaf-expired"}));
  EXPECT_EQ(Cell(after, "time.leaf-expired")["sentence"], "said by the first run");
  EXPECT_EQ(after["complete"], true);
  EXPECT_NE(run.out.find("name.wrong-host"), std::string::npos) << "the table shows both runs: " << run.out;
}

TEST_F(Resume, CountsWhatFailedBefore) {
  Json before = Results();
  Cell(before, "time.leaf-expired")["outcome"] = "accept-bad";
  Write(before);
  EXPECT_EQ(Run({"--filter", kTwo, "--resume"}).exit_code, 1);
}

TEST_F(Resume, RunsAgainWhatWasTheLabsOwnFault) {
  Json before = Results();
  Cell(before, "time.leaf-expired")["outcome"] = "error";
  Write(before);
  EXPECT_EQ(Run({"--filter", kTwo, "--resume"}).exit_code, 0);
  Json after = Results();
  EXPECT_EQ(Cell(after, "time.leaf-expired")["outcome"], "pass");
}

TEST_F(Resume, RefusesToMixWhatAskedOtherQuestions) {
  EXPECT_EQ(Run({"--filter", kTwo, "--resume", "--seed", "7"}).exit_code, 2);
  EXPECT_EQ(Run({"--filter", kTwo, "--resume", "--now", "2030-01-01T00:00:00Z"}).exit_code, 2);
  Json other = Results();
  other["header"]["suite_hash"] = "00";
  Write(other);
  EXPECT_EQ(Run({"--filter", kTwo, "--resume"}).exit_code, 2);
  EXPECT_EQ(Results(), other) << "what cannot be gone on with is left as it is";
}

TEST_F(Resume, OfABrokenFileLosesNothing) {
  folder_.Write("results.json", "{\"version\": \"1.1\", ");
  const ProgramRun run = Run({"--filter", kTwo, "--resume"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
  EXPECT_EQ(ReadFile(folder_.path() + "/results.json"), "{\"version\": \"1.1\", ");
}

TEST_F(Resume, WithNothingToGoOnWithIsAFirstRun) {
  const TemporaryFolder other;
  EXPECT_EQ(RunLab({"run", "--filter", kTwo, "--out", other.path(), "--resume"}).exit_code, 0);
}

}  // namespace
}  // namespace lab::testing

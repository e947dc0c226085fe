// `expect update` and `clients matrix`, on the results of a client that accepts everything.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

// A client of the test's own, whose results are written by hand: the verb reads files, it runs nothing.
class Expect : public ::testing::Test {
 protected:
  Expect() {
    before_ = std::getenv("STARTTLS_LAB_CLIENTS") != nullptr ? std::getenv("STARTTLS_LAB_CLIENTS") : "";
    setenv("STARTTLS_LAB_CLIENTS", folder_.path().c_str(), 1);
    std::filesystem::create_directory(folder_.path() + "/expectations");
    folder_.Write("made.toml", "name = \"made\"\n[[configuration]]\ncommand = [\"true\"]\n");
  }
  ~Expect() override {
    before_.empty() ? unsetenv("STARTTLS_LAB_CLIENTS") : setenv("STARTTLS_LAB_CLIENTS", before_.c_str(), 1);
  }

  // Results in which `made` came to these outcomes; "scenario@implicit" for those of the other mode.
  std::string Results(const std::vector<std::pair<std::string, std::string>>& outcomes) const {
    nlohmann::json cells = nlohmann::json::array();
    for (const auto& [cell, outcome] : outcomes) {
      const std::string scenario = cell.substr(0, cell.find('@'));
      cells.push_back(
          {{"client", "made"},
           {"scenario", scenario},
           {"mode", scenario == cell ? "starttls" : cell.substr(scenario.size() + 1)},
           {"policy", "submission"},
           {"wire", "tcp"},
           {"outcome", outcome},
           {"as_expected", outcome == "pass" || outcome == "xfail"},
           {"expected", "refuse"},
           {"sentence", "it went on \"happily\" | with Eve"},
           {"summary", ""},
           {"source", ""},
           {"rows", {"B1"}},
           {"severity", "high"},
           {"server",
            {{"connections", 1}, {"reached", ""}, {"saw", ""}, {"server_name", ""}, {"client_alert", nullptr}}},
           {"client_said", {{"said", ""}, {"output", ""}}},
           {"chain_sha256", ""},
           {"duration_us", 1},
           {"repro", "starttls-lab run"},
           {"transcripts", nlohmann::json::array()}});
    }
    const nlohmann::json all = {{"version", "1.0"},
                                {"complete", true},
                                {"header",
                                 {{"suite", "s"},
                                  {"suite_hash", "h"},
                                  {"crypto", "c"},
                                  {"seed", 1},
                                  {"now_memory", ""},
                                  {"now_tcp", ""},
                                  {"started", "2026-01-01T00:00:00Z"},
                                  {"clients", {{{"name", "made"}, {"title", "made"}, {"version", "made 1.0"}}}}}},
                                {"results", cells}};
    return folder_.Write("results.json", all.dump());
  }
  ProgramRun Update(const std::string& results, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"expect", "update", "--results", results};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunLab(arguments);
  }
  std::string File() const { return folder_.path() + "/expectations/made.toml"; }

  TemporaryFolder folder_;
  std::string before_;
};

constexpr const char* kTwoKnown =
    "# What made is known to do.\n\n# The clock.\n[[expect]]\npattern = \"time.leaf-expired,time.leaf-not-yet-valid\"\n"
    "outcome = \"accept-bad\"\nreason = \"it has no clock\"\nsource = \"made(1)\"\n";

TEST_F(Expect, DeclaresWhatIsNewAndAsksForTheReason) {
  EXPECT_EQ(Update(Results({{"time.leaf-expired", "accept-bad"}, {"name.wrong-host", "pass"}})).exit_code, 0);
  EXPECT_NE(ReadFile(File()).find("pattern = \"time.leaf-expired\""), std::string::npos) << ReadFile(File());
  const ProgramRun lint = RunLab({"expect", "lint"});
  EXPECT_EQ(lint.exit_code, 5) << lint.out;
  EXPECT_NE(lint.out.find("made.toml:"), std::string::npos) << lint.out;
}

TEST_F(Expect, WhatHappensInOneModeOnlyIsDeclaredForThatMode) {
  Update(Results({{"time.leaf-expired", "accept-bad"},
                  {"time.leaf-expired@implicit", "pass"},
                  {"name.wrong-host", "accept-bad"},
                  {"name.wrong-host@implicit", "accept-bad"}}));
  const std::string text = ReadFile(File());
  const size_t one = text.find("pattern = \"time.leaf-expired\""), both = text.find("pattern = \"name.wrong-host\"");
  ASSERT_TRUE(one != std::string::npos && both != std::string::npos) << text;
  const auto declaration = [&](size_t at) { return text.substr(at, text.find("[[expect]]", at) - at); };
  EXPECT_NE(declaration(one).find("mode = \"starttls\""), std::string::npos) << text;
  EXPECT_EQ(declaration(both).find("mode"), std::string::npos) << text;
}

TEST_F(Expect, WhatItDeclaresCountsBeforeWhatWasThere) {
  folder_.Write("expectations/made.toml", kTwoKnown);
  Update(Results({{"time.leaf-expired", "leak"}}));
  const std::string text = ReadFile(File());
  EXPECT_LT(text.find("\"leak\""), text.find("\"accept-bad\"")) << text;
  EXPECT_EQ(text.find("# What made is known to do."), 0u) << text;
}

TEST_F(Expect, TakesOutWhatDidNotHappen) {
  folder_.Write("expectations/made.toml", kTwoKnown);
  Update(Results({{"time.leaf-expired", "xpass"}, {"time.leaf-not-yet-valid", "xfail"}}));
  EXPECT_NE(ReadFile(File()).find("pattern = \"time.leaf-not-yet-valid\""), std::string::npos) << ReadFile(File());
  Update(Results({{"time.leaf-not-yet-valid", "xpass"}}));
  EXPECT_EQ(ReadFile(File()), "# What made is known to do.\n");
}

TEST_F(Expect, ADryRunChangesNothing) {
  folder_.Write("expectations/made.toml", kTwoKnown);
  EXPECT_EQ(Update(Results({{"time.leaf-expired", "xpass"}}), {"--dry-run"}).exit_code, 0);
  EXPECT_EQ(ReadFile(File()), kTwoKnown);
}

TEST_F(Expect, OfAMissingFileItSaysWhich) {
  const ProgramRun run = Update(folder_.path() + "/none.json");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("none.json"), std::string::npos) << run.err;
}

TEST_F(Expect, TheMatrixCountsAndNamesWhatWasFound) {
  const std::string results =
      Results({{"time.leaf-expired", "accept-bad"}, {"control.good", "pass"}, {"time.leaf-not-yet-valid", "hang"}});
  const ProgramRun printed = RunLab({"clients", "matrix", "--results", results});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("✗ 1/3"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("lab/run run --client made --filter time.leaf-expired"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("\\| with Eve"), std::string::npos) << "a bar would end the cell: " << printed.out;
}

TEST_F(Expect, TheMatrixHeedsTheVersionThatRan) {
  const std::string entry =
      "[[expect]]\npattern = \"time.leaf-expired\"\noutcome = \"accept-bad\"\nsource = \"made(1)\"\n";
  folder_.Write("expectations/made.toml", entry + "reason = \"as in 2\"\nversions = [\"made 2.*\"]\n" + entry +
                                              "reason = \"as in 1\"\nversions = [\"made 1.*\"]\n");
  const ProgramRun run = RunLab({"clients", "matrix", "--results", Results({{"time.leaf-expired", "accept-bad"}})});
  EXPECT_NE(run.out.find("as in 1 (made(1))"), std::string::npos) << run.out << run.err;
}

// The reason of a weakness is often found after the run that showed it, which may have taken hours.
TEST_F(Expect, TheMatrixGivesTheReasonThatIsDeclaredToday) {
  const std::string results = Results({{"time.leaf-expired", "accept-bad"}, {"name.wrong-host", "accept-bad"}});
  EXPECT_EQ(RunLab({"clients", "matrix", "--results", results}).out.find("it has no clock"), std::string::npos);
  folder_.Write("expectations/made.toml", kTwoKnown);
  const ProgramRun run = RunLab({"clients", "matrix", "--results", results});
  EXPECT_NE(run.out.find("it has no clock (made(1))"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("not declared"), std::string::npos) << "of the other nothing is declared: " << run.out;
}

TEST_F(Expect, TheMatrixIsPutBetweenItsMarks) {
  const std::string results = Results({{"control.good", "pass"}});
  const std::string page =
      folder_.Write("page.md", "before\n<!-- matrix: begin -->\nold\n<!-- matrix: end -->\nafter\n");
  EXPECT_EQ(RunLab({"clients", "matrix", "--results", results, "--into", page}).exit_code, 0);
  const std::string text = ReadFile(page);
  EXPECT_TRUE(text.starts_with("before\n") && text.ends_with("after\n")) << text;
  EXPECT_EQ(text.find("old"), std::string::npos) << text;
  const std::string plain = folder_.Write("plain.md", "no marks");
  EXPECT_EQ(RunLab({"clients", "matrix", "--results", results, "--into", plain}).exit_code, 2);
  EXPECT_EQ(ReadFile(plain), "no marks");
}

}  // namespace
}  // namespace lab::testing

// `scenario from-fuzz`: what a fuzz target read as a world is a scenario file that runs.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using Json = nlohmann::json;

// The result of running the scenario that `printed` is, in that mode and under that policy.
Json Result(const std::string& printed, const std::string& mode, const std::string& policy) {
  const TemporaryFolder folder;
  const std::string file = folder.Write("found.toml", printed);
  const ProgramRun run = RunLab({"run", "--filter", file, "--mode", mode, "--policy", policy, "--wire", "memory",
                                 "--out", folder.path(), "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err << printed;
  const Json results = Json::parse(ReadFile(folder.path() + "/results.json"));
  for (const Json& cell : results.at("results")) {
    if (!cell.contains("sanity")) {
      return cell;
    }
  }
  ADD_FAILURE() << "nothing was run";
  return {{"scenario", ""}, {"expected", ""}, {"outcome", ""}};
}

TEST(FromFuzz, AMixedWorldIsMetAsTheTargetMetIt) {
  const TemporaryFolder folder;
  const std::string input = folder.Write("input", "4\ntime.leaf-expired\nlink.sliced\n");
  const ProgramRun printed = RunLab({"scenario", "from-fuzz", input});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("--mode implicit --policy submission"), std::string::npos) << printed.out;
  const Json result = Result(printed.out, "implicit", "submission");
  EXPECT_EQ(result.at("scenario"), "fuzz.world");
  EXPECT_EQ(result.at("expected"), "refuse: expired@0");
  EXPECT_EQ(result.at("outcome"), "pass");
}

TEST(FromFuzz, WhatIsLeftOutIsNotInTheFile) {
  const TemporaryFolder folder;
  const ProgramRun whole = RunLab({"scenario", "from-fuzz", folder.Write("a", "0\nname.wrong-host\n")});
  const ProgramRun without = RunLab({"scenario", "from-fuzz", folder.Write("b", "0\nname.wrong-host\n-0\n")});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  ASSERT_EQ(without.exit_code, 0) << without.err;
  EXPECT_EQ(Result(without.out, "starttls", "submission").at("expected"), "accept");
}

TEST(FromFuzz, AnInjectionIsTakenByItsFolderOrByItsTarget) {
  const std::string input = STARTTLS_LAB_SOURCE_DIR "/fuzz/regressions/starttls_injection/alert-before-server-hello";
  const ProgramRun printed = RunLab({"scenario", "from-fuzz", input});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(Result(printed.out, "starttls", "submission").at("scenario"), "fuzz.injection");
  const TemporaryFolder folder;
  const ProgramRun named =
      RunLab({"scenario", "from-fuzz", "--target", "starttls_injection", folder.Write("elsewhere", ReadFile(input))});
  EXPECT_EQ(named.out, printed.out);
}

TEST(FromFuzz, WhatIsNoWorldIsRefusedInOneSentence) {
  const TemporaryFolder folder;
  const std::string unknown = folder.Write("unknown", "0\nno.such\x1bscenario\n");
  const std::string unmixed =
      folder.Write("unmixed", "0\ntime.leaf-expired\ntime.leaf-not-yet-valid\ntime.leaf-expired\n");
  struct Case {
    std::vector<std::string> arguments;
    const char* mentions;
  };
  for (const Case& one :
       {Case{{unknown}, "no.such\\x1bscenario"}, Case{{unmixed}, "do not go together"},
        Case{{"--target", "ip_match", unknown}, "ip_match"}, Case{{"/no/such/input"}, "/no/such/input"}}) {
    std::vector<std::string> arguments = {"scenario", "from-fuzz"};
    arguments.insert(arguments.end(), one.arguments.begin(), one.arguments.end());
    const ProgramRun run = RunLab(arguments);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_NE(run.err.find(one.mentions), std::string::npos) << run.err;
    EXPECT_EQ(run.out, "");
  }
}

}  // namespace
}  // namespace lab::testing

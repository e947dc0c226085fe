// The verb `clients`: what it says of manifests, and what it does for them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

namespace fs = std::filesystem;

// A folder of manifests of the test's own, and a cache of its own, while it lives.
class Manifests {
 public:
  explicit Manifests(const std::string& text) {
    before_ = std::getenv("STARTTLS_LAB_CLIENTS") != nullptr ? std::getenv("STARTTLS_LAB_CLIENTS") : "";
    folder_.Write("made.toml", text);
    setenv("STARTTLS_LAB_CLIENTS", folder_.path().c_str(), 1);
    setenv("XDG_CACHE_HOME", (folder_.path() + "/cache").c_str(), 1);
  }
  ~Manifests() {
    unsetenv("XDG_CACHE_HOME");
    if (before_.empty()) {
      unsetenv("STARTTLS_LAB_CLIENTS");
    } else {
      setenv("STARTTLS_LAB_CLIENTS", before_.c_str(), 1);
    }
  }
  std::string Installed(const std::string& file) const {
    return folder_.path() + "/cache/starttls-lab/clients/made/" + file;
  }

 private:
  TemporaryFolder folder_;
  std::string before_;
};

TEST(ClientsList, SaysOfEveryConfigurationWhetherItCanBeRun) {
  const ProgramRun run = RunLab({"clients", "list", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto all = nlohmann::json::parse(run.out);
  const auto curl = std::ranges::find_if(all, [](const auto& one) { return one["name"] == "curl.insecure"; });
  ASSERT_NE(curl, all.end());
  EXPECT_EQ((*curl)["family"], "curl");
  EXPECT_EQ((*curl)["installed"], true) << "tests/run installs curl";
  EXPECT_EQ((*curl)["modes"], "both");
}

TEST(ClientsList, NamesWhatIsMissing) {
  const Manifests made(R"(
name = "made"
needs = ["no-such-program-anywhere"]
[[configuration]]
command = ["no-such-program-anywhere", "{host}"]
)");
  const ProgramRun run = RunLab({"clients", "list"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_NE(run.out.find("clients install made"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("1 families, 1 configurations, 0 ready."), std::string::npos) << run.out;
}

constexpr const char* kBuilt = R"(
name = "made"
version = "echo made 1.0"
needs = ["{installed}/driver"]
build = "printf '#!/bin/sh\\nexit 0\\n' > {installed}/driver && chmod +x {installed}/driver"
[[configuration]]
command = ["{installed}/driver", "{address}"]
[[configuration]]
name = "again"
command = ["{installed}/driver", "{address}", "again"]
)";

TEST(ClientsInstall, BuildsWhatIsMissingOnceAndOnlyThen) {
  const Manifests made(kBuilt);
  ASSERT_EQ(RunLab({"clients", "install", "--dry-run", "made"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(made.Installed("driver"))) << "a dry run does nothing";
  const ProgramRun first = RunLab({"clients", "install", "made"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_TRUE(fs::exists(made.Installed("driver")));
  EXPECT_EQ(std::ranges::count(first.out, '\n'), 2) << "one step for both configurations: " << first.out;
  EXPECT_EQ(RunLab({"clients", "install", "made"}).out, "made: nothing is missing\n");
}

TEST(ClientsInstall, AStepThatFailsIsNamedAndEndsIt) {
  const Manifests made(R"(
name = "made"
needs = ["{installed}/driver"]
build = "exit 9"
[[configuration]]
command = ["{installed}/driver", "{host}"]
)");
  const ProgramRun run = RunLab({"clients", "install"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.err.find("made: could not build a driver"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("exit 9"), std::string::npos) << run.err;
}

TEST(ClientsCheck, AProgramThatClaimsToHaveDeliveredAndNeverCalledDoesNotWork) {
  const Manifests made(kBuilt);
  ASSERT_EQ(RunLab({"clients", "install"}).exit_code, 0);
  const ProgramRun run = RunLab({"clients", "check", "made"});
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("0 work, 2 do not, 0 skipped."), std::string::npos) << run.out;
}

TEST(ClientsCheck, WhatIsNotInstalledIsSkippedAndSaid) {
  const Manifests made(kBuilt);
  const ProgramRun run = RunLab({"clients", "check"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("clients install made"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("0 work, 0 do not, 2 skipped."), std::string::npos) << run.out;
}

TEST(ClientsCheck, PythonWorks) {
  const ProgramRun run = RunLab({"clients", "check", "python.verify"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("2 work, 0 do not, 0 skipped."), std::string::npos) << run.out;
}

TEST(Clients, AnUnknownNameListsWhatThereIs) {
  const ProgramRun run = RunLab({"clients", "check", "curll"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
  EXPECT_NE(run.err.find("curl.insecure"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace lab::testing

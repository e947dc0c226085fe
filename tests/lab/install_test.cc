// From what a manifest asks for to the steps that bring it here.
#include "lab/runner/install.h"

#include <gtest/gtest.h>

#include "lab/runner/versions.h"

namespace lab {
namespace {

std::vector<CommandSpec> Family() {
  CommandSpec one;
  one.family = one.name = "made";
  one.installed = "/nowhere/it's here";
  one.install = {.packages = {"pkg-a"}, .unpack = {"mta"}, .npm = {"mailer@1.2.3"}, .build = "cc driver.c"};
  CommandSpec two = one;
  two.name = "made.two";
  two.install.packages = {"pkg-a", "pkg-b"};
  return {one, two};
}

TEST(Install, StepsComeInOrderAndEachThingOnce) {
  const auto steps = PlanWholeInstall(Family());
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[0].command, "apt-get install -y --no-install-recommends 'pkg-a' 'pkg-b' 'npm'");
  EXPECT_NE(steps[1].command.find("apt-get download 'mta'"), std::string::npos);
  EXPECT_NE(steps[2].command.find("npm install"), std::string::npos);
  EXPECT_NE(steps[3].command.find("cc driver.c"), std::string::npos);
}

TEST(Install, OnlyPackagesOfTheSystemTakeRoot) {
  const auto steps = PlanWholeInstall(Family());
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_TRUE(steps[0].as_root);
  EXPECT_FALSE(steps[1].as_root || steps[2].as_root || steps[3].as_root);
}

TEST(Install, PathsAreQuotedForTheShell) {
  for (const InstallStep& step : PlanWholeInstall(Family())) {
    EXPECT_EQ(step.command.find("/it's"), std::string::npos) << step.command;
  }
}

TEST(Versions, AreTheFirstLineOfWhatTheClientPrints) {
  std::vector<CommandSpec> commands(3);
  commands[0].version_command = "printf 'prog 1.2\\nmore\\n'";
  commands[1].version_command = "exit 3";
  FindVersions(commands);
  EXPECT_EQ(commands[0].version, "prog 1.2");
  EXPECT_EQ(commands[1].version, "");
  EXPECT_EQ(commands[2].version, "");
}

}  // namespace
}  // namespace lab

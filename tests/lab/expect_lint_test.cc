#include "lab/runner/expect_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab/runner/clock.h"
#include "lab/runner/scratch_dir.h"

namespace lab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kManifest = R"(
name = "made"
[[configuration]]
command = ["true"]
[[configuration]]
name = "weak"
command = ["true"]
)";

// The lines of expectations/made.toml that are complained of.
std::vector<int> LintedLines(const std::string& expectations, const std::string& other_file = "") {
  const auto dir = ScratchDir::Make();
  EXPECT_TRUE(dir.has_value());
  EXPECT_TRUE(dir->Write("made.toml", kManifest).has_value());
  std::filesystem::create_directory(dir->path() + "/expectations");
  EXPECT_TRUE(dir->Write("expectations/made.toml", expectations).has_value());
  if (!other_file.empty()) {
    EXPECT_TRUE(dir->Write("expectations/" + other_file, "").has_value());
  }
  const auto commands = LoadManifests(dir->path());
  EXPECT_TRUE(commands.has_value()) << commands.error().detail;
  const auto lint = LintExpectations(dir->path(), *commands, UnixNow());
  EXPECT_TRUE(lint.has_value()) << lint.error().detail;
  std::vector<int> lines;
  for (const StaleDeclaration& stale : lint->stale) {
    lines.push_back(std::stoi(stale.where.substr(stale.where.rfind(':') + 1)));
  }
  return lines;
}

std::string Entry(const std::string& pattern, const std::string& outcome, const std::string& more = "") {
  return "[[expect]]\npattern = '" + pattern + "'\noutcome = '" + outcome + "'\nreason = 'r'\nsource = 's'\n" + more;
}

TEST(ExpectLintTest, WhatSaysSomethingIsLeftInPeace) {
  EXPECT_THAT(LintedLines(Entry("time.leaf-expired", "accept-bad") + Entry("*", "accept-bad")), IsEmpty());
  EXPECT_THAT(LintedLines(Entry("*", "pass", "versions = ['made 1.*']\n") + Entry("*", "leak")), IsEmpty())
      << "which version it is nobody knows here";
}

TEST(ExpectLintTest, EachPartOfAPatternMustMeanAScenario) {
  EXPECT_THAT(LintedLines(Entry("time.leaf-expired,time.leaf-expird", "accept-bad")), ElementsAre(1));
  EXPECT_THAT(LintedLines(Entry("*,!no-such.*", "accept-bad")), ElementsAre(1));
  EXPECT_THAT(LintedLines(Entry("row:Z9", "accept-bad")), ElementsAre(1));
}

TEST(ExpectLintTest, ADeclarationThatAnotherAlwaysGoesBeforeIsStale) {
  EXPECT_THAT(LintedLines(Entry("*", "leak") + Entry("time.*", "accept-bad")), ElementsAre(6));
}

TEST(ExpectLintTest, ADeclarationOfWhatCannotHappenIsStale) {
  EXPECT_THAT(LintedLines(Entry("control.good", "accept-bad")), ElementsAre(1));
}

TEST(ExpectLintTest, TheConfigurationMustExist) {
  EXPECT_THAT(LintedLines(Entry("*", "leak", "configuration = 'weak'\n")), IsEmpty());
  EXPECT_THAT(LintedLines(Entry("*", "leak", "configuration = 'strong'\n")), ElementsAre(1));
}

TEST(ExpectLintTest, WhatHasRunOutIsStale) {
  EXPECT_THAT(LintedLines(Entry("*", "leak", "until = '2020-01-31'\n")), ElementsAre(1));
  EXPECT_THAT(LintedLines(Entry("*", "leak", "until = '2099-01-31'\n")), IsEmpty());
}

TEST(ExpectLintTest, WhatNobodyHasExplainedIsStale) {
  EXPECT_THAT(
      LintedLines("[[expect]]\npattern = '*'\noutcome = 'leak'\nreason = 'UNEXPLAINED: it leaks'\nsource = 's'\n"),
      ElementsAre(1));
}

TEST(ExpectLintTest, AFileOfNoClientIsStale) { EXPECT_THAT(LintedLines("", "gone.toml"), ElementsAre(1)); }

TEST(ExpectLintTest, TheLabsOwnDeclarationsAllSaySomething) {
  const char* const folder = std::getenv("STARTTLS_LAB_CLIENTS");
  if (folder == nullptr) {
    GTEST_SKIP() << "tests/run says where the manifests are";
  }
  const auto commands = LoadManifests(folder);
  ASSERT_TRUE(commands.has_value()) << commands.error().detail;
  const auto lint = LintExpectations(folder, *commands, UnixNow());
  ASSERT_TRUE(lint.has_value()) << lint.error().detail;
  EXPECT_GT(lint->declarations, 20u);
  for (const StaleDeclaration& stale : lint->stale) {
    ADD_FAILURE() << stale.where << ": " << stale.sentence;
  }
}

}  // namespace
}  // namespace lab

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "lab/runner/client.h"
#include "lab/runner/expectations.h"
#include "lab/runner/process.h"
#include "lab/runner/scratch_dir.h"
#include "lab/scenario/outcome.h"

namespace lab {
namespace {

using certs::ErrorCode;

certs::Result<std::vector<CommandSpec>> Load(const std::string& text) {
  const auto dir = ScratchDir::Make();
  EXPECT_TRUE(dir.has_value());
  return LoadManifest(*dir->Write("test.toml", text));
}

constexpr const char* kGood = R"(
name = "family"
packages = ["pkg"]
limit_ms = 5000
implicit = true

[[configuration]]
title = "the first"
command = ["prog", "{host}"]

[[configuration]]
name = "second"
shell = "prog {host} | cat"
policy = "relay-opportunistic"
implicit = false
goal = "transaction"

[[configuration.file]]
path = "rc"
text = "port {port}"
mode = "600"
)";

TEST(ManifestTest, ReadsConfigurationsAndWhatTheyShare) {
  const auto specs = Load(kGood);
  ASSERT_TRUE(specs.has_value()) << specs.error().detail;
  ASSERT_EQ(specs->size(), 2u);
  const CommandSpec &first = (*specs)[0], &second = (*specs)[1];
  EXPECT_EQ(first.name, "family");
  EXPECT_EQ(first.title, "the first");
  EXPECT_EQ(first.argv, (std::vector<std::string>{"prog", "{host}"}));
  EXPECT_TRUE(first.implicit && first.starttls && first.goal == Goal::kMessage && !first.shell);
  EXPECT_EQ(first.limit, std::chrono::milliseconds(5000));
  EXPECT_EQ(first.install.packages, std::vector<std::string>{"pkg"});
  EXPECT_EQ(second.name, "family.second");
  EXPECT_TRUE(second.shell);
  EXPECT_FALSE(second.implicit);
  EXPECT_EQ(second.goal, Goal::kTransaction);
  EXPECT_EQ(second.policy, Policy::kRelayOpportunistic);
  ASSERT_EQ(second.files.size(), 1u);
  EXPECT_EQ(second.files[0].path, "rc");
  EXPECT_EQ(second.files[0].mode, 0600u);
}

struct Mistake {
  const char* name;
  const char* text;
  int line;
};

class ManifestMistakeTest : public testing::TestWithParam<Mistake> {};

// The place is a fact that an editor can jump to, so it is part of the contract.
TEST_P(ManifestMistakeTest, IsRefusedWithFileAndLine) {
  const auto specs = Load(GetParam().text);
  ASSERT_FALSE(specs.has_value());
  EXPECT_EQ(specs.error().code, ErrorCode::kBadInput);
  const std::string place = "test.toml:" + std::to_string(GetParam().line) + ":";
  EXPECT_NE(specs.error().detail.find(place), std::string::npos) << specs.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    All, ManifestMistakeTest,
    testing::Values(
        Mistake{"Syntax", "name = \n", 1},
        Mistake{"UnknownKey", "name = 'x'\ncolour = 'red'\n[[configuration]]\ncommand = ['a']\n", 2},
        // What it says is missing is there, with a typing error; that is what must be said.
        Mistake{"MisspeltConfiguration", "name = 'x'\n[[confiaurgtion]]\ncommand = ['a']\n", 2},
        Mistake{"UnknownKeyOfAConfiguration", "name = 'x'\n[[configuration]]\ncommand = ['a']\ncmd = 'b'\n", 4},
        Mistake{"WrongType", "name = 'x'\n[[configuration]]\ncommand = 'a'\n", 3},
        Mistake{"WrongElementType", "name = 'x'\n[[configuration]]\ncommand = ['a', 1]\n", 3},
        Mistake{"WrongFlag", "name = 'x'\nimplicit = 1\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"WrongNumber", "name = 'x'\nlimit_ms = 5\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"NumberAsText", "name = 'x'\nlimit_ms = '5000'\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"UnknownPolicy", "name = 'x'\npolicy = 'lax'\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"NoCommand", "name = 'x'\n[[configuration]]\ntitle = 'a'\n", 2},
        Mistake{"CommandAndShell", "name = 'x'\n[[configuration]]\ncommand = ['a']\nshell = 'b'\n", 2},
        Mistake{"NoConfiguration", "name = 'x'\n", 1}, Mistake{"NoName", "[[configuration]]\ncommand = ['a']\n", 1},
        Mistake{"TwoOfOneName", "name = 'x'\n[[configuration]]\ncommand = ['a']\n[[configuration]]\ncommand = ['b']\n",
                4},
        Mistake{"FileWithoutPath",
                "name = 'x'\n[[configuration]]\ncommand = ['a']\n[[configuration.file]]\ntext = 'a'\n", 4},
        Mistake{"NoRegularExpression", "name = 'x'\nclaim_pattern = '('\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"UnknownGoal", "name = 'x'\ngoal = 'mail'\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"AProbeWithoutAWord",
                "name = 'x'\ngoal = 'hello'\nexit_code_is_claim = false\n[[configuration]]\ncommand = ['a']\n", 4},
        Mistake{"UnknownLevel", "name = 'x'\nlevel = 'good'\n[[configuration]]\ncommand = ['a']\n", 2},
        Mistake{"ConfigurationIsNoTable", "name = 'x'\nconfiguration = 1\n", 2}),
    [](const auto& test) { return test.param.name; });

// ------------------------------------------------------------------------------------------------ expectations

certs::Result<std::vector<Expected>> LoadExpected(const std::string& text, const std::string& included = "") {
  const auto dir = ScratchDir::Make();
  EXPECT_TRUE(dir.has_value());
  EXPECT_TRUE(dir->Write("other.toml", included).has_value());
  return LoadExpectations(*dir->Write("test.toml", text));
}

constexpr const char* kEntry = "[[expect]]\npattern = '*'\noutcome = 'leak'\nreason = 'r'\nsource = 's'\n";

TEST(ExpectationsTest, WhatIsIncludedComesLastAndForTheConfigurationsItIsIncludedFor) {
  const auto all = LoadExpected(std::string(kEntry) + "[[include]]\nfile = 'other'\nconfiguration = 'safe'\n",
                                std::string(kEntry) + "until = '2030-01-31'\n");
  ASSERT_TRUE(all.has_value()) << all.error().detail;
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].configuration, "*");
  EXPECT_EQ((*all)[1].configuration, "safe");
  EXPECT_EQ(ExpectationsOf(*all, {.name = "x.safe", .family = "x"}).size(), 2u);
  EXPECT_EQ(ExpectationsOf(*all, {.name = "x", .family = "x"}).size(), 1u);
}

TEST(ExpectationsTest, TheEmptyNameIsTheMainConfiguration) {
  const auto all = LoadExpected(std::string(kEntry) + "configuration = ''\n");
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(ExpectationsOf(*all, {.name = "x", .family = "x"}).size(), 1u);
  EXPECT_EQ(ExpectationsOf(*all, {.name = "x.safe", .family = "x"}).size(), 0u);
}

TEST(ExpectationsTest, MistakesAreRefusedWithTheirLine) {
  const std::pair<std::string, int> mistakes[] = {
      {"[[expect]]\npattern = '*'\noutcome = 'leak'\nsource = 's'\n", 1},
      {"[[expect]]\npattern = '*'\noutcome = 'bad'\nreason = 'r'\nsource = 's'\n", 1},
      {"[[expect]]\npattern = '*'\noutcome = 'skip'\nreason = 'r'\nsource = 's'\n", 1},
      {std::string(kEntry) + "until = 'tomorrow'\n", 6},
      {std::string(kEntry) + "colour = 'red'\n", 6},
      {std::string(kEntry) + "mode = 'both'\n", 6},
      {"[[include]]\n", 1}};
  for (const auto& [text, line] : mistakes) {
    const auto all = LoadExpected(text);
    ASSERT_FALSE(all.has_value()) << text;
    EXPECT_EQ(all.error().code, ErrorCode::kBadInput);
    EXPECT_NE(all.error().detail.find("test.toml:" + std::to_string(line) + ":"), std::string::npos)
        << all.error().detail;
  }
}

TEST(ExpectationsTest, AFileThatIncludesItselfIsRefused) {
  EXPECT_FALSE(LoadExpected("[[include]]\nfile = 'test'\n").has_value());
}

TEST(ManifestTest, AFileThatIsNotThereIsAnotherError) {
  const auto specs = LoadManifest("/no/such/manifest.toml");
  ASSERT_FALSE(specs.has_value());
  EXPECT_EQ(specs.error().code, ErrorCode::kIo);
  EXPECT_FALSE(LoadManifests("/no/such/folder").has_value());
}

TEST(ShippedManifestsTest, LoadAndDeclareTheirWeaknessesWithSources) {
  const auto specs = LoadManifests(STARTTLS_LAB_SOURCE_DIR "/lab/clients");
  ASSERT_TRUE(specs.has_value()) << specs.error().detail;
  EXPECT_TRUE(std::ranges::is_sorted(*specs, {},
                                     [](const CommandSpec& spec) { return spec.name.substr(0, spec.name.find('.')); }));
  for (const CommandSpec& spec : *specs) {
    SCOPED_TRACE(spec.name);
    EXPECT_FALSE(spec.install.packages.empty() && spec.install.unpack.empty() && spec.install.npm.empty());
    EXPECT_FALSE(spec.version_command.empty());
    EXPECT_TRUE(std::filesystem::is_directory(spec.folder));
  }
}

// Whoever writes a manifest has the page alone.
TEST(ShippedManifestsTest, UseNoKeyAndNoPlaceholderThatThePageDoesNotExplain) {
  const std::string folder = STARTTLS_LAB_SOURCE_DIR "/lab/clients";
  const auto read = [](const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  const std::string page = read(folder + "/README.md");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") {
      continue;
    }
    SCOPED_TRACE(entry.path().filename().string());
    const std::string text = read(entry.path());
    const std::regex key("(?:^|\\n)([a-z_]+) = "), placeholder("\\{([a-z]+)\\}");
    for (const auto& [pattern, quote] : {std::pair(&key, "`"), std::pair(&placeholder, "`{")}) {
      for (auto found = std::sregex_iterator(text.begin(), text.end(), *pattern); found != std::sregex_iterator();
           ++found) {
        EXPECT_NE(page.find(quote + (*found)[1].str()), std::string::npos) << (*found)[1];
      }
    }
  }
}

// What apt-get could not find a fresh machine could not install. Asks only what apt knows already.
TEST(ShippedManifestsTest, NamePackagesThatThisDebianHas) {
  const auto specs = LoadManifests(STARTTLS_LAB_SOURCE_DIR "/lab/clients");
  ASSERT_TRUE(specs.has_value());
  std::set<std::string> packages;
  for (const CommandSpec& spec : *specs) {
    packages.insert(spec.install.packages.begin(), spec.install.packages.end());
    packages.insert(spec.install.unpack.begin(), spec.install.unpack.end());
  }
  std::vector<std::string> ask = {"apt-cache", "policy"};
  ask.insert(ask.end(), packages.begin(), packages.end());
  const std::atomic<bool> never{false};
  const ProcessResult known = RunProcess(
      {.argv = ask, .environment = {std::string("PATH=") + kSystemPath, "LC_ALL=C"}, .output_tail = size_t{1} << 20},
      never);
  if (!known.started || !known.output.contains("python3:\n")) {
    GTEST_SKIP() << "apt-cache knows no packages here";
  }
  for (const std::string& package : packages) {
    EXPECT_TRUE(("\n" + known.output).contains("\n" + package + ":\n")) << package;
  }
}

TEST(ShippedManifestsTest, HaveTheClientsOfTheMainJob) {
  const auto specs = LoadManifests(STARTTLS_LAB_SOURCE_DIR "/lab/clients");
  ASSERT_TRUE(specs.has_value());
  std::vector<std::string> names;
  for (const CommandSpec& spec : *specs) {
    names.push_back(spec.name);
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"curl", "curl.insecure", "openssl.bare", "openssl.strict", "python.default",
                                            "python.verify"}));
}

}  // namespace
}  // namespace lab

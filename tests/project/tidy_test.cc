// The rules of tidy.h, over the whole tree.

#include "tests/project/tidy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>

namespace tidy {
namespace {

using testing::IsEmpty;
using testing::IsSubsetOf;

const std::string kRoot = STARTTLS_LAB_SOURCE_DIR;

const std::vector<SourceFile>& Sources() {
  static const std::vector<SourceFile> sources = ReadSources(kRoot);
  return sources;
}

std::string Report(const std::function<Complaints(const SourceFile&)>& check) {
  std::string report;
  for (const SourceFile& file : Sources()) {
    for (const std::string& complaint : check(file)) {
      report += complaint + "\n";
    }
  }
  return report;
}

TEST(Tree, IsFound) { EXPECT_GT(Sources().size(), 100U); }

TEST(Tree, NoArrowBetweenLayersPointsUp) {
  std::set<std::string> known;
  std::ranges::transform(Sources(), std::inserter(known, known.end()), &SourceFile::path);
  EXPECT_EQ(Report([&](const SourceFile& file) { return CheckLayers(file, known); }), "");
}

TEST(Tree, FilesAndFunctionsAreShort) { EXPECT_EQ(Report(CheckSizes), ""); }

TEST(Tree, NothingBannedIsUsed) { EXPECT_EQ(Report(CheckBannedTokens), ""); }

TEST(Tree, HeadersAndSourcesHaveTheirShape) { EXPECT_EQ(Report(CheckShape), ""); }

TEST(Tree, TheReadmeGuidesToEveryHeader) {
  const std::string readme = ReadText(kRoot + "/README.md");
  std::string lower = readme;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const size_t guide = std::min(lower.find("guide to headers"), lower.find("guide to the headers"));
  ASSERT_NE(guide, std::string::npos) << "README.md has no guide to headers";
  EXPECT_EQ(Report([&](const SourceFile& file) -> Complaints {
              if (!file.path.ends_with(".h")) {
                return {};
              }
              const std::string folder = file.path.substr(0, file.path.rfind('/'));
              return CheckGuide(file, std::string_view(readme).substr(guide),
                                ReadText(kRoot + "/" + folder + "/README.md"));
            }),
            "");
}

TEST(Tree, TheTopLevelHoldsOnlyWhatItSays) {
  // build/ and lab-out/ are made there and ignored by git.
  const std::vector<std::string> allowed = {"CMakeLists.txt",
                                            "CMakePresets.json",
                                            "CONTRIBUTING.md",
                                            "LICENSE",
                                            "README.md",
                                            "bench",
                                            "build",
                                            "certs",
                                            "fakeserver",
                                            "fuzz",
                                            "lab",
                                            "lab-out",
                                            "tests"};
  EXPECT_THAT(TopLevel(kRoot), IsSubsetOf(allowed));
}

}  // namespace
}  // namespace tidy

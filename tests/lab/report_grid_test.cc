// Text made visible, and results put in order: what every report begins with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lab/report/escape.h"
#include "lab/report/grid.h"
#include "tests/lab/report_model.h"

namespace lab::testing {
namespace {

using ::testing::ElementsAre;

TEST(PrintableUtf8, LeavesWhatCanBeSeen) {
  for (const char* text : {"", "plain text, ~ and \\x00", "é", "漢字", "\xf0\x9f\x93\xa7", "ض", "µs · ✓"}) {
    EXPECT_EQ(PrintableUtf8(text), text);
  }
}

TEST(PrintableUtf8, ShowsWhatCannotBeSeenOrReorders) {
  using namespace std::string_literals;
  EXPECT_EQ(PrintableUtf8("a\0b\x1b[2J\r\n\t\x7f"s), "a\\u{0000}b\\u{001b}[2J\\u{000d}\\u{000a}\\u{0009}\\u{007f}");
  EXPECT_EQ(PrintableUtf8("\xc2\x85\xc2\xa0\xc2\xad"), "\\u{0085}\\u{00a0}\\u{00ad}");
  EXPECT_EQ(PrintableUtf8("\xe2\x80\xae"
                          "gpj\xe2\x81\xa6\xd8\x9c"),
            "\\u{202e}gpj\\u{2066}\\u{061c}");
  EXPECT_EQ(PrintableUtf8("\xe2\x80\x8b\xef\xbb\xbf\xef\xb8\x8f\xe3\x85\xa4"), "\\u{200b}\\u{feff}\\u{fe0f}\\u{3164}");
  EXPECT_EQ(PrintableUtf8("\xf3\xa0\x81\x81\xef\xbf\xbf\xf4\x8f\xbf\xbf"), "\\u{e0041}\\u{ffff}\\u{10ffff}");
}

TEST(PrintableUtf8, ShowsOctetsThatAreNoUtf8) {
  EXPECT_EQ(PrintableUtf8("\xff|\x80|\xc0\xaf|\xe0\x9f\xbf"), "\\xff|\\x80|\\xc0\\xaf|\\xe0\\x9f\\xbf");
  EXPECT_EQ(PrintableUtf8("\xed\xa0\x80|\xf4\x90\x80\x80|\xf5"), "\\xed\\xa0\\x80|\\xf4\\x90\\x80\\x80|\\xf5");
  EXPECT_EQ(PrintableUtf8("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(PrintableUtf8("\xc3|"), "\\xc3|");
}

TEST(PrintableUtf8, CutsBetweenCharactersAndSaysHowMuch) {
  EXPECT_EQ(PrintableUtf8("abcdef", 6), "abcdef");
  EXPECT_EQ(PrintableUtf8("abcdef", 4), "abcd...(+2)");
  EXPECT_EQ(PrintableUtf8("ab漢d", 4), "ab...(+4)");
  EXPECT_EQ(PrintableUtf8("x", 0), "...(+1)");
}

TEST(MarkupEscaped, LeavesNoCharacterThatMarkupNeeds) {
  EXPECT_EQ(MarkupEscaped("<a href=\"x\">&'</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(MarkupEscaped("]]>\x1b"), "]]&gt;\\u{001b}");
}

std::vector<std::string> Labels(const Grid::Family& family) {
  std::vector<std::string> labels;
  for (const Grid::Row& row : family.rows) {
    labels.push_back(row.label);
  }
  return labels;
}

TEST(Grid, PutsSanityFirstAndTheRestAsItRan) {
  const std::vector<Results> runs = {SmallRun()};
  const Grid grid = *MakeGrid(runs);
  ASSERT_EQ(grid.families.size(), 4u);
  EXPECT_EQ(grid.families[0].name, "sanity");
  EXPECT_THAT(Labels(grid.families[0]), ElementsAre("control.good, first"));
  EXPECT_EQ(grid.families[1].name, "name");
  EXPECT_THAT(Labels(grid.families[1]), ElementsAre("name.wrong-host", "name.cn-only"));
  EXPECT_EQ(grid.rows, 5u);
}

TEST(Grid, OrdersColumnsByTheHeadersClients) {
  const std::vector<Results> runs = {SmallRun()};
  const Grid grid = *MakeGrid(runs);
  ASSERT_EQ(grid.columns.size(), 2u);
  EXPECT_EQ(grid.columns[0].client, "curl");
  EXPECT_EQ(grid.columns[0].version, "7.88.1");
  EXPECT_EQ(grid.columns[1].client, "built-in");
}

TEST(Grid, CountsAsTheTerminalDoes) {
  const std::vector<Results> runs = {SmallRun()};
  const Grid grid = *MakeGrid(runs);
  EXPECT_EQ(CountsText(grid.counts), "5 passed, 1 failed, 1 skipped");
  EXPECT_EQ(CountsText(grid.columns[1].counts), "2 passed, 0 failed, 0 skipped");
  EXPECT_EQ(CountsText(grid.families[1].counts), "3 passed, 1 failed, 0 skipped");
}

TEST(Grid, TakesAWordOfNoMeaningForAFault) {
  const std::vector<Results> runs = {MakeRun({MakeCell("curl", "name.x", "splendid")})};
  EXPECT_EQ(MakeGrid(runs)->counts.of(Outcome::kError), 1u);
}

TEST(Grid, LetsLaterRunsWin) {
  const std::vector<Results> runs = {SmallRun(), MakeRun({MakeCell("curl", "name.cn-only", "pass")})};
  const Grid grid = *MakeGrid(runs);
  EXPECT_EQ(CountsText(grid.counts), "6 passed, 0 failed, 1 skipped");
  EXPECT_EQ(grid.rows, 5u);
}

TEST(Grid, KeepsPoliciesApartInOneColumn) {
  Results run = MakeRun({MakeCell("built-in", "dane.ee", "pass"), MakeCell("built-in", "dane.ee", "lax")});
  run.cells[1].policy = "relay-dane";
  const std::vector<Results> runs = {run};
  const Grid grid = *MakeGrid(runs);
  ASSERT_EQ(grid.columns.size(), 1u);
  EXPECT_EQ(grid.families.at(0).rows.at(0).cells.at(0).size(), 2u);
}

TEST(Grid, RefusesWhatNoReportHolds) {
  Results run;
  for (int i = 0; i < 1500; ++i) {
    run.cells.push_back(MakeCell("client" + std::to_string(i), "name.x" + std::to_string(i), "pass"));
  }
  const auto grid = MakeGrid(std::vector<Results>{run});
  ASSERT_FALSE(grid.has_value());
  EXPECT_EQ(grid.error().code, certs::ErrorCode::kBadInput);
}

}  // namespace
}  // namespace lab::testing

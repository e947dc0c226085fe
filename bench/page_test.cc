// The page, the file and the table say what was measured, whatever the names and labels hold.
#include "bench/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "bench/files.h"
#include "bench/report.h"

namespace bench {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Row GoodRow(const std::string& name) {
  return {.name = name,
          .label = "TLSv1.3",
          .calls = 100,
          .rounds = 5,
          .cost = 250'000,
          .least = 240'000,
          .greatest = 300'000,
          .p50 = 248'000,
          .p90 = 260'000,
          .p99 = 290'000,
          .max = 400'000,
          .histogram = {{250'000, 90}, {400'000, 10}},
          .client = 150'000,
          .server = 100'000,
          .octets = 1500,
          .allocations = 321,
          .floor_text = "2 \u00d7 x25519",
          .floor = 200'000,
          .floor_ratio = 1.25,
          .goal = 1.3,
          .counters = {{"scenarios", 7}}};
}

Report GoodReport() {
  return {.complete = true, .context = {{"date", "2026-01-31T12:00:00Z"}}, .rows = {GoodRow("BM_Handshake/tls13")}};
}

// What is between two marks, which must be there once.
std::string Between(const std::string& text, const std::string& open, const std::string& close) {
  const size_t start = text.find(open);
  EXPECT_NE(start, text.npos) << open;
  EXPECT_EQ(text.find(open, start + 1), text.npos) << "twice: " << open;
  const size_t from = start + open.size();
  return text.substr(from, text.find(close, from) - from);
}

json DataOf(const std::string& page) {
  return json::parse(Between(page, "<script id=\"data\" type=\"application/json\">", "</script>"));
}

TEST(ReportFile, ComesBackAsItWas) {
  const Report report = GoodReport();
  const auto read = FromJson(ToJson(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(ToJson(*read), ToJson(report));
  ASSERT_EQ(read->rows.size(), 1u);
  EXPECT_EQ(read->rows[0].histogram, report.rows[0].histogram);
  EXPECT_EQ(read->rows[0].goal, 1.3);
  EXPECT_TRUE(read->complete);
}

TEST(ReportFile, RefusesWhatItIsNot) {
  for (const char* text : {"", "{", "[]", "{}", R"({"schema":"something/1"})",
                           R"({"schema":"starttls-lab-bench/1","benchmarks":[{"cost_ns":"quick"}]})",
                           R"({"schema":"starttls-lab-bench/1","benchmarks":[7]})", R"({"schema":7})"}) {
    EXPECT_FALSE(FromJson(text)) << text;
  }
}

TEST(Page, HoldsTheFigures) {
  const std::string page = PageOf(GoodReport(), {});
  for (const char* figure :
       {"BM_Handshake", "250 \u00b5s", "248 \u00b5s", "400 \u00b5s", "1.25 \u00d7", "1500", "321"}) {
    EXPECT_THAT(page, HasSubstr(figure));
  }
  EXPECT_EQ(DataOf(page)["rows"][0]["histogram"], json::parse("[[250000.0,90],[400000.0,10]]"));
}

TEST(Page, ShowsHostileTextAsText) {
  const std::string hostile = "</script><script>alert(1)</script><!--\"'&\x1b[2J\xff{{DATA}}";
  Report report = GoodReport();
  report.context[hostile] = hostile;
  report.remarks = {hostile};
  report.rows[0].label = hostile;
  report.rows[0].floor_text = hostile;
  report.rows.push_back(GoodRow(hostile));
  report.rows.back().yardstick = hostile;
  report.rows.push_back({.name = "BM_Broken/" + hostile, .error = hostile});
  const std::string page = PageOf(report, {report});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  // The template's own two scripts and no more.
  size_t scripts = 0;
  for (size_t at = page.find("<script"); at != page.npos; at = page.find("<script", at + 1)) {
    ++scripts;
  }
  EXPECT_EQ(scripts, 2u);
  EXPECT_EQ(DataOf(page)["rows"].size(), 3u);
}

TEST(Page, RunsItsOwnScriptOnlyAndLoadsNothing) {
  const std::string page = PageOf(GoodReport(), {});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, HasSubstr("Permission is hereby granted")) << "uPlot's licence goes with it";
}

TEST(Page, PutsRunsInTheOrderOfTheirDates) {
  Report earlier = GoodReport(), later = GoodReport(), undated = GoodReport();
  earlier.context["date"] = "2025-12-31T12:00:00Z";
  later.context["date"] = "2026-02-28T12:00:00Z";
  undated.context.clear();
  const json history = DataOf(PageOf(GoodReport(), {later, undated, earlier}))["history"];
  ASSERT_EQ(history.size(), 3u);
  EXPECT_LT(history[0]["at"], history[1]["at"]);
  EXPECT_LT(history[1]["at"], history[2]["at"]);
  EXPECT_EQ(history[0]["rows"]["BM_Handshake/tls13"][0], 250'000);
}

TEST(Table, SaysWhichGoalsHold) {
  Report report = GoodReport();
  report.rows.push_back(GoodRow("BM_Slow"));
  report.rows.back().floor_ratio = 1.31;
  const std::string table = TableOf(report);
  EXPECT_THAT(table, HasSubstr("\u2713       1.25 \u00d7 (goal       1.30 \u00d7)  BM_Handshake/tls13"));
  EXPECT_THAT(table, HasSubstr("\u2717       1.31 \u00d7 (goal       1.30 \u00d7)  BM_Slow"));
}

TEST(TimeText, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(TimeText(1.234), "1.23 ns");
  EXPECT_EQ(TimeText(12.34), "12.3 ns");
  EXPECT_EQ(TimeText(999.4), "999 ns");
  EXPECT_EQ(TimeText(999.6), "1.00 \u00b5s");
  EXPECT_EQ(TimeText(2.5e9), "2.50 s");
}

TEST(RatioText, TurnsSmallOnesRound) {
  EXPECT_EQ(RatioText(1.254), "1.25 \u00d7");
  EXPECT_EQ(RatioText(0.05), "20.0 \u00d7 faster");
}

TEST(Files, AreWrittenWholeOrNotAtAll) {
  const std::string folder = testing::TempDir();
  const std::string path = folder + "/bench-page-test.json";
  ASSERT_TRUE(CheckWritable(path));
  EXPECT_FALSE(ReadFile(path)) << "checking left something behind";
  ASSERT_TRUE(WriteFile(path, "one"));
  ASSERT_TRUE(WriteFile(path, "two"));
  EXPECT_EQ(ReadFile(path).value_or(""), "two");
  std::remove(path.c_str());
  EXPECT_FALSE(CheckWritable(folder + "/no-such-folder/x"));
  EXPECT_FALSE(WriteFile(folder + "/no-such-folder/x", "x"));
  EXPECT_FALSE(CheckWritable(folder)) << "a folder";
  EXPECT_FALSE(ReadFile(folder + "/no-such-file"));
}

}  // namespace
}  // namespace bench

// The verb report, and the reports that run writes itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using Json = nlohmann::json;

// The results of one scenario, in a folder of their own.
class Report : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(RunLab({"run", "--mode", "starttls", "--filter", "time.leaf-expired", "--out", folder_.path()}).exit_code,
              0);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string Results() const { return Path("results.json"); }

  TemporaryFolder folder_;
};

TEST_F(Report, WritesEveryFormatThatIsAskedFor) {
  const ProgramRun run = RunLab({"report", "--from", Results(), "--html", Path("a.html"), "--junit", Path("a.xml"),
                                 "--tap", Path("a.tap"), "--md", Path("a.md"), "--sarif", Path("a.sarif")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(ReadFile(Path("a.html")).starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(ReadFile(Path("a.xml")).starts_with("<?xml"));
  EXPECT_TRUE(ReadFile(Path("a.tap")).starts_with("TAP version 14\n1..5\n"))
      << "one scenario between four sanity cases";
  EXPECT_TRUE(ReadFile(Path("a.md")).starts_with("## starttls-lab: 5 passed, 0 failed, 0 skipped\n"));
  EXPECT_EQ(Json::parse(ReadFile(Path("a.sarif")))["runs"][0]["results"].size(), 0u);
}

TEST_F(Report, PutsSeveralRunsTogether) {
  Json other = Json::parse(ReadFile(Results()));
  for (Json& cell : other["results"]) {
    cell["client"] = "made";
    cell["outcome"] = "accept-bad";
  }
  const std::string made = folder_.Write("made.json", other.dump());
  const ProgramRun run = RunLab({"report", "--from", Results(), made, "--md", "-"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(run.out.starts_with("## starttls-lab: 5 passed, 5 failed, 0 skipped\n")) << run.out;
}

TEST_F(Report, OfAFileItCannotReadItSaysWhichAndLeavesTheOldReport) {
  Json newer = Json::parse(ReadFile(Results()));
  newer["version"] = "2.0";
  Json wrong = Json::parse(ReadFile(Results()));
  wrong["results"][0]["server"]["connections"] = 1e300;
  const std::string old = folder_.Write("old.html", "the old report");
  for (const std::string& bad :
       {Path("none.json"), folder_.path(), folder_.Write("cut.json", ReadFile(Results()).substr(0, 2000)),
        folder_.Write("newer.json", newer.dump()), folder_.Write("wrong.json", wrong.dump()),
        folder_.Write("array.json", "[]"), folder_.Write("octets.json", "{\"version\": \"1.1\xff\"}")}) {
    const ProgramRun run = RunLab({"report", "--from", Results(), bad, "--html", old});
    EXPECT_EQ(run.exit_code, 2) << bad;
    EXPECT_NE(run.err.find(bad), std::string::npos) << run.err;
    EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(ReadFile(old), "the old report");
  }
}

TEST_F(Report, WhereItCannotWriteItLeavesNothing) {
  const ProgramRun run = RunLab({"report", "--from", Results(), "--html", Path("no/such.html")});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.err.find("no/such.html"), std::string::npos) << run.err;
  std::filesystem::create_directory(Path("taken"));
  folder_.Write("taken/file", "");
  EXPECT_EQ(RunLab({"report", "--from", Results(), "--html", Path("taken")}).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(Path("taken.new")));
}

TEST_F(Report, WithoutAFormatItSaysWhichThereAre) {
  const ProgramRun run = RunLab({"report", "--from", Results()});
  EXPECT_EQ(run.exit_code, 2);
  for (const char* option : {"--html", "--junit", "--tap", "--md", "--sarif"}) {
    EXPECT_NE(run.err.find(option), std::string::npos) << run.err;
  }
  EXPECT_EQ(RunLab({"report", "--html", Path("a.html")}).exit_code, 2);
}

TEST_F(Report, DiffSaysWhatRegressed) {
  Json later = Json::parse(ReadFile(Results()));
  later["results"][2]["outcome"] = "accept-bad";
  const std::string after = folder_.Write("later.json", later.dump());
  const ProgramRun worse = RunLab({"diff", Results(), after}), better = RunLab({"diff", after, Results()});
  EXPECT_EQ(worse.exit_code, 1) << worse.err;
  EXPECT_TRUE(worse.out.ends_with("1 regressed, 0 mended, 0 changed, 0 added, 0 removed\n")) << worse.out;
  EXPECT_NE(worse.out.find("--filter time.leaf-expired"), std::string::npos) << worse.out;
  EXPECT_EQ(better.exit_code, 0);
  EXPECT_TRUE(better.out.ends_with("0 regressed, 1 mended, 0 changed, 0 added, 0 removed\n")) << better.out;
  EXPECT_EQ(RunLab({"diff", Results(), Path("none.json")}).exit_code, 2);
}

TEST_F(Report, IsWrittenByTheRunItselfToo) {
  const ProgramRun run = RunLab({"run", "--mode", "starttls", "--filter", "time.leaf-expired", "--out", folder_.path(),
                                 "--html", Path("a.html"), "--junit", Path("a.xml")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(ReadFile(Path("a.html")).ends_with("</html>\n"));
  EXPECT_TRUE(ReadFile(Path("a.xml")).ends_with("</testsuites>\n"));
  EXPECT_EQ(RunLab({"run", "--mode", "starttls", "--filter", "time.leaf-expired", "--out", folder_.path(), "--html",
                    Path("no/such.html")})
                .exit_code,
            3)
      << "a report that is missing is no success";
}

}  // namespace
}  // namespace lab::testing

// JUnit, TAP, Markdown and SARIF, each read back the way its consumers read it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lab/report/escape.h"
#include "lab/report/formats.h"
#include "tests/lab/report_model.h"

namespace lab::testing {
namespace {

using ::testing::ElementsAre;
using Json = nlohmann::json;

// ------------------------------------------------------------------------------------------------ JUnit

std::unique_ptr<pugi::xml_document> Junit(const Results& run) {
  const std::vector<Results> runs = {run};
  const std::string text = JunitReport(*MakeGrid(runs));
  auto document = std::make_unique<pugi::xml_document>();
  const auto parsed = document->load_buffer(text.data(), text.size(), pugi::parse_default);
  EXPECT_TRUE(parsed) << parsed.description();
  return document;
}

pugi::xml_node CaseOf(const pugi::xml_document& document, const std::string& name) {
  return document.select_node(("//testcase[starts-with(@name, '" + name + "')]").c_str()).node();
}

TEST(JunitReport, SaysFailureSkippedAndErrorAsReadersWantThem) {
  Results run = SmallRun();
  run.cells.push_back(MakeCell("curl", "time.gone", "xpass"));
  run.cells.push_back(MakeCell("curl", "time.broken", "error"));
  const auto junit = Junit(run);
  const pugi::xml_node failed = CaseOf(*junit, "name.cn-only");
  EXPECT_STREQ(failed.attribute("classname").value(), "curl.name");
  EXPECT_STREQ(failed.child("failure").attribute("type").value(), "accept-bad");
  EXPECT_STREQ(failed.child("failure").attribute("message").value(), "curl met name.cn-only");
  EXPECT_NE(std::string(failed.child("failure").text().get()).find("--filter name.cn-only"), std::string::npos);
  EXPECT_NE(std::string(failed.child("system-out").text().get()).find("S: 220"), std::string::npos);
  EXPECT_STREQ(CaseOf(*junit, "time.leaf-expired").child("skipped").attribute("message").value(),
               "xfail: declared for curl");
  EXPECT_TRUE(CaseOf(*junit, "dane.ee").child("skipped"));
  EXPECT_STREQ(CaseOf(*junit, "time.gone").child("failure").attribute("type").value(), "xpass");
  EXPECT_TRUE(CaseOf(*junit, "time.broken").child("error"));
  EXPECT_FALSE(CaseOf(*junit, "control.good").first_child());
}

TEST(JunitReport, CountsWhatItHolds) {
  for (const Results& run : {SmallRun(), HostileRun()}) {
    const auto junit = Junit(run);
    for (const auto& found : junit->select_nodes("//testsuite")) {
      const pugi::xml_node suite = found.node();
      const auto count = [&](const char* path) { return static_cast<int>(suite.select_nodes(path).size()); };
      EXPECT_EQ(suite.attribute("tests").as_int(), count("testcase"));
      EXPECT_EQ(suite.attribute("failures").as_int(), count("testcase/failure"));
      EXPECT_EQ(suite.attribute("errors").as_int(), count("testcase/error"));
      EXPECT_EQ(suite.attribute("skipped").as_int(), count("testcase/skipped"));
    }
    const pugi::xml_node root = junit->document_element();
    EXPECT_EQ(root.attribute("tests").as_uint(), junit->select_nodes("//testcase").size());
    EXPECT_EQ(root.attribute("failures").as_uint(), junit->select_nodes("//failure").size());
  }
}

// What Jenkins' junit-10.xsd allows below each element this writer uses, and demands of it.
TEST(JunitReport, HasTheShapeThatJenkinsReads) {
  struct Shape {
    std::set<std::string> children, attributes, required;
  };
  const std::map<std::string, Shape> shapes = {
      {"testsuites", {{"testsuite"}, {"name", "time", "tests", "failures", "errors"}, {}}},
      {"testsuite",
       {{"properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
        {"name", "tests", "failures", "errors"}}},
      {"properties", {{"property"}, {}, {}}},
      {"property", {{}, {"name", "value"}, {"name", "value"}}},
      {"testcase",
       {{"skipped", "error", "failure", "system-out", "system-err"}, {"name", "time", "classname", "group"}, {"name"}}},
      {"skipped", {{}, {"type", "message"}, {}}},
      {"error", {{}, {"type", "message"}, {}}},
      {"failure", {{}, {"type", "message"}, {}}},
      {"system-out", {{}, {}, {}}},
  };
  for (const Results& run : {SmallRun(), HostileRun(), Results()}) {
    const auto junit = Junit(run);
    for (const auto& found : junit->select_nodes("//*")) {
      const pugi::xml_node node = found.node();
      const auto shape = shapes.find(node.name());
      ASSERT_NE(shape, shapes.end()) << node.name();
      for (const pugi::xml_attribute& attribute : node.attributes()) {
        EXPECT_TRUE(shape->second.attributes.contains(attribute.name())) << node.name() << " " << attribute.name();
      }
      for (const std::string& required : shape->second.required) {
        EXPECT_TRUE(node.attribute(required.c_str())) << node.name() << " " << required;
      }
      for (const pugi::xml_node& child : node.children()) {
        EXPECT_TRUE(child.type() == pugi::node_pcdata || shape->second.children.contains(child.name()))
            << node.name() << " " << child.name();
      }
    }
    for (const auto& time : junit->select_nodes("//@time")) {
      EXPECT_TRUE(std::regex_match(time.attribute().value(), std::regex("[0-9]+\\.[0-9]{6}")));
    }
  }
}

TEST(JunitReport, KeepsHostileStringsWhereTheyBelong) {
  const auto junit = Junit(HostileRun());
  EXPECT_EQ(junit->select_node("//failure/@message").attribute().value(), PrintableUtf8(kHostile));
  EXPECT_EQ(junit->select_nodes("//script").size(), 0u);
  EXPECT_EQ(junit->select_node("//error/@message").attribute().value(), PrintableUtf8(kHostile));
}

// ------------------------------------------------------------------------------------------------ TAP

std::vector<std::string> TapLines(const Results& run) {
  const std::vector<Results> runs = {run};
  std::istringstream text(TapReport(*MakeGrid(runs)));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST(TapReport, DoesNotCountKnownWeaknessesButSurprises) {
  Results run = MakeRun({MakeCell("curl", "name.a", "pass"), MakeCell("curl", "name.b", "xfail"),
                         MakeCell("curl", "name.c", "skip"), MakeCell("curl", "name.d", "xpass")});
  run.cells[2].sentence = "cannot do # that";
  std::vector<std::string> points;
  for (const std::string& line : TapLines(run)) {
    if (line.starts_with("ok") || line.starts_with("not ok")) {
      points.push_back(line);
    }
  }
  EXPECT_THAT(points, ElementsAre("ok 1 - curl name.a (starttls, tcp, submission)",
                                  "not ok 2 - curl name.b (starttls, tcp, submission) # TO"
                                  "DO declared for curl",
                                  "ok 3 - curl name.c (starttls, tcp, submission) # SKIP cannot do \\# that",
                                  "not ok 4 - curl name.d (starttls, tcp, submission)"));
}

// Reads as a TAP 14 consumer does: version, plan, test points in order, indented YAML, comments, nothing else.
TEST(TapReport, IsTap14WhateverTheStrings) {
  for (const Results& run : {SmallRun(), HostileRun(), Results()}) {
    const std::vector<std::string> lines = TapLines(run);
    ASSERT_GE(lines.size(), 2u);
    EXPECT_EQ(lines[0], "TAP version 14");
    size_t planned = 0, number = 0;
    ASSERT_EQ(std::sscanf(lines[1].c_str(), "1..%zu", &planned), 1);
    bool yaml = false;
    for (size_t i = 2; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (yaml) {
        EXPECT_TRUE(std::regex_match(line, std::regex("  ([a-z]+: (\".*\"|[a-z-]+)|\\.\\.\\.)"))) << line;
        yaml = line != "  ...";
        if (const size_t quote = line.find('"'); yaml && quote != std::string::npos) {
          EXPECT_TRUE(Json::accept(line.substr(quote))) << line;
        }
      } else if (line == "  ---") {
        yaml = true;
      } else if (!line.starts_with("# ")) {
        std::smatch point;
        ASSERT_TRUE(std::regex_match(line, point,
                                     std::regex("(?:not )?ok (\\d+) - (?:[^#\\\\]|\\\\#|\\\\\\\\)*( # (SKIP|TO"
                                                "DO) "
                                                "(?:[^#\\\\]|\\\\#|\\\\\\\\)*)?")))
            << line;
        EXPECT_EQ(point[1], std::to_string(++number));
      }
    }
    EXPECT_FALSE(yaml);
    EXPECT_EQ(number, planned);
  }
}

// ------------------------------------------------------------------------------------------------ Markdown

std::string Markdown(const Results& run) {
  const std::vector<Results> runs = {run};
  return MarkdownReport(*MakeGrid(runs));
}

TEST(MarkdownReport, ShowsTheMatrixAndWhatWasNotExpected) {
  std::istringstream text(Markdown(SmallRun()));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line);
  }
  EXPECT_THAT(lines, ElementsAre("## starttls-lab: 5 passed, 1 failed, 1 skipped", "",
                                 "| scenarios | curl, starttls, tcp | built\\-in, starttls, tcp |", "|---|---|---|",
                                 "| sanity | ✓ 1 pass |  |", "| name | ✓ 1 pass, ▲ 1 accept-bad | ✓ 2 pass |",
                                 "| time | = 1 xfail |  |", "| dane | \\- 1 skip |  |", "", "### Not as expected", "",
                                 "- ▲ accept-bad `name.cn-only`, curl, starttls, tcp: curl met name.cn\\-only; again: "
                                 "`starttls-lab run --client curl --filter name.cn-only`"));
}

TEST(MarkdownReport, KeepsItsTableWhateverTheStrings) {
  std::istringstream text(Markdown(HostileRun()));
  std::set<size_t> bars;
  size_t in_table = 0;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("|")) {
      const std::string plain = std::regex_replace(line, std::regex("\\\\."), "");
      bars.insert(static_cast<size_t>(std::ranges::count(plain, '|')));
      EXPECT_EQ(plain.find_first_of("<>`&*_["), std::string::npos) << plain;
      ++in_table;
    }
  }
  EXPECT_THAT(bars, ElementsAre(4u)) << "two clients";
  EXPECT_EQ(in_table, 2u + 7u);
}

TEST(MarkdownReport, StopsAtSomePoint) {
  Results run = MakeRun({});
  for (size_t i = 0; i < kMostMarkdownLines + 7; ++i) {
    run.cells.push_back(MakeCell("curl", "name.x" + std::to_string(i), "hang"));
  }
  const std::string text = Markdown(run);
  EXPECT_TRUE(text.ends_with("- and 7 more\n"));
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(text, '\n')), 2 + 3 + 3 + kMostMarkdownLines + 1);
}

// ------------------------------------------------------------------------------------------------ SARIF

Json Sarif(const Results& run) {
  const std::vector<Results> runs = {run};
  return Json::parse(SarifReport(*MakeGrid(runs), "out dir/results.json"));
}

TEST(SarifReport, ReportsOnlyWhatWasAcceptedAndGravestFirst) {
  Results run = MakeRun({MakeCell("curl", "name.a", "accept-bad"), MakeCell("curl", "name.b", "leak"),
                         MakeCell("curl", "name.c", "accept-bad"), MakeCell("built-in", "name.c", "accept-bad"),
                         MakeCell("curl", "name.d", "xfail")});
  run.cells[0].severity = "low";
  run.cells[2].severity = run.cells[3].severity = "critical";
  const Json log = Sarif(run);
  EXPECT_EQ(log["version"], "2.1.0");
  const Json& results = log["runs"][0]["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["ruleId"], "name.c");
  EXPECT_EQ(results[1]["ruleId"], "name.c");
  EXPECT_EQ(results[2]["ruleId"], "name.a");
  const Json& rules = log["runs"][0]["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), 2u);
  for (const Json& result : results) {
    EXPECT_EQ(rules[result["ruleIndex"].get<size_t>()]["id"], result["ruleId"]);
  }
  EXPECT_EQ(rules[0]["properties"]["security-severity"], "9.5");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "out%20dir/results.json");
}

TEST(SarifReport, GivesEveryClientAndScenarioAFingerprintThatStays) {
  Results run = MakeRun({MakeCell("curl", "name.a", "accept-bad"), MakeCell("built-in", "name.a", "accept-bad")});
  const Json before = Sarif(run);
  run.cells[0].sentence = "said in other words";
  run.cells[0].duration_us = 7;
  const Json after = Sarif(run);
  const auto print = [](const Json& log, size_t i) { return log["runs"][0]["results"][i]["partialFingerprints"]; };
  EXPECT_EQ(print(before, 0), print(after, 0));
  EXPECT_NE(print(before, 0), print(before, 1));
}

TEST(SarifReport, StopsWhereGitHubDoesAndSaysSo) {
  Results run;
  for (size_t i = 0; i < kMostSarifResults + 3; ++i) {
    run.cells.push_back(MakeCell("curl", "name.x" + std::to_string(i), "accept-bad"));
  }
  const Json log = Sarif(run);
  EXPECT_EQ(log["runs"][0]["results"].size(), kMostSarifResults);
  EXPECT_EQ(log["runs"][0]["invocations"][0]["toolExecutionNotifications"].size(), 1u);
  EXPECT_EQ(Sarif(SmallRun())["runs"][0]["invocations"][0]["toolExecutionNotifications"].size(), 0u);
}

TEST(SarifReport, KeepsHostileStringsWhereTheyBelong) {
  const Json log = Sarif(HostileRun());
  ASSERT_EQ(log["runs"][0]["results"].size(), 1u);
  EXPECT_EQ(log["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"]["text"], PrintableUtf8(kHostile));
}

}  // namespace
}  // namespace lab::testing

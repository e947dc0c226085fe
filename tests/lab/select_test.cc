#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "lab/scenario/scenario.h"
#include "lab/scenario/sets.h"

namespace lab {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::vector<std::string> Ids(std::string_view filter) {
  const auto selected = Select(filter);
  EXPECT_TRUE(selected.has_value()) << filter;
  std::vector<std::string> ids;
  for (const Scenario* scenario : selected.value_or(std::vector<const Scenario*>())) {
    ids.push_back(scenario->id);
  }
  return ids;
}

certs::Error ErrorOf(std::string_view filter) {
  const auto selected = Select(filter);
  EXPECT_FALSE(selected.has_value()) << filter;
  return selected ? certs::Error{} : selected.error();
}

TEST(Select, NothingSelectsEverything) {
  EXPECT_THAT(Ids(""), SizeIs(AllScenarios().size()));
  EXPECT_THAT(Ids(" , "), SizeIs(AllScenarios().size()));
  EXPECT_THAT(Ids("*"), SizeIs(AllScenarios().size()));
}

TEST(Select, AnIdSelectsThatScenarioOnly) { EXPECT_THAT(Ids("control.good"), ElementsAre("control.good")); }

TEST(Select, AStarStandsForAnything) {
  EXPECT_THAT(Ids("smtp.*"), Each(StartsWith("smtp.")));
  EXPECT_THAT(Ids("*leaf-expired"), Contains("time.leaf-expired"));
  EXPECT_THAT(Ids("time.*pir*d"), Contains("time.leaf-expired"));
  EXPECT_THAT(Ids("smtp.starttls-answered-45?"), ElementsAre("smtp.starttls-answered-454"));
}

TEST(Select, ARowSelectsWhatCoversIt) {
  EXPECT_THAT(Ids("row:M2"), ElementsAre("smtp.starttls-answered-454"));
  EXPECT_THAT(Ids("row:m2"), ElementsAre("smtp.starttls-answered-454")) << "letter case does not matter";
  EXPECT_THAT(Ids("row:B1"), Contains("time.leaf-expired"));
  EXPECT_THAT(Ids("row:B1"), Not(Contains("time.intermediate-expired"))) << "B1 is not B10";
}

TEST(Select, TheCoreHasAQuestionOfEveryTable) {
  const std::vector<std::string> core = Ids("set:core");
  EXPECT_THAT(core, SizeIs(testing::AllOf(testing::Ge(50u), testing::Le(80u)))) << "a slow client has to meet them all";
  std::set<char> tables, seen;
  for (const Scenario& scenario : AllScenarios()) {
    for (const std::string& row : scenario.rows) {
      tables.insert(row.front());
    }
  }
  const auto selected = Select("set:core");
  for (const Scenario* scenario : *selected) {
    for (const std::string& row : scenario->rows) {
      seen.insert(row.front());
    }
  }
  EXPECT_EQ(seen, tables);
}

// Tables by mode: 'A' to 'P' for STARTTLS, 'a' to 'p' for implicit TLS.
std::set<char> TablesAsked(std::string_view filter) {
  std::set<char> tables;
  const auto selected = Select(filter);
  for (const Scenario* scenario : *selected) {
    for (const std::string& row : scenario->rows) {
      if (Serves(*scenario, fakeserver::TlsMode::kStartTls)) {
        tables.insert(row.front());
      }
      if (Serves(*scenario, fakeserver::TlsMode::kImplicit)) {
        tables.insert(static_cast<char>(row.front() - 'A' + 'a'));
      }
    }
  }
  return tables;
}

TEST(Select, TheSetOfTablesHasAQuestionOfEveryTableInEitherMode) {
  EXPECT_EQ(TablesAsked("set:tables"), TablesAsked("*"));
  EXPECT_EQ(TablesAsked("set:core"), TablesAsked("*"));
  EXPECT_THAT(Ids("set:core"), testing::IsSupersetOf(Ids("set:tables")));
  EXPECT_THAT(Ids("set:tables"), testing::IsSupersetOf(Ids("set:smoke")));
  EXPECT_THAT(Ids("set:tables"), SizeIs(testing::Le(32u))) << "hundreds of configurations have to meet them all";
}

TEST(Select, TheCoreNamesOnlyWhatExists) {
  for (const std::string_view id : CoreIds()) {
    EXPECT_NE(FindScenario(id), nullptr) << id;
  }
}

TEST(Select, TheSmokeSetIsAPartOfTheCore) {
  const std::vector<std::string> core = Ids("set:core"), smoke = Ids("set:smoke");
  EXPECT_THAT(core, testing::IsSupersetOf(smoke));
  EXPECT_EQ(smoke.size(), SmokeIds().size()) << "one of them does not exist";
  EXPECT_EQ(ErrorOf("set:smok").code, certs::ErrorCode::kUnknownId);
}

TEST(Select, CommasJoinPatternsAndNothingIsSelectedTwice) {
  const std::vector<std::string> ids = Ids("row:M2, smtp.*,smtp.starttls-answered-454");
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_EQ(ids, Ids("smtp.*"));
}

TEST(Select, TheOrderIsThatOfTheCatalogue) { EXPECT_EQ(Ids("time.leaf-expired,control.good").front(), "control.good"); }

TEST(Select, AnExclamationMarkExcludes) {
  EXPECT_THAT(Ids("smtp.*,!smtp.injection-*"), Not(Contains(StartsWith("smtp.injection-"))));
  EXPECT_THAT(Ids("!smtp.*"), Not(Contains(StartsWith("smtp."))));
  EXPECT_THAT(Ids("!smtp.*"), Contains("control.good")) << "nothing but exclusions: everything else is meant";
  EXPECT_THAT(Ids("control.good,!control.good"), SizeIs(0));
}

TEST(Select, APatternThatSelectsNothingNamesTheClosestId) {
  EXPECT_EQ(ErrorOf("time.leaf-expird").code, certs::ErrorCode::kUnknownId);
  EXPECT_NE(ErrorOf("time.leaf-expird").detail.find("'time.leaf-expired'"), std::string::npos);
  EXPECT_NE(ErrorOf("control.godo*").detail.find("'control.good'"), std::string::npos);
  EXPECT_EQ(ErrorOf("control.good,!nonsense").code, certs::ErrorCode::kUnknownId) << "exclusions can be mistyped, too";
  EXPECT_EQ(ErrorOf("row:Z9").code, certs::ErrorCode::kUnknownId);
  EXPECT_EQ(ErrorOf("row:M30").code, certs::ErrorCode::kUnknownId) << "a row that no scenario covers yet";
}

TEST(Select, HostilePatternsAreEscapedAndBounded) {
  const std::string error = ErrorOf(std::string(100000, 'x') + "\x1b[2J").detail;
  EXPECT_LT(error.size(), 1000U);
  EXPECT_EQ(ErrorOf("\x1b[2J").detail.find('\x1b'), std::string::npos);
  EXPECT_EQ(ErrorOf("a" + std::string(2000, '*') + "z").code, certs::ErrorCode::kUnknownId);
}

// The table of TLS faults in fakeserver/README.md names scenarios that there are.
TEST(Select, FindsWhatTheTableOfFaultsNames) {
  std::ifstream file(STARTTLS_LAB_SOURCE_DIR "/fakeserver/README.md");
  std::string line;
  size_t globs = 0;
  while (std::getline(file, line)) {
    const size_t cell = line.starts_with("| ") ? line.rfind("| ", line.size() - 2) : std::string::npos;
    if (cell == std::string::npos || line.find('`') < cell) {
      continue;  // of another table
    }
    for (size_t begin = line.find('`', cell); begin != std::string::npos;) {
      const size_t end = line.find('`', begin + 1);
      EXPECT_THAT(Ids(line.substr(begin + 1, end - begin - 1)), Not(IsEmpty())) << line;
      ++globs;
      begin = line.find('`', end + 1);
    }
  }
  EXPECT_GT(globs, 50u);
}

}  // namespace
}  // namespace lab

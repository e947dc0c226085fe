#include "lab/scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "lab/scenario/oracle.h"

namespace lab {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

std::set<std::string> CoveredRows() {
  std::set<std::string> rows;
  for (const Scenario& scenario : AllScenarios()) {
    rows.insert(scenario.rows.begin(), scenario.rows.end());
  }
  return rows;
}

TEST(Scenarios, ThereAreAtLeastNinety) { EXPECT_GE(AllScenarios().size(), 90U); }

TEST(Scenarios, IdsAreUniqueAndSpelledAlike) {
  std::set<std::string> ids;
  for (const Scenario& scenario : AllScenarios()) {
    EXPECT_TRUE(ids.insert(scenario.id).second) << scenario.id;
    EXPECT_EQ(std::ranges::count(scenario.id, '.'), 1) << scenario.id;
    EXPECT_TRUE(std::ranges::all_of(scenario.id, [](unsigned char c) {
      return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '.';
    })) << scenario.id;
  }
}

TEST(Scenarios, EachIsFoundByItsId) {
  for (const Scenario& scenario : AllScenarios()) {
    EXPECT_EQ(FindScenario(scenario.id), &scenario);
  }
  EXPECT_EQ(FindScenario(""), nullptr);
  EXPECT_EQ(FindScenario("no.such-scenario"), nullptr);
}

TEST(Scenarios, ControlsComeFirstAndTheGoodOneBeforeAll) {
  EXPECT_EQ(AllScenarios().front().id, "control.good");
  EXPECT_TRUE(
      std::ranges::is_partitioned(AllScenarios(), [](const Scenario& s) { return s.id.starts_with("control."); }));
}

TEST(Scenarios, EveryControlIsGood) {
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.id.starts_with("control.")) {
      EXPECT_TRUE(scenario.good()) << scenario.id;
      EXPECT_TRUE(scenario.expect.at(Policy::kSubmission).verdict.ok()) << scenario.id;
    }
  }
}

TEST(Scenarios, EachSaysWhatItIsAndWhere) {
  std::set<std::string_view> known;
  for (const Row& row : AllRows()) {
    known.insert(row.id);
  }
  for (const Scenario& scenario : AllScenarios()) {
    EXPECT_FALSE(scenario.summary.empty()) << scenario.id;
    EXPECT_EQ(scenario.summary.find('\n'), std::string::npos) << scenario.id;
    EXPECT_FALSE(scenario.source.empty()) << scenario.id;
    EXPECT_FALSE(scenario.rows.empty()) << scenario.id;
    for (const std::string& row : scenario.rows) {
      EXPECT_TRUE(known.contains(row)) << scenario.id << ": " << row;
    }
    EXPECT_EQ(std::set(scenario.rows.begin(), scenario.rows.end()).size(), scenario.rows.size()) << scenario.id;
  }
}

TEST(Scenarios, EachSaysWhatAUserAgentMustDo) {
  for (const Scenario& scenario : AllScenarios()) {
    EXPECT_TRUE(scenario.expect.contains(Policy::kSubmission)) << scenario.id;
  }
}

TEST(Scenarios, AcceptingAndAVerdictOfOkBelongTogether) {
  for (const Scenario& scenario : AllScenarios()) {
    for (const auto& [policy, expectation] : scenario.expect) {
      const bool either = expectation.demand == Demand::kIgnoreOrRefuse;
      EXPECT_TRUE(either || (expectation.demand == Demand::kAccept) == expectation.verdict.ok())
          << scenario.id << ' ' << Name(policy);
    }
  }
}

bool IsAddress(const World& world) {
  return world.reference.find_first_not_of("0123456789.") == std::string::npos ||
         world.reference.find(':') != std::string::npos;
}

TEST(Scenarios, NoPolicyButTheOpportunisticOneMayGoOnAnyhow) {
  for (const Scenario& scenario : AllScenarios()) {
    for (const auto& [policy, expectation] : scenario.expect) {
      const certs::Reason reason = expectation.verdict.reason;
      if (reason == certs::Reason::kPathBudget || reason == certs::Reason::kPathTooLong) {
        EXPECT_EQ(expectation.demand, Demand::kAnything)
            << scenario.id;  // how much work is enough is everyone's own affair
      } else if (policy == Policy::kRelayDane && (IsAddress(scenario.world) || scenario.world.dns != GoodWorld().dns)) {
        continue;  // where DNSSEC says nothing a DANE relay is an opportunistic one (RFC 7672 2.2)
      } else if (!Predict(scenario.world, policy, fakeserver::TlsMode::kStartTls).uncertain.empty()) {
        continue;  // what no RFC decides
      } else if (policy != Policy::kRelayOpportunistic) {
        EXPECT_NE(expectation.demand, Demand::kAnything) << scenario.id << ' ' << Name(policy);
      } else {
        EXPECT_NE(expectation.demand, Demand::kRefuse) << scenario.id;
      }
    }
  }
}

// ------------------------------------------------------------------------------------------------ one edit

TEST(OneEdit, EachScenarioButTheFirstHasATwinThatIsGood) {
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.id == "control.good") {
      EXPECT_THAT(scenario.twin, IsEmpty());
      EXPECT_EQ(scenario.world, GoodWorld());
      continue;
    }
    const Scenario* twin = FindScenario(scenario.twin);
    ASSERT_NE(twin, nullptr) << scenario.id << " names the twin " << scenario.twin;
    EXPECT_TRUE(twin->good()) << scenario.id << " is an edit of " << twin->id;
  }
}

TEST(OneEdit, EachScenarioDiffersFromItsTwinInOneMemberUnlessItSaysCompound) {
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.twin.empty()) {
      continue;
    }
    const std::vector<std::string> edit = EditInWords(scenario);
    if (scenario.compound) {
      EXPECT_THAT(edit, Not(IsEmpty())) << scenario.id;
    } else {
      EXPECT_THAT(edit, SizeIs(1)) << scenario.id;
    }
  }
}

TEST(OneEdit, NoTwoScenariosAreTheSameWorld) {
  std::map<std::string, std::vector<const Scenario*>> by_edit;  // few are equal in words; only those are compared
  for (const Scenario& scenario : AllScenarios()) {
    std::string words = scenario.world.reference;
    for (const certs::Difference& difference : Diff(GoodWorld(), scenario.world)) {
      words += '\n' + ToString(difference);
    }
    for (const Scenario* other : by_edit[words]) {
      EXPECT_NE(scenario.world, other->world) << scenario.id << " and " << other->id;
    }
    by_edit[words].push_back(&scenario);
  }
}

// ------------------------------------------------------------------------------------------------ coverage

TEST(Rows, TheTableHasEachRowOnceInOrder) {
  std::vector<std::pair<char, int>> order;
  for (const Row& row : AllRows()) {
    EXPECT_FALSE(row.title.empty()) << row.id;
    order.emplace_back(row.id.front(), std::stoi(std::string(row.id.substr(1))));
  }
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(std::ranges::adjacent_find(order), order.end());
  // As many as each letter has in the table.
  std::map<char, int> last;
  for (const auto& [letter, number] : order) {
    EXPECT_EQ(number, ++last[letter]) << letter;
  }
  const std::map<char, int> expected = {{'A', 10}, {'B', 14}, {'C', 40}, {'D', 14}, {'E', 17}, {'F', 29},
                                        {'G', 9},  {'H', 1},  {'I', 9},  {'J', 14}, {'K', 16}, {'L', 22},
                                        {'M', 30}, {'N', 8},  {'O', 9},  {'P', 7}};
  EXPECT_EQ(last, expected);
}

// The rows that the first release promises.
TEST(Rows, EveryPromisedRowIsCovered) {
  std::vector<std::string> promised = {"D1", "D2", "D3", "D4", "D5", "D6", "D11", "E1",  "E2",
                                       "E3", "E4", "E5", "E6", "E8", "E9", "E10", "E11", "E12"};
  const auto range = [&](char letter, int last) {
    for (int i = 1; i <= last; ++i) {
      promised.push_back(letter + std::to_string(i));
    }
  };
  range('A', 6);
  range('B', 12);
  range('C', 17);
  range('F', 21);
  range('K', 15);
  range('L', 21);
  for (const char* row : {"D14", "E17", "I2", "I3", "I4", "I6", "I8", "I9", "M27", "C40", "F27"}) {
    promised.emplace_back(row);
  }
  range('M', 14);
  for (const char* row : {"L22", "M16", "M17", "M18", "M19", "M20", "M21", "M22", "M23", "M24", "M25",
                          "M26", "M28", "M29", "N1",  "N2",  "N3",  "N4",  "N5",  "N6",  "N7",  "N8",
                          "O1",  "O2",  "O3",  "O4",  "O5",  "O6",  "O7",  "O9",  "J13", "P6"}) {
    promised.emplace_back(row);
  }
  EXPECT_THAT(CoveredRows(), IsSupersetOf(promised));
}

TEST(Rows, ThoseWithANoteHaveNoScenario) {
  const std::set<std::string> covered = CoveredRows();
  for (const Row& row : AllRows()) {
    EXPECT_TRUE(row.note.empty() || !covered.contains(std::string(row.id))) << row.id;
  }
}

TEST(Rows, BadCertificatesOnTheImplicitTlsPortAreCovered) {
  for (const Scenario& scenario : AllScenarios()) {
    const bool bad_certificate = !scenario.good() && std::ranges::any_of(scenario.rows, [](const std::string& row) {
      return row.front() >= 'B' && row.front() <= 'J';
    });
    // Relays that look things up deliver to port 25, where there is nothing but STARTTLS.
    const bool of_a_relay =
        scenario.modes == Modes::kStartTlsOnly &&
        std::ranges::any_of(scenario.rows, [](const std::string& row) { return row.front() == 'P'; });
    if (bad_certificate && !of_a_relay) {
      EXPECT_EQ(scenario.modes, Modes::kBoth) << scenario.id;
      EXPECT_THAT(scenario.rows, Contains("M21")) << scenario.id;
    }
  }
}

TEST(Rows, InjectionComesInEveryPlacementFromTheReplyToEhloToBehindTheHandshake) {
  std::set<fakeserver::Placement> placements;
  for (const Scenario& scenario : AllScenarios()) {
    for (const char* row : {"M12", "M13"}) {
      if (std::ranges::find(scenario.rows, row) != scenario.rows.end()) {
        placements.insert(scenario.world.smtp.injection.placement);
      }
    }
  }
  std::set<fakeserver::Placement> all;
  for (int i = 1; i <= static_cast<int>(fakeserver::Placement::kBehindHandshake); ++i) {
    all.insert(static_cast<fakeserver::Placement>(i));
  }
  EXPECT_EQ(placements, all);
}

TEST(Policies, AreFoundByTheirNames) {
  for (const Policy policy : AllPolicies()) {
    EXPECT_EQ(PolicyByName(Name(policy)), policy);
  }
  EXPECT_EQ(PolicyByName(""), std::nullopt);
  EXPECT_EQ(PolicyByName("unknown"), std::nullopt);
}

}  // namespace
}  // namespace lab

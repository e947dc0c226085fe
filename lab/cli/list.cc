#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"
#include "lab/cli/catalogue_verbs.h"
#include "lab/cli/cell.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/scenario_json.h"
#include "lab/scenario/scenario.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Scenario& scenario) {
  return {{"id", scenario.id},
          {"summary", certs::Escaped(scenario.summary)},
          {"rows", scenario.rows},
          {"source", scenario.source},
          {"severity", certs::Name(scenario.severity)},
          {"twin", scenario.twin},
          {"reference", certs::Escaped(scenario.world.reference)},
          {"modes", Name(scenario.modes)},
          {"compound", scenario.compound},
          {"policy_dependent", scenario.policy_dependent},
          {"exact_clock", scenario.exact_clock},
          {"edit", EditInWords(scenario)},
          {"expect", ExpectToJson(scenario.expect)}};
}

int ListJson(const std::vector<const Scenario*>& scenarios) {
  Json all = Json::array();
  for (const Scenario* scenario : scenarios) {
    all.push_back(ToJson(*scenario));
  }
  fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
  return kExitOk;
}

int ListRows(const ListOptions& options, const std::vector<const Scenario*>& scenarios) {
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  std::map<std::string_view, std::vector<const Scenario*>> covering;
  for (const Scenario* scenario : scenarios) {
    for (const std::string& row : scenario->rows) {
      covering[row].push_back(scenario);
    }
  }
  size_t covered = 0;
  std::string uncovered;
  for (const Row& row : AllRows()) {
    const auto found = covering.find(row.id);
    if (found == covering.end()) {
      uncovered += fmt::format("{:4} {}{}{}\n", row.id, row.title, row.note.empty() ? "" : ": ", row.note);
      continue;
    }
    ++covered;
    fmt::print("{} {}\n", Bold(terminal, fmt::format("{:4}", row.id)), row.title);
    for (const Scenario* scenario : found->second) {
      fmt::print("       {:44} {}\n", scenario->id, Dim(terminal, ToWords(scenario->expect.at(Policy::kSubmission))));
    }
  }
  fmt::print("\n{} of {} rows covered by {} scenarios.\n", covered, AllRows().size(), scenarios.size());
  if (!uncovered.empty()) {
    fmt::print("Not covered:\n{}", uncovered);
  }
  return kExitOk;
}

}  // namespace

int ListVerb(const ListOptions& options) {
  const auto scenarios = Select(options.filter);
  if (!scenarios) {
    return Complain(scenarios.error());
  }
  if (options.json) {
    return ListJson(*scenarios);
  }
  if (options.rows) {
    return ListRows(options, *scenarios);
  }
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  for (const Scenario* scenario : *scenarios) {
    fmt::print("{} {}\n{:46} {}\n", Fit(scenario->id, 45), certs::Escaped(scenario->summary), "",
               Dim(terminal, fmt::format("{}  [{}]  {}", ToWords(scenario->expect.at(Policy::kSubmission)),
                                         fmt::join(scenario->rows, " "), scenario->source)));
  }
  fmt::print("{} scenarios.\n", scenarios->size());
  return kExitOk;
}

}  // namespace lab

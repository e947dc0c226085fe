// What a client is known to do, declared in its manifest: it turns an expected failure into xfail, and a failure that
// is gone into xpass.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>

#include "lab/runner/judge.h"

namespace lab {
namespace {

// Whether a client can show this weakness in a scenario at all: nobody accepts a bad server where the server is good.
// So "*" may stand for "every bad certificate".
bool CanHappen(Outcome outcome, const Expectation& expectation) {
  switch (outcome) {
    case Outcome::kAcceptBad:
      return expectation.demand == Demand::kRefuse || expectation.demand == Demand::kIgnoreOrRefuse;
    case Outcome::kLax:
      return expectation.demand == Demand::kRefuse;
    case Outcome::kRejectGood:
      return expectation.demand == Demand::kAccept;
    default:
      return true;
  }
}

bool MatchesOne(std::string_view pattern, const Scenario& scenario) {
  constexpr std::string_view kRow = "row:";
  const bool by_row = pattern.starts_with(kRow);
  const std::string glob(pattern.substr(by_row ? kRow.size() : 0));
  const auto hit = [&](const std::string& text) { return fnmatch(glob.c_str(), text.c_str(), 0) == 0; };
  return by_row ? std::ranges::any_of(scenario.rows, hit) : hit(scenario.id);
}

// The language of Select(): globs separated by commas, '!' excludes; nothing but exclusions means all others.
bool Matches(std::string_view patterns, const Scenario& scenario) {
  bool included = false, any_inclusion = false;
  for (const auto part : std::views::split(patterns, ',')) {
    std::string pattern(part.begin(), part.end());
    std::erase(pattern, ' ');
    const bool excludes = pattern.starts_with('!');
    pattern.erase(0, excludes ? 1 : 0);
    if (pattern.empty()) {
      continue;
    }
    const bool hit = MatchesOne(pattern, scenario);
    if (excludes && hit) {
      return false;
    }
    any_inclusion |= !excludes;
    included |= !excludes && hit;
  }
  return included || !any_inclusion;
}

}  // namespace

Judgement ApplyKnown(const Judgement& judgement, const Scenario& scenario, const CommandSpec& client) {
  const auto expectation = scenario.expect.find(client.policy);
  if (expectation == scenario.expect.end()) {
    return judgement;
  }
  for (const CommandSpec::Known& known : client.known) {
    const std::optional<Outcome> outcome = OutcomeByName(known.outcome);
    if (!outcome || !CanHappen(*outcome, expectation->second) || !Matches(known.pattern, scenario)) {
      continue;
    }
    if (judgement.outcome == *outcome) {
      return *outcome == Outcome::kPass
                 ? judgement
                 : Judgement{Outcome::kXfail,
                             fmt::format("known ({}): {}; {}", known.outcome, known.reason, judgement.sentence),
                             known.reason};
    }
    if (judgement.outcome == Outcome::kPass) {
      return {Outcome::kXpass,
              fmt::format("declared as {} (\"{}\"), but: {}", known.outcome, known.reason, judgement.sentence)};
    }
    return judgement;
  }
  return judgement;
}

}  // namespace lab

// Row C40: chains in which several things are wrong. Each is two or three cases of certs::Catalogue(), drawn by a fixed
// sequence, in one chain. What must follow is what the oracle makes of it, and the verifier is its judge: nobody has
// looked at these by hand.
#include <algorithm>
#include <cstdint>

#include "certs/catalogue.h"
#include "lab/scenario/catalogue.h"
#include "lab/scenario/compose.h"
#include "lab/scenario/oracle.h"

namespace lab {
namespace {

constexpr int kMixtures = 60;
constexpr size_t kFewCertificates = 12;  // what is wrong with hundreds is a case of its own
constexpr int kDraws = 1000;             // many do not mix

// The bad chains that are one edit of the good one, and that the oracle is sure of.
std::vector<const certs::CertCase*> Ingredients() {
  std::vector<const certs::CertCase*> cases;
  for (const certs::CertCase& one : certs::Catalogue()) {
    const bool plain = !one.compound && !one.exact_clock && !one.needs_forger && !one.policy_dependent;
    if (plain && one.twin == "control.good" && !one.expected.ok() && one.reference == certs::kBobHost &&
        !one.chain.presented.empty() && one.chain.certs.size() <= kFewCertificates && one.rows.front().front() != 'J') {
      cases.push_back(&one);
    }
  }
  return cases;
}

struct Draw {
  uint32_t state = 0x5eed;
  size_t Below(size_t bound) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) % bound;
  }
};

std::optional<Scenario> Mixture(const std::vector<const certs::CertCase*>& chosen) {
  const World good = GoodWorld();
  Scenario scenario{.id = "mixed",
                    .summary = "at once:",
                    .rows = {"C40", "M21"},
                    .source = "RFC 5280 6.1",
                    .twin = "control.good",
                    .world = good,
                    .compound = true};
  std::vector<World> edited(chosen.size(), good);
  std::vector<const World*> all;
  for (size_t i = 0; i < chosen.size(); ++i) {
    scenario.summary += (i == 0 ? " " : "; ") + chosen[i]->summary;
    edited[i].chain = chosen[i]->chain;
    all.push_back(&edited[i]);
  }
  const auto world = Compose(all);
  if (!world) {
    return std::nullopt;
  }
  scenario.world = *world;
  for (const Policy policy : AllPolicies()) {
    const Prediction prediction = Predict(scenario.world, policy, fakeserver::TlsMode::kStartTls);
    const bool plain = policy == Policy::kRelayDane || !prediction.expectation.also.empty();
    if (!prediction.uncertain.empty() || !plain) {
      return std::nullopt;
    }
    scenario.expect[policy] = prediction.expectation;
  }
  return scenario;
}

}  // namespace

std::vector<Scenario> MixedScenarios() {
  const std::vector<const certs::CertCase*> ingredients = Ingredients();
  std::vector<Scenario> scenarios;
  std::vector<World> worlds;
  Draw draw;
  for (int i = 0; i < kDraws && scenarios.size() < kMixtures; ++i) {
    std::vector<const certs::CertCase*> chosen;
    for (size_t left = 2 + draw.Below(2); left > 0; --left) {
      chosen.push_back(ingredients[draw.Below(ingredients.size())]);
    }
    auto scenario = Mixture(chosen);
    if (scenario && std::ranges::find(worlds, scenario->world) == worlds.end()) {
      worlds.push_back(scenario->world);
      const size_t number = scenarios.size() + 1;
      scenario->id = "mixed." + std::string(number < 10 ? "0" : "") + std::to_string(number);
      scenarios.push_back(*std::move(scenario));
    }
  }
  return scenarios;
}

}  // namespace lab

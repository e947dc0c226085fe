#include "lab/runner/campaign_draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lab {
namespace {

using fakeserver::TlsMode;

constexpr size_t kQuickCertificates = 12, kQuickNames = 100;
constexpr int kTries = 12;

// Steele, Lea and Flood's SplitMix64: a stream of numbers for every starting state, neighbouring states included.
class Numbers {
 public:
  explicit Numbers(uint64_t state) : state_(state) {}
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  size_t Below(size_t bound) { return static_cast<size_t>(Next() % bound); }
  template <typename T>
  const T& OneOf(const std::vector<T>& list) {
    return list[Below(list.size())];
  }

 private:
  uint64_t state_;
};

bool IsQuick(const certs::ChainSpec& chain) {
  return chain.certs.size() <= kQuickCertificates && std::ranges::all_of(chain.certs, [](const certs::CertSpec& cert) {
           return !cert.san || cert.san->names.size() <= kQuickNames;
         });
}

}  // namespace

std::vector<const Scenario*> CampaignParts() {
  std::vector<const Scenario*> parts;
  for (const Scenario& scenario : AllScenarios()) {
    const bool edits = !scenario.twin.empty() && scenario.world != GoodWorld();
    if (edits && !scenario.rows.empty() && !scenario.id.starts_with("mixed.") && IsQuick(scenario.world.chain)) {
      parts.push_back(&scenario);
    }
  }
  return parts;
}

Deck::Deck(std::vector<const Scenario*> parts, uint64_t seed, std::optional<Policy> policy, std::optional<TlsMode> mode)
    : parts_(std::move(parts)), seed_(seed), policy_(policy), mode_(mode) {
  std::map<std::string, std::vector<const Scenario*>> by_row;
  for (const Scenario* part : parts_) {
    for (const std::string& row : part->rows) {
      by_row[row].push_back(part);
    }
  }
  for (auto& [row, of_row] : by_row) {
    rows_.push_back(row);
    of_row_.push_back(std::move(of_row));
  }
  for (size_t i = 0; i < rows_.size(); ++i) {
    for (size_t j = i + 1; j < rows_.size(); ++j) {
      pairs_.emplace_back(i, j);
    }
  }
  Numbers numbers(seed);
  for (size_t left = pairs_.size(); left > 1; --left) {
    std::swap(pairs_[left - 1], pairs_[numbers.Below(left)]);
  }
}

std::optional<DrawnWorld> Deck::Mix(std::vector<const Scenario*> parts, TlsMode mode, Policy policy,
                                    uint64_t number) const {
  std::vector<const World*> worlds;
  std::string summary;
  for (const Scenario* part : parts) {
    if (!Serves(*part, mode)) {
      return std::nullopt;
    }
    worlds.push_back(&part->world);
    summary += (summary.empty() ? "" : " + ") + part->id;
  }
  const std::optional<World> world = Compose(worlds);
  if (!world) {
    return std::nullopt;
  }
  DrawnWorld drawn{.number = number, .parts = std::move(parts), .mode = mode, .policy = policy, .composed = {}};
  drawn.composed = ScenarioOf(*world, mode == TlsMode::kStartTls ? Modes::kStartTlsOnly : Modes::kImplicitOnly,
                              fmt::format("campaign.{}-{}", seed_, number), summary, policy);
  return drawn;
}

std::optional<DrawnWorld> Deck::Draw(uint64_t number) const {
  if (parts_.empty()) {
    return std::nullopt;
  }
  Numbers numbers(seed_ * 0x2545f4914f6cdd1d + number + 1);
  for (int i = 0; i < kTries; ++i) {
    std::vector<const Scenario*> parts;
    if (number < pairs_.size()) {
      const auto [a, b] = pairs_[number];
      parts = {numbers.OneOf(of_row_[a]), numbers.OneOf(of_row_[b])};
      if (parts[0] == parts[1]) {  // it covers both rows
        parts.pop_back();
      }
    } else {
      for (size_t left = 1 + numbers.Below(4); left > 0; --left) {
        const Scenario* part = numbers.OneOf(parts_);
        if (std::ranges::find(parts, part) == parts.end()) {
          parts.push_back(part);
        }
      }
    }
    const TlsMode mode = mode_.value_or(numbers.Below(4) == 0 ? TlsMode::kImplicit : TlsMode::kStartTls);
    const std::vector<Policy> policies = AllPolicies();
    const Policy drawn = numbers.Below(2) == 0 ? Policy::kSubmission : numbers.OneOf(policies);
    if (auto world = Mix(std::move(parts), mode, policy_.value_or(drawn), number)) {
      return world;
    }
  }
  return std::nullopt;
}

}  // namespace lab

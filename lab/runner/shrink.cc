#include "lab/runner/shrink.h"

#include <algorithm>

namespace lab {
namespace {

constexpr int kMostTries = 400;

class Shrinker {
 public:
  Shrinker(const Deck& deck, const DrawnWorld& failing, const std::function<bool(const DrawnWorld&)>& still_fails,
           const std::atomic<bool>& stop)
      : deck_(deck), best_(failing), still_fails_(still_fails), stop_(stop) {}

  Shrunk Do() {
    TakePartsAway();
    while (TakeMembersAway()) {
    }
    return {best_, CountEdits(GoodWorld(), best_.composed.scenario.world)};
  }

 private:
  bool Fails(const DrawnWorld& world) { return tries_++ < kMostTries && !stop_ && still_fails_(world); }

  void TakePartsAway() {
    for (size_t i = 0; i < best_.parts.size() && best_.parts.size() > 1;) {
      std::vector<const Scenario*> fewer = best_.parts;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      const auto world = deck_.Mix(std::move(fewer), best_.mode, best_.policy, best_.number);
      if (world && Fails(*world)) {
        best_ = *world;
        i = 0;
      } else {
        ++i;
      }
    }
  }

  // Halves, quarters ... single members; whether anything could go.
  bool TakeMembersAway() {
    const World whole = best_.composed.scenario.world;
    const size_t members = CountEdits(GoodWorld(), whole);
    std::vector<bool> keep(members, true);
    bool any = false;
    for (size_t width = std::max<size_t>(members / 2, 1);; width /= 2) {
      for (size_t begin = 0; begin < members; begin += width) {
        std::vector<bool> fewer = keep;
        const auto at = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
        std::fill(at, at + static_cast<std::ptrdiff_t>(std::min(width, members - begin)), false);
        if (fewer == keep || std::ranges::find(fewer, true) == fewer.end()) {
          continue;
        }
        DrawnWorld world = best_;
        const World cut = KeepEdits(GoodWorld(), whole, fewer);
        if (!WrongWithChains(cut).empty()) {
          continue;
        }
        const Scenario& from = best_.composed.scenario;
        world.composed = ScenarioOf(cut, from.modes, from.id, from.summary, world.policy);
        if (Fails(world)) {
          best_ = std::move(world);
          keep = std::move(fewer);
          any = true;
        }
      }
      if (width == 1) {
        return any && tries_ < kMostTries;
      }
    }
  }

  const Deck& deck_;
  DrawnWorld best_;
  const std::function<bool(const DrawnWorld&)>& still_fails_;
  const std::atomic<bool>& stop_;
  int tries_ = 0;
};

}  // namespace

Shrunk Shrink(const Deck& deck, const DrawnWorld& failing, const std::function<bool(const DrawnWorld&)>& still_fails,
              const std::atomic<bool>& stop) {
  return Shrinker(deck, failing, still_fails, stop).Do();
}

}  // namespace lab

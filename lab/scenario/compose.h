// Worlds put together from several edits, and taken apart again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/scenario/oracle.h"
#include "lab/scenario/scenario.h"

namespace lab {

// The good world with the edits of all these in it, each an edit of GoodWorld(). Nothing if two of them edit the same
// member, or one takes away what another speaks of.
std::optional<World> Compose(const std::vector<const World*>& edited);

// The single members in which a world differs from another, in a fixed order: their number, and `from` with only those
// edits of `to` whose place in `keep` is set. What KeepEdits makes is a world like any other, but need not make sense.
size_t CountEdits(const World& from, const World& to);
World KeepEdits(const World& from, const World& to, const std::vector<bool>& keep);

// A scenario of that world, an edit of control.good, with what the oracle demands in that mode of every policy, or of
// one only; where it is not sure, whatever is safe is allowed. `doubt` says why, per policy; empty where it is sure.
// Where only the reason is in doubt the demand stands.
struct Composed {
  Scenario scenario;
  std::map<Policy, std::string> doubt;
};
Composed ScenarioOf(const World& world, Modes mode, const std::string& id, const std::string& summary,
                    std::optional<Policy> only = std::nullopt);

}  // namespace lab

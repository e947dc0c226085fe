// Sets of scenarios that have a name: "set:core" (scenario.h), "set:tables" and "set:smoke".
#pragma once

#include <span>
#include <string_view>

#include "lab/scenario/scenario.h"

namespace lab {

// A dozen that tell kinds of clients apart: part of the core, and short enough to be asked of every client in CI.
std::span<const std::string_view> SmokeIds();

// Whether the set "core", "smoke" or "tables" has this scenario; no other set has any. "tables" is the smoke set and
// what it lacks for a question of every table in every mode: the least that a line of the published matrix stands on.
bool IsInSet(std::string_view set, const Scenario& scenario);

}  // namespace lab

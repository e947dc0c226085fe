// Sets of scenarios that have a name: "set:core" (scenario.h) and "set:smoke".
#pragma once

#include <span>
#include <string_view>

#include "lab/scenario/scenario.h"

namespace lab {

// A dozen that tell kinds of clients apart: part of the core, and short enough to be asked of every client in CI.
std::span<const std::string_view> SmokeIds();

// Whether the set "core" or "smoke" has this scenario; no other set has any.
bool IsInSet(std::string_view set, const Scenario& scenario);

}  // namespace lab

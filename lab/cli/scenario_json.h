// What machines are told about a scenario, wherever they are told it: `list --json` and the manifest of `certs`.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>

#include "lab/scenario/scenario.h"

namespace lab {

// {"submission": {"demand": "refuse", "must_reach": ..., "reason": "expired", "depth": 0, "also": []}, ...}. `reason`
// and `depth` are there only if there is something to refuse for.
nlohmann::ordered_json ExpectToJson(const std::map<Policy, Expectation>& expect);

}  // namespace lab

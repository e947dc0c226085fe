// From evidence to outcome. Pure: no I/O, no clock.
#pragma once

#include <string>
#include <string_view>

#include "lab/runner/client.h"
#include "lab/runner/observation.h"
#include "lab/scenario/outcome.h"
#include "lab/scenario/scenario.h"

namespace lab {

struct Judgement {
  Outcome outcome = Outcome::kError;
  std::string sentence;  // why, for a person; escaped
  std::string known;     // the declared reason, where a declaration decided
};

// Judges one run. For the built-in client the reason and depth must be the expected ones, not just "refused".
Judgement Judge(const Scenario& scenario, const Expectation& expectation, Policy policy, const Observation& observation,
                const ClientReport& report);

}  // namespace lab

// From evidence to outcome. Pure: no I/O, no clock.
#pragma once

#include <string>
#include <string_view>

#include "lab/runner/client.h"
#include "lab/runner/observation.h"
#include "lab/scenario/scenario.h"

namespace lab {

enum class Outcome : uint8_t {
  kPass,
  kAcceptBad,     // went on inside TLS with a server it had to refuse
  kRejectGood,    // refused a server it had to accept
  kLeak,          // sent something in clear, or before the decision, that it must not
  kLax,           // broke a SHOULD: EHLO to a server it then left
  kHang,
  kCrash,
  kNotReached,    // never met what the scenario is about: proves nothing
  kInconsistent,  // what it says and what the server saw differ
  kSkip,          // needs what the client or the wire does not have
  kXfail,         // a known weakness, declared with its reason
  kXpass,         // a declared weakness that is no longer there
  kError,         // the harness's own fault
};
std::string_view Name(Outcome outcome);    // "accept-bad", ...
std::string_view Symbol(Outcome outcome);  // one cell wide: ✓ ▲ ▽ ! ~ ⧖ ✗ ∅ ≠ - = + E

struct Judgement {
  Outcome outcome = Outcome::kError;
  std::string sentence;  // why, for a person; escaped
};

// Judges one run. For the built-in client the reason and depth must be the expected ones, not just "refused".
Judgement Judge(const Scenario& scenario, const Expectation& expectation, Policy policy, const Observation& observation, const ClientReport& report);

// Turns a judgement into xfail or xpass where the client is known to behave so.
Judgement ApplyKnown(const Judgement& judgement, const Scenario& scenario, const CommandSpec& client);

// Whether an outcome is "as expected" for the exit code: pass, xfail, skip.
bool AsExpected(Outcome outcome);

}  // namespace lab

// What one run of one client through one scenario came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lab {

enum class Outcome : uint8_t {
  kPass,
  kAcceptBad,   // went on inside TLS with a server it had to refuse
  kRejectGood,  // refused a server it had to accept
  kLeak,        // sent something in clear, or before the decision, that it must not
  kLax,         // broke a SHOULD: EHLO to a server it then left
  kHang,
  kCrash,
  kNotReached,    // never met what the scenario is about: proves nothing
  kInconsistent,  // what it says and what the server saw differ
  kSkip,          // needs what the client or the wire does not have
  kXfail,         // a known weakness, declared with its reason
  kXpass,         // a declared weakness that is no longer there
  kError,         // the harness's own fault
};
std::string_view Name(Outcome outcome);  // stable: "accept-bad", ...
std::string_view Symbol(
    Outcome outcome);  // one column wide, different for each outcome, so that colour is never needed
std::optional<Outcome> OutcomeByName(std::string_view name);
std::vector<Outcome> AllOutcomes();

// Whether an outcome is "as expected" for the exit code: pass, xfail, skip.
bool AsExpected(Outcome outcome);

}  // namespace lab

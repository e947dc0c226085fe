// What a campaign consists of, before anything runs: which client meets which scenario, in which mode, on which wire,
// in which order, and what cannot be run and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/runner/run.h"
#include "lab/runner/sandbox.h"

namespace lab {

// One run to be.
struct PlannedRun {
  const Scenario* scenario = nullptr;
  std::string sanity;                      // "first", "last" or empty
  std::optional<std::string> skip_reason;  // why it cannot be run; it is reported all the same
};

// The runs of one client in one mode, bracketed by the sanity cases: a good server that must be accepted, and a
// self-signed one that must be decided.
struct PlannedGroup {
  const CommandSpec* command = nullptr;  // null: the built-in client
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  Policy policy = Policy::kSubmission;
  Wire wire = Wire::kMemory;
  std::vector<PlannedRun> first, body, last;

  std::string client() const;
};

// A scenario that the client's policy says nothing about is left out. A mode that the client lacks is left out where
// another mode is run, and reported as skipped where there is none. Borrows `options`.
std::vector<PlannedGroup> MakePlan(const RunOptions& options, SandboxKind sandbox);

// The scenarios of the bracket.
inline constexpr std::string_view kSanityGood = "control.good", kSanityBad = "chain.self-signed";

// The command line that reruns just this.
std::string ReproLine(const RunOptions& options, const PlannedGroup& group, const Scenario& scenario);

}  // namespace lab

// The runs of one client in one mode: its bracket of sanity cases, and what lies between.
#pragma once

#include <functional>
#include <semaphore>

#include "lab/runner/meet.h"
#include "lab/runner/plan.h"
#include "lab/runner/run.h"

namespace lab {

// How many programs may run at a time, of all groups together.
constexpr int kMostAtATime = 64;
using Slots = std::counting_semaphore<kMostAtATime>;

// More than there are processors: a program that waits leaves one free.
int CommandsAtATime(const RunOptions& options);

// Whether a bracketing run shows that client and lab understand each other. A client that accepts everything, or that
// delivers in clear, is no client one would want, but its answers are answers; and what is declared of it is
// understood.
bool SanityHolds(const RunRecord& record);

// Runs a group, several runs at a time; `publish` gets its records in the plan's order, on this thread. Says
// `on_handed_out` when all that is left is under way. False if it was interrupted: what had been done is published.
bool RunGroup(const Lab& lab, const PlannedGroup& group, Slots& slots, const std::function<void(RunRecord&&)>& publish,
              const std::function<void()>& on_handed_out);

}  // namespace lab

// The one place that reads a clock. On the memory wire nobody does.
#pragma once

#include <chrono>
#include <cstdint>

namespace lab {

// The real time, in seconds since the epoch (POSIX: leap seconds are not counted).
int64_t UnixNow();

// Time since an arbitrary fixed point that never jumps: for durations and time limits.
std::chrono::microseconds SteadyNow();

}  // namespace lab

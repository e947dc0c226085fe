// The one clock that benchmarks go by: processor time of the calling thread. What else the machine does then moves the
// figures only through the caches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace bench {

inline constexpr char kClockName[] = "CLOCK_THREAD_CPUTIME_ID";

inline int64_t NanosecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Nanoseconds.
inline int64_t ThreadCpu() { return NanosecondsOf(CLOCK_THREAD_CPUTIME_ID); }
inline int64_t ProcessCpu() { return NanosecondsOf(CLOCK_PROCESS_CPUTIME_ID); }

// What reading the thread's clock costs by itself, nanoseconds: the least of many. It is a system call, and a quick
// thing would be half of it.
inline int64_t ClockCost() {
  static const int64_t cost = [] {
    int64_t least = INT64_MAX;
    for (int i = 0; i < 10'000; ++i) {
      const int64_t began = ThreadCpu();
      least = std::min(least, ThreadCpu() - began);
    }
    return least;
  }();
  return cost;
}

// What has been used since `began`, without what asking costs.
inline int64_t SpentSince(int64_t began) { return std::max<int64_t>(0, ThreadCpu() - began - ClockCost()); }

}  // namespace bench

// What a benchmark's body measures itself by, beside the harness's own mean: every iteration's time, both ends apart,
// octets and allocations.
#pragma once

#include <cstdint>
#include <optional>

#include "bench/allocations.h"
#include "bench/clocks.h"
#include "bench/histogram.h"

namespace bench {

class Probe {
 public:
  // Calls `body` and notes what it took. For things that take less than some microseconds, `body` does `calls` of them
  // at once: reading the clock takes half of one.
  template <typename Body>
  void Time(Body&& body, int64_t calls = 1) {
    const uint64_t allocations = Allocations();
    const int64_t began = ThreadCpu();
    body();
    const int64_t took = SpentSince(began);
    times_.Add(took / calls);
    allocations_ += Allocations() - allocations;
    calls_ += calls;
    nanoseconds_ += took;
  }

  // Of what is being timed: the parts of the two ends, and what went over the wire.
  void AddClient(int64_t nanoseconds) { client_ += nanoseconds; }
  void AddServer(int64_t nanoseconds) { server_ += nanoseconds; }
  void AddOctets(uint64_t octets) { octets_ += octets; }
  // For what happens elsewhere than on this thread: so many calls, each of which has cost so much.
  void NoteCost(int64_t calls, double nanoseconds_each) {
    calls_ += calls;
    nanoseconds_ += static_cast<int64_t>(nanoseconds_each * static_cast<double>(calls));
  }
  void NoteTime(int64_t nanoseconds) { times_.Add(nanoseconds); }

  const Histogram& times() const { return times_; }
  int64_t calls() const { return calls_; }
  double cost() const { return PerCall(static_cast<double>(nanoseconds_)); }  // nanoseconds a call
  double client() const { return PerCall(static_cast<double>(client_)); }     // 0: not told apart
  double server() const { return PerCall(static_cast<double>(server_)); }
  double octets() const { return PerCall(static_cast<double>(octets_)); }
  double allocations() const { return PerCall(static_cast<double>(allocations_)); }

 private:
  double PerCall(double sum) const { return calls_ == 0 ? 0 : sum / static_cast<double>(calls_); }

  Histogram times_;
  int64_t calls_ = 0, nanoseconds_ = 0, client_ = 0, server_ = 0;
  uint64_t octets_ = 0, allocations_ = 0;
};

}  // namespace bench

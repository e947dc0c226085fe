#include "fakeserver/paced_stream.h"

#include <algorithm>

namespace fakeserver {

// A fixed sequence, so that a run can be repeated; a linear congruence is random enough for waiting.
Micros Pacer::Latency() {
  if (pace_.jitter <= Micros{0}) {
    return pace_.latency;
  }
  jitter_ = jitter_ * 1664525U + 1013904223U;
  return pace_.latency + Micros((jitter_ >> 8) % static_cast<uint64_t>(pace_.jitter.count() + 1));
}

size_t Pacer::Allow(size_t wanted, Micros now) {
  if (pace_ == Pace{}) {
    return wanted;
  }
  if (idle_) {
    idle_ = false;
    ready_ = std::max(ready_.value_or(now), now + Latency());
  }
  if (ready_ && now < *ready_) {
    return 0;
  }
  return pace_.slice > 0 ? std::min(wanted, static_cast<size_t>(pace_.slice)) : wanted;
}

void Pacer::Moved(Micros now, bool whole) {
  if (pace_ == Pace{}) {
    return;
  }
  idle_ = whole;
  ready_ = pace_.gap > Micros{0} ? std::optional(now + pace_.gap) : std::nullopt;
}

void PacedStream::Tick(Micros now) {
  now_ = now;
  inner_.Tick(now);
}

IoResult PacedStream::Write(ByteView from) {
  const size_t allowed = to_peer_.Allow(from.size(), now_);
  if (allowed == 0 && !from.empty()) {
    return {.status = IoStatus::kWouldBlock};
  }
  const IoResult result = inner_.Write(from.first(allowed));
  if (result.status == IoStatus::kOk) {
    to_peer_.Moved(now_, result.count == from.size());
  }
  return result;
}

// What is to be read is not known beforehand: a wait begins when something has been read.
IoResult PacedStream::Read(std::span<uint8_t> into) {
  const size_t allowed = from_peer_.Allow(into.size(), now_);
  if (allowed == 0 && !into.empty()) {
    return {.status = IoStatus::kWouldBlock};
  }
  const IoResult result = inner_.Read(into.first(allowed));
  if (result.status == IoStatus::kOk) {
    from_peer_.Moved(now_, true);
  }
  return result;
}

// Only what is still to come: a deadline that has passed means that there was nothing to move.
std::optional<Micros> PacedStream::NextDeadline() const {
  std::optional<Micros> next = inner_.NextDeadline();
  for (const std::optional<Micros>& ready : {to_peer_.next(), from_peer_.next()}) {
    if (ready && *ready > now_) {
      next = next ? std::min(*next, *ready) : *ready;
    }
  }
  return next;
}

}  // namespace fakeserver

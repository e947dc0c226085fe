#include "fakeserver/paced_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace fakeserver {
namespace {

using std::chrono::milliseconds;

// What moves at a time, written until nothing more moves: (when, how much).
using Moves = std::vector<std::pair<int64_t, size_t>>;

Moves WriteAll(const Pace& pace, size_t octets, int bursts = 1) {
  MemoryPipe pipe;
  PacedStream stream(pace, {}, pipe.server());
  Moves moves;
  Micros now{0};
  for (int burst = 0; burst < bursts; ++burst) {
    for (size_t left = octets; left > 0;) {
      stream.Tick(now);
      const IoResult result = stream.Write(Bytes(left, 'x'));
      if (result.status == IoStatus::kOk) {
        moves.emplace_back(now.count(), result.count);
        left -= result.count;
      } else {
        now = stream.NextDeadline().value();
      }
    }
  }
  return moves;
}

TEST(PacedStream, WithoutAPacePassesOn) { EXPECT_EQ(WriteAll({}, 1000), (Moves{{0, 1000}})); }

TEST(PacedStream, IsLateOnceForEachBurst) {
  EXPECT_EQ(WriteAll({.latency = milliseconds(5)}, 1000, 2), (Moves{{5000, 1000}, {10000, 1000}}));
}

TEST(PacedStream, SlicesWithoutWaiting) { EXPECT_EQ(WriteAll({.slice = 4}, 10), (Moves{{0, 4}, {0, 4}, {0, 2}})); }

TEST(PacedStream, LeavesAGapBetweenSlicesAndBursts) {
  EXPECT_EQ(WriteAll({.slice = 4, .gap = Micros(7)}, 6, 2), (Moves{{0, 4}, {7, 2}, {14, 4}, {21, 2}}));
}

TEST(PacedStream, JittersWithinItsBoundAndNeverAtRandom) {
  const Pace pace{.latency = Micros(100), .jitter = Micros(50)};
  const Moves moves = WriteAll(pace, 1, 50);
  std::set<int64_t> waits;
  int64_t before = 0;
  for (const auto& [at, count] : moves) {
    waits.insert(at - before);
    before = at;
  }
  EXPECT_GE(*waits.begin(), 100);
  EXPECT_LE(*waits.rbegin(), 150);
  EXPECT_GT(waits.size(), 10u);
  EXPECT_EQ(WriteAll(pace, 1, 50), moves);
}

TEST(PacedStream, ReadsInSlicesWithGaps) {
  MemoryPipe pipe;
  PacedStream stream({}, {.slice = 2, .gap = Micros(10)}, pipe.server());
  pipe.client().Write(Bytes(3, 'x'));
  Bytes buffer(100);
  stream.Tick(Micros(0));
  EXPECT_EQ(stream.Read(buffer).count, 2u);
  EXPECT_EQ(stream.Read(buffer).status, IoStatus::kWouldBlock);
  EXPECT_EQ(stream.NextDeadline(), Micros(10));
  stream.Tick(Micros(10));
  EXPECT_EQ(stream.Read(buffer).count, 1u);
  stream.Tick(Micros(20));
  EXPECT_EQ(stream.Read(buffer).status, IoStatus::kWouldBlock);
  EXPECT_EQ(stream.NextDeadline(), std::nullopt) << "there is nothing to wait for but the peer";
}

TEST(PacedStream, PassesOnTheEnd) {
  MemoryPipe pipe;
  PacedStream stream({}, {.latency = Micros(5)}, pipe.server());
  pipe.client().Close(CloseKind::kFin);
  Bytes buffer(10);
  stream.Tick(Micros(0));
  EXPECT_EQ(stream.Read(buffer).status, IoStatus::kWouldBlock);
  stream.Tick(Micros(5));
  EXPECT_EQ(stream.Read(buffer).status, IoStatus::kEof);
}

}  // namespace
}  // namespace fakeserver

// A stream that is slow on purpose: latency, jitter, slices and gaps (scripts.h, Pace), each direction for itself.
#pragma once

#include "fakeserver/byte_stream.h"
#include "fakeserver/scripts.h"

namespace fakeserver {

// When the next slice of one direction may move.
class Pacer {
 public:
  explicit Pacer(const Pace& pace) : pace_(pace) {}

  // How many of `wanted` octets may move at `now`; 0: none yet, see next().
  size_t Allow(size_t wanted, Micros now);
  // So many octets have moved; `whole`: it was all there was.
  void Moved(Micros now, bool whole);
  std::optional<Micros> next() const { return ready_; }

 private:
  Micros Latency();

  const Pace pace_;
  std::optional<Micros> ready_;  // nothing: the next octet begins a burst of its own
  bool idle_ = true;
  uint32_t jitter_ = 0x6a17;  // state of the sequence
};

// Borrows `inner`. With a Pace that says nothing it only passes on.
class PacedStream : public ByteStream {
 public:
  PacedStream(const Pace& to_peer, const Pace& from_peer, ByteStream& inner)
      : to_peer_(to_peer), from_peer_(from_peer), inner_(inner) {}

  IoResult Read(std::span<uint8_t> into) override;
  IoResult Write(ByteView from) override;
  void Close(CloseKind kind) override { inner_.Close(kind); }
  void Tick(Micros now) override;
  std::optional<Micros> NextDeadline() const override;

 private:
  Pacer to_peer_, from_peer_;
  ByteStream& inner_;
  Micros now_{0};
};

}  // namespace fakeserver

// The seam between protocol and transport: non-blocking bytes. A memory pipe, a socket and every transport fault
// implement it, so one connection runs unchanged over each.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

// Time since the start of the run, on whatever clock drives it (virtual on the memory wire).
using Micros = std::chrono::microseconds;

enum class IoStatus : uint8_t {
  kOk,          // `count` bytes moved, at least one
  kWouldBlock,  // nothing now; try again later
  kEof,         // the peer closed its sending side
  kReset,       // the connection is gone
};

struct IoResult {
  IoStatus status = IoStatus::kWouldBlock;
  size_t count = 0;
};

enum class CloseKind : uint8_t {
  kFin,    // orderly, both directions
  kHalf,   // only our sending side
  kReset,  // abort: RST on a socket
};
std::string_view Name(CloseKind kind);

// One end of a connection. Not thread-safe; everything returns at once.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  virtual IoResult Read(std::span<uint8_t> into) = 0;
  virtual IoResult Write(ByteView from) = 0;
  virtual void Close(CloseKind kind) = 0;

  // For streams that hold bytes back in time: says what time it is, and asks when the next byte may move.
  virtual void Tick(Micros) {}
  virtual std::optional<Micros> NextDeadline() const { return std::nullopt; }
};

// Two ends of an in-memory connection with that many octets of room in each direction.
class MemoryPipe {
 public:
  static constexpr size_t kRoom = 64 * 1024;
  explicit MemoryPipe(size_t to_client = kRoom, size_t to_server = kRoom);
  ~MemoryPipe();
  ByteStream& client();
  ByteStream& server();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fakeserver

#include <algorithm>
#include <deque>

#include "fakeserver/byte_stream.h"

namespace fakeserver {
namespace pipe {  // not anonymous: State, which the header names, has members of these types

// One direction: a ring that grows on demand to its capacity, and the lengths of the writes in it. A read never crosses
// a write, as if each had travelled in a segment of its own: otherwise "in the same segment" and "in the next one"
// would be the same thing in memory.
class Direction {
 public:
  explicit Direction(size_t capacity) : capacity_(capacity) {}

  size_t Push(ByteView from) {
    const size_t count = std::min(from.size(), capacity_ - used_);
    if (count == 0) {
      return 0;
    }
    Reserve(used_ + count);
    const size_t tail = (head_ + used_) % ring_.size();
    const size_t first = std::min(count, ring_.size() - tail);
    std::ranges::copy(from.first(first), ring_.begin() + static_cast<std::ptrdiff_t>(tail));
    std::ranges::copy(from.subspan(first, count - first), ring_.begin());
    used_ += count;
    if (segments_.size() < kMaxSegments) {
      segments_.push_back(count);
    } else {
      segments_.back() += count;
    }
    return count;
  }

  size_t Pop(std::span<uint8_t> into) {
    if (used_ == 0) {
      return 0;
    }
    const size_t count = std::min(into.size(), segments_.front());
    const size_t first = std::min(count, ring_.size() - head_);
    const auto head = ring_.begin() + static_cast<std::ptrdiff_t>(head_);
    std::copy_n(head, first, into.begin());
    std::copy_n(ring_.begin(), count - first, into.begin() + static_cast<std::ptrdiff_t>(first));
    head_ = (head_ + count) % ring_.size();
    used_ -= count;
    segments_.front() -= count;
    if (segments_.front() == 0) {
      segments_.pop_front();
    }
    return count;
  }

  bool empty() const { return used_ == 0; }

 private:
  static constexpr size_t kMaxSegments = 1024;
  static constexpr size_t kFirstSize = 4096;

  // Grows the ring to at least `size`, moving what is in it to the front.
  void Reserve(size_t size) {
    if (size <= ring_.size()) {
      return;
    }
    std::vector<uint8_t> larger(std::min(capacity_, std::max({size, 2 * ring_.size(), kFirstSize})));
    for (size_t i = 0; i < used_; ++i) {
      larger[i] = ring_[(head_ + i) % ring_.size()];
    }
    ring_ = std::move(larger);
    head_ = 0;
  }

  const size_t capacity_;
  std::vector<uint8_t> ring_;
  size_t head_ = 0, used_ = 0;
  std::deque<size_t> segments_;
};

struct Side {
  bool sends = true;     // has not closed its sending side
  bool receives = true;  // has not closed altogether
};

}  // namespace pipe

struct MemoryPipe::State {
  class End : public ByteStream {
   public:
    End(State& state, pipe::Side& mine, pipe::Side& theirs, pipe::Direction& in, pipe::Direction& out)
        : state_(state), mine_(mine), theirs_(theirs), in_(in), out_(out) {}

    IoResult Read(std::span<uint8_t> into) override {
      if (!mine_.receives) {
        return {state_.reset ? IoStatus::kReset : IoStatus::kEof};
      }
      // What arrived before a reset or an end is still there to be read, as on Linux sockets.
      if (const size_t count = in_.Pop(into); count > 0) {
        return {IoStatus::kOk, count};
      }
      if (state_.reset) {
        return {IoStatus::kReset};
      }
      return {theirs_.sends || !in_.empty() ? IoStatus::kWouldBlock : IoStatus::kEof};
    }

    IoResult Write(ByteView from) override {
      if (state_.reset || !mine_.sends || !theirs_.receives) {
        return {IoStatus::kReset};
      }
      const size_t count = out_.Push(from);
      return {count > 0 ? IoStatus::kOk : IoStatus::kWouldBlock, count};
    }

    void Close(CloseKind kind) override {
      mine_.sends = false;
      mine_.receives = mine_.receives && kind == CloseKind::kHalf;
      state_.reset = state_.reset || kind == CloseKind::kReset;
    }

   private:
    State& state_;
    pipe::Side &mine_, &theirs_;
    pipe::Direction &in_, &out_;
  };

  State(size_t room_to_client, size_t room_to_server) : to_server(room_to_server), to_client(room_to_client) {}

  pipe::Direction to_server, to_client;
  pipe::Side client_side, server_side;
  bool reset = false;
  End client{*this, client_side, server_side, to_client, to_server};
  End server{*this, server_side, client_side, to_server, to_client};
};

MemoryPipe::MemoryPipe(size_t to_client, size_t to_server) : state_(std::make_unique<State>(to_client, to_server)) {}
MemoryPipe::~MemoryPipe() = default;
ByteStream& MemoryPipe::client() { return state_->client; }
ByteStream& MemoryPipe::server() { return state_->server; }

}  // namespace fakeserver

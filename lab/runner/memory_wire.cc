#include "lab/runner/memory_wire.h"

#include <algorithm>
#include <array>
#include <optional>

#include "fakeserver/byte_stream.h"

namespace lab {
namespace {

using fakeserver::ByteStream;
using fakeserver::CloseKind;
using fakeserver::IoStatus;
using fakeserver::Micros;

std::optional<Micros> Earlier(std::optional<Micros> a, std::optional<Micros> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

// The client's end of the pipe: what a socket and its owner do for a program.
class ClientEnd {
 public:
  ClientEnd(verifier::Endpoint& client, ByteStream& stream) : client_(client), stream_(stream) {}

  // One turn; true if anything happened.
  bool Turn(Micros now) {
    stream_.Tick(now);
    bool progress = Read();
    if (!client_.Done()) {
      progress |= client_.Advance(now);
    }
    progress |= Write();
    if (client_.Done() && unsent_.empty() && !closed_) {
      stream_.Close(CloseKind::kFin);
      closed_ = progress = true;
    }
    return progress;
  }

  bool closed() const { return closed_; }
  std::optional<Micros> NextDeadline() const {
    return closed_ ? std::nullopt : Earlier(client_.NextDeadline(), stream_.NextDeadline());
  }

 private:
  bool Read() {
    bool progress = false;
    while (!peer_gone_ && !client_.Done()) {
      const fakeserver::IoResult result = stream_.Read(buffer_);
      if (result.status == IoStatus::kWouldBlock) {
        break;
      }
      progress = true;
      if (result.status == IoStatus::kOk) {
        client_.Receive(certs::ByteView(buffer_).first(result.count));
      } else {
        client_.ReceiveEof(result.status == IoStatus::kReset);
        peer_gone_ = true;
      }
    }
    return progress;
  }

  bool Write() {
    if (unsent_.empty()) {
      unsent_ = client_.TakeOutput();
      sent_ = 0;
    }
    bool progress = false;
    while (sent_ < unsent_.size()) {
      const fakeserver::IoResult result = stream_.Write(certs::ByteView(unsent_).subspan(sent_));
      if (result.status == IoStatus::kWouldBlock) {
        return progress;
      }
      progress = true;
      if (result.status != IoStatus::kOk) {
        break;  // nobody will read it; reading tells the client why
      }
      sent_ += result.count;
    }
    unsent_.clear();
    return progress;
  }

  verifier::Endpoint& client_;
  ByteStream& stream_;
  std::array<uint8_t, 4096> buffer_;
  certs::Bytes unsent_;
  size_t sent_ = 0;
  bool peer_gone_ = false, closed_ = false;
};

}  // namespace

MemoryRun RunOnMemoryWire(verifier::Endpoint& client, std::shared_ptr<const fakeserver::Behaviour> behaviour,
                          const fakeserver::ListenScript& listen, int step_limit) {
  if (listen.door != fakeserver::Door::kOpen) {
    return {};
  }
  const size_t room = fakeserver::MemoryPipe::kRoom;
  fakeserver::MemoryPipe pipe(room, listen.window > 0 ? static_cast<size_t>(listen.window) : room);
  fakeserver::Connection connection(std::move(behaviour), pipe.server());
  ClientEnd end(client, pipe.client());
  MemoryRun run;
  Micros now{0};
  for (; run.steps < step_limit; ++run.steps) {
    bool progress = end.Turn(now);
    progress |= !connection.Done() && connection.Advance(now);
    if (end.closed() && connection.Done()) {
      break;
    }
    if (progress) {
      continue;
    }
    const std::optional<Micros> next =
        Earlier(end.NextDeadline(), connection.Done() ? std::nullopt : connection.NextDeadline());
    if (!next) {
      // A server that stays silent after the client has gone is none of the client's doing.
      run.end = end.closed() ? WireEnd::kDone : WireEnd::kStalled;
      break;
    }
    // A deadline that has passed without anything happening would stand still for ever.
    now = std::max(*next, now + Micros(1));
  }
  if (run.steps >= step_limit) {
    run.end = WireEnd::kStepLimit;
  }
  run.elapsed = now;
  run.transcript = connection.TakeTranscript();
  return run;
}

}  // namespace lab

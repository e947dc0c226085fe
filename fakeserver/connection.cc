#include "fakeserver/connection.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "fakeserver/connection_impl.h"

namespace fakeserver {
namespace {

constexpr int kMaxSteps = 64;              // of one Advance
constexpr size_t kReadSize = 16 * 1024;    // of one step
constexpr size_t kMaxOutput = 256 * 1024;  // waiting to be written; beyond it nothing is read
constexpr size_t kMaxWaiting = 1024;       // effects behind a hold; likewise

}  // namespace

certs::Result<void> Prepare(const Behaviour& behaviour) {
  if (const auto context = behaviour.tls_context.Get(behaviour.tls, behaviour.identity); !context) {
    return std::unexpected(context.error());
  }
  return {};
}

// --------------------------------------------------------------------------------------------- turning

bool Connection::Impl::Advance(Micros now) {
  now_ = now;
  if (done_) {
    return false;
  }
  stream_.Tick(now);
  bool anything = !started_;
  if (!std::exchange(started_, true)) {
    Begin();
  }
  for (int step = 0; step < kMaxSteps && !done_; ++step) {
    // Each may end the connection; none does anything then.
    bool moved = EndHold();
    moved = EndCutWait() || moved;
    moved = CutInTime() || moved;
    moved = AdvanceTls() || moved;
    moved = Flush() || moved;
    moved = ReadStream() || moved;
    moved = Conclude() || moved;
    anything = anything || moved;
    if (!moved) {
      break;
    }
  }
  return anything;
}

std::optional<Micros> Connection::Impl::NextDeadline() const {
  std::optional<Micros> next;
  if (!done_) {
    for (const auto& deadline : {hold_until_, linger_until_, cut_due_, cut_time_, stream_.NextDeadline()}) {
      next = next && deadline ? std::min(*next, *deadline) : deadline ? deadline : next;
    }
  }
  return next;
}

void Connection::Impl::Abort(Micros now, const std::string& why) {
  now_ = now;
  if (!done_) {
    Record({.kind = EventKind::kNote, .text = why});
    Record({.kind = EventKind::kClosed, .text = why});
    Finish(CloseKind::kFin);
  }
}

void Connection::Impl::Begin() {
  Record({.kind = EventKind::kConnected, .incoming = true});
  if (behaviour_->link.cut != CutKind::kNone && behaviour_->link.cut_time > Micros{0}) {
    cut_time_ = now_ + behaviour_->link.cut_time;
  }
  Announce(Stage::kConnected);
  if (silent_) {
    return;
  }
  if (TlsComesFirst()) {
    StartTls();
  } else {
    Take(session_.Start());
  }
}

bool Connection::Impl::EndHold() {
  if (!hold_until_ || now_ < *hold_until_) {
    return false;
  }
  hold_until_.reset();
  while (!waiting_.empty() && !hold_until_) {
    Effect effect = std::move(waiting_.front());
    waiting_.pop_front();
    Do(effect);
  }
  return true;
}

bool Connection::Impl::AdvanceTls() {
  if (!tls_ || done_) {
    return false;
  }
  const bool moved = tls_->Advance();
  CollectTlsOutput();
  if (tls_->established() && !std::exchange(tls_announced_, true)) {
    AnnounceTls();
  }
  if (const Bytes plaintext = tls_->TakePlaintext(); !plaintext.empty()) {
    Take(session_.OnBytes(plaintext));
  }
  const auto state = tls_->state();
  const bool ended = state == TlsServer::State::kFailed || state == TlsServer::State::kPeerFinished;
  if (ended && !std::exchange(tls_ended_, true)) {
    OnTlsEnded();
  }
  return moved;
}

bool Connection::Impl::Flush() {
  bool moved = false;
  while (!output_.empty() && !done_) {
    Segment& segment = output_.front();
    if (segment.sent < segment.bytes.size()) {
      ByteView rest = ByteView(segment.bytes).subspan(segment.sent);
      rest = rest.first(std::min(rest.size(), cut_in_.value_or(rest.size())));
      const IoResult result = stream_.Write(rest);
      if (result.status == IoStatus::kWouldBlock) {
        return moved;
      }
      moved = true;
      if (result.status != IoStatus::kOk) {
        // What the peer sent before it went is still worth reading.
        write_dead_ = silent_ = true;
        DropOutput();
        return true;
      }
      segment.sent += result.count;
      output_size_ -= result.count;
      transcript_.bytes_out += result.count;
      if (cut_in_ && (*cut_in_ -= result.count) == 0) {
        Cut(behaviour_->link.cut, Name(behaviour_->link.cut_at));
        return true;
      }
      if (segment.sent < segment.bytes.size()) {
        continue;
      }
    }
    const Segment done = std::move(segment);
    output_.pop_front();
    for (const Event& fact : done.facts) {
      Record(fact);
    }
    for (Stage stage : done.stages) {
      Announce(stage);
    }
    if (done.cut != CutKind::kNone && !silent_ && !done_) {
      Cut(done.cut, "the script's edit of the flight");
    }
    moved = true;
  }
  return moved;
}

bool Connection::Impl::ReadStream() {
  if (done_ || peer_eof_ || output_size_ > kMaxOutput || waiting_.size() > kMaxWaiting) {
    return false;
  }
  std::array<uint8_t, kReadSize> buffer;
  const IoResult result = stream_.Read(std::span(buffer).first(std::min(kReadSize, cut_in_read_.value_or(kReadSize))));
  if (result.status == IoStatus::kWouldBlock) {
    return false;
  }
  if (result.status != IoStatus::kOk) {
    OnPeerGone(result.status);
    return true;
  }
  const bool counted = cut_in_read_.has_value();
  transcript_.bytes_in += result.count;
  lingered_bytes_ += linger_until_ ? result.count : 0;
  const ByteView bytes = ByteView(buffer).first(result.count);
  if (tls_) {
    tls_->Feed(bytes);
  } else {
    Take(session_.OnBytes(bytes));
  }
  if (counted && cut_in_read_ && !done_ && (*cut_in_read_ -= std::min(*cut_in_read_, result.count)) == 0) {
    AdvanceTls();  // what they say is evidence
    Cut(behaviour_->link.cut, Name(behaviour_->link.cut_at));
  }
  return true;
}

void Connection::Impl::OnPeerGone(IoStatus status) {
  peer_eof_ = true;
  Record({.kind = status == IoStatus::kEof ? EventKind::kPeerClosed : EventKind::kPeerReset, .incoming = true});
  if (tls_) {
    tls_->FeedEof();
    AdvanceTls();
  }
  if (!tls_ended_) {
    Take(session_.OnEof());
  }
  if (status == IoStatus::kReset) {
    Finish(CloseKind::kFin);
  }
}

bool Connection::Impl::Conclude() {
  if (done_) {
    return false;
  }
  if (linger_until_) {
    if (!peer_eof_ && now_ < *linger_until_ && lingered_bytes_ <= kLingerBytes) {
      return false;
    }
    Finish(CloseKind::kFin);
    return true;
  }
  const bool nothing_left = output_.empty() && waiting_.empty();
  // A silent server does not even close; it waits for the peer to.
  if (!nothing_left || !(peer_eof_ || (closing_ && !silent_))) {
    return false;
  }
  if (tls_ && !silent_) {
    tls_->Shutdown();
    CollectTlsOutput();
    if (!output_.empty()) {
      return true;
    }
  }
  if (peer_eof_) {
    Finish(CloseKind::kFin);
  } else {
    CloseSending({});
  }
  return true;
}

// ---------------------------------------------------------------------------------------- faults, ends

void Connection::Impl::Announce(Stage stage) {
  const LinkScript& link = behaviour_->link;
  if (link.cut != CutKind::kNone && link.cut_time == Micros{0} && link.cut_at == stage && !silent_ && !done_) {
    if (link.cut_after > 0) {
      cut_in_ = static_cast<size_t>(link.cut_after);
    } else if (link.cut_after_received > 0) {
      cut_in_read_ = static_cast<size_t>(link.cut_after_received);
    } else {
      Cut(link.cut, Name(stage));
    }
  }
}

void Connection::Impl::Cut(CutKind kind, std::string_view where) {
  cut_in_.reset();
  cut_in_read_.reset();
  cut_time_.reset();
  Record({.kind = EventKind::kFault, .text = std::string(Name(kind)) + " at " + std::string(where)});
  silent_ = true;
  DropOutput();
  if (behaviour_->link.cut_wait > Micros{0} && kind == behaviour_->link.cut) {
    cut_due_ = now_ + behaviour_->link.cut_wait;
  } else {
    CutNow(kind);
  }
}

bool Connection::Impl::EndCutWait() {
  if (!cut_due_ || now_ < *cut_due_ || done_) {
    return false;
  }
  cut_due_.reset();
  CutNow(behaviour_->link.cut);
  return true;
}

bool Connection::Impl::CutInTime() {
  if (!cut_time_ || now_ < *cut_time_ || done_) {
    return false;
  }
  Cut(behaviour_->link.cut, "its time");
  return true;
}

void Connection::Impl::CutNow(CutKind kind) {
  if (kind == CutKind::kClose) {
    CloseSending("cut");
  } else if (kind == CutKind::kReset) {
    Record({.kind = EventKind::kClosed, .text = "reset"});
    Finish(CloseKind::kReset);
  }
}

void Connection::Impl::CloseSending(std::string why) {
  Record({.kind = EventKind::kClosed, .text = std::move(why)});
  silent_ = true;
  if (peer_eof_ || write_dead_) {
    Finish(CloseKind::kFin);
  } else {
    stream_.Close(CloseKind::kHalf);
    linger_until_ = now_ + kLinger;
  }
}

void Connection::Impl::Finish(CloseKind kind) {
  stream_.Close(kind);
  done_ = true;
  DropOutput();
}

void Connection::Impl::DropOutput() {
  output_.clear();
  output_size_ = 0;
  facts_of_next_send_.clear();
  waiting_.clear();
  hold_until_.reset();
}

void Connection::Impl::Record(Event event) {
  event.at = now_;
  event.in_tls = event.in_tls || InTls();
  if (listener_) {
    listener_(event);
  }
  transcript_.Add(std::move(event));
}

// -------------------------------------------------------------------------------------------- surface

Connection::Connection(std::shared_ptr<const Behaviour> behaviour, ByteStream& stream)
    : impl_(std::make_unique<Impl>(std::move(behaviour), stream)) {}
Connection::~Connection() = default;

bool Connection::Advance(Micros now) { return impl_->Advance(now); }
std::optional<Micros> Connection::NextDeadline() const { return impl_->NextDeadline(); }
void Connection::Abort(Micros now, const std::string& why) { impl_->Abort(now, why); }
bool Connection::Done() const { return impl_->done_; }
const Transcript& Connection::transcript() const { return impl_->transcript_; }
Transcript Connection::TakeTranscript() { return std::move(impl_->transcript_); }
void Connection::OnEvent(std::function<void(const Event&)> listener) { impl_->listener_ = std::move(listener); }

}  // namespace fakeserver

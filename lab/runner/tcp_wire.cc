#include "lab/runner/tcp_wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "lab/runner/clock.h"

namespace lab {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A non-blocking socket and the client that owns it.
class Driver {
 public:
  Driver(verifier::Endpoint& client, Socket socket, milliseconds limit, const std::atomic<bool>& stop)
      : client_(client), deadline_(SteadyNow() + limit), stop_(stop), owner_(std::move(socket)) {}
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  TcpRun Do() {
    run_.connected = true;
    const microseconds start = SteadyNow();
    while (!client_.Done() || HasOutput()) {
      if (SteadyNow() >= deadline_ || stop_) {
        run_.stopped = stop_;
        run_.timed_out = !run_.stopped;
        return run_;
      }
      bool progress = !client_.Done() && client_.Advance(SteadyNow() - start);
      progress |= Write();
      progress |= Read();
      if (!progress) {
        Wait(start);
      }
    }
    Leave();
    return run_;
  }

 private:
  bool HasOutput() const { return sent_ < unsent_.size(); }

  bool Write() {
    if (!HasOutput()) {
      unsent_ = client_.TakeOutput();
      sent_ = 0;
    }
    bool progress = false;
    while (HasOutput()) {
      const ssize_t count = send(socket_, unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return progress;
      }
      progress = true;
      if (count < 0) {
        unsent_.clear();  // nobody will read it; reading tells the client why
        sent_ = 0;
        return progress;
      }
      sent_ += static_cast<size_t>(count);
    }
    return progress;
  }

  bool Read() {
    if (peer_gone_ || client_.Done()) {
      return false;
    }
    const ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      return false;
    }
    if (count > 0) {
      client_.Receive(certs::ByteView(buffer_).first(static_cast<size_t>(count)));
    } else {
      peer_gone_ = true;
      client_.ReceiveEof(count < 0);
    }
    return true;
  }

  void Wait(microseconds start) {
    constexpr milliseconds kStopInterval{100};
    const microseconds now = SteadyNow();
    microseconds wait = std::min<microseconds>(deadline_ - now, kStopInterval);
    if (const auto next = client_.NextDeadline()) {
      wait = std::min(wait, start + *next - now);
    }
    // Rounded up: waking before a deadline would mean spinning until it has come.
    const auto whole = std::chrono::ceil<milliseconds>(std::max(wait, microseconds(0)));
    const int interest = (peer_gone_ ? 0 : POLLIN) | (HasOutput() ? POLLOUT : 0);
    pollfd watched{.fd = interest != 0 ? socket_ : -1, .events = static_cast<short>(interest)};
    poll(&watched, 1, static_cast<int>(whole.count()));
  }

  // Closing a socket with unread data resets the connection, and what the client said last may be lost with it.
  void Leave() {
    constexpr milliseconds kLinger{300};
    shutdown(socket_, SHUT_WR);
    const microseconds end = SteadyNow() + kLinger;
    while (!peer_gone_ && SteadyNow() < end) {
      pollfd watched{.fd = socket_, .events = POLLIN};
      const auto left = std::chrono::ceil<milliseconds>(end - SteadyNow());
      if (poll(&watched, 1, static_cast<int>(std::max(left, milliseconds(0)).count())) > 0) {
        const ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), 0);
        peer_gone_ = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
      }
    }
  }

  verifier::Endpoint& client_;
  const microseconds deadline_;
  const std::atomic<bool>& stop_;
  TcpRun run_;
  const Socket owner_;
  const int socket_ = owner_.get();
  std::array<uint8_t, 16 * 1024> buffer_;
  certs::Bytes unsent_;
  size_t sent_ = 0;
  bool peer_gone_ = false;
};

}  // namespace

verifier::Timeouts TcpTimeouts() {
  // Longer than any hold of a scenario, with room for a loaded machine.
  constexpr std::chrono::seconds kWait{4};
  return verifier::Timeouts::Uniform(kWait);
}

TcpRun RunOnSocket(verifier::Endpoint& client, Socket socket, milliseconds limit, const std::atomic<bool>& stop) {
  return Driver(client, std::move(socket), limit, stop).Do();
}

TcpRun RunOnTcpWire(verifier::Endpoint& client, uint16_t port, milliseconds limit, const std::atomic<bool>& stop) {
  auto dialled = Dial({.host = "127.0.0.1", .addresses = {"127.0.0.1"}, .port = port, .limit = limit}, stop);
  if (!dialled) {
    return {.error = dialled.error().detail};
  }
  return RunOnSocket(client, std::move(dialled->socket), limit, stop);
}

}  // namespace lab

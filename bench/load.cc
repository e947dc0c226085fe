#include "bench/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "bench/clocks.h"

namespace bench {
namespace {

using MakeCaller = std::function<std::unique_ptr<Caller>()>;

int64_t RealTime() { return NanosecondsOf(CLOCK_MONOTONIC); }

// One connection from connect to the server's close.
class Visit {
 public:
  Visit(std::unique_ptr<Caller> client, const LoadOptions& options) : client_(std::move(client)), began_(RealTime()) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    over_ = failed_ = result != 0 && errno != EINPROGRESS;
  }
  ~Visit() {
    // No TIME_WAIT: thousands of connections from one address would use up its ports.
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(socket_);
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  int socket() const { return socket_; }
  bool over() const { return over_; }
  bool failed() const { return failed_ || !client_->ok(); }
  bool wants_to_write() const { return sent_ < output_.size(); }
  Caller& client() { return *client_; }
  std::vector<Turn> turns() const { return turns_; }
  int64_t latency() const { return latency_; }

  // The socket can be read or written, or has failed.
  void GoOn() {
    Read();
    client_->Advance({});
    if (client_->shook_hands() && latency_ == 0) {
      latency_ = RealTime() - began_;
    }
    Write();
    if (client_->Done() && !wants_to_write() && !half_closed_) {
      shutdown(socket_, SHUT_WR);
      half_closed_ = true;
      over_ = over_ || eof_;
    }
  }

 private:
  void Read() {
    while (!eof_) {
      const ssize_t count = recv(socket_, Buffer().data(), Buffer().size(), 0);
      if (count > 0) {
        if (!client_->Done()) {
          Note(true, static_cast<size_t>(count));
          client_->Receive(certs::ByteView(Buffer()).first(static_cast<size_t>(count)));
        }
        continue;
      }
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOTCONN)) {
        return;
      }
      eof_ = true;
      client_->ReceiveEof(count < 0);
      over_ = client_->Done();
      failed_ = failed_ || (count < 0 && !client_->Done());
    }
  }

  void Write() {
    if (!wants_to_write()) {
      output_ = client_->TakeOutput();
      sent_ = 0;
    }
    while (wants_to_write()) {
      const ssize_t count = send(socket_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
      if (count < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOTCONN) {
          output_.clear();
          sent_ = 0;
          over_ = failed_ = true;
        }
        return;
      }
      Note(false, static_cast<size_t>(count));
      sent_ += static_cast<size_t>(count);
    }
  }

  void Note(bool from_server, size_t octets) {
    if (turns_.empty() || turns_.back().from_server != from_server) {
      turns_.push_back({.from_server = from_server});
    }
    turns_.back().octets += octets;
  }

  static std::array<uint8_t, 16384>& Buffer() {
    static std::array<uint8_t, 16384> buffer;
    return buffer;
  }

  std::unique_ptr<Caller> client_;
  std::vector<Turn> turns_;
  int socket_ = -1;
  int64_t began_ = 0, latency_ = 0;
  certs::Bytes output_;
  size_t sent_ = 0;
  bool eof_ = false, half_closed_ = false, over_ = false, failed_ = false;
};

class Load {
 public:
  Load(MakeCaller make_caller, const LoadOptions& options)
      : make_caller_(std::move(make_caller)), options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() { close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult Run() {
    const int64_t began = RealTime();
    const int64_t end = began + int64_t{options_.seconds} * 1'000'000'000;
    std::array<epoll_event, 256> events;
    while ((begun_ < options_.connections || !visits_.empty()) && RealTime() < end) {
      Begin();
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        Serve(events[static_cast<size_t>(i)].data.fd);
      }
    }
    result_.seconds = static_cast<double>(RealTime() - began) / 1e9;
    result_.failed += options_.connections - ended_;
    return std::move(result_);
  }

 private:
  void Begin() {
    while (begun_ < options_.connections && static_cast<int>(visits_.size()) < options_.clients) {
      ++begun_;
      auto visit = std::make_unique<Visit>(make_caller_(), options_);
      if (visit->over()) {
        End(*visit);
        continue;
      }
      epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.fd = visit->socket()}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, visit->socket(), &event);
      visits_.emplace(visit->socket(), std::move(visit));
    }
  }

  void Serve(int socket) {
    const auto found = visits_.find(socket);
    if (found == visits_.end()) {
      return;
    }
    Visit& visit = *found->second;
    visit.GoOn();
    if (visit.over()) {
      End(visit);
      visits_.erase(found);
      return;
    }
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    if (visit.wants_to_write()) {
      event.events |= EPOLLOUT;
    }
    epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
  }

  void End(Visit& visit) {
    ++ended_;
    result_.failed += visit.failed() ? 1 : 0;
    if (visit.client().shook_hands()) {
      ++result_.shook_hands;
      result_.latencies.push_back(visit.latency());
      if (result_.negotiated.empty()) {
        result_.negotiated = visit.client().negotiated();
        result_.turns = visit.turns();
      }
    }
  }

  const MakeCaller make_caller_;
  const LoadOptions& options_;
  int epoll_;
  int begun_ = 0, ended_ = 0;
  std::unordered_map<int, std::unique_ptr<Visit>> visits_;
  LoadResult result_;
};

}  // namespace

LoadResult RunLoad(SSL_CTX* client, const char* host, const LoadOptions& options) {
  return Load([&] { return std::make_unique<MailClient>(client, host, options.talk); }, options).Run();
}

LoadResult RunPlainLoad(const std::vector<Turn>& turns, const LoadOptions& options) {
  return Load([&] { return std::make_unique<PlainClient>(turns); }, options).Run();
}

}  // namespace bench

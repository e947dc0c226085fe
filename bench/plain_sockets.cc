#include "bench/plain_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace bench {

void PlainClient::Receive(certs::ByteView bytes) {
  heard_ += bytes.size();
  while (at_ < turns_.size() && turns_[at_].from_server && heard_ >= turns_[at_].octets) {
    heard_ -= turns_[at_].octets;
    ++at_;
  }
}

bool PlainClient::Advance(verifier::Micros) {
  bool spoke = false;
  for (; at_ < turns_.size() && !turns_[at_].from_server; ++at_) {
    output_.resize(output_.size() + turns_[at_].octets, 'o');
    spoke = true;
  }
  return spoke;
}

PlainServer::PlainServer(std::vector<Turn> turns) : turns_(std::move(turns)) {
  constexpr int kBacklog = 1024;
  size_t longest = 1;
  for (const Turn& turn : turns_) {
    longest = std::max(longest, turn.octets);
  }
  octets_.assign(longest, 'o');
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  wake_ = eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, kBacklog) != 0 || getsockname(listener_, any, &size) != 0) {
    return;
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { Serve(); });
}

PlainServer::~PlainServer() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  thread_ = {};
  close(listener_);
  close(wake_);
}

// Everybody who waits.
void PlainServer::Accept(int epoll) {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      return;
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    const auto guest = guests_.insert_or_assign(socket, Guest{.socket = socket}).first;
    if (!Play(guest->second)) {
      Leave(guest);
    }
  }
}

void PlainServer::Leave(std::unordered_map<int, Guest>::iterator guest) {
  close(guest->first);
  guests_.erase(guest);
}

bool PlainServer::Play(Guest& guest) {
  while (guest.at < turns_.size()) {
    const Turn& turn = turns_[guest.at];
    if (turn.from_server) {
      if (send(guest.socket, octets_.data(), turn.octets, MSG_NOSIGNAL) != static_cast<ssize_t>(turn.octets)) {
        return false;
      }
      ++guest.at;
      continue;
    }
    std::array<char, 16384> buffer;
    const ssize_t count = recv(guest.socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
    guest.heard += static_cast<size_t>(count);
    if (guest.heard >= turn.octets) {
      guest.heard -= turn.octets;
      ++guest.at;
    }
  }
  return false;
}

void PlainServer::Serve() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (const int socket : {listener_, wake_}) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  }
  std::array<epoll_event, 256> events;
  for (bool over = false; !over;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<size_t>(i)].data.fd;
      over = over || socket == wake_;
      if (socket == listener_) {
        Accept(epoll);
      } else if (const auto guest = guests_.find(socket); guest != guests_.end() && !Play(guest->second)) {
        Leave(guest);
      }
    }
  }
  while (!guests_.empty()) {
    Leave(guests_.begin());
  }
  close(epoll);
}

}  // namespace bench

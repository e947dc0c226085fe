#include "fakeserver/dns_loop.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cassert>
#include <utility>

#include "fakeserver/socket_stream.h"

namespace fakeserver {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr int kDnsBacklog = 128;
constexpr size_t kMaxConnections = 256, kMaxDelayed = 4096, kMaxQueries = 10'000;
constexpr int kPortTries = 20;  // a port that is free in UDP may be taken in TCP

// A datagram or a TCP message on its way out, with the bytes that libuv borrows.
template <typename Request>
struct Outgoing {
  Request request{};
  Bytes bytes;
};

template <typename Request>
uv_buf_t BufferOf(Outgoing<Request>& outgoing) {
  return uv_buf_init(reinterpret_cast<char*>(outgoing.bytes.data()), static_cast<unsigned>(outgoing.bytes.size()));
}

// Sends one datagram, or loses it where the kernel has no room: the asker asks again.
void SendDatagram(uv_udp_t* udp, const sockaddr_storage& to, Bytes message) {
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(message.data()), static_cast<unsigned>(message.size()));
  uv_udp_try_send(udp, &buffer, 1, address);
}

bool ParseLoopback(const std::string& text, uint16_t port, sockaddr_storage& address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  if (uv_ip4_addr(text.c_str(), port, v4) == 0) {
    constexpr uint32_t kLoopback = 127;
    return ntohl(v4->sin_addr.s_addr) >> 24 == kLoopback;
  }
  return text == "::1" && uv_ip6_addr(text.c_str(), port, reinterpret_cast<sockaddr_in6*>(&address)) == 0;
}

uint16_t PortOf(const uv_udp_t& udp) {
  sockaddr_storage address{};
  int size = sizeof(address);
  uv_udp_getsockname(&udp, reinterpret_cast<sockaddr*>(&address), &size);
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

DnsLoop::DnsLoop(std::shared_ptr<const DnsData> data) : data_(std::move(data)) {
  uv_loop_init(&loop_);
  loop_.data = this;
  wake_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { static_cast<DnsLoop*>(wake->data)->RunTasks(); });
}

DnsLoop::~DnsLoop() {
  Stop();
  uv_run(&loop_, UV_RUN_DEFAULT);
  [[maybe_unused]] const int closed = uv_loop_close(&loop_);
  assert(closed == 0);
}

void DnsLoop::Stop() {
  if (std::exchange(stopped_, true)) {
    return;
  }
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle) == 0) {
          uv_close(handle, nullptr);
        }
      },
      nullptr);
}

void DnsLoop::Post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  uv_async_send(&wake_);
}

void DnsLoop::RunTasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) {
    task();
  }
}

// ------------------------------------------------------------------------------------------------ binding

certs::Result<uint16_t> DnsLoop::Bind(const std::string& address, uint16_t port) {
  for (int tries = 1;; ++tries) {
    auto bound = TryBind(address, port);
    if (bound || port != 0 || bound.error().code != ErrorCode::kIo || tries == kPortTries) {
      return bound;
    }
  }
}

DnsAddress& DnsLoop::AddAddress(const std::string& text) {
  addresses_.push_back(std::make_unique<DnsAddress>());
  DnsAddress& added = *addresses_.back();
  added.loop = this;
  added.text = text;
  added.udp.data = added.tcp.data = &added;
  uv_udp_init(&loop_, &added.udp);
  uv_tcp_init(&loop_, &added.tcp);
  return added;
}

int DnsLoop::StartReading(DnsAddress& bound) {
  const int error = uv_listen(reinterpret_cast<uv_stream_t*>(&bound.tcp), kDnsBacklog, OnConnection);
  return error == 0 ? uv_udp_recv_start(&bound.udp, LendBuffer, OnDatagram) : error;
}

void DnsLoop::Abandon(DnsAddress& bound) {
  uv_close(AsHandle(&bound.udp), nullptr);
  uv_close(AsHandle(&bound.tcp), nullptr);
}

certs::Result<void> DnsLoop::Adopt(const DnsSockets& sockets) {
  DnsAddress& bound = AddAddress(sockets.address);
  int error = uv_udp_open(&bound.udp, sockets.udp);
  if (error != 0) {
    close(sockets.udp);
  }
  if (const int opened = uv_tcp_open(&bound.tcp, sockets.tcp); opened != 0) {
    close(sockets.tcp);
    error = error == 0 ? opened : error;
  }
  if (error == 0) {
    error = StartReading(bound);
  }
  if (error != 0) {
    Abandon(bound);
    return Fail(ErrorCode::kIo, fmt::format("cannot serve DNS on the sockets of {}: {}",
                                            certs::Escaped(sockets.address, 100), uv_strerror(error)));
  }
  return {};
}

certs::Result<uint16_t> DnsLoop::TryBind(const std::string& text, uint16_t port) {
  sockaddr_storage address{};
  if (!ParseLoopback(text, port, address)) {
    return Fail(ErrorCode::kBadInput, fmt::format("\"{}\" is no loopback address", certs::Escaped(text, 100)));
  }
  DnsAddress& bound = AddAddress(text);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  int error = uv_udp_bind(&bound.udp, where, 0);
  if (error == 0) {
    port = PortOf(bound.udp);
    [[maybe_unused]] const bool parsed = ParseLoopback(text, port, address);
    error = uv_tcp_bind(&bound.tcp, where, 0);
  }
  if (error == 0) {
    error = StartReading(bound);
  }
  if (error != 0) {
    Abandon(bound);
    return Fail(ErrorCode::kIo, fmt::format("cannot serve DNS on {}:{}: {}", text, port, uv_strerror(error)));
  }
  return port;
}

// ------------------------------------------------------------------------------------------------ questions

void DnsLoop::LendBuffer(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
  // Every handle that reads belongs to a loop of this class.
  auto& loop = *static_cast<DnsLoop*>(handle->loop->data);
  *buffer = uv_buf_init(loop.read_buffer_.data(), static_cast<unsigned>(loop.read_buffer_.size()));
}

void DnsLoop::OnDatagram(uv_udp_t* udp, ssize_t size, const uv_buf_t* buffer, const sockaddr* from, unsigned) {
  if (size <= 0 || from == nullptr) {
    return;
  }
  auto& address = *static_cast<DnsAddress*>(udp->data);
  sockaddr_storage to{};
  const size_t length = from->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::copy_n(reinterpret_cast<const char*>(from), length, reinterpret_cast<char*>(&to));
  const ByteView query(reinterpret_cast<const uint8_t*>(buffer->base), static_cast<size_t>(size));
  address.loop->Answer(query, address.text, DnsTransport::kUdp,
                       [udp, to](Bytes message) { SendDatagram(udp, to, std::move(message)); });
}

void DnsLoop::OnConnection(uv_stream_t* listener, int status) {
  auto& address = *static_cast<DnsAddress*>(listener->data);
  DnsLoop& loop = *address.loop;
  if (status != 0) {
    return;
  }
  const int id = loop.next_id_++;
  auto& connection = *(loop.connections_[id] = std::make_unique<DnsConnection>());
  connection.loop = &loop;
  connection.id = id;
  connection.resolver = address.text;
  connection.handle.data = &connection;
  uv_tcp_init(&loop.loop_, &connection.handle);
  auto* stream = reinterpret_cast<uv_stream_t*>(&connection.handle);
  if (uv_accept(listener, stream) != 0 || loop.connections_.size() > kMaxConnections ||
      uv_read_start(stream, LendBuffer, OnStream) != 0) {
    loop.Close(connection);
  }
}

void DnsLoop::OnStream(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto& connection = *static_cast<DnsConnection*>(stream->data);
  if (size < 0) {
    connection.loop->Close(connection);
    return;
  }
  Bytes& input = connection.input;
  const auto* bytes = reinterpret_cast<const uint8_t*>(buffer->base);
  input.insert(input.end(), bytes, bytes + size);
  constexpr size_t kPrefix = 2;
  size_t at = 0;
  while (input.size() - at >= kPrefix) {
    const size_t length = static_cast<size_t>(input[at] << 8 | input[at + 1]);
    if (input.size() - at - kPrefix < length) {
      break;
    }
    connection.loop->Answer(
        ByteView(input).subspan(at + kPrefix, length), connection.resolver, DnsTransport::kTcp,
        [loop = connection.loop, id = connection.id](Bytes message) { loop->SendTo(id, std::move(message)); });
    at += kPrefix + length;
  }
  input.erase(input.begin(), input.begin() + static_cast<ptrdiff_t>(at));
}

void DnsLoop::Close(DnsConnection& connection) {
  if (uv_is_closing(AsHandle(&connection.handle)) == 0) {
    uv_close(AsHandle(&connection.handle), [](uv_handle_t* handle) {
      auto& closed = *static_cast<DnsConnection*>(handle->data);
      closed.loop->connections_.erase(closed.id);
    });
  }
}

// ------------------------------------------------------------------------------------------------ answers

void DnsLoop::Answer(ByteView query, const std::string& resolver, DnsTransport transport,
                     std::function<void(Bytes)> send) {
  Note(query, resolver, transport);
  DnsAnswer answer = AnswerQuery(*data_, query, resolver, transport);
  if (answer.message.empty()) {
    return;
  }
  if (answer.delay > Micros(0)) {
    Later(answer.delay, [send = std::move(send), message = std::move(answer.message)] { send(message); });
  } else {
    send(std::move(answer.message));
  }
}

void DnsLoop::Later(Micros delay, std::function<void()> send) {
  if (delayed_.size() >= kMaxDelayed) {
    return;
  }
  const int id = next_id_++;
  auto& later = *(delayed_[id] = std::make_unique<DnsDelayed>());
  later.loop = this;
  later.id = id;
  later.send = std::move(send);
  later.timer.data = &later;
  uv_timer_init(&loop_, &later.timer);
  uv_timer_start(
      &later.timer,
      [](uv_timer_t* timer) {
        static_cast<DnsDelayed*>(timer->data)->send();
        uv_close(AsHandle(timer), [](uv_handle_t* handle) {
          auto& sent = *static_cast<DnsDelayed*>(handle->data);
          sent.loop->delayed_.erase(sent.id);
        });
      },
      static_cast<uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(delay).count()), 0);
}

void DnsLoop::SendTo(int id, Bytes message) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || uv_is_closing(AsHandle(&found->second->handle)) != 0) {
    return;
  }
  auto* outgoing = new Outgoing<uv_write_t>;
  outgoing->bytes = {static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size())};
  certs::Append(outgoing->bytes, message);
  outgoing->request.data = outgoing;
  uv_buf_t buffer = BufferOf(*outgoing);
  const auto done = [](uv_write_t* request, int) { delete static_cast<Outgoing<uv_write_t>*>(request->data); };
  if (uv_write(&outgoing->request, reinterpret_cast<uv_stream_t*>(&found->second->handle), &buffer, 1, done) != 0) {
    delete outgoing;
  }
}

// ------------------------------------------------------------------------------------------------ the log

void DnsLoop::Note(ByteView query, const std::string& resolver, DnsTransport transport) {
  const auto question = ParseQuestion(query);
  std::lock_guard lock(mutex_);
  if (question && queries_.size() < kMaxQueries) {
    queries_.push_back({.name = question->name,
                        .type = question->type,
                        .resolver = resolver,
                        .transport = transport,
                        .wants_ad = question->wants_ad});
  }
}

std::vector<DnsQuery> DnsLoop::Queries() const {
  std::lock_guard lock(mutex_);
  return queries_;
}

void DnsLoop::ForgetQueries() {
  std::lock_guard lock(mutex_);
  queries_.clear();
}

}  // namespace fakeserver

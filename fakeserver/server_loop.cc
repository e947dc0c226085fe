#include "fakeserver/server_loop.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace fakeserver {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr int kBacklog = 1024;
constexpr int kTurns = 8;  // of one connection, before the others have theirs
// What the finished transcripts of one listener may hold; beyond it only their counters are kept.
constexpr size_t kMaxKeptText = size_t{256} << 20;

uint16_t PortOf(const uv_tcp_t& handle) {
  sockaddr_storage address{};
  int size = sizeof(address);
  uv_tcp_getsockname(&handle, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

// Gives the listener its socket: the one that was handed over, or a new one on loopback. Returns libuv's error.
int Claim(Listener& listener) {
  if (listener.config.socket >= 0) {
    return uv_tcp_open(&listener.handle, listener.config.socket);
  }
  sockaddr_in address{};
  uv_ip4_addr("127.0.0.1", listener.config.port, &address);
  return uv_tcp_bind(&listener.handle, reinterpret_cast<const sockaddr*>(&address), 0);
}

// How a bound listener meets those who call. Returns libuv's error.
int OpenDoor(Listener& listener, uv_connection_cb on_connection) {
  uv_os_fd_t socket = -1;
  if (const int error = uv_fileno(AsHandle(&listener.handle), &socket); error != 0) {
    return error;
  }
  const ListenScript& script = listener.config.listen;
  // Set before anybody calls: a window that has been offered is not taken back (RFC 9293 3.8.6).
  if (script.window > 0 && setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &script.window, sizeof script.window) != 0) {
    return uv_translate_sys_error(errno);
  }
  switch (script.door) {
    case Door::kOpen:
      return uv_listen(reinterpret_cast<uv_stream_t*>(&listener.handle), kBacklog, on_connection);
    case Door::kRefused:
      return 0;
    case Door::kNeverAnswers:
      return listener.config.socket >= 0 || FillQueue(socket) ? 0 : uv_translate_sys_error(errno);
  }
  return 0;
}

}  // namespace

bool FillQueue(int socket) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (listen(socket, 0) != 0 || getsockname(socket, any, &size) != 0) {
    return false;
  }
  // A queue of no length takes one; it stays there even when its caller has hung up.
  const int caller = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool full = caller >= 0 && connect(caller, any, size) == 0;
  if (caller >= 0) {
    close(caller);
  }
  return full;
}

// -------------------------------------------------------------------------------------------- visitor

Visitor::Visitor(ServerLoop& loop, Listener& listener)
    : loop_(loop), listener_(&listener), stream_(&loop.loop_, loop.read_buffer_, [this] { Pump(); }) {
  uv_timer_init(&loop.loop_, &timer_);
  timer_.data = this;
}

bool Visitor::Accept() { return stream_.Accept(reinterpret_cast<uv_stream_t*>(&listener_->handle)); }

void Visitor::Begin(std::shared_ptr<const Behaviour> behaviour, int visit) {
  visit_ = visit;
  if (behaviour->site != nullptr) {
    connection_ = std::make_unique<HttpConnection>(behaviour->site, stream_);
  } else {
    connection_ = std::make_unique<Connection>(std::move(behaviour), stream_);
  }
  if (loop_.config_.on_event) {
    connection_->OnEvent(
        [this, visit](const Event& event) { loop_.config_.on_event(listener_->config.id, visit, event); });
  }
  last_activity_ = loop_.Now();
  Pump();
}

void Visitor::Pump() {
  if (leaving_ || connection_ == nullptr) {
    return;
  }
  const Micros now = loop_.Now();
  int turns = 0;
  while (turns < kTurns && connection_->Advance(now)) {
    ++turns;
    last_activity_ = now;
  }
  const Micros idle_end = last_activity_ + loop_.config_.idle_limit;
  if (!connection_->Done() && now >= idle_end) {
    connection_->Abort(now, "idle limit");
  }
  if (connection_->Done()) {
    Finish();
    return;
  }
  if (turns == kTurns) {
    Arm(0);  // there is more to do, after the others
    return;
  }
  const Micros next = std::min(idle_end, connection_->NextDeadline().value_or(idle_end));
  Arm(static_cast<uint64_t>(std::max<int64_t>((next - now).count() + 999, 0) / 1000));
}

void Visitor::Arm(uint64_t in_ms) {
  const uint64_t at = uv_now(&loop_.loop_) + in_ms;
  // A timer that fires too early only pumps once more: cheaper than moving it with every event.
  if (uv_is_active(AsHandle(&timer_)) && armed_for_ <= at) {
    return;
  }
  armed_for_ = at;
  uv_timer_start(
      &timer_,
      [](uv_timer_t* timer) {
        auto& visitor = *static_cast<Visitor*>(timer->data);
        visitor.Pump();
      },
      in_ms, 0);
}

void Visitor::Abort(const std::string& why) {
  if (connection_ != nullptr && !connection_->Done()) {
    connection_->Abort(loop_.Now(), why);
  }
  Finish();
}

void Visitor::Finish() {
  if (listener_ != nullptr && connection_ != nullptr) {
    Transcript transcript = connection_->TakeTranscript();
    transcript.visit = visit_;
    loop_.OnFinished(*listener_, std::move(transcript));
  }
  Leave();
}

void Visitor::Leave() {
  listener_ = nullptr;
  if (std::exchange(leaving_, true)) {
    return;
  }
  if (stream_.draining()) {
    // The last output may take its time, but not for ever.
    uv_timer_start(
        &timer_, [](uv_timer_t* timer) { static_cast<Visitor*>(timer->data)->stream_.Close(CloseKind::kReset); },
        static_cast<uint64_t>(std::chrono::milliseconds(std::chrono::seconds(2)).count()), 0);
    stream_.Release([this] {
      uv_close(AsHandle(&timer_), [](uv_handle_t* timer) { static_cast<Visitor*>(timer->data)->OnHandleClosed(); });
      OnHandleClosed();
    });
    return;
  }
  uv_close(AsHandle(&timer_), [](uv_handle_t* timer) { static_cast<Visitor*>(timer->data)->OnHandleClosed(); });
  stream_.Release([this] { OnHandleClosed(); });
}

void Visitor::Drop() {
  Leave();
  stream_.Close(CloseKind::kReset);
}

void Visitor::OnHandleClosed() {
  if (--open_handles_ == 0) {
    loop_.Erase(this);
  }
}

// ----------------------------------------------------------------------------------------------- loop

ServerLoop::ServerLoop(ServerConfig config) : config_(std::move(config)), start_ns_(uv_hrtime()) {
  uv_loop_init(&loop_);
  wake_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { static_cast<ServerLoop*>(wake->data)->RunTasks(); });
}

ServerLoop::~ServerLoop() {
  Stop();
  uv_run(&loop_, UV_RUN_DEFAULT);
  [[maybe_unused]] const int closed = uv_loop_close(&loop_);
  assert(closed == 0);
}

Micros ServerLoop::Now() const { return Micros((uv_hrtime() - start_ns_) / 1000); }

void ServerLoop::Run() { uv_run(&loop_, UV_RUN_DEFAULT); }

void ServerLoop::Stop() {
  if (std::exchange(stopped_, true)) {
    return;
  }
  while (!listeners_.empty()) {
    Remove(std::string(listeners_.begin()->first));
  }
  for (auto& [visitor, owned] : visitors_) {
    visitor->Drop();
  }
  uv_close(AsHandle(&wake_), nullptr);
}

void ServerLoop::Post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  uv_async_send(&wake_);
}

void ServerLoop::RunTasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) {
    task();
  }
}

certs::Result<uint16_t> ServerLoop::Listen(ListenerConfig config) {
  if (config.id.empty() || !config.behaviour || Find(config.id) != nullptr) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("a listener needs a behaviour and an id of its own, not '{}'", config.id));
  }
  auto listener = std::make_unique<Listener>();
  listener->loop = this;
  listener->config = std::move(config);
  listener->handle.data = listener.get();
  uv_tcp_init(&loop_, &listener->handle);
  int error = Claim(*listener);
  if (error == 0) {
    error = OpenDoor(*listener, OnConnection);
  }
  if (error != 0) {
    auto failure = Fail(ErrorCode::kIo,
                        fmt::format("cannot listen on 127.0.0.1:{}: {}", listener->config.port, uv_strerror(error)));
    CloseListener(std::move(listener));
    return failure;
  }
  listener->port = PortOf(listener->handle);
  const uint16_t port = listener->port;
  listeners_[listener->config.id] = std::move(listener);
  return port;
}

void ServerLoop::CloseListener(std::unique_ptr<Listener> listener) {
  Listener* closing = listener.release();
  uv_close(AsHandle(&closing->handle), [](uv_handle_t* handle) { delete static_cast<Listener*>(handle->data); });
}

Listener* ServerLoop::Find(const std::string& id) {
  const auto found = listeners_.find(id);
  return found == listeners_.end() ? nullptr : found->second.get();
}

void ServerLoop::OnConnection(uv_stream_t* handle, int status) {
  // Out of descriptors and the like: libuv has shed the connection, and the next one may fare better.
  if (status == 0) {
    auto& listener = *static_cast<Listener*>(handle->data);
    listener.loop->Accept(listener);
  }
}

void ServerLoop::Accept(Listener& listener) {
  const bool full = visitors_.size() >= config_.max_connections;
  auto owned = std::make_unique<Visitor>(*this, listener);
  Visitor* visitor = owned.get();
  visitors_[visitor] = std::move(owned);
  auto behaviour = visitor->Accept() && !full ? listener.config.behaviour(listener.visits) : nullptr;
  if (behaviour == nullptr) {
    visitor->Leave();
    return;
  }
  ++listener.live;
  visitor->Begin(std::move(behaviour), listener.visits++);
}

void ServerLoop::OnFinished(Listener& listener, Transcript transcript) {
  listener.kept_text += transcript.kept_text();
  if (listener.kept_text > kMaxKeptText) {
    transcript.Forget();
  }
  listener.finished.push_back(std::move(transcript));
  --listener.live;
  std::lock_guard lock(mutex_);
  ++ends_;
  ended_.notify_all();
}

std::vector<Transcript> ServerLoop::Remove(const std::string& id) {
  const auto found = listeners_.find(id);
  if (found == listeners_.end()) {
    return {};
  }
  std::unique_ptr<Listener> listener = std::move(found->second);
  listeners_.erase(found);
  for (auto& [visitor, owned] : visitors_) {
    if (visitor->listener() == listener.get()) {
      visitor->Abort("the listener was removed");
    }
  }
  std::vector<Transcript> transcripts = std::move(listener->finished);
  std::ranges::sort(transcripts, {}, &Transcript::visit);
  CloseListener(std::move(listener));
  return transcripts;
}

bool ServerLoop::IsQuiet(const Listener& listener) const {
  if (listener.config.listen.door != Door::kOpen) {
    return true;
  }
  // A visitor whom the kernel has let in, and we have not met yet, counts.
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&listener.handle), &fd);
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  return listener.live == 0 && poll(&waiting, 1, 0) == 0;
}

void ServerLoop::WaitForEnd(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, limit, [this, before = ends_] { return ends_ != before; });
}

}  // namespace fakeserver

#include "fakeserver/server.h"

#include <pthread.h>
#include <uv.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <thread>
#include <utility>

#include "fakeserver/server_loop.h"

namespace fakeserver {

class ServerHandle::Impl {
 public:
  explicit Impl(ServerConfig config) : loop_(std::move(config)) {}

  ~Impl() {
    if (thread_.joinable()) {
      loop_.Post([this] { loop_.Stop(); });
      thread_.join();
    }
  }

  ServerLoop& loop() { return loop_; }

  void StartThread() {
    thread_ = std::thread([this] {
      // A client that is gone is an error of a write, not the end of the process.
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      loop_.Run();
    });
  }

  // Runs `task` on the loop's thread and returns what it returns; at once when called from there.
  template <typename Task>
  auto Call(Task task) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      return task(loop_);
    }
    std::packaged_task<decltype(task(loop_))()> packaged([&] { return task(loop_); });
    auto result = packaged.get_future();
    loop_.Post([&packaged] { packaged(); });
    return result.get();
  }

 private:
  ServerLoop loop_;
  std::thread thread_;
};

ServerHandle::ServerHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServerHandle::ServerHandle(ServerHandle&&) noexcept = default;
ServerHandle& ServerHandle::operator=(ServerHandle&&) noexcept = default;
ServerHandle::~ServerHandle() = default;

uint16_t ServerHandle::port(const std::string& id) const {
  return impl_->Call([&](ServerLoop& loop) -> uint16_t {
    const Listener* listener = loop.Find(id);
    return listener != nullptr ? listener->port : uint16_t{0};
  });
}

int ServerHandle::visits(const std::string& id) const {
  return impl_->Call([&](ServerLoop& loop) {
    const Listener* listener = loop.Find(id);
    return listener != nullptr ? listener->visits : 0;
  });
}

certs::Result<uint16_t> ServerHandle::Add(ListenerConfig listener) {
  return impl_->Call([&](ServerLoop& loop) { return loop.Listen(std::move(listener)); });
}

std::vector<Transcript> ServerHandle::Remove(const std::string& id) {
  return impl_->Call([&](ServerLoop& loop) { return loop.Remove(id); });
}

bool ServerHandle::WaitUntilQuiet(const std::string& id, std::chrono::milliseconds limit) {
  // Between two looks; an end of a connection wakes earlier, a visitor who is only arriving does not.
  constexpr auto kLook = std::chrono::milliseconds(2);
  const uint64_t end = uv_hrtime() + static_cast<uint64_t>(std::chrono::nanoseconds(limit).count());
  while (true) {
    const bool quiet = impl_->Call([&](ServerLoop& loop) {
      const Listener* listener = loop.Find(id);
      return listener == nullptr || loop.IsQuiet(*listener);
    });
    if (quiet || uv_hrtime() >= end) {
      return quiet;
    }
    impl_->loop().WaitForEnd(kLook);
  }
}

certs::Result<ServerHandle> Start(ServerConfig config) {
  std::vector<ListenerConfig> listeners = std::exchange(config.listeners, {});
  auto impl = std::make_unique<ServerHandle::Impl>(std::move(config));
  for (ListenerConfig& listener : listeners) {
    if (auto port = impl->loop().Listen(std::move(listener)); !port) {
      return std::unexpected(port.error());
    }
  }
  impl->StartThread();
  return ServerHandle(std::move(impl));
}

}  // namespace fakeserver

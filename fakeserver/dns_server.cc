#include "fakeserver/dns_server.h"

#include <fmt/core.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>
#include <utility>

#include "fakeserver/dns_loop.h"

namespace fakeserver {

class DnsHandle::Impl {
 public:
  explicit Impl(std::shared_ptr<const DnsData> data) : loop_(std::move(data)) {}

  ~Impl() {
    if (thread_.joinable()) {
      loop_.Post([this] { loop_.Stop(); });
      thread_.join();
    }
  }

  DnsLoop& loop() { return loop_; }
  uint16_t port() const { return port_; }

  void Begin(uint16_t port) {
    port_ = port;
    thread_ = std::thread([this] {
      // An asker that is gone is an error of a write, not the end of the process.
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      loop_.Run();
    });
  }

 private:
  DnsLoop loop_;
  std::thread thread_;
  uint16_t port_ = 0;
};

DnsHandle::DnsHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DnsHandle::DnsHandle(DnsHandle&&) noexcept = default;
DnsHandle& DnsHandle::operator=(DnsHandle&&) noexcept = default;
DnsHandle::~DnsHandle() = default;

uint16_t DnsHandle::port() const { return impl_->port(); }

void DnsHandle::Serve(std::shared_ptr<const DnsData> data) {
  std::promise<void> served;
  impl_->loop().Post([&] {
    impl_->loop().Serve(std::move(data));
    served.set_value();
  });
  served.get_future().wait();
}

std::vector<DnsQuery> DnsHandle::Queries() const { return impl_->loop().Queries(); }

void DnsHandle::ForgetQueries() { impl_->loop().ForgetQueries(); }

namespace {

certs::Result<DnsHandle> CloseAll(const std::vector<DnsSockets>& sockets, certs::Error error) {
  for (const DnsSockets& one : sockets) {
    close(one.udp);
    close(one.tcp);
  }
  return std::unexpected(std::move(error));
}

}  // namespace

certs::Result<DnsHandle> StartDns(DnsConfig config) {
  if (!config.sockets.empty()) {
    if (config.data == nullptr) {
      return CloseAll(config.sockets, {certs::ErrorCode::kBadInput, "a resolver needs data"});
    }
    auto impl = std::make_unique<DnsHandle::Impl>(config.data);
    certs::Result<void> adopted;
    for (const DnsSockets& sockets : config.sockets) {
      const auto one = impl->loop().Adopt(sockets);
      if (!one && adopted) {
        adopted = one;
      }
    }
    if (!adopted) {
      return std::unexpected(adopted.error());
    }
    impl->Begin(0);
    return DnsHandle(std::move(impl));
  }
  if (config.data == nullptr || config.addresses.empty()) {
    return certs::Fail(certs::ErrorCode::kBadInput, "a resolver needs data and an address");
  }
  // All addresses share the port of the first. Where it was free at one address only, another one is tried.
  constexpr int kTries = 5;
  certs::Error last;
  for (int tries = 0; tries < kTries; ++tries) {
    auto impl = std::make_unique<DnsHandle::Impl>(config.data);
    uint16_t port = config.port;
    bool bound = true;
    for (const std::string& address : config.addresses) {
      const auto one = impl->loop().Bind(address, port);
      if (!one) {
        last = one.error();
        bound = false;
        break;
      }
      port = *one;
    }
    if (bound) {
      impl->Begin(port);
      return DnsHandle(std::move(impl));
    }
    if (config.port != 0 || last.code != certs::ErrorCode::kIo) {
      break;
    }
  }
  return std::unexpected(std::move(last));
}

}  // namespace fakeserver

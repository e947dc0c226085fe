#include "lab/runner/dial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "certs/bytes.h"
#include "lab/runner/clock.h"

namespace lab {
namespace {

using std::chrono::milliseconds;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

// `literal`: the text must be an address, and nobody is asked.
std::pair<AddressList, int> LookUp(const std::string& host, uint16_t port, bool literal) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (literal ? AI_NUMERICHOST : AI_ADDRCONFIG);
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  return {AddressList(error == 0 ? list : nullptr), error};
}

std::string TextOf(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> text{};
  const int error = getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return error == 0 ? std::string(text.data()) : "?";
}

std::string LocalOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  return getsockname(socket, any, &size) == 0 ? TextOf(any, size) : "?";
}

// Waits until a connection is made or refused; errno of what came of it, 0 for success.
int ConnectOutcome(int socket, milliseconds limit, const std::atomic<bool>& stop) {
  constexpr milliseconds kStopInterval{100};
  const auto end = SteadyNow() + limit;
  while (!stop) {
    const auto left = std::chrono::ceil<milliseconds>(end - SteadyNow());
    if (left <= milliseconds(0)) {
      return ETIMEDOUT;
    }
    pollfd watched{.fd = socket, .events = POLLOUT};
    if (poll(&watched, 1, static_cast<int>(std::min(left, kStopInterval).count())) > 0) {
      int error = 0;
      socklen_t size = sizeof error;
      const int outcome = getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
      // Who is not let in gets ECONNREFUSED: this one was let in, and thrown out before we looked. Reading tells.
      return outcome == ECONNRESET ? 0 : outcome;
    }
  }
  return EINTR;
}

int Connect(const addrinfo& to, milliseconds limit, const std::atomic<bool>& stop, Socket& connected) {
  Socket socket(::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to.ai_protocol));
  if (!socket.valid()) {
    return errno;
  }
  int error = connect(socket.get(), to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS || error == EINTR) {
    error = ConnectOutcome(socket.get(), limit, stop);
  }
  if (error == 0) {
    connected = std::move(socket);
  }
  return error;
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

certs::Result<Dialled> Dial(const DialSpec& spec, const std::atomic<bool>& stop) {
  const bool literal = !spec.addresses.empty();
  const std::vector<std::string> hosts = literal ? spec.addresses : std::vector<std::string>{spec.host};
  std::string failures;
  for (const std::string& host : hosts) {
    const auto [list, error] = LookUp(host, spec.port, literal);
    if (error != 0) {
      const char* const why = error == EAI_SYSTEM ? "the resolver failed" : gai_strerror(error);
      return certs::Fail(literal ? certs::ErrorCode::kBadInput : certs::ErrorCode::kIo,
                         literal ? fmt::format("\"{}\" is no IP address", certs::Escaped(host, 300))
                                 : fmt::format("cannot look up {}: {}", certs::Escaped(host, 300), why));
    }
    for (const addrinfo* to = list.get(); to != nullptr && !stop; to = to->ai_next) {
      Dialled dialled{.peer = TextOf(to->ai_addr, to->ai_addrlen), .local = ""};
      const int refused = Connect(*to, spec.limit, stop, dialled.socket);
      if (refused == 0) {
        dialled.local = LocalOf(dialled.socket.get());
        return dialled;
      }
      failures +=
          fmt::format("{}{}: {}", failures.empty() ? "" : "; ", dialled.peer, std::generic_category().message(refused));
    }
  }
  return certs::Fail(certs::ErrorCode::kIo, fmt::format("cannot connect to {} port {} ({})",
                                                        certs::Escaped(spec.host, 300), spec.port, failures));
}

}  // namespace lab

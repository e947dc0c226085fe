// Connects to a host that the user named. The verbs that talk to real servers use it; nothing else in the lab leaves
// loopback.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "certs/result.h"

namespace lab {

// A socket; closed with the object.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int get() const { return descriptor_; }
  bool valid() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

struct DialSpec {
  std::string host;  // a host name in A-labels, or an IP literal; looked up by the system's resolver unless ...
  std::vector<std::string> addresses;  // ... these say where to go instead: IP literals, tried in order
  uint16_t port = 0;
  std::chrono::milliseconds limit = std::chrono::seconds(30);  // for each address
};

struct Dialled {
  Socket socket;      // connected, non-blocking
  std::string peer;   // IP address, as text
  std::string local;  // our own end's
};

// Tries one address after the other until one takes the connection (RFC 5321 5.1). Blocks; returns soon after `stop` is
// set. An error is one escaped sentence: kBadInput for an address that is none, else kIo with what came of every
// address.
certs::Result<Dialled> Dial(const DialSpec& spec, const std::atomic<bool>& stop);

}  // namespace lab

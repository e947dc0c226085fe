// What one run has on the lab's server, and what of it is left as evidence.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "certs/result.h"
#include "fakeserver/dns_server.h"
#include "fakeserver/server.h"
#include "lab/runner/relay.h"
#include "lab/runner/sandbox.h"

namespace lab {

// The listeners of one run; gone with it.
class Listeners {
 public:
  explicit Listeners(fakeserver::ServerHandle& server) : server_(server) {}
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  ~Listeners() { Close(); }

  // Serves on a new port of loopback, or on a socket that is bound already (and then is the server's). The first
  // connection meets the first of `visits`, and so on; the last is for all that follow. All ports count together.
  // Returns the port.
  certs::Result<uint16_t> Add(std::vector<std::shared_ptr<const fakeserver::Behaviour>> visits,
                              const fakeserver::ListenScript& listen, int socket = -1);
  // The transcripts of all connections, when the last has ended.
  std::vector<fakeserver::Transcript> Close();

 private:
  fakeserver::ServerHandle& server_;
  std::vector<std::string> ids_;
  const std::shared_ptr<std::atomic<size_t>> made_ = std::make_shared<std::atomic<size_t>>(0);  // visits
};

// What a client that looks things up meets inside its sandbox, beside the mail host: port 53, in both its forms, and
// the web server of the domain's MTA-STS policy. None of it is evidence of what the client told the mail host.
class LookUps {
 public:
  LookUps(RelayScene scene, fakeserver::ServerHandle& server) : scene_(std::move(scene)), web_(server) {}

  // Adds the sockets that Serve takes over, in its order.
  void AddPorts(std::vector<SandboxSocket>& sockets) const;
  // Returns what went wrong, or nothing.
  std::optional<std::string> Serve(std::span<const int, 3> sockets);

 private:
  RelayScene scene_;
  Listeners web_;
  std::optional<fakeserver::DnsHandle> dns_;
};

}  // namespace lab

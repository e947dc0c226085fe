// The TCP wire for the built-in client: the same object as on the memory wire, over a real socket and in real time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "lab/runner/dial.h"
#include "lab/verifier/endpoint.h"
#include "lab/verifier/smtp_client.h"

namespace lab {

struct TcpRun {
  bool connected = false;  // false: `error` says why
  bool timed_out = false;  // the client did not end within the limit
  bool stopped = false;    // because `stop` was set
  std::string error;
};

// How long the built-in client waits on this wire, where waiting is real.
verifier::Timeouts TcpTimeouts();

// Connects to 127.0.0.1 and runs `client` to its end. Blocks.
TcpRun RunOnTcpWire(verifier::Endpoint& client, uint16_t port, std::chrono::milliseconds limit,
                    const std::atomic<bool>& stop);

// The same over a connection that is already made, to wherever.
TcpRun RunOnSocket(verifier::Endpoint& client, Socket socket, std::chrono::milliseconds limit,
                   const std::atomic<bool>& stop);

}  // namespace lab

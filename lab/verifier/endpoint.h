// One side of a connection without sockets, clock or threads: the caller moves bytes and tells the time. Whatever
// drives one endpoint drives them all, over a socket, a pipe in virtual time or a fuzzer.
#pragma once

#include <chrono>
#include <optional>

#include "certs/bytes.h"

namespace verifier {

// Time since any fixed point; only differences matter.
using Micros = std::chrono::microseconds;

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Hands over bytes that arrived.
  virtual void Receive(certs::ByteView bytes) = 0;
  // The peer closed, orderly or by a reset.
  virtual void ReceiveEof(bool reset) = 0;
  // Does what can be done now; true if anything happened.
  virtual bool Advance(Micros now) = 0;
  // When Advance must be called again even if nothing arrives.
  virtual std::optional<Micros> NextDeadline() const = 0;
  // Takes the bytes to send.
  virtual certs::Bytes TakeOutput() = 0;
  // Nothing more will be sent or expected.
  virtual bool Done() const = 0;
};

}  // namespace verifier

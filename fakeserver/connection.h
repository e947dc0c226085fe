// One connection of the fake server: session + TLS + faults over a ByteStream, driven by Advance(). No threads, no
// clock, no sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "certs/issue.h"
#include "fakeserver/byte_stream.h"
#include "fakeserver/scripts.h"
#include "fakeserver/transcript.h"

namespace fakeserver {

// Everything one visit meets. Shared by all connections that meet the same; immutable.
struct Behaviour {
  TlsMode mode = TlsMode::kStartTls;
  SmtpScript smtp;
  TlsScript tls;
  LinkScript link;
  std::shared_ptr<const certs::IssuedChain> identity;  // never null when a handshake is possible
};

class Connection {
 public:
  // Borrows `stream` for its lifetime.
  Connection(std::shared_ptr<const Behaviour> behaviour, ByteStream& stream);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Does everything that can be done at `now`, within a step limit; returns true if anything happened. The first call
  // stamps kConnected.
  bool Advance(Micros now);
  // When Advance must be called again even if nothing arrives.
  std::optional<Micros> NextDeadline() const;
  // True once the stream has been closed from either side and nothing more will happen.
  bool Done() const;

  // Valid until the connection dies; `TakeTranscript` moves it out of a finished connection.
  const Transcript& transcript() const;
  Transcript TakeTranscript();
  // Called with each event as it is recorded (for the live log). Optional.
  void OnEvent(std::function<void(const Event&)> listener);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fakeserver

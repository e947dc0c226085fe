// What the event loop drives: one connection with one visitor, whatever protocol it speaks. connection.h is SMTP,
// http_connection.h is HTTP.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fakeserver/byte_stream.h"
#include "fakeserver/transcript.h"

namespace fakeserver {

// Neither threads nor clocks nor sockets: bytes come and go through a ByteStream, and time is told.
class Conversation {
 public:
  virtual ~Conversation() = default;

  // Does everything that can be done at `now`, within a step limit; returns true if anything happened.
  virtual bool Advance(Micros now) = 0;
  // When Advance must be called again even if nothing arrives.
  virtual std::optional<Micros> NextDeadline() const = 0;
  // Ends it at once, for the reason that goes into the record.
  virtual void Abort(Micros now, const std::string& why) = 0;
  // True once nothing more will happen.
  virtual bool Done() const = 0;
  // Moves the record out of a finished conversation.
  virtual Transcript TakeTranscript() = 0;
  // Called with each event as it is recorded. Optional.
  virtual void OnEvent(std::function<void(const Event&)> listener) = 0;
};

}  // namespace fakeserver

// The memory wire: client and server take turns on one thread over an in-memory pipe, and time is a number. When
// neither has anything to do, time jumps to the next deadline; when there is none, the run has stalled. Nothing sleeps.
#pragma once

#include <cstdint>
#include <memory>

#include "fakeserver/connection.h"
#include "fakeserver/transcript.h"
#include "lab/verifier/endpoint.h"

namespace lab {

enum class WireEnd : uint8_t {
  kDone,       // the client ended by itself
  kStalled,    // the client waits for something that can never happen: a hang
  kStepLimit,  // the two talk for ever, or one of them claims progress it does not make: the harness's own fault
};

struct MemoryRun {
  WireEnd end = WireEnd::kDone;
  fakeserver::Transcript transcript;
  fakeserver::Micros elapsed{0};  // virtual
  int steps = 0;
};

inline constexpr int kMemoryWireSteps = 100'000;

// Lets `client` meet one connection that behaves so, of a server that listens so. Where it lets nobody through there is
// no run, and the client is as it was: it has not connected.
MemoryRun RunOnMemoryWire(verifier::Endpoint& client, std::shared_ptr<const fakeserver::Behaviour> behaviour,
                          const fakeserver::ListenScript& listen = {}, int step_limit = kMemoryWireSteps);

}  // namespace lab

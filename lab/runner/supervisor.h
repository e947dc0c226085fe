// The child's side of process.h: a small process that stands between the lab and the program, adopts what the program
// leaves behind, and ends it.
#pragma once

#include <cstdint>

#include "lab/runner/process.h"

namespace lab {

// What the supervisor says through its pipe, in this order: kSandbox; kStarted or kNotStarted; kEnded.
struct SupervisorReport {
  enum class Kind : int32_t {
    kSandbox,  // value = SandboxKind, error = errno
    kStarted,
    kNotStarted,  // error = errno
    kEnded,       // value = wait status of the program
  };
  Kind kind = Kind::kSandbox;
  int32_t value = 0;
  int32_t error = 0;
};

// What the lab says to the supervisor: one octet. Closing the pipe is kKill.
inline constexpr char kTerminate = 'T', kKill = 'K';

// Everything the child needs, prepared before the fork: between fork and exec it may only make system calls.
struct SupervisorTask {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;  // or null
  const char* stdin_file = nullptr;
  const std::vector<Overlay>* overlays = nullptr;  // null: no sandbox
  int control = -1, reports = -1, output = -1;     // descriptors
};

// Never returns.
[[noreturn]] void Supervise(const SupervisorTask& task) noexcept;

}  // namespace lab

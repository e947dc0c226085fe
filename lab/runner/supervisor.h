// The child's side of process.h. Without a sandbox: a small process that stands between the lab and the program, adopts
// what the program leaves behind, and ends it. With one: a process outside the sandbox, whose child is the sandbox's
// first process, which does the same and takes everything along when it ends.
#pragma once

#include <array>
#include <cstdint>

#include "lab/runner/process.h"

namespace lab {

// What the supervisor says, one packet each, in this order: kNeedsMaps and kSandbox, where there is one; kStarted or
// kNotStarted; kEnded. kNotStarted may come instead of any of the others.
struct SupervisorReport {
  enum class Kind : int32_t {
    kNeedsMaps,   // its namespaces are new: write the id maps of process `value`, then say kGoOn
    kSandbox,     // laid out; the sockets come along. Say kGoOn
    kStarted,     //
    kNotStarted,  // `error` is errno of `step`
    kEnded,       // `value` is the program's wait status
  };
  Kind kind = Kind::kStarted;
  int32_t value = 0;
  int32_t error = 0;
  int64_t cpu_us = 0;           // kEnded: what the program and all that it started have used
  int64_t memory = 0;           // likewise, octets: the most that one of them had
  std::array<char, 64> step{};  // zero-terminated
};

// What the lab says: one octet. The end of what it says is kKill. The supervisor's own end stays open until it and all
// below it are gone.
inline constexpr char kGoOn = 'G', kTerminate = 'T', kKill = 'K';

// Everything the child needs, prepared before the fork: between fork and exec it may only make system calls.
struct SupervisorTask {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;  // or null
  const char* stdin_file = nullptr;
  const SandboxPlan* sandbox = nullptr;  // or null
  ProcessLimits limits;
  int channel = -1, output = -1;  // a packet socket; where stdout and stderr go
};

// Never returns.
[[noreturn]] void Supervise(const SupervisorTask& task) noexcept;

}  // namespace lab

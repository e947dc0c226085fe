// Carries out a SandboxPlan between fork and exec: system calls and nothing else, because the process has been forked
// from one with several threads.
#pragma once

#include <array>
#include <cstddef>

#include "lab/runner/pass_descriptors.h"
#include "lab/runner/sandbox.h"

namespace lab {

inline constexpr size_t kMaxSandboxSockets = kMostPassed;  // they are handed to the lab in one packet

// What was refused: a word for it, and errno. `step` null: nothing was.
struct SandboxFailure {
  const char* step = nullptr;
  int error = 0;
  bool failed() const { return step != nullptr; }
};

// First, in the process that will stand outside: new namespaces. The caller's ids mean nothing in them until another
// process has written the maps (id_map.h). Process namespaces begin with the next fork.
SandboxFailure LeaveNamespaces() noexcept;

// Then, in the first process inside, when the ids are mapped: becomes the plan's user, brings loopback up, lays out and
// enters the file system. The sockets, bound and listening, are left in `sockets`, in the plan's order.
SandboxFailure EnterSandbox(const SandboxPlan& plan, std::array<int, kMaxSandboxSockets>& sockets) noexcept;

// Last, in the process that is about to become the client: no privilege beyond what a mail server started by root
// needs (`root`), or none at all, and no way to get more.
SandboxFailure DropPrivileges(bool root) noexcept;

}  // namespace lab

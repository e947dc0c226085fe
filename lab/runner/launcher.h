// Who starts supervisors (supervisor.h). To fork the lab is dear: it is large by the time it starts programs, and each
// of the three forks that a program in a sandbox takes copies its page tables; under a sanitizer that is most of what a
// quick client costs. So a program's main() forks a launcher once, while it is small, and asks that one from then on.
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/runner/process.h"
#include "lab/runner/sandbox.h"

namespace lab {

// What a supervisor must know. Owned, since it goes to another process.
struct LaunchOrder {
  std::string program;
  std::vector<std::string> argv, environment;
  std::string directory;  // empty: where we are
  std::string stdin_file;
  std::optional<SandboxPlan> sandbox;
  ProcessLimits limits;
};

// The octets that the launcher is sent, and back. They mean something to this program only, on this machine only.
std::string WriteOrder(const LaunchOrder& order);
LaunchOrder ReadOrder(std::string_view octets);

// Call it once, before there are threads or much in memory. The launcher ends when this process does, whatever way that
// is. False, and nothing changes, if it cannot be had.
bool StartLauncher();

// Starts a supervisor that reports on `channel`, a packet socket; its program writes to `output`. Both stay the
// caller's, who must close them: the supervisor and all below it are gone when the other end of `channel` is at its
// end. Without a launcher this process forks itself, and the value is a child to be waited for; otherwise it is 0. The
// error is errno.
std::expected<pid_t, int> Launch(const LaunchOrder& order, int channel, int output);

}  // namespace lab

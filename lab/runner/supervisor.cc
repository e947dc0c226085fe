#include "lab/runner/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lab {
namespace {

// Where the three descriptors stand after everything else has been closed.
constexpr int kControl = 3, kReports = 4, kOutput = 5, kFirstOther = 6;

void Tell(SupervisorReport::Kind kind, int value, int error) noexcept {
  const SupervisorReport report{.kind = kind, .value = value, .error = error};
  // Smaller than PIPE_BUF, so it arrives whole or not at all.
  [[maybe_unused]] const ssize_t written = write(kReports, &report, sizeof report);
}

// The lab's sockets must not live on in here: a connection that the server closes would stay open.
void KeepOnly(const SupervisorTask& task) noexcept {
  // First out of the way of each other, then into place.
  const int control = fcntl(task.control, F_DUPFD, 64);
  const int reports = fcntl(task.reports, F_DUPFD, 64);
  const int output = fcntl(task.output, F_DUPFD, 64);
  dup2(control, kControl);
  dup2(reports, kReports);
  dup2(output, kOutput);
  if (syscall(SYS_close_range, static_cast<unsigned>(kFirstOther), ~0U, 0U) != 0) {
    const long most = sysconf(_SC_OPEN_MAX);
    for (int descriptor = kFirstOther; descriptor < most; ++descriptor) {
      close(descriptor);
    }
  }
}

void ResetSignals() noexcept {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    sigaction(number, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The program itself; `failure` is closed by exec, or carries errno.
[[noreturn]] void BecomeProgram(const SupervisorTask& task, int failure) noexcept {
  setpgid(0, 0);
  const int input = open(task.stdin_file, O_RDONLY | O_CLOEXEC);
  if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(kOutput, STDOUT_FILENO) >= 0 &&
      dup2(kOutput, STDERR_FILENO) >= 0 && (task.directory == nullptr || chdir(task.directory) == 0)) {
    fcntl(kControl, F_SETFD, FD_CLOEXEC);
    fcntl(kReports, F_SETFD, FD_CLOEXEC);
    close(kOutput);
    execve(task.program, task.argv, task.environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(failure, &error, sizeof error);
  _exit(127);
}

// Starts the program; returns its pid, or -1 and errno.
pid_t StartProgram(const SupervisorTask& task) noexcept {
  std::array<int, 2> failure{};
  if (pipe2(failure.data(), O_CLOEXEC) != 0) {
    return -1;
  }
  const pid_t program = fork();
  if (program == 0) {
    BecomeProgram(task, failure[1]);
  }
  close(failure[1]);
  int error = 0;
  const bool failed = program < 0 || read(failure[0], &error, sizeof error) == sizeof error;
  close(failure[0]);
  if (failed && program > 0) {
    waitpid(program, nullptr, 0);
    errno = error;
  }
  return failed ? -1 : program;
}

// Kills each process named in a list of decimal pids.
void KillListed(int list) noexcept {
  std::array<char, 512> text{};
  pid_t pid = 0;
  for (ssize_t size; (size = read(list, text.data(), text.size())) > 0;) {
    for (ssize_t i = 0; i < size; ++i) {
      const char c = text[static_cast<size_t>(i)];
      if (c >= '0' && c <= '9') {
        pid = pid * 10 + (c - '0');
      } else if (pid > 0) {
        kill(pid, SIGKILL);
        pid = 0;
      }
    }
  }
}

// Ends whatever the program left behind. As a subreaper this process is the parent of every orphan among its
// descendants, so once it has no children left, nothing is left.
void EndDescendants() noexcept {
  for (;;) {
    // "thread-self" is not there in old kernels; the main thread is the only one.
    const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list >= 0) {
      KillListed(list);
      close(list);
    }
    const pid_t ended = waitpid(-1, nullptr, list >= 0 ? 0 : WNOHANG);
    if (ended < 0 && errno == EINTR) {
      continue;
    }
    if (ended <= 0) {
      return;
    }
  }
}

// Waits for the program to end, passing on what the lab orders; returns its wait status.
int Await(pid_t program) noexcept {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, program, 0U));
  // Without handles for processes (before Linux 5.3) it is looked at every few milliseconds.
  constexpr int kInterval = 5;
  std::array<pollfd, 2> watched{pollfd{.fd = kControl, .events = POLLIN}, pollfd{.fd = handle, .events = POLLIN}};
  for (;;) {
    poll(watched.data(), watched.size(), handle >= 0 ? -1 : kInterval);
    int status = 0;
    if (waitpid(program, &status, WNOHANG) == program) {
      return status;
    }
    if (watched[0].revents != 0) {
      char order = kKill;
      if (read(kControl, &order, 1) != 1) {
        watched[0].fd = -1;  // the lab is gone
        order = kKill;
      }
      kill(-program, order == kTerminate ? SIGTERM : SIGKILL);
      kill(program, order == kTerminate ? SIGTERM : SIGKILL);  // should it have left its group
    }
  }
}

}  // namespace

void Supervise(const SupervisorTask& task) noexcept {
  setpgid(0, 0);
  KeepOnly(task);
  ResetSignals();
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const SandboxResult sandbox = task.overlays != nullptr ? EnterSandbox(*task.overlays) : SandboxResult{};
  Tell(SupervisorReport::Kind::kSandbox, static_cast<int>(sandbox.kind), sandbox.error);
  const pid_t program = StartProgram(task);
  const int error = errno;
  close(kOutput);
  if (program < 0) {
    Tell(SupervisorReport::Kind::kNotStarted, 0, error);
    _exit(0);
  }
  Tell(SupervisorReport::Kind::kStarted, 0, 0);
  const int status = Await(program);
  kill(-program, SIGKILL);
  EndDescendants();
  Tell(SupervisorReport::Kind::kEnded, status, 0);
  _exit(0);
}

}  // namespace lab

#include "lab/runner/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "lab/runner/pass_descriptors.h"
#include "lab/runner/sandbox_enter.h"

namespace lab {
namespace {

// Where the two descriptors stand after everything else has been closed.
constexpr int kChannel = 3, kOutput = 4, kFirstOther = 5;

// Sends a report, with the first `count` of `sockets` along.
void Tell(SupervisorReport::Kind kind, int value, SandboxFailure failure = {}, const int* sockets = nullptr,
          size_t count = 0, const rusage& used = {}) noexcept {
  constexpr int64_t kMicros = 1'000'000, kKilobyte = 1024;
  SupervisorReport report{.kind = kind, .value = value, .error = failure.error};
  report.cpu_us =
      (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * kMicros + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  report.memory = used.ru_maxrss * kKilobyte;
  if (failure.step != nullptr) {
    strncpy(report.step.data(), failure.step, report.step.size() - 1);
  }
  SendPacket(kChannel, std::as_bytes(std::span(&report, 1)), {sockets, count});
}

[[noreturn]] void GiveUp(SandboxFailure failure) noexcept {
  Tell(SupervisorReport::Kind::kNotStarted, 0, failure);
  _exit(0);
}

// The lab may have turned away in the meantime.
void AwaitGoOn() noexcept {
  char order = 0;
  if (read(kChannel, &order, 1) != 1 || order != kGoOn) {
    _exit(0);
  }
}

// The lab's sockets must not live on in here: a connection that the server closes would stay open.
void KeepOnly(const SupervisorTask& task) noexcept {
  // First out of the way of each other, then into place.
  const int channel = fcntl(task.channel, F_DUPFD, 64);
  const int output = fcntl(task.output, F_DUPFD, 64);
  dup2(channel, kChannel);
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

// Never more than there was: a limit that cannot be set is already lower.
void Limit(__rlimit_resource resource, uint64_t most) noexcept {
  rlimit limit{};
  if (getrlimit(resource, &limit) == 0) {
    limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
  }
}

void ApplyLimits(const SupervisorTask& task) noexcept {
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_CPU, task.limits.cpu_seconds);
  Limit(RLIMIT_DATA, task.limits.memory);
  Limit(RLIMIT_FSIZE, task.limits.file_size);
  Limit(RLIMIT_NOFILE, task.limits.descriptors);
  if (task.sandbox != nullptr) {
    Limit(RLIMIT_NPROC, task.limits.processes);
  }
}

// Limits count what each process has, not what all of them have together, nor what they share. When the machine's
// memory runs out for it, they are to go, and not the lab or somebody else's program (proc(5), oom_score_adj).
void BeFirstToGo() noexcept {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t written = write(file, "1000", 4);
    close(file);
  }
}

// The program itself; `failure` is closed by exec, or carries errno.
[[noreturn]] void BecomeProgram(const SupervisorTask& task, int failure) noexcept {
  setpgid(0, 0);
  const int input = open(task.stdin_file, O_RDONLY | O_CLOEXEC);
  if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(kOutput, STDOUT_FILENO) >= 0 &&
      dup2(kOutput, STDERR_FILENO) >= 0 && (task.directory == nullptr || chdir(task.directory) == 0)) {
    fcntl(kChannel, F_SETFD, FD_CLOEXEC);
    close(kOutput);
    BeFirstToGo();
    ApplyLimits(task);
    if (task.sandbox == nullptr || !DropPrivileges(task.sandbox->root).failed()) {
      execve(task.program, task.argv, task.environment);
    }
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
  // Not fork(): libraries have it close what they remember of their own descriptors, and the numbers are ours by now.
  const pid_t program = _Fork();
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
  std::array<pollfd, 2> watched{pollfd{.fd = kChannel, .events = POLLIN}, pollfd{.fd = handle, .events = POLLIN}};
  for (;;) {
    poll(watched.data(), watched.size(), handle >= 0 ? -1 : kInterval);
    int status = 0;
    if (waitpid(program, &status, WNOHANG) == program) {
      return status;
    }
    if (watched[0].revents != 0) {
      char order = kKill;
      if (read(kChannel, &order, 1) != 1) {
        watched[0].fd = -1;  // the lab is gone
        order = kKill;
      }
      kill(-program, order == kTerminate ? SIGTERM : SIGKILL);
      kill(program, order == kTerminate ? SIGTERM : SIGKILL);  // should it have left its group
    }
  }
}

// Runs the program; whoever calls this is the parent, or the first process, of all that it starts.
[[noreturn]] void RunToTheEnd(const SupervisorTask& task) noexcept {
  const pid_t program = StartProgram(task);
  const int error = errno;
  close(kOutput);
  if (program < 0) {
    GiveUp({.step = "starting the program", .error = error});
  }
  Tell(SupervisorReport::Kind::kStarted, 0);
  const int status = Await(program);
  kill(-program, SIGKILL);
  if (task.sandbox == nullptr) {
    EndDescendants();
  } else {
    kill(-1, SIGKILL);  // all but this, the first process of its namespace
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
  }
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);  // all of them have been waited for
  Tell(SupervisorReport::Kind::kEnded, status, {}, nullptr, 0, used);
  _exit(0);
}

// The sandbox's first process: when it ends, the kernel ends all others of its process namespace.
[[noreturn]] void BeFirstInside(const SupervisorTask& task) noexcept {
  std::array<int, kMaxSandboxSockets> sockets{};
  if (const SandboxFailure failure = EnterSandbox(*task.sandbox, sockets); failure.failed()) {
    GiveUp(failure);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  const size_t count = task.sandbox->sockets.size();
  Tell(SupervisorReport::Kind::kSandbox, 0, {}, sockets.data(), count);
  for (size_t i = 0; i < count; ++i) {
    close(sockets[i]);  // the lab's server has them now
  }
  AwaitGoOn();
  RunToTheEnd(task);
}

[[noreturn]] void StandOutside(const SupervisorTask& task) noexcept {
  if (const SandboxFailure failure = LeaveNamespaces(); failure.failed()) {
    GiveUp(failure);
  }
  Tell(SupervisorReport::Kind::kNeedsMaps, getpid());
  AwaitGoOn();
  const pid_t first = _Fork();
  if (first < 0) {
    GiveUp({.step = "starting a process", .error = errno});
  }
  if (first == 0) {
    BeFirstInside(task);
  }
  close(kOutput);
  // The channel stays open: that it ends tells the lab that nobody is left.
  while (waitpid(first, nullptr, 0) < 0 && errno == EINTR) {
  }
  _exit(0);
}

}  // namespace

void Supervise(const SupervisorTask& task) noexcept {
  setsid();  // no terminal, whose other programs it could write to
  KeepOnly(task);
  ResetSignals();
  signal(SIGPIPE, SIG_IGN);
  if (task.sandbox != nullptr) {
    StandOutside(task);
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  RunToTheEnd(task);
}

}  // namespace lab

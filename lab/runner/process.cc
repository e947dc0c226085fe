#include "lab/runner/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>

#include "lab/runner/clock.h"
#include "lab/runner/id_map.h"
#include "lab/runner/launcher.h"
#include "lab/runner/pass_descriptors.h"
#include "lab/runner/sandbox_enter.h"
#include "lab/runner/supervisor.h"

namespace lab {
namespace {

using std::chrono::milliseconds;

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  void Close() {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
    descriptor_ = -1;
  }
  void Set(int descriptor) {
    Close();
    descriptor_ = descriptor;
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Two ends of a pipe or of a pair of sockets.
struct Ends {
  Descriptor ours, theirs;

  bool Take(int result, const std::array<int, 2>& ends) {
    if (result != 0) {
      return false;
    }
    ours.Set(ends[0]);
    theirs.Set(ends[1]);
    return true;
  }
  bool OpenPipe() {
    std::array<int, 2> ends{};
    const int result = pipe2(ends.data(), O_CLOEXEC);
    return Take(result, ends);
  }
  bool OpenChannel() {
    std::array<int, 2> ends{};
    const int result = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
    return Take(result, ends);
  }
};

std::string ErrorText(int error) { return std::generic_category().message(error); }

// A report and the sockets that came along with it.
struct Packet {
  SupervisorReport report;
  std::vector<int> sockets;
};

std::optional<Packet> Receive(int channel) {
  Packet packet;
  const ReceivedPacket received = ReceivePacket(channel, std::as_writable_bytes(std::span(&packet.report, 1)));
  packet.sockets.assign(received.descriptors.begin(),
                        received.descriptors.begin() + static_cast<std::ptrdiff_t>(received.count));
  return received.size == sizeof packet.report ? std::optional(std::move(packet)) : std::nullopt;
}

// The lab's side of one run.
class Running {
 public:
  Running(const ProcessSpec& spec, const std::atomic<bool>& stop) : spec_(spec), stop_(stop) {}

  ProcessResult Do() {
    std::string program = spec_.argv.empty() ? "" : FindProgram(spec_.argv.front(), Path());
    if (program.empty()) {
      result_.error =
          "no program " + (spec_.argv.empty() ? std::string("given") : "'" + spec_.argv.front() + "' in PATH");
      return result_;
    }
    std::error_code ignored;
    program = std::filesystem::absolute(program, ignored);  // it may start in another folder
    LaunchOrder order{.program = std::move(program),
                      .argv = spec_.argv,
                      .environment = spec_.environment,
                      .directory = spec_.directory.empty() && spec_.sandbox ? spec_.sandbox->home : spec_.directory,
                      .stdin_file = spec_.stdin_file.empty() ? "/dev/null" : spec_.stdin_file,
                      .sandbox = std::nullopt,
                      .limits = spec_.limits};
    if (spec_.sandbox) {
      auto plan = MakeSandboxPlan(*spec_.sandbox);
      if (!plan) {
        result_.error = plan.error().detail;
        return result_;
      }
      order.sandbox = std::move(*plan);
    }
    if (!channel_.OpenChannel() || !output_.OpenPipe()) {
      result_.error = ErrorText(errno);
      return result_;
    }
    const auto launched = Launch(order, channel_.theirs.get(), output_.theirs.get());
    channel_.theirs.Close();
    output_.theirs.Close();
    if (!launched) {
      result_.error = ErrorText(launched.error());
      return result_;
    }
    fcntl(output_.ours.get(), F_SETFL, O_NONBLOCK);
    Watch();
    AwaitTheEnd(*launched);
    Drain();
    return result_;
  }

 private:
  // The one that the program itself will have.
  std::string Path() const {
    constexpr std::string_view kName = "PATH=";
    const auto path =
        std::ranges::find_if(spec_.environment, [&](const std::string& entry) { return entry.starts_with(kName); });
    return path == spec_.environment.end() ? PathOfThisProcess() : path->substr(kName.size());
  }

  // Until the supervisor has said its last word.
  void Watch() {
    constexpr milliseconds kStopInterval{100};
    // The limit is the program's: how long a busy machine takes to make its surroundings is not its fault.
    constexpr milliseconds kSurroundings = std::chrono::seconds(30);
    deadline_ = SteadyNow() + std::max(spec_.limit, kSurroundings);
    for (;;) {
      const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - SteadyNow()) + milliseconds(1);
      const milliseconds wait = std::clamp(left, milliseconds(0), kStopInterval);
      std::array<pollfd, 2> watched{pollfd{.fd = channel_.ours.get(), .events = POLLIN},
                                    pollfd{.fd = output_at_end_ ? -1 : output_.ours.get(), .events = POLLIN}};
      poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
      if (watched[1].revents != 0) {
        Drain();
      }
      if (watched[0].revents != 0 && !TakeReport()) {
        return;
      }
      // While the sandbox is made there is nothing to stop yet, and that takes milliseconds.
      if (SteadyNow() >= deadline_ || (stop_ && !result_.stopped && result_.started)) {
        deadline_ = SteadyNow() + EndIt();
      }
    }
  }

  // Whatever is left takes the end of the channel for the order to end, and is gone when its own end is.
  void AwaitTheEnd(pid_t child) {
    shutdown(channel_.ours.get(), SHUT_WR);
    while (const std::optional<Packet> packet = Receive(channel_.ours.get())) {
      std::ranges::for_each(packet->sockets, close);
    }
    if (child > 0) {
      waitpid(child, nullptr, 0);
    }
  }

  // SIGTERM first, SIGKILL from the second call on; returns how long to wait for the effect.
  milliseconds EndIt() {
    result_.stopped = result_.stopped || stop_;
    result_.timed_out = result_.timed_out || !result_.stopped;
    Say(warned_ ? kKill : kTerminate);
    warned_ = true;
    return spec_.grace;
  }

  void Say(char order) { [[maybe_unused]] const ssize_t sent = send(channel_.ours.get(), &order, 1, MSG_NOSIGNAL); }

  // False when there will be no more.
  bool TakeReport() {
    const std::optional<Packet> packet = Receive(channel_.ours.get());
    if (!packet) {
      if (!ended_ && result_.error.empty()) {
        result_.error = "its supervisor died";
        result_.started = false;
      }
      return false;
    }
    const SupervisorReport& report = packet->report;
    switch (report.kind) {
      case SupervisorReport::Kind::kNeedsMaps:
        return GoOnUnless(WriteIdMaps(report.value, spec_.sandbox->root ? FindIdRange() : std::nullopt), "id maps");
      case SupervisorReport::Kind::kSandbox:
        result_.sandbox.kind = SandboxKind::kPrivate;
        return GoOnUnless(spec_.on_sockets ? spec_.on_sockets(packet->sockets) : std::nullopt, "sockets");
      case SupervisorReport::Kind::kStarted:
        result_.started = true;
        deadline_ = SteadyNow() + spec_.limit;
        return true;
      case SupervisorReport::Kind::kNotStarted:
        return NotStarted(report);
      case SupervisorReport::Kind::kEnded:
        ended_ = true;
        result_.exit_code = WIFEXITED(report.value) ? WEXITSTATUS(report.value) : 0;
        result_.signal = WIFSIGNALED(report.value) ? WTERMSIG(report.value) : 0;
        result_.cpu = std::chrono::microseconds(report.cpu_us);
        result_.memory = static_cast<uint64_t>(std::max<int64_t>(report.memory, 0));
        return false;
    }
    return false;
  }

  bool GoOnUnless(const std::optional<std::string>& failure, const char* step) {
    if (failure) {
      result_.error = *failure;
      result_.sandbox = {.step = step};
      return false;
    }
    Say(kGoOn);
    return true;
  }

  bool NotStarted(const SupervisorReport& report) {
    const std::string step(report.step.data(), strnlen(report.step.data(), report.step.size()));
    if (spec_.sandbox && result_.sandbox.kind == SandboxKind::kNone) {
      result_.sandbox = {.kind = SandboxKind::kNone, .error = report.error, .step = step};
      result_.error = "no sandbox: " + step + ": " + ErrorText(report.error);
    } else {
      result_.error =
          spec_.argv.front() + ": " + ErrorText(report.error) +
          (spec_.sandbox && report.error == ENOENT ? " (in the sandbox, which shows neither homes nor /tmp)" : "");
    }
    return false;
  }

  // A program that writes faster than this reads must not keep it from looking at the clock.
  void Drain() {
    constexpr int kMostReads = 64;
    std::array<char, 4096> buffer;
    for (int i = 0; i < kMostReads; ++i) {
      const ssize_t size = read(output_.ours.get(), buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) {
        continue;
      }
      if (size <= 0) {
        output_at_end_ = size == 0;
        return;
      }
      result_.output.append(buffer.data(), static_cast<size_t>(size));
      if (result_.output.size() > spec_.output_tail) {
        result_.output.erase(0, result_.output.size() - spec_.output_tail);
      }
    }
  }

  const ProcessSpec& spec_;
  const std::atomic<bool>& stop_;
  ProcessResult result_;
  Ends channel_, output_;
  std::chrono::microseconds deadline_{0};
  bool warned_ = false, output_at_end_ = false, ended_ = false;
};

bool IsExecutable(const std::string& path) {
  std::error_code error;
  return access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, error);
}

}  // namespace

ProcessResult RunProcess(const ProcessSpec& spec, const std::atomic<bool>& stop) { return Running(spec, stop).Do(); }

std::string PathOfThisProcess() {
  const char* const path = std::getenv("PATH");
  return path != nullptr ? path : kSystemPath;
}

std::string FindProgram(const std::string& program, const std::string& folders) {
  if (program.contains('/')) {
    return IsExecutable(program) ? program : "";
  }
  std::string_view path = folders;
  while (!program.empty()) {
    const size_t end = std::min(path.find(':'), path.size());
    const std::string candidate = std::string(path.substr(0, end)) + "/" + program;
    if (end > 0 && IsExecutable(candidate)) {
      return candidate;
    }
    if (end == path.size()) {
      break;
    }
    path.remove_prefix(end + 1);
  }
  return "";
}

}  // namespace lab

#include "lab/runner/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include "lab/runner/clock.h"
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

struct Pipe {
  Descriptor reader, writer;

  bool Open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      return false;
    }
    reader.Set(ends[0]);
    writer.Set(ends[1]);
    return true;
  }
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string ErrorText(int error) { return std::generic_category().message(error); }

// The lab's side of one run.
class Running {
 public:
  Running(const ProcessSpec& spec, const std::atomic<bool>& stop) : spec_(spec), stop_(stop) {}

  ProcessResult Do() {
    std::string program = spec_.argv.empty() ? "" : FindProgram(spec_.argv.front());
    if (program.empty()) {
      result_.error =
          "no program " + (spec_.argv.empty() ? std::string("given") : "'" + spec_.argv.front() + "' in PATH");
      return result_;
    }
    std::error_code ignored;
    program = std::filesystem::absolute(program, ignored);  // it may start in another folder
    if (!control_.Open() || !reports_.Open() || !output_.Open() || !Fork(program)) {
      result_.error = ErrorText(errno);
      return result_;
    }
    Watch();
    waitpid(supervisor_, nullptr, 0);
    Drain();
    return result_;
  }

 private:
  bool Fork(const std::string& program) {
    std::vector<std::string> argv = spec_.argv, environment = spec_.environment;
    const std::vector<char*> argv_pointers = Pointers(argv), environment_pointers = Pointers(environment);
    const SupervisorTask task{.program = program.c_str(),
                              .argv = argv_pointers.data(),
                              .environment = environment_pointers.data(),
                              .directory = spec_.directory.empty() ? nullptr : spec_.directory.c_str(),
                              .stdin_file = spec_.stdin_file.empty() ? "/dev/null" : spec_.stdin_file.c_str(),
                              .overlays = spec_.sandbox ? &spec_.overlays : nullptr,
                              .control = control_.reader.get(),
                              .reports = reports_.writer.get(),
                              .output = output_.writer.get()};
    supervisor_ = fork();
    if (supervisor_ == 0) {
      Supervise(task);
    }
    control_.reader.Close();
    reports_.writer.Close();
    output_.writer.Close();
    fcntl(output_.reader.get(), F_SETFL, O_NONBLOCK);
    return supervisor_ > 0;
  }

  // Until the supervisor has said its last word.
  void Watch() {
    constexpr milliseconds kStopInterval{100};
    auto deadline = SteadyNow() + spec_.limit;
    for (;;) {
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyNow()) + milliseconds(1);
      const milliseconds wait = std::clamp(left, milliseconds(0), kStopInterval);
      std::array<pollfd, 2> watched{pollfd{.fd = reports_.reader.get(), .events = POLLIN},
                                    pollfd{.fd = output_at_end_ ? -1 : output_.reader.get(), .events = POLLIN}};
      poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
      if (watched[1].revents != 0) {
        Drain();
      }
      if (watched[0].revents != 0 && !TakeReport()) {
        return;
      }
      if (SteadyNow() >= deadline || (stop_ && !result_.stopped)) {
        deadline = SteadyNow() + EndIt();
      }
    }
  }

  // SIGTERM first, SIGKILL from the second call on; returns how long to wait for the effect.
  milliseconds EndIt() {
    result_.stopped = result_.stopped || stop_;
    result_.timed_out = result_.timed_out || !result_.stopped;
    const char order = warned_ ? kKill : kTerminate;
    warned_ = true;
    [[maybe_unused]] const ssize_t written = write(control_.writer.get(), &order, 1);
    return spec_.grace;
  }

  // False when there will be no more.
  bool TakeReport() {
    SupervisorReport report;
    if (read(reports_.reader.get(), &report, sizeof report) != sizeof report) {
      return false;
    }
    switch (report.kind) {
      case SupervisorReport::Kind::kSandbox:
        result_.sandbox = {.kind = static_cast<SandboxKind>(report.value), .error = report.error};
        return true;
      case SupervisorReport::Kind::kStarted:
        result_.started = true;
        return true;
      case SupervisorReport::Kind::kNotStarted:
        result_.error = spec_.argv.front() + ": " + ErrorText(report.error);
        return false;
      case SupervisorReport::Kind::kEnded:
        result_.exit_code = WIFEXITED(report.value) ? WEXITSTATUS(report.value) : 0;
        result_.signal = WIFSIGNALED(report.value) ? WTERMSIG(report.value) : 0;
        return false;
    }
    return false;
  }

  void Drain() {
    std::array<char, 4096> buffer;
    for (;;) {
      const ssize_t size = read(output_.reader.get(), buffer.data(), buffer.size());
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
  Pipe control_, reports_, output_;
  pid_t supervisor_ = -1;
  bool warned_ = false, output_at_end_ = false;
};

bool IsExecutable(const std::string& path) {
  std::error_code error;
  return access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, error);
}

}  // namespace

ProcessResult RunProcess(const ProcessSpec& spec, const std::atomic<bool>& stop) { return Running(spec, stop).Do(); }

std::string FindProgram(const std::string& program) {
  if (program.contains('/')) {
    return IsExecutable(program) ? program : "";
  }
  const char* const variable = std::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
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

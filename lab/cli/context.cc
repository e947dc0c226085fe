#include "lab/cli/context.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "certs/bytes.h"
#include "lab/cli/exit_code.h"

namespace lab {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_signal{0};

void OnSignal(int signal) {
  stop_signal = signal;
  stop_requested = true;
  // A user who asks twice means it.
  ::signal(signal, SIG_DFL);
}

}  // namespace

int Complain(const certs::Error& error) {
  fmt::print(stderr, "starttls-lab: {}\n", error.detail);
  return ExitCodeOf(error);
}

const std::atomic<bool>& StopRequested() {
  static const bool installed = [] {
    struct sigaction action{};
    action.sa_handler = OnSignal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return true;
  }();
  static_cast<void>(installed);
  return stop_requested;
}

std::optional<int> InterruptedExitCode() {
  switch (stop_signal.load()) {
    case 0:
      return std::nullopt;
    case SIGTERM:
      return kExitTerminated;
    default:
      return kExitInterrupted;
  }
}

std::string ToRfc3339(int64_t seconds_since_epoch) {
  const std::time_t time = seconds_since_epoch;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::optional<int64_t> FromRfc3339(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  const int64_t seconds = timegm(&parts);
  // strptime takes 31 February; a date that does not come back the same is none.
  return ToRfc3339(seconds) == text ? std::optional(seconds) : std::nullopt;
}

bool TakeTime(const char* option, const std::string& text, std::optional<int64_t>& time) {
  if (text.empty()) {
    return true;
  }
  time = FromRfc3339(text);
  if (!time) {
    fmt::print(stderr, "starttls-lab: {} takes a date such as 2026-01-01T00:00:00Z, not \"{}\"\n", option,
               certs::Escaped(text));
  }
  return time.has_value();
}

std::string ClientsFolder() {
  if (const char* folder = std::getenv("STARTTLS_LAB_CLIENTS"); folder != nullptr && *folder != '\0') {
    return folder;
  }
  // Installed, the program has them beside it.
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = program.parent_path().parent_path() / "share" / "starttls-lab" / "clients";
  return std::filesystem::is_directory(installed, error) ? installed.string() : STARTTLS_LAB_CLIENTS_FOLDER;
}

}  // namespace lab

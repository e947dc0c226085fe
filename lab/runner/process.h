// Runs one program to its end and leaves nothing of it behind: a sandbox of its own where that is asked for and
// permitted; bounded output, time and resources. Whatever it started dies with it, even what left its group.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/runner/sandbox.h"

namespace lab {

// What each process of a program may use; setrlimit(2).
struct ProcessLimits {
  uint64_t cpu_seconds = 120;
  uint64_t memory = uint64_t{4} << 30;  // octets of data; address space alone costs nothing
  uint64_t file_size = uint64_t{64} << 20;
  uint64_t descriptors = 1024;
  uint64_t processes = 512;  // of the whole run; only in a sandbox, elsewhere the user's others would count
};

struct ProcessSpec {
  std::vector<std::string> argv;         // argv[0] is looked up in its PATH unless it has a slash
  std::vector<std::string> environment;  // NAME=value, all of it
  std::string directory;                 // where it starts; empty: where we are, or its home in a sandbox
  std::string stdin_file;                // empty: /dev/null
  std::optional<SandboxSpec> sandbox = std::nullopt;
  // Called when the sandbox is ready and before the program starts, with its sockets in the order of the spec; they
  // are the callee's to close. What it returns is an error, and then the program is not started.
  std::function<std::optional<std::string>(const std::vector<int>& sockets)> on_sockets = {};
  ProcessLimits limits = {};
  std::chrono::milliseconds limit = std::chrono::seconds(10);        // from when the program starts
  std::chrono::milliseconds grace = std::chrono::milliseconds(200);  // between SIGTERM and SIGKILL
  size_t output_tail = 8192;  // octets of stdout and stderr to keep, the last ones
};

struct ProcessResult {
  bool started = false;  // false: `error` says why
  std::string error;
  int exit_code = 0;
  int signal = 0;  // it died of this signal; 0 if it exited
  bool timed_out = false;
  bool stopped = false;              // because `stop` was set
  std::chrono::microseconds cpu{0};  // used by the program and all that it started
  // The most that one of them had in memory. Never less than what whoever forked it had: the launcher (launcher.h) or,
  // without one, this process.
  uint64_t memory = 0;
  std::string output;
  SandboxResult sandbox;  // kNone when none was asked for
};

// Blocks until the program and all its descendants are gone. Safe to call from several threads. A program that was to
// be in a sandbox is never started outside one.
ProcessResult RunProcess(const ProcessSpec& spec, const std::atomic<bool>& stop);

// Where the system's own programs are.
inline constexpr const char* kSystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// The value of PATH, kSystemPath if there is none.
std::string PathOfThisProcess();

// The first match in `path`, or `program` itself if it has a slash and is executable; empty if there is none.
std::string FindProgram(const std::string& program, const std::string& path = PathOfThisProcess());

}  // namespace lab

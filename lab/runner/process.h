// Runs one program to its end and leaves nothing of it behind: a process group and, where the kernel permits it, a
// mount namespace of its own; bounded output; a time limit. Whatever it started dies with it, even what left its group.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "lab/runner/sandbox.h"

namespace lab {

struct ProcessSpec {
  std::vector<std::string> argv;         // argv[0] is looked up in PATH unless it has a slash
  std::vector<std::string> environment;  // NAME=value, all of it
  std::string directory;                 // where it starts; empty: where we are
  std::string stdin_file;                // empty: /dev/null
  bool sandbox = false;                  // a mount namespace with `overlays`, if possible
  std::vector<Overlay> overlays;
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  std::chrono::milliseconds grace = std::chrono::milliseconds(200);  // between SIGTERM and SIGKILL
  size_t output_tail = 8192;  // octets of stdout and stderr to keep, the last ones
};

struct ProcessResult {
  bool started = false;  // false: `error` says why
  std::string error;
  int exit_code = 0;
  int signal = 0;  // it died of this signal; 0 if it exited
  bool timed_out = false;
  bool stopped = false;  // because `stop` was set
  std::string output;
  SandboxResult sandbox;
};

// Blocks until the program and all its descendants are gone. Safe to call from several threads.
ProcessResult RunProcess(const ProcessSpec& spec, const std::atomic<bool>& stop);

// The first match in PATH, or `program` itself if it has a slash and is executable; empty if there is none.
std::string FindProgram(const std::string& program);

}  // namespace lab

// A client under test: the built-in verifier, or a command.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "certs/result.h"
#include "certs/verdict.h"
#include "fakeserver/scripts.h"
#include "lab/runner/observation.h"
#include "lab/scenario/scenario.h"

namespace lab {

// What the client said of itself: the second witness.
enum class Claim : uint8_t { kNothing, kDelivered, kRefused, kUnsupported };
std::string_view Name(Claim claim);

struct ClientReport {
  bool started = true;          // false: the program could not be run at all (`detail` says why)
  Claim claim = Claim::kNothing;
  std::optional<certs::Verdict> verdict;         // the built-in client's reason
  std::vector<certs::Verdict> all_defects;       // the built-in client's collect-all, if asked
  int exit_code = 0;
  int signal = 0;               // it died of this signal
  bool timed_out = false;       // it was killed after its limit, or stalled in virtual time
  std::string detail;           // one line, escaped
  std::string output;           // tail of stdout and stderr, raw, bounded
};

// A client that is a program (design: lab/clients/*.toml; `run -- COMMAND`).
struct CommandSpec {
  std::string name = "command";           // "curl", with configuration: "curl.insecure"
  std::string title;                      // for tables: "curl --ssl-reqd"
  std::vector<std::string> argv;          // with {host} {port} {address} {ca} {user} {password} {from} {to} {helo} {message} {dir} {mode}
  bool shell = false;                     // argv is one line for sh -c
  std::vector<std::string> environment;   // NAME=value, in addition to a scrubbed PATH/HOME/LANG
  std::string version_command;            // sh line whose first output line names the version
  std::vector<std::string> needs;         // programs that must be in PATH
  bool exit_code_is_claim = true;         // 0 = says it delivered, other = says it refused; false: its exit code means nothing
  int unsupported_exit_code = 77;
  bool starttls = true, implicit = false; // the modes this configuration can be told to use
  Policy policy = Policy::kSubmission;
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  // What it is known to do: pattern on scenario ids -> outcome, with one sentence why.
  struct Known {
    std::string pattern, outcome, reason, source;
  };
  std::vector<Known> known;
};

// Reads lab/clients/*.toml-style manifests; errors carry file and line.
certs::Result<std::vector<CommandSpec>> LoadManifest(const std::string& path);
// All manifests in a folder, sorted by file name.
certs::Result<std::vector<CommandSpec>> LoadManifests(const std::string& folder);

}  // namespace lab

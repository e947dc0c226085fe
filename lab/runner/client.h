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
  bool started = true;  // false: the program could not be run at all (`detail` says why)
  Claim claim = Claim::kNothing;
  bool was_to_deliver = true;  // false: it was only told to open a mail transaction, so MAIL is acceptance enough
  std::optional<certs::Verdict> verdict;    // the built-in client's reason
  bool collected = false;                   // the built-in client was asked for every defect
  std::vector<certs::Verdict> all_defects;  // ... and these are they
  int exit_code = 0;
  int signal = 0;          // it died of this signal
  bool timed_out = false;  // it was killed after its limit, or stalled in virtual time
  std::string detail;      // one line, escaped
  std::string output;      // tail of stdout and stderr, raw, bounded
  std::string sandbox;     // how names were mapped for it, or why they were not; empty for the built-in client
};

// A client that is a program (design: lab/clients/*.toml; `run -- COMMAND`).
struct CommandSpec {
  std::string name = "command";  // "curl", with configuration: "curl.insecure"
  std::string title;             // for tables: "curl --ssl-reqd"
  // With placeholders: {host} {urlhost} {port} {address} {ca} {user} {password} {from} {to} {helo} {message} {dir}
  // {mode} {scheme} {here}; command_client.h says what each stands for.
  std::vector<std::string> argv;
  bool shell = false;                    // argv is one line for sh -c
  std::vector<std::string> environment;  // NAME=value, in addition to a scrubbed PATH/HOME/LANG
  std::string version_command;           // sh line whose first output line names the version
  std::vector<std::string> needs;        // programs that must be in PATH
  std::string package;                   // the Debian package that brings them
  std::string folder;                    // the manifest's own folder: {here}
  bool own_directory = false;            // started in {dir} rather than where the lab was started
  bool message_on_stdin = false;         // standard input is the message rather than empty
  bool delivers = true;                  // false: it only opens a mail transaction (MAIL), as a probe does
  bool exit_code_is_claim = true;  // 0 = says it delivered, other = says it refused; false: its exit code means nothing
  int unsupported_exit_code = 77;  // 0: none
  bool starttls = true, implicit = false;  // the modes this configuration can be told to use
  Policy policy = Policy::kSubmission;
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  // What it is known to do: the first entry that applies to a scenario counts (judge.h, ApplyKnown). `pattern` is a
  // comma-separated list of globs on scenario ids, "row:" ones included, '!' excludes; `reason` is one sentence.
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

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

// How far a client goes with a server that it is content with.
enum class Goal : uint8_t {
  kMessage,      // it delivers a message
  kTransaction,  // a probe that opens a mail transaction (MAIL) and sends no message
  kHello,        // a probe that says EHLO inside TLS and QUIT, whatever it thinks: its word alone tells what that is
};
std::string_view Name(Goal goal);  // "message", "transaction", "hello"

struct ClientReport {
  bool started = true;  // false: the program could not be run at all (`detail` says why)
  Claim claim = Claim::kNothing;
  Goal goal = Goal::kMessage;
  std::optional<certs::Verdict> verdict;  // the built-in client's reason
  // What the built-in client would report to the domain, were it asked to (RFC 8460 4.3): of the policy, of the
  // session.
  std::vector<std::string> tls_results;
  bool collected = false;                   // the built-in client was asked for every defect
  std::vector<certs::Verdict> all_defects;  // ... and these are they
  int exit_code = 0;
  int signal = 0;                    // it died of this signal
  bool timed_out = false;            // it was killed after its limit, or stalled in virtual time
  std::chrono::microseconds cpu{0};  // a program's, and of all that it started
  uint64_t memory = 0;               // octets: no process of it had more; process.h
  std::string detail;                // one line, escaped
  std::string output;                // tail of stdout and stderr, raw, bounded
  std::string sandbox;  // how names were mapped for it, or why they were not; empty for the built-in client
};

// How safe a configuration means to be, for the matrix.
enum class Level : uint8_t {
  kDefault,  // TLS switched on, or not even that, and nothing else
  kSafe,     // the safest that is known
  kWeak,     // a setting that is known to be wrong, and that people use
};
std::string_view Name(Level level);  // "default", "safe", "weak"

// A file that is written for every run.
struct ClientFile {
  std::string path;  // absolute (in a sandbox only), or relative to {dir}
  std::string text;  // with placeholders
  uint32_t mode = 0644;
};

// How a client comes to be on this machine. What is not a Debian package of the system's own goes to {installed}.
struct InstallSpec {
  std::vector<std::string> packages;  // Debian packages
  std::vector<std::string> unpack;    // Debian packages that are unpacked only: they would replace the machine's mailer
  std::vector<std::string> npm;       // npm packages, with versions
  std::string build;                  // a line for sh that makes {installed}/... from {here}/...
};

// What a client is known to do, one declaration (lab/clients/expectations).
struct Expected {
  std::string configuration = "*";  // glob on the names of a family's configurations
  std::string pattern;              // globs on scenario ids, "row:" ones included, separated by commas; '!' excludes
  std::string outcome, reason, source;
  std::string issue, until;                 // where it is reported, and until when this is believed: RFC 3339 date
  std::vector<std::string> versions;        // globs on the version line; none: any version
  std::optional<fakeserver::TlsMode> mode;  // none: either
  bool sometimes = false;                   // it is a matter of timing: that it did not happen is no news
  std::string where;                        // "file:line"
};

// A client that is a program (lab/clients/*.toml; `run -- COMMAND`).
struct CommandSpec {
  std::string name = "command";  // "curl", with configuration: "curl.insecure"
  std::string family;            // the manifest's name
  std::string title;             // for tables: "curl --ssl-reqd"
  Level level = Level::kDefault;
  int tier = 3;  // 0 nothing to install, 1 a quick install, 2 needs another language's tools, 3 heavy, or needs ids
  // With placeholders; command_client.h says what each stands for.
  std::vector<std::string> argv;
  bool shell = false;                    // argv is one line for sh -c
  std::vector<std::string> environment;  // NAME=value, in addition to a scrubbed PATH/HOME/LANG
  std::vector<ClientFile> files;
  std::string version_command;       // sh line whose first output line names the version
  std::string version;               // what it printed; see versions.h
  std::vector<std::string> needs;    // programs that must be in PATH, or files
  InstallSpec install;               //
  std::string folder;                // the manifest's own folder: {here}
  std::string installed;             // {installed}
  std::vector<std::string> visible;  // what else of the machine it must be able to read
  bool own_directory = false;        // started in {dir} rather than where the lab was started
  bool message_on_stdin = false;     // standard input is the message rather than empty
  bool root = false;                 // wants to be root, and to become other users: needs a range of ids
  bool dns = false;                  // looks its server up in the DNS: it is told a domain, and the zone is the world's
  bool unconstrained_anchor =
      false;                  // it cannot process the lab's name constraints: its anchors have none, in the sandbox
  bool sandbox_only = false;  // cannot do without the sandbox: fixed paths, fixed ports
  Goal goal = Goal::kMessage;
  bool exit_code_is_claim = true;  // 0 = says it delivered, other = says it refused; false: its exit code means nothing
  std::string claim_pattern;       // a regular expression: its output says that it is content; then only that counts
  int unsupported_exit_code = 77;  // 0: none
  bool starttls = true, implicit = false;  // the modes this configuration can be told to use
  Policy policy = Policy::kSubmission;
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  uint64_t memory = uint64_t{4} << 30;  // octets, for each of its processes
  std::vector<Expected> expected;       // the first entry that applies counts
};

// Reads lab/clients/*.toml-style manifests; errors carry file and line.
certs::Result<std::vector<CommandSpec>> LoadManifest(const std::string& path);
// All manifests in a folder, sorted by file name.
certs::Result<std::vector<CommandSpec>> LoadManifests(const std::string& folder);

// Why this client cannot be run here: a program or file that it needs is missing. Empty: it can.
std::string MissingProgram(const CommandSpec& command);

}  // namespace lab

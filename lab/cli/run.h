// The verbs `run` and `tour`: clients through scenarios, a table on the terminal and results.json on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/cli/context.h"
#include "lab/cli/report.h"

namespace lab {

struct RunVerbOptions {
  CommonOptions common;
  std::vector<std::string> clients;  // manifest configurations by name or glob; "built-in"; none: built-in
  std::vector<std::string> command;  // behind `--`: a client of the user's own
  bool shell = false;                // `command` is one line for sh -c
  std::string filter;                // globs and row:ID, comma-separated
  std::string policy;                // by name; empty: each client's own
  std::string mode = "both";         // starttls | implicit | both
  std::string wire;                  // memory | tcp; empty: what suits the client
  int jobs = 0;  // 0: what suits the machine and the client
  uint64_t seed = 1;
  std::string now;       // RFC 3339; empty: the lab date in memory, real time on TCP
  int limit_ms = 10000;  // per run of a command
  bool collect_all = false;
  bool verbose = false;         // print every transcript
  std::string out = "lab-out";  // folder for results.json
  bool resume = false;          // go on with the results that are there
  ReportFiles reports;          // written when the run ends, interrupted or not
  bool install = false;         // first install what the clients lack, as `clients install` would
};
int RunVerb(const RunVerbOptions& options);

// The main job (lab/run without arguments): the impersonation table for the built-in verifier, curl, openssl and
// Python, then the whole catalogue for the built-in verifier on both wires.
struct TourOptions {
  CommonOptions common;
  int jobs = 0;  // 0: what suits the machine and the client
  uint64_t seed = 1;
  std::string out = "lab-out";
};
int TourVerb(const TourOptions& options);

}  // namespace lab

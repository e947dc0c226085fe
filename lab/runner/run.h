// Runs clients through scenarios and hands out one record each, as they finish.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "fakeserver/transcript.h"
#include "lab/runner/client.h"
#include "lab/runner/judge.h"
#include "lab/runner/observation.h"
#include "lab/scenario/scenario.h"

namespace lab {

enum class Wire : uint8_t { kMemory, kTcp };
std::string_view Name(Wire wire);

// One cell of the matrix.
struct RunRecord {
  std::string client;  // "built-in", "curl", ...
  const Scenario* scenario = nullptr;
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  Policy policy = Policy::kSubmission;
  Wire wire = Wire::kMemory;
  Expectation expectation;
  Outcome outcome = Outcome::kError;
  std::string sentence;
  std::string known;   // the declared reason of an xfail
  std::string sanity;  // "first" or "last" for the bracketing runs, else empty
  Observation observation;
  ClientReport report;
  std::vector<fakeserver::Transcript> transcripts;
  std::string chain_sha256;  // over the presented certificates, hex
  std::chrono::microseconds duration{0};
  std::string repro;  // the command that reruns just this
};

struct RunOptions {
  std::vector<const Scenario*> scenarios;
  std::vector<CommandSpec> commands;  // the clients that are programs
  bool built_in = true;               // run the built-in verifier
  std::optional<Policy> policy;       // default: each client's own
  bool starttls = true, implicit = true;
  std::optional<Wire> wire;  // default: memory for the built-in, TCP for commands
  int jobs = 0;  // runs at a time; 0: what suits the machine and the client
  uint64_t seed = 1;
  std::optional<int64_t> now;  // seconds since the epoch; default: a fixed lab date in memory, real time on TCP
  bool collect_all = false;    // the built-in verifier also reports every defect
  bool keep_going_after_bad_sanity = false;
  bool bracket = true;  // every client first and last meets a good and a self-signed server
  // Whether an earlier run has done this one; of the record only client, scenario, mode, policy and wire are set.
  std::function<bool(const RunRecord&)> already = {};
};

inline constexpr int64_t kLabNow = 1767225600;  // 2026-01-01T00:00:00Z: the date on the memory wire

struct RunSummary {
  int passed = 0, failed = 0, skipped = 0;
  bool harness_error = false;  // a sanity case failed, a program was missing, the server could not bind
  bool interrupted = false;
};

// Runs everything; calls `on_record` once per record in a stable order (one thread at a time). `stop` is polled
// between runs. Errors that end one cell are records with kError; Run itself fails only when nothing can be run.
certs::Result<RunSummary> Run(const RunOptions& options, const std::function<void(const RunRecord&)>& on_record,
                              const std::atomic<bool>& stop);

// How many records Run will produce, for the progress line.
size_t CountRuns(const RunOptions& options);

// One scenario with the built-in client on the memory wire: what tests, fuzzers and benchmarks call. `issuer` decides
// keys and now.
RunRecord RunInMemory(const Scenario& scenario, fakeserver::TlsMode mode, Policy policy, certs::Issuer& issuer,
                      uint64_t seed, bool collect_all);

}  // namespace lab

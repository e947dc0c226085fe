#include "lab/cli/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "certs/bytes.h"
#include "lab/cli/cell.h"
#include "lab/cli/choose_clients.h"
#include "lab/cli/clients.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/recorder.h"
#include "lab/cli/resume.h"
#include "lab/runner/command_client.h"
#include "lab/runner/launcher.h"
#include "lab/runner/run.h"
#include "lab/runner/sandbox_probe.h"
#include "lab/runner/versions.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr size_t kMaxTableLines = 60;

// "tier:2" means those that are here; whoever names a client wants to be told that it is not.
void LeaveOutWhatIsMissing(const std::vector<std::string>& names, std::vector<CommandSpec>& commands) {
  if (!std::ranges::all_of(names, [](const std::string& name) { return name.starts_with("tier:"); })) {
    return;
  }
  std::set<std::string> families;
  std::erase_if(commands, [&](const CommandSpec& command) {
    const bool missing = !MissingProgram(command).empty();
    if (missing) {
      families.insert(command.family);
    }
    return missing;
  });
  if (!families.empty()) {
    fmt::print(stderr, "starttls-lab: not installed, and left out: {}; `clients install NAME`, or --install here\n",
               certs::Escaped(fmt::format("{}", fmt::join(families, ", ")), 1000));
  }
}

// Puts the clients that are meant into `run`.
certs::Result<void> SetClients(const std::vector<std::string>& names, bool install, RunOptions& run) {
  auto chosen = ChooseClients(names);
  if (!chosen) {
    return std::unexpected(chosen.error());
  }
  if (install && InstallClients(chosen->commands, false) != kExitOk) {
    return Fail(ErrorCode::kIo,
                "not every client could be installed (see above); without --install, tier:N runs those that are here");
  }
  LeaveOutWhatIsMissing(names, chosen->commands);
  run.built_in = chosen->built_in;
  run.commands = std::move(chosen->commands);
  FindVersions(run.commands);  // what a client is known to do can depend on it
  return {};
}

certs::Result<RunOptions> ToRunOptions(const RunVerbOptions& options) {
  RunOptions run;
  auto scenarios = Select(options.filter);
  if (!scenarios) {
    return std::unexpected(scenarios.error());
  }
  run.scenarios = std::move(*scenarios);
  std::vector<std::string> clients = options.clients;
  if (clients.empty() && options.command.empty()) {
    clients = {"built-in"};
  }
  if (auto chosen = SetClients(clients, options.install, run); !chosen) {
    return std::unexpected(chosen.error());
  }
  if (!options.command.empty()) {
    CommandSpec command;
    command.name = "command";
    command.title = fmt::format("{}", fmt::join(options.command, " "));
    command.argv = options.command;
    command.shell = options.shell;
    // A command that asks which mode it is can do both; any other was written for one of them.
    const bool told = std::ranges::any_of(command.argv, [](const std::string& argument) {
      return argument.find("{mode}") != std::string::npos || argument.find("{scheme}") != std::string::npos;
    });
    command.starttls = options.mode != "implicit";
    command.implicit = options.mode == "implicit" || (told && options.mode == "both");
    command.limit = std::chrono::milliseconds(options.limit_ms);
    run.commands.push_back(std::move(command));
  }
  if (!options.policy.empty()) {
    run.policy = PolicyByName(options.policy);
    if (!run.policy) {
      std::string known;
      for (Policy policy : AllPolicies()) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", Name(policy));
      }
      return Fail(ErrorCode::kBadInput,
                  fmt::format("there is no policy \"{}\"; known are: {}", certs::Escaped(options.policy), known));
    }
  }
  if (options.mode != "starttls" && options.mode != "implicit" && options.mode != "both") {
    return Fail(ErrorCode::kBadInput,
                fmt::format("--mode takes starttls, implicit or both, not \"{}\"", certs::Escaped(options.mode)));
  }
  run.starttls = options.mode != "implicit";
  run.implicit = options.mode != "starttls";
  if (options.wire == "memory") {
    run.wire = Wire::kMemory;
  } else if (options.wire == "tcp") {
    run.wire = Wire::kTcp;
  } else if (!options.wire.empty()) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("--wire takes memory or tcp, not \"{}\"", certs::Escaped(options.wire)));
  }
  if (!options.now.empty()) {
    run.now = FromRfc3339(options.now);
    if (!run.now) {
      return Fail(ErrorCode::kBadInput, fmt::format("--now takes a date such as 2026-01-01T00:00:00Z, not \"{}\"",
                                                    certs::Escaped(options.now)));
    }
  }
  run.jobs = options.jobs;
  run.seed = options.seed;
  run.collect_all = options.collect_all;
  return run;
}

std::vector<std::string> ClientNames(const RunOptions& run) {
  std::vector<std::string> names;
  if (run.built_in) {
    names.push_back("built-in");
  }
  for (const CommandSpec& command : run.commands) {
    names.push_back(certs::Escaped(command.name));
  }
  return names;
}

void PrintTables(Recorder& recorder, const RunOptions& run) {
  const std::vector<std::string> clients = ClientNames(run);
  for (const char* mode : {"starttls", "implicit"}) {
    if (run.scenarios.size() <= kMaxTableLines || clients.size() > 1) {
      recorder.Print(ClientTable(recorder, run.scenarios, clients, mode));
    }
  }
  if (run.scenarios.size() > kMaxTableLines) {
    for (const std::string& client : clients) {
      recorder.Print(fmt::format("{}\n{}", Bold(recorder.out_terminal(), client), FamilyTable(recorder, client)));
    }
  }
  std::set<Outcome> outcomes;
  for (const Recorder::Seen& seen : recorder.seen()) {
    outcomes.insert(seen.outcome);
  }
  recorder.Print(Legend(recorder.out_terminal(), {outcomes.begin(), outcomes.end()}) + "\n");
}

// What a run's end means for the exit code, when it was not interrupted.
int ExitOf(const RunSummary& summary, const Recorder& recorder) {
  if (summary.harness_error) {
    return kExitHarness;
  }
  return recorder.failed() > 0 ? kExitUnexpected : kExitOk;
}

// Why a known weakness is one, each reason once.
std::string KnownWeaknesses(const Recorder& recorder) {
  std::string text;
  std::set<std::string> said;
  for (const Recorder::Seen& seen : recorder.seen()) {
    const std::string line = fmt::format("  {} {}\n", Fit(seen.client, 15), seen.known);
    if (seen.outcome == Outcome::kXfail && said.insert(line).second) {
      text += line;
    }
  }
  return text;
}

// The first page: the experiment the project began with, for the clients that every development machine has.
certs::Result<RunOptions> ImpersonationTable(const TourOptions& options) {
  static constexpr const char* kScenarios[] = {
      "control.good",       "name.wrong-host",          "chain.self-signed",
      "chain.unknown-root", "time.leaf-expired",        "time.leaf-not-yet-valid",
      "control.wildcard",   "name.wildcard-two-labels", "name.cn-only"};
  RunOptions table;
  for (const char* id : kScenarios) {
    const Scenario* scenario = FindScenario(id);
    if (scenario == nullptr) {
      return Fail(ErrorCode::kInternal, fmt::format("the impersonation table names {}, which is no scenario", id));
    }
    table.scenarios.push_back(scenario);
  }
  if (auto chosen = SetClients(
          {"built-in", "curl", "openssl.bare", "openssl.strict", "python.default", "python.verify"}, false, table);
      !chosen) {
    return std::unexpected(chosen.error());
  }
  table.implicit = false;
  table.wire = Wire::kTcp;
  table.jobs = options.jobs;
  table.seed = options.seed;
  return table;
}

void PrintImpersonationTable(Recorder& all, const RunOptions& table) {
  all.Print(ClientTable(all, table.scenarios, ClientNames(table), "starttls"));
  all.Print("\n" + Legend(all.out_terminal(), {Outcome::kPass, Outcome::kXfail}) + "\n");
  if (const std::string known = KnownWeaknesses(all); !known.empty()) {
    all.Print("Known weaknesses, declared in lab/clients:\n" + known);
  }
  all.Print("\n" + Bold(all.out_terminal(), "The whole catalogue, the built-in verifier, both wires") + "\n");
}

// To standard error, before the first run: what the kernel refuses and these clients would need.
void SayWhatIsRefused(const RunOptions& run) {
  if (run.commands.empty()) {
    return;
  }
  const SandboxResult sandbox = ProbeSandbox();
  if (sandbox.kind == SandboxKind::kNone || std::ranges::any_of(run.commands, &CommandSpec::root)) {
    if (const std::string advice = SandboxAdvice(sandbox); !advice.empty()) {
      fmt::print(stderr, "starttls-lab: {}\n", advice);
    }
  }
}

}  // namespace

int RunVerb(const RunVerbOptions& options) {
  StartLauncher();  // while this process is small
  auto run = ToRunOptions(options);
  if (!run) {
    return Complain(run.error());
  }
  SayWhatIsRefused(*run);
  const ResultsHeader header = MakeHeader(*run);
  auto earlier = options.resume ? LoadEarlier(options.out, *run, header) : Recorder::Earlier();
  if (!earlier) {
    return Complain(earlier.error());
  }
  std::set<std::string> done;
  for (const ResultCell& cell : earlier->cells) {
    done.insert(cell.Key());
  }
  run->already = [&done](const RunRecord& record) { return done.contains(KeyOf(record)); };
  auto recorder = Recorder::Create(options.out, header, CountRuns(*run), options.common, *earlier);
  if (!recorder) {
    return Complain(recorder.error());
  }
  auto summary =
      Run(*run, [&](const RunRecord& record) { (*recorder)->Take(record, options.verbose); }, StopRequested());
  (*recorder)->Finish(summary && !summary->interrupted);
  if (!summary) {
    return Complain(summary.error());
  }
  PrintTables(**recorder, *run);
  const int reported = options.reports.any() ? WriteReports({options.out + "/results.json"}, options.reports) : kExitOk;
  (*recorder)->PrintClosing();
  if (summary->interrupted) {
    fmt::print(stderr, "starttls-lab: interrupted; the same command with --resume goes on from here\n");
    return InterruptedExitCode().value_or(kExitInterrupted);
  }
  // A report that is missing must not look like a run that is right.
  return reported != kExitOk ? reported : ExitOf(*summary, **recorder);
}

int TourVerb(const TourOptions& options) {
  StartLauncher();  // while this process is small
  auto table = ImpersonationTable(options);
  if (!table) {
    return Complain(table.error());
  }
  RunOptions memory;
  memory.scenarios = *Select("");
  memory.jobs = options.jobs;
  memory.seed = options.seed;
  memory.collect_all = true;
  RunOptions tcp = memory;
  tcp.wire = Wire::kTcp;

  SayWhatIsRefused(*table);
  const size_t expected = CountRuns(*table) + CountRuns(memory) + CountRuns(tcp);
  auto recorder = Recorder::Create(options.out, MakeHeader(*table), expected, options.common);
  if (!recorder) {
    return Complain(recorder.error());
  }
  Recorder& all = **recorder;
  all.Print(Bold(all.out_terminal(), "Is it really Bob's server?") +
            "\nmail.bob.test is wanted; who answers is the row. Over real sockets, STARTTLS.\n\n");
  RunSummary total;
  size_t shown = 0;
  for (const RunOptions* part : {&*table, &memory, &tcp}) {
    auto summary = Run(*part, [&](const RunRecord& record) { all.Take(record, false); }, StopRequested());
    if (!summary) {
      all.Finish(false);
      return Complain(summary.error());
    }
    total.harness_error = total.harness_error || summary->harness_error;
    total.interrupted = summary->interrupted;
    if (part == &*table) {
      PrintImpersonationTable(all, *table);
      shown = all.seen().size();
    }
    if (total.interrupted) {
      break;
    }
  }
  all.Finish(!total.interrupted);
  all.Print(FamilyTable(all, "built-in", shown));
  all.Print(
      "\nTest your own client: lab/run run -- COMMAND, with {host} {port} {ca} {address} {user} {password} {from} {to} "
      "{message}\n");
  all.PrintClosing();
  return total.interrupted ? InterruptedExitCode().value_or(kExitInterrupted) : ExitOf(total, all);
}

}  // namespace lab

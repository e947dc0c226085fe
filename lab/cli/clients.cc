#include "lab/cli/clients.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"
#include "lab/cli/choose_clients.h"
#include "lab/cli/exit_code.h"
#include "lab/runner/install.h"
#include "lab/runner/launcher.h"
#include "lab/runner/process.h"
#include "lab/runner/run.h"
#include "lab/runner/versions.h"

namespace lab {
namespace {

// Configurations of one family stand together in what ChooseFamilies gives.
std::vector<std::vector<CommandSpec>> ByFamily(std::vector<CommandSpec> commands) {
  std::vector<std::vector<CommandSpec>> families;
  for (CommandSpec& command : commands) {
    if (families.empty() || families.back().front().family != command.family) {
      families.emplace_back();
    }
    families.back().push_back(std::move(command));
  }
  return families;
}

std::string ModesOf(const CommandSpec& command) {
  return command.starttls && command.implicit ? "both" : command.starttls ? "starttls" : "implicit";
}

void PrintJson(const std::vector<CommandSpec>& commands) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const CommandSpec& command : commands) {
    const std::string missing = MissingProgram(command);
    all.push_back({{"name", certs::Escaped(command.name)},
                   {"family", certs::Escaped(command.family)},
                   {"title", certs::Escaped(command.title)},
                   {"level", Name(command.level)},
                   {"tier", command.tier},
                   {"modes", ModesOf(command)},
                   {"policy", Name(command.policy)},
                   {"packages", command.install.packages},
                   {"installed", missing.empty()},
                   {"missing", certs::Escaped(missing)}});
  }
  fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

// `command` for sh, as root where it must be; its exit code, 127 if there is no way to become root.
int Execute(const InstallStep& step) {
  std::string line = step.command;
  if (step.as_root) {
    line = "export DEBIAN_FRONTEND=noninteractive; exec " + line;
    if (geteuid() != 0) {
      if (FindProgram("sudo").empty()) {
        return 127;
      }
      line = "exec sudo DEBIAN_FRONTEND=noninteractive " + step.command;
    }
  }
  std::fflush(stdout);
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int InstallFamily(const std::vector<CommandSpec>& family, bool dry_run) {
  const std::string name = certs::Escaped(family.front().family);
  const std::vector<InstallStep> steps = PlanInstall(family);
  if (steps.empty()) {
    fmt::print("{}: nothing is missing\n", name);
    return kExitOk;
  }
  for (const InstallStep& step : steps) {
    fmt::print("{}: {}\n    {}\n", name, step.what, certs::Escaped(step.command, 1000));
    if (dry_run) {
      continue;
    }
    if (const int code = Execute(step); code != 0) {
      const char* const why = code == 127 && step.as_root
                                  ? "this takes root, and there is no sudo; run the line above as root"
                                  : "see above; mend that and run this again, what is done already is not done twice";
      fmt::print(stderr, "starttls-lab: {}: could not {} (exit {}): {}\n", name, step.what, code, why);
      return kExitHarness;
    }
  }
  if (dry_run) {
    return kExitOk;
  }
  for (const CommandSpec& command : family) {
    if (const std::string missing = MissingProgram(command); !missing.empty()) {
      fmt::print(stderr, "starttls-lab: {}: every step went well, and still {}\n", command.name, missing);
      return kExitHarness;
    }
  }
  return kExitOk;
}

// What the two meetings of a configuration in one mode came to.
struct Proof {
  std::string good, bad;  // what is wrong with it, one sentence; empty: nothing
  bool met_good = false, met_bad = false, skipped = false;

  bool works() const { return met_good && met_bad && good.empty() && bad.empty(); }
};

void Judge(const RunRecord& record, Proof& proof) {
  if (record.outcome == Outcome::kSkip) {
    proof.skipped = true;
    proof.good = record.sentence;
    return;
  }
  const bool is_good = record.scenario->good();
  (is_good ? proof.met_good : proof.met_bad) = true;
  // A weakness is a decision, too; only what decides nothing, or says one thing and does another, cannot be judged.
  const bool decided = record.outcome == Outcome::kPass || record.outcome == Outcome::kXfail ||
                       (!is_good && (record.outcome == Outcome::kAcceptBad || record.outcome == Outcome::kLax));
  std::string& wrong = is_good ? proof.good : proof.bad;
  if (!decided && wrong.empty()) {  // what comes later often follows from it
    wrong = record.sentence;
  }
}

int PrintProofs(const std::map<std::pair<std::string, std::string>, Proof>& proofs, const Terminal& terminal) {
  int working = 0, broken = 0, skipped = 0;
  for (const auto& [key, proof] : proofs) {
    const auto& [client, mode] = key;
    const bool skip = proof.skipped;
    skipped += skip ? 1 : 0;
    working += !skip && proof.works() ? 1 : 0;
    broken += !skip && !proof.works() ? 1 : 0;
    const std::string why = skip                  ? proof.good
                            : !proof.good.empty() ? "a good server: " + proof.good
                            : !proof.bad.empty()  ? "a self-signed one: " + proof.bad
                            : !proof.works()      ? "it was not met by both servers"
                                                  : "";
    fmt::print("{} {} {} {}\n", Fit(client, 30), Fit(mode, 8),
               Badge(terminal,
                     skip            ? Outcome::kSkip
                     : proof.works() ? Outcome::kPass
                                     : Outcome::kError,
                     skip            ? "skipped"
                     : proof.works() ? "works"
                                     : "does not work"),
               why);
  }
  fmt::print("{} work, {} do not, {} skipped.\n", working, broken, skipped);
  return broken > 0 ? kExitUnexpected : kExitOk;
}

}  // namespace

int ClientsListVerb(const ClientsOptions& options) {
  StartLauncher();  // while this process is small
  auto commands = ChooseFamilies(options.names);
  if (!commands) {
    return Complain(commands.error());
  }
  if (options.json) {
    PrintJson(*commands);
    return kExitOk;
  }
  FindVersions(*commands);
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  size_t ready = 0;
  fmt::print("{}\n", Bold(terminal, fmt::format("{} {} {} {} {} {}", Fit("configuration", 30), Fit("level", 8),
                                                Fit("tier", 4), Fit("modes", 9), Fit("policy", 20), "state")));
  const auto families = ByFamily(std::move(*commands));
  size_t configurations = 0;
  for (const auto& family : families) {
    for (const CommandSpec& command : family) {
      const std::string missing = MissingProgram(command);
      ready += missing.empty() ? 1 : 0;
      ++configurations;
      fmt::print("{} {} {:4} {} {} {}\n", Fit(certs::Escaped(command.name), 30), Fit(Name(command.level), 8),
                 command.tier, Fit(ModesOf(command), 9), Fit(Name(command.policy), 20),
                 missing.empty() ? "ready: " + certs::Escaped(command.version, 60) : Dim(terminal, missing));
    }
  }
  fmt::print("{} families, {} configurations, {} ready.\n", families.size(), configurations, ready);
  return kExitOk;
}

int InstallClients(std::vector<CommandSpec> commands, bool dry_run) {
  for (const auto& family : ByFamily(std::move(commands))) {
    if (StopRequested()) {
      return InterruptedExitCode().value_or(kExitInterrupted);
    }
    if (const int code = InstallFamily(family, dry_run); code != kExitOk) {
      return code;
    }
  }
  return kExitOk;
}

int ClientsInstallVerb(const ClientsOptions& options) {
  auto commands = ChooseFamilies(options.names);
  return commands ? InstallClients(std::move(*commands), options.dry_run) : Complain(commands.error());
}

int ClientsCheckVerb(const ClientsOptions& options) {
  StartLauncher();  // while this process is small
  auto commands = ChooseFamilies(options.names);
  if (!commands) {
    return Complain(commands.error());
  }
  RunOptions run;
  run.built_in = false;
  std::map<std::pair<std::string, std::string>, Proof> proofs;
  for (CommandSpec& command : *commands) {
    if (const std::string missing = MissingProgram(command); !missing.empty()) {
      proofs[{certs::Escaped(command.name), "-"}] = {.good = missing, .skipped = true};
    } else {
      run.commands.push_back(std::move(command));
    }
  }
  FindVersions(run.commands);
  run.wire = Wire::kTcp;
  run.jobs = options.jobs;
  for (const char* id : {"control.good", "chain.self-signed"}) {
    run.scenarios.push_back(FindScenario(id));
  }
  const auto take = [&](const RunRecord& record) {
    Judge(record, proofs[{certs::Escaped(record.client),
                          record.mode == fakeserver::TlsMode::kStartTls ? "starttls" : "implicit"}]);
  };
  const auto summary = Run(run, take, StopRequested());
  if (!summary) {
    return Complain(summary.error());
  }
  const int code = PrintProofs(proofs, DescribeTerminal(stdout, options.common.color));
  return summary->interrupted ? InterruptedExitCode().value_or(kExitInterrupted) : code;
}

}  // namespace lab

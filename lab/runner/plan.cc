#include "lab/runner/plan.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "lab/runner/built_in.h"
#include "lab/runner/command_client.h"

namespace lab {
namespace {

using fakeserver::TlsMode;

bool Has(const CommandSpec* command, TlsMode mode) {
  return command == nullptr || (mode == TlsMode::kStartTls ? command->starttls : command->implicit);
}

bool Wanted(const RunOptions& options, TlsMode mode) {
  return mode == TlsMode::kStartTls ? options.starttls : options.implicit;
}

TlsMode Other(TlsMode mode) { return mode == TlsMode::kStartTls ? TlsMode::kImplicit : TlsMode::kStartTls; }

// The client lacks this mode, but the scenario is run in the other one.
bool CoveredByOther(const RunOptions& options, const PlannedGroup& group, const Scenario& scenario) {
  const TlsMode other = Other(group.mode);
  return Wanted(options, other) && Has(group.command, other) && Serves(scenario, other);
}

std::optional<std::string> WhyNot(const PlannedGroup& group, const Scenario& scenario, SandboxKind sandbox) {
  if (group.command == nullptr) {
    return std::nullopt;
  }
  if (group.wire == Wire::kMemory) {
    return "a program cannot be run on the memory wire";
  }
  if (!Has(group.command, group.mode)) {
    return fmt::format("this client is not configured for {}", fakeserver::Name(group.mode));
  }
  if (scenario.exact_clock) {
    return "the boundary lies at the second, and the lab does not hold this client's clock";
  }
  if (std::ranges::any_of(scenario.world.earlier, [](const Visit& visit) { return visit.ago.count() > 0; })) {
    return "one of the visits was some time ago, and the lab does not hold this client's clock";
  }
  const certs::RevocationSpec& revocation = scenario.world.chain.revocation;
  if (!revocation.crls.empty() || revocation.check != certs::RevocationCheck::kSoft) {
    return "the lab cannot tell this client about revocation lists, nor how much to insist";
  }
  if (group.policy == Policy::kRelayMtaSts && scenario.world.policy_host->cached) {
    return "the lab cannot put a policy into this client's cache";
  }
  if (scenario.world.online.Any() && sandbox == SandboxKind::kNone) {
    return "the web server that has the revocation data has no name and no port 80 without a sandbox";
  }
  return CannotBeTold(*group.command, scenario.world.reference, sandbox);
}

std::vector<PlannedRun> Bracket(const PlannedGroup& group, SandboxKind sandbox, const std::string& which) {
  std::vector<PlannedRun> runs;
  for (const std::string_view id : {kSanityGood, kSanityBad}) {
    const Scenario* const scenario = FindScenario(id);
    if (scenario != nullptr && scenario->expect.contains(group.policy) && !WhyNot(group, *scenario, sandbox)) {
      runs.push_back({.scenario = scenario, .sanity = which});
    }
  }
  return runs;
}

void AddGroup(const RunOptions& options, SandboxKind sandbox, PlannedGroup group, std::vector<PlannedGroup>& plan) {
  bool anything_runs = false;
  for (const Scenario* scenario : options.scenarios) {
    if (!Serves(*scenario, group.mode) || !scenario->expect.contains(group.policy)) {
      continue;
    }
    if (!Has(group.command, group.mode) && CoveredByOther(options, group, *scenario)) {
      continue;
    }
    if (options.already && options.already({.client = group.client(),
                                            .scenario = scenario,
                                            .mode = group.mode,
                                            .policy = group.policy,
                                            .wire = group.wire})) {
      continue;
    }
    PlannedRun run{.scenario = scenario, .skip_reason = WhyNot(group, *scenario, sandbox)};
    anything_runs |= !run.skip_reason;
    group.body.push_back(std::move(run));
  }
  if (anything_runs && options.bracket) {
    group.first = Bracket(group, sandbox, "first");
    group.last = Bracket(group, sandbox, "last");
  }
  if (!group.body.empty()) {
    plan.push_back(std::move(group));
  }
}

}  // namespace

std::string PlannedGroup::client() const { return command != nullptr ? command->name : std::string(kBuiltIn); }

std::vector<PlannedGroup> MakePlan(const RunOptions& options, SandboxKind sandbox) {
  std::vector<const CommandSpec*> clients;
  if (options.built_in) {
    clients.push_back(nullptr);
  }
  for (const CommandSpec& command : options.commands) {
    clients.push_back(&command);
  }
  std::vector<PlannedGroup> plan;
  for (const CommandSpec* command : clients) {
    for (const TlsMode mode : {TlsMode::kStartTls, TlsMode::kImplicit}) {
      if (Wanted(options, mode)) {
        const Policy own = command != nullptr ? command->policy : Policy::kSubmission;
        AddGroup(options, sandbox,
                 {.command = command,
                  .mode = mode,
                  .policy = options.policy.value_or(own),
                  .wire = options.wire.value_or(command != nullptr ? Wire::kTcp : Wire::kMemory)},
                 plan);
      }
    }
  }
  return plan;
}

std::string ReproLine(const RunOptions& options, const PlannedGroup& group, const Scenario& scenario) {
  const bool from_command_line = group.command != nullptr && group.command->folder.empty();
  std::string line = "starttls-lab run";
  if (!from_command_line) {
    line += " --client " + group.client();
  }
  line += fmt::format(" --filter {} --mode {} --wire {} --seed {}", scenario.selector(), fakeserver::Name(group.mode),
                      Name(group.wire), options.seed);
  if (options.policy) {
    line += fmt::format(" --policy {}", Name(*options.policy));
  }
  if (options.now) {
    const std::time_t seconds = *options.now;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    line += fmt::format(" --now {:%Y-%m-%dT%H:%M:%SZ}", utc);
  }
  if (from_command_line) {
    line += group.command->shell ? " --shell --" : " --";
    for (const std::string& argument : group.command->argv) {
      line += " " + ShellQuoted(argument);
    }
  }
  return line;
}

}  // namespace lab

#include "lab/cli/matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "certs/bytes.h"
#include "lab/cli/choose_clients.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/report/client_matrix.h"
#include "lab/runner/clock.h"
#include "lab/runner/expectations.h"
#include "lab/scenario/outcome.h"
#include "lab/scenario/scenario.h"

namespace lab {
namespace {

// What a cell came to before a declaration was looked at.
std::string OutcomeItself(const ResultCell& cell) {
  constexpr std::string_view kKnown = "known (";  // how the sentence of an expected failure begins
  if (cell.outcome == Name(Outcome::kXfail) && cell.sentence.starts_with(kKnown)) {
    return cell.sentence.substr(kKnown.size(), cell.sentence.find(')') - kKnown.size());
  }
  return cell.outcome == Name(Outcome::kXpass) ? std::string(Name(Outcome::kPass)) : cell.outcome;
}

// What is declared today counts, not what was when the client ran: a reason that was found since is the page's reason.
void ApplyDeclarations(const std::vector<CommandSpec>& commands, int64_t now, ResultCell& cell) {
  const auto client = std::ranges::find(commands, cell.client, &CommandSpec::name);
  const Scenario* const scenario = FindScenario(cell.scenario);
  if (client == commands.end() || scenario == nullptr || cell.policy != Name(client->policy)) {
    return;
  }
  const auto demanded = scenario->expect.find(client->policy);
  const auto mode = cell.mode == fakeserver::Name(fakeserver::TlsMode::kImplicit) ? fakeserver::TlsMode::kImplicit
                                                                                  : fakeserver::TlsMode::kStartTls;
  const Expected* const one =
      demanded == scenario->expect.end() ? nullptr : ExpectationFor(*client, *scenario, demanded->second, mode, now);
  const std::string itself = OutcomeItself(cell);
  const bool known = one != nullptr && one->outcome == itself && itself != Name(Outcome::kPass);
  cell.outcome = itself;  // so that what proves nothing is counted as that, declared or not
  cell.known = known ? certs::Escaped(fmt::format("{} ({})", one->reason, one->source), 1000) : "";
}

// As they were when they ran: declarations may hold for some versions only.
std::vector<CommandSpec> AsTheyRan(std::vector<CommandSpec> commands, const ResultsHeader& header) {
  for (CommandSpec& command : commands) {
    const auto client = std::ranges::find(header.clients, command.name, &ResultsHeader::Client::name);
    command.version = client == header.clients.end() ? "" : client->version;
  }
  return commands;
}

}  // namespace

int MatrixVerb(const MatrixOptions& options) {
  const auto commands = ChooseFamilies({});
  if (!commands) {
    return Complain(commands.error());
  }
  std::vector<Results> runs;
  for (const std::string& file : options.results) {
    auto results = ReadResults(file);
    if (!results) {
      return Complain(results.error());
    }
    const std::vector<CommandSpec> ran = AsTheyRan(*commands, results->header);
    for (ResultCell& cell : results->cells) {
      ApplyDeclarations(ran, UnixNow(), cell);
    }
    runs.push_back(std::move(*results));
  }
  std::vector<MatrixTable> tables;
  for (const Table& table : AllTables()) {
    tables.push_back({table.letter, table.title});
  }
  const std::string page = ClientMatrix(runs, tables);
  if (options.into.empty()) {
    fmt::print("{}", page);
    return kExitOk;
  }
  const auto before = ReadWholeFile(options.into);
  if (!before) {
    return Complain(before.error());
  }
  const auto after = PutBetweenMarks(*before, page);
  if (!after) {
    return Complain({after.error().code, certs::Escaped(options.into, 300) + ": " + after.error().detail});
  }
  if (const auto written = ReplaceWholeFile(options.into, *after); !written) {
    return Complain(written.error());
  }
  return kExitOk;
}

}  // namespace lab

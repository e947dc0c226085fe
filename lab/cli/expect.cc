#include "lab/cli/expect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "certs/bytes.h"
#include "lab/cli/choose_clients.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/expect_edit.h"
#include "lab/cli/files.h"
#include "lab/report/results.h"
#include "lab/runner/clock.h"
#include "lab/runner/expect_lint.h"
#include "lab/runner/expectations.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

// What a family's results say about its declarations.
struct News {
  struct Unexpected {
    std::map<std::string, std::set<std::string>> modes;  // in which it happened, by scenario
    std::string sentence;
  };
  std::map<std::pair<std::string, std::string>, std::set<std::string>> asked;  // modes, by configuration and scenario
  std::map<std::pair<std::string, std::string>, Unexpected> unexpected;        // by configuration and outcome
  std::map<std::string, std::set<std::string>> gone, seen;                     // scenarios, by a declaration's place
  std::map<std::string, std::string> pattern, version;  // of a declaration by its place, of a configuration by its name
};

std::string ConfigurationOf(const CommandSpec& client) {
  return client.name == client.family ? "" : client.name.substr(client.family.size() + 1);
}

void Take(const ResultCell& cell, const CommandSpec& client, int64_t now, News& news) {
  const Scenario* const scenario = FindScenario(cell.scenario);
  const std::optional<Outcome> outcome = OutcomeByName(cell.outcome);
  const std::optional<Policy> policy = PolicyByName(cell.policy);
  if (scenario == nullptr || !outcome || policy != client.policy || !cell.sanity.empty()) {
    return;
  }
  const auto demanded = scenario->expect.find(client.policy);
  const auto mode = cell.mode == fakeserver::Name(fakeserver::TlsMode::kImplicit) ? fakeserver::TlsMode::kImplicit
                                                                                  : fakeserver::TlsMode::kStartTls;
  const Expected* const one =
      demanded == scenario->expect.end() ? nullptr : ExpectationFor(client, *scenario, demanded->second, mode, now);
  if (*outcome != Outcome::kSkip) {
    news.asked[{ConfigurationOf(client), cell.scenario}].insert(cell.mode);
  }
  if (one != nullptr && (*outcome == Outcome::kXfail || *outcome == Outcome::kXpass)) {
    (*outcome == Outcome::kXfail ? news.seen : news.gone)[one->where].insert(cell.scenario);
    news.pattern[one->where] = one->pattern;
    return;
  }
  if (AsExpected(*outcome) || *outcome == Outcome::kError || *outcome == Outcome::kXpass) {
    return;
  }
  News::Unexpected& unexpected = news.unexpected[{ConfigurationOf(client), cell.outcome}];
  unexpected.modes[cell.scenario].insert(cell.mode);
  if (unexpected.sentence.empty()) {
    unexpected.sentence = cell.sentence;
  }
}

std::pair<std::string, size_t> SplitPlace(const std::string& where) {
  const size_t colon = where.rfind(':');
  return {where.substr(0, colon), static_cast<size_t>(std::atoll(where.c_str() + colon + 1))};
}

// Takes what did not happen out of the declarations of `file`; what cannot be done is said.
bool TakeOut(const fs::path& file, const News& news, ExpectationsText& text) {
  bool changed = false;
  for (const auto& [where, gone] : news.gone) {
    const auto [path, line] = SplitPlace(where);
    const auto seen = news.seen.find(where);
    std::vector<std::string> ids;
    for (const std::string& id : gone) {
      if (seen != news.seen.end() && seen->second.contains(id)) {
        fmt::print("{}: {} happens in one configuration or mode and not in another: say so by hand\n", where, id);
      } else {
        ids.push_back(id);
      }
    }
    if (ids.empty()) {
      continue;
    }
    const std::string pattern = PatternWithout(news.pattern.at(where), ids);
    if (path != certs::Escaped(file.string(), 300) || !text.SetPattern(line, pattern)) {
      fmt::print("{}: did not happen any more, and several clients share it, so change it by hand: {}\n", where,
                 fmt::join(ids, ", "));
      continue;
    }
    fmt::print("{}: {}: {}\n", where, pattern.empty() ? "removed, it did not happen" : "no longer for",
               fmt::join(ids, ", "));
    changed = true;
  }
  return changed;
}

bool PutIn(const std::string& family, const News& news, ExpectationsText& text) {
  for (const auto& [key, unexpected] : news.unexpected) {
    const auto& [configuration, outcome] = key;
    std::map<std::string, std::vector<std::string>> by_mode;  // "": in every mode in which it was asked
    for (const auto& [scenario, modes] : unexpected.modes) {
      by_mode[modes == news.asked.at({configuration, scenario}) ? "" : *modes.begin()].push_back(scenario);
    }
    for (const auto& [mode, scenarios] : by_mode) {
      fmt::print("{}{}{}: {} in {}{}{}\n", family, configuration.empty() ? "" : ".", configuration, outcome,
                 fmt::join(scenarios, ", "), mode.empty() ? "" : "; only ", mode);
      text.PutInFront(DeclarationText(configuration, scenarios, outcome, mode,
                                      fmt::format("{}: {}", kUnexplained, unexpected.sentence),
                                      news.version.at(configuration)));
    }
  }
  return !news.unexpected.empty();
}

certs::Result<bool> UpdateFamily(const std::string& family, const News& news, bool dry_run) {
  const fs::path file = fs::path(ClientsFolder()) / "expectations" / (family + ".toml");
  std::ostringstream before;
  before << std::ifstream(file, std::ios::binary).rdbuf();
  ExpectationsText text(before.str().empty() ? fmt::format("# What {} is known to do.\n", family) : before.str());
  const bool out = TakeOut(file, news, text), in = PutIn(family, news, text);
  if ((out || in) && !dry_run) {
    if (auto replaced = ReplaceWholeFile(file.string(), text.Text()); !replaced) {
      return std::unexpected(replaced.error());
    }
  }
  return out || in;
}

}  // namespace

int ExpectLintVerb(const CommonOptions& common) {
  const Terminal terminal = DescribeTerminal(stdout, common.color);
  const auto commands = ChooseFamilies({});  // what is shared must be seen as a whole
  if (!commands) {
    return Complain(commands.error());
  }
  const auto lint = LintExpectations(ClientsFolder(), *commands, UnixNow());
  if (!lint) {
    return Complain(lint.error());
  }
  for (const StaleDeclaration& stale : lint->stale) {
    fmt::print("{}: {}\n", Bold(terminal, stale.where), stale.sentence);
  }
  fmt::print("{} declarations, {} to be looked at.\n", lint->declarations, lint->stale.size());
  return lint->stale.empty() ? kExitOk : kExitStale;
}

int ExpectUpdateVerb(const ExpectOptions& options) {
  const auto commands = ChooseFamilies(options.names);
  if (!commands) {
    return Complain(commands.error());
  }
  const auto results = ReadResults(options.results);
  if (!results) {
    return Complain(results.error());
  }
  std::map<std::string, News> families;
  for (const ResultsHeader::Client& ran : results->header.clients) {
    const auto client = std::ranges::find(*commands, ran.name, &CommandSpec::name);
    if (client == commands->end()) {
      continue;
    }
    CommandSpec as_run = *client;
    as_run.version = ran.version;
    News& news = families[client->family];
    news.version[ConfigurationOf(*client)] = fmt::format("seen with {}", ran.version.empty() ? ran.name : ran.version);
    for (const ResultCell& cell : results->cells) {
      if (cell.client == ran.name) {
        Take(cell, as_run, UnixNow(), news);
      }
    }
  }
  size_t changed = 0;
  for (const auto& [family, news] : families) {
    const auto done = UpdateFamily(family, news, options.dry_run);
    if (!done) {
      return Complain(done.error());
    }
    changed += *done ? 1 : 0;
  }
  fmt::print("{} files {}.{}\n", changed, options.dry_run ? "would change" : "changed",
             changed > 0 ? " Say why where it says UNEXPLAINED; `expect lint` finds them." : "");
  return kExitOk;
}

}  // namespace lab

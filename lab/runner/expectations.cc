#include "lab/runner/expectations.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <ranges>
#include <set>

#include "lab/runner/toml_reader.h"
#include "lab/scenario/outcome.h"

namespace lab {
namespace {

namespace fs = std::filesystem;
using certs::Error;
using fakeserver::TlsMode;

bool Globs(const std::string& glob, const std::string& text) { return fnmatch(glob.c_str(), text.c_str(), 0) == 0; }

// "2026-01-31"; dates of this form are ordered as texts are.
bool IsDate(const std::string& text) {
  std::tm parts{};
  const char* const end = strptime(text.c_str(), "%Y-%m-%d", &parts);
  constexpr size_t kLength = 10;
  return end != nullptr && *end == '\0' && text.size() == kLength;
}

std::string DateOf(int64_t now) {
  const std::time_t time = now;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

// The others are not the client's doing: a run that did not take place, the lab's own fault, and what a declaration
// itself makes of an outcome.
bool CanBeDeclared(Outcome outcome) {
  return outcome != Outcome::kSkip && outcome != Outcome::kError && outcome != Outcome::kXfail &&
         outcome != Outcome::kXpass;
}

void ReadMode(TableReader& reader, const toml::table& table, Expected& one) {
  std::string name;
  reader.Text("mode", name);
  for (const TlsMode mode : {TlsMode::kStartTls, TlsMode::kImplicit}) {
    if (name == fakeserver::Name(mode)) {
      one.mode = mode;
    }
  }
  if (!name.empty() && !one.mode) {
    reader.Complain(table.get("mode")->source(), "mode must be \"starttls\" or \"implicit\"");
  }
}

// Reads one file and what it includes.
class Loader {
 public:
  certs::Result<std::vector<Expected>> Load(const fs::path& path, const std::string& configuration) {
    if (!seen_.insert(path.lexically_normal()).second) {
      return certs::Fail(certs::ErrorCode::kBadInput, certs::Escaped(path.string(), 300) + ":1: includes itself");
    }
    const auto parsed = ParseToml(path);
    if (!parsed) {
      return std::unexpected(parsed.error());
    }
    std::vector<Expected> all, included;
    std::optional<Error> error;
    TableReader reader(*parsed, certs::Escaped(path.string(), 300), "an expectations file");
    reader.Tables("expect", [&](const toml::table& table) {
      if (auto one = ReadOne(table, reader.file(), configuration); one) {
        all.push_back(std::move(*one));
      } else if (!error) {
        error = one.error();
      }
    });
    reader.Tables("include", [&](const toml::table& table) {
      if (auto more = Include(table, reader.file(), path.parent_path()); more) {
        included.insert(included.end(), more->begin(), more->end());
      } else if (!error) {
        error = more.error();
      }
    });
    if (!error) {
      error = reader.Finish();
    }
    if (error) {
      return std::unexpected(*error);
    }
    all.insert(all.end(), included.begin(), included.end());
    seen_.erase(path.lexically_normal());
    return all;
  }

 private:
  static certs::Result<Expected> ReadOne(const toml::table& table, const std::string& file,
                                         const std::string& configuration) {
    Expected one{.configuration = configuration};
    one.where = fmt::format("{}:{}", file, table.source().begin.line);
    TableReader reader(table, file, "[[expect]]");
    reader.Text("configuration", one.configuration)
        .Text("pattern", one.pattern)
        .Text("outcome", one.outcome)
        .Text("reason", one.reason)
        .Text("source", one.source)
        .Text("issue", one.issue)
        .Text("until", one.until)
        .Texts("versions", one.versions)
        .Flag("sometimes", one.sometimes);
    ReadMode(reader, table, one);
    reader.Require("pattern", !one.pattern.empty());
    reader.Require("reason", !one.reason.empty());
    reader.Require("source", !one.source.empty());
    if (const auto outcome = OutcomeByName(one.outcome); !outcome || !CanBeDeclared(*outcome)) {
      reader.Complain(table.source(), fmt::format("there is no outcome \"{}\" that a client could be known for",
                                                  certs::Escaped(one.outcome, 60)));
    }
    if (!one.until.empty() && !IsDate(one.until)) {
      reader.Complain(table.get("until")->source(), "until must be a date such as \"2026-01-31\"");
    }
    if (const auto error = reader.Finish()) {
      return std::unexpected(*error);
    }
    return one;
  }

  certs::Result<std::vector<Expected>> Include(const toml::table& table, const std::string& file,
                                               const fs::path& folder) {
    std::string name, configuration = "*";
    TableReader reader(table, file, "[[include]]");
    reader.Text("file", name).Text("configuration", configuration);
    reader.Require("file", !name.empty());
    if (const auto error = reader.Finish()) {
      return std::unexpected(*error);
    }
    return Load(folder / (name + ".toml"), configuration);
  }

  std::set<fs::path> seen_;  // those being read
};

bool MatchesOne(std::string_view pattern, const Scenario& scenario) {
  constexpr std::string_view kRow = "row:";
  const bool by_row = pattern.starts_with(kRow);
  const std::string glob(pattern.substr(by_row ? kRow.size() : 0));
  const auto hit = [&](const std::string& text) { return fnmatch(glob.c_str(), text.c_str(), 0) == 0; };
  return by_row ? std::ranges::any_of(scenario.rows, hit) : hit(scenario.id);
}

bool HoldsFor(const Expected& one, const CommandSpec& client, TlsMode mode, int64_t now) {
  const bool version = one.versions.empty() || std::ranges::any_of(one.versions, [&](const std::string& glob) {
                         return Globs(glob, client.version);
                       });
  return version && one.mode.value_or(mode) == mode && IsBelieved(one, now);
}

// A part of a pattern: what it means, and whether it excludes that.
struct PatternPart {
  std::string glob;
  bool excludes = false;
};

std::vector<PatternPart> PartsOf(std::string_view pattern) {
  std::vector<PatternPart> parts;
  for (const auto part : std::views::split(pattern, ',')) {
    std::string glob(part.begin(), part.end());
    std::erase(glob, ' ');
    const bool excludes = glob.starts_with('!');
    glob.erase(0, excludes ? 1 : 0);
    if (!glob.empty()) {
      parts.push_back({std::move(glob), excludes});
    }
  }
  return parts;
}

}  // namespace

bool IsBelieved(const Expected& one, int64_t now) { return one.until.empty() || DateOf(now) <= one.until; }

certs::Result<std::vector<Expected>> LoadExpectations(const std::string& path) { return Loader().Load(path, "*"); }

std::vector<Expected> ExpectationsOf(const std::vector<Expected>& all, const CommandSpec& client) {
  // The family's main configuration has no name of its own; "" and "*" mean it.
  const std::string name = client.name == client.family ? "" : client.name.substr(client.family.size() + 1);
  std::vector<Expected> meant;
  for (const Expected& one : all) {
    if (one.configuration.empty() && name.empty()) {  // an empty text has no parts
      meant.push_back(one);
      continue;
    }
    for (const auto part : std::views::split(one.configuration, ',')) {
      if (Globs(std::string(part.begin(), part.end()), name)) {
        meant.push_back(one);
        break;
      }
    }
  }
  return meant;
}

bool PatternMatches(std::string_view pattern, const Scenario& scenario) {
  bool included = false, any_inclusion = false;
  for (const PatternPart& part : PartsOf(pattern)) {
    const bool hit = MatchesOne(part.glob, scenario);
    if (part.excludes && hit) {
      return false;
    }
    any_inclusion |= !part.excludes;
    included |= !part.excludes && hit;
  }
  return included || !any_inclusion;
}

std::vector<std::string> EmptyParts(std::string_view pattern) {
  std::vector<std::string> empty;
  for (PatternPart& part : PartsOf(pattern)) {
    if (std::ranges::none_of(AllScenarios(), [&](const Scenario& s) { return MatchesOne(part.glob, s); })) {
      empty.push_back(std::move(part.glob));
    }
  }
  return empty;
}

bool CanHappen(Outcome outcome, const Expectation& demanded) {
  switch (outcome) {
    case Outcome::kAcceptBad:
      return demanded.demand == Demand::kRefuse || demanded.demand == Demand::kIgnoreOrRefuse;
    case Outcome::kLax:
      return demanded.demand == Demand::kRefuse;
    case Outcome::kRejectGood:
      return demanded.demand == Demand::kAccept;
    default:
      return true;
  }
}

const Expected* ExpectationFor(const CommandSpec& client, const Scenario& scenario, const Expectation& demanded,
                               TlsMode mode, int64_t now) {
  for (const Expected& one : client.expected) {
    const std::optional<Outcome> outcome = OutcomeByName(one.outcome);
    if (outcome && CanHappen(*outcome, demanded) && HoldsFor(one, client, mode, now) &&
        PatternMatches(one.pattern, scenario)) {
      return &one;
    }
  }
  return nullptr;
}

Judgement ApplyExpectations(const Judgement& judgement, const Scenario& scenario, const CommandSpec& client,
                            TlsMode mode, int64_t now) {
  const auto demanded = scenario.expect.find(client.policy);
  const Expected* const one =
      demanded == scenario.expect.end() ? nullptr : ExpectationFor(client, scenario, demanded->second, mode, now);
  if (one == nullptr || one->outcome == Name(Outcome::kPass)) {
    return judgement;
  }
  if (one->outcome == Name(judgement.outcome)) {
    return {Outcome::kXfail, fmt::format("known ({}): {}; {}", one->outcome, one->reason, judgement.sentence),
            fmt::format("{} ({})", one->reason, one->source)};
  }
  if (judgement.outcome == Outcome::kPass && !one->sometimes) {
    return {Outcome::kXpass,
            fmt::format("declared as {} (\"{}\"), but: {}", one->outcome, one->reason, judgement.sentence)};
  }
  return judgement;
}

}  // namespace lab

#include "lab/runner/expect_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "certs/bytes.h"
#include "lab/runner/expectations.h"
#include "lab/scenario/outcome.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

// One declaration, over all the families that share it.
struct DeclarationUse {
  Expected declaration;
  std::vector<bool> means;  // for each scenario
  bool has_configuration = false, counts = false;
};

using UsesByPlace = std::map<std::string, DeclarationUse>;

std::vector<bool> MeantBy(std::string_view pattern) {
  std::vector<bool> means;
  for (const Scenario& scenario : AllScenarios()) {
    means.push_back(PatternMatches(pattern, scenario));
  }
  return means;
}

// Marks, scenario by scenario, the declarations that count for this client in this mode: the first that fits, and, as
// the version is not looked at, those with versions that stand in front of it.
void MarkThoseThatCount(const CommandSpec& client, fakeserver::TlsMode mode, int64_t now, UsesByPlace& uses) {
  const std::vector<Scenario>& scenarios = AllScenarios();
  for (size_t i = 0; i < scenarios.size(); ++i) {
    const auto demanded = scenarios[i].expect.find(client.policy);
    if (demanded == scenarios[i].expect.end() || !Serves(scenarios[i], mode)) {
      continue;
    }
    for (const Expected& one : client.expected) {
      const auto use = uses.find(one.where);
      const std::optional<Outcome> outcome = OutcomeByName(one.outcome);
      if (use == uses.end() || !use->second.means[i] || !outcome || !CanHappen(*outcome, demanded->second) ||
          one.mode.value_or(mode) != mode || !IsBelieved(one, now)) {
        continue;
      }
      use->second.counts = true;
      if (one.versions.empty()) {
        break;
      }
    }
  }
}

std::vector<std::string> WhatIsWrong(const DeclarationUse& use, int64_t now) {
  std::vector<std::string> wrong;
  const Expected& one = use.declaration;
  for (const std::string& part : EmptyParts(one.pattern)) {
    wrong.push_back(fmt::format("no scenario is meant by \"{}\"", certs::Escaped(part, 100)));
  }
  if (!IsBelieved(one, now)) {
    wrong.push_back(fmt::format("it was to be believed until {}: look again", one.until));
  } else if (!use.has_configuration) {
    wrong.push_back(
        fmt::format("no configuration of this client is meant by \"{}\"", certs::Escaped(one.configuration, 100)));
  } else if (!use.counts && wrong.empty()) {
    wrong.push_back(fmt::format("\"{}\" counts nowhere: it cannot happen there, or another declaration goes before",
                                certs::Escaped(one.outcome, 100)));
  }
  if (one.reason.starts_with(kUnexplained)) {
    wrong.push_back("nobody has said yet why: replace its reason and source");
  }
  return wrong;
}

void AddOrphans(const std::string& folder, const std::set<std::string>& families, ExpectationsLint& lint) {
  std::error_code ignored;
  std::set<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder) / "expectations", ignored)) {
    if (entry.path().extension() == ".toml" && !families.contains(entry.path().stem().string())) {
      files.insert(entry.path().string());
    }
  }
  for (const std::string& file : files) {
    lint.stale.push_back({certs::Escaped(file, 300) + ":1", "there is no client of that name"});
  }
}

// "file:12" behind "file:9".
bool ComesBefore(const StaleDeclaration& a, const StaleDeclaration& b) {
  const auto key = [](const std::string& where) {
    const size_t colon = where.rfind(':');
    return std::pair(where.substr(0, colon), std::atoi(where.c_str() + colon + 1));
  };
  return key(a.where) < key(b.where);
}

}  // namespace

certs::Result<ExpectationsLint> LintExpectations(const std::string& folder, const std::vector<CommandSpec>& commands,
                                                 int64_t now) {
  UsesByPlace uses;
  std::map<std::string, std::vector<bool>> means;  // patterns are shared, and asking costs
  std::set<std::string> families;
  ExpectationsLint lint;
  for (const CommandSpec& client : commands) {
    const fs::path file = fs::path(folder) / "expectations" / (client.family + ".toml");
    if (!families.insert(client.family).second || !fs::exists(file)) {
      continue;
    }
    const auto all = LoadExpectations(file.string());
    if (!all) {
      return std::unexpected(all.error());
    }
    for (const Expected& one : *all) {
      auto& meant = means[one.pattern];
      if (meant.empty()) {
        meant = MeantBy(one.pattern);
      }
      uses.try_emplace(one.where, DeclarationUse{.declaration = one, .means = meant});
    }
  }
  for (const CommandSpec& client : commands) {
    for (const Expected& one : client.expected) {
      if (const auto use = uses.find(one.where); use != uses.end()) {
        use->second.has_configuration = true;
      }
    }
    if (client.starttls) {
      MarkThoseThatCount(client, fakeserver::TlsMode::kStartTls, now, uses);
    }
    if (client.implicit) {
      MarkThoseThatCount(client, fakeserver::TlsMode::kImplicit, now, uses);
    }
  }
  lint.declarations = uses.size();
  for (const auto& [where, use] : uses) {
    for (std::string& sentence : WhatIsWrong(use, now)) {
      lint.stale.push_back({where, std::move(sentence)});
    }
  }
  std::ranges::stable_sort(lint.stale, ComesBefore);
  AddOrphans(folder, families, lint);
  return lint;
}

}  // namespace lab

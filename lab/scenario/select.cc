#include <algorithm>
#include <cctype>
#include <numeric>
#include <ranges>

#include "certs/bytes.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/scenario_file.h"
#include "lab/scenario/sets.h"

namespace lab {
namespace {

constexpr std::string_view kRowPrefix = "row:", kSetPrefix = "set:", kFileSuffix = ".toml";

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return lower;
}

// '*' stands for any characters, '?' for one. Linear back-tracking: only the last '*' is ever retried.
bool GlobMatches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return std::ranges::all_of(pattern.substr(p), [](char c) { return c == '*'; });
}

bool Matches(std::string_view pattern, const Scenario& scenario) {
  if (pattern.starts_with(kRowPrefix)) {
    const std::string_view row = pattern.substr(kRowPrefix.size());
    return std::ranges::any_of(scenario.rows, [&](const std::string& r) { return GlobMatches(row, Lower(r)); });
  }
  return pattern.starts_with(kSetPrefix) ? IsInSet(pattern.substr(kSetPrefix.size()), scenario)
                                         : GlobMatches(pattern, scenario.id);
}

// Levenshtein's edit distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

certs::Error NothingMatches(std::string_view pattern) {
  constexpr size_t kShown = 100;
  const std::string shown = certs::Escaped(pattern, kShown);
  std::string closest;
  if (pattern.starts_with(kRowPrefix)) {
    const auto same = [&](const Row& row) { return Lower(row.id) == pattern.substr(kRowPrefix.size()); };
    if (std::ranges::any_of(AllRows(), same)) {
      return {certs::ErrorCode::kUnknownId, "no scenario covers '" + shown + "' yet"};
    }
    closest = "row:" + std::string(std::ranges::min(AllRows(), {}, [&](const Row& row) {
                                     return Distance(pattern, "row:" + Lower(row.id));
                                   }).id);
  } else {
    std::string bare(pattern.substr(0, kShown));
    std::erase(bare, '*');
    closest = std::ranges::min_element(AllScenarios(), {}, [&](const Scenario& s) { return Distance(bare, s.id); })->id;
  }
  return {certs::ErrorCode::kUnknownId, "no scenario matches '" + shown + "'; the closest is '" + closest + "'"};
}

}  // namespace

certs::Result<std::vector<const Scenario*>> Select(std::string_view filter) {
  struct Pattern {
    std::string text;
    bool excludes = false;
  };
  std::vector<Pattern> patterns;
  std::vector<const Scenario*> files;
  for (const auto part : std::views::split(filter, ',')) {
    std::string text(part.begin(), part.end());
    std::erase(text, ' ');
    const bool excludes = text.starts_with('!');
    text.erase(0, excludes ? 1 : 0);
    if (!excludes && text.ends_with(kFileSuffix)) {
      const auto loaded = LoadScenario(text);
      if (!loaded) {
        return std::unexpected(loaded.error());
      }
      files.push_back(*loaded);
    } else if (!text.empty()) {
      patterns.push_back({Lower(text), excludes});
    }
  }
  for (const Pattern& pattern : patterns) {
    if (std::ranges::none_of(AllScenarios(), [&](const Scenario& s) { return Matches(pattern.text, s); })) {
      return std::unexpected(NothingMatches(pattern.text));
    }
  }
  // With nothing but exclusions, everything else is meant.
  const bool all = files.empty() && std::ranges::all_of(patterns, &Pattern::excludes);
  std::vector<const Scenario*> selected;
  for (const Scenario& scenario : AllScenarios()) {
    const auto hit = [&](bool excludes) {
      return std::ranges::any_of(patterns, [&](const Pattern& pattern) {
        return pattern.excludes == excludes && Matches(pattern.text, scenario);
      });
    };
    if ((all || hit(false)) && !hit(true)) {
      selected.push_back(&scenario);
    }
  }
  selected.insert(selected.end(), files.begin(), files.end());
  return selected;
}

}  // namespace lab

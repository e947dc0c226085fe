#include "lab/cli/diff_results.h"

#include <fmt/format.h>

#include <utility>

#include "lab/cli/exit_code.h"
#include "lab/report/escape.h"
#include "lab/report/grid.h"
#include "lab/report/results_diff.h"

namespace lab {
namespace {

// Of what is no regression.
constexpr size_t kMostBriefLines = 100;

using Changes = std::vector<ResultsDiff::Change>;

std::string Outcomes(const ResultsDiff::Change& change) {
  std::string words;
  for (const ResultCell* cell : {change.before, change.after}) {
    if (cell != nullptr) {
      words += fmt::format("{}{} {}", words.empty() ? "" : " -> ", Symbol(OutcomeOf(*cell)), Name(OutcomeOf(*cell)));
    }
  }
  return words;
}

// `tells`: with the sentence and the command that runs it again.
void PrintChanges(const Terminal& terminal, std::string_view title, const Changes& changes, bool tells) {
  if (changes.empty()) {
    return;
  }
  fmt::print("{}\n", Bold(terminal, title));
  size_t shown = 0;
  for (const ResultsDiff::Change& change : changes) {
    if (!tells && shown++ == kMostBriefLines) {
      fmt::print("  and {} more\n", changes.size() - kMostBriefLines);
      break;
    }
    const ResultCell& cell = change.after != nullptr ? *change.after : *change.before;
    fmt::print("  {}  {} {}{} ({}, {}, {})\n", Outcomes(change), PrintableUtf8(cell.client, 200),
               PrintableUtf8(cell.scenario, 200), cell.sanity.empty() ? "" : ", " + PrintableUtf8(cell.sanity, 40),
               PrintableUtf8(cell.mode, 40), PrintableUtf8(cell.policy, 40), PrintableUtf8(cell.wire, 40));
    if (tells) {
      fmt::print("    {}\n    again: {}\n", PrintableUtf8(cell.sentence, 1000), PrintableUtf8(cell.repro, 1000));
    }
  }
}

void SayWhatDiffers(const Results& before, const Results& after) {
  if (before.header.suite_hash != after.header.suite_hash) {
    fmt::print(stderr, "starttls-lab: the two runs asked different scenarios; only what both asked is compared\n");
  }
  for (const auto& [run, which] : {std::pair(&before, "earlier"), std::pair(&after, "later")}) {
    if (!run->complete) {
      fmt::print(stderr, "starttls-lab: the {} run is incomplete\n", which);
    }
  }
}

}  // namespace

int DiffVerb(const DiffOptions& options) {
  const auto before = ReadResults(options.before);
  const auto after = before ? ReadResults(options.after) : before;
  if (!after) {
    return Complain(after.error());
  }
  SayWhatDiffers(*before, *after);
  const ResultsDiff diff = DiffResults(*before, *after);
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  PrintChanges(terminal, "Regressed", diff.regressed, true);
  PrintChanges(terminal, "Mended", diff.mended, false);
  PrintChanges(terminal, "Another outcome", diff.changed, false);
  PrintChanges(terminal, "Added", diff.added, false);
  PrintChanges(terminal, "Removed", diff.removed, false);
  fmt::print("{} regressed, {} mended, {} changed, {} added, {} removed\n", diff.regressed.size(), diff.mended.size(),
             diff.changed.size(), diff.added.size(), diff.removed.size());
  return diff.regressed.empty() ? kExitOk : kExitUnexpected;
}

}  // namespace lab

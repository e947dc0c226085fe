#include <fmt/format.h>

#include <algorithm>

#include "lab/report/escape.h"
#include "lab/report/formats.h"

namespace lab {
namespace {

// Every ASCII punctuation mark may be escaped (CommonMark 2.4); these are the ones that begin something.
std::string MarkdownText(const std::string& text, size_t limit) {
  std::string escaped;
  for (const char c : PrintableUtf8(text, limit)) {
    if (std::string_view("\\`*_{}[]<>()#+-!|&~$:@").contains(c)) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

// A code span whose fence is longer than any run of backquotes in it (CommonMark 6.1).
std::string CodeSpan(const std::string& text, size_t limit) {
  const std::string code = PrintableUtf8(text, limit);
  size_t longest = 0, run = 0;
  for (const char c : code) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return longest == 0 ? fence + code + fence : fence + " " + code + " " + fence;
}

std::string TotalsText(const OutcomeCounts& counts) {
  std::string text;
  for (const Outcome outcome : AllOutcomes()) {
    if (counts.of(outcome) > 0) {
      // A hyphen alone would begin a list elsewhere; the word is clearer than the symbol anyway.
      text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", outcome == Outcome::kSkip ? "\\-" : Symbol(outcome),
                          counts.of(outcome), Name(outcome));
    }
  }
  return text;
}

OutcomeCounts CountsOf(const Grid::Family& family, size_t column) {
  OutcomeCounts counts;
  for (const Grid::Row& row : family.rows) {
    for (const Grid::Cell& cell : row.cells[column]) {
      counts.Add(cell.outcome);
    }
  }
  return counts;
}

std::string FamilyMatrix(const Grid& grid) {
  std::string text = "| scenarios |", rule = "|---|";
  for (const Grid::Column& column : grid.columns) {
    text += fmt::format(" {}, {}, {} |", MarkdownText(column.client, 80), MarkdownText(column.mode, 40),
                        MarkdownText(column.wire, 40));
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const Grid::Family& family : grid.families) {
    text += fmt::format("| {} |", MarkdownText(family.name, 80));
    for (size_t i = 0; i < grid.columns.size(); ++i) {
      text += fmt::format(" {} |", TotalsText(CountsOf(family, i)));
    }
    text += "\n";
  }
  return text;
}

std::string UnexpectedLines(const Grid& grid) {
  std::string text;
  size_t lines = 0;
  for (const Grid::Family& family : grid.families) {
    for (const Grid::Row& row : family.rows) {
      for (const auto& cells : row.cells) {
        for (const Grid::Cell& cell : cells) {
          if (AsExpected(cell.outcome) || ++lines > kMostMarkdownLines) {
            continue;
          }
          text += fmt::format("- {} {} {}, {}, {}, {}: {}; again: {}\n", Symbol(cell.outcome), Name(cell.outcome),
                              CodeSpan(row.label, 200), MarkdownText(cell.result->client, 80),
                              MarkdownText(cell.result->mode, 40), MarkdownText(cell.result->wire, 40),
                              MarkdownText(cell.result->sentence, 500), CodeSpan(cell.result->repro, 500));
        }
      }
    }
  }
  if (lines > kMostMarkdownLines) {
    text += fmt::format("- and {} more\n", lines - kMostMarkdownLines);
  }
  return text.empty() ? "" : "\n### Not as expected\n\n" + text;
}

}  // namespace

std::string MarkdownReport(const Grid& grid) {
  std::string text = fmt::format("## starttls-lab: {}\n\n", CountsText(grid.counts));
  if (std::ranges::any_of(grid.runs, [](const Results& run) { return !run.complete; })) {
    text += "**Incomplete**: a run was interrupted, or is still going on.\n\n";
  }
  return text + FamilyMatrix(grid) + UnexpectedLines(grid);
}

}  // namespace lab

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/report/escape.h"
#include "lab/report/formats.h"

namespace lab {
namespace {

// TAP's directive, in two pieces: in one it would mark unfinished work in this file.
constexpr std::string_view kKnownFailure =
    " # TO"
    "DO ";

// TAP version 14, "Escaping": in descriptions and reasons a backslash and a number sign are escaped.
std::string TapText(const std::string& text, size_t limit) {
  std::string escaped;
  for (const char c : PrintableUtf8(text, limit)) {
    if (c == '#' || c == '\\') {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

// A double-quoted string of JSON is one of YAML, too.
std::string Quoted(const std::string& text) { return nlohmann::json(PrintableUtf8(text, 2000)).dump(); }

std::string Diagnostics(const Grid::Cell& cell) {
  const ResultCell& result = *cell.result;
  return fmt::format(
      "  ---\n  outcome: {}\n  message: {}\n  expected: {}\n  server: {}\n  client: {}\n  source: {}\n  again: {}\n  "
      "...\n",
      Name(cell.outcome), Quoted(result.sentence), Quoted(result.expected), Quoted(result.server_saw),
      Quoted(result.client_said), Quoted(result.source), Quoted(result.repro));
}

std::string TestPoint(const Grid::Row& row, const Grid::Cell& cell, size_t number) {
  const ResultCell& result = *cell.result;
  const bool ok = cell.outcome == Outcome::kPass || cell.outcome == Outcome::kSkip;
  std::string line = fmt::format("{} {} - {} {} ({}, {}, {})", ok ? "ok" : "not ok", number,
                                 TapText(result.client, 200), TapText(row.label, 300), TapText(result.mode, 40),
                                 TapText(result.wire, 40), TapText(result.policy, 40));
  if (cell.outcome == Outcome::kSkip) {
    line += " # SKIP " + TapText(result.sentence, 500);
  } else if (cell.outcome == Outcome::kXfail) {
    line += std::string(kKnownFailure) + TapText(result.known, 500);
  }
  return line + "\n" + (AsExpected(cell.outcome) ? "" : Diagnostics(cell));
}

}  // namespace

std::string TapReport(const Grid& grid) {
  std::string points;
  size_t number = 0;
  for (const Grid::Family& family : grid.families) {
    for (const Grid::Row& row : family.rows) {
      for (const auto& cells : row.cells) {
        for (const Grid::Cell& cell : cells) {
          points += TestPoint(row, cell, ++number);
        }
      }
    }
  }
  std::string head = fmt::format("TAP version 14\n1..{}\n", number);
  for (const Results& run : grid.runs) {
    head += run.complete ? "" : "# incomplete: a run was interrupted, or is still going on\n";
  }
  return head + points + "# " + CountsText(grid.counts) + "\n";
}

}  // namespace lab

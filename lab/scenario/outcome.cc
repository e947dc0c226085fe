#include "lab/scenario/outcome.h"

#include <array>

namespace lab {
namespace {

struct Row {
  Outcome outcome;
  std::string_view name, symbol;
};

constexpr std::array kRows = {
    Row{Outcome::kPass, "pass", "✓"},
    Row{Outcome::kAcceptBad, "accept-bad", "▲"},
    Row{Outcome::kRejectGood, "reject-good", "▽"},
    Row{Outcome::kLeak, "leak", "!"},
    Row{Outcome::kLax, "lax", "~"},
    Row{Outcome::kHang, "hang", "⧖"},
    Row{Outcome::kCrash, "crash", "✗"},
    Row{Outcome::kNotReached, "not-reached", "∅"},
    Row{Outcome::kInconsistent, "inconsistent", "≠"},
    Row{Outcome::kSkip, "skip", "-"},
    Row{Outcome::kXfail, "xfail", "="},
    Row{Outcome::kXpass, "xpass", "+"},
    Row{Outcome::kError, "error", "E"},
};

const Row& RowOf(Outcome outcome) { return kRows[static_cast<size_t>(outcome)]; }

}  // namespace

std::string_view Name(Outcome outcome) { return RowOf(outcome).name; }
std::string_view Symbol(Outcome outcome) { return RowOf(outcome).symbol; }

std::optional<Outcome> OutcomeByName(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) {
      return row.outcome;
    }
  }
  return std::nullopt;
}

std::vector<Outcome> AllOutcomes() {
  std::vector<Outcome> all;
  for (const Row& row : kRows) {
    all.push_back(row.outcome);
  }
  return all;
}

bool AsExpected(Outcome outcome) {
  return outcome == Outcome::kPass || outcome == Outcome::kXfail || outcome == Outcome::kSkip;
}

}  // namespace lab

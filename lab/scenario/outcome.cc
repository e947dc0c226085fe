#include "lab/scenario/outcome.h"

#include <array>

namespace lab {
namespace {

struct OutcomeRow {
  Outcome outcome;
  std::string_view name, symbol;
};

constexpr std::array kRows = {
    OutcomeRow{Outcome::kPass, "pass", "✓"},
    OutcomeRow{Outcome::kAcceptBad, "accept-bad", "▲"},
    OutcomeRow{Outcome::kRejectGood, "reject-good", "▽"},
    OutcomeRow{Outcome::kLeak, "leak", "!"},
    OutcomeRow{Outcome::kLax, "lax", "~"},
    OutcomeRow{Outcome::kHang, "hang", "⧖"},
    OutcomeRow{Outcome::kCrash, "crash", "✗"},
    OutcomeRow{Outcome::kNotReached, "not-reached", "∅"},
    OutcomeRow{Outcome::kInconsistent, "inconsistent", "≠"},
    OutcomeRow{Outcome::kSkip, "skip", "-"},
    OutcomeRow{Outcome::kXfail, "xfail", "="},
    OutcomeRow{Outcome::kXpass, "xpass", "+"},
    OutcomeRow{Outcome::kError, "error", "E"},
};

const OutcomeRow& RowOf(Outcome outcome) { return kRows[static_cast<size_t>(outcome)]; }

}  // namespace

std::string_view Name(Outcome outcome) { return RowOf(outcome).name; }
std::string_view Symbol(Outcome outcome) { return RowOf(outcome).symbol; }

std::optional<Outcome> OutcomeByName(std::string_view name) {
  for (const OutcomeRow& row : kRows) {
    if (row.name == name) {
      return row.outcome;
    }
  }
  return std::nullopt;
}

std::vector<Outcome> AllOutcomes() {
  std::vector<Outcome> all;
  for (const OutcomeRow& row : kRows) {
    all.push_back(row.outcome);
  }
  return all;
}

bool AsExpected(Outcome outcome) {
  return outcome == Outcome::kPass || outcome == Outcome::kXfail || outcome == Outcome::kSkip;
}

}  // namespace lab

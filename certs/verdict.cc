#include "certs/verdict.h"

#include <array>

namespace certs {
namespace {

struct Row {
  std::string_view name, clause, sentence;
};

constexpr std::array kRows = {
#define X(enumerator, name, source, sentence) Row{name, source, sentence},
    CERTS_REASONS(X)
#undef X
};

// Whoever looks for a name tries numbers that are no reason.
const Row& RowOf(Reason reason) {
  static constexpr Row kNone{"unknown", "", ""};
  const auto number = static_cast<size_t>(reason);
  return number < kRows.size() ? kRows[number] : kNone;
}

}  // namespace

std::string_view Name(Reason reason) { return RowOf(reason).name; }
std::string_view Clause(Reason reason) { return RowOf(reason).clause; }
std::string_view Sentence(Reason reason) { return RowOf(reason).sentence; }

std::optional<Reason> ReasonByName(std::string_view name) {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].name == name) {
      return static_cast<Reason>(i);
    }
  }
  return std::nullopt;
}

std::string ToString(const Verdict& verdict) {
  if (verdict.ok()) {
    return "ok";
  }
  return std::string(Name(verdict.reason)) + "@" + std::to_string(verdict.depth);
}

}  // namespace certs

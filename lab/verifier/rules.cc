#include "lab/verifier/rules.h"

#include <array>

namespace verifier {

std::string_view Name(Rule rule) {
  static constexpr std::array<std::string_view, kRuleCount> kNames = {
#define X(enumerator, name) name,
      VERIFIER_RULES(X)
#undef X
  };
  return kNames[static_cast<size_t>(rule)];
}

#ifdef STARTTLS_LAB_MUTABLE_RULES
namespace {
std::array<bool, kRuleCount> g_off = {};
}  // namespace

bool RuleOn(Rule rule) { return !g_off[static_cast<size_t>(rule)]; }
void SetRuleOn(Rule rule, bool on) { g_off[static_cast<size_t>(rule)] = !on; }
#endif

}  // namespace verifier

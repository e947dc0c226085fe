#include "lab/verifier/name_bugs.h"

#ifdef STARTTLS_LAB_MUTABLE_RULES

#include <optional>

#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

std::optional<NameBug> g_planted;

}  // namespace

bool Planted(NameBug bug) { return g_planted == bug; }

bool PlantNameBug(std::string_view name) {
  g_planted.reset();
  NameBug bug{};
  for (const std::string_view known : NameBugs()) {
    if (known == name) {
      g_planted = bug;
    }
    bug = static_cast<NameBug>(static_cast<int>(bug) + 1);
  }
  return g_planted.has_value();
}

std::vector<std::string_view> NameBugs() {
  return {
#define X(enumerator, name) name,
      VERIFIER_NAME_BUGS(X)
#undef X
  };
}

bool MatchesTwoLabels(std::string_view presented, std::string_view host) {
  const std::string_view tail = presented.substr(1);  // the dot, too
  return host.size() > tail.size() && EqualsFolded(tail, host.substr(host.size() - tail.size()));
}

bool MatchesPartialALabel(std::string_view presented, std::string_view host) {
  constexpr std::string_view kPrefix = "xn--", kPartial = "xn--*";
  const size_t dot = host.find('.');
  return dot != host.npos && host.starts_with(kPrefix) && presented.size() > kPartial.size() &&
         EqualsFolded(presented.substr(0, kPrefix.size()), kPrefix) && presented[kPrefix.size()] == '*' &&
         EqualsFolded(presented.substr(kPartial.size()), host.substr(dot));
}

}  // namespace verifier

#endif

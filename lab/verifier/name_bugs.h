// Bugs that name matchers have had, each of which the test build of the library (STARTTLS_LAB_MUTABLE_RULES) can have
// planted, to see whether the fuzz target dns_name_match finds it. In the product no bug is planted, and the question
// costs nothing: Planted() is constexpr false. Internal to the name matcher.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace verifier {

// X(enumerator, "stable-name")
#define VERIFIER_NAME_BUGS(X)                                                              \
  X(kLabelOfSixtyFour, "label-64")     /* takes a label of 64 octets, one too many */      \
  X(kCase, "case")                     /* forgets Z where it folds letters by the block */ \
  X(kTwoLabels, "two-labels")          /* lets a * stand for more than one label */        \
  X(kNul, "nul")                       /* reads a presented name up to its first NUL */    \
  X(kPartialALabel, "partial-a-label") /* lets the * of xn--* stand for any such label */

enum class NameBug : uint8_t {
#define X(enumerator, name) enumerator,
  VERIFIER_NAME_BUGS(X)
#undef X
};

#ifdef STARTTLS_LAB_MUTABLE_RULES
// Test build only, and not thread-safe. At most one bug is planted; none at first.
bool Planted(NameBug bug);
// False: there is no bug of that name, and none is planted.
bool PlantNameBug(std::string_view name);
std::vector<std::string_view> NameBugs();

// What a matcher with that bug takes for a match; `host` is the reference's, in lower case.
bool MatchesTwoLabels(std::string_view presented, std::string_view host);
bool MatchesPartialALabel(std::string_view presented, std::string_view host);
#else
constexpr bool Planted(NameBug) { return false; }
constexpr bool MatchesTwoLabels(std::string_view, std::string_view) { return false; }
constexpr bool MatchesPartialALabel(std::string_view, std::string_view) { return false; }
#endif

}  // namespace verifier

// The syntax of a host name, the same for what a user configures and for what a certificate presents (name policy 1.3
// and 2.5). Internal to the name matcher.
#pragma once

#include <cstdint>
#include <string_view>

#include "lab/verifier/name_match.h"

namespace verifier {

// How a decision ends.
inline NameDecision Refuse(NameReason reason) { return {.match = false, .presented_valid = true, .reason = reason}; }
inline NameDecision Accept(NameReason reason) { return {.match = true, .presented_valid = true, .reason = reason}; }
inline NameDecision Malformed(NameReason reason) {
  return {.match = false, .presented_valid = false, .reason = reason};
}

inline constexpr size_t kMaxLabel = 63;  // RFC 1035 2.3.4
inline constexpr size_t kMaxName = 253;  // 255 octets on the wire, without the root's and the first length octet

// The octet of a label in lower case (ASCII only), or 0 for one that cannot stand in a label; '.' is 0.
uint8_t LowerLabelOctet(char c);

struct NameSyntax {
  NameReason reason = NameReason::kValid;
  int labels = 0;  // how many were seen; all of them if kValid
};

// Walks the labels from the left and stops at the first fault. The whole length comes first; then for each label: a
// character that cannot be, emptiness, length, a hyphen at either edge; at the end, a last label of digits only.
// A trailing dot is an empty last label. Never allocates.
NameSyntax CheckHostName(std::string_view name, const SyntaxAllowance& allowed = {});

// A quick yes for nearly every valid host name; false says nothing. Certificates carry up to thousands of names, and
// each of them is checked on every connection.
bool IsSurelyHostName(std::string_view name);

// Whether the two are equal when A-Z of the first one count as a-z; nothing else folds.
bool EqualsFolded(std::string_view presented, std::string_view lower_case);

// A dNSName taken apart. Borrows.
struct PresentedName {
  NameReason reason = NameReason::kValid;
  bool wildcard = false;
  std::string_view suffix;  // what follows "*.", or the whole name
};

// Checks a dNSName, in this order: empty, too long, trailing dot, a '*' out of place, the syntax of what follows "*.",
// too few labels behind it. Never allocates.
PresentedName CheckDnsName(std::string_view name, const NamePolicy& policy);

}  // namespace verifier

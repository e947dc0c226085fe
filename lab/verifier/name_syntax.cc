#include "lab/verifier/name_syntax.h"

#include <array>

namespace verifier {
namespace {

constexpr std::array<uint8_t, 256> LabelOctets() {
  std::array<uint8_t, 256> table{};
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    table[c] = static_cast<uint8_t>(c);
    table[c - 'a' + 'A'] = static_cast<uint8_t>(c);
  }
  for (unsigned c = '0'; c <= '9'; ++c) {
    table[c] = static_cast<uint8_t>(c);
  }
  table['-'] = '-';
  // Not a host name's character by RFC 1123, but common in real names, and harmless here: it only ever equals itself.
  table['_'] = '_';
  return table;
}

constexpr std::array<uint8_t, 256> kLabelOctets = LabelOctets();

bool IsDigit(uint8_t octet) { return octet >= '0' && octet <= '9'; }

// What follows a leading "*", checked as the suffix of a wildcard: the suffix, or why the "*" is not one.
PresentedName CheckWildcard(std::string_view name, const NamePolicy& policy) {
  PresentedName presented{.wildcard = true};
  if (name.find('*', 1) != name.npos || (name.size() > 1 && name[1] != '.')) {
    presented.reason = NameReason::kBadWildcard;
    return presented;
  }
  if (name.size() == 1) {
    presented.reason = NameReason::kWildcardTooBroad;
    return presented;
  }
  presented.suffix = name.substr(2);
  const NameSyntax syntax = CheckHostName(presented.suffix);
  presented.reason = syntax.reason;
  if (syntax.reason == NameReason::kValid && syntax.labels < policy.wildcard_min_suffix_labels) {
    presented.reason = NameReason::kWildcardTooBroad;
  }
  return presented;
}

}  // namespace

uint8_t LowerLabelOctet(char c) { return kLabelOctets[static_cast<uint8_t>(c)]; }

NameSyntax CheckHostName(std::string_view name) {
  if (name.empty()) {
    return {NameReason::kEmpty, 0};
  }
  if (name.size() > kMaxName) {
    return {NameReason::kNameTooLong, 0};
  }
  int labels = 0;
  size_t start = 0;
  bool all_digits = true;
  for (size_t pos = 0;; ++pos) {
    if (pos < name.size() && name[pos] != '.') {
      const uint8_t octet = LowerLabelOctet(name[pos]);
      if (octet == 0) {
        return {NameReason::kBadCharacter, labels};
      }
      all_digits = all_digits && IsDigit(octet);
      continue;
    }
    const size_t length = pos - start;
    if (length == 0) {
      return {NameReason::kEmptyLabel, labels};
    }
    if (length > kMaxLabel) {
      return {NameReason::kLabelTooLong, labels};
    }
    if (name[start] == '-' || name[pos - 1] == '-') {
      return {NameReason::kEdgeHyphen, labels};
    }
    ++labels;
    if (pos == name.size()) {
      return {all_digits ? NameReason::kNumericLastLabel : NameReason::kValid, labels};
    }
    start = pos + 1;
    all_digits = true;
  }
}

PresentedName CheckDnsName(std::string_view name, const NamePolicy& policy) {
  PresentedName presented{.suffix = name};
  if (name.empty()) {
    presented.reason = NameReason::kEmpty;
  } else if (name.size() > kMaxName) {
    presented.reason = NameReason::kNameTooLong;
  } else if (name.size() > 1 && name.ends_with('.')) {
    presented.reason = NameReason::kTrailingDot;
  } else if (name.starts_with('*')) {
    return CheckWildcard(name, policy);
  } else if (name.find('*') != name.npos) {
    presented.reason = NameReason::kBadWildcard;
  } else {
    presented.reason = CheckHostName(name).reason;
  }
  return presented;
}

}  // namespace verifier

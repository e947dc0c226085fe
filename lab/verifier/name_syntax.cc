#include "lab/verifier/name_syntax.h"

#include <algorithm>
#include <array>

#include "lab/verifier/name_bugs.h"
#include "lab/verifier/name_lanes.h"

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

// '-' and '.', which may stand at the edge of a label or beside another only under conditions.
constexpr uint64_t Punctuation(uint64_t block) { return Within(block, '-', '.'); }

// Whether the octets are all of a host name, and no two neighbours, the octet behind the block included, are both
// punctuation.
bool IsPlainBlock(const char* octets) {
  const uint64_t raw = LoadBlock(octets);
  const uint64_t block = raw & ~kHighBits;
  const uint64_t punctuation = Punctuation(block);
  const uint64_t fine =
      Within(block | 0x20 * kLanes, 'a', 'z') | Within(block, '0', '9') | Within(block, '_', '_') | punctuation;
  const uint64_t beside = Punctuation(LoadBlock(octets + 1) & ~kHighBits);
  return ((raw & kHighBits) | (fine ^ kHighBits) | (punctuation & beside)) == 0;
}

// The same of sixteen.
bool ArePlainOctets(const char* octets) {
  const Octets block = LoadOctets(octets);
  const Octets punctuation = Between(block, '-', '.');
  const Octets beside = Between(LoadOctets(octets + 1), '-', '.');
  const Octets fine =
      Between(block | uint8_t{0x20}, 'a', 'z') | Between(block, '0', '9') | Between(block, '_', '_') | punctuation;
  return !AnyBit(~fine | (punctuation & beside));
}

// Whether no label of a name without empty labels is longer than kMaxLabel: from each label's start, the farthest dot
// in reach is the next start worth looking at.
bool LabelsAreShort(std::string_view name) {
  while (name.size() > kMaxLabel) {
    const size_t dot = name.rfind('.', kMaxLabel);
    if (dot == name.npos) {
      return false;
    }
    name.remove_prefix(dot + 1);
  }
  return true;
}

bool EndsInDigitLabel(std::string_view name) {
  size_t begin = name.size();
  while (begin > 0 && name[begin - 1] >= '0' && name[begin - 1] <= '9') {
    --begin;
  }
  return begin < name.size() && (begin == 0 || name[begin - 1] == '.');
}

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
  const NameSyntax syntax =
      IsSurelyHostName(presented.suffix)
          ? NameSyntax{NameReason::kValid, static_cast<int>(std::ranges::count(presented.suffix, '.')) + 1}
          : CheckHostName(presented.suffix);
  presented.reason = syntax.reason;
  if (syntax.reason == NameReason::kValid && syntax.labels < policy.wildcard_min_suffix_labels) {
    presented.reason = NameReason::kWildcardTooBroad;
  }
  return presented;
}

}  // namespace

bool IsSurelyHostName(std::string_view name) {
  const auto is_edge = [](char c) { return c == '-' || c == '.'; };
  if (name.empty() || name.size() > kMaxName || is_edge(name.front()) || is_edge(name.back())) {
    return false;
  }
  if (name.size() <= kLaneOctets) {
    char padded[kLaneOctets + 1] = {'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'};
    std::ranges::copy(name, padded);
    return IsPlainBlock(padded) && !EndsInDigitLabel(name);
  }
  size_t pos = 0;
  for (; pos + kVectorOctets < name.size(); pos += kVectorOctets) {
    if (!ArePlainOctets(name.data() + pos)) {
      return false;
    }
  }
  if (pos + kLaneOctets < name.size() && !IsPlainBlock(name.data() + pos)) {
    return false;
  }
  // The last block overlaps the one before it; the octet behind it, the last, has no neighbour.
  return IsPlainBlock(name.data() + name.size() - kLaneOctets - 1) && LowerLabelOctet(name.back()) != 0 &&
         LabelsAreShort(name) && !EndsInDigitLabel(name);
}

uint8_t LowerLabelOctet(char c) { return kLabelOctets[static_cast<uint8_t>(c)]; }

bool EqualsFolded(std::string_view presented, std::string_view lower_case) {
  if (presented.size() != lower_case.size()) {
    return false;
  }
  const size_t size = presented.size();
  if (Planted(NameBug::kCase) && size >= kLaneOctets && presented.contains('Z')) {
    return false;
  }
  // A last block overlaps the one before it.
  if (size >= kVectorOctets) {
    const auto differ = [&](size_t pos) {
      return AnyBit(Folded(LoadOctets(presented.data() + pos)) ^ LoadOctets(lower_case.data() + pos));
    };
    for (size_t pos = 0; pos + kVectorOctets < size; pos += kVectorOctets) {
      if (differ(pos)) {
        return false;
      }
    }
    return !differ(size - kVectorOctets);
  }
  if (size >= kLaneOctets) {
    const auto differ = [&](size_t pos) {
      return Folded(LoadBlock(presented.data() + pos)) != LoadBlock(lower_case.data() + pos);
    };
    return !differ(0) && !differ(size - kLaneOctets);
  }
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  for (size_t pos = 0; pos < size; ++pos) {
    if (fold(presented[pos]) != lower_case[pos]) {
      return false;
    }
  }
  return true;
}

NameSyntax CheckHostName(std::string_view name, const SyntaxAllowance& allowed) {
  if (name.empty()) {
    return {NameReason::kEmpty, 0};
  }
  if (name.size() > (allowed.text_of_255 ? kMaxName + 2 : kMaxName) && !allowed.any_length) {
    return {NameReason::kNameTooLong, 0};
  }
  int labels = 0;
  size_t start = 0;
  bool all_digits = true;
  for (size_t pos = 0;; ++pos) {
    if (pos < name.size() && name[pos] != '.') {
      const uint8_t octet = LowerLabelOctet(name[pos]);
      if (octet == 0 || (octet == '_' && !allowed.underscore)) {
        return {NameReason::kBadCharacter, labels};
      }
      all_digits = all_digits && octet >= '0' && octet <= '9';
      continue;
    }
    const size_t length = pos - start;
    if (length == 0) {
      return {NameReason::kEmptyLabel, labels};
    }
    const size_t longest = kMaxLabel + (Planted(NameBug::kLabelOfSixtyFour) ? 1 : 0);
    if (length > longest && !allowed.any_length) {
      return {NameReason::kLabelTooLong, labels};
    }
    if ((name[start] == '-' && !allowed.leading_hyphen) || (name[pos - 1] == '-' && !allowed.trailing_hyphen)) {
      return {NameReason::kEdgeHyphen, labels};
    }
    ++labels;
    if (pos == name.size()) {
      const bool numeric = all_digits && !allowed.numeric_last_label;
      return {numeric ? NameReason::kNumericLastLabel : NameReason::kValid, labels};
    }
    start = pos + 1;
    all_digits = true;
  }
}

PresentedName CheckDnsName(std::string_view name, const NamePolicy& policy) {
  PresentedName presented{.suffix = name};
  if (IsSurelyHostName(name)) {
    return presented;
  }
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

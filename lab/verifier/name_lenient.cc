#include "lab/verifier/name_lenient.h"

#include <algorithm>
#include <string>
#include <vector>

#include "lab/verifier/idna.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

bool IsALabel(std::string_view label) { return label.size() >= 4 && EqualsFolded(label.substr(0, 4), "xn--"); }

// Whether letters, digits, dots and hyphens are all there is, no label is empty and none begins or ends with a hyphen.
bool IsLdh(std::string_view name) {
  const SyntaxAllowance only{.underscore = false, .numeric_last_label = true, .any_length = true};
  return CheckHostName(name, only).reason == NameReason::kValid;
}

std::string StarsFilled(std::string_view name) {
  std::string filled(name);
  std::ranges::replace(filled, '*', 'z');
  return filled;
}

// The first label, and what is behind its dot; `rest` is empty and `has_rest` false without a dot.
struct Split {
  std::string_view first, rest;
  bool has_rest = false;
};
Split FirstLabel(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == name.npos) {
    return {name, {}, false};
  }
  return {name.substr(0, dot), name.substr(dot + 1), true};
}

size_t CountLabels(std::string_view name) {
  return name.empty() ? 0 : static_cast<size_t>(std::ranges::count(name, '.')) + 1;
}

// Whether a label matches a pattern in which every "*" stands for any octets; a "*" alone for at least one.
bool LabelMatches(std::string_view pattern, std::string_view label, const NamePolicy& policy) {
  if (pattern == "*") {
    return !label.empty() && (policy.wildcard_matches_a_label || !IsALabel(label));
  }
  const size_t star = pattern.find('*');
  if (star == pattern.npos) {
    return EqualsFolded(pattern, label);
  }
  if (IsALabel(pattern) || IsALabel(label)) {
    return false;
  }
  // Greedy from the left; the last piece must end the label.
  if (!EqualsFolded(pattern.substr(0, star), label.substr(0, star))) {
    return false;
  }
  std::string_view pieces = pattern.substr(star + 1);
  std::string_view left = label.substr(star);
  for (size_t next = pieces.find('*'); next != pieces.npos; next = pieces.find('*')) {
    const std::string_view piece = pieces.substr(0, next);
    size_t at = 0;
    while (at + piece.size() <= left.size() && !EqualsFolded(piece, left.substr(at, piece.size()))) {
      ++at;
    }
    if (at + piece.size() > left.size()) {
      return false;
    }
    left.remove_prefix(at + piece.size());
    pieces.remove_prefix(next + 1);
  }
  const size_t least = policy.wildcard_nonempty ? 1 : 0;
  return left.size() >= pieces.size() + least && EqualsFolded(pieces, left.substr(left.size() - pieces.size()));
}

// Whether the name is a pattern under the policy, and if so whether its "*" is where and as it must be.
enum class Pattern : uint8_t { kNone, kGood, kMisplaced, kTooBroad };
Pattern PatternOf(std::string_view name, const NamePolicy& policy) {
  const size_t star = name.find('*');
  if (star == name.npos || policy.wildcard == Wildcard::kNone) {
    return Pattern::kNone;
  }
  if (policy.wildcard_reach == WildcardReach::kAnywhere || policy.wildcard_reach == WildcardReach::kSpansDots) {
    return name.find('*', star + 1) == name.npos ? Pattern::kGood : Pattern::kMisplaced;
  }
  const bool any_label = policy.wildcard_reach == WildcardReach::kAnyLabel;
  const Split split = FirstLabel(name);
  const bool whole = split.first == "*";
  const bool once = std::ranges::count(name, '*') == 1;
  if (!any_label && (!once || star >= split.first.size() || (policy.wildcard == Wildcard::kWhole && !whole))) {
    return Pattern::kMisplaced;
  }
  if (!any_label && !whole && IsALabel(split.first)) {
    return Pattern::kMisplaced;
  }
  if (policy.wildcard_ldh_only) {
    // At one edge of the label only, and nothing but letters, digits and hyphens beside it.
    const bool at_an_edge = star == 0 || star + 1 == split.first.size();
    std::string beside(split.first);
    beside.erase(star, 1);
    const bool ldh = beside.empty() || IsLdh(StarsFilled(split.first));
    if (!at_an_edge || !ldh || !IsLdh(split.rest)) {
      return Pattern::kMisplaced;
    }
  }
  // How much follows the last label that has a "*".
  const std::string_view behind = name.substr(std::min(name.rfind('*'), name.size()));
  const Split tail = FirstLabel(behind);
  const bool bare = policy.wildcard_bare && !split.has_rest;
  if (!bare && CountLabels(tail.rest) < policy.wildcard_min_suffix_labels) {
    return Pattern::kTooBroad;
  }
  if (!policy.public_suffix_wildcards && IsPublicSuffix(tail.rest)) {
    return Pattern::kTooBroad;
  }
  return Pattern::kGood;
}

// Matches a good pattern.
bool MatchesPattern(std::string_view pattern, std::string_view host, const NamePolicy& policy) {
  if (policy.wildcard_reach == WildcardReach::kAnywhere || policy.wildcard_reach == WildcardReach::kSpansDots) {
    const size_t star = pattern.find('*');
    const std::string_view before = pattern.substr(0, star);
    const std::string_view after = pattern.substr(star + 1);
    if (host.size() < before.size() + after.size() || !EqualsFolded(before, host.substr(0, before.size())) ||
        !EqualsFolded(after, host.substr(host.size() - after.size()))) {
      return false;
    }
    const std::string_view stood_for = host.substr(before.size(), host.size() - before.size() - after.size());
    return policy.wildcard_reach == WildcardReach::kSpansDots || stood_for.find('.') == stood_for.npos;
  }
  if (CountLabels(pattern) != CountLabels(host)) {
    return false;
  }
  Split ours = FirstLabel(pattern);
  Split theirs = FirstLabel(host);
  // Where only such octets may stand in a pattern, the "*" stands for them only, dots and low lines excluded.
  if (policy.wildcard_ldh_only &&
      !std::ranges::all_of(theirs.first, [](char c) { return LowerLabelOctet(c) != 0 && c != '_'; })) {
    return false;
  }
  for (;;) {
    if (!LabelMatches(ours.first, theirs.first, policy)) {
      return false;
    }
    if (!ours.has_rest) {
      return true;
    }
    if (policy.wildcard_reach == WildcardReach::kLeftmost) {
      return EqualsFolded(ours.rest, theirs.rest);
    }
    ours = FirstLabel(ours.rest);
    theirs = FirstLabel(theirs.rest);
  }
}

// The labels of certificate and host, from the right, side by side; what does not agree is passed over.
bool WalksToTheEnd(std::string_view name, std::string_view host) {
  if (CountLabels(name) < 3) {
    return false;
  }
  size_t ours = CountLabels(name);
  size_t theirs = CountLabels(host);
  std::string_view rest = name;
  while (ours > 0) {
    if (theirs == 0) {
      return false;
    }
    const size_t dot = rest.rfind('.');
    const std::string_view label = dot == rest.npos ? rest : rest.substr(dot + 1);
    if (label == "*") {
      return true;
    }
    rest = rest.substr(0, dot == rest.npos ? 0 : dot);
    --ours;
    --theirs;
  }
  return true;
}

// The matcher S4 reads the extension as text: a comma inside a name begins another entry.
NameDecision Walk(std::string_view presented, const Reference& reference) {
  std::string_view text = presented;
  for (bool first = true;; first = false) {
    const size_t comma = text.find(',');
    std::string_view entry = text.substr(0, comma);
    const bool is_dns = first || entry.starts_with("DNS:");
    entry.remove_prefix(first || !is_dns ? 0 : 4);
    if (is_dns && WalksToTheEnd(entry, reference.dns)) {
      return Accept(NameReason::kMatchWalk);
    }
    if (comma == text.npos) {
      return Refuse(NameReason::kDifferentName);
    }
    text.remove_prefix(comma + 1);
  }
}

std::string_view WithoutDot(std::string_view presented, DotRule rule) {
  if (rule == DotRule::kStrip && presented.ends_with('.')) {
    presented.remove_suffix(1);
  }
  return presented;
}

// What a valid name, or one that nobody checks, comes to.
NameDecision Compare(std::string_view name, std::string_view host, const NamePolicy& policy) {
  if (policy.subdomain_reference && host.size() > 1 && host.front() == '.') {
    const bool below = name.size() > host.size() && EqualsFolded(name.substr(name.size() - host.size()), host) &&
                       name.substr(0, name.size() - host.size()).find('\0') == name.npos;
    return below || EqualsFolded(name, host) ? Accept(NameReason::kMatchSubdomain) : Refuse(NameReason::kDifferentName);
  }
  if (EqualsFolded(name, host)) {
    return Accept(NameReason::kMatchExact);
  }
  switch (PatternOf(name, policy)) {
    case Pattern::kNone:
      return Refuse(NameReason::kDifferentName);
    case Pattern::kMisplaced:
      return Malformed(NameReason::kBadWildcard);
    case Pattern::kTooBroad:
      return Malformed(NameReason::kWildcardTooBroad);
    case Pattern::kGood:
      break;
  }
  return MatchesPattern(name, host, policy) ? Accept(NameReason::kMatchWildcard) : Refuse(NameReason::kDifferentName);
}

}  // namespace

NameReason CheckLenient(std::string_view presented, const NamePolicy& policy) {
  if (presented.empty()) {
    return NameReason::kEmpty;
  }
  if (!policy.nul_matches && presented.find('\0') != presented.npos) {
    return NameReason::kBadCharacter;
  }
  if (policy.presented_dot == DotRule::kReject && presented.size() > 1 && presented.ends_with('.')) {
    return NameReason::kTrailingDot;
  }
  std::string_view name = WithoutDot(presented, policy.presented_dot);
  if (policy.syntax_check == SyntaxCheck::kNone) {
    return name.empty() ? NameReason::kEmpty : NameReason::kValid;
  }
  if (policy.presented_dot == DotRule::kLiteral && name.size() > 1) {
    name = WithoutDot(name, DotRule::kStrip);
  }
  switch (PatternOf(name, policy)) {
    case Pattern::kMisplaced:
      return NameReason::kBadWildcard;
    case Pattern::kTooBroad:
      return NameReason::kWildcardTooBroad;
    case Pattern::kNone:
      return CheckHostName(name, policy.presented_syntax).reason;
    case Pattern::kGood:
      return CheckHostName(StarsFilled(name), policy.presented_syntax).reason;
  }
  return NameReason::kValid;
}

NameDecision MatchLenient(std::string_view presented, const Reference& reference, const NamePolicy& policy) {
  if (reference.kind == Reference::Kind::kSrv || reference.kind == Reference::Kind::kUri) {
    return Refuse(NameReason::kKindMismatch);
  }
  if (policy.reversed_label_walk && reference.kind == Reference::Kind::kDns) {
    return presented.empty() ? Malformed(NameReason::kEmpty) : Walk(presented, reference);
  }
  const NameReason valid = CheckLenient(presented, policy);
  const bool same_junk =
      policy.exact_if_invalid && !presented.empty() && presented != "." && EqualsFolded(presented, reference.text);
  if (same_junk && (valid != NameReason::kValid || reference.exact_only)) {
    return Accept(NameReason::kMatchExact);
  }
  if (valid != NameReason::kValid) {
    return Malformed(valid);
  }
  if (reference.exact_only) {
    return Refuse(NameReason::kDifferentName);
  }
  const std::string_view name = WithoutDot(presented, policy.presented_dot);
  if (reference.kind == Reference::Kind::kIp) {
    switch (policy.ip_text_in_dns) {
      case IpTextInDns::kOff:
        return Refuse(name.find('*') != name.npos ? NameReason::kWildcardForbidden : NameReason::kKindMismatch);
      case IpTextInDns::kExact:
        return EqualsFolded(name, reference.text) ? Accept(NameReason::kMatchExact) : Refuse(NameReason::kKindMismatch);
      case IpTextInDns::kAsName:
        return Compare(name, reference.text, policy);
    }
  }
  if (policy.idna == Idna::kUnicode) {
    return Compare(ToULabels(name), ToULabels(reference.dns), policy);
  }
  return Compare(name, reference.dns, policy);
}

NameDecision MatchIpLenient(ByteView octets, const Reference& reference, const NamePolicy& policy) {
  if (octets.size() != 4 && octets.size() != 16) {
    return Malformed(NameReason::kBadIpLength);
  }
  if (reference.kind != Reference::Kind::kIp) {
    return Refuse(NameReason::kKindMismatch);
  }
  if (policy.ip_v4mapped) {
    octets = WithoutV4Mapping(octets);  // the reference has lost it when it was parsed
  }
  const bool nobody = policy.ip_deny_unspecified && std::ranges::all_of(octets, [](uint8_t o) { return o == 0; });
  const bool equal = std::ranges::equal(octets, ByteView(reference.ip.data(), reference.ip_len));
  return equal && !nobody ? Accept(NameReason::kMatchIp) : Refuse(NameReason::kDifferentIp);
}

}  // namespace verifier

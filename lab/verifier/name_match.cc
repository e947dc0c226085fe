#include "lab/verifier/name_match.h"

#include <algorithm>
#include <cassert>

#include "lab/verifier/name_lanes.h"
#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

bool EqualsFolded(char ours, char lower_case) {
  return (ours >= 'A' && ours <= 'Z' ? static_cast<char>(ours | 0x20) : ours) == lower_case;
}

// Whether the two are equal when A-Z of the presented one count as a-z; nothing else folds.
bool EqualsFolded(std::string_view presented, std::string_view lower_case) {
  if (presented.size() != lower_case.size()) {
    return false;
  }
  size_t pos = 0;
  for (; pos + kBlock <= presented.size(); pos += kBlock) {
    if (Folded(LoadBlock(presented.data() + pos)) != LoadBlock(lower_case.data() + pos)) {
      return false;
    }
  }
  for (; pos < presented.size(); ++pos) {
    if (!EqualsFolded(presented[pos], lower_case[pos])) {
      return false;
    }
  }
  return true;
}

// Whether `name` ends in the whole labels of `suffix`, with or without more labels before them.
bool EndsInLabels(std::string_view suffix, std::string_view name) {
  if (name.size() < suffix.size() || !EqualsFolded(suffix, name.substr(name.size() - suffix.size()))) {
    return false;
  }
  return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

NameDecision Refuse(NameReason reason) { return {.match = false, .presented_valid = true, .reason = reason}; }
NameDecision Accept(NameReason reason) { return {.match = true, .presented_valid = true, .reason = reason}; }
NameDecision Malformed(NameReason reason) { return {.match = false, .presented_valid = false, .reason = reason}; }

// Compares only. A name that equals a valid one is valid itself, and so is the suffix of a wildcard that equals the end
// of one; with "*." it is not longer either. So what is malformed needs no check of its own in order not to match.
std::optional<NameReason> HowItMatches(std::string_view name, const Reference& reference, const NamePolicy& policy) {
  assert(reference.kind != Reference::Kind::kDns || CheckHostName(reference.dns).reason == NameReason::kValid);
  if (reference.kind != Reference::Kind::kDns) {
    return std::nullopt;
  }
  const std::string_view host = reference.dns;
  if (!name.starts_with("*.")) {
    return EqualsFolded(name, host) ? std::optional(NameReason::kMatchExact) : std::nullopt;
  }
  // "*" stands for exactly the left-most label, so what is behind the first dot must equal the suffix (RFC 9525 6.3).
  const size_t dot = host.find('.');
  if (dot == host.npos || !EqualsFolded(name.substr(2), host.substr(dot + 1))) {
    return std::nullopt;
  }
  const auto suffix_labels = std::ranges::count(host, '.');  // one dot before each of them
  return suffix_labels >= policy.wildcard_min_suffix_labels ? std::optional(NameReason::kMatchWildcard) : std::nullopt;
}

NameDecision MatchDns(std::string_view name, const Reference& reference, const NamePolicy& policy) {
  if (const auto how = HowItMatches(name, reference, policy)) {
    return Accept(*how);
  }
  const PresentedName presented = CheckDnsName(name, policy);
  if (presented.reason != NameReason::kValid) {
    return Malformed(presented.reason);
  }
  if (reference.kind != Reference::Kind::kDns) {
    return Refuse(presented.wildcard ? NameReason::kWildcardForbidden : NameReason::kKindMismatch);
  }
  const bool only_the_count = presented.wildcard && EndsInLabels(presented.suffix, reference.dns);
  return Refuse(only_the_count ? NameReason::kDifferentLabelCount : NameReason::kDifferentName);
}

NameDecision MatchIp(ByteView octets, const Reference& reference) {
  if (octets.size() != 4 && octets.size() != 16) {
    return Malformed(NameReason::kBadIpLength);
  }
  if (reference.kind != Reference::Kind::kIp) {
    return Refuse(NameReason::kKindMismatch);
  }
  // Octet for octet (RFC 9525 6.4): an IPv4 address and its IPv4-mapped IPv6 form are two addresses.
  const bool equal = std::ranges::equal(octets, ByteView(reference.ip.data(), reference.ip_len));
  return equal ? Accept(NameReason::kMatchIp) : Refuse(NameReason::kDifferentIp);
}

}  // namespace

std::optional<NamePolicy> ProfileByName(std::string_view name) {
  if (name == "rfc9525-strict") {
    return NamePolicy{};
  }
  if (name == "rfc9525-literal") {
    return NamePolicy{.wildcard_min_suffix_labels = 1};
  }
  return std::nullopt;
}

std::vector<std::string_view> ProfileNames() { return {"rfc9525-strict", "rfc9525-literal"}; }

NameReason CheckPresented(const Presented& presented, const NamePolicy& policy) {
  switch (presented.form) {
    case PresentedForm::kDns:
      return CheckDnsName(certs::AsText(presented.value), policy).reason;
    case PresentedForm::kIp:
      return presented.value.size() == 4 || presented.value.size() == 16 ? NameReason::kValid
                                                                         : NameReason::kBadIpLength;
    case PresentedForm::kCommonName:
      return NameReason::kCommonNameIgnored;
  }
  return NameReason::kBadCharacter;
}

bool NameMatches(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  if (presented.form == PresentedForm::kDns) {
    return HowItMatches(certs::AsText(presented.value), reference, policy).has_value();
  }
  return MatchName(presented, reference, policy).match;
}

NameDecision MatchName(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  switch (presented.form) {
    case PresentedForm::kDns:
      return MatchDns(certs::AsText(presented.value), reference, policy);
    case PresentedForm::kIp:
      return MatchIp(presented.value, reference);
    case PresentedForm::kCommonName:
      return Refuse(NameReason::kCommonNameIgnored);
  }
  return Malformed(NameReason::kBadCharacter);
}

}  // namespace verifier

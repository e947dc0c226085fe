#include "lab/verifier/name_match.h"

#include <algorithm>
#include <cassert>

#include "lab/verifier/name_bugs.h"
#include "lab/verifier/name_lenient.h"
#include "lab/verifier/name_syntax.h"
#include "lab/verifier/service_id.h"

namespace verifier {
namespace {

// Whether `name` ends in the whole labels of `suffix`, with or without more labels before them.
bool EndsInLabels(std::string_view suffix, std::string_view name) {
  if (name.size() < suffix.size() || !EqualsFolded(suffix, name.substr(name.size() - suffix.size()))) {
    return false;
  }
  return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

// Whether there are so many dots. Labels are short, and calls cost more than they.
bool HasDots(std::string_view name, size_t wanted) {
  for (size_t pos = 0; wanted > 0 && pos < name.size(); ++pos) {
    wanted -= name[pos] == '.' ? 1 : 0;
  }
  return wanted == 0;
}

// Compares only. A name that equals a valid one is valid itself, and so is the suffix of a wildcard that equals the end
// of one; with "*." it is not longer either. So what is malformed needs no check of its own in order not to match.
std::optional<NameReason> HowItMatches(std::string_view name, const Reference& reference, const NamePolicy& policy) {
  assert(reference.kind != Reference::Kind::kDns || CheckHostName(reference.dns).reason == NameReason::kValid);
  if (reference.kind != Reference::Kind::kDns) {
    return std::nullopt;
  }
  const std::string_view host = reference.dns;
  if (Planted(NameBug::kNul)) {
    name = name.substr(0, name.find('\0'));
  }
  if (Planted(NameBug::kPartialALabel) && MatchesPartialALabel(name, host)) {
    return NameReason::kMatchWildcard;
  }
  if (name.size() < 2 || name[0] != '*' || name[1] != '.') {
    const bool equal = name.size() == host.size() && EqualsFolded(name, host);
    return equal ? std::optional(NameReason::kMatchExact) : std::nullopt;
  }
  if (Planted(NameBug::kTwoLabels) && MatchesTwoLabels(name, host)) {
    return NameReason::kMatchWildcard;
  }
  // "*" stands for exactly the left-most label, so before the suffix and its dot there is a label and no more of them
  // (RFC 9525 6.3). The lengths say where that dot must be; most names fail there.
  std::string_view suffix = name;
  suffix.remove_prefix(2);
  if (host.size() < suffix.size() + 2) {
    return std::nullopt;
  }
  std::string_view label = host;
  label.remove_suffix(suffix.size() + 1);
  std::string_view behind = host;
  behind.remove_prefix(label.size() + 1);
  const bool matches = host[label.size()] == '.' && EqualsFolded(suffix, behind) && !HasDots(label, 1) &&
                       HasDots(behind, std::max<size_t>(policy.wildcard_min_suffix_labels, 1) - 1);
  return matches ? std::optional(NameReason::kMatchWildcard) : std::nullopt;
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

}  // namespace

NameReason CheckPresented(const Presented& presented, const NamePolicy& policy) {
  switch (presented.form) {
    case PresentedForm::kDns:
      return IsLenient(policy) ? CheckLenient(certs::AsText(presented.value), policy)
                               : CheckDnsName(certs::AsText(presented.value), policy).reason;
    case PresentedForm::kIp:
      return presented.value.size() == 4 || presented.value.size() == 16 ? NameReason::kValid
                                                                         : NameReason::kBadIpLength;
    case PresentedForm::kCommonName:
      return NameReason::kCommonNameIgnored;
    case PresentedForm::kSrv:
      return CheckSrvName(certs::AsText(presented.value));
    case PresentedForm::kUri:
      return CheckUri(certs::AsText(presented.value));
  }
  return NameReason::kBadCharacter;
}

std::optional<NameReason> FindMatch(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  if (presented.form == PresentedForm::kDns && !IsLenient(policy)) {
    return HowItMatches(certs::AsText(presented.value), reference, policy);
  }
  const NameDecision decision = MatchName(presented, reference, policy);
  return decision.match ? std::optional(decision.reason) : std::nullopt;
}

NameDecision MatchName(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  switch (presented.form) {
    case PresentedForm::kDns:
      return IsLenient(policy) ? MatchLenient(certs::AsText(presented.value), reference, policy)
                               : MatchDns(certs::AsText(presented.value), reference, policy);
    case PresentedForm::kIp:
      return MatchIpLenient(presented.value, reference, policy);
    case PresentedForm::kCommonName:
      return Refuse(NameReason::kCommonNameIgnored);
    case PresentedForm::kSrv:
      return policy.srv_id ? MatchSrv(certs::AsText(presented.value), reference) : Refuse(NameReason::kKindMismatch);
    case PresentedForm::kUri:
      return MatchUri(certs::AsText(presented.value), reference);
  }
  return Malformed(NameReason::kBadCharacter);
}

}  // namespace verifier

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
  if (!name.starts_with("*.")) {
    return EqualsFolded(name, host) ? std::optional(NameReason::kMatchExact) : std::nullopt;
  }
  if (Planted(NameBug::kTwoLabels) && MatchesTwoLabels(name, host)) {
    return NameReason::kMatchWildcard;
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

bool NameMatches(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  if (presented.form == PresentedForm::kDns && !IsLenient(policy)) {
    return HowItMatches(certs::AsText(presented.value), reference, policy).has_value();
  }
  return MatchName(presented, reference, policy).match;
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

#include "lab/verifier/name_match.h"

#include <algorithm>

#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

bool EqualsFolded(std::string_view presented, std::string_view lower_case) {
  if (presented.size() != lower_case.size()) {
    return false;
  }
  for (size_t i = 0; i < presented.size(); ++i) {
    // A dot folds to 0 and must stand where the other has one; everything else folds to itself in lower case.
    const uint8_t octet = presented[i] == '.' ? uint8_t{'.'} : LowerLabelOctet(presented[i]);
    if (octet != static_cast<uint8_t>(lower_case[i])) {
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

NameDecision MatchDns(std::string_view name, const Reference& reference, const NamePolicy& policy) {
  const PresentedName presented = CheckDnsName(name, policy);
  if (presented.reason != NameReason::kValid) {
    return Malformed(presented.reason);
  }
  if (reference.kind != Reference::Kind::kDns) {
    return Refuse(presented.wildcard ? NameReason::kWildcardForbidden : NameReason::kKindMismatch);
  }
  const std::string_view host = reference.dns;
  if (!presented.wildcard) {
    return EqualsFolded(presented.suffix, host) ? Accept(NameReason::kMatchExact) : Refuse(NameReason::kDifferentName);
  }
  // "*" stands for exactly the left-most label, so what is behind the first dot must equal the suffix (RFC 9525 6.3).
  const size_t dot = host.find('.');
  if (dot != host.npos && EqualsFolded(presented.suffix, host.substr(dot + 1))) {
    return Accept(NameReason::kMatchWildcard);
  }
  return Refuse(EndsInLabels(presented.suffix, host) ? NameReason::kDifferentLabelCount : NameReason::kDifferentName);
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

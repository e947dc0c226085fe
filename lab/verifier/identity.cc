#include "lab/verifier/identity.h"

#include <algorithm>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/ip_literal.h"

namespace verifier {
namespace {

constexpr uint8_t kCommonNameType[] = {0x55, 0x04, 0x03};
// id-on-dnsSRV, 1.3.6.1.5.5.7.8.7
constexpr uint8_t kDnsSrv[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x07};

bool HasTag(const PresentedIdentifiers& presented, int tag) {
  return std::ranges::any_of(presented.san, [tag](const GeneralNameView& name) { return name.tag == tag; });
}

bool HasSrv(const PresentedIdentifiers& presented) {
  return std::ranges::any_of(presented.san,
                             [](const GeneralNameView& name) { return Same(OtherNameType(name), kDnsSrv); });
}

bool CommonNameCounts(const PresentedIdentifiers& presented, CnFallback fallback) {
  switch (fallback) {
    case CnFallback::kNever:
      return false;
    case CnFallback::kNoSan:
      return !presented.has_san;
    case CnFallback::kNoDnsSan:
      return !HasTag(presented, kDnsName);
    case CnFallback::kNoDnsIpSan:
      return !HasTag(presented, kDnsName) && !HasTag(presented, kIpAddress);
    case CnFallback::kSingleCnNoOtherSan:
      return presented.san.empty() && presented.common_names.size() == 1;
    case CnFallback::kNoServiceId:
      return !HasTag(presented, kDnsName) && !HasTag(presented, kIpAddress) && !HasTag(presented, kUri) &&
             !HasSrv(presented);
  }
  return false;
}

// Whether the common name is the text of the reference's address, where the policy allows that.
bool IsAddressText(ByteView common_name, const Reference& reference, CnIp allowed) {
  const auto address = ParseIpAddress(certs::AsText(common_name));
  return allowed != CnIp::kOff && address && (allowed == CnIp::kAny || address->length == 4) &&
         std::ranges::equal(address->View(), ByteView(reference.ip.data(), reference.ip_len));
}

NameDecision MatchCommonName(ByteView common_name, const Reference& reference, const NamePolicy& policy) {
  if (reference.kind == Reference::Kind::kIp && IsAddressText(common_name, reference, policy.cn_ip)) {
    return {.match = true, .presented_valid = true, .reason = NameReason::kMatchIp};
  }
  return MatchName({PresentedForm::kDns, common_name}, reference, policy);
}

// Of the reasons of entries that did not match, the one worth telling: of an identifier of the reference's own kind.
NameReason Better(NameReason known, const NameDecision& decision, bool first) {
  const bool telling =
      decision.reason != NameReason::kKindMismatch && decision.reason != NameReason::kWildcardForbidden;
  return first || (telling && known == NameReason::kKindMismatch) ? decision.reason : known;
}

}  // namespace

PresentedIdentifiers AltNamesOf(const Certificate& certificate) {
  PresentedIdentifiers presented{.has_san = certificate.san.has_value() || certificate.san_malformed,
                                 .san_malformed = certificate.san_malformed,
                                 .san = {},
                                 .common_names = {}};
  if (certificate.san) {
    presented.san = *certificate.san;
  }
  return presented;
}

PresentedIdentifiers IdentifiersOf(const Certificate& certificate) {
  PresentedIdentifiers presented = AltNamesOf(certificate);
  presented.common_names = AttributeValues(certificate.subject, kCommonNameType);
  return presented;
}

std::optional<Presented> PresentedOf(const GeneralNameView& name) {
  switch (name.tag) {
    case kDnsName:
      return Presented{PresentedForm::kDns, name.value};
    case kIpAddress:
      return Presented{PresentedForm::kIp, name.value};
    case kUri:
      return Presented{PresentedForm::kUri, name.value};
    case kOtherName:
      break;
    default:
      return std::nullopt;
  }
  // SRVName ::= IA5String, as the value of an otherName (RFC 4985 2).
  CBS body = CbsOf(name.value);
  ByteView type;
  CBS value;
  CBS text;
  if (!ReadOid(&body, &type) || !Same(type, kDnsSrv) ||
      !ReadBody(&body, &value, CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0) ||
      !ReadBody(&value, &text, CBS_ASN1_IA5STRING)) {
    return std::nullopt;
  }
  return Presented{PresentedForm::kSrv, ViewOf(text)};
}

std::vector<ByteView> CountingCommonNames(const PresentedIdentifiers& presented, const NamePolicy& policy) {
  if (!CommonNameCounts(presented, policy.cn_fallback) || presented.common_names.empty()) {
    return {};
  }
  return policy.cn_pick == CnPick::kAny ? presented.common_names : std::vector<ByteView>{presented.common_names.back()};
}

IdentityDecision MatchIdentity(const PresentedIdentifiers& presented, const Reference& reference,
                               const NamePolicy& policy) {
  const bool empty_is_malformed =
      policy.cn_fallback == CnFallback::kNever || policy.cn_fallback == CnFallback::kNoServiceId;
  if (presented.san_malformed || (presented.has_san && presented.san.empty() && empty_is_malformed)) {
    return {.usable = false, .reason = NameReason::kEmpty};
  }
  IdentityDecision answer{.reason = NameReason::kEmpty};
  // The forum's matcher splits the extension's text at commas and does not take the space behind them away, so it never
  // sees but the first entry.
  const size_t seen = policy.reversed_label_walk ? std::min<size_t>(presented.san.size(), 1) : presented.san.size();
  // Why a name does not match takes longer to say than that it does not, so what matches is looked for first.
  if (!policy.halt_on_invalid_san) {
    for (size_t i = 0; i < seen; ++i) {
      const std::optional<Presented> identifier = PresentedOf(presented.san[i]);
      const auto how = identifier ? FindMatch(*identifier, reference, policy) : std::nullopt;
      if (how) {
        return {.match = true, .reason = *how, .san_index = static_cast<int>(i)};
      }
    }
  }
  for (size_t i = 0; i < seen; ++i) {
    const std::optional<Presented> identifier = PresentedOf(presented.san[i]);
    if (!identifier) {
      continue;
    }
    // Of what does not match, nobody asks but for the first reason that tells.
    if (i > 0 && answer.reason != NameReason::kKindMismatch && !policy.halt_on_invalid_san) {
      break;
    }
    const NameDecision decision = MatchName(*identifier, reference, policy);
    if (decision.match) {
      return {.match = true, .reason = decision.reason, .san_index = static_cast<int>(i)};
    }
    const bool concerned = identifier->form == PresentedForm::kDns && reference.kind == Reference::Kind::kDns;
    if (!decision.presented_valid && policy.halt_on_invalid_san && concerned) {
      return {.usable = false, .reason = decision.reason};
    }
    answer.reason = Better(answer.reason, decision, i == 0);
  }
  for (const ByteView common_name : CountingCommonNames(presented, policy)) {
    const NameDecision decision = MatchCommonName(common_name, reference, policy);
    if (decision.match) {
      return {.match = true, .reason = decision.reason, .san_index = -1};
    }
    answer.reason = decision.reason;
  }
  if (answer.reason == NameReason::kEmpty && !presented.common_names.empty()) {
    answer.reason = NameReason::kCommonNameIgnored;
  }
  return answer;
}

}  // namespace verifier

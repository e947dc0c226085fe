#include "lab/verifier/policy_extensions.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <set>

#include "lab/verifier/der_reader.h"

namespace verifier {
namespace {

constexpr unsigned kSkipField = CBS_ASN1_CONTEXT_SPECIFIC;

// id-qt-cps and id-qt-unotice, the qualifiers RFC 5280 4.2.1.4 defines.
constexpr uint8_t kQualifierArc[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02};
bool IsKnownQualifier(ByteView oid) {
  return oid.size() == 8 && Same(oid.first(7), kQualifierArc) && (oid[7] == 1 || oid[7] == 2);
}

// SkipCerts ::= INTEGER (0..MAX), the content octets; an enormous number is as good as UINT32_MAX.
bool SkipCerts(const CBS& content, std::optional<uint64_t>* out) {
  if (!CBS_is_unsigned_asn1_integer(&content)) {
    return false;
  }
  uint64_t value = 0;
  for (const uint8_t octet : ViewOf(content)) {
    value = std::min<uint64_t>(value << 8 | octet, UINT32_MAX);
  }
  *out = value;
  return true;
}

}  // namespace

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation, no policy twice
// PolicyInformation ::= SEQUENCE { policyIdentifier, policyQualifiers SEQUENCE SIZE (1..MAX) OF
//   SEQUENCE { policyQualifierId, qualifier ANY } OPTIONAL }
Complaint CertificatePolicies(const ExtensionView& extension, Certificate* c) {
  CBS list;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE) || SizeOf(list) == 0) {
    return kSyntax;
  }
  const auto less = [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); };
  std::set<ByteView, decltype(less)> seen(less);
  std::vector<ByteView> policies;
  bool unknown_qualifier = false;
  while (SizeOf(list) > 0) {
    CBS information;
    ByteView policy;
    if (!ReadBody(&list, &information, CBS_ASN1_SEQUENCE) || !ReadOid(&information, &policy)) {
      return kSyntax;
    }
    if (!seen.insert(policy).second) {
      return "policy " + OidText(policy) + " occurs twice";
    }
    policies.push_back(policy);
    CBS qualifiers = CbsOf({});
    if (SizeOf(information) > 0 && (!ReadBody(&information, &qualifiers, CBS_ASN1_SEQUENCE) ||
                                    SizeOf(qualifiers) == 0 || SizeOf(information) != 0)) {
      return kSyntax;
    }
    while (SizeOf(qualifiers) > 0) {
      CBS qualifier;
      CBS any;
      ByteView id;
      if (!ReadBody(&qualifiers, &qualifier, CBS_ASN1_SEQUENCE) || !ReadOid(&qualifier, &id) ||
          !CBS_get_any_asn1_element(&qualifier, &any, nullptr, nullptr) || SizeOf(qualifier) != 0) {
        return kSyntax;
      }
      unknown_qualifier = unknown_qualifier || !IsKnownQualifier(id);
    }
  }
  if (unknown_qualifier && extension.critical) {
    c->notes.push_back({Reason::kUnknownCriticalExtension, "certificatePolicies is critical with an unknown qualifier",
                        Rule::kCriticalExtensions});
  }
  c->policies = std::move(policies);
  return {};
}

// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }
Complaint PolicyMappings(const ExtensionView& extension, Certificate* c) {
  CBS list;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE) || SizeOf(list) == 0) {
    return kSyntax;
  }
  std::vector<PolicyMappingView> mappings;
  while (SizeOf(list) > 0) {
    CBS pair;
    PolicyMappingView mapping;
    if (!ReadBody(&list, &pair, CBS_ASN1_SEQUENCE) || !ReadOid(&pair, &mapping.issuer_domain) ||
        !ReadOid(&pair, &mapping.subject_domain) || SizeOf(pair) != 0) {
      return kSyntax;
    }
    mappings.push_back(mapping);
  }
  c->policy_mappings = std::move(mappings);
  return {};
}

// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] OPTIONAL, inhibitPolicyMapping [1] OPTIONAL }, never empty
Complaint PolicyConstraints(const ExtensionView& extension, Certificate* c) {
  CBS fields;
  if (!ReadOnly(extension.value, &fields, CBS_ASN1_SEQUENCE) || SizeOf(fields) == 0) {
    return kSyntax;
  }
  CBS number;
  if (IsNext(fields, kSkipField | 0) &&
      (!ReadBody(&fields, &number, kSkipField | 0) || !SkipCerts(number, &c->require_explicit_policy))) {
    return kSyntax;
  }
  if (IsNext(fields, kSkipField | 1) &&
      (!ReadBody(&fields, &number, kSkipField | 1) || !SkipCerts(number, &c->inhibit_policy_mapping))) {
    return kSyntax;
  }
  return SizeOf(fields) == 0 ? Complaint{} : kSyntax;
}

// InhibitAnyPolicy ::= SkipCerts
Complaint InhibitAnyPolicy(const ExtensionView& extension, Certificate* c) {
  CBS number;
  if (!ReadOnly(extension.value, &number, CBS_ASN1_INTEGER) || !SkipCerts(number, &c->inhibit_any_policy)) {
    return kSyntax;
  }
  return {};
}

}  // namespace verifier

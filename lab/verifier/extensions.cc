#include "lab/verifier/extensions.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <climits>

#include "lab/verifier/crl.h"
#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/policy_extensions.h"

namespace verifier {
namespace {

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
Complaint BasicConstraints(const ExtensionView& extension, Certificate* c) {
  c->basic_constraints_malformed = true;
  CBS fields;
  bool ca = false;
  if (!ReadOnly(extension.value, &fields, CBS_ASN1_SEQUENCE) || !ReadTrueOrAbsent(&fields, &ca)) {
    return kSyntax;
  }
  std::optional<int> path_len;
  if (SizeOf(fields) > 0) {
    CBS integer;
    if (!ReadBody(&fields, &integer, CBS_ASN1_INTEGER) || !CBS_is_unsigned_asn1_integer(&integer) ||
        SizeOf(fields) != 0) {
      return "pathLenConstraint is not a number from 0";
    }
    int64_t value = 0;  // an enormous limit is no limit
    for (const uint8_t octet : ViewOf(integer)) {
      value = std::min<int64_t>(value << 8 | octet, INT_MAX);
    }
    path_len = static_cast<int>(value);
  }
  c->basic_constraints_malformed = false;
  c->has_basic_constraints = true;
  c->basic_constraints_critical = extension.critical;
  c->is_ca = ca;
  c->path_len = path_len;
  return {};
}

// KeyUsage ::= BIT STRING of named bits: no trailing zero bits (X.690 11.2.2), at least one set (RFC 5280 4.2.1.3).
Complaint KeyUsage(const ExtensionView& extension, Certificate* c) {
  CBS bits;
  if (!ReadOnly(extension.value, &bits, CBS_ASN1_BITSTRING) || !CBS_is_valid_asn1_bitstring(&bits)) {
    return kSyntax;
  }
  const ByteView octets = ViewOf(bits).subspan(1);
  const uint8_t unused = ViewOf(bits)[0];
  if (octets.empty() || std::ranges::all_of(octets, [](uint8_t octet) { return octet == 0; })) {
    return "no bit is set";
  }
  if (octets.size() > 2 || (octets.back() >> unused & 1) == 0) {
    return "trailing zero bits are encoded, or unknown bits set";
  }
  uint16_t usage = 0;
  for (unsigned bit = 0; bit < octets.size() * 8; ++bit) {
    if ((octets[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      usage = static_cast<uint16_t>(usage | 1U << bit);
    }
  }
  c->key_usage = usage;
  return {};
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER
Complaint ExtendedKeyUsage(const ExtensionView& extension, Certificate* c) {
  CBS list;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE) || SizeOf(list) == 0) {
    return kSyntax;
  }
  std::vector<ByteView> purposes;
  while (SizeOf(list) > 0) {
    ByteView purpose;
    if (!ReadOid(&list, &purpose)) {
      return kSyntax;
    }
    purposes.push_back(purpose);
  }
  c->extended_key_usage = std::move(purposes);
  return {};
}

// SubjectAltName ::= GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
Complaint SubjectAltName(const ExtensionView& extension, Certificate* c) {
  c->san_critical = extension.critical;
  c->san = ParseGeneralNames(extension.value);
  c->san_malformed = !c->san.has_value();
  return c->san_malformed ? kSyntax : Complaint{};
}

// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
bool Subtrees(CBS list, std::vector<SubtreeView>* out) {
  if (SizeOf(list) == 0) {
    return false;
  }
  out->reserve(8);  // nearly all have fewer
  while (SizeOf(list) > 0) {
    CBS fields;
    SubtreeView subtree;
    if (!ReadBody(&list, &fields, CBS_ASN1_SEQUENCE) || !ReadGeneralName(&fields, &subtree.base)) {
      return false;
    }
    for (const unsigned tag : {kContext | 0, kContext | 1}) {
      if (IsNext(fields, tag)) {
        CBS number;
        if (!ReadBody(&fields, &number, tag) || !CBS_is_unsigned_asn1_integer(&number)) {
          return false;
        }
        subtree.plain = false;
      }
    }
    if (SizeOf(fields) != 0) {
      return false;
    }
    out->push_back(subtree);
  }
  return true;
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }; never both absent.
Complaint NameConstraints(const ExtensionView& extension, Certificate* c) {
  CBS fields;
  if (!ReadOnly(extension.value, &fields, CBS_ASN1_SEQUENCE)) {
    return kSyntax;
  }
  if (SizeOf(fields) == 0) {
    return "there is no subtree";
  }
  std::vector<SubtreeView> permitted;
  std::vector<SubtreeView> excluded;
  CBS list;
  if (IsNext(fields, kConstructed | 0) &&
      (!ReadBody(&fields, &list, kConstructed | 0) || !Subtrees(list, &permitted))) {
    return "permittedSubtrees does not parse or is empty";
  }
  if (IsNext(fields, kConstructed | 1) && (!ReadBody(&fields, &list, kConstructed | 1) || !Subtrees(list, &excluded))) {
    return "excludedSubtrees does not parse or is empty";
  }
  if (SizeOf(fields) != 0) {
    return kSyntax;
  }
  c->has_name_constraints = true;
  c->name_constraints_critical = extension.critical;
  c->permitted = std::move(permitted);
  c->excluded = std::move(excluded);
  return {};
}

// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, authorityCertIssuer [1] OPTIONAL,
//   authorityCertSerialNumber [2] OPTIONAL }; the last two both present or both absent (RFC 5280 A.2).
Complaint AuthorityKeyIdentifier(const ExtensionView& extension, Certificate* c) {
  CBS fields;
  if (!ReadOnly(extension.value, &fields, CBS_ASN1_SEQUENCE)) {
    return kSyntax;
  }
  CBS value;
  std::optional<ByteView> key_id;
  if (IsNext(fields, kContext | 0)) {
    if (!ReadBody(&fields, &value, kContext | 0)) {
      return kSyntax;
    }
    key_id = ViewOf(value);
  }
  const bool has_issuer = IsNext(fields, kConstructed | 1);
  if (has_issuer && (!ReadBody(&fields, &value, kConstructed | 1) || !AreGeneralNames(value))) {
    return "authorityCertIssuer does not parse";
  }
  const bool has_serial = IsNext(fields, kContext | 2);
  if (has_serial && (!ReadBody(&fields, &value, kContext | 2) || !CBS_is_valid_asn1_integer(&value, nullptr))) {
    return "authorityCertSerialNumber does not parse";
  }
  if (SizeOf(fields) != 0) {
    return kSyntax;
  }
  if (has_issuer != has_serial) {
    return "authorityCertIssuer and authorityCertSerialNumber must both be present or both be absent";
  }
  c->has_authority_key_id = true;
  c->authority_key_id = key_id;
  return {};
}

// SubjectKeyIdentifier ::= OCTET STRING
Complaint SubjectKeyIdentifier(const ExtensionView& extension, Certificate* c) {
  CBS value;
  if (!ReadOnly(extension.value, &value, CBS_ASN1_OCTETSTRING)) {
    return kSyntax;
  }
  c->subject_key_id = ViewOf(value);
  return {};
}

// AuthorityInfoAccessSyntax and SubjectInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF
//   SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
Complaint InfoAccess(const ExtensionView& extension, Certificate*) {
  CBS list;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE) || SizeOf(list) == 0) {
    return kSyntax;
  }
  while (SizeOf(list) > 0) {
    CBS description;
    ByteView method;
    GeneralNameView location;
    if (!ReadBody(&list, &description, CBS_ASN1_SEQUENCE) || !ReadOid(&description, &method) ||
        !ReadGeneralName(&description, &location) || SizeOf(description) != 0) {
      return kSyntax;
    }
  }
  return {};
}

// Features ::= SEQUENCE OF INTEGER (RFC 7633 4.1)
Complaint TlsFeatures(const ExtensionView& extension, Certificate* c) {
  CBS list;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE)) {
    return kSyntax;
  }
  std::vector<uint64_t> features;
  while (SizeOf(list) > 0) {
    uint64_t feature = 0;
    if (!CBS_get_asn1_uint64(&list, &feature)) {
      return kSyntax;
    }
    features.push_back(feature);
  }
  c->tls_features = std::move(features);
  return {};
}

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE { distributionPoint [0] OPTIONAL, reasons [1] OPTIONAL, cRLIssuer [2] OPTIONAL }
// Where it cannot be read, no list is of a point of this certificate; that is all the harm it does.
Complaint CrlDistributionPoints(const ExtensionView& extension, Certificate* c) {
  CBS list;
  std::vector<GeneralNameView> names;
  if (!ReadOnly(extension.value, &list, CBS_ASN1_SEQUENCE)) {
    return {};
  }
  while (SizeOf(list) > 0) {
    CBS point, name;
    if (!ReadBody(&list, &point, CBS_ASN1_SEQUENCE)) {
      return {};
    }
    if (IsNext(point, kConstructed | 0) &&
        (!ReadBody(&point, &name, kConstructed | 0) || !ReadDistributionPointName(name, &names))) {
      return {};
    }
  }
  c->distribution_points = std::move(names);
  return {};
}

Complaint NotLookedInto(const ExtensionView&, Certificate*) { return {}; }

// What RFC 5280 says on the critical flag, and whether the verifier acts on the extension at all.
enum class Criticality : uint8_t {
  kProcessed,     // either way
  kMustBeTrue,    // "Conforming CAs MUST mark this extension as critical"; processed
  kMustBeFalse,   // "... MUST mark this extension as non-critical"
  kNotProcessed,  // critical would mean: understand it
};

struct Known {
  ByteView oid;
  std::string_view name;
  Criticality criticality;
  Complaint (*interpret)(const ExtensionView&, Certificate*);
};

// id-ce is 2.5.29, id-pe is 1.3.6.1.5.5.7.1.
constexpr uint8_t kBasicConstraints[] = {0x55, 0x1d, 19}, kKeyUsage[] = {0x55, 0x1d, 15},
                  kExtKeyUsage[] = {0x55, 0x1d, 37}, kSubjectAltName[] = {0x55, 0x1d, 17},
                  kNameConstraints[] = {0x55, 0x1d, 30}, kAuthorityKeyId[] = {0x55, 0x1d, 35},
                  kSubjectKeyId[] = {0x55, 0x1d, 14}, kPolicies[] = {0x55, 0x1d, 32}, kMappings[] = {0x55, 0x1d, 33},
                  kConstraints[] = {0x55, 0x1d, 36}, kInhibitAny[] = {0x55, 0x1d, 54}, kCrlPoints[] = {0x55, 0x1d, 31},
                  kFreshestCrl[] = {0x55, 0x1d, 46}, kIssuerAltName[] = {0x55, 0x1d, 18},
                  kDirectoryAttributes[] = {0x55, 0x1d, 9}, kAuthorityInfo[] = {0x2b, 6, 1, 5, 5, 7, 1, 1},
                  kSubjectInfo[] = {0x2b, 6, 1, 5, 5, 7, 1, 11}, kTlsFeature[] = {0x2b, 6, 1, 5, 5, 7, 1, 24};

constexpr Known kKnown[] = {
    {kBasicConstraints, "basicConstraints", Criticality::kProcessed, BasicConstraints},
    {kKeyUsage, "keyUsage", Criticality::kProcessed, KeyUsage},
    {kExtKeyUsage, "extendedKeyUsage", Criticality::kProcessed, ExtendedKeyUsage},
    {kSubjectAltName, "subjectAltName", Criticality::kProcessed, SubjectAltName},
    {kNameConstraints, "nameConstraints", Criticality::kProcessed, NameConstraints},
    {kAuthorityKeyId, "authorityKeyIdentifier", Criticality::kMustBeFalse, AuthorityKeyIdentifier},
    {kSubjectKeyId, "subjectKeyIdentifier", Criticality::kMustBeFalse, SubjectKeyIdentifier},
    {kPolicies, "certificatePolicies", Criticality::kProcessed, CertificatePolicies},
    {kMappings, "policyMappings", Criticality::kProcessed, PolicyMappings},
    {kConstraints, "policyConstraints", Criticality::kMustBeTrue, PolicyConstraints},
    {kInhibitAny, "inhibitAnyPolicy", Criticality::kMustBeTrue, InhibitAnyPolicy},
    {kAuthorityInfo, "authorityInfoAccess", Criticality::kMustBeFalse, InfoAccess},
    {kSubjectInfo, "subjectInfoAccess", Criticality::kMustBeFalse, InfoAccess},
    {kFreshestCrl, "freshestCRL", Criticality::kMustBeFalse, NotLookedInto},
    {kDirectoryAttributes, "subjectDirectoryAttributes", Criticality::kMustBeFalse, NotLookedInto},
    {kCrlPoints, "cRLDistributionPoints", Criticality::kNotProcessed, CrlDistributionPoints},
    {kIssuerAltName, "issuerAltName", Criticality::kNotProcessed, NotLookedInto},
    {kTlsFeature, "tlsFeature", Criticality::kProcessed, TlsFeatures},
};

const Known* FindKnown(ByteView oid) {
  for (const Known& known : kKnown) {
    if (Same(known.oid, oid)) {
      return &known;
    }
  }
  return nullptr;
}

}  // namespace

void InterpretExtension(const ExtensionView& extension, Certificate* certificate) {
  const Known* known = FindKnown(extension.oid);
  const Criticality criticality = known != nullptr ? known->criticality : Criticality::kNotProcessed;
  const auto name = [&extension] { return ExtensionName(extension.oid); };  // nobody asks where nothing is wrong
  const auto malformed = [&](std::string_view what, Rule rule) {
    certificate->notes.push_back({Reason::kMalformedExtension, name() + ": " + std::string(what), rule});
  };
  if (criticality == Criticality::kNotProcessed && extension.critical) {
    certificate->notes.push_back(
        {Reason::kUnknownCriticalExtension, name() + " is critical", Rule::kCriticalExtensions});
  }
  if (criticality == Criticality::kMustBeFalse && extension.critical) {
    malformed("must not be critical", Rule::kCriticality);
  }
  if (criticality == Criticality::kMustBeTrue && !extension.critical) {
    malformed("must be critical", Rule::kCriticality);
  }
  if (known != nullptr) {
    if (const Complaint complaint = known->interpret(extension, certificate); !complaint.empty()) {
      malformed(complaint, Rule::kExtensionSyntax);
    }
  }
}

bool ReadExtension(CBS* list, ExtensionView* extension) {
  CBS fields, value;
  if (!ReadBody(list, &fields, CBS_ASN1_SEQUENCE) || !ReadOid(&fields, &extension->oid) ||
      !ReadTrueOrAbsent(&fields, &extension->critical) || !ReadBody(&fields, &value, CBS_ASN1_OCTETSTRING) ||
      SizeOf(fields) != 0) {
    return false;
  }
  extension->value = ViewOf(value);
  return true;
}

std::string ExtensionName(ByteView oid) {
  const Known* known = FindKnown(oid);
  return known != nullptr ? std::string(known->name) : OidText(oid);
}

}  // namespace verifier

#include "certs/encode.h"

#include <optional>
#include <string>
#include <vector>

#include "certs/der.h"

namespace certs {
namespace {

// Says which OID of a certificate is none, if any.
std::optional<std::string> MalformedOid(const CertSpec& spec) {
  const auto bad = [&](const std::string& member, std::string_view oid) {
    return "the OID " + Escaped(oid, 64) + " in " + spec.name + "." + member + " is no dotted decimal OID";
  };
  for (const Attribute& attribute : spec.subject) {
    if (!der::OidContent(attribute.oid)) {
      return bad("subject", attribute.oid);
    }
  }
  for (const Attribute& attribute : spec.claimed_issuer.value_or(DistinguishedName{})) {
    if (!der::OidContent(attribute.oid)) {
      return bad("claimed_issuer", attribute.oid);
    }
  }
  for (const std::string& purpose : spec.extended_key_usage.value_or(ExtendedKeyUsage{}).purposes) {
    if (!der::OidContent(purpose)) {
      return bad("extended_key_usage", purpose);
    }
  }
  for (const std::string& policy : spec.policies.value_or(CertificatePolicies{}).oids) {
    if (!der::OidContent(policy)) {
      return bad("policies", policy);
    }
  }
  for (const PolicyMapping& mapping : spec.policy_mappings) {
    for (const std::string& policy : {mapping.issuer_domain, mapping.subject_domain}) {
      if (!der::OidContent(policy)) {
        return bad("policy_mappings", policy);
      }
    }
  }
  for (const RawExtension& extension : spec.extra_extensions) {
    if (!der::OidContent(extension.oid)) {
      return bad("extra_extensions", extension.oid);
    }
  }
  return std::nullopt;
}

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
void AppendExtension(Bytes& extensions, std::string_view oid, bool critical, ByteView value) {
  const Bytes critical_field = critical ? der::Boolean(true) : Bytes{};
  Append(extensions, der::Sequence({der::Oid(oid), critical_field, der::OctetString(value)}));
}

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
Bytes Encode(const BasicConstraints& constraints) {
  return der::Sequence({constraints.ca ? der::Boolean(true) : Bytes{},
                        constraints.path_len ? der::Integer(*constraints.path_len) : Bytes{}});
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
Bytes Encode(const ExtendedKeyUsage& usage) {
  Bytes purposes;
  for (const std::string& purpose : usage.purposes) {
    Append(purposes, der::Oid(purpose));
  }
  return der::Sequence(purposes);
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
Bytes Encode(const SubjectAltName& san) {
  Bytes names;
  for (const GeneralName& name : san.names) {
    Append(names, EncodeGeneralName(name));
  }
  return der::Sequence(names);
}

// [number] IMPLICIT INTEGER OPTIONAL
Bytes ImplicitInteger(unsigned number, std::optional<int> value) {
  if (!value) {
    return {};
  }
  Bytes integer = der::Integer(*value);
  integer[0] = static_cast<uint8_t>(0x80 | number);
  return integer;
}

// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] ... OPTIONAL }
Bytes EncodeSubtrees(unsigned tag, const std::vector<GeneralName>& bases, const NameConstraints& constraints) {
  const Bytes minimum = ImplicitInteger(0, constraints.minimum), maximum = ImplicitInteger(1, constraints.maximum);
  Bytes subtrees;
  for (const GeneralName& base : bases) {
    Append(subtrees, der::Sequence({EncodeGeneralName(base), minimum, maximum}));
  }
  return subtrees.empty() ? Bytes{} : der::ContextConstructed(tag, subtrees);
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL,
//                                excludedSubtrees [1] GeneralSubtrees OPTIONAL }
Bytes Encode(const NameConstraints& constraints) {
  return der::Sequence(
      {EncodeSubtrees(0, constraints.permitted, constraints), EncodeSubtrees(1, constraints.excluded, constraints)});
}

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
// PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers ... OPTIONAL }
Bytes Encode(const CertificatePolicies& policies) {
  Bytes information;
  for (const std::string& policy : policies.oids) {
    Append(information, der::Sequence(der::Oid(policy)));
  }
  return der::Sequence(information);
}

// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy CertPolicyId }
Bytes Encode(const std::vector<PolicyMapping>& mappings) {
  Bytes pairs;
  for (const PolicyMapping& mapping : mappings) {
    Append(pairs, der::Sequence({der::Oid(mapping.issuer_domain), der::Oid(mapping.subject_domain)}));
  }
  return der::Sequence(pairs);
}

// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] SkipCerts OPTIONAL,
//                                  inhibitPolicyMapping [1] SkipCerts OPTIONAL }
Bytes Encode(const PolicyConstraints& constraints) {
  return der::Sequence({ImplicitInteger(0, constraints.require_explicit_policy),
                        ImplicitInteger(1, constraints.inhibit_policy_mapping)});
}

// The same, as it stands.
Bytes EncodeRaw(const RawExtension& extension) {
  Bytes critical = extension.critical ? der::Boolean(true) : Bytes{};
  if (extension.critical_octet) {
    critical = der::Tlv(der::kBoolean, Bytes{*extension.critical_octet});
  }
  return der::Sequence({der::Oid(extension.oid), critical, der::OctetString(extension.value)});
}

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; without one, the field is left out
Bytes EncodeExtensions(const CertSpec& spec, const TbsInputs& inputs) {
  Bytes extensions;
  if (spec.basic_constraints) {
    AppendExtension(extensions, "2.5.29.19", spec.basic_constraints->critical, Encode(*spec.basic_constraints));
  }
  if (spec.key_usage) {  // KeyUsage ::= BIT STRING { digitalSignature (0), ... decipherOnly (8) }
    AppendExtension(extensions, "2.5.29.15", spec.key_usage->critical, der::NamedBits(spec.key_usage->bits));
  }
  if (spec.extended_key_usage) {
    AppendExtension(extensions, "2.5.29.37", spec.extended_key_usage->critical, Encode(*spec.extended_key_usage));
  }
  if (spec.san) {
    AppendExtension(extensions, "2.5.29.17", spec.san->critical, Encode(*spec.san));
  }
  if (spec.name_constraints) {
    AppendExtension(extensions, "2.5.29.30", spec.name_constraints->critical, Encode(*spec.name_constraints));
  }
  if (spec.subject_key_id) {  // SubjectKeyIdentifier ::= KeyIdentifier ::= OCTET STRING
    AppendExtension(extensions, "2.5.29.14", false, der::OctetString(inputs.subject_key_id));
  }
  if (!inputs.issuer_key_id.empty()) {  // AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] ... OPTIONAL, ... }
    AppendExtension(extensions, "2.5.29.35", false, der::Sequence(der::Context(0, inputs.issuer_key_id)));
  }
  if (spec.policies) {
    AppendExtension(extensions, "2.5.29.32", spec.policies->critical, Encode(*spec.policies));
  }
  if (!spec.policy_mappings.empty()) {
    AppendExtension(extensions, "2.5.29.33", true, Encode(spec.policy_mappings));
  }
  if (spec.policy_constraints) {
    AppendExtension(extensions, "2.5.29.36", spec.policy_constraints->critical, Encode(*spec.policy_constraints));
  }
  if (spec.inhibit_any_policy) {  // InhibitAnyPolicy ::= SkipCerts ::= INTEGER (0..MAX)
    AppendExtension(extensions, "2.5.29.54", spec.inhibit_any_policy->critical,
                    der::Integer(spec.inhibit_any_policy->skip_certs));
  }
  for (const RawExtension& extension : spec.extra_extensions) {
    Append(extensions, EncodeRaw(extension));
  }
  if (inputs.scts) {
    Append(extensions, EncodeRaw(*inputs.scts));
  }
  return extensions.empty() ? Bytes{} : der::ContextConstructed(3, der::Sequence(extensions));
}

}  // namespace

// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }; UTCTime through 2049 (RFC 5280 4.1.2.5)
Result<Bytes> EncodeTime(const TimeSpec& time, int64_t now, const std::string& member) {
  constexpr size_t kUtcTimeLength = 13;
  if (time.raw) {
    const bool utc = time.form == TimeForm::kAuto ? time.raw->size() == kUtcTimeLength : time.form == TimeForm::kUtc;
    return utc ? der::UtcTime(*time.raw) : der::GeneralizedTime(*time.raw);
  }
  int64_t seconds = 0;
  const bool overflow = __builtin_add_overflow(now, int64_t{time.from_now.count()}, &seconds);
  const auto civil = overflow ? std::nullopt : der::ToCivil(seconds);
  if (!civil) {
    return Fail(ErrorCode::kBadInput, member + ": the date lies outside the years 0 to 9999");
  }
  const bool utc =
      time.form == TimeForm::kAuto ? civil->year >= 1950 && civil->year <= 2049 : time.form == TimeForm::kUtc;
  return utc ? der::UtcTime(der::UtcTimeText(*civil)) : der::GeneralizedTime(der::GeneralizedTimeText(*civil));
}

Result<Bytes> EncodeExtensionList(const std::vector<RawExtension>& extensions, const std::string& member) {
  Bytes list;
  for (const RawExtension& extension : extensions) {
    if (!der::OidContent(extension.oid)) {
      return Fail(ErrorCode::kBadInput, member + ": the OID " + Escaped(extension.oid, 64) + " is none");
    }
    Append(list, EncodeRaw(extension));
  }
  return list.empty() ? list : der::Sequence(list);
}

// Name ::= CHOICE { rdnSequence RDNSequence }
// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
Bytes EncodeName(const DistinguishedName& name) {
  Bytes rdns;
  for (const Attribute& attribute : name) {
    const Bytes type = der::Tlv(der::kOid, der::OidContent(attribute.oid).value_or(Bytes{}));
    const Bytes value = der::Tlv(static_cast<uint8_t>(attribute.type), attribute.value);
    Append(rdns, der::SetOf({der::Sequence({type, value})}));
  }
  return der::Sequence(rdns);
}

// GeneralName ::= CHOICE {
//   otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress,
//   directoryName [4] Name, ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String,
//   iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
// The tags are implicit, except that of directoryName: a Name is a CHOICE, so its tag is explicit.
Bytes EncodeGeneralName(const GeneralName& name) {
  const auto number = static_cast<unsigned>(name.form) & 0x1f;
  switch (name.form) {
    case NameForm::kOther:
    case NameForm::kX400:
    case NameForm::kDirectory:
    case NameForm::kEdi:
      return der::ContextConstructed(number, name.value);
    case NameForm::kEmail:
    case NameForm::kDns:
    case NameForm::kUri:
    case NameForm::kIp:
    case NameForm::kRegisteredId:
      break;
  }
  return der::Context(number, name.value);
}

// TBSCertificate ::= SEQUENCE {
//   version [0] EXPLICIT Version DEFAULT v1, serialNumber CertificateSerialNumber, signature AlgorithmIdentifier,
//   issuer Name, validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
//   issuerUniqueID [1] ..., subjectUniqueID [2] ..., extensions [3] EXPLICIT Extensions OPTIONAL }
// Version ::= INTEGER { v1(0), v2(1), v3(2) }; Validity ::= SEQUENCE { notBefore Time, notAfter Time }
Result<Bytes> EncodeTbs(const CertSpec& spec, const TbsInputs& inputs) {
  if (auto malformed = MalformedOid(spec)) {
    return Fail(ErrorCode::kBadInput, *std::move(malformed));
  }
  const auto not_before = EncodeTime(spec.not_before, inputs.now, spec.name + ".not_before");
  if (!not_before) {
    return not_before;
  }
  const auto not_after = EncodeTime(spec.not_after, inputs.now, spec.name + ".not_after");
  if (!not_after) {
    return not_after;
  }
  const Bytes version = spec.version == 1 && !spec.explicit_version
                            ? Bytes{}
                            : der::ContextConstructed(0, der::Integer(int64_t{spec.version} - 1));
  const auto unique_id = [](unsigned tag, const std::optional<Bytes>& octets) {
    return octets ? der::Context(tag, der::Concat({Bytes{0}, *octets})) : Bytes{};
  };
  return der::Sequence({version, der::IntegerWithContent(spec.serial ? *spec.serial : inputs.serial), inputs.algorithm,
                        spec.claimed_issuer ? EncodeName(*spec.claimed_issuer) : inputs.issuer,
                        der::Sequence({*not_before, *not_after}), EncodeName(spec.subject), inputs.spki,
                        unique_id(1, spec.issuer_unique_id), unique_id(2, spec.subject_unique_id),
                        EncodeExtensions(spec, inputs)});
}

}  // namespace certs

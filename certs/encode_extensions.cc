#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "certs/der.h"
#include "certs/der_writer.h"
#include "certs/encode.h"

namespace certs {
namespace {

using der::ContextConstructedTag;
using der::ContextTag;
using der::Writer;

// GeneralName ::= CHOICE {
//   otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress,
//   directoryName [4] Name, ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String,
//   iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
// The tags are implicit, except that of directoryName: a Name is a CHOICE, so its tag is explicit.
void WriteGeneralName(Writer& out, const GeneralName& name) {
  const auto number = static_cast<unsigned>(name.form);
  switch (name.form) {
    case NameForm::kOther:
    case NameForm::kX400:
    case NameForm::kDirectory:
    case NameForm::kEdi:
      out.Element(ContextConstructedTag(number), name.value);
      return;
    case NameForm::kEmail:
    case NameForm::kDns:
    case NameForm::kUri:
    case NameForm::kIp:
    case NameForm::kRegisteredId:
      break;
  }
  out.Element(ContextTag(number), name.value);
}

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
void Write(Writer& out, const BasicConstraints& constraints) {
  out.Element(der::kSequence, [&] {
    if (constraints.ca) {
      out.Boolean(true);
    }
    if (constraints.path_len) {
      out.Integer(*constraints.path_len);
    }
  });
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
void Write(Writer& out, const ExtendedKeyUsage& usage) {
  out.Element(der::kSequence, [&] {
    for (const std::string& purpose : usage.purposes) {
      out.Oid(purpose);
    }
  });
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
void Write(Writer& out, const SubjectAltName& san) {
  out.Element(der::kSequence, [&] {
    for (const GeneralName& name : san.names) {
      WriteGeneralName(out, name);
    }
  });
}

// [number] IMPLICIT INTEGER OPTIONAL
void WriteImplicitInteger(Writer& out, unsigned number, std::optional<int> value) {
  if (value) {
    out.Integer(*value, ContextTag(number));
  }
}

// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] ... OPTIONAL }
void WriteSubtrees(Writer& out, unsigned tag, const std::vector<GeneralName>& bases,
                   const NameConstraints& constraints) {
  if (bases.empty()) {
    return;
  }
  out.Element(ContextConstructedTag(tag), [&] {
    for (const GeneralName& base : bases) {
      out.Element(der::kSequence, [&] {
        WriteGeneralName(out, base);
        WriteImplicitInteger(out, 0, constraints.minimum);
        WriteImplicitInteger(out, 1, constraints.maximum);
      });
    }
  });
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL,
//                                excludedSubtrees [1] GeneralSubtrees OPTIONAL }
void Write(Writer& out, const NameConstraints& constraints) {
  out.Element(der::kSequence, [&] {
    WriteSubtrees(out, 0, constraints.permitted, constraints);
    WriteSubtrees(out, 1, constraints.excluded, constraints);
  });
}

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
// PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers ... OPTIONAL }
void Write(Writer& out, const CertificatePolicies& policies) {
  out.Element(der::kSequence, [&] {
    for (const std::string& policy : policies.oids) {
      out.Element(der::kSequence, [&] { out.Oid(policy); });
    }
  });
}

// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy CertPolicyId }
void Write(Writer& out, const std::vector<PolicyMapping>& mappings) {
  out.Element(der::kSequence, [&] {
    for (const PolicyMapping& mapping : mappings) {
      out.Element(der::kSequence, [&] {
        out.Oid(mapping.issuer_domain);
        out.Oid(mapping.subject_domain);
      });
    }
  });
}

// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] SkipCerts OPTIONAL,
//                                  inhibitPolicyMapping [1] SkipCerts OPTIONAL }
void Write(Writer& out, const PolicyConstraints& constraints) {
  out.Element(der::kSequence, [&] {
    WriteImplicitInteger(out, 0, constraints.require_explicit_policy);
    WriteImplicitInteger(out, 1, constraints.inhibit_policy_mapping);
  });
}

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }, one of
// those of RFC 5280 4.2: id-ce (2.5.29) and an arc.
template <std::invocable Value>
void WriteExtension(Writer& out, uint8_t id_ce, bool critical, const Value& value) {
  out.Element(der::kSequence, [&] {
    const std::array<uint8_t, 5> oid = {der::kOid, 3, 0x55, 0x1d, id_ce};
    out.Raw(oid);
    if (critical) {
      out.Boolean(true);
    }
    out.Element(der::kOctetString, value);
  });
}

// The same, as it stands.
void WriteRaw(Writer& out, const RawExtension& extension) {
  out.Element(der::kSequence, [&] {
    out.Oid(extension.oid);
    if (extension.critical_octet) {
      out.Element(der::kBoolean, ByteView(&*extension.critical_octet, 1));
    } else if (extension.critical) {
      out.Boolean(true);
    }
    out.Element(der::kOctetString, extension.value);
  });
}

// The names and what a certificate is for.
void WriteUsualExtensions(Writer& out, const CertSpec& spec, const TbsInputs& inputs) {
  if (const auto& constraints = spec.basic_constraints) {
    WriteExtension(out, 19, constraints->critical, [&] { Write(out, *constraints); });
  }
  if (const auto& usage = spec.key_usage) {  // KeyUsage ::= BIT STRING { digitalSignature (0), ... decipherOnly (8) }
    WriteExtension(out, 15, usage->critical, [&] { out.Raw(der::NamedBits(usage->bits)); });
  }
  if (const auto& usage = spec.extended_key_usage) {
    WriteExtension(out, 37, usage->critical, [&] { Write(out, *usage); });
  }
  if (const auto& san = spec.san) {
    WriteExtension(out, 17, san->critical, [&] { Write(out, *san); });
  }
  if (const auto& constraints = spec.name_constraints) {
    WriteExtension(out, 30, constraints->critical, [&] { Write(out, *constraints); });
  }
  if (spec.subject_key_id) {  // SubjectKeyIdentifier ::= KeyIdentifier ::= OCTET STRING
    WriteExtension(out, 14, false, [&] { out.Element(der::kOctetString, inputs.subject_key_id); });
  }
  if (!inputs.issuer_key_id.empty()) {  // AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] ... OPTIONAL, ... }
    WriteExtension(out, 35, false,
                   [&] { out.Element(der::kSequence, [&] { out.Element(ContextTag(0), inputs.issuer_key_id); }); });
  }
}

void WritePolicyExtensions(Writer& out, const CertSpec& spec) {
  if (const auto& policies = spec.policies) {
    WriteExtension(out, 32, policies->critical, [&] { Write(out, *policies); });
  }
  if (!spec.policy_mappings.empty()) {
    WriteExtension(out, 33, true, [&] { Write(out, spec.policy_mappings); });
  }
  if (const auto& constraints = spec.policy_constraints) {
    WriteExtension(out, 36, constraints->critical, [&] { Write(out, *constraints); });
  }
  if (const auto& inhibit = spec.inhibit_any_policy) {  // InhibitAnyPolicy ::= SkipCerts ::= INTEGER (0..MAX)
    WriteExtension(out, 54, inhibit->critical, [&] { out.Integer(inhibit->skip_certs); });
  }
}

}  // namespace

Bytes EncodeGeneralName(const GeneralName& name) {
  Bytes encoded;
  Writer out(encoded);
  WriteGeneralName(out, name);
  return encoded;
}

Result<Bytes> EncodeExtensionList(const std::vector<RawExtension>& extensions, std::string_view member) {
  Bytes list;
  if (extensions.empty()) {
    return list;
  }
  Writer out(list);
  out.Element(der::kSequence, [&] {
    for (const RawExtension& extension : extensions) {
      WriteRaw(out, extension);
    }
  });
  if (!out.oids_valid()) {
    const auto malformed = std::ranges::find_if_not(extensions, der::IsOid, &RawExtension::oid);
    return Fail(ErrorCode::kBadInput, std::string(member) + ": the OID " + Escaped(malformed->oid, 64) + " is none");
  }
  return list;
}

// [3] EXPLICIT Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; without one, the field is left out
void WriteExtensions(Writer& out, const CertSpec& spec, const TbsInputs& inputs) {
  const bool any = spec.basic_constraints || spec.key_usage || spec.extended_key_usage || spec.san ||
                   spec.name_constraints || spec.subject_key_id || !inputs.issuer_key_id.empty() || spec.policies ||
                   !spec.policy_mappings.empty() || spec.policy_constraints || spec.inhibit_any_policy ||
                   !spec.extra_extensions.empty() || inputs.scts != nullptr;
  if (!any) {
    return;
  }
  out.Element(ContextConstructedTag(3), [&] {
    out.Element(der::kSequence, [&] {
      WriteUsualExtensions(out, spec, inputs);
      WritePolicyExtensions(out, spec);
      for (const RawExtension& extension : spec.extra_extensions) {
        WriteRaw(out, extension);
      }
      if (inputs.scts != nullptr) {
        WriteRaw(out, *inputs.scts);
      }
    });
  });
}

}  // namespace certs

#include "certs/encode.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/der.h"
#include "certs/der_writer.h"

namespace certs {
namespace {

using der::ContextConstructedTag;
using der::ContextTag;
using der::Writer;

// Says which OID of a certificate is none, if any.
std::optional<std::string> MalformedOid(const CertSpec& spec) {
  const auto bad = [&](const std::string& member, std::string_view oid) {
    return "the OID " + Escaped(oid, 64) + " in " + spec.name + "." + member + " is no dotted decimal OID";
  };
  const auto first_bad = [](const auto& values, auto oid_of) -> const std::string* {
    const auto found = std::ranges::find_if_not(values, der::IsOid, oid_of);
    return found == values.end() ? nullptr : &std::invoke(oid_of, *found);
  };
  if (const auto* oid = first_bad(spec.subject, &Attribute::oid)) {
    return bad("subject", *oid);
  }
  if (const auto* oid = spec.claimed_issuer ? first_bad(*spec.claimed_issuer, &Attribute::oid) : nullptr) {
    return bad("claimed_issuer", *oid);
  }
  if (const auto* oid =
          spec.extended_key_usage ? first_bad(spec.extended_key_usage->purposes, std::identity()) : nullptr) {
    return bad("extended_key_usage", *oid);
  }
  if (const auto* oid = spec.policies ? first_bad(spec.policies->oids, std::identity()) : nullptr) {
    return bad("policies", *oid);
  }
  for (const PolicyMapping& mapping : spec.policy_mappings) {
    for (const std::string* policy : {&mapping.issuer_domain, &mapping.subject_domain}) {
      if (!der::IsOid(*policy)) {
        return bad("policy_mappings", *policy);
      }
    }
  }
  if (const auto* oid = first_bad(spec.extra_extensions, &RawExtension::oid)) {
    return bad("extra_extensions", *oid);
  }
  return std::nullopt;
}

// Name ::= CHOICE { rdnSequence RDNSequence }
// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
void WriteName(Writer& out, const DistinguishedName& name) {
  out.Element(der::kSequence, [&] {
    for (const Attribute& attribute : name) {
      out.Element(der::kSet, [&] {
        out.Element(der::kSequence, [&] {
          out.Oid(attribute.oid);
          out.Element(static_cast<uint8_t>(attribute.type), attribute.value);
        });
      });
    }
  });
}

// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }; UTCTime through 2049 (RFC 5280 4.1.2.5)
// False where the date lies outside the years 0 to 9999.
bool WriteTime(Writer& out, const TimeSpec& time, int64_t now) {
  constexpr size_t kUtcTimeLength = 13;
  const auto write = [&](bool utc, std::string_view text) {
    out.Element(utc ? der::kUtcTime : der::kGeneralizedTime,
                ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
    return true;
  };
  if (time.raw) {
    const bool utc = time.form == TimeForm::kAuto ? time.raw->size() == kUtcTimeLength : time.form == TimeForm::kUtc;
    return write(utc, *time.raw);
  }
  int64_t seconds = 0;
  const bool overflow = __builtin_add_overflow(now, int64_t{time.from_now.count()}, &seconds);
  const auto civil = overflow ? std::nullopt : der::ToCivil(seconds);
  if (!civil) {
    return false;
  }
  const bool utc =
      time.form == TimeForm::kAuto ? civil->year >= 1950 && civil->year <= 2049 : time.form == TimeForm::kUtc;
  return write(utc, utc ? der::UtcTimeText(*civil) : der::GeneralizedTimeText(*civil));
}

std::unexpected<Error> NoSuchYear(std::string_view node, std::string_view member) {
  return Fail(ErrorCode::kBadInput,
              std::string(node) + std::string(member) + ": the date lies outside the years 0 to 9999");
}

}  // namespace

Result<Bytes> EncodeTime(const TimeSpec& time, int64_t now, std::string_view member) {
  Bytes encoded;
  encoded.reserve(17);  // a GeneralizedTime
  Writer out(encoded);
  if (!WriteTime(out, time, now)) {
    return NoSuchYear({}, member);
  }
  return encoded;
}

Bytes EncodeName(const DistinguishedName& name) {
  Bytes encoded;
  encoded.reserve(128);  // the usual name: one allocation
  Writer out(encoded);
  WriteName(out, name);
  return encoded;
}

// TBSCertificate ::= SEQUENCE {
//   version [0] EXPLICIT Version DEFAULT v1, serialNumber CertificateSerialNumber, signature AlgorithmIdentifier,
//   issuer Name, validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
//   issuerUniqueID [1] ..., subjectUniqueID [2] ..., extensions [3] EXPLICIT Extensions OPTIONAL }
// Version ::= INTEGER { v1(0), v2(1), v3(2) }; Validity ::= SEQUENCE { notBefore Time, notAfter Time }
Result<Bytes> EncodeTbs(const CertSpec& spec, const TbsInputs& inputs) {
  Bytes tbs;
  tbs.reserve(1024);  // the usual certificate: one allocation
  Writer out(tbs);
  const char* undated = nullptr;
  const auto unique_id = [&](unsigned number, const std::optional<Bytes>& octets) {
    if (octets) {
      out.Element(ContextTag(number), [&] {
        tbs.push_back(0);
        out.Raw(*octets);
      });
    }
  };
  out.Element(der::kSequence, [&] {
    if (spec.version != 1 || spec.explicit_version) {
      out.Element(ContextConstructedTag(0), [&] { out.Integer(int64_t{spec.version} - 1); });
    }
    out.Element(der::kInteger, spec.serial ? *spec.serial : inputs.serial);
    out.Raw(inputs.algorithm);
    if (spec.claimed_issuer) {
      WriteName(out, *spec.claimed_issuer);
    } else {
      out.Raw(inputs.issuer);
    }
    out.Element(der::kSequence, [&] {
      if (!WriteTime(out, spec.not_before, inputs.now)) {
        undated = ".not_before";
      } else if (!WriteTime(out, spec.not_after, inputs.now)) {
        undated = ".not_after";
      }
    });
    WriteName(out, spec.subject);
    out.Raw(inputs.spki);
    unique_id(1, spec.issuer_unique_id);
    unique_id(2, spec.subject_unique_id);
    WriteExtensions(out, spec, inputs);
  });
  if (auto malformed = out.oids_valid() ? std::nullopt : MalformedOid(spec)) {
    return Fail(ErrorCode::kBadInput, *std::move(malformed));
  }
  if (undated != nullptr) {
    return NoSuchYear(spec.name, undated);
  }
  return tbs;
}

}  // namespace certs

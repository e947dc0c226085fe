#include "lab/verifier/crl.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/extensions.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

// id-ce is 2.5.29
constexpr uint8_t kCrlNumber[] = {0x55, 0x1d, 20}, kReasonCode[] = {0x55, 0x1d, 21}, kDeltaCrl[] = {0x55, 0x1d, 27},
                  kIssuingPoint[] = {0x55, 0x1d, 28}, kCertificateIssuer[] = {0x55, 0x1d, 29},
                  kCrlAuthorityKeyId[] = {0x55, 0x1d, 35};

// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
bool ReadDate(CBS* from, int64_t* date) {
  CBS content;
  unsigned tag = 0;
  if (!ReadAnyBody(from, &content, &tag) || (tag != CBS_ASN1_UTCTIME && tag != CBS_ASN1_GENERALIZEDTIME)) {
    return false;
  }
  const ByteView text = ViewOf(content);
  const std::optional<int64_t> parsed = tag == CBS_ASN1_UTCTIME ? ParseUtcTime(text) : ParseGeneralizedTime(text);
  *date = parsed.value_or(0);
  return parsed.has_value();
}

bool NextIsDate(const CBS& from) { return IsNext(from, CBS_ASN1_UTCTIME) || IsNext(from, CBS_ASN1_GENERALIZEDTIME); }

// A BOOLEAN DEFAULT FALSE under an implicit tag.
bool ReadFlag(CBS* from, unsigned number, bool* value) {
  if (!IsNext(*from, kContext | number)) {
    return true;
  }
  CBS content;
  *value = ReadBody(from, &content, kContext | number) && SizeOf(content) == 1 && CBS_data(&content)[0] == 0xff;
  return *value;
}

// IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] OPTIONAL, onlyContainsUserCerts [1],
//   onlyContainsCACerts [2], onlySomeReasons [3] OPTIONAL, indirectCRL [4], onlyContainsAttributeCerts [5] }
bool ReadScope(ByteView value, CrlScope* scope) {
  CBS fields, name, reasons;
  if (!ReadOnly(value, &fields, CBS_ASN1_SEQUENCE)) {
    return false;
  }
  if (IsNext(fields, kConstructed | 0)) {
    scope->has_name = true;
    if (!ReadBody(&fields, &name, kConstructed | 0) || !ReadDistributionPointName(name, &scope->full_name)) {
      return false;
    }
  }
  if (!ReadFlag(&fields, 1, &scope->only_user_certs) || !ReadFlag(&fields, 2, &scope->only_ca_certs)) {
    return false;
  }
  if (IsNext(fields, kContext | 3)) {
    scope->some_reasons = true;
    if (!ReadBody(&fields, &reasons, kContext | 3) || !CBS_is_valid_asn1_bitstring(&reasons)) {
      return false;
    }
  }
  return ReadFlag(&fields, 4, &scope->indirect) && ReadFlag(&fields, 5, &scope->only_attribute_certs) &&
         SizeOf(fields) == 0;
}

// The directoryName of certificateIssuer ::= GeneralNames, canonical.
std::optional<Bytes> ReadCertificateIssuer(ByteView value) {
  const auto names = ParseGeneralNames(value);
  if (!names) {
    return std::nullopt;
  }
  for (const GeneralNameView& name : *names) {
    if (name.tag == kDirectoryName) {
      return CanonicalName(name.value);
    }
  }
  return std::nullopt;
}

// SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
bool ReadEntry(CBS* entries, CrlEntryView* entry, std::string* unknown_critical) {
  CBS fields, serial, list;
  if (!ReadBody(entries, &fields, CBS_ASN1_SEQUENCE) || !ReadBody(&fields, &serial, CBS_ASN1_INTEGER) ||
      !CBS_is_valid_asn1_integer(&serial, nullptr) || !ReadDate(&fields, &entry->revoked_at)) {
    return false;
  }
  entry->serial = ViewOf(serial);
  entry->reason.reset();
  if (SizeOf(fields) == 0) {
    return true;
  }
  if (!ReadBody(&fields, &list, CBS_ASN1_SEQUENCE) || SizeOf(fields) != 0 || SizeOf(list) == 0) {
    return false;
  }
  while (SizeOf(list) > 0) {
    ExtensionView extension;
    CBS reason;
    if (!ReadExtension(&list, &extension)) {
      return false;
    }
    if (Same(extension.oid, kReasonCode)) {
      if (!ReadOnly(extension.value, &reason, CBS_ASN1_ENUMERATED) || SizeOf(reason) != 1) {
        return false;
      }
      entry->reason = CBS_data(&reason)[0];
    } else if (Same(extension.oid, kCertificateIssuer)) {
      entry->issuer = ReadCertificateIssuer(extension.value);
      if (!entry->issuer) {
        return false;
      }
    } else if (extension.critical) {
      *unknown_critical = OidText(extension.oid);
    }
  }
  return true;
}

class CrlParser {
 public:
  explicit CrlParser(Crl* out) : out_(*out) {}

  // CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
  bool Parse(ByteView der) {
    CBS fields, tbs, algorithm, bits;
    uint8_t unused_bits = 0;
    if (!ReadOnly(der, &fields, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_element(&fields, &tbs, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1_element(&fields, &algorithm, CBS_ASN1_SEQUENCE) ||
        !ReadBody(&fields, &bits, CBS_ASN1_BITSTRING) || !CBS_get_u8(&bits, &unused_bits) || unused_bits != 0 ||
        SizeOf(fields) != 0) {
      return Complain("CertificateList");
    }
    out_.tbs = ViewOf(tbs);
    out_.outer_algorithm = ViewOf(algorithm);
    out_.signature = ViewOf(bits);
    CBS list;
    return ReadOnly(out_.tbs, &list, CBS_ASN1_SEQUENCE) && List(list);
  }

  std::string TakeError() { return std::move(error_); }

 private:
  // TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
  //   revokedCertificates SEQUENCE OF ... OPTIONAL, crlExtensions [0] EXPLICIT OPTIONAL }
  bool List(CBS list) {
    uint64_t version = 0;
    CBS algorithm, issuer, entries;
    if (IsNext(list, CBS_ASN1_INTEGER) && (!CBS_get_asn1_uint64(&list, &version) || version != 1)) {
      return Complain("version");  // "if present, MUST be v2"
    }
    if (!CBS_get_asn1_element(&list, &algorithm, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1_element(&list, &issuer, CBS_ASN1_SEQUENCE)) {
      return Complain("signature or issuer");
    }
    out_.inner_algorithm = ViewOf(algorithm);
    out_.issuer = ViewOf(issuer);
    std::optional<Bytes> canonical = CanonicalName(out_.issuer);
    if (!canonical || IsEmptyName(out_.issuer)) {
      return Complain("issuer");
    }
    out_.issuer_for_match = *std::move(canonical);
    if (!Same(out_.inner_algorithm, out_.outer_algorithm)) {
      return Complain("signature (not the algorithm beside it)");
    }
    if (!ReadDate(&list, &out_.this_update) || (NextIsDate(list) && !ReadDate(&list, &out_.next_update.emplace()))) {
      return Complain("thisUpdate or nextUpdate");
    }
    if (IsNext(list, CBS_ASN1_SEQUENCE)) {
      if (!ReadBody(&list, &entries, CBS_ASN1_SEQUENCE) || !Entries(entries)) {
        return Complain("revokedCertificates");
      }
    }
    return (Extensions(&list, version == 1) && SizeOf(list) == 0) || Complain("crlExtensions");
  }

  bool Entries(CBS entries) {
    out_.entries = ViewOf(entries);
    CrlEntryView entry;
    while (SizeOf(entries) > 0) {
      if (!ReadEntry(&entries, &entry, &out_.unknown_critical)) {
        return false;
      }
    }
    return true;
  }

  bool Extensions(CBS* list, bool version2) {
    CBS wrapper, extensions;
    if (!IsNext(*list, kConstructed | 0)) {
      return true;
    }
    if (!version2 || !ReadBody(list, &wrapper, kConstructed | 0) ||
        !ReadBody(&wrapper, &extensions, CBS_ASN1_SEQUENCE) || SizeOf(wrapper) != 0 || SizeOf(extensions) == 0) {
      return false;
    }
    const auto less = [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); };
    std::set<ByteView, decltype(less)> seen(less);
    while (SizeOf(extensions) > 0) {
      ExtensionView extension;
      if (!ReadExtension(&extensions, &extension) || !seen.insert(extension.oid).second || !Extension(extension)) {
        return false;
      }
    }
    return true;
  }

  bool Extension(const ExtensionView& extension) {
    if (Same(extension.oid, kIssuingPoint)) {
      return ReadScope(extension.value, &out_.scope.emplace());
    }
    if (Same(extension.oid, kDeltaCrl) || Same(extension.oid, kCrlNumber)) {
      CBS number;
      out_.is_delta = out_.is_delta || Same(extension.oid, kDeltaCrl);
      out_.plain_number = out_.plain_number || (Same(extension.oid, kCrlNumber) && !extension.critical);
      return ReadOnly(extension.value, &number, CBS_ASN1_INTEGER) && CBS_is_unsigned_asn1_integer(&number);
    }
    if (extension.critical && !Same(extension.oid, kCrlAuthorityKeyId)) {
      out_.unknown_critical = OidText(extension.oid);
    }
    return true;
  }

  bool Complain(std::string_view field) {
    if (error_.empty()) {
      error_ = "the CRL is malformed: " + std::string(field);
    }
    return false;
  }

  Crl& out_;
  std::string error_;
};

}  // namespace

// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RDN }
bool ReadDistributionPointName(CBS body, std::vector<GeneralNameView>* names) {
  CBS list;
  if (IsNext(body, kConstructed | 1)) {
    return CBS_get_asn1(&body, nullptr, kConstructed | 1) && SizeOf(body) == 0;
  }
  if (!ReadBody(&body, &list, kConstructed | 0) || SizeOf(body) != 0 || SizeOf(list) == 0) {
    return false;
  }
  while (SizeOf(list) > 0) {
    GeneralNameView name;
    if (!ReadGeneralName(&list, &name)) {
      return false;
    }
    names->push_back(name);
  }
  return true;
}

certs::Result<Crl> ParseCrl(ByteView der) {
  Crl crl;
  CrlParser parser(&crl);
  if (!parser.Parse(der)) {
    return certs::Fail(certs::ErrorCode::kBadInput, parser.TakeError());
  }
  return crl;
}

void ForEachEntry(const Crl& crl, const std::function<bool(const CrlEntryView&)>& visit) {
  CBS entries = CbsOf(crl.entries);
  CrlEntryView entry;
  std::string ignored;
  while (SizeOf(entries) > 0 && ReadEntry(&entries, &entry, &ignored) && visit(entry)) {
  }
}

}  // namespace verifier

#include "lab/verifier/certificate.h"

#include <fmt/format.h>
#include <openssl/bytestring.h>

#include <algorithm>
#include <set>
#include <span>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/extensions.h"
#include "lab/verifier/signature.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

constexpr unsigned kVersionTag = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;
constexpr unsigned kIssuerUniqueIdTag = CBS_ASN1_CONTEXT_SPECIFIC | 1;
constexpr unsigned kSubjectUniqueIdTag = CBS_ASN1_CONTEXT_SPECIFIC | 2;
constexpr unsigned kExtensionsTag = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 3;

// Reads one certificate. Every reader returns whether to go on; the first that does not leaves its complaint in error_.
class Parser {
 public:
  explicit Parser(Certificate* certificate) : c_(*certificate) {}

  bool Parse();
  const std::string& error() const { return error_; }

 private:
  bool ParseTbs(CBS tbs);
  bool ParseVersion(CBS* tbs);
  bool ParseSerial(CBS* tbs);
  bool ParseValidity(CBS* tbs);
  bool ParseDate(CBS* validity, std::string_view field, std::optional<int64_t>* date);
  bool ParseName(CBS* tbs, std::string_view field, ByteView* name, Bytes* canonical);
  bool ParseUniqueId(CBS* tbs, unsigned tag, std::string_view field);
  bool ParseExtensions(CBS* tbs);
  bool ParseExtension(CBS* extensions);
  void InterpretExtensions();

  // Reads one element, tag and length included, and what is inside.
  bool Element(CBS* from, unsigned tag, std::string_view field, ByteView* element, CBS* body);
  // An AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }.
  bool Algorithm(CBS* from, std::string_view field, ByteView* element);
  bool Complain(const CBS& at, std::string_view field);
  void Noted(Reason reason, Rule rule, std::string detail) { c_.notes.push_back({reason, std::move(detail), rule}); }

  Certificate& c_;
  std::string error_;
};

// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }   (RFC 5280 4.1)
bool Parser::Parse() {
  CBS all = CbsOf(c_.der);
  CBS certificate;
  const CBS start = all;
  if (!ReadBody(&all, &certificate, CBS_ASN1_SEQUENCE)) {
    return Complain(start, "Certificate");
  }
  if (SizeOf(all) != 0) {
    return Complain(all, "the end of the certificate (trailing bytes)");
  }
  CBS tbs;
  if (!Element(&certificate, CBS_ASN1_SEQUENCE, "tbsCertificate", &c_.tbs, &tbs) ||
      !Algorithm(&certificate, "signatureAlgorithm", &c_.outer_algorithm)) {
    return false;
  }
  c_.algorithm = ReadSignatureAlgorithm(c_.outer_algorithm);
  CBS bits;
  const CBS at_signature = certificate;
  uint8_t unused_bits = 0;
  if (!ReadBody(&certificate, &bits, CBS_ASN1_BITSTRING) || !CBS_get_u8(&bits, &unused_bits) || unused_bits != 0 ||
      SizeOf(certificate) != 0) {
    return Complain(at_signature, "signatureValue");
  }
  c_.signature = ViewOf(bits);
  return ParseTbs(tbs);
}

// TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber, signature, issuer, validity, subject,
//   subjectPublicKeyInfo, issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL, extensions [3] OPTIONAL }
bool Parser::ParseTbs(CBS tbs) {
  CBS inside;
  if (!ParseVersion(&tbs) || !ParseSerial(&tbs) || !Algorithm(&tbs, "signature", &c_.inner_algorithm) ||
      !ParseName(&tbs, "issuer", &c_.issuer, &c_.issuer_key_for_match) || !ParseValidity(&tbs) ||
      !ParseName(&tbs, "subject", &c_.subject, &c_.subject_key_for_match) ||
      !Element(&tbs, CBS_ASN1_SEQUENCE, "subjectPublicKeyInfo", &c_.spki, &inside) ||
      !ParseUniqueId(&tbs, kIssuerUniqueIdTag, "issuerUniqueID") ||
      !ParseUniqueId(&tbs, kSubjectUniqueIdTag, "subjectUniqueID") || !ParseExtensions(&tbs)) {
    return false;
  }
  if (SizeOf(tbs) != 0) {
    return Complain(tbs, "the end of tbsCertificate");
  }
  ParsedKey parsed = ParseKey(c_.spki);
  c_.key = std::move(parsed.key);
  c_.key_weak = parsed.weak;
  c_.key_complaint = std::move(parsed.complaint);
  InterpretExtensions();
  return true;
}

bool Parser::ParseVersion(CBS* tbs) {
  const CBS at = *tbs;
  if (!IsNext(*tbs, kVersionTag)) {
    return true;
  }
  CBS wrapper;
  uint64_t version = 0;
  if (!ReadBody(tbs, &wrapper, kVersionTag) || !CBS_get_asn1_uint64(&wrapper, &version) || SizeOf(wrapper) != 0) {
    return Complain(at, "version");
  }
  if (version == 0) {
    return Complain(at, "version (the default is not to be encoded)");
  }
  c_.version = version < 1000 ? static_cast<int>(version) + 1 : 1000;
  return true;
}

bool Parser::ParseSerial(CBS* tbs) {
  const CBS at = *tbs;
  CBS serial;
  int negative = 0;
  if (!ReadBody(tbs, &serial, CBS_ASN1_INTEGER) || !CBS_is_valid_asn1_integer(&serial, &negative)) {
    return Complain(at, "serialNumber");
  }
  c_.serial = ViewOf(serial);
  if (negative != 0) {
    Noted(Reason::kInvalidSerial, Rule::kSerialNotNegative, "the serial number is negative");
  } else if (c_.serial.size() == 1 && c_.serial[0] == 0) {
    Noted(Reason::kInvalidSerial, Rule::kSerialNotZero, "the serial number is zero");
  } else if (c_.serial.size() > 20) {
    Noted(Reason::kInvalidSerial, Rule::kSerialLength,
          fmt::format("the serial number has {} octets", c_.serial.size()));
  }
  return true;
}

bool Parser::ParseValidity(CBS* tbs) {
  const CBS at = *tbs;
  CBS validity;
  if (!ReadBody(tbs, &validity, CBS_ASN1_SEQUENCE)) {
    return Complain(at, "validity");
  }
  if (!ParseDate(&validity, "notBefore", &c_.not_before) || !ParseDate(&validity, "notAfter", &c_.not_after)) {
    return false;
  }
  return SizeOf(validity) == 0 || Complain(validity, "the end of validity");
}

// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
bool Parser::ParseDate(CBS* validity, std::string_view field, std::optional<int64_t>* date) {
  constexpr int64_t kYear2050 = 2524608000;
  const CBS at = *validity;
  CBS content;
  unsigned tag = 0;
  if (!ReadAnyBody(validity, &content, &tag) || (tag != CBS_ASN1_UTCTIME && tag != CBS_ASN1_GENERALIZEDTIME)) {
    return Complain(at, field);
  }
  const bool utc = tag == CBS_ASN1_UTCTIME;
  *date = utc ? ParseUtcTime(ViewOf(content)) : ParseGeneralizedTime(ViewOf(content));
  if (!*date) {
    Noted(Reason::kMalformedTime, Rule::kDateSyntax,
          fmt::format("{} is the {} \"{}\"", field, utc ? "UTCTime" : "GeneralizedTime",
                      certs::Escaped(ViewOf(content), 40)));
  } else if (!utc && **date < kYear2050) {
    c_.generalized_too_early = true;
  }
  return true;
}

bool Parser::ParseName(CBS* tbs, std::string_view field, ByteView* name, Bytes* canonical) {
  const CBS at = *tbs;
  CBS inside;
  if (!Element(tbs, CBS_ASN1_SEQUENCE, field, name, &inside)) {
    return false;
  }
  if (name == &c_.subject && Same(c_.subject, c_.issuer)) {  // a root's
    *canonical = c_.issuer_key_for_match;
    return true;
  }
  std::optional<Bytes> form = CanonicalName(*name);
  if (!form) {
    return Complain(at, field);
  }
  *canonical = std::move(*form);
  return true;
}

// UniqueIdentifier ::= BIT STRING; only in versions 2 and 3 (RFC 5280 4.1.2.8).
bool Parser::ParseUniqueId(CBS* tbs, unsigned tag, std::string_view field) {
  if (!IsNext(*tbs, tag)) {
    return true;
  }
  const CBS at = *tbs;
  CBS bits;
  if (!ReadBody(tbs, &bits, tag) || !CBS_is_valid_asn1_bitstring(&bits)) {
    return Complain(at, field);
  }
  if (c_.version < 2) {
    Noted(Reason::kUnsupportedVersion, Rule::kVersion,
          fmt::format("{} in a version {} certificate", field, c_.version));
  }
  return true;
}

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; only in version 3 (RFC 5280 4.1.2.9).
bool Parser::ParseExtensions(CBS* tbs) {
  if (!IsNext(*tbs, kExtensionsTag)) {
    return true;
  }
  const CBS at = *tbs;
  CBS wrapper;
  CBS extensions;
  if (!ReadBody(tbs, &wrapper, kExtensionsTag) || !ReadBody(&wrapper, &extensions, CBS_ASN1_SEQUENCE) ||
      SizeOf(wrapper) != 0 || SizeOf(extensions) == 0) {
    return Complain(at, "extensions");
  }
  if (c_.version != 3) {
    Noted(Reason::kUnsupportedVersion, Rule::kVersion,
          fmt::format("extensions in a version {} certificate", c_.version));
  }
  c_.extensions.reserve(12);  // nearly all have fewer
  while (SizeOf(extensions) > 0) {
    if (!ParseExtension(&extensions)) {
      return false;
    }
  }
  return true;
}

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
bool Parser::ParseExtension(CBS* extensions) {
  const CBS at = *extensions;
  CBS fields;
  ExtensionView extension;
  if (!ReadBody(extensions, &fields, CBS_ASN1_SEQUENCE) || !ReadOid(&fields, &extension.oid)) {
    return Complain(at, "an extension");
  }
  if (IsNext(fields, CBS_ASN1_BOOLEAN)) {
    CBS critical;
    if (!ReadBody(&fields, &critical, CBS_ASN1_BOOLEAN) || SizeOf(critical) != 1) {
      return Complain(at, "an extension's criticality");
    }
    const uint8_t octet = CBS_data(&critical)[0];
    extension.critical = octet != 0;
    if (octet != 0xff) {
      Noted(Reason::kMalformedExtension, Rule::kCriticalFlagForm,
            fmt::format("{}: critical is encoded as 0x{:02x}, DER wants 0xff or nothing", ExtensionName(extension.oid),
                        octet));
    }
  }
  CBS value;
  if (!ReadBody(&fields, &value, CBS_ASN1_OCTETSTRING) || SizeOf(fields) != 0) {
    return Complain(at, "an extension's value");
  }
  extension.value = ViewOf(value);
  c_.extensions.push_back(extension);
  return true;
}

void Parser::InterpretExtensions() {
  const auto less = [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); };
  std::set<ByteView, decltype(less)> seen(less);
  // Looking through a few is quicker than sorting them; a certificate may have thousands.
  const bool few = c_.extensions.size() <= 16;
  const auto is_new = [&](size_t i) {
    const ByteView oid = c_.extensions[i].oid;
    const auto before = std::span(c_.extensions).first(i);
    return few ? std::ranges::none_of(before, [&](const ExtensionView& other) { return Same(other.oid, oid); })
               : seen.insert(oid).second;
  };
  for (size_t i = 0; i < c_.extensions.size(); ++i) {
    const ExtensionView& extension = c_.extensions[i];
    if (!is_new(i)) {
      Noted(Reason::kDuplicateExtension, Rule::kDuplicateExtensions, ExtensionName(extension.oid) + " occurs twice");
      continue;
    }
    InterpretExtension(extension, &c_);
  }
}

bool Parser::Element(CBS* from, unsigned tag, std::string_view field, ByteView* element, CBS* body) {
  const CBS at = *from;
  if (!ReadBody(from, body, tag)) {
    return Complain(at, field);
  }
  *element = ViewOf(at).first(ViewOf(at).size() - ViewOf(*from).size());
  return true;
}

bool Parser::Algorithm(CBS* from, std::string_view field, ByteView* element) {
  const CBS at = *from;
  CBS fields;
  ByteView oid;
  CBS parameters;
  if (!Element(from, CBS_ASN1_SEQUENCE, field, element, &fields)) {
    return false;
  }
  if (element == &c_.inner_algorithm && Same(c_.inner_algorithm, c_.outer_algorithm)) {
    return true;  // the outer one has been read
  }
  if (!ReadOid(&fields, &oid) ||
      (SizeOf(fields) != 0 && !CBS_get_any_asn1_element(&fields, &parameters, nullptr, nullptr)) ||
      SizeOf(fields) != 0) {
    return Complain(at, field);
  }
  return true;
}

bool Parser::Complain(const CBS& at, std::string_view field) {
  if (error_.empty()) {
    const auto offset = CBS_data(&at) == nullptr ? 0 : CBS_data(&at) - c_.der.data();
    error_ = fmt::format("malformed at offset {} of {}: {}", offset, c_.der.size(), field);
  }
  return false;
}

}  // namespace

std::string Certificate::key_text() const {
  const EVP_PKEY* loaded = key.get();
  return loaded != nullptr ? KeyText(loaded) : key_complaint;
}

certs::Result<Certificate> ParseCertificate(ByteView der) {
  certs::Result<Certificate> certificate(std::in_place);
  certificate->der.assign(der.begin(), der.end());
  Parser parser(&*certificate);
  if (!parser.Parse()) {
    certificate = certs::Fail(certs::ErrorCode::kBadInput, parser.error());
  }
  return certificate;  // the only return, so that it is made where it is wanted
}

}  // namespace verifier

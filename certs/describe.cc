#include "certs/describe.h"

#include <openssl/bytestring.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <utility>

#include "certs/describe_extensions.h"
#include "certs/diff_engine.h"
#include "certs/sign.h"
#include "certs/spec.h"

namespace certs {
namespace {

using describe_internal::kMaxItems;
using describe_internal::OidName;
using describe_internal::OidText;
using describe_internal::TakeBoolean;
using describe_internal::View;

constexpr unsigned kContextConstructed0 = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;

// Writes the summary while it reads. Every Read... returns false after it has said where and why it stopped.
class Description {
 public:
  explicit Description(ByteView der) : der_(der) {}

  std::string Write() {
    text_ = "Certificate, " + std::to_string(der_.size()) + " octets\n";
    ReadCertificate();
    std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
    SHA256(der_.data(), der_.size(), digest.data());
    Line("sha256", ToHex(digest));
    return std::move(text_);
  }

 private:
  void Line(std::string_view label, std::string_view value) {
    constexpr size_t kLabelWidth = 14;
    constexpr size_t kLongestValue = 2000;
    text_ += "  " + std::string(label) + std::string(kLabelWidth - std::min(kLabelWidth, label.size()), ' ') + " ";
    text_ += value.substr(0, kLongestValue);
    text_ += value.size() > kLongestValue ? " ...\n" : "\n";
  }

  bool Stop(const CBS& where, std::string_view what) {
    const auto offset = CBS_data(&where) == nullptr ? 0 : CBS_data(&where) - der_.data();
    Line("malformed", "at octet " + std::to_string(offset) + ": no " + std::string(what));
    return false;
  }

  bool Take(CBS& from, CBS& out, unsigned tag, std::string_view what) {
    return CBS_get_asn1(&from, &out, tag) != 0 || Stop(from, what);
  }

  // Like Take for a SEQUENCE that may claim more octets than there are: says so, and gives those that are there.
  bool TakeCutOff(CBS& from, CBS& out, std::string_view what) {
    if (CBS_get_asn1(&from, &out, CBS_ASN1_SEQUENCE)) {
      return true;
    }
    CBS rest = from;
    uint8_t tag = 0, first = 0;
    uint64_t claimed = 0;
    if (!CBS_get_u8(&rest, &tag) || tag != 0x30 || !CBS_get_u8(&rest, &first) || first == 0x80 || first > 0x88) {
      return Stop(from, what);
    }
    for (int i = first > 0x80 ? first - 0x80 : 0; i > 0; --i) {
      uint8_t octet = 0;
      if (!CBS_get_u8(&rest, &octet)) {
        return Stop(from, what);
      }
      claimed = claimed << 8 | octet;
    }
    claimed = first < 0x80 ? first : claimed;
    if (claimed <= CBS_len(&rest)) {
      return Stop(from, what);  // the length is there, but not in DER's form
    }
    Line("cut off", std::string(what) + " claims " + std::to_string(claimed) + " octets, " +
                        std::to_string(CBS_len(&rest)) + " are there");
    out = rest;
    CBS_init(&from, CBS_data(&rest) + CBS_len(&rest), 0);
    return true;
  }

  bool ReadCertificate() {
    CBS input, certificate, tbs, algorithm, signature;
    CBS_init(&input, der_.data(), der_.size());
    if (!TakeCutOff(input, certificate, "Certificate")) {
      return false;
    }
    if (CBS_len(&input) != 0) {
      Line("trailing", std::to_string(CBS_len(&input)) + " octets behind the certificate");
    }
    if (!TakeCutOff(certificate, tbs, "TBSCertificate") || !ReadTbs(tbs)) {
      return false;
    }
    if (CBS_get_asn1_element(&certificate, &algorithm, CBS_ASN1_SEQUENCE) == 0) {
      return Stop(certificate, "signatureAlgorithm");
    }
    const std::string outer = AlgorithmText(algorithm);
    Line("signature", outer == inner_algorithm_ ? outer : outer + " (but " + inner_algorithm_ + " inside)");
    return Take(certificate, signature, CBS_ASN1_BITSTRING, "signatureValue");
  }

  bool ReadTbs(CBS tbs) {
    CBS serial, algorithm, issuer, validity, subject, key;
    if (!ReadVersion(tbs) || !Take(tbs, serial, CBS_ASN1_INTEGER, "serialNumber")) {
      return false;
    }
    Line("serial", "0x" + ToHex(View(serial).first(std::min<size_t>(CBS_len(&serial), 40))));
    if (CBS_get_asn1_element(&tbs, &algorithm, CBS_ASN1_SEQUENCE) == 0) {
      return Stop(tbs, "signature algorithm");
    }
    inner_algorithm_ = AlgorithmText(algorithm);
    if (!Take(tbs, issuer, CBS_ASN1_SEQUENCE, "issuer") || !ReadName("issuer", issuer) ||
        !Take(tbs, validity, CBS_ASN1_SEQUENCE, "validity") || !ReadValidity(validity) ||
        !Take(tbs, subject, CBS_ASN1_SEQUENCE, "subject") || !ReadName("subject", subject) ||
        !Take(tbs, key, CBS_ASN1_SEQUENCE, "subjectPublicKeyInfo") || !ReadKey(key)) {
      return false;
    }
    CBS wrapper, extensions, unique_id;
    int present = 0;
    for (unsigned tag : {1U, 2U}) {  // issuerUniqueID, subjectUniqueID
      if (!CBS_get_optional_asn1(&tbs, &unique_id, &present, CBS_ASN1_CONTEXT_SPECIFIC | tag)) {
        return Stop(tbs, "unique identifier");
      }
    }
    if (CBS_len(&tbs) == 0) {
      Line("extensions", "none");
      return true;
    }
    return Take(tbs, wrapper, kContextConstructed0 | 3, "extensions") &&
           Take(wrapper, extensions, CBS_ASN1_SEQUENCE, "Extensions") && ReadExtensions(extensions);
  }

  bool ReadVersion(CBS& tbs) {
    CBS wrapper;
    int present = 0;
    uint64_t version = 0;
    if (!CBS_get_optional_asn1(&tbs, &wrapper, &present, kContextConstructed0) ||
        (present != 0 && !CBS_get_asn1_uint64(&wrapper, &version))) {
      return Stop(tbs, "version");
    }
    Line("version", std::to_string(version + 1));
    return true;
  }

  bool ReadName(std::string_view label, CBS name) {
    std::string text;
    size_t count = 0;
    while (CBS_len(&name) != 0) {
      CBS rdn, attribute, type, value;
      unsigned tag = 0;
      if (!Take(name, rdn, CBS_ASN1_SET, "RelativeDistinguishedName")) {
        return false;
      }
      while (CBS_len(&rdn) != 0) {
        if (!Take(rdn, attribute, CBS_ASN1_SEQUENCE, "AttributeTypeAndValue") ||
            !Take(attribute, type, CBS_ASN1_OBJECT, "attribute type")) {
          return false;
        }
        if (!CBS_get_any_asn1(&attribute, &value, &tag)) {
          return Stop(attribute, "attribute value");
        }
        if (count++ < kMaxItems) {
          const Attribute words{
              OidText(type), static_cast<StringType>(tag & 0xff), {View(value).begin(), View(value).end()}};
          text += (text.empty() ? "" : ", ") + InWords(words);
        }
      }
    }
    Line(label, text.empty() ? "(empty)" : text + Beyond(count));
    return true;
  }

  bool ReadValidity(CBS validity) {
    std::array<std::string, 2> dates;
    for (std::string& date : dates) {
      CBS value;
      unsigned tag = 0;
      if (!CBS_get_any_asn1(&validity, &value, &tag)) {
        return Stop(validity, "date");
      }
      date = DateText(tag, AsText(View(value)));
    }
    Line("valid", dates[0] + " to " + dates[1]);
    return true;
  }

  // "2023-11-13 22:13:20 UTC" for the two forms of RFC 5280 4.1.2.5, otherwise the text as it stands.
  static std::string DateText(unsigned tag, std::string_view text) {
    const bool utc = tag == CBS_ASN1_UTCTIME && text.size() == 13;
    const bool generalized = tag == CBS_ASN1_GENERALIZEDTIME && text.size() == 15;
    const bool digits = std::ranges::all_of(text.substr(0, text.empty() ? 0 : text.size() - 1),
                                            [](char c) { return c >= '0' && c <= '9'; });
    if (!(utc || generalized) || !digits || text.back() != 'Z') {
      return "\"" + Escaped(text, 64) + "\" (tag " + std::to_string(tag & 0x1f) + ")";
    }
    std::string full(text);
    if (utc) {
      full.insert(0, text[0] >= '5' ? "19" : "20");
    }
    return full.substr(0, 4) + "-" + full.substr(4, 2) + "-" + full.substr(6, 2) + " " + full.substr(8, 2) + ":" +
           full.substr(10, 2) + ":" + full.substr(12, 2) + " UTC";
  }

  bool ReadKey(CBS key) {
    CBS algorithm, type, bits;
    if (!Take(key, algorithm, CBS_ASN1_SEQUENCE, "key algorithm") ||
        !Take(algorithm, type, CBS_ASN1_OBJECT, "key algorithm's OID") ||
        !Take(key, bits, CBS_ASN1_BITSTRING, "subjectPublicKey")) {
      return false;
    }
    const std::string name = OidText(type);
    if (name == "1.2.840.10045.2.1") {
      CBS curve;
      Line("key", "EC " + (CBS_get_asn1(&algorithm, &curve, CBS_ASN1_OBJECT) ? OidName(curve) : "of no named curve"));
    } else if (name == "1.2.840.113549.1.1.1") {
      Line("key", "RSA " + ModulusText(bits));
    } else {
      Line("key", name == "1.3.101.112" ? "Ed25519" : name);
    }
    return true;
  }

  // RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 A.1.1)
  static std::string ModulusText(CBS bits) {
    CBS sequence, modulus;
    uint8_t unused = 0;
    if (!CBS_get_u8(&bits, &unused) || !CBS_get_asn1(&bits, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &modulus, CBS_ASN1_INTEGER)) {
      return "(malformed)";
    }
    ByteView octets = View(modulus);
    while (!octets.empty() && octets.front() == 0) {
      octets = octets.subspan(1);
    }
    const auto top = octets.empty() ? 0 : std::bit_width(octets.front());
    return std::to_string(octets.empty() ? 0 : (octets.size() - 1) * 8 + static_cast<size_t>(top)) + " bits";
  }

  bool ReadExtensions(CBS extensions) {
    size_t count = 0;
    while (CBS_len(&extensions) != 0) {
      CBS extension, oid, value;
      bool critical = false;
      if (!Take(extensions, extension, CBS_ASN1_SEQUENCE, "Extension") ||
          !Take(extension, oid, CBS_ASN1_OBJECT, "extnID")) {
        return false;
      }
      if (!TakeBoolean(extension, critical)) {
        return Stop(extension, "criticality");
      }
      if (!Take(extension, value, CBS_ASN1_OCTETSTRING, "extnValue")) {
        return false;
      }
      if (count++ < kMaxItems) {
        WriteExtension(oid, critical, value);
      }
    }
    if (count > kMaxItems) {
      Line("extensions", Beyond(count));
    }
    return true;
  }

  void WriteExtension(const CBS& oid, bool critical, const CBS& value);

  static std::string Beyond(size_t count) {
    return count > kMaxItems ? " and " + std::to_string(count - kMaxItems) + " more" : "";
  }

  static std::string AlgorithmText(const CBS& element);

  const ByteView der_;
  std::string text_;
  std::string inner_algorithm_;
};

void Description::WriteExtension(const CBS& oid, bool critical, const CBS& value) {
  const auto words = describe_internal::ExtensionInWords(oid, value);
  Line(words.label, words.text + (critical ? " (critical)" : ""));
}

// The lab's own name of a known AlgorithmIdentifier, otherwise its OID.
std::string Description::AlgorithmText(const CBS& element) {
  for (int i = 0; i <= static_cast<int>(SigAlg::kUnknownOid); ++i) {
    const auto alg = static_cast<SigAlg>(i);
    if (std::ranges::equal(AlgorithmIdentifier(alg), View(element))) {
      return std::string(Name(alg));
    }
  }
  CBS copy = element, sequence, oid;
  if (!CBS_get_asn1(&copy, &sequence, CBS_ASN1_SEQUENCE) || !CBS_get_asn1(&sequence, &oid, CBS_ASN1_OBJECT)) {
    return "(malformed)";
  }
  return OidText(oid);
}

}  // namespace

std::string Describe(ByteView der) { return Description(der).Write(); }

}  // namespace certs

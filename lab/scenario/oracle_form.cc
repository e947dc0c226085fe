#include <algorithm>
#include <array>

#include "certs/der.h"
#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Bytes;
using certs::ByteView;
using certs::CertSpec;
using certs::KeyType;
using certs::SigAlg;
using certs::SpkiForm;

constexpr uint8_t kSequence = 0x30, kOctets = 0x04, kOid = 0x06;

bool Understood(std::string_view oid) {
  constexpr std::array<std::string_view, 10> kUnderstood = {"2.5.29.15", "2.5.29.17",       "2.5.29.19", "2.5.29.30",
                                                            "2.5.29.32", "2.5.29.33",       "2.5.29.36", "2.5.29.37",
                                                            "2.5.29.54", certs::kTlsFeature};
  return std::ranges::find(kUnderstood, oid) != kUnderstood.end();
}

// "Conforming CAs MUST mark this extension as non-critical": the key identifiers, the two information accesses,
// freshestCRL, subjectDirectoryAttributes (RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.1.15, 4.2.2).
bool MustNotBeCritical(std::string_view oid) {
  constexpr std::array<std::string_view, 6> kOids = {"2.5.29.35",          "2.5.29.14", "1.3.6.1.5.5.7.1.1",
                                                     "1.3.6.1.5.5.7.1.11", "2.5.29.46", "2.5.29.9"};
  return std::ranges::find(kOids, oid) != kOids.end();
}

// One element and nothing behind it.
std::optional<Element> Only(ByteView bytes) {
  const std::optional<Element> element = TakeElement(bytes);
  return bytes.empty() ? element : std::nullopt;
}

bool Is(const std::optional<Element>& element, uint8_t tag) { return element && element->tag == tag; }

// SEQUENCE SIZE (1..MAX) OF SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
bool IsInfoAccess(ByteView value) {
  const std::optional<Element> list = Only(value);
  if (!Is(list, kSequence) || list->content.empty()) {
    return false;
  }
  for (ByteView rest = list->content; !rest.empty();) {
    std::optional<Element> access = TakeElement(rest);
    if (!Is(access, kSequence) || !Is(TakeElement(access->content), kOid) || !TakeElement(access->content) ||
        !access->content.empty()) {
      return false;
    }
  }
  return true;
}

// OID and parameters of an AlgorithmIdentifier, encoded.
struct Algorithm {
  Bytes oid, parameters;
};
std::optional<Algorithm> ReadAlgorithm(ByteView bytes) {
  std::optional<Element> sequence = Only(bytes);
  const std::optional<Element> oid = Is(sequence, kSequence) ? TakeElement(sequence->content) : std::nullopt;
  if (!Is(oid, kOid)) {
    return std::nullopt;
  }
  return Algorithm{{oid->content.begin(), oid->content.end()}, {sequence->content.begin(), sequence->content.end()}};
}

bool IsOid(const Bytes& content, std::string_view dotted) { return certs::der::OidContent(dotted) == content; }

// RFC 9325 4.5: 2048 bits; and a whole number of octets, or leading zero bits make two encodings of one number.
bool IsWeakRsa(KeyType type) {
  constexpr std::array kWeak = {KeyType::kRsa512, KeyType::kRsa768, KeyType::kRsa1024, KeyType::kRsa2052};
  return std::ranges::find(kWeak, type) != kWeak.end();
}

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
Standing RawKeyStanding(ByteView spki) {
  const std::optional<Element> sequence = Only(spki);
  if (!Is(sequence, kSequence)) {
    return Standing::kUnsupported;
  }
  ByteView rest = sequence->content;
  const std::optional<Element> identifier = TakeElement(rest);
  if (!Is(identifier, kSequence)) {
    return Standing::kUnsupported;
  }
  const auto algorithm = ReadAlgorithm(sequence->content.first(sequence->content.size() - rest.size()));
  if (!algorithm) {
    return Standing::kUnsupported;
  }
  if (IsOid(algorithm->oid, "1.2.840.10045.2.1")) {
    const std::optional<Element> curve = Only(algorithm->parameters);
    const Bytes name = Is(curve, kOid) ? Bytes(curve->content.begin(), curve->content.end()) : Bytes{};
    if (IsOid(name, "1.2.840.10045.3.1.1")) {
      return Standing::kWeakAndUnusable;  // P-192: less than the 224 bits of RFC 9325 4.5
    }
    const bool usable =
        IsOid(name, "1.2.840.10045.3.1.7") || IsOid(name, "1.3.132.0.34") || IsOid(name, "1.3.132.0.35");
    return usable ? Standing::kUnknown : Standing::kUnsupported;  // whether a point lies on a curve is arithmetic
  }
  const bool usable = IsOid(algorithm->oid, "1.2.840.113549.1.1.1") || IsOid(algorithm->oid, "1.3.101.112");
  return usable ? Standing::kUnknown : Standing::kUnsupported;
}

bool ReplaceOnce(Bytes& value, const certs::Tamper& tamper) {
  const auto found = std::ranges::search(value, tamper.from);
  if (found.empty() || tamper.from.size() != tamper.to.size()) {
    return false;
  }
  std::ranges::copy(tamper.to, found.begin());
  return true;
}

}  // namespace

void ShowTampers(CertSpec& cert, Findings& findings) {
  for (const certs::Tamper& tamper : cert.tampers) {
    bool shown = false;
    if (cert.san) {
      for (certs::GeneralName& name : cert.san->names) {
        shown = shown || ReplaceOnce(name.value, tamper);
      }
    }
    if (cert.name == "leaf") {  // a CA's subject is matched against issuer fields, which were not changed
      for (certs::Attribute& attribute : cert.subject) {
        shown = shown || ReplaceOnce(attribute.value, tamper);
      }
    }
    if (!shown) {
      findings.Doubt("tampered bytes that are no name of the specification");
    }
  }
  if (cert.cut > 0 && static_cast<size_t>(cert.cut) == cert.trailing.size()) {
    findings.Doubt("octets put in the place of others");
  }
}

// Reads tag, length and content of one DER element off the front; nothing if that is not what stands there.
std::optional<Element> TakeElement(certs::ByteView& bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  const uint8_t tag = bytes[0];
  size_t size = bytes[1], header = 2;
  if (size >= 0x80) {
    const size_t octets = size & 0x7f;
    if (octets == 0 || octets > 2 || bytes.size() < 2 + octets) {
      return std::nullopt;
    }
    size = 0;
    for (size_t i = 0; i < octets; ++i) {
      size = size << 8 | bytes[header++];
    }
  }
  if (bytes.size() - header < size) {
    return std::nullopt;
  }
  const Element element{tag, bytes.subspan(header, size)};
  bytes = bytes.subspan(header + size);
  return element;
}

// RFC 5280 4.1 and X.690: a definite, shortest length with as many octets behind it and no more; an INTEGER of at least
// one octet and no superfluous one; no version that is the default or below.
bool IsUnparseable(const CertSpec& cert) {
  const bool bad_serial =
      cert.serial &&
      (cert.serial->empty() || (cert.serial->size() > 1 && (((*cert.serial)[0] == 0 && (*cert.serial)[1] < 0x80) ||
                                                            ((*cert.serial)[0] == 0xff && (*cert.serial)[1] >= 0x80))));
  return bad_serial || cert.raw_certificate || cert.cut > 0 || !cert.trailing.empty() ||
         cert.length_form != certs::LengthForm::kShortest || cert.version < 1 ||
         (cert.version == 1 && cert.explicit_version) || (cert.spki_form == SpkiForm::kLongLength && !cert.swapped_key);
}

bool HasOddKeyForm(const CertSpec& cert) {
  if (cert.swapped_key) {
    return false;  // what is put in its place is written down as usual
  }
  const KeyType type = cert.key.type;
  switch (cert.spki_form) {
    case SpkiForm::kUsual:
      return false;
    case SpkiForm::kExplicitCurve:
    case SpkiForm::kCurveBall:
      return type == KeyType::kP256;
    case SpkiForm::kNoParameters:
      return IsRsa(type);
    default:
      return true;
  }
}

const certs::KeySpec& CertifiedKey(const CertSpec& cert) { return cert.swapped_key ? *cert.swapped_key : cert.key; }
bool IsRsa(KeyType type) { return certs::Name(type).starts_with("rsa"); }
bool HasRawKey(const CertSpec& cert) { return cert.raw_spki && !cert.swapped_key; }

Standing KeyStanding(const CertSpec& cert) {
  const KeyType type = CertifiedKey(cert).type;
  if (HasRawKey(cert)) {
    return RawKeyStanding(*cert.raw_spki);
  }
  if (type == KeyType::kP224 || (cert.spki_form != SpkiForm::kLongLength && HasOddKeyForm(cert))) {
    return Standing::kUnsupported;
  }
  return IsWeakRsa(type) ? Standing::kWeak : Standing::kGood;
}

bool AlgorithmIsSupported(const certs::ChainSpec& chain, const CertSpec& cert, Findings& findings) {
  if (!cert.raw_algorithm) {
    // RFC 8446 4.2.3: RSA-PSS with a salt as long as the hash, and the mask from the same hash.
    constexpr std::array kUnsupported = {SigAlg::kUnknownOid, SigAlg::kRsaPssSalt20, SigAlg::kRsaPssMgf1Sha1};
    return std::ranges::find(kUnsupported, OuterAlgorithm(chain, cert)) == kUnsupported.end();
  }
  struct Known {
    SigAlg signs;
    std::string_view oid;
    bool null_allowed;  // RFC 4055 5, RFC 5758 3.2
  };
  constexpr std::array kKnown = {Known{SigAlg::kRsaSha256, "1.2.840.113549.1.1.11", true},
                                 Known{SigAlg::kRsaSha384, "1.2.840.113549.1.1.12", true},
                                 Known{SigAlg::kRsaSha512, "1.2.840.113549.1.1.13", true},
                                 Known{SigAlg::kEcdsaSha256, "1.2.840.10045.4.3.2", false},
                                 Known{SigAlg::kEcdsaSha384, "1.2.840.10045.4.3.3", false},
                                 Known{SigAlg::kEcdsaSha512, "1.2.840.10045.4.3.4", false}};
  const auto algorithm = ReadAlgorithm(*cert.raw_algorithm);
  const auto known = std::ranges::find_if(
      kKnown, [&](const Known& candidate) { return algorithm && IsOid(algorithm->oid, candidate.oid); });
  if (known == kKnown.end()) {
    findings.Doubt("an algorithm given as octets");
    return false;
  }
  if (!algorithm->parameters.empty() && !(known->null_allowed && algorithm->parameters == certs::der::Null())) {
    return false;
  }
  if (known->signs != TrueAlgorithm(chain, cert)) {
    findings.Doubt("an algorithm given as octets that did not sign");
    return false;
  }
  return true;
}

RawStanding ReadRaw(const certs::RawExtension& extension) {
  RawStanding standing;
  const bool critical = extension.critical_octet ? *extension.critical_octet != 0 : extension.critical;
  const bool identifiers = extension.oid == "2.5.29.35" || extension.oid == "2.5.29.14";
  standing.malformed =
      (extension.critical_octet && *extension.critical_octet != 0xff) || (critical && MustNotBeCritical(extension.oid));
  standing.unknown_critical = critical && !Understood(extension.oid) && !MustNotBeCritical(extension.oid);
  if (extension.oid.starts_with("1.3.6.1.5.5.7.1.1")) {
    standing.malformed = standing.malformed || !IsInfoAccess(extension.value);
  } else if (identifiers) {
    standing.malformed =
        standing.malformed || !Is(Only(extension.value), extension.oid == "2.5.29.35" ? kSequence : kOctets);
  } else if (extension.oid == certs::kTlsFeature) {
    standing.malformed = standing.malformed || !ReadTlsFeatures(extension.value);
  } else if (Understood(extension.oid) && extension.oid != "2.5.29.17") {  // names are looked into elsewhere
    const bool readable = Only(extension.value).has_value();
    standing.malformed = standing.malformed || !readable;
    standing.doubtful = readable;
  }
  return standing;
}

}  // namespace lab::oracle

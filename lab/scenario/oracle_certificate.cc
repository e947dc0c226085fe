#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using certs::KeyType;
using certs::Reason;
using certs::SigAlg;

constexpr std::string_view kSubjectAltName = "2.5.29.17";

// ------------------------------------------------------------------------------------------------ extensions

// RFC 9325 4.5.
bool IsWeak(SigAlg alg) {
  constexpr std::array kWeak = {SigAlg::kEcdsaSha1, SigAlg::kRsaSha1, SigAlg::kRsaMd5, SigAlg::kRsaMd4,
                                SigAlg::kRsaMd2};
  return std::ranges::find(kWeak, alg) != kWeak.end();
}

std::set<std::string, std::less<>> TypedExtensions(const CertSpec& cert) {
  std::set<std::string, std::less<>> oids;
  const auto add = [&](bool present, std::string_view oid) {
    if (present) {
      oids.emplace(oid);
    }
  };
  add(cert.subject_key_id, "2.5.29.14");
  add(cert.key_usage.has_value(), "2.5.29.15");
  add(cert.san.has_value(), kSubjectAltName);
  add(cert.basic_constraints.has_value(), "2.5.29.19");
  add(cert.name_constraints.has_value(), "2.5.29.30");
  add(cert.authority_key_id && cert.issuer != cert.name, "2.5.29.35");
  add(cert.extended_key_usage.has_value(), "2.5.29.37");
  add(cert.policies.has_value(), "2.5.29.32");
  add(!cert.policy_mappings.empty(), "2.5.29.33");
  add(cert.policy_constraints.has_value(), "2.5.29.36");
  add(cert.inhibit_any_policy.has_value(), "2.5.29.54");
  add(!cert.scts.empty(), "1.3.6.1.4.1.11129.2.4.2");
  return oids;
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
std::optional<std::vector<certs::GeneralName>> ReadGeneralNames(certs::ByteView bytes) {
  constexpr uint8_t kSequence = 0x30;
  const std::optional<Element> sequence = TakeElement(bytes);
  if (!sequence || sequence->tag != kSequence || !bytes.empty() || sequence->content.empty()) {
    return std::nullopt;
  }
  std::vector<certs::GeneralName> names;
  for (certs::ByteView rest = sequence->content; !rest.empty();) {
    const std::optional<Element> name = TakeElement(rest);
    if (!name || (name->tag & 0xc0) != 0x80) {
      return std::nullopt;
    }
    names.push_back({static_cast<certs::NameForm>(name->tag & 0x1f), {name->content.begin(), name->content.end()}});
  }
  return names;
}

const certs::RawExtension* RawSan(const CertSpec& cert) {
  const auto found = std::ranges::find(cert.extra_extensions, kSubjectAltName, &certs::RawExtension::oid);
  return cert.san || found == cert.extra_extensions.end() ? nullptr : &*found;
}

// RFC 5280 4.2.1.9: INTEGER (0..MAX).
bool HasNegativeLength(const CertSpec& cert) {
  return cert.basic_constraints && cert.basic_constraints->path_len && *cert.basic_constraints->path_len < 0;
}

// RFC 5280 4.2 and the rule of each extension that the spec can break.
void JudgeExtensions(const CertSpec& cert, const Role& role, Findings& findings) {
  const bool is_ca = cert.basic_constraints && cert.basic_constraints->ca;
  const bool empty_constraints =
      cert.name_constraints && cert.name_constraints->permitted.empty() && cert.name_constraints->excluded.empty();
  // Constraints belong into CA certificates only; an issuer that is no CA has that defect already.
  const bool misplaced_constraints = cert.name_constraints && !is_ca && role.depth == 0;
  bool malformed = SanIsMalformed(cert) || (cert.extended_key_usage && cert.extended_key_usage->purposes.empty()) ||
                   (cert.key_usage && cert.key_usage->bits == 0) || misplaced_constraints || empty_constraints ||
                   HasNegativeLength(cert) || PoliciesAreMalformed(cert);
  std::set<std::string, std::less<>> seen = TypedExtensions(cert);
  bool duplicate = false, unknown = false;
  for (const certs::RawExtension& extension : cert.extra_extensions) {
    if (!seen.insert(extension.oid).second) {
      duplicate = true;
      continue;
    }
    const RawStanding standing = ReadRaw(extension);
    malformed = malformed || standing.malformed;
    unknown = unknown || standing.unknown_critical;
    if (standing.doubtful) {
      findings.Doubt("a raw extension that means something: " + extension.oid);
    }
  }
  if (malformed) {
    findings.Add(Reason::kMalformedExtension, role.depth);
  }
  if (duplicate) {
    findings.Add(Reason::kDuplicateExtension, role.depth);
  }
  if (unknown) {
    findings.Add(Reason::kUnknownCriticalExtension, role.depth);
  }
}

// ------------------------------------------------------------------------------------------------ form, strength

// RFC 5280 4.1.2.2: positive, at most 20 octets.
void JudgeSerial(const CertSpec& cert, int depth, Findings& findings) {
  constexpr size_t kLongestSerial = 20;
  if (cert.serial && (cert.serial->size() > kLongestSerial || cert.serial->front() >= 0x80 ||
                      (cert.serial->size() == 1 && cert.serial->front() == 0))) {
    findings.Add(Reason::kInvalidSerial, depth);
  }
}

void JudgeForm(const certs::ChainSpec& chain, const CertSpec& cert, const Role& role, Findings& findings) {
  const bool old = cert.version == 1 || cert.version == 2;
  if (cert.version != 3 && !(role.anchor && old)) {
    findings.Add(Reason::kUnsupportedVersion, role.depth);
  }
  if (old && role.anchor && (!TypedExtensions(cert).empty() || !cert.extra_extensions.empty())) {
    findings.Doubt("extensions in an anchor of a version that has none");
  }
  JudgeSerial(cert, role.depth, findings);
  if (IssuerName(chain, cert).empty()) {
    findings.Add(Reason::kEmptyIssuer, role.depth);
  }
  const bool is_ca = role.depth > 0 || (cert.basic_constraints && cert.basic_constraints->ca);
  if (cert.subject.empty() && is_ca) {
    findings.Add(Reason::kEmptyCaSubject, role.depth);
  }
  const certs::RawExtension* raw = RawSan(cert);
  if (cert.subject.empty() && !SanIsMalformed(cert) &&
      ((cert.san && !cert.san->critical) || (raw != nullptr && !raw->critical))) {
    findings.Add(Reason::kSanNotCritical, role.depth);
  }
}

void JudgeStrength(const certs::ChainSpec& chain, const CertSpec& cert, const Role& role, Findings& findings) {
  if (!role.anchor && !cert.raw_algorithm && IsWeak(OuterAlgorithm(chain, cert))) {
    findings.Add(Reason::kWeakSignature, role.depth);
  }
  const Standing key = KeyStanding(cert);
  if (key == Standing::kWeak || key == Standing::kWeakAndUnusable) {
    findings.Add(Reason::kWeakKey, role.depth);
  }
}

bool Allows(const certs::ExtendedKeyUsage& usage, std::string_view purpose) {
  return std::ranges::find(usage.purposes, purpose) != usage.purposes.end();
}

// RFC 5280 6.1.4 k-n; an anchor of an old version has been vouched for by who configured it.
void JudgeIssuer(const CertSpec& cert, const Role& role, Findings& findings) {
  // One of an old version cannot say that it is a CA; for all but anchors its version is defect enough. What it says of
  // its key holds all the same.
  const bool old = cert.version < 3;
  const bool says_nothing = HasNegativeLength(cert);  // its basicConstraints are malformed, and that is what is wrong
  if (!old && (!cert.basic_constraints || !cert.basic_constraints->ca)) {
    findings.Add(Reason::kNotACa, role.depth);
  } else if (!says_nothing && cert.key_usage && cert.key_usage->bits != 0 &&
             (cert.key_usage->bits & certs::kKeyCertSign) == 0) {
    findings.Add(Reason::kCaKeyUsage, role.depth);
  }
  if (role.one_too_many) {
    findings.Add(Reason::kPathLenExceeded, role.depth);
  }
  const auto& usage = cert.extended_key_usage;
  if (usage && !usage->purposes.empty() && !Allows(*usage, certs::kServerAuth) && !Allows(*usage, certs::kAnyPurpose)) {
    findings.Add(Reason::kExtendedKeyUsage, role.depth);
  }
}

}  // namespace

bool SanIsMalformed(const CertSpec& cert) {
  const certs::RawExtension* raw = RawSan(cert);
  // RFC 5280 4.2.1.6 knows the tags 0 to 8.
  const auto is_no_form = [](const certs::GeneralName& name) { return name.form > certs::NameForm::kRegisteredId; };
  return (cert.san && (cert.san->names.empty() || std::ranges::any_of(cert.san->names, is_no_form))) ||
         (raw != nullptr && !ReadGeneralNames(raw->value));
}

std::optional<std::vector<certs::GeneralName>> PresentedNames(const CertSpec& cert) {
  if (cert.san) {
    return SanIsMalformed(cert) ? std::nullopt : std::optional(cert.san->names);
  }
  const certs::RawExtension* raw = RawSan(cert);
  return raw == nullptr ? std::nullopt : ReadGeneralNames(raw->value);
}

const certs::DistinguishedName& IssuerName(const certs::ChainSpec& chain, const CertSpec& cert) {
  return cert.claimed_issuer ? *cert.claimed_issuer : chain.At(cert.issuer).subject;
}

SigAlg TrueAlgorithm(const certs::ChainSpec& chain, const CertSpec& cert) {
  return cert.signature ? *cert.signature
                        : UsualAlgorithm((cert.signing_key ? *cert.signing_key : chain.At(cert.issuer).key).type);
}

SigAlg UsualAlgorithm(KeyType type) {
  constexpr std::pair<KeyType, SigAlg> kUsual[] = {{KeyType::kP224, SigAlg::kEcdsaSha256},
                                                   {KeyType::kP256, SigAlg::kEcdsaSha256},
                                                   {KeyType::kP384, SigAlg::kEcdsaSha384},
                                                   {KeyType::kP521, SigAlg::kEcdsaSha512},
                                                   {KeyType::kEd25519, SigAlg::kEd25519}};
  const auto found = std::ranges::find(kUsual, type, &std::pair<KeyType, SigAlg>::first);
  return found == std::end(kUsual) ? SigAlg::kRsaSha256 : found->second;
}

SigAlg InnerAlgorithm(const certs::ChainSpec& chain, const CertSpec& cert) {
  return cert.raw_algorithm ? TrueAlgorithm(chain, cert) : cert.inner_algorithm.value_or(TrueAlgorithm(chain, cert));
}

SigAlg OuterAlgorithm(const certs::ChainSpec& chain, const CertSpec& cert) {
  return cert.raw_algorithm ? TrueAlgorithm(chain, cert) : cert.outer_algorithm.value_or(TrueAlgorithm(chain, cert));
}

void JudgeCertificate(const certs::ChainSpec& chain, const CertSpec& cert, const Role& role, Findings& findings) {
  // RFC 5280 6.1 has no path that is nothing but an anchor.
  if (role.anchor && role.depth == 0 &&
      (cert.version != 3 || InnerAlgorithm(chain, cert) != OuterAlgorithm(chain, cert))) {
    findings.Doubt("what form is asked of a leaf that is trusted itself");
  }
  JudgeForm(chain, cert, role, findings);
  if (!role.anchor && InnerAlgorithm(chain, cert) != OuterAlgorithm(chain, cert)) {
    findings.Add(Reason::kSignatureAlgorithmMismatch, role.depth);
  }
  const Standing key = KeyStanding(cert);
  if ((!role.anchor && !AlgorithmIsSupported(chain, cert, findings)) || key == Standing::kUnsupported) {
    findings.Add(Reason::kUnsupportedAlgorithm, role.depth);
  }
  if (key == Standing::kUnknown) {
    findings.Doubt("a key given as octets");
  }
  if (role.signature_wrong) {
    findings.Add(Reason::kSignatureInvalid, role.depth);
  }
  JudgeStrength(chain, cert, role, findings);
  JudgeDates(cert, role.depth, findings);
  if (role.depth > 0) {
    JudgeIssuer(cert, role, findings);
  }
  JudgeExtensions(cert, role, findings);
}

void JudgeLeafUsage(const CertSpec& leaf, Findings& findings) {
  const bool is_ca = leaf.basic_constraints && leaf.basic_constraints->ca;
  if (is_ca) {
    findings.Add(Reason::kLeafIsCa, 0);
  }
  if (!is_ca && leaf.basic_constraints && leaf.basic_constraints->path_len) {
    findings.Add(Reason::kPathLenWithoutCa, 0);
  }
  const uint16_t bits = leaf.key_usage ? leaf.key_usage->bits : uint16_t{0};
  if (!is_ca && (bits & certs::kKeyCertSign) != 0) {
    findings.Add(Reason::kCertSignWithoutCa, 0);
  }
  if (bits != 0 && (bits & certs::kDigitalSignature) == 0) {
    findings.Add(Reason::kKeyUsage, 0);
  }
  const auto& usage = leaf.extended_key_usage;
  if (usage && !usage->purposes.empty() && !Allows(*usage, certs::kServerAuth)) {
    findings.Add(Reason::kExtendedKeyUsage, 0);
  }
}

}  // namespace lab::oracle

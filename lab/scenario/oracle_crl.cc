#include <algorithm>

#include "lab/scenario/oracle_status.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using certs::CrlEntry;
using certs::CrlSpec;
using certs::Reason;

bool IsUnreadable(const CrlSpec& crl, const CertSpec& issuer, Findings& findings) {
  if (crl.raw) {
    certs::ByteView rest = *crl.raw;
    const std::optional<Element> outer = TakeElement(rest);
    if (outer && !outer->content.empty() && rest.empty()) {
      findings.Doubt("a list given as octets");
    }
    return true;
  }
  const auto is_no_date = [&](const certs::TimeSpec& time) { return !SecondsFromNow(time, findings); };
  const certs::SigAlg signed_with = crl.signature.value_or(UsualAlgorithm(crl.signing_key.value_or(issuer.key).type));
  const bool number_twice =
      crl.number && std::ranges::count(crl.extensions, "2.5.29.20", &certs::RawExtension::oid) > 0;
  return crl.cut > 0 || !crl.trailing.empty() || crl.version < 1 || crl.version > 2 || number_twice ||
         (crl.inner_algorithm && *crl.inner_algorithm != signed_with) || is_no_date(crl.this_update) ||
         (crl.next_update && is_no_date(*crl.next_update));
}

// CRLDistributionPoints ::= SEQUENCE OF SEQUENCE { distributionPoint [0] { fullName [0] GeneralNames } ... }: the full
// names of all points.
std::vector<certs::GeneralName> PointNames(certs::ByteView value) {
  constexpr uint8_t kFirst = 0xa0, kNumber = 0x1f;
  std::vector<certs::GeneralName> names;
  const std::optional<Element> points = TakeElement(value);
  for (certs::ByteView rest = points ? points->content : certs::ByteView{}; !rest.empty();) {
    std::optional<Element> element = TakeElement(rest);
    for (int wrapper = 0; wrapper < 2 && element; ++wrapper) {
      certs::ByteView inside = element->content;
      element = TakeElement(inside);
      element = element && element->tag == kFirst ? element : std::nullopt;
    }
    if (!element) {
      return names;
    }
    for (certs::ByteView inside = element->content; !inside.empty();) {
      const std::optional<Element> name = TakeElement(inside);
      if (!name) {
        return names;
      }
      names.push_back(
          {static_cast<certs::NameForm>(name->tag & kNumber), {name->content.begin(), name->content.end()}});
    }
  }
  return names;
}

// RFC 5280 6.3.3 b: the names of the list's point against those of the certificate.
bool IsOutOfScope(const Issued& pair, const certs::IssuingDistributionPoint& point, Findings& findings) {
  if ((point.only_user_certs || point.only_ca_certs) && pair.cert.basic_constraints &&
      pair.cert.basic_constraints->path_len.value_or(0) < 0) {
    findings.Doubt("whether a list is about a certificate whose basicConstraints nobody can read");
  }
  const bool is_ca = pair.cert.basic_constraints && pair.cert.basic_constraints->ca;
  if (point.only_attribute_certs || (point.only_user_certs && is_ca) || (point.only_ca_certs && !is_ca)) {
    return true;
  }
  if (point.full_name.empty()) {
    return false;
  }
  const auto is_directory = [](const certs::GeneralName& name) { return name.form == certs::NameForm::kDirectory; };
  if (pair.cert.claimed_issuer && std::ranges::any_of(point.full_name, is_directory)) {
    findings.Doubt("names of places that may be spelt in two ways");
  }
  const auto own =
      std::ranges::find(pair.cert.extra_extensions, certs::kCrlDistributionPoints, &certs::RawExtension::oid);
  const std::vector<certs::GeneralName> names =
      own == pair.cert.extra_extensions.end() ? std::vector{certs::DirectoryName(IssuerName(pair.chain, pair.cert))}
                                              : PointNames(own->value);
  return std::ranges::none_of(
      point.full_name, [&](const certs::GeneralName& name) { return std::ranges::find(names, name) != names.end(); });
}

bool Lists(const Issued& pair, const CrlSpec& crl) {
  const bool indirect = crl.distribution_point && crl.distribution_point->indirect;
  const CertSpec* speaks_of = &pair.issuer;  // RFC 5280 5.3.3: stays the same until another entry says otherwise
  for (const CrlEntry& entry : crl.entries) {
    speaks_of = entry.issuer_of ? &pair.chain.At(*entry.issuer_of) : speaks_of;
    const bool removed = crl.delta_base && entry.reason == certs::kRemoveFromCrl;
    const bool of_number =
        entry.serial ? entry.serial == pair.cert.serial : &pair.chain.At(entry.certificate) == &pair.cert;
    if (of_number && !removed && (!indirect || SameName(speaks_of->subject, pair.issuer.subject))) {
      return true;
    }
  }
  return false;
}

}  // namespace

Word OfList(const Issued& pair, const CrlSpec& crl, Findings& findings) {
  const CertSpec& issuer = pair.chain.At(crl.issuer);
  if (IsUnreadable(crl, issuer, findings) || issuer.subject.empty()) {  // RFC 5280 5.1.2.3
    return Bad(Reason::kMalformedStatus);
  }
  if (!SameName(issuer.subject, IssuerName(pair.chain, pair.cert))) {
    return {};
  }
  if (pair.issuer.key_usage && (pair.issuer.key_usage->bits & certs::kCrlSign) == 0) {
    return Bad(Reason::kStatusResponder);
  }
  if (issuer.key != pair.issuer.key) {
    return Bad(Reason::kStatusSignature);
  }
  if (const auto fault = SignatureFault(crl, pair.issuer.key)) {
    return Bad(*fault);
  }
  if (HasUnknownCritical(crl.extensions) ||
      std::ranges::any_of(crl.entries, [](const CrlEntry& entry) { return HasUnknownCritical(entry.extensions); })) {
    return Bad(Reason::kStatusUnsupported);
  }
  const bool has_extensions = crl.version != 1;
  const auto& point = crl.distribution_point;
  if (has_extensions && point && IsOutOfScope(pair, *point, findings)) {
    return Bad(Reason::kStatusMismatch);
  }
  if (Lists(pair, crl)) {
    return Bad(Reason::kRevoked);
  }
  const int64_t this_update = SecondsFromNow(crl.this_update, findings).value_or(0);
  const auto next = crl.next_update ? SecondsFromNow(*crl.next_update, findings) : std::nullopt;
  if (this_update > 0) {
    return Bad(Reason::kStatusNotYetValid);
  }
  if (next ? *next < 0 : this_update < -kTenDays) {
    return Bad(Reason::kStatusExpired);
  }
  const bool partial = crl.delta_base || (point && point->only_some_reasons);
  return has_extensions && partial ? Bad(Reason::kStatusUnsupported) : Good();
}

}  // namespace lab::oracle

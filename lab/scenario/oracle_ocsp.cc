#include <algorithm>
#include <limits>

#include "lab/scenario/oracle_status.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using certs::OcspSpec;
using certs::Reason;
using certs::SingleStatus;

// RFC 6960 3.2, 4.2.2.1: seconds from now.
std::optional<Reason> DateFault(int64_t this_update, int64_t produced_at, const std::optional<int64_t>& next_update,
                                int64_t not_before) {
  if (this_update > 0 || produced_at > 0) {
    return Reason::kStatusNotYetValid;
  }
  if (next_update ? *next_update <= 0 : this_update < -kTenDays) {
    return Reason::kStatusExpired;
  }
  return produced_at < not_before ? std::optional(Reason::kStatusExpired) : std::nullopt;
}

// RFC 6960 4.2.2.2: whether that certificate says that the issuer lets it answer.
bool MayAnswer(const Issued& pair, const CertSpec& responder, Findings& findings) {
  const CertSpec& signer = pair.chain.At(responder.issuer);
  Findings dates;
  JudgeDates(responder, 0, dates);
  findings.Doubt(dates.uncertain);
  const auto& purposes = responder.extended_key_usage;
  return signer.key == pair.issuer.key && SameName(signer.subject, pair.issuer.subject) && !responder.signing_key &&
         responder.signature_fault == certs::SignatureFault::kNone &&
         !(responder.signature && IsWeakForStatus(*responder.signature)) && purposes &&
         std::ranges::find(purposes->purposes, certs::kOcspSigning) != purposes->purposes.end() &&
         (!responder.key_usage || (responder.key_usage->bits & certs::kDigitalSignature) != 0) &&
         dates.defects.empty() && !HasUnknownCritical(responder.extra_extensions);
}

bool IsAbout(const Issued& pair, const SingleStatus& single) {
  const CertSpec& subject = pair.chain.At(single.certificate);
  const CertSpec& named = pair.chain.At(single.issuer_name_of.value_or(subject.issuer));
  const CertSpec& keyed = pair.chain.At(single.issuer_key_of.value_or(subject.issuer));
  const bool of_number = single.serial ? single.serial == pair.cert.serial : &subject == &pair.cert;
  return of_number && single.digest != certs::CertIdDigest::kUnknown && SameName(named.subject, pair.issuer.subject) &&
         keyed.key == pair.issuer.key;
}

// Whether the octets are those of an OCSPResponse by form, as far as can be told without knowing all of it.
bool IsUnreadable(const OcspSpec& staple, Findings& findings) {
  constexpr uint8_t kSequenceTag = 0x30, kEnumerated = 0x0a;
  if (staple.raw) {
    certs::ByteView rest = *staple.raw;
    const std::optional<Element> outer = TakeElement(rest);
    certs::ByteView inside = outer ? outer->content : certs::ByteView{};
    const std::optional<Element> first = TakeElement(inside);
    if (outer && outer->tag == kSequenceTag && rest.empty() && first && first->tag == kEnumerated) {
      findings.Doubt("an OCSP response given as octets");
    }
    return true;
  }
  if (staple.cut > 0 || !staple.trailing.empty()) {
    return true;
  }
  if (staple.status != certs::OcspResponseStatus::kSuccessful) {
    return false;
  }
  const auto is_no_date = [&](const certs::TimeSpec& time) {
    return time.form == certs::TimeForm::kUtc || !SecondsFromNow(time, findings);
  };
  const auto is_malformed = [&](const SingleStatus& single) {
    return single.status > certs::CertStatus::kUnknown || is_no_date(single.this_update) ||
           (single.next_update && is_no_date(*single.next_update)) ||
           (single.status == certs::CertStatus::kRevoked && is_no_date(single.revoked_at));
  };
  return !staple.body || staple.raw_body || staple.version != 1 || is_no_date(staple.produced_at) ||
         std::ranges::any_of(staple.singles, is_malformed);
}

// A date that nobody can read is before all others.
constexpr int64_t kLongAgo = std::numeric_limits<int64_t>::min();

Word OfSingle(const Issued& pair, const OcspSpec& staple, const SingleStatus& single, Findings& findings) {
  if (HasUnknownCritical(single.extensions)) {
    return Bad(Reason::kStatusUnsupported);
  }
  if (single.status == certs::CertStatus::kRevoked) {
    return Bad(Reason::kRevoked);
  }
  const auto next = single.next_update ? SecondsFromNow(*single.next_update, findings) : std::nullopt;
  const auto fault = DateFault(SecondsFromNow(single.this_update, findings).value_or(0),
                               SecondsFromNow(staple.produced_at, findings).value_or(0), next,
                               SecondsFromNow(pair.cert.not_before, findings).value_or(kLongAgo));
  if (fault) {
    return Bad(*fault);
  }
  return single.status == certs::CertStatus::kUnknown ? Bad(Reason::kStatusUnknown) : Good();
}

}  // namespace

Word OfStaple(const Issued& pair, const OcspSpec& staple, Findings& findings) {
  constexpr std::string_view kBasic = "1.3.6.1.5.5.7.48.1.1";
  if (staple.type != kBasic && staple.body && staple.status == certs::OcspResponseStatus::kSuccessful && !staple.raw) {
    return Bad(Reason::kStatusUnsupported);
  }
  if (IsUnreadable(staple, findings)) {
    return Bad(Reason::kMalformedStatus);
  }
  if (staple.status != certs::OcspResponseStatus::kSuccessful) {
    return Bad(Reason::kStatusError);
  }
  if (std::ranges::none_of(staple.singles, [&](const SingleStatus& single) { return IsAbout(pair, single); })) {
    return Bad(Reason::kStatusMismatch);
  }
  const CertSpec& subject = pair.chain.At(staple.certificate);
  const CertSpec& responder = pair.chain.At(staple.responder.value_or(subject.issuer));
  if (staple.attach_responder && IsUnparseable(responder)) {
    findings.Doubt("what is attached to a response and cannot be read");
  }
  const bool by_issuer = responder.key == pair.issuer.key && SameName(responder.subject, pair.issuer.subject);
  if (!by_issuer && (!staple.attach_responder || !MayAnswer(pair, responder, findings))) {
    return Bad(Reason::kStatusResponder);
  }
  if (const auto fault = SignatureFault(staple, responder.key)) {
    return Bad(*fault);
  }
  const Standing key = KeyStanding(responder);
  if (!by_issuer && (key == Standing::kWeak || key == Standing::kWeakAndUnusable)) {
    return Bad(Reason::kStatusWeak);
  }
  if (HasUnknownCritical(staple.extensions)) {
    return Bad(Reason::kStatusUnsupported);
  }
  Word first;
  bool good = false;
  for (const SingleStatus& single : staple.singles) {
    if (!IsAbout(pair, single)) {
      continue;
    }
    const Word word = OfSingle(pair, staple, single, findings);
    if (word.is(Reason::kRevoked)) {
      return word;
    }
    good = good || word.is(Reason::kOk);
    first = first.spoken ? first : word;
  }
  return good ? Good() : first;
}

}  // namespace lab::oracle

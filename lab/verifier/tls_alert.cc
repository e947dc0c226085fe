#include <openssl/ssl.h>

#include <algorithm>
#include <span>

#include "lab/verifier/tls_client.h"

namespace verifier {
namespace {

using enum certs::Reason;
using certs::Reason;

constexpr Reason kDates[] = {kExpired, kNotYetValid};
constexpr Reason kTrust[] = {kUnknownIssuer, kSelfSigned, kPathTooLong, kPathLenExceeded, kNotACa, kCaKeyUsage};
constexpr Reason kSignature[] = {kSignatureInvalid};
constexpr Reason kUnsupported[] = {kUnsupportedAlgorithm,      kUnsupportedVersion, kUnknownCriticalExtension,
                                   kNameConstraintUnsupported, kExtendedKeyUsage,   kKeyUsage};
// RFC 9525 6.6 names this alert for a name that does not match
constexpr Reason kBad[] = {kNameMismatch,         kNoPresentedIdentifier,
                           kMalformedCertificate, kMalformedExtension,
                           kDuplicateExtension,   kMalformedTime,
                           kInvalidValidity,      kSignatureAlgorithmMismatch,
                           kWeakSignature,        kWeakKey,
                           kInvalidSerial,        kEmptyIssuer,
                           kEmptyCaSubject,       kSanNotCritical,
                           kTlsFeatureMissing,    kTlsaMismatch};
constexpr Reason kUnfit[] = {kNameConstraintViolation, kLeafIsCa,          kPathLenWithoutCa,
                             kCertSignWithoutCa,       kPolicyUnsatisfied, kRevocationUnknown};
constexpr Reason kGone[] = {kRevoked};
// RFC 6066 8
constexpr Reason kStatus[] = {kMustStaple,     kMalformedStatus,   kStatusError,     kStatusUnsupported,
                              kStatusMismatch, kStatusResponder,   kStatusSignature, kStatusWeak,
                              kStatusExpired,  kStatusNotYetValid, kStatusUnknown};
// RFC 8446 4.4.2.4
constexpr Reason kMissing[] = {kNoCertificate};
constexpr Reason kOwnFault[] = {kInvalidReference, kPathBudget};
// nothing that Verify() says
constexpr Reason kNotOfTheCertificate[] = {kOk,
                                           kLookupFailed,
                                           kMxNotInPolicy,
                                           kConnectFailed,
                                           kServiceRefused,
                                           kMalformedReply,
                                           kStartTlsNotOffered,
                                           kStartTlsRefused,
                                           kClearTextBehind220,
                                           kTlsFailed,
                                           kClosedByPeer,
                                           kTimeout,
                                           kCommandRefused};

struct Row {
  uint8_t alert;
  std::span<const Reason> reasons;
};
constexpr Row kRows[] = {
    {SSL_AD_CERTIFICATE_EXPIRED, kDates},
    {SSL_AD_UNKNOWN_CA, kTrust},
    {SSL_AD_DECRYPT_ERROR, kSignature},
    {SSL_AD_UNSUPPORTED_CERTIFICATE, kUnsupported},
    {SSL_AD_BAD_CERTIFICATE, kBad},
    {SSL_AD_CERTIFICATE_UNKNOWN, kUnfit},
    {SSL_AD_CERTIFICATE_REVOKED, kGone},
    {SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE, kStatus},
    {SSL_AD_DECODE_ERROR, kMissing},
    {SSL_AD_INTERNAL_ERROR, kOwnFault},
    {SSL_AD_CERTIFICATE_UNKNOWN, kNotOfTheCertificate},
};

consteval bool EveryReasonHasOneRow() {
  for (int reason = 0; reason < certs::kReasonCount; ++reason) {
    int rows = 0;
    for (const Row& row : kRows) {
      rows += static_cast<int>(std::ranges::count(row.reasons, static_cast<Reason>(reason)));
    }
    if (rows != 1) {
      return false;
    }
  }
  return true;
}
static_assert(EveryReasonHasOneRow());

}  // namespace

uint8_t AlertFor(Reason reason) {
  const auto row = std::ranges::find_if(
      kRows, [&](const Row& r) { return std::ranges::find(r.reasons, reason) != r.reasons.end(); });
  return row == std::end(kRows) ? uint8_t{SSL_AD_CERTIFICATE_UNKNOWN} : row->alert;
}

}  // namespace verifier

#include <openssl/ssl.h>

#include "lab/verifier/tls_client.h"

namespace verifier {

using certs::Reason;

uint8_t AlertFor(Reason reason) {
  switch (reason) {
    case Reason::kExpired:
    case Reason::kNotYetValid:
      return SSL_AD_CERTIFICATE_EXPIRED;
    case Reason::kUnknownIssuer:
    case Reason::kSelfSigned:
    case Reason::kPathTooLong:
    case Reason::kPathLenExceeded:
    case Reason::kNotACa:
    case Reason::kCaKeyUsage:
      return SSL_AD_UNKNOWN_CA;
    case Reason::kSignatureInvalid:
      return SSL_AD_DECRYPT_ERROR;
    case Reason::kUnsupportedAlgorithm:
    case Reason::kUnsupportedVersion:
    case Reason::kUnknownCriticalExtension:
    case Reason::kNameConstraintUnsupported:
    case Reason::kExtendedKeyUsage:
    case Reason::kKeyUsage:
      return SSL_AD_UNSUPPORTED_CERTIFICATE;
    case Reason::kNameMismatch:  // RFC 9525 6.6 names this alert
    case Reason::kNoPresentedIdentifier:
    case Reason::kMalformedCertificate:
    case Reason::kMalformedExtension:
    case Reason::kDuplicateExtension:
    case Reason::kMalformedTime:
    case Reason::kInvalidValidity:
    case Reason::kSignatureAlgorithmMismatch:
    case Reason::kWeakSignature:
    case Reason::kWeakKey:
    case Reason::kInvalidSerial:
    case Reason::kEmptyIssuer:
    case Reason::kEmptyCaSubject:
    case Reason::kSanNotCritical:
    case Reason::kTlsaMismatch:
      return SSL_AD_BAD_CERTIFICATE;
    case Reason::kNameConstraintViolation:
    case Reason::kLeafIsCa:
    case Reason::kPathLenWithoutCa:
    case Reason::kCertSignWithoutCa:
    case Reason::kPolicyUnsatisfied:
      return SSL_AD_CERTIFICATE_UNKNOWN;
    case Reason::kNoCertificate:
      return SSL_AD_DECODE_ERROR;  // RFC 8446 4.4.2.4
    case Reason::kInvalidReference:
    case Reason::kPathBudget:
      return SSL_AD_INTERNAL_ERROR;
    case Reason::kOk:
    case Reason::kLookupFailed:
    case Reason::kMxNotInPolicy:
    case Reason::kConnectFailed:
    case Reason::kServiceRefused:
    case Reason::kMalformedReply:
    case Reason::kStartTlsNotOffered:
    case Reason::kStartTlsRefused:
    case Reason::kClearTextBehind220:
    case Reason::kTlsFailed:
    case Reason::kClosedByPeer:
    case Reason::kTimeout:
    case Reason::kCommandRefused:
      break;  // nothing that Verify() says
  }
  return SSL_AD_CERTIFICATE_UNKNOWN;
}

}  // namespace verifier

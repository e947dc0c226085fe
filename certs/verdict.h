// Why a verifier refused, and where. One list yields the enum, its stable name, the clause behind it and one sentence;
// nothing else in the project spells these twice. Switches over Reason have no `default`, so the compiler finds what a
// new reason forgot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certs {

// X(enumerator, "stable-name", "clause or source", "what is wrong, as one sentence")
#define CERTS_REASONS(X)                                                                                               \
  X(kOk, "ok", "", "everything that was checked holds")                                                                \
  /* ---- the configuration, before anything is connected ---- */                                                      \
  X(kInvalidReference, "invalid-reference", "RFC 9525 6.1", "the configured name is no host name and no IP address")   \
  /* ---- names ---- */                                                                                                \
  X(kNameMismatch, "name-mismatch", "RFC 9525 6.6", "no presented identifier matches the reference identifier")        \
  X(kNoPresentedIdentifier, "no-presented-identifier", "RFC 9525 2", "the certificate has no subjectAltName")          \
  X(kNameConstraintViolation, "name-constraint-violation", "RFC 5280 4.2.1.10", "a name lies outside what a CA may issue") \
  X(kNameConstraintUnsupported, "name-constraint-unsupported", "RFC 5280 4.2.1.10", "a constraint that must be applied cannot be processed") \
  /* ---- time ---- */                                                                                                 \
  X(kExpired, "expired", "RFC 5280 4.1.2.5", "the validity period is over")                                            \
  X(kNotYetValid, "not-yet-valid", "RFC 5280 4.1.2.5", "the validity period has not begun")                            \
  X(kMalformedTime, "malformed-time", "RFC 5280 4.1.2.5.1", "a validity date is not in the required form")             \
  X(kInvalidValidity, "invalid-validity", "RFC 5280 4.1.2.5", "notBefore is later than notAfter")                      \
  /* ---- path and trust ---- */                                                                                       \
  X(kUnknownIssuer, "unknown-issuer", "RFC 5280 6.1.1 d", "no path leads to a trust anchor")                           \
  X(kSelfSigned, "self-signed", "RFC 5280 6.1.1 d", "the certificate vouches for itself and is not trusted")           \
  X(kPathBudget, "path-budget", "RFC 4158 2.4", "the search for a path was given up after its work limit")             \
  X(kPathTooLong, "path-too-long", "RFC 5280 6.1", "the path has more intermediates than the configured depth")        \
  X(kPathLenExceeded, "path-len-exceeded", "RFC 5280 6.1.4 l", "more intermediates below a CA than its pathLen permits") \
  X(kNotACa, "not-a-ca", "RFC 5280 6.1.4 k", "an issuer is not a CA: basicConstraints missing or cA false")            \
  X(kCaKeyUsage, "ca-key-usage", "RFC 5280 6.1.4 n", "an issuer's keyUsage lacks keyCertSign")                         \
  /* ---- signatures and keys ---- */                                                                                  \
  X(kSignatureInvalid, "signature-invalid", "RFC 5280 6.1.3 a1", "the issuer's key did not make this signature")       \
  X(kSignatureAlgorithmMismatch, "signature-algorithm-mismatch", "RFC 5280 4.1.1.2", "the signed and the outer algorithm differ") \
  X(kUnsupportedAlgorithm, "unsupported-algorithm", "RFC 5280 4.1.1.2", "the signature or key algorithm is not supported") \
  X(kWeakSignature, "weak-signature", "RFC 9325 4.5", "the signature uses MD2, MD4, MD5 or SHA-1")                     \
  X(kWeakKey, "weak-key", "RFC 9325 4.5", "the key is smaller than 2048 bits RSA or 224 bits EC")                      \
  /* ---- certificate form ---- */                                                                                     \
  X(kMalformedCertificate, "malformed-certificate", "RFC 5280 4.1", "the bytes are not a DER certificate")             \
  X(kUnsupportedVersion, "unsupported-version", "RFC 5280 4.1.2.1", "not an X.509 version 3 certificate")              \
  X(kInvalidSerial, "invalid-serial", "RFC 5280 4.1.2.2", "the serial number is not 1 to 20 octets and positive")      \
  X(kEmptyIssuer, "empty-issuer", "RFC 5280 4.1.2.4", "the issuer field is empty")                                     \
  X(kEmptyCaSubject, "empty-ca-subject", "RFC 5280 4.1.2.6", "a CA certificate has an empty subject")                  \
  X(kSanNotCritical, "san-not-critical", "RFC 5280 4.2.1.6", "the subject is empty and subjectAltName is not critical") \
  X(kMalformedExtension, "malformed-extension", "RFC 5280 4.2", "an extension does not parse or breaks its own rule")  \
  X(kDuplicateExtension, "duplicate-extension", "RFC 5280 4.2", "an extension occurs twice")                           \
  X(kUnknownCriticalExtension, "unknown-critical-extension", "RFC 5280 4.2", "a critical extension is not understood") \
  /* ---- usage ---- */                                                                                                \
  X(kExtendedKeyUsage, "extended-key-usage", "RFC 5280 4.2.1.12", "the extended key usage does not allow a TLS server") \
  X(kKeyUsage, "key-usage", "RFC 5280 4.2.1.3", "the key usage does not fit the key exchange")                         \
  X(kLeafIsCa, "leaf-is-ca", "RFC 5280 4.2.1.9", "the server presents a CA certificate as its own")                    \
  X(kPathLenWithoutCa, "path-len-without-ca", "RFC 5280 4.2.1.9", "pathLenConstraint in a certificate that is no CA")  \
  X(kCertSignWithoutCa, "cert-sign-without-ca", "RFC 5280 4.2.1.3", "keyCertSign in a certificate that is no CA")      \
  X(kPolicyUnsatisfied, "policy-unsatisfied", "RFC 5280 6.1.5 g", "an explicit policy is required and none is valid")  \
  /* ---- trust from the DNS ---- */                                                                                   \
  X(kLookupFailed, "lookup-failed", "RFC 7672 2.1.2", "a look-up failed, so nothing is known of what the domain published") \
  X(kTlsaMismatch, "tlsa-mismatch", "RFC 7672 2.2", "no TLSA record of the signed zone matches the presented chain")   \
  X(kMxNotInPolicy, "mx-not-in-policy", "RFC 8461 4.1", "no mx pattern of the domain's MTA-STS policy matches the host") \
  /* ---- revocation: the depth is that of the certificate whose status it is ---- */                                  \
  X(kRevoked, "revoked", "RFC 5280 6.1.3 a3", "the issuer says that the certificate is revoked")                       \
  X(kRevocationUnknown, "revocation-unknown", "RFC 5280 6.1.3 a3", "nobody says whether the certificate is revoked")   \
  X(kMustStaple, "must-staple", "RFC 7633 4.2.3.1", "the certificate promises an OCSP staple, and none came")          \
  X(kTlsFeatureMissing, "tls-feature-missing", "RFC 7633 4.2.2", "a TLS feature of the issuer's certificate is missing") \
  X(kMalformedStatus, "malformed-status", "RFC 6960 4.2.1", "the bytes are not a DER OCSP response or CRL")            \
  X(kStatusError, "status-error", "RFC 6960 2.3", "the OCSP responder answered with an error")                         \
  X(kStatusUnsupported, "status-unsupported", "RFC 5280 5.2", "a response or list of a kind that cannot be processed") \
  X(kStatusMismatch, "status-mismatch", "RFC 6960 3.2", "the response or list does not cover this certificate")        \
  X(kStatusResponder, "status-responder", "RFC 6960 4.2.2.2", "whoever signed may not speak for the issuer")           \
  X(kStatusSignature, "status-signature", "RFC 6960 3.2", "the signature of the response or list does not verify")     \
  X(kStatusWeak, "status-weak", "RFC 9325 4.5", "the response or list is signed with a weak digest or key")            \
  X(kStatusExpired, "status-expired", "RFC 6960 4.2.2.1", "the response or list is out of date")                       \
  X(kStatusNotYetValid, "status-not-yet-valid", "RFC 6960 4.2.2.1", "the response or list is from the future")         \
  X(kStatusUnknown, "status-unknown", "RFC 6960 2.2", "the OCSP responder does not know the certificate")              \
  /* ---- the conversation ---- */                                                                                     \
  X(kNoCertificate, "no-certificate", "RFC 9846 4.4.2", "the server sent no certificate")                              \
  X(kConnectFailed, "connect-failed", "RFC 5321 3.1", "no connection could be made")                                   \
  X(kServiceRefused, "service-refused", "RFC 5321 3.1", "the greeting or the EHLO reply refuses service")              \
  X(kMalformedReply, "malformed-reply", "RFC 5321 4.2", "the server's bytes are not an SMTP reply")                    \
  X(kStartTlsNotOffered, "starttls-not-offered", "RFC 8314 5.2", "TLS is required and STARTTLS is not offered")        \
  X(kStartTlsRefused, "starttls-refused", "RFC 3207 4", "the answer to STARTTLS is not 220")                           \
  X(kClearTextBehind220, "clear-text-behind-220", "RFC 3207 4.2", "bytes arrived in clear behind the 220 reply")       \
  X(kTlsFailed, "tls-failed", "RFC 3207 4.1", "the TLS handshake failed for a reason other than the certificate")      \
  X(kClosedByPeer, "closed-by-peer", "RFC 5321 3.8", "the server closed the connection")                               \
  X(kTimeout, "timeout", "RFC 5321 4.5.3.2", "the server did not answer in time")                                      \
  X(kCommandRefused, "command-refused", "RFC 5321 4.2.1", "the server refused a command of the mail transaction")

enum class Reason : uint8_t {
#define X(enumerator, name, source, sentence) enumerator,
  CERTS_REASONS(X)
#undef X
};

// The number of reasons; every value below it is a valid Reason.
inline constexpr int kReasonCount = 0
#define X(enumerator, name, source, sentence) +1
    CERTS_REASONS(X)
#undef X
    ;

// Returns the stable, kebab-case name ("name-mismatch"): what results.json and scenario files use.
std::string_view Name(Reason reason);
// Returns the RFC clause behind the reason; empty for kOk.
std::string_view Clause(Reason reason);
// Returns one sentence for a person, without a full stop.
std::string_view Sentence(Reason reason);
// Returns the reason of that stable name, or nothing.
std::optional<Reason> ReasonByName(std::string_view name);

// A verifier's answer: `reason`, and at which certificate of the path it was seen.
struct Verdict {
  Reason reason = Reason::kOk;
  int depth = 0;  // 0 = the server's own certificate, 1 = its issuer ...; 0 where no certificate is concerned

  bool ok() const { return reason == Reason::kOk; }
  bool operator==(const Verdict&) const = default;
};

// Returns "name-mismatch@0", or "ok".
std::string ToString(const Verdict& verdict);

}  // namespace certs

// The verifier's rules by name, so that a test can take one away and see which scenarios notice. In the product every
// rule is always on, and the question costs nothing: RuleOn() is constexpr true. Only the test build of the library
// (STARTTLS_LAB_MUTABLE_RULES) can switch one off.
#pragma once

#include <cstdint>
#include <string_view>

namespace verifier {

// X(enumerator, "stable-name")
#define VERIFIER_RULES(X)                                 \
  X(kReferences, "references")                            \
  X(kNames, "names")                                      \
  X(kSanRequired, "san-required")                         \
  X(kNotAfter, "not-after")                               \
  X(kNotBefore, "not-before")                             \
  X(kValidityOrder, "validity-order")                     \
  X(kDateSyntax, "date-syntax")                           \
  X(kSignatures, "signatures")                            \
  X(kSignatureAlgorithms, "signature-algorithms")         \
  X(kKeyAlgorithms, "key-algorithms")                     \
  X(kMessageDigests, "message-digests")                   \
  X(kSha1, "sha1")                                        \
  X(kRsaStrength, "rsa-strength")                         \
  X(kEcStrength, "ec-strength")                           \
  X(kAlgorithmsAgree, "algorithms-agree")                 \
  X(kBasicConstraints, "basic-constraints")               \
  X(kCaKeyUsage, "ca-key-usage")                          \
  X(kPathLen, "path-len")                                 \
  X(kTrust, "trust")                                      \
  X(kSelfSigned, "self-signed")                           \
  X(kVersion, "version")                                  \
  X(kSerialNotNegative, "serial-not-negative")            \
  X(kSerialNotZero, "serial-not-zero")                    \
  X(kSerialLength, "serial-length")                       \
  X(kNameConstraints, "name-constraints")                 \
  X(kConstraintForms, "constraint-forms")                 \
  X(kLeafKeyUsage, "leaf-key-usage")                      \
  X(kLeafExtendedKeyUsage, "leaf-extended-key-usage")     \
  X(kIssuerExtendedKeyUsage, "issuer-extended-key-usage") \
  X(kLeafNotCa, "leaf-not-ca")                            \
  X(kLeafPathLen, "leaf-path-len")                        \
  X(kLeafCertSign, "leaf-cert-sign")                      \
  X(kCriticalExtensions, "critical-extensions")           \
  X(kDuplicateExtensions, "duplicate-extensions")         \
  X(kExtensionSyntax, "extension-syntax")                 \
  X(kCriticalFlagForm, "critical-flag-form")              \
  X(kCriticality, "criticality")                          \
  X(kConstraintsInCasOnly, "constraints-in-cas-only")     \
  X(kSubjects, "subjects")                                \
  X(kSanCritical, "san-critical")                         \
  X(kPolicies, "policies")                                \
  X(kDaneMatch, "dane-match")                             \
  X(kDaneUsable, "dane-usable")                           \
  X(kDaneAgility, "dane-agility")                         \
  X(kDaneEeIgnoresNames, "dane-ee-ignores-names")         \
  X(kDaneInsecure, "dane-insecure")                       \
  X(kDaneLookupFailure, "dane-lookup-failure")            \
  X(kStsMx, "sts-mx")                                     \
  X(kStsWildcard, "sts-wildcard")                         \
  X(kStsSyntax, "sts-syntax")                             \
  X(kStsMode, "sts-mode")                                 \
  X(kStsRecord, "sts-record")                             \
  X(kStsCache, "sts-cache")                               \
  X(kRevoked, "revoked")                                  \
  X(kStatusPresence, "status-presence")                   \
  X(kMustStaple, "must-staple")                           \
  X(kTlsFeatures, "tls-features")                         \
  X(kStatusSyntax, "status-syntax")                       \
  X(kStatusError, "status-error")                         \
  X(kStatusExtensions, "status-extensions")               \
  X(kStatusMatch, "status-match")                         \
  X(kStatusResponder, "status-responder")                 \
  X(kStatusSignature, "status-signature")                 \
  X(kStatusStrength, "status-strength")                   \
  X(kStatusDates, "status-dates")                         \
  X(kStatusKnown, "status-known")

enum class Rule : uint8_t {
#define X(enumerator, name) enumerator,
  VERIFIER_RULES(X)
#undef X
};

// The number of rules; every value below it is a valid Rule.
inline constexpr int kRuleCount = 0
#define X(enumerator, name) +1
    VERIFIER_RULES(X)
#undef X
    ;

std::string_view Name(Rule rule);

#ifdef STARTTLS_LAB_MUTABLE_RULES
// Test build only: whether the rule is in force. SetRuleOn is not thread-safe.
bool RuleOn(Rule rule);
void SetRuleOn(Rule rule, bool on);
#else
constexpr bool RuleOn(Rule) { return true; }
#endif

}  // namespace verifier

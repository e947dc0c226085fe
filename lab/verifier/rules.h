// The verifier's rules by name, so that a test can take one away and see which scenarios notice. In the product every
// rule is always on, and the question costs nothing: RuleOn() is constexpr true. Only the test build of the library
// (STARTTLS_LAB_MUTABLE_RULES) can switch one off.
#pragma once

#include <cstdint>
#include <string_view>

namespace verifier {

// X(enumerator, "stable-name")
#define VERIFIER_RULES(X)                         \
  X(kNames, "names")                              \
  X(kDates, "dates")                              \
  X(kDateSyntax, "date-syntax")                   \
  X(kSignatures, "signatures")                    \
  X(kSignatureStrength, "signature-strength")     \
  X(kKeyStrength, "key-strength")                 \
  X(kAlgorithmsAgree, "algorithms-agree")         \
  X(kBasicConstraints, "basic-constraints")       \
  X(kCaKeyUsage, "ca-key-usage")                  \
  X(kPathLen, "path-len")                         \
  X(kTrust, "trust")                              \
  X(kVersion, "version")                          \
  X(kSerial, "serial")                            \
  X(kNameConstraints, "name-constraints")         \
  X(kLeafKeyUsage, "leaf-key-usage")              \
  X(kExtendedKeyUsage, "extended-key-usage")      \
  X(kLeafNotCa, "leaf-not-ca")                    \
  X(kLeafPathLen, "leaf-path-len")                \
  X(kLeafCertSign, "leaf-cert-sign")              \
  X(kCriticalExtensions, "critical-extensions")   \
  X(kDuplicateExtensions, "duplicate-extensions") \
  X(kExtensionSyntax, "extension-syntax")         \
  X(kSubjects, "subjects")                        \
  X(kPolicies, "policies")

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

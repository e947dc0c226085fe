// Where programs differ in what they take for the same name, as named switches. Every default is the strict answer
// (RFC 9525, RFC 7817); a profile is a fixed setting of the switches that does what one implementation does, right or
// wrong. Facts about implementations: what they publish in their own tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace verifier {

// When the subject's common name counts as an identifier.
enum class CnFallback : uint8_t {
  kNever,
  kNoSan,               // the certificate has no subjectAltName
  kNoDnsSan,            // no dNSName in it
  kNoDnsIpSan,          // neither dNSName nor iPAddress
  kSingleCnNoOtherSan,  // neither of the two, and exactly one common name
  kNoServiceId,         // no DNS, SRV, URI or IP identifier (RFC 6125 6.4.4, RFC 7817 3)
};
enum class CnPick : uint8_t { kAny, kLast };    // which of several common names
enum class CnIp : uint8_t { kOff, kV4, kAny };  // may it be the text of an IP address

// How name constraints treat a common name that counts as an identifier.
enum class CnUnderConstraints : uint8_t {
  kConstrained,  // like a dNSName or iPAddress of that text
  kRefused,      // a leaf without subjectAltName and with such a common name has no place below a constrained CA
};

enum class Wildcard : uint8_t {
  kWhole,    // the whole left-most label, one "*"
  kNone,     // a "*" is nothing special
  kPartial,  // one "*" anywhere inside the left-most label, never touching an A-label
};
enum class WildcardReach : uint8_t {
  kLeftmost,   // in the left-most label only, standing for (part of) one label
  kAnyLabel,   // in any label, several of them (JDK's HTTPS, CPython 3.3)
  kAnywhere,   // once, anywhere in the name, standing for (part of) one label (Apache HttpClient, strict)
  kSpansDots,  // the same, standing for anything at all (Apache HttpClient, default)
};
enum class DotRule : uint8_t { kReject, kStrip, kLiteral };
enum class SyntaxCheck : uint8_t { kBoth, kPresented, kNone };
enum class Idna : uint8_t {
  kUts46,    // the reference's U-labels become A-labels
  kReject,   // a reference is ASCII
  kBytes,    // octets compare as octets
  kUnicode,  // A-labels compare as the U-labels they stand for
};
enum class IpTextInDns : uint8_t {
  kOff,
  kExact,   // an IP literal equals a dNSName of the same text
  kAsName,  // an IP literal is a name like any other, for wildcards too
};

// Exceptions from the syntax of host names, for one side.
struct SyntaxAllowance {
  bool underscore = true;
  bool leading_hyphen = false, trailing_hyphen = false;  // of a label
  bool numeric_last_label = false;
  bool any_length = false;
  bool text_of_255 = false;  // two octets more than fit on the wire (LibreSSL)
  bool operator==(const SyntaxAllowance&) const = default;
};

struct NamePolicy {
  CnFallback cn_fallback = CnFallback::kNever;
  CnPick cn_pick = CnPick::kAny;
  CnIp cn_ip = CnIp::kOff;
  CnUnderConstraints cn_under_constraints = CnUnderConstraints::kConstrained;

  Wildcard wildcard = Wildcard::kWhole;
  WildcardReach wildcard_reach = WildcardReach::kLeftmost;
  bool wildcard_bare = false;            // a name of one label may have a "*"
  bool wildcard_nonempty = false;        // a partial "*" stands for one octet at least
  bool wildcard_ldh_only = false;        // in names with a wildcard, only letters, digits and inner hyphens (OpenSSL)
  bool wildcard_matches_a_label = true;  // a whole-label "*" stands for an A-label too
  bool public_suffix_wildcards = true;   // false: no "*" directly below a public suffix

  DotRule presented_dot = DotRule::kReject;
  DotRule reference_dot = DotRule::kStrip;
  SyntaxAllowance presented_syntax, reference_syntax;
  SyntaxCheck syntax_check = SyntaxCheck::kBoth;
  bool exact_if_invalid = false;  // equal junk matches
  bool nul_matches = true;        // where nothing is checked: false: a presented name with a NUL matches nothing
  bool halt_on_invalid_san = false;
  Idna idna = Idna::kUts46;

  bool ip_brackets = false;  // "[::1]" is an address
  bool ip_zone = false;      // "fe80::1%eth0" is one, without its zone
  bool ip_v4mapped = false;  // ::ffff:192.0.2.1 is 192.0.2.1
  IpTextInDns ip_text_in_dns = IpTextInDns::kOff;
  bool ip_deny_unspecified = false;  // 0.0.0.0 and :: identify nobody
  bool subdomain_reference = false;  // ".bob.test" accepts every name below bob.test
  bool srv_id = true;
  bool url_unescape = false;  // %41 in a reference is an A

  // The one profile that is no variation of the standard: labels walked from the right, and nothing done about labels
  // that differ (README.md, "reversed-label-walk").
  bool reversed_label_walk = false;

  // How many labels must follow the wildcard's: 2 refuses "*.test"; 1 is RFC 9525 6.3 to the letter. The last member:
  // IsLenient looks at everything before it.
  uint8_t wildcard_min_suffix_labels = 2;

  bool operator==(const NamePolicy&) const = default;
};

// Whether the policy departs from the strict matcher in more than how many labels must follow a wildcard. Asked for
// every name of a certificate, so it compares octets; the assertion says that a policy has no other.
static_assert(std::has_unique_object_representations_v<NamePolicy>);
inline bool IsLenient(const NamePolicy& policy) {
  static constexpr NamePolicy kStrict;
  // By words, in place: memcmp would be a call, which costs more than the matching of a name.
  constexpr size_t kOctets = offsetof(NamePolicy, wildcard_min_suffix_labels);
  static_assert(kOctets >= sizeof(uint64_t));
  const auto word = [](const NamePolicy& from, size_t at) {
    uint64_t octets;
    std::memcpy(&octets, reinterpret_cast<const char*>(&from) + at, sizeof octets);
    return octets;
  };
  uint64_t differ = 0;
  for (size_t at = 0; at + sizeof differ <= kOctets; at += sizeof differ) {
    differ |= word(policy, at) ^ word(kStrict, at);
  }
  constexpr size_t kLast = kOctets - sizeof differ;  // it overlaps the one before it
  return (differ | (word(policy, kLast) ^ word(kStrict, kLast))) != 0;
}

// The policy of a named profile, or nothing. `ProfileNames` lists them, the default first.
std::optional<NamePolicy> ProfileByName(std::string_view name);
std::vector<std::string_view> ProfileNames();

// One sentence about what a profile stands for; empty if there is none of that name.
std::string_view ProfileSummary(std::string_view name);

}  // namespace verifier

// Does a certificate's name belong to the host that was meant? RFC 9525, by the profile `rfc9525-strict`: the common
// name is never looked at, a wildcard is the whole left-most label and stands for exactly one, an IP address matches
// only an iPAddress, and everything is compared as ASCII without case. Own code, no allocation, linear in its input.
//
//   Reference ref = *ParseReference("mail.bob.test");
//   MatchName({PresentedForm::kDns, ToView("*.bob.test")}, ref, NamePolicy{}).match  // true
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.h"
#include "lab/verifier/name_policy.h"

namespace verifier {

using certs::ByteView;

// Why an identifier is not one, or why two do not match. Names are stable, for machines; sentences are for people.
enum class NameReason : uint8_t {
  kMatchExact,           // equal, label by label
  kMatchWildcard,        // equal, with * standing for the reference's left-most label
  kMatchIp,              // the same address, octet for octet
  kMatchSrv,             // the same service at the same name
  kMatchUri,             // the same scheme at the same host
  kMatchSubdomain,       // a name below the reference ".domain" (profiles only)
  kMatchWalk,            // what "reversed-label-walk" takes for a match
  kValid,                // an identifier that was only asked about, and is one
  kDifferentName,        // two valid names that are not equal
  kDifferentLabelCount,  // equal suffix, but * would have to stand for none or for several labels
  kDifferentIp,
  kDifferentService,   // another service or scheme at the same name
  kKindMismatch,       // a dNSName against an IP reference, an SRV-ID against a host name, ...
  kWildcardForbidden,  // a valid wildcard against an IP reference
  kCommonNameIgnored,  // the subject's common name is never an identifier (RFC 9525 2)
  kEmpty,
  kEmptyLabel,        // two dots in a row, a leading dot
  kLabelTooLong,      // more than 63 octets
  kNameTooLong,       // more than 253 octets
  kBadCharacter,      // outside A-Z a-z 0-9 - _ : NUL, space, 0x80..0xff, ...
  kEdgeHyphen,        // a label begins or ends with a hyphen
  kNumericLastLabel,  // the last label is all digits: looks like an IP address
  kTrailingDot,       // in a presented identifier
  kBadWildcard,       // a * that is not the whole left-most label, or a second one
  kWildcardTooBroad,  // too few labels behind the *
  kBadIpLength,       // an iPAddress that is not 4 or 16 octets
  kBadIpLiteral,      // looks like an IP address and is not written as one: brackets, zone, leading zeros
  kBadIdn,            // not UTF-8, or not a valid internationalised name
  kBadService,        // not "_service.name": RFC 4985 2
  kBadUri,            // no scheme, or no host that is a name (RFC 9525 2, URI-ID)
};
inline constexpr NameReason kLastNameReason = NameReason::kBadUri;
std::string_view Name(NameReason reason);      // stable: "match-exact", "bad-wildcard", ...
std::string_view Sentence(NameReason reason);  // for people

// What the user configured, classified once. A value; holds its own copy.
struct Reference {
  enum class Kind : uint8_t { kDns, kIp, kSrv, kUri };
  Kind kind = Kind::kDns;
  std::string dns;               // not kIp: A-labels, lower case, no trailing dot; for kDns also what goes into SNI
  std::array<uint8_t, 16> ip{};  // kIp: the first ip_len octets
  uint8_t ip_len = 0;            // 4 or 16
  std::string service;           // kSrv: the service without its "_"; kUri: the scheme; in lower case

  // Set only for profiles that compare what was configured as text: it, in lower case; and whether it is no valid name
  // and can equal nothing but its own octets.
  std::string text;
  bool exact_only = false;

  bool operator==(const Reference&) const = default;
};

// Classifies and normalises a configured name, once (RFC 9525 7.4): strict dotted decimal or RFC 4291 2.2 text is an
// IP-ID, anything else a DNS-ID, whose one trailing dot is stripped and whose U-labels become A-labels (idna.h). The
// error says why it is neither; the checks run in this order:
//   empty; absurdly long; an IP address in brackets, with a zone id or otherwise miswritten; an ASCII character that no
//   host name holds; U-labels that do not convert; then length, labels from the left, and a last label of digits, which
//   is what "127.1", "0177.0.0.1" and "1.2.3.256" fail by: they are never taken for addresses, nor for names.
// A name of ASCII only is not mapped: what looks like an A-label is kept as it is, even if it decodes to nothing.
std::expected<Reference, NameReason> ParseReference(std::string_view configured);

// The same as a profile does it: what is taken for an address, which U-labels and dots become what, what is checked.
std::expected<Reference, NameReason> ParseReference(std::string_view configured, const NamePolicy& policy);

// "_service.name" as an SRV-ID (RFC 4985 2): a service of letters, digits and inner hyphens, then a host name as above.
std::expected<Reference, NameReason> ParseSrvReference(std::string_view configured);

// "scheme:..." as a URI-ID: the scheme and the host, which must be a name (RFC 9525 2). In a URI without "//" the host
// is what follows the scheme and an optional "user@".
std::expected<Reference, NameReason> ParseUriReference(std::string_view configured);

// Which field of the certificate an identifier comes from.
enum class PresentedForm : uint8_t { kDns, kIp, kCommonName, kSrv, kUri };

// One presented identifier; borrows its octets, which need not end in NUL.
struct Presented {
  PresentedForm form = PresentedForm::kDns;
  ByteView value;
};

// Whether one identifier is well-formed by the policy, without comparing it to anything: kValid, or why not. A dNSName
// is checked in this order: empty, too long, trailing dot, a * out of place, the labels behind "*." from the left, a
// last label of digits, too few labels behind the *. A common name is never an identifier: kCommonNameIgnored (which
// one counts when, by a profile, is asked of a whole certificate: identity.h). Never allocates.
NameReason CheckPresented(const Presented& presented, const NamePolicy& policy);

struct NameDecision {
  bool match = false;
  bool presented_valid = true;  // false: the identifier is malformed and counts for nothing
  NameReason reason = NameReason::kDifferentName;
};

// Decides whether one presented identifier matches the reference, which was parsed under the same policy. Total; never
// allocates (the profiles that compare U-labels excepted); linear in the input. A malformed identifier never matches,
// not even itself, unless the policy says so.
NameDecision MatchName(const Presented& presented, const Reference& reference, const NamePolicy& policy);

// The same decision, with MatchName's reason if it is a match, and without one if it is not: in a fraction of the time.
// For certificates with many names: ask this of each first, and why they do not match only when none does.
std::optional<NameReason> FindMatch(const Presented& presented, const Reference& reference, const NamePolicy& policy);
inline bool NameMatches(const Presented& presented, const Reference& reference, const NamePolicy& policy) {
  return FindMatch(presented, reference, policy).has_value();
}

}  // namespace verifier

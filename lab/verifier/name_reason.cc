// The words for each NameReason.
#include <iterator>

#include "lab/verifier/name_match.h"

namespace verifier {
namespace {

struct Words {
  NameReason reason;
  std::string_view name;
  std::string_view sentence;
};

// In the order of the enumeration, none left out: the assertion below says so.
constexpr Words kWords[] = {
    {NameReason::kMatchExact, "match-exact", "The names are equal, label by label, as ASCII without case."},
    {NameReason::kMatchWildcard, "match-wildcard",
     "The names are equal, with * standing for exactly the left-most label."},
    {NameReason::kMatchIp, "match-ip", "It is the same IP address, octet for octet."},
    {NameReason::kMatchSrv, "match-srv", "It is the same service at the same name."},
    {NameReason::kMatchUri, "match-uri", "It is the same scheme at the same host."},
    {NameReason::kMatchSubdomain, "match-subdomain",
     "The name lies below the domain that was configured with a leading dot."},
    {NameReason::kMatchWalk, "match-walk",
     "The walk reached the end of the certificate's labels; it never asks whether two labels differ."},
    {NameReason::kValid, "valid", "It is a well-formed identifier."},
    {NameReason::kDifferentName, "different-name", "Both are valid names, and not the same."},
    {NameReason::kDifferentLabelCount, "different-label-count",
     "The * stands for exactly one label; here it would have to stand for none or several."},
    {NameReason::kDifferentIp, "different-ip", "Both are IP addresses, and not the same octets."},
    {NameReason::kDifferentService, "different-service", "It is another service or scheme at the same name."},
    {NameReason::kKindMismatch, "kind-mismatch",
     "Unlike kinds are never compared: a dNSName covers names, an iPAddress addresses, an SRVName one service."},
    {NameReason::kWildcardForbidden, "wildcard-forbidden",
     "A * stands for a label of a host name, never for a part of an IP address."},
    {NameReason::kCommonNameIgnored, "common-name-ignored",
     "The subject's common name is no identifier; only the subjectAltName counts."},
    {NameReason::kEmpty, "empty", "The name is empty."},
    {NameReason::kEmptyLabel, "empty-label", "A label is empty: a leading dot, or two dots in a row."},
    {NameReason::kLabelTooLong, "label-too-long", "A label is longer than 63 octets."},
    {NameReason::kNameTooLong, "name-too-long", "The name is longer than 253 octets."},
    {NameReason::kBadCharacter, "bad-character",
     "A character other than A-Z, a-z, 0-9, '-', '_' and '.' cannot stand in a host name."},
    {NameReason::kEdgeHyphen, "edge-hyphen", "A label begins or ends with a hyphen."},
    {NameReason::kNumericLastLabel, "numeric-last-label",
     "The last label is all digits: it looks like an IP address and is not a host name."},
    {NameReason::kTrailingDot, "trailing-dot", "A name in a certificate does not end in a dot."},
    {NameReason::kBadWildcard, "bad-wildcard",
     "A * is a wildcard only if it is alone and is the whole left-most label."},
    {NameReason::kWildcardTooBroad, "wildcard-too-broad", "Too few labels follow the *."},
    {NameReason::kBadIpLength, "bad-ip-length", "An iPAddress has 4 octets (IPv4) or 16 (IPv6)."},
    {NameReason::kBadIpLiteral, "bad-ip-literal",
     "It looks like an IP address but is not written as one; brackets and zone ids do not belong to it."},
    {NameReason::kBadIdn, "bad-idn", "It is not UTF-8, or not a valid internationalised name (UTS #46, IDNA2008)."},
    {NameReason::kBadService, "bad-service", "It is not of the form _service.name."},
    {NameReason::kBadUri, "bad-uri", "It is not a URI with a scheme and a host that is a name."},
};

constexpr bool IsComplete() {
  for (size_t i = 0; i < std::size(kWords); ++i) {
    if (static_cast<size_t>(kWords[i].reason) != i) {
      return false;
    }
  }
  return kWords[std::size(kWords) - 1].reason == kLastNameReason;
}
static_assert(IsComplete());

}  // namespace

std::string_view Name(NameReason reason) { return kWords[static_cast<size_t>(reason)].name; }
std::string_view Sentence(NameReason reason) { return kWords[static_cast<size_t>(reason)].sentence; }

}  // namespace verifier

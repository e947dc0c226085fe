// The words for each NameReason.
#include "lab/verifier/name_match.h"

namespace verifier {
namespace {

struct Words {
  std::string_view name;
  std::string_view sentence;
};

Words WordsOf(NameReason reason) {
  switch (reason) {
    case NameReason::kMatchExact:
      return {"match-exact", "The names are equal, label by label, as ASCII without case."};
    case NameReason::kMatchWildcard:
      return {"match-wildcard", "The names are equal, with * standing for exactly the left-most label."};
    case NameReason::kMatchIp:
      return {"match-ip", "It is the same IP address, octet for octet."};
    case NameReason::kValid:
      return {"valid", "It is a well-formed identifier."};
    case NameReason::kDifferentName:
      return {"different-name", "Both are valid names, and not the same."};
    case NameReason::kDifferentLabelCount:
      return {"different-label-count",
              "The * stands for exactly one label; here it would have to stand for none or several."};
    case NameReason::kDifferentIp:
      return {"different-ip", "Both are IP addresses, and not the same octets."};
    case NameReason::kKindMismatch:
      return {"kind-mismatch",
              "A host name is never compared to an IP address: a dNSName covers names, an iPAddress covers addresses."};
    case NameReason::kWildcardForbidden:
      return {"wildcard-forbidden", "A * stands for a label of a host name, never for a part of an IP address."};
    case NameReason::kCommonNameIgnored:
      return {"common-name-ignored", "The subject's common name is no identifier; only the subjectAltName counts."};
    case NameReason::kEmpty:
      return {"empty", "The name is empty."};
    case NameReason::kEmptyLabel:
      return {"empty-label", "A label is empty: a leading dot, or two dots in a row."};
    case NameReason::kLabelTooLong:
      return {"label-too-long", "A label is longer than 63 octets."};
    case NameReason::kNameTooLong:
      return {"name-too-long", "The name is longer than 253 octets."};
    case NameReason::kBadCharacter:
      return {"bad-character", "A character other than A-Z, a-z, 0-9, '-', '_' and '.' cannot stand in a host name."};
    case NameReason::kEdgeHyphen:
      return {"edge-hyphen", "A label begins or ends with a hyphen."};
    case NameReason::kNumericLastLabel:
      return {"numeric-last-label",
              "The last label is all digits: it looks like an IP address and is not a host name."};
    case NameReason::kTrailingDot:
      return {"trailing-dot", "A name in a certificate does not end in a dot."};
    case NameReason::kBadWildcard:
      return {"bad-wildcard", "A * is a wildcard only if it is alone and is the whole left-most label."};
    case NameReason::kWildcardTooBroad:
      return {"wildcard-too-broad", "Too few labels follow the *."};
    case NameReason::kBadIpLength:
      return {"bad-ip-length", "An iPAddress has 4 octets (IPv4) or 16 (IPv6)."};
    case NameReason::kBadIpLiteral:
      return {"bad-ip-literal",
              "It looks like an IP address but is not written as one; brackets and zone ids do not belong to it."};
    case NameReason::kBadIdn:
      return {"bad-idn", "It is not UTF-8, or not a valid internationalised name (UTS #46, IDNA2008)."};
  }
  return {"unknown", "Unknown reason."};
}

}  // namespace

std::string_view Name(NameReason reason) { return WordsOf(reason).name; }
std::string_view Sentence(NameReason reason) { return WordsOf(reason).sentence; }

}  // namespace verifier

// SRV-IDs (RFC 4985) and URI-IDs: identifiers of one service at a name. Internal to the name matcher and to whoever
// builds references; matching goes through MatchName.
#pragma once

#include <expected>
#include <string_view>

#include "lab/verifier/name_match.h"

namespace verifier {

// A service (or scheme) and a name; borrowed.
struct ServiceName {
  std::string_view service, name;
};

// Takes "_service.name" apart: a service of letters, digits and inner hyphens, at most 63 octets. The name is not
// looked at, but for this: its first label begins with no "_", since an SRVName has no protocol label (RFC 4985 2).
std::expected<ServiceName, NameReason> SplitSrvName(std::string_view text);

// Takes a URI apart: its scheme (RFC 3986 3.1) and its host; kBadUri if there is no scheme or no host. The host of a
// URI with "//" is the authority without "user@" and ":port"; otherwise what follows the scheme, an optional "user@"
// and
// "?", up to "/", ":", ";", "?" or "#" ("sip:bob.test;transport=tls"). An address in brackets is no name: kBadUri.
std::expected<ServiceName, NameReason> SplitUri(std::string_view text);

// Whether a presented SRVName or URI is one: kValid, or why not. No wildcard (name policy 2.8), no trailing dot.
NameReason CheckSrvName(std::string_view text);
NameReason CheckUri(std::string_view text);

NameDecision MatchSrv(std::string_view text, const Reference& reference);
NameDecision MatchUri(std::string_view text, const Reference& reference);

}  // namespace verifier

// The matcher as other programs do it, driven by the switches of a NamePolicy. Internal to the name matcher, which
// comes here only if the policy is not the strict one (IsLenient); that one has a matcher of its own, made for speed.
#pragma once

#include <string_view>

#include "lab/verifier/name_match.h"

namespace verifier {

// Whether a dNSName is one under the policy: kValid, or why not.
NameReason CheckLenient(std::string_view presented, const NamePolicy& policy);

// Decides on one dNSName (or a common name that counts as one).
NameDecision MatchLenient(std::string_view presented, const Reference& reference, const NamePolicy& policy);

// Whether an iPAddress matches: as strictly, but for `ip_v4mapped`.
NameDecision MatchIpLenient(ByteView octets, const Reference& reference, const NamePolicy& policy);

// Whether an ASCII name is a public suffix ("co.uk", not "bob.co.uk") by the ICANN part of the list that libpsl
// carries. A suffix that the list does not know is none.
bool IsPublicSuffix(std::string_view name);

}  // namespace verifier

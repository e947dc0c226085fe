// All the identifiers of one certificate against one reference: what may count beside what, which the matcher of single
// names cannot know. Strictly, every dNSName, iPAddress and SRVName counts and the common name never does.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/name_match.h"

namespace verifier {

// What a certificate presents. Borrows.
struct PresentedIdentifiers {
  bool has_san = false;                  // the extension is there
  bool san_malformed = false;            // and does not parse
  std::span<const GeneralNameView> san;  // in order; empty with `has_san`: an empty sequence
  std::vector<ByteView> common_names;    // of the subject, in order, whatever string type
};

// Of a parsed certificate: what its subjectAltName presents, and all that it does.
PresentedIdentifiers AltNamesOf(const Certificate& certificate);
PresentedIdentifiers IdentifiersOf(const Certificate& certificate);

// The matcher's view of a GeneralName; nothing if it is of a form that never identifies a service.
std::optional<Presented> PresentedOf(const GeneralNameView& name);

struct IdentityDecision {
  bool match = false;
  bool usable = true;  // false: the subjectAltName does not parse, or the policy stops at a malformed name
  NameReason reason = NameReason::kDifferentName;
  int san_index = -1;  // of the matching entry; -1 with `match`: a common name did
};

// Decides. An entry that is malformed is ignored and others still count (name policy 2.5), unless the policy halts. An
// empty subjectAltName is malformed (RFC 5280 4.2.1.6), but for policies with a common name of its own time.
IdentityDecision MatchIdentity(const PresentedIdentifiers& presented, const Reference& reference,
                               const NamePolicy& policy);

// The common names that count as identifiers beside this subjectAltName under the policy; usually none.
std::vector<ByteView> CountingCommonNames(const PresentedIdentifiers& presented, const NamePolicy& policy);

}  // namespace verifier

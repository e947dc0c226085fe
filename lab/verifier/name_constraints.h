// Name constraints (RFC 5280 4.2.1.10): does every name of a certificate lie where an issuer above it may issue?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/name_policy.h"

namespace verifier {

// One way in which a certificate breaks an issuer's constraints: kNameConstraintViolation, kNameConstraintUnsupported,
// or kPathBudget.
struct ConstraintFinding {
  Reason reason = Reason::kNameConstraintViolation;
  std::string detail;
  bool name_malformed = false;  // a violation because nobody can say where the name lies
};

// How strictly, and how much work is left.
struct ConstraintPolicy {
  // Under a profile that lets common names count, they are constrained like the identifiers they stand for.
  NamePolicy names;
  // Where deployed verifiers agree with each other and not with us (README.md, "Name constraints"): a dNSName or
  // rfc822Name that is malformed is refused below constraints of any form, not of its own form only; and the empty
  // dNSName is nobody's, so it lies inside the empty constraint only, instead of being malformed.
  bool as_deployed = false;
  bool leading_dot_allowed = true;      // ".bob.test" as a dNSName constraint: one label or more, by convention
  int64_t* comparisons_left = nullptr;  // of a name with a constraint of its form; at 0 the answer is kPathBudget
};

// Checks the names of `certificate` (SAN entries, subject as a directoryName, emailAddress attributes of the subject as
// rfc822Names, common names where they count) against the constraints in `issuer`. Each reason at most once. The caller
// leaves out self-issued certificates that are not the leaf (RFC 5280 6.1.3 b). Checking each issuer by itself gives
// the intersection of what they permit and the union of what they exclude.
std::vector<ConstraintFinding> CheckNameConstraints(const Certificate& issuer, const Certificate& certificate,
                                                    const ConstraintPolicy& policy);

}  // namespace verifier

// What the leaf may be used for, and whether it bears the name that was meant.
#pragma once

#include <string>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/verify.h"

namespace verifier {

// Whether extendedKeyUsage, if present, allows the purpose (RFC 5280 4.2.1.12). anyExtendedKeyUsage counts for issuers
// only.
bool AllowsPurpose(const Certificate& certificate, Purpose purpose, bool issuer);

// The purposes of extendedKeyUsage for people.
std::string PurposesText(const Certificate& certificate);

// Appends the defects of the leaf's usage, in order of precedence.
void JudgeLeafUsage(const Certificate& leaf, const VerifyRequest& request, std::vector<Defect>* defects);

// Appends the defect of the leaf's names, if it has one; otherwise sets `matched` to the presented identifier that
// matched (escaped). `reference` must be valid.
void JudgeNames(const Certificate& leaf, const Reference& reference, const NamePolicy& policy, std::string* matched,
                std::vector<Defect>* defects);

}  // namespace verifier

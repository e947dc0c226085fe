// Certificate policies (RFC 5280 6.1), for a verifier that asks for no policy in particular: it must refuse a path only
// if some CA on it requires that a policy be valid, and none is.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "lab/verifier/certificate.h"

namespace verifier {

// Processes the path, leaf first; `anchored` says that the last one is the trust anchor, whose policyConstraints and
// inhibitAnyPolicy are initial values. Returns what is unsatisfied, or nothing. The work is linear in the certificates'
// sizes (times a logarithm): levels are kept as sets of policies, never as a tree.
std::optional<std::string> FindPolicyFault(std::span<const Certificate* const> path, bool anchored);

}  // namespace verifier

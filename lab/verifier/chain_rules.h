// What must hold on a path (RFC 5280 6.1 and our stricter rules), each rule guarded by RuleOn().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/verify.h"

namespace verifier {

// How a certificate's signature stands to the next certificate's key.
enum class Link : uint8_t {
  kVerified,
  kInvalid,       // the key did not make it
  kUnverifiable,  // algorithm or key not supported: a defect of its own, so never silently accepted
};

// A path, leaf first; borrowed.
struct Path {
  std::span<const Certificate* const> certificates;
  std::span<const Link> links;  // links[i] joins certificates[i] to certificates[i + 1]
  bool anchored = false;        // the last one is a trust anchor
};

class RevocationChecker;

// Appends every defect of the path, in order of precedence (README.md), names excepted. `comparisons_left` bounds the
// work on name constraints and is counted down; `revocation` belongs to the request.
void JudgePath(const Path& path, const VerifyRequest& request, RevocationChecker* revocation, int64_t* comparisons_left,
               std::vector<Defect>* defects);

}  // namespace verifier

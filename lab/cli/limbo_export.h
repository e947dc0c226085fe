// Our cases as an x509-limbo document (C2SP/x509-limbo, schema version 1), so that every verifier with a harness for
// that suite can be run on them.
//
// expected_result is what a mail client under the policy `submission` must do: SUCCESS for accept, FAILURE for
// everything else. features name what a verifier may lack (policies, a depth limit, ...), so that it can skip the case:
// `pedantic-rfc5280` stands for "standards leave it to policy". Beside the schema's members each case has one of its
// own, which other harnesses ignore:
//   "starttls_lab": {"profile": "mail-client", "reason": "expired", "depth": 0, "rows": ["B1"]}
// `verify --limbo` takes the profile for what it says: a case with it is judged as the lab's mail client judges a
// server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "lab/scenario/scenario.h"

namespace lab {

// A scenario and its certificates.
struct IssuedCase {
  const Scenario* scenario = nullptr;
  std::shared_ptr<const certs::IssuedChain> chain;
};

// Whether chain, anchors, host and time alone decide the case: an offline verifier can be asked. False for cases about
// the handshake, and for those without a server certificate.
bool DecidedByCertificates(const Scenario& scenario);

// The document, of those cases that certificates decide, for a validation at `now` (seconds since the epoch).
std::string LimboDocument(const std::vector<IssuedCase>& cases, int64_t now);

}  // namespace lab

// The x509-limbo harness contract (C2SP/x509-limbo): one JSON document of test cases on standard input, one of results
// on standard output, non-zero exit only if the harness itself fails.
//
// How a case becomes a question to the verifier:
//
//   validation_kind         SERVER: serverAuth; CLIENT: clientAuth
//   extended_key_usage      if not empty, which purposes instead: all of them
//   expected_peer_name      must match (DNS, IP: by RFC 9525; RFC822: local part exactly, host without case)
//   expected_peer_names     each must match
//   validation_time         RFC 3339, a fraction is cut off; null: `now`
//   key_usage               bits the leaf's keyUsage must have, if it has one
//   max_chain_depth         the number of intermediates, self-issued ones not counted; null: 128
//   signature_algorithms    if not empty, every certificate below the anchor must be signed with one of them
//   crls                    if not empty, every certificate below the anchor must be known to be good by one of them
//
// The verifier runs with `ca_profile` (for lists, too), `leaf_may_be_ca` and an unknown key exchange
// (lab/verifier/README.md, "x509-limbo"), except on the lab's own cases (limbo_export.h), which say "mail-client":
// there it judges as it does for the lab's mail client. A trusted certificate that does not parse is no anchor.
// SKIPPED, with the feature named: ML-DSA (has-mldsa), no-cert-policies (policies are supported), purposes and kinds
// nobody knows, and a public suffix list where the answer would hang on one.
#pragma once

#include <cstdint>
#include <iosfwd>

namespace lab {

// Returns kExitOk whenever every case got an answer; kExitUsage if the document is not one.
int RunLimbo(std::istream& in, std::ostream& out, std::ostream& err, int64_t now);

}  // namespace lab

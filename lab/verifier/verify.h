// THE verifier: may this client believe that it talks to the host it meant? Builds a path from the server's certificate
// to a trust anchor (backtracking, within a budget), applies RFC 5280 to it and RFC 9525 to the server's names.
//
//   VerifyRequest request{.chain = presented, .anchors = roots, .reference = "mail.bob.test", .now = now};
//   VerifyResult result = Verify(request);
//   if (!result.verdict.ok()) { /* result.verdict.reason, .depth */ }
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/verdict.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/trust.h"

namespace verifier {

using certs::Verdict;

// How the server's certificate will be used in the handshake; decides what keyUsage must allow (RFC 5280 4.2.1.3).
enum class KeyExchange : uint8_t {
  kSigning,    // every TLS 1.3 and ECDHE suite: digitalSignature
  kTransport,  // static RSA: keyEncipherment
  kUnknown,    // path validation without a handshake: any bit that is consistent with the purpose (4.2.1.12)
};

// What a peer must be good for: which extendedKeyUsage its certificate must name, if it names any (RFC 5280 4.2.1.12).
// A mail client always asks for kServer.
enum class Purpose : uint8_t { kServer, kClient, kCodeSigning, kEmail, kTimeStamping, kOcspSigning, kAny };

struct VerifyRequest {
  std::vector<ByteView> chain;    // DER as presented: the server's own first, the rest in any order; borrowed
  std::vector<ByteView> anchors;  // DER of the trust anchors; borrowed
  // What the client was told to connect to: a host name or an IP literal. Empty is an invalid reference, never "any".
  std::string reference;
  int64_t now = 0;  // seconds since the epoch
  KeyExchange key_exchange = KeyExchange::kSigning;
  Purpose purpose = Purpose::kServer;
  NamePolicy names;
  TrustDecision trust;         // by what; with anything but kPkix the anchors count for nothing
  RevocationInput revocation;  // off unless a mode is set
  int max_intermediates = 10;  // a longer path is kPathTooLong; self-issued ones do not count (RFC 5280 6.1.4 l)
  // The search's budget: the longest path and a handful of wrong guesses, so that a server that sends a hundred CAs
  // costs its client no more than ten good chains do. 256 finds its way through any mesh that tests of path building
  // know.
  int max_signature_checks = 16;
  bool collect_all = false;  // go on after the first defect and report every one
  bool check_name = true;    // false only for callers that match names themselves (client certificates, limbo)

  // For path validation beyond what a mail client asks; off for every client.
  bool ca_profile = false;  // refuse also what RFC 5280 forbids a CA to issue although section 6 lets it pass (README)
  bool leaf_may_be_ca = false;  // a CA certificate (cA and keyCertSign) may stand as the leaf, whatever its usage
  uint16_t leaf_key_usage = 0;  // keyUsage bits (1 << n) the leaf must have, if it has the extension
};

// One defect, with the facts behind it in words (escaped, bounded): "notAfter 2024-01-01T00:00:00Z is before now".
struct Defect {
  Verdict verdict;
  std::string detail;
};

struct VerifyResult {
  Verdict verdict;              // the first defect by the documented precedence, or kOk
  std::vector<Defect> defects;  // collect-all: every defect of the best path; otherwise at most one
  std::vector<int> path;     // the path judged, leaf first: indices into chain; an anchor is chain.size() + its index.
                             // Empty if the leaf does not parse
  int signature_checks = 0;  // work done
  std::string matched_name;  // the presented identifier that matched, escaped; empty if none did
  bool unauthenticated =
      false;  // let in although nobody vouches for it: TrustMode::kUnauthenticated, or no usable TLSA
};

// Verifies. Total: it never fails to answer, throws nothing, and its work is bounded by the request's budget.
//
// Precedence of the first defect (README.md of this folder has the table): malformed leaf, then the path (unknown
// issuer, self-signed, budget), then per certificate from the anchor down to the leaf: form, algorithm, signature,
// strength, dates, CA rules, extensions, name constraints; then policies, the leaf's usage, the names.
VerifyResult Verify(const VerifyRequest& request);

}  // namespace verifier

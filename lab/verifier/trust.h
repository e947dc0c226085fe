// By what a server's certificate is judged: the trust anchors the client was configured with, or what the DNS says
// under DNSSEC. Whoever decides (dane_plan.h, mta_sts.h, a user) hands the decision over with the request to verify.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/verdict.h"

namespace verifier {

// A TLSA record (RFC 6698 2.1), as it came from the DNS: any numbers, any data.
struct TlsaRecord {
  uint8_t usage = 3, selector = 1, matching = 1;
  certs::Bytes data;

  bool operator==(const TlsaRecord&) const = default;
};

enum class TrustMode : uint8_t {
  kPkix,             // the configured anchors and the reference identifier: RFC 5280, RFC 9525
  kDane,             // the TLSA records, and nothing else: RFC 7672
  kNothing,          // the server cannot be used at all: a look-up failed, a policy forbids it; nothing is said to it
  kUnauthenticated,  // any certificate will do, but TLS is a must: RFC 7672 2.2, RFC 7435
};

struct TrustDecision {
  TrustMode mode = TrustMode::kPkix;
  // kDane: the whole RRset, secure. Records that nobody can use are passed over; where all are such, any certificate
  // will do (RFC 7672 2.2: "unusable" TLSA RRsets still require TLS).
  std::vector<TlsaRecord> tlsa;
  // kDane, usage DANE-TA: what the certificate may name beside the reference (RFC 7672 3.2.2): the next-hop domain and
  // the host's other secure names.
  std::vector<std::string> further_names;
  // kNothing: why, and the same for a person.
  certs::Verdict verdict{certs::Reason::kLookupFailed, 0};
  std::string why;
};

}  // namespace verifier

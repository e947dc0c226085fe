// What the parts of the oracle that judge revocation tell each other. For oracle_revocation.cc, oracle_ocsp.cc and
// oracle_crl.cc only.
#pragma once

#include <cstdint>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {

// What somebody says about a certificate: nothing, that it is good, or why that is no comfort (kRevoked among it).
struct Word {
  bool spoken = false;
  certs::Reason reason = certs::Reason::kOk;

  bool is(certs::Reason which) const { return spoken && reason == which; }
};
inline Word Good() { return {true, certs::Reason::kOk}; }
inline Word Bad(certs::Reason reason) { return {true, reason}; }

// A certificate on the path and the one above it.
struct Issued {
  const certs::ChainSpec& chain;
  const certs::CertSpec& cert;
  const certs::CertSpec& issuer;
};

// How long a statement is believed that does not say when it will be replaced, in seconds.
inline constexpr int64_t kTenDays = 10 * 86400;

bool IsWeakForStatus(certs::SigAlg alg);
bool HasUnknownCritical(const std::vector<certs::RawExtension>& extensions);

// Whether what the statement says of its signer is true, and good enough (RFC 6960 3.2, RFC 9325 4.5).
template <typename Statement>
std::optional<certs::Reason> SignatureFault(const Statement& statement, const certs::KeySpec& signer) {
  const bool other_key = statement.signing_key && *statement.signing_key != signer;
  if (statement.signature_fault != certs::SignatureFault::kNone || other_key ||
      statement.signature == certs::SigAlg::kUnknownOid) {
    return certs::Reason::kStatusSignature;
  }
  return statement.signature && IsWeakForStatus(*statement.signature) ? std::optional(certs::Reason::kStatusWeak)
                                                                      : std::nullopt;
}

Word OfStaple(const Issued& pair, const certs::OcspSpec& staple, Findings& findings);  // RFC 6960 3.2
Word OfList(const Issued& pair, const certs::CrlSpec& crl, Findings& findings);        // RFC 5280 6.3.3

}  // namespace lab::oracle

// Certificate revocation lists (RFC 5280 5) out of specs.
#pragma once

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/revocation.h"
#include "certs/revocation_spec.h"

namespace certs {

// The bytes of a CertificateList. Errors (kBadInput) name the member. `signatures` is counted up by one for each
// signature made.
Result<Bytes> IssueCrl(const CrlSpec& spec, const IssuedNodes& nodes, uint64_t& signatures);

}  // namespace certs

// OCSP responses (RFC 6960 4.2) out of specs.
#pragma once

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/revocation.h"
#include "certs/revocation_spec.h"

namespace certs {

// The bytes of an OCSPResponse. Errors (kBadInput) name the member: an unknown node, a date beyond the calendar, a key
// that cannot sign so. `signatures` is counted up by one for each signature made.
Result<Bytes> IssueOcsp(const OcspSpec& spec, const IssuedNodes& nodes, uint64_t& signatures);

}  // namespace certs

// DANE for SMTP (RFC 6698, RFC 7671, RFC 7672): does the presented chain match what the domain published in its signed
// zone? A pure function of records and chain; whether the records may be believed was decided before (dane_plan.h).
//
// - usable are DANE-TA(2) and DANE-EE(3) with a known selector and matching type and data of the right length;
// PKIX-TA(0)
//   and PKIX-EE(1) are not (RFC 7672 3.1.3);
// - of the digests of one usage and selector only the strongest counts; Full(0) always counts (RFC 7671 9);
// - DANE-EE: the leaf matches, and then neither names nor dates nor issuers matter (RFC 7672 3.1.1);
// - DANE-TA: a presented issuer matches and is the trust anchor; path, dates and names are checked as ever, with the
//   reference and TrustDecision::further_names (RFC 7672 3.1.2, 3.2.2);
// - with no usable record any certificate will do (RFC 7672 2.2).
#pragma once

#include <vector>

#include "lab/verifier/trust.h"
#include "lab/verifier/verify.h"

namespace verifier {

// Whether a client can do anything with the record.
bool IsUsable(const TlsaRecord& record);

// The records that count: usable, and not outdone by a stronger digest.
std::vector<TlsaRecord> EffectiveRecords(const std::vector<TlsaRecord>& records);

// Judges `request.chain` by `records`; `request.anchors` are not looked at. kTlsaMismatch where no record matches; what
// Verify() says where one of DANE-TA does; such an anchor was presented, and is in VerifyResult::path by its place in
// `request.chain`. `unauthenticated` is set in the result where no record is usable.
VerifyResult VerifyDane(const std::vector<TlsaRecord>& records, const VerifyRequest& request);

}  // namespace verifier

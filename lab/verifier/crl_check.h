// One CRL against one certificate: RFC 5280 6.3.3.
#pragma once

#include "lab/verifier/crl.h"
#include "lab/verifier/status.h"

namespace verifier {

// What the list says. Silent if another issuer made it: lists come in heaps, and most are about other certificates.
// Then, in this order: the issuer may sign lists; its key made this one, with a strong digest; there is no critical
// extension nobody understands; it covers certificates of this kind and distribution point. Whoever is listed is
// revoked, for whatever reason and however old the list is; otherwise the dates must fit, and the list must be
// complete: no delta, not only some reasons.
//
// A delta list is good for revocations only, and so is removeFromCRL nowhere: what a complete list says stands until
// the next complete one. The list must be signed by the key that issued the certificate; lists of another issuer
// (cRLIssuer) are not looked at.
StatusAnswer AskCrl(const Crl& crl, const StatusQuestion& question);

}  // namespace verifier

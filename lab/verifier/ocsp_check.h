// One OCSP response against one certificate: RFC 6960 3.2 and 4.2.2.
#pragma once

#include "certs/bytes.h"
#include "lab/verifier/status.h"

namespace verifier {

// What the response (DER, an OCSPResponse) says. Total. In this order: it parses; it is no error; it is of the basic
// type; it is about this certificate; its signer may speak for the certificate's issuer; the signature verifies and is
// strong; it holds no critical extension nobody understands. Then a revoked certificate is revoked, however old the
// word is; otherwise the dates must fit, and the status must be good.
StatusAnswer AskOcsp(ByteView response, const StatusQuestion& question);

}  // namespace verifier

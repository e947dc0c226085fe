// Certificates, and what is said about them, out of PEM text (RFC 7468).
#pragma once

#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"

namespace verifier {

// The DER of every CERTIFICATE block of `text`, in order; at least one. Text between blocks and blocks of other kinds
// (a private key, parameters) are skipped. The certificates themselves are not looked into. An error is kBadInput and
// names `source` (a file name; will be escaped), the block and the line: "x.pem: block 2 is not base64 at line 17".
certs::Result<std::vector<certs::Bytes>> CertificatesFromPem(std::string_view text, std::string_view source);

// A file of CRLs ("X509 CRL") or OCSP responses ("OCSP RESPONSE"): the DER of every block of that label, at least one;
// or, where no line begins a block, the bytes themselves, taken for DER. Errors as above.
certs::Result<std::vector<certs::Bytes>> StatementsFromFile(std::string_view bytes, std::string_view label,
                                                            std::string_view source);

}  // namespace verifier

// Certificates out of PEM text (RFC 7468).
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

}  // namespace verifier

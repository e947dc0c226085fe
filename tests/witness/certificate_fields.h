// A certificate taken apart by libtasn1, after the ASN.1 of RFC 5280: nothing of the lab's own reads the bytes.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "certs/bytes.h"

namespace witness {

// The encoded octets of each field by its name: "serialNumber", "notAfter", "signatureAlgorithm" (the outer one),
// "signature" (the one inside), "extension 2.5.29.17" ("... #2" where one OID stands twice). Absent fields are absent.
using CertificateFields = std::map<std::string, certs::Bytes>;

// Nothing if the bytes are no Certificate.
std::optional<CertificateFields> TakeApart(const certs::Bytes& der);

}  // namespace witness

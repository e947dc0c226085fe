// Signed certificate timestamps (RFC 6962 3.2, 3.3) out of specs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/keys.h"
#include "certs/result.h"
#include "certs/revocation_spec.h"

namespace certs {

// What a timestamp is signed over: a certificate (x509_entry), or what was to become one (precert_entry: the SHA-256
// of its issuer's SubjectPublicKeyInfo, and the TBSCertificate without timestamps).
struct LogEntry {
  Bytes certificate;      // x509_entry; or, if it is empty,
  Bytes issuer_key_hash;  // precert_entry
  Bytes tbs;
};

// SignedCertificateTimestampList; no bytes at all if there is no spec. `now` in seconds since the epoch. Errors
// (kBadInput) begin with `member`. `signatures` is counted up by one a timestamp.
Result<Bytes> IssueScts(const std::vector<SctSpec>& specs, const LogEntry& entry, const std::string& member,
                        KeyRing& keys, int64_t now, uint64_t& signatures);

// The extensions that carry such a list (RFC 6962 3.3): in a certificate, and in an OCSP response.
RawExtension SctExtension(const Bytes& list);
RawExtension OcspSctExtension(const Bytes& list);

// SHA-256, for the hash of an issuer's key.
Bytes Sha256Of(ByteView bytes);

}  // namespace certs

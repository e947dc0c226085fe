// Public keys written down as they should not be, and what can be signed because of it.
#pragma once

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// The SubjectPublicKeyInfo in another form. `spki` is in the usual one; of a key that the form does not fit (an RSA key
// has no curve, an EC key no NULL to leave out) it is returned as it is.
Bytes InForm(SpkiForm form, const Bytes& spki);

// An ECDSA signature with SHA-256 that verifies under the P-256 public key of `spki` if its own point is taken for the
// curve's generator, since then the private key is 1 (CVE-2020-0601). No private key is needed, and no randomness.
// Errors: kBadInput where `spki` is no P-256 key.
Result<Bytes> SignWithKeyOne(const Bytes& spki, ByteView message);

}  // namespace certs

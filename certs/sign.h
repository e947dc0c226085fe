// Signature algorithms: what certificates say about them (AlgorithmIdentifier) and the operation itself.
#pragma once

#include <openssl/base.h>

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// The algorithm a key of this type signs certificates with when nothing else is asked for.
SigAlg DefaultSignature(KeyType type);

// AlgorithmIdentifier (RFC 5280 4.1.1.2) with the parameters its own standard asks for: NULL for RSA PKCS #1 v1.5
// (RFC 4055 5), RSASSA-PSS-params for PSS (RFC 4055 3.1), none for ECDSA (RFC 5758 3.2) and Ed25519 (RFC 8410 3).
// Encoded once: the reference is valid for ever.
const Bytes& AlgorithmIdentifier(SigAlg alg);

// Signs `message`. Errors: kBadInput when a key of this type cannot sign so, or is too small for the digest.
// kUnknownOid gives the SHA-256 digest of the message: bits that nobody's key made.
Result<Bytes> Sign(SigAlg alg, EVP_PKEY* key, ByteView message);

// Does to a finished signature what the fault says.
void ApplyFault(SignatureFault fault, Bytes& signature);

}  // namespace certs

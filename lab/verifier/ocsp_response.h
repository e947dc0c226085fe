// OCSP responses (RFC 6960 4.2) parsed by the verifier's own code, strictly by DER. All views borrow from the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/verifier/certificate.h"

namespace verifier {

// One SingleResponse.
struct OcspSingle {
  ByteView digest;  // OID content octets of the CertID's hash algorithm
  ByteView issuer_name_hash, issuer_key_hash;
  ByteView serial;  // content octets
  enum class Status : uint8_t { kGood, kRevoked, kUnknown } status = Status::kUnknown;
  int64_t revoked_at = 0;          // if revoked
  std::optional<uint64_t> reason;  // CRLReason, if one is given
  int64_t this_update = 0;
  std::optional<int64_t> next_update;
  std::string unknown_critical;  // a critical extension nobody understands; empty if there is none
};

struct OcspResponse {
  int status = 0;                         // OCSPResponseStatus; everything below only if 0
  bool basic = false;                     // of the type id-pkix-ocsp-basic; everything below only if so
  std::string type;                       // in dotted form
  ByteView tbs;                           // ResponseData, tag and length included
  std::optional<Bytes> responder_name;    // canonical; or
  std::optional<ByteView> responder_key;  // the hash of the responder's key
  int64_t produced_at = 0;
  std::vector<OcspSingle> singles;
  std::string unknown_critical;        // among the response's own extensions
  ByteView algorithm;                  // AlgorithmIdentifier, tag and length included
  ByteView signature;                  // the bits
  std::vector<ByteView> certificates;  // DER
};

// Parses one OCSPResponse. An error's detail says which field.
certs::Result<OcspResponse> ParseOcspResponse(ByteView der);

}  // namespace verifier

// An X.509 certificate parsed by the verifier's own code (on BoringSSL's CBS), strictly by DER and RFC 5280. What does not parse at
// all is an error; what parses but breaks a rule is kept as a list of defects, so that one look can report them all.
#pragma once

#include <openssl/base.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/verdict.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;
using certs::Reason;

// A GeneralName of a SAN or of a constraint: context tag number and inner octets (borrowed from the certificate).
struct GeneralNameView {
  int tag = 0;  // 0 otherName, 1 rfc822Name, 2 dNSName, 4 directoryName, 6 URI, 7 iPAddress
  ByteView value;
};

struct ExtensionView {
  ByteView oid;  // content octets
  bool critical = false;
  ByteView value;  // inside the OCTET STRING
};

// The parsed certificate. Owns its DER; every view borrows from it, so it moves but does not copy.
struct Certificate {
  Bytes der;
  ByteView tbs;                  // the signed bytes, tag and length included
  int version = 1;               // as people count
  ByteView serial;               // content octets
  ByteView issuer, subject;      // the Name, tag and length included, as encoded
  Bytes issuer_key_for_match, subject_key_for_match;  // canonical form for name chaining (RFC 5280 7.1)
  std::optional<int64_t> not_before, not_after;       // seconds since the epoch; absent = malformed
  ByteView spki;                 // SubjectPublicKeyInfo, tag and length included
  bssl::UniquePtr<EVP_PKEY> key; // null if the key is malformed or of an unsupported kind
  ByteView inner_algorithm, outer_algorithm;          // AlgorithmIdentifier, tag and length included
  ByteView signature;            // the bits, without the unused-bits octet

  std::vector<ExtensionView> extensions;
  bool has_basic_constraints = false, is_ca = false, basic_constraints_critical = false;
  std::optional<int> path_len;
  std::optional<uint16_t> key_usage;                  // bit n of RFC 5280's list as 1 << n
  std::optional<std::vector<ByteView>> extended_key_usage;  // OID content octets
  std::optional<std::vector<GeneralNameView>> san;
  bool san_critical = false;
  bool has_name_constraints = false;
  std::vector<GeneralNameView> permitted, excluded;
  std::optional<ByteView> subject_key_id, authority_key_id;

  // What parsing noticed beyond "parses": kMalformedTime, kDuplicateExtension, kMalformedExtension, kInvalidSerial ...
  // in order of appearance, each once. The rules of chain_rules.h turn them into defects with a depth.
  std::vector<Reason> notes;
};

// Parses one DER certificate. An error's detail says which field and at which offset.
certs::Result<Certificate> ParseCertificate(ByteView der);

}  // namespace verifier

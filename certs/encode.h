// The productions of RFC 5280 4.1 and 4.2: members of a spec to DER. Pure. What a spec cannot say in ASN.1 at all (an
// OID that is none, a year beyond 9999) is an error that names the member; everything else is written as it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/der_writer.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// Name (RFC 5280 4.1.2.4), one RDN an attribute. An attribute whose OID is none gets an empty OBJECT IDENTIFIER;
// EncodeTbs refuses it first.
Bytes EncodeName(const DistinguishedName& name);

// GeneralName (RFC 5280 4.2.1.6).
Bytes EncodeGeneralName(const GeneralName& name);

// Time (RFC 5280 4.1.2.5): UTCTime through 2049 unless the spec says otherwise. `member` begins the complaint about a
// date outside the years 0 to 9999.
Result<Bytes> EncodeTime(const TimeSpec& time, int64_t now, std::string_view member);

// Extensions (RFC 5280 4.1); no bytes at all if there is none. `member` begins the complaint about an OID that is none.
Result<Bytes> EncodeExtensionList(const std::vector<RawExtension>& extensions, std::string_view member);

// What a TBSCertificate takes from outside its own spec. Borrows everything.
struct TbsInputs {
  int64_t now = 0;                     // seconds since the epoch: every date is relative to it
  ByteView serial;                     // content octets, unless the spec says them
  ByteView algorithm;                  // the AlgorithmIdentifier inside
  ByteView issuer;                     // the encoded Name of the issuer, unless the spec claims another
  ByteView spki;                       // SubjectPublicKeyInfo
  ByteView subject_key_id = {};        // of `spki`'s key, as SubjectKeyIdentifier
  ByteView issuer_key_id = {};         // for AuthorityKeyIdentifier; empty = leave the extension out
  const RawExtension* scts = nullptr;  // the timestamps, once they have been made
};

// [3] Extensions of the certificate (RFC 5280 4.2); nothing at all if there is none.
void WriteExtensions(der::Writer& out, const CertSpec& spec, const TbsInputs& inputs);

// TBSCertificate (RFC 5280 4.1). Errors (kBadInput) name the member: "leaf.not_after: ...".
Result<Bytes> EncodeTbs(const CertSpec& spec, const TbsInputs& inputs);

}  // namespace certs

// The part of DER that BoringSSL's CBS leaves to its caller. CBS_get_asn1 already insists on minimal lengths; these
// insist on the values. All readers borrow: a view lives as long as the bytes it was read from.
#pragma once

#include <openssl/bytestring.h>

#include <cstdint>
#include <string>

#include "certs/bytes.h"

namespace verifier {

using certs::ByteView;

// Context-specific tags, to be combined with their number.
inline constexpr unsigned kContext = CBS_ASN1_CONTEXT_SPECIFIC;
inline constexpr unsigned kConstructed = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED;

inline ByteView ViewOf(const CBS& cbs) { return {CBS_data(&cbs), CBS_len(&cbs)}; }
inline CBS CbsOf(ByteView bytes) {
  CBS cbs;
  CBS_init(&cbs, bytes.data(), bytes.size());
  return cbs;
}

// Whether two byte strings are equal.
bool Same(ByteView a, ByteView b);

// Reads the one element `bytes` consists of: right tag, nothing behind it.
bool ReadOnly(ByteView bytes, CBS* body, unsigned tag);

// Reads an optional BOOLEAN DEFAULT FALSE (X.690 11.1, 11.5): absent = false; TRUE is 0xff; FALSE must not be encoded.
bool ReadTrueOrAbsent(CBS* from, bool* value);

// Whether these are the content octets of an OBJECT IDENTIFIER (X.690 8.19): complete, minimal arcs.
bool IsOid(ByteView content);

// Reads an OBJECT IDENTIFIER; false if there is none or it is not well-formed.
bool ReadOid(CBS* from, ByteView* content);

// The OID in dotted form for people, at most some 100 characters; "?" if malformed.
std::string OidText(ByteView content);

}  // namespace verifier

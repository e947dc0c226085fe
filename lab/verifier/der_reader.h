// The part of DER that BoringSSL's CBS leaves to its caller. CBS_get_asn1 already insists on minimal lengths; these
// insist on the values. All readers borrow: a view lives as long as the bytes it was read from.
#pragma once

#include <openssl/bytestring.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "certs/bytes.h"

namespace verifier {

using certs::ByteView;

// Context-specific tags, to be combined with their number.
inline constexpr unsigned kContext = CBS_ASN1_CONTEXT_SPECIFIC;
inline constexpr unsigned kConstructed = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED;

inline ByteView ViewOf(const CBS& cbs) {
  const bssl::Span<const uint8_t> octets = cbs;
  return {octets.data(), octets.size()};
}
inline size_t SizeOf(const CBS& cbs) { return ViewOf(cbs).size(); }
inline CBS CbsOf(ByteView bytes) { return bssl::Span<const uint8_t>(bytes.data(), bytes.size()); }

// Whether two byte strings are equal. Most of what is compared are OIDs of one arc: they differ in the last octet.
inline bool Same(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || (a.back() == b.back() && std::ranges::equal(a, b)));
}

// The three ways to read an element with CBS, which a certificate costs some two hundred calls of, do in place what is
// plain: tags of one octet and the shortest form of lengths below 2^16. Whatever else there is, CBS is asked.

// CBS_peek_asn1_tag: whether the next element has that tag.
bool IsNext(const CBS& from, unsigned tag);
// CBS_get_asn1: reads an element of that tag into what is inside.
bool ReadBody(CBS* from, CBS* body, unsigned tag);
// CBS_get_any_asn1: reads an element of whatever tag.
bool ReadAnyBody(CBS* from, CBS* body, unsigned* tag);

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

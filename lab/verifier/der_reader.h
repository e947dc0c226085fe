// The part of DER that BoringSSL's CBS leaves to its caller. CBS_get_asn1 already insists on minimal lengths; these
// insist on the values. All readers borrow: a view lives as long as the bytes it was read from.
#pragma once

#include <openssl/bytestring.h>

#include <algorithm>
#include <cstdint>
#include <optional>
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

// The identifier octet of a tag that has but one; nothing for others: a number above 30 takes more (X.690 8.1.2.4), and
// number 0 of the universal class (8.1.2.2) CBS refuses.
constexpr std::optional<uint8_t> IdentifierOf(unsigned tag) {
  const unsigned number = tag & CBS_ASN1_TAG_NUMBER_MASK;
  const bool one_octet = number < 0x1f && (tag & ~CBS_ASN1_CONSTRUCTED) != 0;
  return one_octet ? std::optional(static_cast<uint8_t>(tag >> CBS_ASN1_TAG_SHIFT | number)) : std::nullopt;
}

// The three ways to read an element with CBS, which a certificate costs some two hundred calls of, do in place what is
// plain: tags of one octet and the shortest form of lengths below 2^16. Whatever else there is, CBS is asked. Lengths
// below 2^7 are read where they are asked for: nearly every tag is known there.

// CBS_peek_asn1_tag: whether the next element has that tag.
inline bool IsNext(const CBS& from, unsigned tag) {
  const std::optional<uint8_t> identifier = IdentifierOf(tag);
  const ByteView octets = ViewOf(from);
  return identifier ? !octets.empty() && octets[0] == *identifier : CBS_peek_asn1_tag(&from, tag) == 1;
}

// CBS_get_asn1: reads an element of that tag into what is inside.
bool ReadLongBody(CBS* from, CBS* body, unsigned tag);
[[gnu::always_inline]] inline bool ReadBody(CBS* from, CBS* body, unsigned tag) {
  const ByteView octets = ViewOf(*from);
  if (octets.size() >= 2 && octets[0] == IdentifierOf(tag) && octets[1] < 0x80 && octets[1] <= octets.size() - 2) {
    *body = CbsOf(octets.subspan(2, octets[1]));
    *from = CbsOf(octets.subspan(2 + size_t{octets[1]}));
    return true;
  }
  return ReadLongBody(from, body, tag);
}

// CBS_get_any_asn1: reads an element of whatever tag.
bool ReadAnyBody(CBS* from, CBS* body, unsigned* tag);

// Reads the one element `bytes` consists of: right tag, nothing behind it.
[[gnu::always_inline]] inline bool ReadOnly(ByteView bytes, CBS* body, unsigned tag) {
  CBS cbs = CbsOf(bytes);
  return ReadBody(&cbs, body, tag) && SizeOf(cbs) == 0;
}

// Reads an optional BOOLEAN DEFAULT FALSE (X.690 11.1, 11.5): absent = false; TRUE is 0xff; FALSE must not be encoded.
bool ReadTrueOrAbsent(CBS* from, bool* value);

// Whether these are the content octets of an OBJECT IDENTIFIER (X.690 8.19): complete, minimal arcs.
bool IsOid(ByteView content);

// Reads an OBJECT IDENTIFIER; false if there is none or it is not well-formed.
bool ReadOid(CBS* from, ByteView* content);

// The OID in dotted form for people, at most some 100 characters; "?" if malformed.
std::string OidText(ByteView content);

}  // namespace verifier

#include "lab/verifier/der_reader.h"

#include <algorithm>

namespace verifier {

namespace {

constexpr unsigned kManyOctets = 0x1f;  // a tag's number in its first octet, if more follow (X.690 8.1.2.4)

// Reads what is behind the identifier octet, if it is plain; else it leaves all as it is. `octets` are those of `from`,
// two at least.
inline bool ReadPlain(ByteView octets, CBS* from, CBS* body) {
  size_t header = 2;
  size_t length = octets[1];
  if (length >= 0x80) {
    if (length == 0x81 && octets.size() > 2 && octets[2] >= 0x80) {
      header = 3;
      length = octets[2];
    } else if (length == 0x82 && octets.size() > 3 && octets[2] != 0) {
      header = 4;
      length = static_cast<size_t>(octets[2] << 8 | octets[3]);
    } else {
      return false;
    }
  }
  if (octets.size() - header < length) {
    return false;
  }
  *body = CbsOf(octets.subspan(header, length));
  *from = CbsOf(octets.subspan(header + length));
  return true;
}

}  // namespace

bool ReadLongBody(CBS* from, CBS* body, unsigned tag) {
  const ByteView octets = ViewOf(*from);
  return (octets.size() >= 2 && octets[0] == IdentifierOf(tag) && ReadPlain(octets, from, body)) ||
         CBS_get_asn1(from, body, tag) == 1;
}

bool ReadAnyBody(CBS* from, CBS* body, unsigned* tag) {
  const ByteView octets = ViewOf(*from);
  if (octets.size() >= 2) {
    const unsigned number = octets[0] & kManyOctets;
    const unsigned plain = (octets[0] & ~kManyOctets) << CBS_ASN1_TAG_SHIFT | number;
    if (IdentifierOf(plain) && ReadPlain(octets, from, body)) {
      *tag = plain;
      return true;
    }
  }
  return CBS_get_any_asn1(from, body, tag) == 1;
}

bool ReadTrueOrAbsent(CBS* from, bool* value) {
  *value = false;
  if (!CBS_peek_asn1_tag(from, CBS_ASN1_BOOLEAN)) {
    return true;
  }
  CBS content;
  if (!ReadBody(from, &content, CBS_ASN1_BOOLEAN) || SizeOf(content) != 1 || CBS_data(&content)[0] != 0xff) {
    return false;
  }
  *value = true;
  return true;
}

bool IsOid(ByteView content) {
  if (content.empty() || content.back() >= 0x80) {
    return false;
  }
  if (std::ranges::find(content, 0x80) == content.end()) {
    return true;  // nearly every one
  }
  uint8_t before = 0;  // an arc ends with an octet below 0x80
  for (const uint8_t octet : content) {
    if (octet == 0x80 && before < 0x80) {
      return false;  // a leading zero digit
    }
    before = octet;
  }
  return true;
}

bool ReadOid(CBS* from, ByteView* content) {
  CBS body;
  if (!ReadBody(from, &body, CBS_ASN1_OBJECT)) {
    return false;
  }
  *content = ViewOf(body);
  return IsOid(*content);
}

std::string OidText(ByteView content) {
  if (!IsOid(content)) {
    return "?";
  }
  std::string text;
  uint64_t arc = 0;
  bool first = true;
  for (const uint8_t octet : content) {
    if (arc >> 56 != 0 || text.size() > 100) {
      return text + "...";
    }
    arc = arc << 7 | (octet & 0x7f);
    if ((octet & 0x80) != 0) {
      continue;
    }
    if (first) {
      const uint64_t root = std::min<uint64_t>(arc / 40, 2);
      text = std::to_string(root) + "." + std::to_string(arc - 40 * root);
      first = false;
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace verifier

#include "lab/verifier/der_reader.h"

#include <algorithm>

namespace verifier {

bool Same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

bool ReadOnly(ByteView bytes, CBS* body, unsigned tag) {
  CBS cbs = CbsOf(bytes);
  return CBS_get_asn1(&cbs, body, tag) && CBS_len(&cbs) == 0;
}

bool ReadTrueOrAbsent(CBS* from, bool* value) {
  *value = false;
  if (!CBS_peek_asn1_tag(from, CBS_ASN1_BOOLEAN)) {
    return true;
  }
  CBS content;
  if (!CBS_get_asn1(from, &content, CBS_ASN1_BOOLEAN) || CBS_len(&content) != 1 || CBS_data(&content)[0] != 0xff) {
    return false;
  }
  *value = true;
  return true;
}

bool IsOid(ByteView content) {
  if (content.empty() || (content.back() & 0x80) != 0) {
    return false;
  }
  bool arc_begins = true;
  for (const uint8_t octet : content) {
    if (arc_begins && octet == 0x80) {
      return false;  // a leading zero digit
    }
    arc_begins = (octet & 0x80) == 0;
  }
  return true;
}

bool ReadOid(CBS* from, ByteView* content) {
  CBS body;
  if (!CBS_get_asn1(from, &body, CBS_ASN1_OBJECT)) {
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

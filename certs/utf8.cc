#include "certs/utf8.h"

namespace certs {

std::optional<Utf8Character> FirstUtf8Character(std::string_view text) {
  const auto octet = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = octet(0);
  if (lead < 0x80) {
    return Utf8Character{lead, 1};
  }
  const size_t octets = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < octets) {
    return std::nullopt;
  }
  uint32_t code_point = lead & (0x7fU >> octets);
  for (size_t i = 1; i < octets; ++i) {
    if ((octet(i) & 0xc0) != 0x80) {
      return std::nullopt;
    }
    code_point = code_point << 6 | (octet(i) & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kSmallest[octets] || code_point > 0x10ffff || surrogate) {
    return std::nullopt;
  }
  return Utf8Character{code_point, octets};
}

}  // namespace certs

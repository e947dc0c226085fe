#include "lab/verifier/idna.h"

#include <idn2.h>

#include <algorithm>
#include <cassert>
#include <memory>

namespace verifier {

std::expected<std::string, IdnaError> ToALabels(std::string_view utf8) {
  assert(utf8.find('\0') == utf8.npos);  // libidn2 would convert what stands before it and be content
  const std::string terminated(utf8);
  uint8_t* converted = nullptr;
  // Never IDN2_USE_STD3_ASCII_RULES: libidn2 then *removes* the characters that STD 3 forbids, and a different name
  // comes out as valid.
  const int code = idn2_lookup_u8(reinterpret_cast<const uint8_t*>(terminated.c_str()), &converted,
                                  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<uint8_t, void (*)(void*)> owner(converted, idn2_free);
  if (code == IDN2_TOO_BIG_LABEL || code == IDN2_PUNYCODE_BIG_OUTPUT) {
    return std::unexpected(IdnaError::kLabelTooLong);
  }
  if (code == IDN2_TOO_BIG_DOMAIN) {
    return std::unexpected(IdnaError::kNameTooLong);
  }
  if (code != IDN2_OK) {
    return std::unexpected(IdnaError::kInvalid);
  }
  return std::string(reinterpret_cast<const char*>(converted));
}

std::string ToULabels(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  char* converted = nullptr;
  if (lower.find('\0') != lower.npos || idn2_to_unicode_8z8z(lower.c_str(), &converted, 0) != IDN2_OK) {
    return lower;
  }
  const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
  return converted;
}

}  // namespace verifier

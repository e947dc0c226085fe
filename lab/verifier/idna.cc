#include "lab/verifier/idna.h"

#include <idn2.h>

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

}  // namespace verifier

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

namespace {

// The U-label of an A-label; one that does not become the same A-label again is none (RFC 5890 2.3.2.1): libidn2
// decodes what it would never encode.
std::string ToULabel(const std::string& label) {
  char* converted = nullptr;
  if (!label.starts_with("xn--") || idn2_to_unicode_8z8z(label.c_str(), &converted, 0) != IDN2_OK) {
    return label;
  }
  const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
  const auto back = ToALabels(converted);
  return back && *back == label ? converted : label;
}

}  // namespace

std::string ToULabels(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (lower.find('\0') != lower.npos) {
    return lower;
  }
  std::string labels;
  for (std::string_view rest = lower;;) {
    const size_t end = std::min(rest.find('.'), rest.size());
    labels += ToULabel(std::string(rest.substr(0, end)));
    if (end == rest.size()) {
      return labels;
    }
    labels += '.';
    rest.remove_prefix(end + 1);
  }
}

}  // namespace verifier

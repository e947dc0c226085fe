// UTF-8 as RFC 3629 has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace certs {

struct Utf8Character {
  uint32_t code_point = 0;
  size_t octets = 1;
};

// The well-formed character at the beginning of `text`, which is not empty; nothing if there is none there: no overlong
// form, no surrogate, nothing beyond U+10FFFF (RFC 3629 3; Unicode 15, table 3-7).
std::optional<Utf8Character> FirstUtf8Character(std::string_view text);

}  // namespace certs

// What must be known of a text before toml++ may read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lab {

struct TextFault {
  int line = 1;
  std::string what;
};

// The first place where a text is not UTF-8, or has an octet beyond ASCII that is neither in a string nor in a comment;
// a byte order mark in front does not count. TOML has neither, and what toml++ makes of them is undefined, or said of
// another line.
std::optional<TextFault> FindTextFault(std::string_view text);

}  // namespace lab

// What must be known of a text before toml++ may read it.
#pragma once

#include <optional>
#include <string_view>

namespace lab {

// The line, from 1, of the first octet beyond ASCII that is neither in a string nor in a comment; a byte order mark in
// front does not count. TOML has none there, and what toml++ makes of one is undefined.
std::optional<int> LineOfForeignText(std::string_view text);

}  // namespace lab

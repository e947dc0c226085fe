#include "lab/scenario/toml_text.h"

#include <algorithm>
#include <cstdint>

#include "certs/utf8.h"

namespace lab {
namespace {

// The line of the first octet that begins no character.
std::optional<int> LineOfOtherThanUtf8(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const auto character = certs::FirstUtf8Character(text);
    if (!character) {
      return line;
    }
    line += text.front() == '\n' ? 1 : 0;
    text.remove_prefix(character->octets);
  }
  return std::nullopt;
}

std::optional<int> LineOfForeignText(std::string_view text) {
  int line = 1;
  std::string_view quote;  // that ends the string we are in
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    line += c == '\n' ? 1 : 0;
    if (!quote.empty()) {
      if (c == '\\' && quote.front() == '"' && text.substr(at + 1, 1) != "\n") {
        ++at;
      } else if (c == '\n' && quote.size() == 1) {
        quote = {};
      } else if (text.substr(at).starts_with(quote)) {
        at += quote.size() - 1;
        quote = {};
      }
    } else if (c == '"' || c == '\'') {
      const std::string_view three = text.substr(at, 3);
      quote = three == "\"\"\"" || three == "'''" ? three : text.substr(at, 1);
      at += quote.size() - 1;
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size()) - 1;
    } else if (static_cast<uint8_t>(c) > 0x7f) {
      return line;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TextFault> FindTextFault(std::string_view text) {
  if (const std::optional<int> line = LineOfOtherThanUtf8(text)) {
    return TextFault{*line, "this is not UTF-8"};
  }
  if (const std::optional<int> line = LineOfForeignText(text)) {
    return TextFault{*line, "text beyond ASCII stands in quotes"};
  }
  return std::nullopt;
}

}  // namespace lab

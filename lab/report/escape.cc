#include "lab/report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "certs/utf8.h"

namespace lab {
namespace {

struct CodePointRange {
  uint32_t first, last;
};

// Cc, Zl, Zp, Zs but U+0020, the bidi and interlinear controls, and Default_Ignorable_Code_Point of
// DerivedCoreProperties.txt (Unicode 15). Noncharacters are told by arithmetic.
constexpr CodePointRange kUnseen[] = {
    {0x0000, 0x001f}, {0x007f, 0x00a0},   {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160},
    {0x1680, 0x1680}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f}, {0x205f, 0x206f},
    {0x3000, 0x3000}, {0x3164, 0x3164},   {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool IsUnseen(uint32_t code_point) {
  return (code_point & 0xfffe) == 0xfffe || std::ranges::any_of(kUnseen, [code_point](const CodePointRange& range) {
           return range.first <= code_point && code_point <= range.last;
         });
}

}  // namespace

std::string PrintableUtf8(std::string_view text, size_t limit) {
  std::string printable;
  printable.reserve(std::min(limit, text.size()));
  size_t at = 0;
  while (at < text.size()) {
    const std::optional<certs::Utf8Character> character = certs::FirstUtf8Character(text.substr(at));
    const size_t octets = character ? character->octets : 1;
    if (at + octets > limit) {
      return printable + fmt::format("...(+{})", text.size() - at);
    }
    if (!character) {
      printable += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[at]));
    } else if (IsUnseen(character->code_point)) {
      printable += fmt::format("\\u{{{:04x}}}", character->code_point);
    } else {
      printable += text.substr(at, octets);
    }
    at += octets;
  }
  return printable;
}

std::string MarkupEscaped(std::string_view text, size_t limit) {
  std::string escaped;
  for (const char c : PrintableUtf8(text, limit)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace lab

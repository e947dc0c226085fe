#include "lab/verifier/ip_literal.h"

#include <algorithm>

#include "lab/verifier/ascii_text.h"

namespace verifier {
namespace {

constexpr size_t kIpv6Groups = 8;

// The value of a hexadecimal digit, or -1.
int HexValue(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

// Reads strict dotted decimal into out[0..3].
bool ParseDottedDecimal(std::string_view text, uint8_t* out) {
  size_t pos = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (pos == text.size() || text[pos] != '.') {
        return false;
      }
      ++pos;
    }
    const size_t start = pos;
    unsigned value = 0;
    while (pos < text.size() && IsDigit(text[pos]) && pos - start < 3) {
      value = value * 10 + static_cast<unsigned>(text[pos] - '0');
      ++pos;
    }
    const bool leading_zero = pos - start > 1 && text[start] == '0';  // octal to some, decimal to others: to us neither
    if (pos == start || leading_zero || value > 255) {
      return false;
    }
    out[part] = static_cast<uint8_t>(value);
  }
  return pos == text.size();
}

// Reads the groups of an IPv6 address. `gap` is where "::" stood, as a count of groups before it.
struct GroupReader {
  std::string_view text;
  std::array<uint8_t, 16> octets{};
  size_t groups = 0;
  std::optional<size_t> gap;
  size_t pos = 0;

  bool Done() const { return pos == text.size(); }

  // One to four hexadecimal digits (RFC 4291 2.2, form 1).
  bool ReadGroup() {
    unsigned value = 0;
    size_t digits = 0;
    while (!Done() && digits < 4 && HexValue(text[pos]) >= 0) {
      value = value << 4 | static_cast<unsigned>(HexValue(text[pos]));
      ++pos;
      ++digits;
    }
    if (digits == 0 || groups == kIpv6Groups) {
      return false;
    }
    octets[2 * groups] = static_cast<uint8_t>(value >> 8);
    octets[2 * groups + 1] = static_cast<uint8_t>(value & 0xff);
    ++groups;
    return true;
  }

  // The dotted decimal tail, if the rest of the text is one (form 3). It takes the place of two groups.
  bool AtDottedTail() const {
    const std::string_view rest = text.substr(pos);
    return rest.find('.') != rest.npos && rest.find(':') == rest.npos;
  }
  bool ReadDottedTail() {
    if (groups > kIpv6Groups - 2 || !ParseDottedDecimal(text.substr(pos), &octets[2 * groups])) {
      return false;
    }
    groups += 2;
    pos = text.size();
    return true;
  }

  bool SkipDoubleColon() {
    if (text.substr(pos, 2) != "::") {
      return false;
    }
    pos += 2;
    return true;
  }
};

bool ParseGroups(GroupReader& reader) {
  if (reader.SkipDoubleColon()) {
    reader.gap = 0;
    if (reader.Done()) {
      return true;
    }
  }
  for (;;) {
    if (reader.AtDottedTail()) {
      return reader.ReadDottedTail();
    }
    if (!reader.ReadGroup()) {
      return false;
    }
    if (reader.Done()) {
      return true;
    }
    if (reader.SkipDoubleColon()) {
      if (reader.gap) {
        return false;  // "::" can only appear once
      }
      reader.gap = reader.groups;
      if (reader.Done()) {
        return true;
      }
    } else if (reader.text[reader.pos] == ':') {
      ++reader.pos;  // another group must follow; ReadGroup refuses the end
    } else {
      return false;
    }
  }
}

std::optional<IpAddress> ParseIpv6(std::string_view text) {
  GroupReader reader{.text = text};
  if (!ParseGroups(reader)) {
    return std::nullopt;
  }
  // "::" stands for one or more groups, so eight written groups leave it nothing to stand for.
  if (reader.gap ? reader.groups >= kIpv6Groups : reader.groups != kIpv6Groups) {
    return std::nullopt;
  }
  IpAddress address{.octets = reader.octets, .length = 16};
  if (reader.gap) {
    const auto begin = address.octets.begin();
    const auto gap = begin + static_cast<std::ptrdiff_t>(2 * *reader.gap);
    const auto end = begin + static_cast<std::ptrdiff_t>(2 * reader.groups);
    std::rotate(gap, end, address.octets.end());  // the groups behind "::" go to the end; what is unwritten is zero
  }
  return address;
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  if (text.find(':') != text.npos) {
    return ParseIpv6(text);
  }
  IpAddress address{.length = 4};
  if (!ParseDottedDecimal(text, address.octets.data())) {
    return std::nullopt;
  }
  return address;
}

bool LooksLikeIpAddress(std::string_view text) {
  if (text.starts_with('[')) {
    return true;
  }
  const std::string_view address = text.substr(0, text.find('%'));
  const bool address_alphabet =
      std::ranges::all_of(address, [](char c) { return HexValue(c) >= 0 || c == ':' || c == '.'; });
  return address_alphabet && std::ranges::count(address, ':') >= 2;
}

certs::ByteView WithoutV4Mapping(certs::ByteView octets) {
  constexpr std::array<uint8_t, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool mapped = octets.size() == 16 && std::ranges::equal(octets.first(kPrefix.size()), kPrefix);
  return mapped ? octets.subspan(kPrefix.size()) : octets;
}

std::string FormatIp(certs::ByteView octets) {
  std::string text;
  if (octets.size() == 4) {
    for (uint8_t octet : octets) {
      text += text.empty() ? "" : ".";
      text += std::to_string(octet);
    }
    return text;
  }
  constexpr char kHexDigits[] = "0123456789abcdef";
  for (size_t i = 0; i + 1 < octets.size(); i += 2) {
    const unsigned group = static_cast<unsigned>(octets[i]) << 8 | octets[i + 1];
    if (!text.empty()) {
      text += ':';
    }
    bool written = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = group >> shift & 0xf;
      if (digit != 0 || written || shift == 0) {
        text += kHexDigits[digit];
        written = true;
      }
    }
  }
  return text;
}

}  // namespace verifier

#include "certs/bytes.h"

#include <algorithm>

namespace certs {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool StandsForItself(uint8_t octet) { return octet >= 0x20 && octet <= 0x7e && octet != '\\'; }

}  // namespace

Bytes ToBytes(std::string_view text) {
  const auto* octets = reinterpret_cast<const uint8_t*>(text.data());  // of one type, or they are copied one by one
  return {octets, octets + text.size()};
}

std::string_view AsText(ByteView bytes) {
  // Bytes and characters alias by definition of the language; no copy is wanted here.
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Append(Bytes& head, ByteView tail) { head.insert(head.end(), tail.begin(), tail.end()); }

std::string ToHex(ByteView bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (uint8_t octet : bytes) {
    hex.push_back(kHexDigits[octet >> 4]);
    hex.push_back(kHexDigits[octet & 0x0f]);
  }
  return hex;
}

std::string Escaped(ByteView bytes, size_t limit) {
  const size_t shown = std::min(limit, bytes.size());
  std::string text;
  text.reserve(shown);
  for (uint8_t octet : bytes.first(shown)) {
    if (StandsForItself(octet)) {
      text.push_back(static_cast<char>(octet));
    } else {
      text += {'\\', 'x', kHexDigits[octet >> 4], kHexDigits[octet & 0x0f]};
    }
  }
  if (shown < bytes.size()) {
    text += "...(+" + std::to_string(bytes.size() - shown) + ")";
  }
  return text;
}

std::string Escaped(std::string_view text, size_t limit) {
  return Escaped(ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()), limit);
}

}  // namespace certs

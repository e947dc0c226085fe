#include "lab/verifier/smtp_text.h"

#include <openssl/base64.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace verifier {
namespace {

constexpr size_t kMaxPath = 254;
constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxCredential = 1000;

char UpperOf(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool EqualsIgnoringCase(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, [](char a, char b) { return UpperOf(a) == b; });
}

// Cuts the next word off `rest`; words are separated by single spaces, so two in a row yield an empty word.
std::string_view NextWord(std::string_view& rest) {
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

void AddMechanisms(std::string_view words, std::vector<SaslMechanism>& list) {
  while (!words.empty()) {
    const auto mechanism = SaslMechanismByName(NextWord(words));
    if (mechanism && std::ranges::count(list, *mechanism) == 0) {
      list.push_back(*mechanism);
    }
  }
}

// UTF-8 as RFC 3629 4 has it: no overlong forms, no surrogates, nothing above U+10FFFF; and no C1 control either.
bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : 3;
    if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) {
      return false;
    }
    uint32_t point = more == 0 ? first : first & (0x3fu >> more);
    for (size_t k = 1; k <= more; ++k) {
      const auto next = i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
      if ((next & 0xc0u) != 0x80u) {
        return false;
      }
      point = point << 6 | (next & 0x3fu);
    }
    constexpr uint32_t kLeast[] = {0, 0xa0, 0x800, 0x10000};
    if (point < kLeast[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

// BoringSSL takes octets where C++ has characters.
const uint8_t* Base64Octets(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

}  // namespace

EhloOffers ParseEhlo(const Reply& reply) {
  EhloOffers offers;
  for (size_t i = 1; i < reply.lines.size(); ++i) {
    const std::string_view line = reply.lines[i];
    std::string_view rest = line;
    const std::string_view keyword = NextWord(rest);
    // An extension that takes no parameters and has some is not that extension.
    offers.starttls |= EqualsIgnoringCase(line, "STARTTLS");
    offers.eight_bit_mime |= EqualsIgnoringCase(line, "8BITMIME");
    offers.smtp_utf8 |= EqualsIgnoringCase(keyword, "SMTPUTF8");  // RFC 6531 3.1: parameters are to be ignored
    offers.require_tls |= EqualsIgnoringCase(line, "REQUIRETLS");
    if (EqualsIgnoringCase(keyword, "SIZE")) {
      uint64_t size = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
      offers.size = error == std::errc() && end == rest.data() + rest.size() ? size : 0;
    } else if (EqualsIgnoringCase(keyword, "AUTH")) {
      AddMechanisms(rest, offers.auth);
    }
  }
  return offers;
}

bool IsSafePath(std::string_view text) {
  return text.size() <= kMaxPath && IsUtf8(text) && std::ranges::all_of(text, [](char c) {
           return (IsVisible(c) || static_cast<unsigned char>(c) >= 0x80) && c != '<' && c != '>';
         });
}

bool IsSafeDomain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxDomain && std::ranges::all_of(text, IsVisible);
}

bool IsSafeCredential(std::string_view text) {
  return text.size() <= kMaxCredential && text.find('\0') == std::string_view::npos;
}

std::string DataBlock(std::string_view body) {
  std::string block;
  block.reserve(body.size() + body.size() / 32 + 8);
  while (!body.empty()) {
    const size_t end = std::min(body.find_first_of("\r\n"), body.size());
    if (body.front() == '.') {
      block += '.';
    }
    block += body.substr(0, end);
    block += "\r\n";
    body.remove_prefix(end);
    body.remove_prefix(body.starts_with("\r\n") ? 2 : body.empty() ? 0 : 1);
  }
  block += ".\r\n";
  return block;
}

std::string Base64(std::string_view text) {
  // EVP_EncodeBlock also writes a final NUL.
  std::vector<uint8_t> encoded((text.size() + 2) / 3 * 4 + 1);
  const size_t length = EVP_EncodeBlock(encoded.data(), Base64Octets(text), text.size());
  return std::string(encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(length));
}

std::optional<std::string> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::vector<uint8_t> decoded(text.size() / 4 * 3 + 1);
  size_t length = 0;
  if (EVP_DecodeBase64(decoded.data(), &length, decoded.size(), Base64Octets(text), text.size()) != 1) {
    return std::nullopt;
  }
  // BoringSSL does not look at the bits that pad the last octet; whoever writes base64 sets them to zero (RFC
  // 4648 3.5).
  std::string octets(certs::AsText(certs::ByteView(decoded).first(length)));
  return Base64(octets) == text ? std::optional(std::move(octets)) : std::nullopt;
}

}  // namespace verifier

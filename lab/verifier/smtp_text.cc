#include "lab/verifier/smtp_text.h"

#include <openssl/base64.h>

#include <algorithm>
#include <vector>

namespace verifier {
namespace {

constexpr size_t kMaxPath = 254;
constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxCredential = 1000;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool EqualsIgnoringCase(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, [](char a, char b) { return Upper(a) == b; });
}

// Cuts the next word off `rest`; words are separated by single spaces, so two in a row yield an empty word.
std::string_view NextWord(std::string_view& rest) {
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

// BoringSSL takes octets where C++ has characters.
const uint8_t* Data(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

}  // namespace

EhloOffers ParseEhlo(const Reply& reply) {
  EhloOffers offers;
  for (size_t i = 1; i < reply.lines.size(); ++i) {
    std::string_view rest = reply.lines[i];
    if (EqualsIgnoringCase(rest, "STARTTLS")) {
      offers.starttls = true;
    } else if (EqualsIgnoringCase(NextWord(rest), "AUTH")) {
      while (!rest.empty()) {
        const std::string_view mechanism = NextWord(rest);
        offers.auth_plain |= EqualsIgnoringCase(mechanism, "PLAIN");
        offers.auth_login |= EqualsIgnoringCase(mechanism, "LOGIN");
      }
    }
  }
  return offers;
}

bool IsSafePath(std::string_view text) {
  return text.size() <= kMaxPath &&
         std::ranges::all_of(text, [](char c) { return IsVisible(c) && c != '<' && c != '>'; });
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
  const size_t length = EVP_EncodeBlock(encoded.data(), Data(text), text.size());
  return std::string(encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(length));
}

bool IsBase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return false;
  }
  std::vector<uint8_t> decoded(text.size() / 4 * 3 + 1);
  size_t length = 0;
  return EVP_DecodeBase64(decoded.data(), &length, decoded.size(), Data(text), text.size()) == 1;
}

}  // namespace verifier

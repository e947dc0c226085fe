// From what the user configured to a reference identifier, strictly or as a profile does it.
#include <algorithm>
#include <optional>

#include "lab/verifier/ascii_text.h"
#include "lab/verifier/idna.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

// More octets than a name within the limits needs in UTF-8. What mapping removes (soft hyphens, say) could otherwise
// make a configured name as long as one likes.
constexpr size_t kMaxConfigured = 4 * (kMaxName + 1);

bool IsAscii(char c) { return static_cast<uint8_t>(c) < 0x80; }

// Maps the internationalised name to A-labels. What mapping makes of ASCII look-alikes is caught by the syntax check.
std::expected<std::string, NameReason> Internationalised(std::string_view name) {
  auto converted = ToALabels(name);
  if (!converted) {
    switch (converted.error()) {
      case IdnaError::kLabelTooLong:
        return std::unexpected(NameReason::kLabelTooLong);
      case IdnaError::kNameTooLong:
        return std::unexpected(NameReason::kNameTooLong);
      case IdnaError::kInvalid:
        return std::unexpected(NameReason::kBadIdn);
    }
  }
  // A low line is no character of a U-label (RFC 5892: DISALLOWED); libidn2 lets it through inside the A-label.
  std::string_view rest = *converted;
  while (!rest.empty()) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.starts_with("xn--") && label.find('_') != label.npos) {
      return std::unexpected(NameReason::kBadIdn);
    }
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  return std::move(*converted);
}

// %XX as the octet it stands for; a % that begins no octet stays one.
std::string UrlUnescaped(std::string_view text) {
  const auto digit = [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string octets;
  for (size_t pos = 0; pos < text.size(); ++pos) {
    const bool escape =
        text[pos] == '%' && text.size() - pos > 2 && digit(text[pos + 1]) >= 0 && digit(text[pos + 2]) >= 0;
    octets += escape ? static_cast<char>(digit(text[pos + 1]) * 16 + digit(text[pos + 2])) : text[pos];
    pos += escape ? 2 : 0;
  }
  return octets;
}

// The address that a profile reads in the text, or nothing.
std::optional<IpAddress> AddressIn(std::string_view text, const NamePolicy& policy) {
  if (policy.ip_brackets && text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  if (const size_t zone = text.find('%'); policy.ip_zone && zone != text.npos && text.find(':') < zone) {
    text = text.substr(0, zone);
  }
  std::optional<IpAddress> address = ParseIpAddress(text);
  if (address && policy.ip_v4mapped && WithoutV4Mapping(address->View()).size() == 4) {
    std::ranges::rotate(address->octets, address->octets.begin() + (address->length - 4));
    address->length = 4;
  }
  return address;
}

// The name under a profile's rules of dots, U-labels and syntax.
std::expected<std::string, NameReason> NameIn(std::string_view text, const NamePolicy& policy) {
  std::string name(text);
  if (!std::ranges::all_of(text, IsAscii)) {
    if (policy.idna == Idna::kReject) {
      return std::unexpected(NameReason::kBadIdn);
    }
    if (policy.idna == Idna::kUts46) {
      auto converted =
          text.find('\0') == text.npos ? Internationalised(text) : std::unexpected(NameReason::kBadCharacter);
      if (!converted) {
        return converted;
      }
      name = std::move(*converted);
    }
  }
  const bool dot = name.size() > 1 && name.ends_with('.');
  if (dot && policy.reference_dot == DotRule::kReject) {
    return std::unexpected(NameReason::kTrailingDot);
  }
  const std::string without_dot = dot ? name.substr(0, name.size() - 1) : name;
  if (policy.syntax_check == SyntaxCheck::kBoth) {
    if (const NameSyntax syntax = CheckHostName(without_dot, policy.reference_syntax);
        syntax.reason != NameReason::kValid) {
      return std::unexpected(syntax.reason);
    }
  }
  return AsciiLower(dot && policy.reference_dot == DotRule::kStrip ? without_dot : name);
}

}  // namespace

std::expected<Reference, NameReason> ParseReference(std::string_view configured) {
  if (configured.empty()) {
    return std::unexpected(NameReason::kEmpty);
  }
  if (configured.size() > kMaxConfigured) {
    return std::unexpected(NameReason::kNameTooLong);
  }
  if (const auto address = ParseIpAddress(configured)) {
    return Reference{.kind = Reference::Kind::kIp, .dns = {}, .ip = address->octets, .ip_len = address->length};
  }
  if (LooksLikeIpAddress(configured)) {
    return std::unexpected(NameReason::kBadIpLiteral);
  }
  // Before any mapping: a character that ASCII host names cannot hold must never get the chance to be mapped away.
  const auto forbidden = [](char c) { return IsAscii(c) && c != '.' && LowerLabelOctet(c) == 0; };
  if (std::ranges::any_of(configured, forbidden)) {
    return std::unexpected(NameReason::kBadCharacter);
  }
  std::string name(configured);
  if (!std::ranges::all_of(configured, IsAscii)) {
    auto converted = Internationalised(configured);
    if (!converted) {
      return std::unexpected(converted.error());
    }
    name = std::move(*converted);
  }
  if (name.ends_with('.')) {
    name.pop_back();  // the root's dot says "this name is complete"; certificates do not write it
  }
  if (const NameSyntax syntax = CheckHostName(name); syntax.reason != NameReason::kValid) {
    return std::unexpected(syntax.reason);
  }
  for (char& c : name) {
    c = c == '.' ? '.' : static_cast<char>(LowerLabelOctet(c));
  }
  return Reference{.kind = Reference::Kind::kDns, .dns = std::move(name)};
}

std::expected<Reference, NameReason> ParseReference(std::string_view configured, const NamePolicy& policy) {
  if (!IsLenient(policy)) {
    return ParseReference(configured);
  }
  const std::string text = policy.url_unescape ? UrlUnescaped(configured) : std::string(configured);
  if (text.empty()) {
    return std::unexpected(NameReason::kEmpty);
  }
  if (text.size() > kMaxConfigured && !policy.reference_syntax.any_length) {
    return std::unexpected(NameReason::kNameTooLong);
  }
  Reference reference;
  if (policy.exact_if_invalid || policy.ip_text_in_dns != IpTextInDns::kOff) {
    reference.text = AsciiLower(text);
  }
  if (const auto address = AddressIn(text, policy)) {
    if (policy.ip_deny_unspecified && std::ranges::all_of(address->View(), [](uint8_t octet) { return octet == 0; })) {
      return std::unexpected(NameReason::kBadIpLiteral);
    }
    reference.kind = Reference::Kind::kIp;
    reference.ip = address->octets;
    reference.ip_len = address->length;
    return reference;
  }
  const bool checked = policy.syntax_check == SyntaxCheck::kBoth && !policy.exact_if_invalid;
  if (checked && LooksLikeIpAddress(text)) {
    return std::unexpected(NameReason::kBadIpLiteral);
  }
  if (auto name = NameIn(text, policy)) {
    reference.dns = std::move(*name);
  } else if (policy.exact_if_invalid) {
    reference.exact_only = true;
  } else {
    return std::unexpected(name.error());
  }
  return reference;
}

}  // namespace verifier

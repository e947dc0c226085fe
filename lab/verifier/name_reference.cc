// From what the user configured to a reference identifier.
#include <algorithm>

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

}  // namespace verifier

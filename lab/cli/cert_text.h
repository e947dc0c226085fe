// The text forms of `match --batch` for what does not fit into one name: a whole certificate's names, and the name
// constraints of the CAs above it (match.h has the grammar).
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/verifier/certificate.h"

namespace lab {

// A field of the table with its escapes undone. A separator that was escaped is an ordinary octet.
struct FieldText {
  std::string octets;
  std::string is_escaped;  // for each octet '\1' if it was written with a backslash, else '\0'
};

// Undoes \xNN, and a backslash before one of ; | , / + = \ for fields whose parts those separate. Nothing for any other
// backslash.
std::optional<FieldText> UnescapeField(std::string_view text);

// Names as a parsed certificate has them. Owns what the views borrow; moves but does not copy.
struct TextNames {
  verifier::Certificate certificate;  // subject, san, permitted, excluded, ... as far as the text says
  std::deque<certs::Bytes> storage;

  TextNames() = default;
  TextNames(TextNames&&) = default;
  TextNames& operator=(TextNames&&) = default;
  TextNames(const TextNames&) = delete;
  TextNames& operator=(const TextNames&) = delete;
};

// Reads "SUBJECT=CN=a/CN=b;DNS=...;IP=...;...". An error says what is wrong with the text, for people.
std::expected<TextNames, std::string> ReadCertificateText(std::string_view field);

// The constraints of the CAs from the root down: for each, alternatives, any of which may serve.
using ConstraintLevels = std::vector<std::vector<TextNames>>;
std::expected<ConstraintLevels, std::string> ReadConstraintText(std::string_view field);

}  // namespace lab

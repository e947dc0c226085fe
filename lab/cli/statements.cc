#include "lab/cli/statements.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "lab/cli/files.h"
#include "lab/verifier/pem.h"

namespace lab {
namespace {

certs::Result<void> AddStatements(const std::string& name, std::string_view label, std::vector<certs::Bytes>& into) {
  const certs::Result<std::string> text = ReadWholeFile(name);
  if (!text) {
    return std::unexpected(text.error());
  }
  auto blocks = verifier::StatementsFromFile(*text, label, name);
  if (!blocks) {
    return std::unexpected(blocks.error());
  }
  into.insert(into.end(), blocks->begin(), blocks->end());
  return {};
}

// Pairs of hexadecimal digits.
std::optional<certs::Bytes> FromHex(std::string_view text) {
  certs::Bytes bytes;
  for (; text.size() >= 2; text.remove_prefix(2)) {
    uint8_t octet = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, octet, 16);
    if (error != std::errc() || end != text.data() + 2) {
      return std::nullopt;
    }
    bytes.push_back(octet);
  }
  return text.empty() && !bytes.empty() ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace

certs::Result<Statements> ReadStatements(const StatementOptions& options, verifier::RevocationMode usual) {
  Statements statements{.mode = usual, .crls = {}, .staples = {}};
  for (const std::string& name : options.crl_files) {
    if (const auto done = AddStatements(name, "X509 CRL", statements.crls); !done) {
      return std::unexpected(done.error());
    }
  }
  if (!options.ocsp_file.empty()) {
    if (const auto done = AddStatements(options.ocsp_file, "OCSP RESPONSE", statements.staples); !done) {
      return std::unexpected(done.error());
    }
  }
  if (options.revocation.empty()) {
    return statements;
  }
  const auto mode = verifier::RevocationModeByName(options.revocation);
  if (!mode) {
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("--revocation takes off, soft or hard, not \"{}\"",
                                                                certs::Escaped(options.revocation, 100)));
  }
  statements.mode = *mode;
  return statements;
}

certs::Result<verifier::NamePolicy> ReadProfile(const std::string& name) {
  const auto policy = name.empty() ? verifier::NamePolicy{} : verifier::ProfileByName(name);
  if (!policy) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       fmt::format("there is no profile \"{}\"; there are {}", certs::Escaped(name, 100),
                                   fmt::join(verifier::ProfileNames(), ", ")));
  }
  return *policy;
}

certs::Result<verifier::TlsaRecord> ReadTlsa(const std::string& text) {
  std::istringstream fields(text);
  unsigned usage = 0, selector = 0, matching = 0;
  std::string hex, rest;
  constexpr unsigned kMostNumber = 255;
  const bool three = static_cast<bool>(fields >> usage >> selector >> matching >> hex) && !(fields >> rest);
  const auto data = three ? FromHex(hex) : std::nullopt;
  if (!data || usage > kMostNumber || selector > kMostNumber || matching > kMostNumber) {
    return certs::Fail(
        certs::ErrorCode::kBadInput,
        fmt::format("\"{}\" is no TLSA record such as \"3 1 1 <hexadecimal digits>\"", certs::Escaped(text, 100)));
  }
  return verifier::TlsaRecord{.usage = static_cast<uint8_t>(usage),
                              .selector = static_cast<uint8_t>(selector),
                              .matching = static_cast<uint8_t>(matching),
                              .data = *data};
}

}  // namespace lab

#include "lab/cli/statements.h"

#include <fmt/format.h>

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

}  // namespace lab

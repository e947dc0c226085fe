#include "lab/cli/verify.h"

#include <fmt/format.h>

#include <istream>
#include <ostream>
#include <vector>

#include "certs/result.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/cli/limbo.h"
#include "lab/cli/verify_print.h"
#include "lab/runner/clock.h"
#include "lab/verifier/pem.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

// What is said about the chain's status.
struct Statements {
  verifier::RevocationMode mode = verifier::RevocationMode::kOff;
  std::vector<certs::Bytes> crls, staples;
};

certs::Result<Statements> ReadStatements(const VerifyOptions& options) {
  Statements statements;
  const auto read = [](const std::string& name, std::string_view label,
                       std::vector<certs::Bytes>& into) -> certs::Result<void> {
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
  };
  for (const std::string& name : options.crl_files) {
    if (const auto done = read(name, "X509 CRL", statements.crls); !done) {
      return std::unexpected(done.error());
    }
  }
  if (!options.ocsp_file.empty()) {
    if (const auto done = read(options.ocsp_file, "OCSP RESPONSE", statements.staples); !done) {
      return std::unexpected(done.error());
    }
  }
  const bool any = !options.crl_files.empty() || !options.ocsp_file.empty();
  const auto mode = verifier::RevocationModeByName(!options.revocation.empty() ? options.revocation
                                                   : any                       ? "soft"
                                                                               : "off");
  if (!mode) {
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("--revocation takes off, soft or hard, not \"{}\"",
                                                                certs::Escaped(options.revocation, 100)));
  }
  statements.mode = *mode;
  return statements;
}

int Complain(const certs::Error& error, std::ostream& err) {
  err << "starttls-lab: " << error.detail << "\n";
  return ExitCodeOf(error);
}

}  // namespace

int RunVerify(const VerifyOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  const int64_t now = options.now ? *options.now : UnixNow();
  if (options.limbo) {
    return RunLimbo(in, out, err, now);
  }
  const certs::Result<std::vector<certs::Bytes>> chain = ReadCertificates(options.chain_file);
  if (!chain) {
    return Complain(chain.error(), err);
  }
  const certs::Result<std::vector<certs::Bytes>> anchors = ReadAnchors(options.ca_file);
  if (!anchors) {
    return Complain(anchors.error(), err);
  }
  const certs::Result<Statements> statements = ReadStatements(options);
  if (!statements) {
    return Complain(statements.error(), err);
  }
  const verifier::VerifyRequest request{
      .chain = {chain->begin(), chain->end()},
      .anchors = {anchors->begin(), anchors->end()},
      .reference = options.host,
      .now = now,
      .revocation = {.mode = statements->mode,
                     .staples = {statements->staples.begin(), statements->staples.end()},
                     .crls = {statements->crls.begin(), statements->crls.end()}},
      .collect_all = true};
  const verifier::VerifyResult result = verifier::Verify(request);
  out << (options.json ? VerifyReportJson(request, result) : VerifyReportText(request, result));
  return result.verdict.ok() ? kExitOk : kExitUnexpected;
}

}  // namespace lab

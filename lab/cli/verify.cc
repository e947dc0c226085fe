#include "lab/cli/verify.h"

#include <istream>
#include <ostream>
#include <vector>

#include "certs/result.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/cli/limbo.h"
#include "lab/cli/statements.h"
#include "lab/cli/verify_print.h"
#include "lab/runner/clock.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

int Complain(const certs::Error& error, std::ostream& err) {
  err << "starttls-lab: " << error.detail << "\n";
  return ExitCodeOf(error);
}

// By the records, if there are any.
certs::Result<verifier::TrustDecision> TrustOf(const std::vector<std::string>& tlsa) {
  verifier::TrustDecision trust;
  for (const std::string& text : tlsa) {
    auto record = ReadTlsa(text);
    if (!record) {
      return std::unexpected(record.error());
    }
    trust.mode = verifier::TrustMode::kDane;
    trust.tlsa.push_back(*std::move(record));
  }
  return trust;
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
  const certs::Result<verifier::NamePolicy> names = ReadProfile(options.profile);
  if (!names) {
    return Complain(names.error(), err);
  }
  const certs::Result<verifier::TrustDecision> trust = TrustOf(options.tlsa);
  if (!trust) {
    return Complain(trust.error(), err);
  }
  const bool needs_anchors = trust->mode == verifier::TrustMode::kPkix || !options.ca_file.empty();
  const certs::Result<std::vector<certs::Bytes>> anchors =
      needs_anchors ? ReadAnchors(options.ca_file) : std::vector<certs::Bytes>{};
  if (!anchors) {
    return Complain(anchors.error(), err);
  }
  const bool any = !options.status.crl_files.empty() || !options.status.ocsp_file.empty();
  const certs::Result<Statements> statements =
      ReadStatements(options.status, any ? verifier::RevocationMode::kSoft : verifier::RevocationMode::kOff);
  if (!statements) {
    return Complain(statements.error(), err);
  }
  const verifier::VerifyRequest request{
      .chain = {chain->begin(), chain->end()},
      .anchors = {anchors->begin(), anchors->end()},
      .reference = options.host,
      .now = now,
      .names = *names,
      .trust = *trust,
      .revocation = {.mode = statements->mode,
                     .staples = {statements->staples.begin(), statements->staples.end()},
                     .crls = {statements->crls.begin(), statements->crls.end()}},
      .collect_all = true};
  const verifier::VerifyResult result = verifier::Verify(request);
  out << (options.json ? VerifyReportJson(request, result) : VerifyReportText(request, result));
  return result.verdict.ok() ? kExitOk : kExitUnexpected;
}

}  // namespace lab

#include "lab/cli/verify.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <ostream>
#include <vector>

#include "certs/result.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/limbo.h"
#include "lab/cli/verify_print.h"
#include "lab/runner/clock.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/pem.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;

// Reads a whole file. Neither a directory nor an endless device will do.
certs::Result<std::string> ReadFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text;
  char buffer[1 << 16];
  while (file && text.size() <= kMostBytes) {
    file.read(buffer, sizeof buffer);
    text.append(buffer, static_cast<size_t>(file.gcount()));
  }
  if (!file.eof()) {
    const std::string why = text.size() > kMostBytes ? "is larger than 64 MiB" : std::strerror(errno);
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("cannot read {}: {}", certs::Escaped(name, 300), why));
  }
  return text;
}

certs::Result<std::vector<certs::Bytes>> ReadCertificates(const std::string& name) {
  certs::Result<std::string> text = ReadFile(name);
  if (!text) {
    return std::unexpected(text.error());
  }
  return verifier::CertificatesFromPem(*text, name);
}

// An anchor that is no certificate is a mistake in the configuration, not a defect of the chain.
certs::Result<std::vector<certs::Bytes>> ReadAnchors(const std::string& name) {
  certs::Result<std::vector<certs::Bytes>> anchors = ReadCertificates(name);
  for (size_t i = 0; anchors && i < anchors->size(); ++i) {
    if (const auto parsed = verifier::ParseCertificate((*anchors)[i]); !parsed) {
      return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("{}: certificate {} is {}", certs::Escaped(name, 300),
                                                                  i + 1, parsed.error().detail));
    }
  }
  return anchors;
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
  const verifier::VerifyRequest request{.chain = {chain->begin(), chain->end()},
                                        .anchors = {anchors->begin(), anchors->end()},
                                        .reference = options.host,
                                        .now = now,
                                        .collect_all = true};
  const verifier::VerifyResult result = verifier::Verify(request);
  out << (options.json ? VerifyReportJson(request, result) : VerifyReportText(request, result));
  return result.verdict.ok() ? kExitOk : kExitUnexpected;
}

}  // namespace lab

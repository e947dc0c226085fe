#include "lab/runner/built_in.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "lab/verifier/tls_report.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

std::vector<verifier::ByteView> Views(const std::vector<certs::Bytes>& all) { return {all.begin(), all.end()}; }

verifier::RevocationMode ModeOf(certs::RevocationCheck check) {
  switch (check) {
    case certs::RevocationCheck::kSoft:
      return verifier::RevocationMode::kSoft;
    case certs::RevocationCheck::kHard:
      return verifier::RevocationMode::kHard;
    case certs::RevocationCheck::kOff:
      break;
  }
  return verifier::RevocationMode::kOff;
}

std::string MailDate(int64_t now) {
  const std::time_t seconds = now;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", utc);
}

}  // namespace

std::string MakeMessage(const Honey& honey, int64_t now) {
  return fmt::format(
      "From: <{}>\nTo: <{}>\nSubject: starttls-lab\nDate: {}\nMessage-ID: <{}@client.test>\n\nThe lab's word: {}\n",
      honey.from, honey.to, MailDate(now), honey.token, honey.token);
}

verifier::SmtpClientConfig MakeConfig(const World& world, fakeserver::TlsMode mode, const certs::IssuedChain& chain,
                                      const Honey& honey, int64_t now, Policy policy) {
  verifier::SmtpClientConfig config;
  config.reference = world.reference;
  config.anchors = chain.trusted;
  config.now = now;
  config.mode = mode == fakeserver::TlsMode::kImplicit ? verifier::TlsMode::kImplicit : verifier::TlsMode::kStartTls;
  config.revocation = ModeOf(world.chain.revocation.check);
  config.crls = chain.crls;
  config.helo = honey.helo;
  if (policy == Policy::kSubmission) {
    config.user = honey.user;
    config.password = honey.password;
  }
  config.message = verifier::Message{.from = honey.from, .to = {honey.to}, .body = MakeMessage(honey, now)};
  return config;
}

ClientReport MakeReport(const verifier::SmtpClient& client, const verifier::SmtpClientConfig& config,
                        bool collect_all) {
  const verifier::SmtpClientResult& result = client.result();
  ClientReport report{.claim = result.verdict.ok() ? Claim::kDelivered : Claim::kRefused,
                      .verdict = result.verdict,
                      .detail = result.detail};
  if (const std::string_view type = Name(verifier::TlsResultTypeOf(result.verdict, result.stage)); !type.empty()) {
    report.tls_results.emplace_back(type);
  }
  if (!collect_all) {
    return report;
  }
  report.collected = true;
  if (!result.chain.empty()) {
    const verifier::VerifyResult all = verifier::Verify(
        {.chain = Views(result.chain),
         .anchors = Views(config.anchors),
         .reference = config.reference,
         .now = config.now,
         .names = config.names,
         .trust = config.trust,
         .revocation = {.mode = config.revocation, .staples = Views(result.staples), .crls = Views(config.crls)},
         .collect_all = true});
    for (const verifier::Defect& defect : all.defects) {
      report.all_defects.push_back(defect.verdict);
    }
  }
  // The handshake or the conversation failed, not the certificate: that is a defect too.
  if (!result.verdict.ok() && result.verification.verdict.ok() &&
      std::ranges::count(report.all_defects, result.verdict) == 0) {
    report.all_defects.push_back(result.verdict);
  }
  return report;
}

}  // namespace lab

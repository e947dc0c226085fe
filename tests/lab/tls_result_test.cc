// Row P6: what a relay would report to the domain about each kind of failure (RFC 8460 4.3). No scenario leads to
// dane-required: the built-in relay is never configured to demand DANE of a domain that has none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "certs/issue.h"
#include "certs/keys.h"
#include "lab/runner/run.h"
#include "lab/verifier/tls_report.h"

namespace lab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Reported(const char* id, Policy policy) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), kLabNow);
  const Scenario* scenario = FindScenario(id);
  EXPECT_NE(scenario, nullptr) << id;
  return scenario == nullptr
             ? std::vector<std::string>()
             : RunInMemory(*scenario, fakeserver::TlsMode::kStartTls, policy, issuer, 1, false).report.tls_results;
}

TEST(TlsResults, OfNegotiationsNameWhatFailed) {
  const std::pair<const char*, const char*> expected[] = {
      {"smtp.starttls-not-offered", "starttls-not-supported"}, {"smtp.starttls-answered-454", "starttls-not-supported"},
      {"name.wrong-host", "certificate-host-mismatch"},        {"time.leaf-expired", "certificate-expired"},
      {"chain.self-signed", "certificate-not-trusted"},        {"revocation.ocsp-revoked", "certificate-not-trusted"},
      {"tls.tls13-finished-wrong", "validation-failure"},      {"smtp.220-then-clear", "validation-failure"},
      {"sts.mx-not-in-policy", "validation-failure"},
  };
  for (const auto& [id, type] : expected) {
    EXPECT_THAT(Reported(id, Policy::kRelayMtaSts), ElementsAre(type)) << id;
  }
}

TEST(TlsResults, OfDaneNameRecordAndResolver) {
  EXPECT_THAT(Reported("dane.other-key", Policy::kRelayDane), ElementsAre("tlsa-invalid"));
  EXPECT_THAT(Reported("dane.tlsa-servfail", Policy::kRelayDane), ElementsAre("dnssec-invalid"));
}

// A policy that cannot be had is reported though the mail goes through without it.
TEST(TlsResults, OfPoliciesComeBesideTheSessions) {
  EXPECT_THAT(Reported("sts.policy-host-expired", Policy::kRelayMtaSts), ElementsAre("sts-webpki-invalid"));
  EXPECT_THAT(Reported("sts.policy-host-refused", Policy::kRelayMtaSts), ElementsAre("sts-policy-fetch-error"));
  EXPECT_THAT(Reported("sts.no-max-age", Policy::kRelayMtaSts), ElementsAre("sts-policy-invalid"));
}

TEST(TlsResults, AreNoneWhereAllIsWell) {
  EXPECT_THAT(Reported("control.good", Policy::kRelayMtaSts), IsEmpty());
  EXPECT_THAT(Reported("transaction.rcpt-answered-450", Policy::kRelayMtaSts), IsEmpty()) << "that is not about TLS";
}

}  // namespace
}  // namespace lab

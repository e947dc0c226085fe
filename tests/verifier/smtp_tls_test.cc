// What the client makes of certificates and of TLS: it decides before it speaks, and says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "lab/verifier/smtp_client.h"
#include "lab/verifier/tls_client.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::ChainSpec;
using certs::Reason;
using certs::Verdict;
using ::testing::IsEmpty;

constexpr uint16_t kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr uint16_t kOldVersions[] = {TLS1_VERSION, TLS1_1_VERSION};

struct BadChain {
  const char* name;
  Verdict verdict;
  int alert;
  void (*edit)(ChainSpec&);
};

const BadChain kBadChains[] = {
    {"expired", {Reason::kExpired}, 45, [](ChainSpec& chain) { chain.leaf().not_after = {std::chrono::seconds(-1)}; }},
    {"not_yet_valid",
     {Reason::kNotYetValid},
     45,
     [](ChainSpec& chain) { chain.leaf().not_before = {std::chrono::seconds(1)}; }},
    {"expired_intermediate",
     {Reason::kExpired, 1},
     45,
     [](ChainSpec& chain) { chain.intermediate().not_after = {std::chrono::seconds(-1)}; }},
    {"other_name",
     {Reason::kNameMismatch},
     42,
     [](ChainSpec& chain) { chain.leaf().san->names = {certs::Dns(certs::kEveHost)}; }},
    {"no_name", {Reason::kNoPresentedIdentifier}, 42, [](ChainSpec& chain) { chain.leaf().san.reset(); }},
    {"missing_intermediate", {Reason::kUnknownIssuer}, 48, [](ChainSpec& chain) { chain.presented = {"leaf"}; }},
    {"bad_signature",
     {Reason::kSignatureInvalid},
     51,
     [](ChainSpec& chain) { chain.leaf().signature_fault = certs::SignatureFault::kFlipBit; }},
    {"not_a_ca",
     {Reason::kNotACa, 1},
     48,
     [](ChainSpec& chain) {
       chain.intermediate().basic_constraints->ca = false;
       chain.intermediate().basic_constraints->path_len.reset();
     }},
    {"no_server_auth",
     {Reason::kExtendedKeyUsage},
     43,
     [](ChainSpec& chain) { chain.leaf().extended_key_usage->purposes = {std::string(certs::kClientAuth)}; }},
    {"unknown_critical",
     {Reason::kUnknownCriticalExtension},
     43,
     [](ChainSpec& chain) {
       chain.leaf().extra_extensions.push_back({.oid = "1.3.6.1.4.1.55738.9", .critical = true, .value = {5, 0}});
     }},
};

class BadCertificate : public ::testing::TestWithParam<std::tuple<TlsMode, uint16_t, BadChain>> {};

TEST_P(BadCertificate, IsRefusedBeforeTheServerHearsAnything) {
  const auto& [mode, version, bad] = GetParam();
  FakeScript script{.mode = mode};
  script.min_version = script.max_version = version;
  bad.edit(script.chain);
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict, bad.verdict) << talk.result.detail;
  EXPECT_FALSE(talk.result.verified);
  EXPECT_EQ(talk.result.stage, Stage::kHandshake);
  EXPECT_EQ(talk.result.chain, IssueForTest(script.chain)->presented);
  EXPECT_THAT(talk.in_tls, IsEmpty());
  EXPECT_TRUE(talk.KeptQuietInClear());
  // An alert and at most a ChangeCipherSpec: no room for a command.
  EXPECT_LE(talk.behind_client_hello, 40u);
  EXPECT_EQ(talk.alert, bad.alert);
  EXPECT_TRUE(talk.ended);
}

INSTANTIATE_TEST_SUITE_P(Rows, BadCertificate,
                         ::testing::Combine(::testing::Values(TlsMode::kStartTls, TlsMode::kImplicit),
                                            ::testing::Values(uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}),
                                            ::testing::ValuesIn(kBadChains)),
                         [](const auto& row) {
                           return std::string(std::get<2>(row.param).name) +
                                  (std::get<1>(row.param) == TLS1_3_VERSION ? "_tls13" : "_tls12") +
                                  (std::get<0>(row.param) == TlsMode::kStartTls ? "_starttls" : "_implicit");
                         });

// BoringSSL refuses these by itself, before it asks; the verdict must still name the certificate's fault.

class ForbiddenKeyUsage : public ::testing::TestWithParam<uint16_t> {};

TEST_P(ForbiddenKeyUsage, IsNamedAlthoughTheLibraryStumblesFirst) {
  FakeScript script;
  script.min_version = script.max_version = GetParam();
  script.chain.leaf().key = {certs::KeyType::kRsa2048, "leaf"};
  script.chain.leaf().key_usage = certs::KeyUsage{.bits = certs::kKeyEncipherment};
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kKeyUsage}) << talk.result.detail;
  EXPECT_EQ(talk.result.chain, IssueForTest(script.chain)->presented);
  EXPECT_THAT(talk.in_tls, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Versions, ForbiddenKeyUsage,
                         ::testing::Values(uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}));

Talk WithCertificateMessage(certs::Bytes body) {
  FakeScript script;
  script.max_version = TLS1_2_VERSION;
  script.certificate_body = std::move(body);
  return Converse(script);
}

TEST(CertificateMessage, WithoutCertificatesIsNoCertificate) {
  const Talk talk = WithCertificateMessage({0, 0, 0});
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kNoCertificate});
  EXPECT_THAT(talk.result.chain, IsEmpty());
  EXPECT_TRUE(talk.ended);
}

TEST(CertificateMessage, WithGarbageForALeafIsAMalformedCertificate) {
  EXPECT_EQ(WithCertificateMessage({0, 0, 8, 0, 0, 5, 1, 2, 3, 4, 5}).result.verdict,
            Verdict{Reason::kMalformedCertificate});
  EXPECT_EQ(WithCertificateMessage({0, 0, 3, 0, 0, 0}).result.verdict, Verdict{Reason::kMalformedCertificate});
}

TEST(CertificateMessage, WhoseLengthsDoNotFitIsATlsFault) {
  for (const certs::Bytes& body :
       std::vector<certs::Bytes>{{}, {0}, {0, 0, 9, 0, 0, 5, 1}, {0, 0, 4, 0, 0, 5, 1}, {0, 0, 0, 0}}) {
    EXPECT_EQ(WithCertificateMessage(body).result.verdict, Verdict{Reason::kTlsFailed}) << certs::ToHex(body);
  }
}

TEST(Tls, AWrongHandshakeSignatureIsNotTheCertificatesFault) {
  for (uint16_t version : kVersions) {
    FakeScript script;
    script.max_version = version;
    script.flip_signature = true;
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict, Verdict{Reason::kTlsFailed}) << talk.result.detail;
    EXPECT_FALSE(talk.result.verified);
    EXPECT_TRUE(talk.result.verification.verdict.ok());
    EXPECT_THAT(talk.in_tls, IsEmpty());
    EXPECT_EQ(talk.alert, SSL_AD_DECRYPT_ERROR);
  }
}

TEST(Tls, OlderThan12IsRefused) {
  for (uint16_t version : kOldVersions) {
    FakeScript script;
    script.min_version = script.max_version = version;
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict, Verdict{Reason::kTlsFailed});
    EXPECT_THAT(talk.in_tls, IsEmpty());
    EXPECT_TRUE(talk.ended);
  }
}

TEST(Tls, EveryUsualKeyIsSpoken) {
  for (certs::KeyType type : {certs::KeyType::kP256, certs::KeyType::kP384, certs::KeyType::kP521,
                              certs::KeyType::kRsa2048, certs::KeyType::kRsa4096, certs::KeyType::kEd25519}) {
    for (uint16_t version : kVersions) {
      FakeScript script;
      script.min_version = script.max_version = version;
      script.chain.leaf().key = {type, "leaf"};
      const Talk talk = Converse(script);
      EXPECT_TRUE(talk.result.verdict.ok()) << certs::Name(type) << " " << talk.result.detail;
    }
  }
}

TEST(Tls, ThousandsOfNamesAreRead) {
  FakeScript script;
  script.chain.leaf().san->names.clear();
  for (int i = 0; i < 10'000; ++i) {
    script.chain.leaf().san->names.push_back(certs::Dns("host-" + std::to_string(i) + ".bob.test"));
  }
  script.chain.leaf().san->names.push_back(certs::Dns(certs::kBobHost));
  const Talk talk = Converse(script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
}

// ------------------------------------------------------------------------------------------------ alerts

TEST(AlertFor, NamesTheFaultWhereTlsHasAWordForIt) {
  EXPECT_EQ(AlertFor(Reason::kNameMismatch), SSL_AD_BAD_CERTIFICATE);  // RFC 9525 6.6
  EXPECT_EQ(AlertFor(Reason::kExpired), SSL_AD_CERTIFICATE_EXPIRED);
  EXPECT_EQ(AlertFor(Reason::kUnknownIssuer), SSL_AD_UNKNOWN_CA);
  EXPECT_EQ(AlertFor(Reason::kSelfSigned), SSL_AD_UNKNOWN_CA);
  EXPECT_EQ(AlertFor(Reason::kSignatureInvalid), SSL_AD_DECRYPT_ERROR);
  EXPECT_EQ(AlertFor(Reason::kUnsupportedAlgorithm), SSL_AD_UNSUPPORTED_CERTIFICATE);
}

TEST(AlertFor, IsAnAlertForEveryReason) {
  for (int i = 0; i < certs::kReasonCount; ++i) {
    EXPECT_GE(AlertFor(static_cast<Reason>(i)), SSL_AD_HANDSHAKE_FAILURE) << i;
  }
}

}  // namespace
}  // namespace verifier

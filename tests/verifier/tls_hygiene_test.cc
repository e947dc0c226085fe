// What the client offers in TLS and what it lets pass, beyond the certificate (RFC 9325): each test has a server that
// insists on something the client must not agree to.
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

using certs::Reason;
using certs::Verdict;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kServerName = 0, kAlpn = 16, kEms = 23, kSessionTicket = 35, kPreSharedKey = 41,
              kRenegotiationInfo = 0xff01;

void ExpectRefusedByTls(const Talk& talk, const std::string& what) {
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kTlsFailed}) << what << ": " << talk.result.detail;
  EXPECT_FALSE(talk.result.verified) << what;
  EXPECT_FALSE(talk.handshake_done) << what;
  EXPECT_THAT(talk.in_tls, IsEmpty()) << what;
  EXPECT_TRUE(talk.ended) << what;
}

FakeScript Tls12(certs::KeyType key) {
  FakeScript script;
  script.max_version = TLS1_2_VERSION;
  script.chain.leaf().key = {key, "leaf"};
  return script;
}

// ------------------------------------------------------------------------------------------------ suites, signatures

struct Suite {
  const char* name;
  certs::KeyType key;
};

TEST(Hygiene, SuitesWithoutForwardSecrecyOrAeadAreRefused) {
  const Suite suites[] = {
      {"AES128-GCM-SHA256", certs::KeyType::kRsa2048},   {"AES128-SHA", certs::KeyType::kRsa2048},
      {"DES-CBC3-SHA", certs::KeyType::kRsa2048},        {"ECDHE-RSA-AES128-SHA", certs::KeyType::kRsa2048},
      {"ECDHE-ECDSA-AES128-SHA", certs::KeyType::kP256}, {"ECDHE-ECDSA-AES256-SHA", certs::KeyType::kP256},
  };
  for (const Suite& suite : suites) {
    FakeScript script = Tls12(suite.key);
    script.ciphers = suite.name;
    ExpectRefusedByTls(Converse(script), suite.name);
  }
}

TEST(Hygiene, SuitesWithForwardSecrecyAndAeadAreSpoken) {
  const Suite suites[] = {
      {"ECDHE-RSA-AES128-GCM-SHA256", certs::KeyType::kRsa2048},
      {"ECDHE-RSA-AES256-GCM-SHA384", certs::KeyType::kRsa2048},
      {"ECDHE-RSA-CHACHA20-POLY1305", certs::KeyType::kRsa2048},
      {"ECDHE-ECDSA-AES128-GCM-SHA256", certs::KeyType::kP256},
      {"ECDHE-ECDSA-AES256-GCM-SHA384", certs::KeyType::kP256},
      {"ECDHE-ECDSA-CHACHA20-POLY1305", certs::KeyType::kP256},
  };
  for (const Suite& suite : suites) {
    FakeScript script = Tls12(suite.key);
    script.ciphers = suite.name;
    EXPECT_TRUE(Converse(script).result.verdict.ok()) << suite.name;
  }
}

TEST(Hygiene, AHandshakeSignedOverSha1IsRefused) {
  FakeScript rsa = Tls12(certs::KeyType::kRsa2048);
  rsa.signatures = {SSL_SIGN_RSA_PKCS1_SHA1};
  ExpectRefusedByTls(Converse(rsa), "RSA");
  FakeScript ecdsa = Tls12(certs::KeyType::kP256);
  ecdsa.signatures = {SSL_SIGN_ECDSA_SHA1};
  ExpectRefusedByTls(Converse(ecdsa), "ECDSA");
}

TEST(Hygiene, AGroupBelow224BitsOfStrengthIsNotOffered) {
  FakeScript script;
  script.groups = "P-224";  // RFC 9325 4.5 would do, but TLS 1.3 dropped it (RFC 9846 4.2.7)
  ExpectRefusedByTls(Converse(script), script.groups);
}

TEST(Hygiene, EveryOfferedGroupIsSpoken) {
  for (const char* group : {"X25519", "P-256", "P-384", "P-521"}) {
    FakeScript script;
    script.groups = group;
    const Talk talk = Converse(script);
    EXPECT_TRUE(talk.result.verdict.ok()) << group << " " << talk.result.detail;
    EXPECT_EQ(talk.result.tls.group, group);
  }
}

// ------------------------------------------------------------------------------------------------ what is offered

TEST(Hygiene, TheClientHelloOffersWhatItMustAndNothingThatLingers) {
  const Talk talk = Converse(FakeScript{});
  EXPECT_THAT(talk.extensions, Contains(kServerName));
  EXPECT_THAT(talk.extensions, Contains(kEms));                 // RFC 7627
  EXPECT_THAT(talk.extensions, Contains(kRenegotiationInfo));   // RFC 5746
  EXPECT_THAT(talk.extensions, Not(Contains(kSessionTicket)));  // without a cache there is nothing to resume
  EXPECT_THAT(talk.extensions, Not(Contains(kPreSharedKey)));
}

TEST(Hygiene, AnAddressIsNeverSentAsServerName) {
  for (const char* literal : {"127.0.0.1", "::1"}) {
    FakeScript script;
    script.chain.leaf().san->names = {certs::Ip(literal)};
    SmtpClientConfig config = TestConfig(script);
    config.reference = literal;
    const Talk talk = Converse(config, script);
    EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
    EXPECT_THAT(talk.extensions, Not(Contains(kServerName))) << literal;
  }
}

TEST(Hygiene, AnInternationalNameIsSentInALabels) {
  FakeScript script;
  script.chain.leaf().san->names = {certs::Dns("xn--bcher-kva.test")};
  SmtpClientConfig config = TestConfig(script);
  config.reference =
      "b\xc3\xbc"
      "cher.test";
  const Talk talk = Converse(config, script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_EQ(talk.sni, "xn--bcher-kva.test");
}

TEST(Hygiene, NoApplicationProtocolIsOfferedUnlessConfigured) {
  EXPECT_THAT(Converse(FakeScript{}).extensions, Not(Contains(kAlpn)));
  SmtpClientConfig config = TestConfig({});
  config.alpn = {"smtp"};
  const Talk talk = Converse(config, {});
  EXPECT_THAT(talk.extensions, Contains(kAlpn));
  EXPECT_TRUE(talk.result.verdict.ok()) << "a server may ignore the offer";
}

TEST(Hygiene, OnlyAnOfferedApplicationProtocolIsAccepted) {
  SmtpClientConfig config = TestConfig({});
  config.alpn = {"smtp"};
  const Talk right = Converse(config, {.picks_protocol = "smtp"});
  EXPECT_TRUE(right.result.verdict.ok()) << right.result.detail;
  EXPECT_EQ(right.result.tls.alpn, "smtp");
  ExpectRefusedByTls(Converse(config, {.picks_protocol = "http/1.1"}), "http/1.1");
}

// ------------------------------------------------------------------------------------------------ afterwards

TEST(Hygiene, RenegotiationIsRefused) {
  FakeScript script = Tls12(certs::KeyType::kP256);
  script.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  script.asks_to_renegotiate = true;
  const Talk talk = Converse(script);
  EXPECT_TRUE(talk.handshake_done);
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kTlsFailed}) << talk.result.detail;
  EXPECT_EQ(talk.alert, SSL_AD_NO_RENEGOTIATION);
  EXPECT_THAT(talk.in_tls, Not(Contains(::testing::HasSubstr("AUTH"))));
  EXPECT_LE(talk.in_tls.size(), 1u) << "at most the EHLO that crossed the request";
}

// ------------------------------------------------------------------------------------------------ bounds

void AddNames(certs::ChainSpec& chain, int count) {
  chain.leaf().san->names = {certs::Dns(certs::kBobHost)};
  for (int i = 0; i < count; ++i) {
    chain.leaf().san->names.push_back(certs::Dns("a-host-with-a-rather-long-name-" + std::to_string(i) + ".bob.test"));
  }
}

TEST(Hygiene, ACertificateListBeyondTheLimitIsRefusedBeforeItHasArrived) {
  FakeScript script = Tls12(certs::KeyType::kP256);
  AddNames(script.chain, 32'000);
  const Talk talk = Converse(script, {.chunk = 16 * 1024});
  ExpectRefusedByTls(talk, "list");
  EXPECT_LT(talk.server_octets, size_t{100} * 1024) << "its length stands in front of it";
}

TEST(Hygiene, AHandshakeThatNeverEndsIsGivenUpAfterItsOctets) {
  FakeScript script = Tls12(certs::KeyType::kP256);
  AddNames(script.chain, 15'000);
  script.record_size = 1;  // five octets of header for each of content
  const Talk talk = Converse(script, {.chunk = 64 * 1024});
  ExpectRefusedByTls(talk, "records");
  EXPECT_LE(talk.server_octets, kMaxCipherText + 256 * 1024);
}

TEST(Hygiene, ALongHandshakeWithinItsOctetsIsFollowed) {
  FakeScript script = Tls12(certs::KeyType::kP256);
  AddNames(script.chain, 2'000);
  script.record_size = 1;
  const Talk talk = Converse(script, {.chunk = 64 * 1024});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
}

}  // namespace
}  // namespace verifier

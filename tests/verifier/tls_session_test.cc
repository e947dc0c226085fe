// Resumption: a session saves a handshake and vouches for nothing. The fake servers share their ticket keys, so every
// one of them would resume any session of any other: what holds is what the client does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "lab/verifier/smtp_client.h"
#include "lab/verifier/tls_session_cache.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::Reason;
using certs::Verdict;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kPreSharedKeyType = 41, kEarlyData = 42;
constexpr char kCarol[] = "mail.carol.test";

class Resumption : public ::testing::TestWithParam<uint16_t> {
 protected:
  FakeScript Script() const {
    FakeScript script;
    script.min_version = script.max_version = GetParam();
    // One certificate for both hosts, so that nothing but the client keeps their sessions apart.
    script.chain.leaf().san->names = {certs::Dns(certs::kBobHost), certs::Dns(kCarol)};
    return script;
  }
  SmtpClientConfig Config() {
    SmtpClientConfig config = TestConfig(Script());
    config.sessions = &cache_;
    config.port = 25;
    return config;
  }
  // A first visit that leaves sessions behind.
  void Visit() {
    const Talk talk = Converse(Config(), Script());
    ASSERT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
    ASSERT_FALSE(talk.resumed);
    ASSERT_GT(cache_.size(), 0u);
  }
  // The second, edited, does not resume.
  void ExpectFullHandshake(const SmtpClientConfig& config, const char* what) {
    Visit();
    const Talk talk = Converse(config, Script());
    EXPECT_FALSE(talk.resumed) << what;
    EXPECT_FALSE(talk.result.tls.resumed) << what;
    EXPECT_THAT(talk.extensions, Not(Contains(kPreSharedKeyType))) << what;
  }

  SessionCache cache_;
};

TEST_P(Resumption, HappensWhereEverythingIsTheSame) {
  Visit();
  const Talk talk = Converse(Config(), Script());
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_TRUE(talk.resumed);
  EXPECT_TRUE(talk.result.tls.resumed);
  EXPECT_TRUE(talk.result.verification.verdict.ok());
  EXPECT_EQ(talk.result.chain, IssueForTest(Script().chain)->presented);
}

TEST_P(Resumption, NeverHappensWithoutACache) {
  Visit();
  SmtpClientConfig config = Config();
  config.sessions = nullptr;
  EXPECT_FALSE(Converse(config, Script()).resumed);
}

TEST_P(Resumption, DoesNotCrossHosts) {
  SmtpClientConfig config = Config();
  config.reference = kCarol;
  ExpectFullHandshake(config, "host");
}

TEST_P(Resumption, DoesNotCrossPorts) {
  SmtpClientConfig config = Config();
  config.port = 587;
  ExpectFullHandshake(config, "port");
}

TEST_P(Resumption, DoesNotCrossPolicies) {
  SmtpClientConfig config = Config();
  config.policy = "dane";
  ExpectFullHandshake(config, "policy");
}

TEST_P(Resumption, DoesNotCrossNamePolicies) {
  SmtpClientConfig config = Config();
  config.names.wildcard_min_suffix_labels = 1;
  ExpectFullHandshake(config, "names");
}

TEST_P(Resumption, DoesNotCrossHowMuchTheClientInsistsOnAStatus) {
  SmtpClientConfig config = Config();
  config.revocation = RevocationMode::kOff;
  ExpectFullHandshake(config, "revocation");
}

// A list that has come since may say what the session's handshake did not know.
TEST_P(Resumption, DoesNotCrossRevocationLists) {
  SmtpClientConfig config = Config();
  config.crls = {certs::ToBytes("a list, but for this test any octets will do")};
  ExpectFullHandshake(config, "crls");
}

TEST_P(Resumption, DoesNotCrossApplicationProtocols) {
  SmtpClientConfig config = Config();
  config.alpn = {"smtp"};
  ExpectFullHandshake(config, "alpn");
}

TEST_P(Resumption, EndsWithTheTrustItWasMadeUnder) {
  Visit();
  SmtpClientConfig config = Config();
  certs::ChainSpec other = certs::GoodChain();
  other.trusted = {"eve-root"};
  config.anchors = IssueForTest(other)->trusted;
  const Talk talk = Converse(config, Script());
  EXPECT_FALSE(talk.resumed);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kUnknownIssuer) << talk.result.detail;
  EXPECT_THAT(talk.in_tls, IsEmpty());
}

TEST_P(Resumption, JudgesTheCertificateByTodaysClock) {
  FakeScript script = Script();
  script.chain.leaf().not_after = {std::chrono::minutes(30)};
  SmtpClientConfig config = Config();
  config.anchors = IssueForTest(script.chain)->trusted;
  ASSERT_TRUE(Converse(config, script).result.verdict.ok());
  config.now += 3600;
  const Talk talk = Converse(config, script);
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kExpired}) << talk.result.detail;
  EXPECT_FALSE(talk.handshake_done) << "the server got no Finished";
  EXPECT_TRUE(talk.result.tls.resumed) << "it was the session that was refused";
  EXPECT_EQ(talk.alert, SSL_AD_CERTIFICATE_EXPIRED);
  EXPECT_THAT(talk.in_tls, IsEmpty());
}

// A staple that was good once is no comfort for ever, and its absence from the second handshake is none either
// (CVE-2024-0853).
TEST_P(Resumption, JudgesTheStapleOfTheFirstHandshakeByTodaysClock) {
  FakeScript script = Script();
  script.chain.leaf().extra_extensions = {certs::TlsFeatures({certs::kStatusRequest})};
  certs::OcspSpec staple;
  staple.singles[0].next_update = {std::chrono::minutes(30)};
  script.chain.revocation.staples = {staple};
  SmtpClientConfig config = Config();
  config.anchors = IssueForTest(script.chain)->trusted;
  ASSERT_TRUE(Converse(config, script).result.verdict.ok());
  Talk talk = Converse(config, script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_TRUE(talk.result.tls.resumed);
  if (cache_.size() == 0) {  // TLS 1.2: the session is not renewed
    ASSERT_TRUE(Converse(config, script).result.verdict.ok());
  }
  config.now += 3600;
  talk = Converse(config, script);
  EXPECT_EQ(talk.result.verdict, Verdict{Reason::kStatusExpired}) << talk.result.detail;
  EXPECT_TRUE(talk.result.tls.resumed) << "it was the session that was refused";
  EXPECT_THAT(talk.in_tls, IsEmpty());
}

TEST_P(Resumption, IsNotOfferedOnceTheSessionIsTooOld) {
  SmtpClientConfig config = Config();
  config.now += int64_t{8} * 24 * 3600;
  ExpectFullHandshake(config, "old");
}

TEST_P(Resumption, SendsNoEarlyDataThoughTheServerInvitesIt) {
  FakeScript script = Script();
  script.early_data = true;
  ASSERT_TRUE(Converse(Config(), script).result.verdict.ok());
  const Talk talk = Converse(Config(), script);
  EXPECT_TRUE(talk.resumed);
  EXPECT_THAT(talk.extensions, Not(Contains(kEarlyData)));
}

TEST_P(Resumption, KeepsNothingOfAServerThatWasRefused) {
  SmtpClientConfig config = Config();
  config.reference = "mail.dave.test";
  EXPECT_EQ(Converse(config, Script()).result.verdict.reason, Reason::kNameMismatch);
  EXPECT_EQ(cache_.size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Versions, Resumption, ::testing::Values(uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}),
                         [](const auto& row) { return row.param == TLS1_3_VERSION ? "tls13" : "tls12"; });

// ------------------------------------------------------------------------------------------------ the cache itself

// A session out of a real handshake.
bssl::UniquePtr<SSL_SESSION> ASession() {
  SessionCache cache;
  SmtpClientConfig config = TestConfig({});
  config.sessions = &cache;
  EXPECT_TRUE(Converse(config, {}).result.verdict.ok());
  return cache.Take({.host = *ParseReference(certs::kBobHost),
                     .trust = DigestOf({config.anchors.begin(), config.anchors.end()}),
                     .revocation = config.revocation,
                     .crls = DigestOf({})},
                    kTestNow);
}

TEST(SessionCache, GivesASessionOutOnce) {
  SessionCache cache;
  cache.Put({.port = 25}, ASession(), kTestNow);
  EXPECT_EQ(cache.Take({.port = 26}, kTestNow), nullptr);
  EXPECT_NE(cache.Take({.port = 25}, kTestNow), nullptr);
  EXPECT_EQ(cache.Take({.port = 25}, kTestNow), nullptr);
}

TEST(SessionCache, ForgetsTheOldestBeyondItsCapacity) {
  SessionCache cache(2);
  for (uint16_t port : {uint16_t{1}, uint16_t{2}, uint16_t{3}}) {
    cache.Put({.port = port}, ASession(), kTestNow);
  }
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Take({.port = 1}, kTestNow), nullptr);
  EXPECT_NE(cache.Take({.port = 3}, kTestNow), nullptr);
}

TEST(SessionCache, ForgetsWhatTheClockCannotVouchFor) {
  SessionCache cache;
  cache.Put({}, ASession(), kTestNow);
  EXPECT_EQ(cache.Take({}, kTestNow - 1), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(SessionCache, TellsEverySetOfAnchorsApart) {
  const certs::Bytes a = {1}, b = {2}, ab = {1, 2};
  EXPECT_NE(DigestOf({a, b}), DigestOf({ab}));
  EXPECT_NE(DigestOf({a, b}), DigestOf({a}));
  EXPECT_EQ(DigestOf({a, b}), DigestOf({a, b}));
}

}  // namespace
}  // namespace verifier

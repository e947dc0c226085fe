// AUTH: which mechanism, and what must be true before the server's success counts.
#include "lab/verifier/sasl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lab/verifier/sasl_scram.h"
#include "lab/verifier/smtp_text.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::Reason;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The exchange of RFC 7677 3.
constexpr char kNonce[] = "rOprNGfwEbeRWgbNEkqO";
constexpr char kServerFirst[] =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr char kServerFinal[] = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

std::unique_ptr<SaslClient> Scram() {
  return MakeSaslClient(SaslMechanism::kScramSha256, {.user = "user", .password = "pencil", .nonce = kNonce});
}

TEST(Scram, SpeaksTheExampleOfItsRfc) {
  const auto scram = Scram();
  EXPECT_EQ(scram->Initial(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(
      scram->Respond(kServerFirst),
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_NE(scram->WhyNotComplete(), "");
  EXPECT_EQ(scram->Respond(kServerFinal), "");
  EXPECT_EQ(scram->WhyNotComplete(), "");
}

TEST(Scram, DoesNotTakeAWrongSignature) {
  for (const char* final :
       {"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=", "v=", "v=AAAA", "", "x", "e=other-error"}) {
    const auto scram = Scram();
    ASSERT_TRUE(scram->Respond(kServerFirst));
    EXPECT_FALSE(scram->Respond(final)) << final;
    EXPECT_NE(scram->WhyNotComplete(), "") << final;
  }
}

TEST(Scram, DoesNotTakeAServersFirstMessageThatIsNone) {
  const std::string nonce(kNonce);
  const std::vector<std::string> bad = {
      "",
      "r=" + nonce + "x",
      "r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",          // nothing of the server's own
      "r=x" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",         // another's nonce
      "r=" + nonce + "x,s=,i=4096",                                 // no salt
      "r=" + nonce + "x,s=W22,i=4096",                              // not base64
      "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095",         // too weak (RFC 7677 4)
      "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001",      // too dear
      "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999",  // beyond any integer
      "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096x",
      "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096",
      "m=must,r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",  // an extension that must be understood
  };
  for (const std::string& first : bad) {
    EXPECT_FALSE(Scram()->Respond(first)) << first;
  }
}

TEST(Scram, WritesNamesSoThatTheyStayOneAttribute) {
  const auto scram = MakeSaslClient(SaslMechanism::kScramSha256, {.user = "a=b,c", .password = "p", .nonce = "N"});
  EXPECT_EQ(scram->Initial(), "n,,n=a=3Db=2Cc,r=N");
}

TEST(Scram, SaysThatItCouldHaveBoundTheChannelWhereTheServerOffersNot) {
  const SaslSetting setting{.user = "u", .password = "p", .nonce = "N", .channel_binding = "secret"};
  EXPECT_THAT(*MakeSaslClient(SaslMechanism::kScramSha256, setting)->Initial(), StartsWith("y,,"));
  EXPECT_THAT(*MakeSaslClient(SaslMechanism::kScramSha256Plus, setting)->Initial(), StartsWith("p=tls-exporter,,"));
}

TEST(Choice, IsTheBestThatBothSidesCanUse) {
  using enum SaslMechanism;
  const std::vector<SaslMechanism> all(std::begin(kAllSaslMechanisms), std::end(kAllSaslMechanisms));
  EXPECT_EQ(ChooseSaslMechanism(all, all, "u", "p", true), kScramSha256Plus);
  EXPECT_EQ(ChooseSaslMechanism(all, all, "u", "p", false), kScramSha256);
  EXPECT_EQ(ChooseSaslMechanism({kLogin, kPlain}, all, "u", "p", true), kPlain);
  EXPECT_EQ(ChooseSaslMechanism(all, {kLogin}, "u", "p", true), kLogin);
  EXPECT_EQ(ChooseSaslMechanism({kPlain}, {kScramSha256}, "u", "p", true), std::nullopt);
  EXPECT_EQ(ChooseSaslMechanism({}, all, "u", "p", true), std::nullopt);
  // What SASLprep might change is not sent by SCRAM.
  EXPECT_EQ(ChooseSaslMechanism(all, all, "u", "p\xc3\xa4ss", true), kPlain);
}

// ------------------------------------------------------------------------------------------------ in the dialogue

constexpr char kScramOnly[] = "250-mail.bob.test\r\n250 AUTH SCRAM-SHA-256\r\n";
constexpr char kScramPlus[] = "250-mail.bob.test\r\n250 AUTH PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS\r\n";

TEST(Auth, ByScramDeliversAndNeverSaysThePassword) {
  const Talk talk = Converse(FakeScript{.ehlo_in_tls = kScramOnly});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_EQ(talk.result.mechanism, SaslMechanism::kScramSha256);
  EXPECT_EQ(talk.scram_header, "y,,");
  for (const std::string& line : talk.in_tls) {
    EXPECT_THAT(line, Not(HasSubstr(Base64(kPassword))));
    EXPECT_THAT(FromBase64(line).value_or(""), Not(HasSubstr(kPassword)));
  }
}

TEST(Auth, BindsTheChannelInBothVersionsOfTls) {
  for (const uint16_t version : {uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}}) {
    FakeScript script{.ehlo_in_tls = kScramPlus};
    script.max_version = version;
    const Talk talk = Converse(script);
    EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
    EXPECT_EQ(talk.result.mechanism, SaslMechanism::kScramSha256Plus);
    EXPECT_EQ(talk.scram_header, "p=tls-exporter,,");
  }
}

TEST(Auth, TakesANewNonceForEveryConnection) {
  const FakeScript script{.ehlo_in_tls = kScramOnly};
  EXPECT_NE(Converse(script).in_tls[1], Converse(script).in_tls[1]);
}

TEST(Auth, CancelsWhereTheServerLiesAboutThePassword) {
  FakeScript script{.ehlo_in_tls = kScramOnly};
  script.scram_lies = true;
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << talk.result.detail;
  EXPECT_EQ(talk.result.stage, Stage::kVerified);
  EXPECT_THAT(talk.in_tls, Contains("*"));
  EXPECT_EQ(talk.in_tls.back(), "QUIT");
  EXPECT_THAT(talk.in_tls, Not(Contains(StartsWith("MAIL"))));
}

TEST(Auth, DoesNotTakeASuccessWithoutTheServersProof) {
  FakeScript script{.ehlo_in_tls = kScramOnly};
  script.scram_skips_proof = true;
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << talk.result.detail;
  EXPECT_THAT(talk.in_tls, Not(Contains(StartsWith("MAIL"))));
}

TEST(Auth, DoesNotTakeASuccessThatComesTooEarly) {
  FakeScript script{.ehlo_in_tls = "250-mail.bob.test\r\n250 AUTH LOGIN\r\n"};
  script.replies["AUTH"] = "235 welcome\r\n";
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << talk.result.detail;
  EXPECT_THAT(talk.in_tls, Not(Contains(StartsWith("MAIL"))));
}

TEST(Auth, WithAWrongPasswordIsRefused) {
  FakeScript script{.ehlo_in_tls = kScramOnly};
  script.scram_password = "another";
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused) << talk.result.detail;
  EXPECT_TRUE(talk.result.verified);
  EXPECT_EQ(talk.in_tls.back(), "QUIT");
}

TEST(Auth, DoesNotFallBackToWhatIsNotAllowed) {
  SmtpClientConfig config = TestConfig({});
  config.mechanisms = {SaslMechanism::kScramSha256, SaslMechanism::kScramSha256Plus};
  const Talk talk = Converse(config, {});  // offers PLAIN and LOGIN
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
  EXPECT_THAT(talk.in_tls, Not(Contains(StartsWith("AUTH"))));
}

}  // namespace
}  // namespace verifier

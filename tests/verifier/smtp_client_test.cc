// The mail client against a server that keeps to the protocol, and against one that refuses.
#include "lab/verifier/smtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "lab/verifier/smtp_text.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::Reason;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kAuthPlain =
    "AUTH PLAIN " + Base64(std::string(1, '\0') + std::string(kUser) + '\0' + std::string(kPassword));

FakeScript Implicit() { return {.mode = TlsMode::kImplicit}; }

// Every mode with every version of TLS that the client speaks.
class GoodServer : public ::testing::TestWithParam<std::tuple<TlsMode, uint16_t>> {
 protected:
  FakeScript Script() const {
    FakeScript script{.mode = std::get<0>(GetParam())};
    script.min_version = script.max_version = std::get<1>(GetParam());
    return script;
  }
};

TEST_P(GoodServer, GetsTheMessage) {
  const Talk talk = Converse(Script());
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.result.verdict, certs::Verdict{}) << talk.result.detail;
  EXPECT_TRUE(talk.result.verified);
  EXPECT_EQ(talk.result.stage, Stage::kDelivered);
  EXPECT_EQ(talk.result.tls.version, std::get<1>(GetParam()) == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
  EXPECT_FALSE(talk.result.tls.cipher.empty());
  EXPECT_EQ(talk.result.chain, IssueForTest(certs::GoodChain())->presented);
  EXPECT_TRUE(talk.result.verification.verdict.ok());
  EXPECT_EQ(talk.sni, "mail.bob.test");
  EXPECT_THAT(talk.in_tls,
              ElementsAre("EHLO client.lab.test", kAuthPlain, "MAIL FROM:<honey-sender@alice.test>",
                          "RCPT TO:<honey-recipient@bob.test>", "DATA", "Subject: honey\r\n\r\n..hello", "QUIT"));
  EXPECT_TRUE(talk.KeptQuietInClear()) << talk.in_clear;
  EXPECT_EQ(talk.alert, SSL_AD_CLOSE_NOTIFY);
}

TEST_P(GoodServer, GetsTheMessageHoweverItsBytesAreCut) {
  const Talk whole = Converse(Script());
  const Talk cut = Converse(Script(), {.chunk = 1});
  EXPECT_TRUE(cut.result.verdict.ok()) << cut.result.detail;
  EXPECT_EQ(cut.in_tls, whole.in_tls);
  EXPECT_EQ(cut.in_clear, whole.in_clear);
}

INSTANTIATE_TEST_SUITE_P(ModesAndVersions, GoodServer,
                         ::testing::Combine(::testing::Values(TlsMode::kStartTls, TlsMode::kImplicit),
                                            ::testing::Values(uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION})));

TEST(SmtpClient, SaysInClearOnlyEhloAndStartTls) {
  EXPECT_EQ(Converse(FakeScript{}).in_clear, "EHLO client.lab.test\r\nSTARTTLS\r\n");
  EXPECT_EQ(Converse(Implicit()).in_clear, "");
}

TEST(SmtpClient, WithoutMessageAndCredentialsOnlyVerifies) {
  SmtpClientConfig config = TestConfig({});
  config.message.reset();
  config.user.reset();
  const Talk talk = Converse(config, {});
  EXPECT_TRUE(talk.result.verdict.ok());
  EXPECT_EQ(talk.result.stage, Stage::kVerified);
  EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", "QUIT"));
}

TEST(SmtpClient, HasNoGoodVerdictBeforeTheEnd) {
  SmtpClient client(TestConfig({}));
  EXPECT_FALSE(client.result().verdict.ok());
  client.Advance(Micros(0));
  EXPECT_FALSE(client.result().verdict.ok());
  client.Receive(certs::ToBytes("220 mail.bob.test\r\n"));
  client.Advance(Micros(0));
  EXPECT_FALSE(client.result().verdict.ok());
  EXPECT_FALSE(client.Done());
}

TEST(SmtpClient, AsksAgainInsideTlsAndForgetsWhatItHeardInClear) {
  FakeScript script;
  script.ehlo_in_tls = "250-mail.bob.test\r\n250 SIZE 1000\r\n";  // AUTH was offered in clear only
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
  EXPECT_TRUE(talk.result.verified);
  EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", "QUIT"));
}

TEST(SmtpClient, LogsInByLoginWhereNothingElseIsOffered) {
  FakeScript script;
  script.ehlo_in_tls = "250-mail.bob.test\r\n250 AUTH CRAM-MD5 LOGIN\r\n";
  const Talk talk = Converse(script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  ASSERT_GE(talk.in_tls.size(), 4u);
  EXPECT_EQ(talk.in_tls[1], "AUTH LOGIN");
  EXPECT_EQ(talk.in_tls[2], Base64(kUser));
  EXPECT_EQ(talk.in_tls[3], Base64(kPassword));
}

TEST(SmtpClient, DoesNotUseStartTlsThatIsOfferedInsideTls) {
  FakeScript script;
  script.ehlo_in_tls = "250-mail.bob.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n";
  const Talk talk = Converse(script);
  EXPECT_TRUE(talk.result.verdict.ok());
  EXPECT_THAT(talk.in_tls, ::testing::Not(::testing::Contains("STARTTLS")));
}

TEST(SmtpClient, TakesRepliesOfSeveralLinesAndUnknownCodesByTheirFirstDigit) {
  FakeScript script;
  script.greeting = "220-mail.bob.test\r\n220-no unsolicited mail\r\n220\r\n";
  script.replies = {
      {"STARTTLS", "220-go\r\n220 ahead\r\n"}, {"MAIL", "299 fine\r\n"}, {"RCPT", "250-a\r\n250\r\n"},
      {"DATA", "354-go\r\n354 on\r\n"},        {".", "259 queued\r\n"},  {"QUIT", "221-b\r\n221 bye\r\n"}};
  const Talk talk = Converse(script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
}

// ------------------------------------------------------------------------------------------------ refused in clear

TEST(SmtpClient, LeavesPolitelyWhenTheGreetingIsNot220) {
  for (const char* greeting :
       {"554 no service\r\n", "421 busy\r\n", "450 later\r\n", "221 bye\r\n", "250 ok\r\n", "500 x\r\n"}) {
    const Talk talk = Converse({.greeting = greeting});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kServiceRefused) << greeting;
    EXPECT_EQ(talk.in_clear, "QUIT\r\n") << greeting;
    EXPECT_TRUE(talk.ended);
  }
}

TEST(SmtpClient, NeverFallsBackToHelo) {
  for (const char* reply : {"500 what?\r\n", "502 what?\r\n", "421 busy\r\n", "554 no\r\n", "450 later\r\n"}) {
    const Talk talk = Converse({.ehlo_in_clear = reply});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kServiceRefused) << reply;
    EXPECT_EQ(talk.in_clear, "EHLO client.lab.test\r\nQUIT\r\n") << reply;
  }
}

TEST(SmtpClient, LeavesWhenStartTlsIsNotOffered) {
  for (const char* reply : {"250 mail.bob.test\r\n", "250 STARTTLS\r\n", "250-x\r\n250 XXXXXXXA\r\n",
                            "250-x\r\n250 STARTTLS x\r\n", "250-x\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE\r\n"}) {
    const Talk talk = Converse({.ehlo_in_clear = reply});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kStartTlsNotOffered) << reply;
    EXPECT_EQ(talk.in_clear, "EHLO client.lab.test\r\nQUIT\r\n") << reply;
  }
}

TEST(SmtpClient, StartsTlsOnNoOtherCodeThan220) {
  for (int code : {200, 221, 235, 250, 299, 334, 354, 421, 454, 500, 501, 502, 503, 530, 550, 554}) {
    FakeScript script;
    script.replies["STARTTLS"] = std::to_string(code) + " x\r\n";
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kStartTlsRefused) << code;
    EXPECT_FALSE(talk.result.verified);
    const bool asks_for_more = code / 100 == 3;  // the next line would be taken for something else
    EXPECT_EQ(talk.in_clear, std::string("EHLO client.lab.test\r\nSTARTTLS\r\n") + (asks_for_more ? "" : "QUIT\r\n"))
        << code;
  }
}

// ------------------------------------------------------------------------------------------------ refused inside TLS

struct RefusalRow {
  const char* verb;
  const char* reply;
  const char* last_line;  // what the client says last
};

class Refusal : public ::testing::TestWithParam<RefusalRow> {};

TEST_P(Refusal, EndsTheTransactionAndIsNotSuccess) {
  FakeScript script;
  script.replies[GetParam().verb] = GetParam().reply;
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
  EXPECT_TRUE(talk.result.verified);
  EXPECT_LT(talk.result.stage, Stage::kDelivered);
  ASSERT_FALSE(talk.in_tls.empty());
  EXPECT_EQ(talk.in_tls.back(), GetParam().last_line);
  EXPECT_TRUE(talk.ended);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Refusal,
    ::testing::Values(RefusalRow{"AUTH", "535 wrong\r\n", "QUIT"}, RefusalRow{"AUTH", "454 later\r\n", "QUIT"},
                      RefusalRow{"AUTH", "354 go\r\n", kAuthPlain.c_str()}, RefusalRow{"MAIL", "550 no\r\n", "QUIT"},
                      RefusalRow{"MAIL", "450 later\r\n", "QUIT"}, RefusalRow{"MAIL", "530 STARTTLS first\r\n", "QUIT"},
                      RefusalRow{"MAIL", "354 go\r\n", "MAIL FROM:<honey-sender@alice.test>"},
                      RefusalRow{"MAIL", "334 VXNlcg==\r\n", "MAIL FROM:<honey-sender@alice.test>"},
                      RefusalRow{"RCPT", "550 OK accepted\r\n", "QUIT"}, RefusalRow{"RCPT", "421 closing\r\n", "QUIT"},
                      RefusalRow{"DATA", "250 ok\r\n", "QUIT"}, RefusalRow{"DATA", "554 no\r\n", "QUIT"},
                      RefusalRow{".", "552 too big\r\n", "QUIT"}, RefusalRow{".", "421 closing\r\n", "QUIT"},
                      RefusalRow{".", "354 more\r\n", "Subject: honey\r\n\r\n..hello"}));

TEST(SmtpClient, IsRefusedServiceWhenEhloIsRefusedInsideTls) {
  FakeScript script;
  script.ehlo_in_tls = "502 what?\r\n";
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kServiceRefused);
  EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", "QUIT"));
}

TEST(SmtpClient, TellsNoSecretToAChallengeThatIsNoBase64) {
  for (const char* challenge : {"334 Username:\r\n", "334-VXNl\r\n334 cg==\r\n"}) {
    FakeScript script;
    script.ehlo_in_tls = "250-mail.bob.test\r\n250 AUTH LOGIN\r\n";
    script.replies["AUTH"] = challenge;
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << challenge;
    EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", "AUTH LOGIN", "*", "QUIT")) << challenge;
  }
}

TEST(SmtpClient, AnswersNoMoreChallengesThanTheMechanismHas) {
  FakeScript script;
  script.ehlo_in_tls = "250-mail.bob.test\r\n250 AUTH LOGIN\r\n";
  script.replies["password"] = "334 UGFzc3dvcmQ6\r\n";
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply);
  EXPECT_THAT(talk.in_tls,
              ElementsAre("EHLO client.lab.test", "AUTH LOGIN", Base64(kUser), Base64(kPassword), "*", "QUIT"));
}

TEST(SmtpClient, CancelsAuthPlainThatIsAnsweredWithAQuestion) {
  FakeScript script;
  script.replies["AUTH"] = "334 \r\n";
  const Talk talk = Converse(script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply);
  EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", kAuthPlain, "*", "QUIT"));
}

TEST(SmtpClient, CaresNotForTheAnswerToQuit) {
  for (const char* reply : {"500 x\r\n", "garbage\r\n", "221 bye\r\n250 and more\r\n", "421\r\n"}) {
    FakeScript script;
    script.replies["QUIT"] = reply;
    EXPECT_TRUE(Converse(script).result.verdict.ok()) << reply;
  }
}

// ------------------------------------------------------------------------------------------------ configuration

TEST(SmtpClient, RefusesAReferenceThatNamesNobodyBeforeItSpeaks) {
  for (const char* reference : {"", "a..b", "mail bob.test", "127.0.0.01", "[::1]"}) {
    SmtpClientConfig config = TestConfig({});
    config.reference = reference;
    const Talk talk = Converse(config, {});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kInvalidReference) << reference;
    EXPECT_EQ(talk.in_clear, "") << reference;
    EXPECT_TRUE(talk.ended);
  }
}

TEST(SmtpClient, SaysNothingWhenAnArgumentWouldBeACommandOfItsOwn) {
  const std::vector<void (*)(SmtpClientConfig&)> edits = {
      [](SmtpClientConfig& config) { config.helo = "x\r\nMAIL FROM:<y>"; },
      [](SmtpClientConfig& config) { config.message->from = "x>\r\nRCPT TO:<y"; },
      [](SmtpClientConfig& config) { config.message->to = {"x\nDATA"}; },
      [](SmtpClientConfig& config) { config.message->to = {""}; },
      [](SmtpClientConfig& config) { config.user = std::string("a\0b", 3); },
  };
  for (const auto& edit : edits) {
    SmtpClientConfig config = TestConfig({});
    edit(config);
    const Talk talk = Converse(config, {});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
    EXPECT_EQ(talk.in_clear, "");
  }
}

TEST(SmtpClient, NeedsBothHalvesOfCredentialsToUseThem) {
  SmtpClientConfig config = TestConfig({});
  config.password.reset();
  const Talk talk = Converse(config, {});
  EXPECT_TRUE(talk.result.verdict.ok());
  EXPECT_THAT(talk.in_tls, ::testing::Not(::testing::Contains(StartsWith("AUTH"))));
}

TEST(SmtpClient, SendsNoAddressInSni) {
  FakeScript script;
  script.chain.leaf().san->names = {certs::Ip("127.0.0.1")};
  SmtpClientConfig config = TestConfig(script);
  config.reference = "127.0.0.1";
  const Talk talk = Converse(config, script);
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_EQ(talk.sni, "");
}

TEST(SmtpClient, SendsNoTrailingDotInSni) {
  SmtpClientConfig config = TestConfig({});
  config.reference = "MAIL.bob.test.";
  const Talk talk = Converse(config, {});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_EQ(talk.sni, "mail.bob.test");
}

}  // namespace
}  // namespace verifier

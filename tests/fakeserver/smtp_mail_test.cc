// AUTH and the mail transaction of the SMTP core.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/smtp_session.h"
#include "tests/fakeserver/smtp_dialogue.h"

namespace fakeserver {
namespace {

using ::testing::ElementsAre;
using Kind = Effect::Kind;

// ---- AUTH

TEST(SmtpSession, TakesPlainWithAnInitialResponse) {
  Dialogue dialogue;
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 235);
  EXPECT_EQ(dialogue.All(Kind::kAuthStarted).at(0).text, "PLAIN");
  EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).text, "alice");
  EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).secret, "s3cret");
}

TEST(SmtpSession, TakesPlainAfterAnEmptyChallenge) {
  Dialogue dialogue;
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("auth plain"), 334);
  EXPECT_TRUE(dialogue.Sent().ends_with("334 \r\n")) << "RFC 4954 4: the code, a space, nothing";
  EXPECT_EQ(dialogue.Say("AGFsaWNlAHMzY3JldA=="), 235);
  EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).secret, "s3cret");
  EXPECT_EQ(dialogue.All(Kind::kCommand).back().verb, Verb::kAuth) << "a response is no command";
}

TEST(SmtpSession, TakesLoginWithAndWithoutAnInitialResponse) {
  for (const bool initial : {false, true}) {
    Dialogue dialogue;
    dialogue.EnterTls();
    EXPECT_EQ(dialogue.Say(initial ? "AUTH LOGIN YWxpY2U=" : "AUTH LOGIN"), 334);
    if (!initial) {
      EXPECT_EQ(dialogue.Say("YWxpY2U="), 334);
    }
    EXPECT_EQ(dialogue.Say("czNjcmV0"), 235);
    EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).text, "alice");
    EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).secret, "s3cret");
  }
}

TEST(SmtpSession, AStarCancelsAuth) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.Say("AUTH LOGIN");
  EXPECT_EQ(dialogue.Say("*"), 501);
  EXPECT_FALSE(dialogue.Has(Kind::kSecret));
  EXPECT_EQ(dialogue.Say("NOOP"), 250);
}

TEST(SmtpSession, RefusesResponsesItCannotDecode) {
  for (std::string_view bad : {"AGFsaWNlAHMzY3JldA=", "====", "%%%%", "AGFs YQ==", "YWxpY2U="}) {
    Dialogue dialogue;
    dialogue.EnterTls();
    dialogue.Say("AUTH PLAIN");
    EXPECT_EQ(dialogue.Say(bad), 501) << bad;
    EXPECT_FALSE(dialogue.Has(Kind::kSecret)) << bad;
    EXPECT_EQ(dialogue.Say("NOOP"), 250) << bad;
  }
}

TEST(SmtpSession, RefusesUnknownMechanismsAndSecondAuth) {
  Dialogue dialogue;
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH"), 501);
  EXPECT_EQ(dialogue.Say("AUTH CRAM-MD5"), 504);
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 235);
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 503);
}

TEST(SmtpSession, RefusesAuthBeforeTlsButRecordsTheLeak) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 538);
  EXPECT_TRUE(dialogue.Has(Kind::kAuthStarted));
  ASSERT_TRUE(dialogue.Has(Kind::kSecret));
  EXPECT_EQ(dialogue.All(Kind::kSecret)[0].secret, "s3cret");
  EXPECT_EQ(dialogue.Say("AUTH LOGIN"), 538);
}

TEST(SmtpSession, TakesAuthInClearWhereItIsOffered) {
  Dialogue dialogue({.capabilities_clear = {"AUTH PLAIN", "STARTTLS"}});
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 235);
  EXPECT_EQ(dialogue.Say("AUTH LOGIN"), 503);
}

TEST(SmtpSession, ABearerTokenIsASecretToo) {
  Dialogue dialogue;
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH XOAUTH2 dG9rZW4="), 504);
  EXPECT_EQ(dialogue.All(Kind::kSecret).at(0).secret, "token");
}

TEST(SmtpSession, AScriptedRefusalOfCredentialsComesAfterThem) {
  Dialogue dialogue({.replies = {{Verb::kAuth, Reply{535, {"no"}}}}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH LOGIN"), 334);
  EXPECT_EQ(dialogue.Say("YWxpY2U="), 334);
  EXPECT_EQ(dialogue.Say("czNjcmV0"), 535);
  EXPECT_TRUE(dialogue.Has(Kind::kSecret));
}

TEST(SmtpSession, AScriptedRefusalOfTheMechanismComesAtOnce) {
  Dialogue dialogue({.replies = {{Verb::kAuth, Reply{504, {"no"}}}}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH LOGIN"), 504);
}

// ---- the transaction

TEST(SmtpSession, TakesAMessage) {
  Dialogue dialogue;
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> SIZE=12 BODY=8BITMIME"), 250);
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 250);
  EXPECT_EQ(dialogue.Say("DATA"), 354);
  EXPECT_EQ(dialogue.SayRaw("Subject: x\r\n\r\nHi\r\n.\r\n"), 250);
  EXPECT_EQ(dialogue.All(Kind::kMailFrom).at(0).text, "<a@lab.test> SIZE=12 BODY=8BITMIME");
  EXPECT_EQ(dialogue.All(Kind::kRcptTo).at(0).text, "<b@lab.test>");
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).text, "Subject: x\r\n\r\nHi\r\n");
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).size, 18u);
}

TEST(SmtpSession, TakesTheDotsOut) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.BeginMessage();
  dialogue.SayRaw("..\r\n.a\r\nb.\r\n...c\r\n.\r\n");
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).text, ".\r\na\r\nb.\r\n..c\r\n");
}

TEST(SmtpSession, TakesAnEmptyMessage) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw(".\r\n"), 250);
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).text, "");
}

TEST(SmtpSession, ServesAPipelinedTransactionInOrder) {
  Dialogue dialogue;
  dialogue.EnterTls();
  const size_t before = dialogue.Codes().size();
  dialogue.SayRaw(
      "MAIL FROM:<a@lab.test>\r\nRCPT TO:<b@lab.test>\r\nRCPT TO:<c@lab.test>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
  auto codes = dialogue.Codes();
  codes.erase(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(codes, ElementsAre(250, 250, 250, 354, 250, 221));
}

TEST(SmtpSession, AnswersCommandsOutOfOrderWith503) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 503);
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 503);
  EXPECT_EQ(dialogue.Say("DATA"), 503);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 250);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 503);
  EXPECT_EQ(dialogue.Say("DATA"), 554) << "no recipients";
}

TEST(SmtpSession, RecordsAnEnvelopeEvenIfItIsRefused) {
  Dialogue dialogue;
  dialogue.Say("MAIL FROM:<a@lab.test>");
  dialogue.Say("RCPT TO:<b@lab.test>");
  EXPECT_TRUE(dialogue.Has(Kind::kMailFrom));
  EXPECT_TRUE(dialogue.Has(Kind::kRcptTo));
}

TEST(SmtpSession, RsetAndEhloEndATransaction) {
  for (std::string_view reset : {"RSET", "EHLO client.lab.test"}) {
    Dialogue dialogue;
    dialogue.Say("EHLO client.lab.test");
    dialogue.Say("MAIL FROM:<a@lab.test>");
    EXPECT_EQ(dialogue.Say(reset), 250);
    EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 503) << reset;
  }
}

TEST(SmtpSession, RefusesMalformedPaths) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  for (std::string_view bad : {"MAIL", "MAIL FROM", "MAIL FROM:", "MAIL FROM:a@lab.test", "MAIL FROM:<a@lab.test",
                               "MAIL FROM:<a>b", "MAIL TO:<a@lab.test>"}) {
    EXPECT_EQ(dialogue.Say(bad), 501) << bad;
  }
  EXPECT_EQ(dialogue.Say("mail from: <\"a> b\"@lab.test>"), 250) << "quoted, and with a common space";
  EXPECT_EQ(dialogue.Say("RCPT TO:<>"), 501);
}

TEST(SmtpSession, TakesTheEmptyReversePath) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("MAIL FROM:<>"), 250);
}

TEST(SmtpSession, RefusesParametersItDidNotOffer) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> SMTPUTF8"), 555);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> X=1"), 555);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> AUTH=<>"), 555);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> SIZE=x"), 501);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> BODY=BINARYMIME"), 501);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 250);
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test> NOTIFY=NEVER"), 555);
}

TEST(SmtpSession, AfterHeloThereAreNoParameters) {
  Dialogue dialogue;
  dialogue.Say("HELO client.lab.test");
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> SIZE=1"), 555);
}

}  // namespace
}  // namespace fakeserver

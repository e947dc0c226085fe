#include "fakeserver/smtp_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakeserver/smtp_dialogue.h"

namespace fakeserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = Effect::Kind;

// ---- greeting

TEST(SmtpSession, GreetsWith220AndItsName) { EXPECT_EQ(Dialogue().Sent(), "220 mail.bob.test ESMTP\r\n"); }

TEST(SmtpSession, AfterARefusingGreetingServesOnlyQuit) {
  Dialogue dialogue({.greeting = Reply{554, {"No"}}});
  EXPECT_EQ(dialogue.Say("EHLO client.lab.test"), 503);
  EXPECT_FALSE(dialogue.closed());
  EXPECT_EQ(dialogue.Say("QUIT"), 221);
  EXPECT_TRUE(dialogue.closed());
}

TEST(SmtpSession, AGreetingOf421Closes) { EXPECT_TRUE(Dialogue({.greeting = Reply{421, {"Busy"}}}).closed()); }

TEST(SmtpSession, SendsARawGreetingByteForByte) {
  EXPECT_EQ(Dialogue({.greeting = Reply{.code = 220, .raw = certs::ToBytes("220\n\x1b[2J")}}).Sent(), "220\n\x1b[2J");
}

// ---- EHLO, HELO

TEST(SmtpSession, ListsItsCapabilitiesInAMultilineReply) {
  Dialogue dialogue({.capabilities_clear = {"SIZE 100", "STARTTLS"}});
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Sent(),
            "220 mail.bob.test ESMTP\r\n250-mail.bob.test at your service\r\n250-SIZE 100\r\n250 STARTTLS\r\n");
}

TEST(SmtpSession, AnswersHeloInOneLine) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("HELO client.lab.test"), 250);
  EXPECT_EQ(dialogue.Sent(), "220 mail.bob.test ESMTP\r\n250 mail.bob.test\r\n");
}

TEST(SmtpSession, WantsADomainInEhloAndHelo) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("EHLO"), 501);
  EXPECT_EQ(dialogue.Say("HELO "), 501);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 503) << "neither counts as a greeting";
}

TEST(SmtpSession, TakesVerbsInAnyCaseAndTrailingSpace) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("eHlO client.lab.test \t "), 250);
  EXPECT_EQ(dialogue.Say("noop"), 250);
  EXPECT_EQ(dialogue.All(Kind::kCommand)[0].verb, Verb::kEhlo);
}

TEST(SmtpSession, RecordsACommandAsItCame) {
  Dialogue dialogue;
  dialogue.Say("ehlo  client.lab.test ");
  EXPECT_EQ(dialogue.All(Kind::kCommand)[0].text, "ehlo  client.lab.test ");
}

// ---- unknown, unimplemented, small ones

TEST(SmtpSession, TellsUnknownFromUnimplemented) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("XYZZY"), 500);
  EXPECT_EQ(dialogue.Say(""), 500);
  EXPECT_EQ(dialogue.Say("EXPN list"), 502);
  EXPECT_EQ(dialogue.Say("BDAT 12 LAST"), 502);
  EXPECT_EQ(dialogue.All(Kind::kCommand)[0].verb, Verb::kOther);
}

TEST(SmtpSession, AnswersTheSmallCommands) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("NOOP whatever"), 250);
  EXPECT_EQ(dialogue.Say("RSET"), 250);
  EXPECT_EQ(dialogue.Say("RSET now"), 501);
  EXPECT_EQ(dialogue.Say("VRFY postmaster"), 252);
  EXPECT_EQ(dialogue.Say("VRFY"), 501);
  EXPECT_EQ(dialogue.Say("HELP"), 214);
  EXPECT_EQ(dialogue.Say("QUIT now"), 501);
  EXPECT_FALSE(dialogue.closed());
  EXPECT_EQ(dialogue.Say("QUIT"), 221);
  EXPECT_TRUE(dialogue.Has(Kind::kClose));
}

TEST(SmtpSession, SaysNothingAfterQuit) {
  Dialogue dialogue;
  dialogue.SayRaw("QUIT\r\nNOOP\r\n");
  EXPECT_THAT(dialogue.Codes(), ElementsAre(220, 221));
  EXPECT_EQ(dialogue.Say("NOOP"), 0);
}

// ---- STARTTLS

TEST(SmtpSession, SwitchesToTlsAfter220) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("STARTTLS"), 220);
  EXPECT_EQ(dialogue.effects().back().kind, Kind::kStartTls);
}

TEST(SmtpSession, StartTlsTakesNoParameters) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("STARTTLS please"), 501);
  EXPECT_FALSE(dialogue.Has(Kind::kStartTls));
}

TEST(SmtpSession, StartTlsWantsAGreetingAndAnOffer) {
  EXPECT_EQ(Dialogue().Say("STARTTLS"), 503);
  Dialogue without({.capabilities_clear = {"XXXXXXXA"}});
  without.Say("EHLO client.lab.test");
  EXPECT_EQ(without.Say("STARTTLS"), 502);
  EXPECT_FALSE(without.Has(Kind::kStartTls));
}

TEST(SmtpSession, RefusesStartTlsInsideTlsEvenIfOffered) {
  Dialogue dialogue({.capabilities_tls = {"STARTTLS"}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("STARTTLS"), 503);
  EXPECT_EQ(dialogue.All(Kind::kStartTls).size(), 1u);
}

TEST(SmtpSession, ForgetsEverythingWhenTlsStarts) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  dialogue.Say("MAIL FROM:<a@lab.test>");
  dialogue.Say("STARTTLS");
  dialogue.EndTlsHandshake();
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 503);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 503) << "EHLO is needed again";
}

TEST(SmtpSession, OffersOtherCapabilitiesInsideTls) {
  Dialogue dialogue({.capabilities_clear = {"STARTTLS"}, .capabilities_tls = {"AUTH PLAIN"}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.All(Kind::kReply).back().text, "250-mail.bob.test at your service\r\n250 AUTH PLAIN");
}

TEST(SmtpSession, DropsBytesPipelinedBehindStartTls) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  dialogue.SayRaw("STARTTLS\r\nMAIL FROM:<a@lab.test>\r\n");
  EXPECT_THAT(dialogue.All(Kind::kMailFrom), IsEmpty());
  ASSERT_EQ(dialogue.All(Kind::kClearDiscarded).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kClearDiscarded)[0].text, "MAIL FROM:<a@lab.test>\r\n");
  dialogue.EndTlsHandshake();
  EXPECT_EQ(dialogue.Codes().size(), 3u) << "no reply to what was dropped";
}

TEST(SmtpSession, KeepsTlsThatComesBeforeThe220) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  dialogue.SayRaw("STARTTLS\r\n\x16\x03\x01\x02");
  EXPECT_FALSE(dialogue.Has(Kind::kClearDiscarded));
  ASSERT_EQ(dialogue.All(Kind::kEarlyTls).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kEarlyTls)[0].bytes, certs::ToBytes("\x16\x03\x01\x02"));
}

TEST(SmtpSession, AnyReplyButOneOfCode220IsARefusal) {
  for (int code : {200, 221, 250, 334, 354, 421, 454, 500, 501, 502, 503, 530, 554}) {
    Dialogue dialogue({.replies = {{Verb::kStartTls, Reply{code, {"no"}}}}});
    dialogue.Say("EHLO client.lab.test");
    EXPECT_EQ(dialogue.Say("STARTTLS"), code);
    EXPECT_FALSE(dialogue.Has(Kind::kStartTls)) << code;
  }
}

TEST(SmtpSession, StaysInClearWhenScripted) {
  Dialogue dialogue({.after_starttls = AfterStartTls::kStayInClear});
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("STARTTLS"), 220);
  EXPECT_FALSE(dialogue.Has(Kind::kStartTls));
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 250);
}

TEST(SmtpSession, SeesAClientHelloAmongTheCommands) {
  Dialogue dialogue({.after_starttls = AfterStartTls::kStayInClear});
  dialogue.Say("EHLO client.lab.test");
  dialogue.Say("STARTTLS");
  const std::string record(
      "\x16\x03\x01\x00\x08\x01\x00\r\nQUIT"
      "\r",
      13);
  EXPECT_EQ(dialogue.SayRaw(record + "EHLO again.lab.test\r\n"), 250);
  ASSERT_EQ(dialogue.All(Kind::kTlsRecordInClear).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kTlsRecordInClear)[0].text, record);
  EXPECT_EQ(dialogue.All(Kind::kCommand).back().text, "EHLO again.lab.test");
  EXPECT_THAT(dialogue.Codes(), ElementsAre(220, 250, 220, 500, 250));
}

TEST(SmtpSession, TakesControlOctetsThatAreNoRecordForALine) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say("\x16whatever"), 500);
  EXPECT_EQ(dialogue.Say("\x16\x03\x09"), 500);
  EXPECT_FALSE(dialogue.Has(Kind::kTlsRecordInClear));
  EXPECT_EQ(dialogue.All(Kind::kCommand)[1].text, "\x16\x03\x09");
}

// ---- injection

std::vector<std::string> SendsBehindStartTls(Placement placement) {
  Dialogue dialogue({.injection = {placement, certs::ToBytes("250 evil\r\n")}});
  dialogue.Say("EHLO client.lab.test");
  dialogue.Say("STARTTLS");
  std::vector<std::string> sends;
  for (const Effect& effect : dialogue.All(Kind::kSend)) {
    sends.emplace_back(certs::AsText(effect.bytes));
  }
  sends.erase(sends.begin(), sends.begin() + 2);
  return sends;
}

TEST(SmtpSession, InjectsWhereTheScriptSays) {
  const std::string reply = "220 2.0.0 Ready to start TLS\r\n", evil = "250 evil\r\n";
  EXPECT_THAT(SendsBehindStartTls(Placement::kNone), ElementsAre(reply));
  EXPECT_THAT(SendsBehindStartTls(Placement::kBeforeReply), ElementsAre(evil + reply));
  EXPECT_THAT(SendsBehindStartTls(Placement::kSameSegment), ElementsAre(reply + evil));
  EXPECT_THAT(SendsBehindStartTls(Placement::kNextSegment), ElementsAre(reply, evil));
  EXPECT_THAT(SendsBehindStartTls(Placement::kBeforeServerHello), ElementsAre(reply)) << "the connection's business";
}

TEST(SmtpSession, SaysWhatItInjected) {
  Dialogue dialogue({.injection = {Placement::kSameSegment, certs::ToBytes("250 evil\r\n")}});
  dialogue.Say("EHLO client.lab.test");
  dialogue.Say("STARTTLS");
  ASSERT_EQ(dialogue.All(Kind::kInjected).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kInjected)[0].bytes, certs::ToBytes("250 evil\r\n"));
}

// ---- the first EHLO inside TLS

TEST(SmtpSession, HoldsOnlyTheFirstEhloInTls) {
  Dialogue dialogue({.hold_first_ehlo_in_tls = Micros(700'000)});
  dialogue.EnterTls();
  dialogue.Say("EHLO client.lab.test");
  ASSERT_EQ(dialogue.All(Kind::kHold).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kHold)[0].wait, Micros(700'000));
}

// ---- scripted replies

TEST(SmtpSession, ScriptedRepliesDecideByCode) {
  Dialogue dialogue({.replies = {{Verb::kRcpt, Reply{450, {"greylisted"}}}, {Verb::kEndOfData, Reply{550, {"spam"}}}}});
  dialogue.EnterTls();
  dialogue.Say("MAIL FROM:<a@lab.test>");
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 450);
  EXPECT_EQ(dialogue.Say("DATA"), 554);
}

TEST(SmtpSession, AScripted354OpensAMessageWhateverCameBefore) {
  Dialogue dialogue({.replies = {{Verb::kData, Reply{354, {}}}, {Verb::kEndOfData, Reply{550, {"spam"}}}}});
  EXPECT_EQ(dialogue.Say("DATA"), 354);
  EXPECT_EQ(dialogue.SayRaw("x\r\n.\r\n"), 550);
}

TEST(SmtpSession, A421ClosesWhereverItComes) {
  Dialogue dialogue({.replies = {{Verb::kMail, Reply{421, {"gone"}}}}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 421);
  EXPECT_TRUE(dialogue.closed());
}

TEST(SmtpSession, AReplyMayHaveManyLinesOrNoText) {
  Dialogue dialogue({.replies = {{Verb::kNoop, Reply{250, {"a", "b"}}}, {Verb::kRset, Reply{250, {}}}}});
  dialogue.Say("NOOP");
  dialogue.Say("RSET");
  EXPECT_TRUE(dialogue.Sent().ends_with("250-a\r\n250 b\r\n250\r\n"));
}

// ---- modes

TEST(SmtpSession, OnAnImplicitPortTheCapabilitiesAreThoseInsideTls) {
  Dialogue dialogue({.capabilities_tls = {"AUTH PLAIN"}}, TlsMode::kImplicit);
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.All(Kind::kReply).back().text, "250-mail.bob.test at your service\r\n250 AUTH PLAIN");
  EXPECT_EQ(dialogue.Say("STARTTLS"), 503);
}

TEST(SmtpSession, AnImplicitPortThatGreetsInClearIsInClear) {
  Dialogue dialogue({.capabilities_clear = {"STARTTLS"}, .greet_in_clear_on_implicit = true}, TlsMode::kImplicit);
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 538);
}

// ---- unfinished business

TEST(SmtpSession, NotesWhatTheClientLeftUnfinished) {
  Dialogue line, message, nothing;
  line.SayRaw("EHLO cl");
  line.HangUp();
  EXPECT_EQ(line.All(Kind::kNote).size(), 1u);
  message.EnterTls();
  message.BeginMessage();
  message.SayRaw("Subject: x\r\n");
  message.HangUp();
  EXPECT_EQ(message.All(Kind::kNote).size(), 1u);
  EXPECT_FALSE(message.Has(Kind::kMessage));
  nothing.HangUp();
  EXPECT_FALSE(nothing.Has(Kind::kNote));
}

}  // namespace
}  // namespace fakeserver

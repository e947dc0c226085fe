// Scripted replies beyond code and text: where, how often, how late and how badly written they come.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/smtp_reply.h"
#include "tests/fakeserver/smtp_dialogue.h"

namespace fakeserver {
namespace {

using ::testing::ElementsAre;
using Kind = Effect::Kind;

std::string Text(const Reply& reply) { return std::string(certs::AsText(Encode(reply))); }

// ---- where, how often, how late

TEST(ScriptedReply, IsGivenInItsScopeOnly) {
  Dialogue dialogue({.replies = {{Verb::kEhlo, {.code = 502, .lines = {"no"}, .scope = ReplyScope::kInTls}},
                                 {Verb::kMail, {.code = 530, .lines = {"no"}, .scope = ReplyScope::kInClear}}}});
  EXPECT_EQ(dialogue.Say("EHLO client.lab.test"), 250);
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 530);
  dialogue.Say("STARTTLS");
  dialogue.EndTlsHandshake();
  EXPECT_EQ(dialogue.Say("EHLO client.lab.test"), 502);
  dialogue.Say("HELO client.lab.test");
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 250);
}

TEST(ScriptedReply, IsGivenAsOftenAsItSays) {
  Dialogue dialogue({.replies = {{Verb::kNoop, {.code = 450, .lines = {"no"}, .times = 2}}}});
  EXPECT_EQ(dialogue.Say("NOOP"), 450);
  EXPECT_EQ(dialogue.Say("NOOP"), 450);
  EXPECT_EQ(dialogue.Say("NOOP"), 250);
}

TEST(ScriptedReply, WaitsBeforeItIsSent) {
  Dialogue dialogue({.replies = {{Verb::kNoop, {.code = 450, .lines = {"no"}, .hold = Micros(700)}}}});
  dialogue.Say("NOOP");
  ASSERT_EQ(dialogue.All(Kind::kHold).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kHold)[0].wait, Micros(700));
}

TEST(ScriptedReply, MayLeaveTheWordsToTheServer) {
  Dialogue dialogue({.greeting = Reply{.code = Reply::kOrdinary, .lines = {}, .form = ReplyForm::kBareLf},
                     .replies = {{Verb::kMail, {.code = Reply::kOrdinary, .lines = {}, .hold = Micros(1)}}}});
  EXPECT_EQ(dialogue.Sent(), "220 mail.bob.test ESMTP\n");
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 503) << "no EHLO yet";
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test>"), 250);
}

TEST(ScriptedReply, OrdinaryAuthIsServedAsUsual) {
  Dialogue dialogue({.replies = {{Verb::kAuth, {.code = Reply::kOrdinary, .lines = {}, .hold = Micros(1)}}}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA=="), 235);
}

// ---- in the middle of a message

TEST(InterruptedData, IsAnsweredOnceBeforeItEnds) {
  Dialogue dialogue({.interrupt_data = Reply{550, {"stop"}}});
  dialogue.EnterTls();
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw("Subject: x\r\n"), 550);
  EXPECT_EQ(dialogue.SayRaw("\r\nx\r\n.\r\n"), 0);
  EXPECT_TRUE(dialogue.Has(Kind::kMessage));
  EXPECT_EQ(dialogue.Say("NOOP"), 250) << "the session goes on";
}

TEST(InterruptedData, EndsWith421) {
  Dialogue dialogue({.interrupt_data = Reply{421, {"closing"}}});
  dialogue.EnterTls();
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw("x\r\n.\r\n"), 421);
  EXPECT_TRUE(dialogue.closed());
  EXPECT_FALSE(dialogue.Has(Kind::kMessage));
}

// ---- how it is written

TEST(ReplyForms, AreWrittenAsTheySay) {
  const std::vector<std::string> lines = {"one", "two"};
  const auto text = [&](ReplyForm form) { return Text({.code = 250, .lines = lines, .form = form}); };
  EXPECT_EQ(text(ReplyForm::kProper), "250-one\r\n250 two\r\n");
  EXPECT_EQ(text(ReplyForm::kBareLf), "250-one\n250 two\n");
  EXPECT_EQ(text(ReplyForm::kStrayCr), "250-one\r\n250 t\rwo\r\n");
  EXPECT_EQ(text(ReplyForm::kNoSeparator), "250-one\r\n250two\r\n");
  EXPECT_EQ(text(ReplyForm::kShortCode), "25-one\r\n25 two\r\n");
  EXPECT_EQ(text(ReplyForm::kLongCode), "2500-one\r\n2500 two\r\n");
  EXPECT_EQ(text(ReplyForm::kOddCode), "650-one\r\n650 two\r\n");
  EXPECT_EQ(text(ReplyForm::kLetters), "OK!-one\r\nOK! two\r\n");
  EXPECT_EQ(text(ReplyForm::kNul), std::string("250-one\r\n250 t\0wo\r\n", 19));
  EXPECT_EQ(text(ReplyForm::kCodesDisagree), "250-one\r\n251 two\r\n");
  EXPECT_EQ(text(ReplyForm::kNoEnd), "250-one\r\n250 two");
  EXPECT_EQ(text(ReplyForm::kTwice), "250-one\r\n250 two\r\n250-one\r\n250 two\r\n");
  EXPECT_TRUE(text(ReplyForm::kEndlessLines).ends_with("250-two\r\n"));
  EXPECT_GT(text(ReplyForm::kEndlessLine).size(), 100'000u);
}

TEST(ReplyForms, ADisagreementTakesTwoLines) {
  EXPECT_EQ(Text({.code = 220, .lines = {"one"}, .form = ReplyForm::kCodesDisagree}), "220-one\r\n221 one\r\n");
}

// ---- injections in slices

std::vector<std::string> Injected(Placement placement, int slice) {
  Dialogue dialogue({.injection = {placement, certs::ToBytes("abcde"), slice}});
  dialogue.Say("EHLO client.lab.test");
  const size_t before = dialogue.All(Kind::kSend).size();
  dialogue.Say("STARTTLS");
  std::vector<std::string> sends;
  for (const Effect& effect : dialogue.All(Kind::kSend)) {
    sends.emplace_back(certs::AsText(effect.bytes));
  }
  sends.erase(sends.begin(), sends.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_EQ(dialogue.All(Kind::kInjected).size(), 1u);
  return sends;
}

TEST(Injections, ComeInSlices) {
  const std::string reply = "220 2.0.0 Ready to start TLS\r\n";
  EXPECT_THAT(Injected(Placement::kBeforeReply, 2), ElementsAre("ab", "cd", "e" + reply));
  EXPECT_THAT(Injected(Placement::kSameSegment, 2), ElementsAre(reply + "ab", "cd", "e"));
  EXPECT_THAT(Injected(Placement::kNextSegment, 2), ElementsAre(reply, "ab", "cd", "e"));
}

}  // namespace
}  // namespace fakeserver

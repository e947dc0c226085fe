// Bounds, line ends and smuggling, and that no split of the input changes anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "fakeserver/smtp_session.h"
#include "tests/fakeserver/smtp_dialogue.h"

namespace fakeserver {
namespace {

using ::testing::ElementsAre;
using Kind = Effect::Kind;

std::string LineOf(std::string_view head, size_t octets_with_crlf) {
  return std::string(head) + std::string(octets_with_crlf - 2 - head.size(), 'x');
}

// ---- limits

TEST(SmtpLimits, ACommandMayHave512OctetsAndNoMore) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.Say(LineOf("NOOP ", 512)), 250);
  EXPECT_EQ(dialogue.Say(LineOf("NOOP ", 513)), 500);
  EXPECT_EQ(dialogue.Say("NOOP"), 250) << "the rest of the long line is gone";
}

TEST(SmtpLimits, ExtensionsLengthenMail) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  EXPECT_EQ(dialogue.Say(LineOf("MAIL ", 1055)), 501);
  EXPECT_EQ(dialogue.Say(LineOf("MAIL ", 1056)), 500);
}

TEST(SmtpLimits, AnAuthenticationResponseMayHave12288Octets) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.Say("AUTH PLAIN");
  EXPECT_EQ(dialogue.Say(std::string(12288, 'A')), 501) << "decoded, but no credentials";
  dialogue.Say("AUTH PLAIN");
  EXPECT_EQ(dialogue.Say(std::string(12289, 'A')), 500);
  EXPECT_EQ(dialogue.Say("NOOP"), 250) << "the exchange is over";
}

TEST(SmtpLimits, ALineWithoutAnEndClosesAfter64KiB) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.SayRaw(std::string(64 * 1024, 'x')), 0);
  EXPECT_EQ(dialogue.SayRaw("x"), 421);
  EXPECT_TRUE(dialogue.closed());
  EXPECT_LE(dialogue.All(Kind::kCommand).at(0).text.size(), 512u);
}

TEST(SmtpLimits, EndlessCommandsCloseTheSession) {
  Dialogue dialogue;
  for (int i = 0; i < 4000; ++i) {
    ASSERT_EQ(dialogue.SayRaw("NOOP\r\n"), 250);
  }
  EXPECT_EQ(dialogue.Say("NOOP"), 421);
  EXPECT_TRUE(dialogue.closed());
}

TEST(SmtpLimits, TheAdvertisedSizeIsEnforcedTwice) {
  Dialogue dialogue({.capabilities_tls = {"SIZE 100"}});
  dialogue.EnterTls();
  EXPECT_EQ(dialogue.Say("MAIL FROM:<a@lab.test> SIZE=101"), 552);
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw(LineOf("", 101) + "\r\n.\r\n"), 552);
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw(LineOf("", 100) + "\r\n.\r\n"), 250);
}

TEST(SmtpLimits, OfALargeMessageTheFirst64KiBAreKept) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.BeginMessage();
  std::string body;
  for (int i = 0; i < 1000; ++i) {
    body += LineOf("", 100) + "\r\n";
  }
  EXPECT_EQ(dialogue.SayRaw(body + ".\r\n"), 250);
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).text, body.substr(0, 64 * 1024));
  EXPECT_EQ(dialogue.All(Kind::kMessage).at(0).size, body.size());
}

TEST(SmtpLimits, ATextLineMayHave1000Octets) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw(LineOf("", 1000) + "\r\n.\r\n"), 250);
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw(LineOf("", 1001) + "\r\n.\r\n"), 500);
  EXPECT_EQ(dialogue.All(Kind::kMessage).size(), 2u) << "it was disclosed all the same";
}

TEST(SmtpLimits, RecipientsAreLimited) {
  Dialogue dialogue;
  dialogue.Say("EHLO client.lab.test");
  dialogue.Say("MAIL FROM:<a@lab.test>");
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 250);
  }
  EXPECT_EQ(dialogue.Say("RCPT TO:<b@lab.test>"), 452);
}

// ---- line ends (RFC 5321 2.3.8)

TEST(SmtpLineEnds, ABareLfEndsACommandAndIsNotedOnce) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.SayRaw("EHLO client.lab.test\nNOOP\n"), 250);
  EXPECT_EQ(dialogue.All(Kind::kCommand).size(), 2u);
  EXPECT_EQ(dialogue.All(Kind::kNote).size(), 1u);
}

TEST(SmtpLineEnds, ABareCrEndsNothing) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.SayRaw("NOOP\rQUIT\r\n"), 500);
  EXPECT_EQ(dialogue.All(Kind::kCommand).at(0).text, "NOOP\rQUIT");
}

class Smuggling : public ::testing::TestWithParam<std::string> {};

TEST_P(Smuggling, NothingButCrlfDotCrlfEndsAMessage) {
  Dialogue dialogue;
  dialogue.EnterTls();
  dialogue.BeginMessage();
  EXPECT_EQ(dialogue.SayRaw("x" + GetParam() + "MAIL FROM:<smuggled@lab.test>\r\n"), 0);
  EXPECT_EQ(dialogue.SayRaw("\r\n.\r\n"), 250);
  EXPECT_EQ(dialogue.All(Kind::kMessage).size(), 1u);
  EXPECT_EQ(dialogue.All(Kind::kMailFrom).size(), 1u);
  EXPECT_TRUE(dialogue.Has(Kind::kNote)) << "it is visible";
}

INSTANTIATE_TEST_SUITE_P(Ends, Smuggling,
                         ::testing::Values("\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n.\r",
                                           "\r\n.\r\r\n"));

// ---- any split gives the same effects

// Effects as text, with neighbours of one kind that are pieces of one stream joined.
std::vector<std::string> Digest(const std::vector<Effect>& effects) {
  std::vector<std::string> digest;
  const Effect* previous = nullptr;
  for (const Effect& effect : effects) {
    std::string text = effect.text + "|" + effect.secret + "|" + certs::ToHex(effect.bytes) + "|" +
                       std::to_string(effect.code) + "|" + std::to_string(effect.size);
    const bool piece = effect.kind == Kind::kClearDiscarded || effect.kind == Kind::kEarlyTls;
    if (piece && previous != nullptr && previous->kind == effect.kind) {
      digest.back() += piece && effect.kind == Kind::kClearDiscarded ? effect.text : certs::ToHex(effect.bytes);
    } else {
      std::string kind = std::to_string(static_cast<int>(effect.kind)) + ":";
      digest.push_back(piece ? kind + (effect.kind == Kind::kClearDiscarded ? effect.text : certs::ToHex(effect.bytes))
                             : kind + text);
    }
    previous = &effect;
  }
  return digest;
}

std::vector<Effect> Fed(const SmtpScript& script, std::string_view input, const std::vector<size_t>& cuts) {
  SmtpSession session(script, TlsMode::kStartTls);
  std::vector<Effect> all = session.Start();
  size_t from = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    const size_t to = i < cuts.size() ? cuts[i] : input.size();
    for (Effect& effect : session.OnBytes(certs::ToBytes(input.substr(from, to - from)))) {
      all.push_back(std::move(effect));
    }
    from = to;
  }
  return all;
}

std::string LongDialogue(std::string_view ending) {
  std::string text =
      "EHLO client.lab.test\r\nAUTH PLAIN AGFsaWNlAHMzY3JldA==\r\nAUTH LOGIN\r\nYWxpY2U=\r\n*\r\nXYZZY\nMAIL "
      "FROM:<a@lab.test> SIZE=3\r\n"
      "RCPT TO:<b@lab.test>\r\nDATA\r\n..dot\r\n.\n\r.\r\nx\r\r\n\n.\n.\r.\r\n\r\n.\r\n";
  text += std::string("\x16\x03\x01\x00\x05\x01\r\n\r\n", 10) + "\x16\x03oops\r\n\x17\r\n";
  text += LineOf("NOOP ", 600) + "\r\n";
  return text + std::string(ending);
}

const SmtpScript& ClearAuth() {
  static const SmtpScript script{.capabilities_clear = {"AUTH PLAIN LOGIN", "SIZE 100", "STARTTLS"}};
  return script;
}

class Splits : public ::testing::TestWithParam<std::string> {};

TEST_P(Splits, AreInvisible) {
  const std::string input = LongDialogue(GetParam());
  const auto whole = Digest(Fed(ClearAuth(), input, {}));
  std::vector<size_t> every_octet;
  for (size_t cut = 1; cut < input.size(); ++cut) {
    ASSERT_EQ(Digest(Fed(ClearAuth(), input, {cut})), whole) << "split at " << cut;
    every_octet.push_back(cut);
  }
  EXPECT_EQ(Digest(Fed(ClearAuth(), input, every_octet)), whole);
  std::mt19937 random(20261124);
  for (int round = 0; round < 200; ++round) {
    std::vector<size_t> cuts(random() % 12);
    std::ranges::generate(cuts, [&] { return random() % input.size(); });
    std::ranges::sort(cuts);
    ASSERT_EQ(Digest(Fed(ClearAuth(), input, cuts)), whole) << "seed 20261124, round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Endings, Splits,
                         ::testing::Values("QUIT\r\nNOOP\r\n", "STARTTLS\r\nMAIL FROM:<a@lab.test>\r\nx",
                                           std::string("STARTTLS\r\n\x16\x03\x01\x00\x02zz", 17)));

}  // namespace
}  // namespace fakeserver

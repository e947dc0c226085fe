#include "lab/verifier/smtp_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "lab/verifier/smtp_text.h"

namespace verifier {
namespace {

using ::testing::ElementsAre;
using State = ReplyParser::State;

certs::Bytes Octets(std::string_view text) { return certs::ToBytes(text); }

// What parsing comes to, however it was fed.
struct Outcome {
  State state = State::kIncomplete;
  ReplyError error = ReplyError::kNone;
  size_t taken = 0;
  Reply reply;

  bool operator==(const Outcome&) const = default;
};

Outcome Parse(std::string_view text, const std::vector<size_t>& cuts) {
  const certs::Bytes bytes = Octets(text);
  ReplyParser parser;
  Outcome outcome;
  size_t begin = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    const size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    outcome.taken += parser.Consume(certs::ByteView(bytes).subspan(begin, end - begin));
    begin = end;
  }
  outcome.state = parser.state();
  outcome.error = parser.error();
  if (outcome.state == State::kComplete) {
    outcome.reply = parser.reply();
  }
  return outcome;
}

Outcome Parse(std::string_view text) { return Parse(text, {}); }

std::string ManyLines(size_t count) {
  std::string text;
  for (size_t i = 1; i < count; ++i) {
    text += "250-x\r\n";
  }
  return text + "250 x\r\n";
}

struct GoodRow {
  std::string text;
  Reply reply;
};

const std::vector<GoodRow>& GoodReplies() {
  static const std::vector<GoodRow> rows = {
      {"220 mail.bob.test ready\r\n", {220, {"mail.bob.test ready"}}},
      {"250\r\n", {250, {""}}},  // RFC 5321 4.2.1: the text may be missing, and the space with it
      {"250 \r\n", {250, {""}}},
      {"250-\r\n250\r\n", {250, {"", ""}}},
      {"250-a\r\n250-b\r\n250 c\r\n", {250, {"a", "b", "c"}}},
      {"250-234 x\r\n250 y\r\n", {250, {"234 x", "y"}}},  // what looks like a code in the text is text
      {"550 OK accepted\r\n", {550, {"OK accepted"}}},
      {"299 unheard of\r\n", {299, {"unheard of"}}},  // unknown codes act by their first digit
      {"458 unheard of\r\n", {458, {"unheard of"}}},
      {"599 x\r\n", {599, {"x"}}},
      {"250 a\tb\r\n", {250, {"a\tb"}}},
      {"250  two spaces \r\n", {250, {" two spaces "}}},
      {"250 " + std::string(kMaxReplyLine - 6, 'x') + "\r\n", {250, {std::string(kMaxReplyLine - 6, 'x')}}},
      {ManyLines(kMaxReplyLines), {250, std::vector<std::string>(kMaxReplyLines, "x")}},
  };
  return rows;
}

struct BadRow {
  std::string text;
  ReplyError error;
};

const std::vector<BadRow>& BadReplies() {
  using namespace std::string_literals;
  std::string too_long;
  for (size_t i = 0; i < 70; ++i) {
    too_long += "250-" + std::string(990, 'x') + "\r\n";
  }
  static const std::vector<BadRow> rows = {
      {"\r\n", ReplyError::kBadCode},
      {"\n", ReplyError::kBareLf},
      {"+OK\r\n", ReplyError::kBadCode},
      {"* OK\r\n", ReplyError::kBadCode},
      {"HTTP/1.1 200 OK\r\n", ReplyError::kBadCode},
      {" 250 ok\r\n", ReplyError::kBadCode},
      {"25\r\n", ReplyError::kBadCode},
      {"2x0 ok\r\n", ReplyError::kBadCode},
      {"150 x\r\n", ReplyError::kBadCode},
      {"650 x\r\n", ReplyError::kBadCode},
      {"000 x\r\n", ReplyError::kBadCode},
      {"999 x\r\n", ReplyError::kBadCode},
      {"2200 x\r\n", ReplyError::kBadSeparator},
      {"250ok\r\n", ReplyError::kBadSeparator},
      {"250\tok\r\n", ReplyError::kBadSeparator},
      {"250_ok\r\n", ReplyError::kBadSeparator},
      {"250-a\r\n550 b\r\n", ReplyError::kCodesDisagree},
      {"250-a\r\n251-b\r\n250 c\r\n", ReplyError::kCodesDisagree},
      {"250-a\r\nb\r\n", ReplyError::kBadCode},
      {"250 ok\n", ReplyError::kBareLf},
      {"250\n", ReplyError::kBareLf},
      {"250 ok\n250 ok\r\n", ReplyError::kBareLf},
      {"250-a\n250 b\r\n", ReplyError::kBareLf},
      {"250 ok\r", ReplyError::kNone},  // not yet: see below
      {"250 o\rk\r\n", ReplyError::kBareCr},
      {"250 ok\r\r\n", ReplyError::kBareCr},
      {"250\r250 ok\r\n", ReplyError::kBareCr},
      {"250 ok\n\r", ReplyError::kBareLf},
      {"250 o\0k\r\n"s, ReplyError::kBadOctet},
      {"250 \x1b[31mred\r\n", ReplyError::kBadOctet},
      {"250 \x7f\r\n", ReplyError::kBadOctet},
      {"250 \xff\r\n", ReplyError::kBadOctet},
      {"250 \xc3\xa9\r\n", ReplyError::kBadOctet},
      {"\xff\xfe\r\n", ReplyError::kBadCode},
      {"250 " + std::string(kMaxReplyLine - 5, 'x') + "\r\n", ReplyError::kLineTooLong},
      {"250 " + std::string(size_t{100} * 1024, 'x'), ReplyError::kLineTooLong},
      {ManyLines(kMaxReplyLines + 1), ReplyError::kTooManyLines},
      {too_long, ReplyError::kTooLong},
  };
  return rows;
}

TEST(SmtpReply, IsReadAsItStands) {
  for (const GoodRow& row : GoodReplies()) {
    const Outcome outcome = Parse(row.text);
    EXPECT_EQ(outcome.state, State::kComplete) << certs::Escaped(row.text, 80);
    EXPECT_EQ(outcome.reply, row.reply) << certs::Escaped(row.text, 80);
    EXPECT_EQ(outcome.taken, row.text.size()) << certs::Escaped(row.text, 80);
  }
}

TEST(SmtpReply, ThatIsNoneIsAnErrorValue) {
  for (const BadRow& row : BadReplies()) {
    const Outcome outcome = Parse(row.text);
    EXPECT_EQ(outcome.error, row.error) << certs::Escaped(row.text, 80);
    EXPECT_EQ(outcome.state, row.error == ReplyError::kNone ? State::kIncomplete : State::kMalformed)
        << certs::Escaped(row.text, 80);
  }
}

TEST(SmtpReply, IsTheSameHoweverItIsCut) {
  std::vector<std::string> texts;
  for (const GoodRow& row : GoodReplies()) {
    texts.push_back(row.text);
  }
  for (const BadRow& row : BadReplies()) {
    texts.push_back(row.text);
  }
  for (const std::string& text : texts) {
    const Outcome whole = Parse(text);
    // Every place for one cut, as far as the texts are short; every octet alone, always.
    std::vector<size_t> each;
    for (size_t cut = 1; cut < text.size(); ++cut) {
      each.push_back(cut);
      if (cut < 64) {
        EXPECT_EQ(Parse(text, {cut}), whole) << certs::Escaped(text, 80) << " cut at " << cut;
      }
    }
    EXPECT_EQ(Parse(text, each), whole) << certs::Escaped(text, 80);
  }
}

TEST(SmtpReply, CutShortAnywhereIsIncomplete) {
  const std::string text = "250-a\r\n250 b\r\n";
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(Parse(text.substr(0, length)).state, State::kIncomplete) << length;
  }
}

TEST(SmtpReply, EndsWhereItEndsAndLeavesTheRest) {
  const certs::Bytes bytes = Octets("250-a\r\n250 b\r\n235 forged\r\n");
  ReplyParser parser;
  const size_t taken = parser.Consume(bytes);
  EXPECT_EQ(taken, 14u);
  EXPECT_EQ(parser.Consume(certs::ByteView(bytes).subspan(taken)), 0u);
  EXPECT_EQ(parser.Take(), (Reply{250, {"a", "b"}}));
  parser.Consume(certs::ByteView(bytes).subspan(taken));
  EXPECT_EQ(parser.Take(), (Reply{235, {"forged"}}));
}

TEST(SmtpReply, KnowsWhetherItIsHalfRead) {
  ReplyParser parser;
  EXPECT_FALSE(parser.midway());
  parser.Consume(Octets("250 o"));
  EXPECT_TRUE(parser.midway());
  parser.Consume(Octets("k\r\n"));
  EXPECT_FALSE(parser.midway());
}

// ------------------------------------------------------------------------------------------------ EHLO

Reply Ehlo(std::vector<std::string> lines) {
  lines.insert(lines.begin(), "mail.bob.test");
  return {250, std::move(lines)};
}

TEST(Ehlo, OffersStartTlsOnlyByTheBareKeyword) {
  EXPECT_TRUE(ParseEhlo(Ehlo({"STARTTLS"})).starttls);
  EXPECT_TRUE(ParseEhlo(Ehlo({"SIZE 1000", "starttls"})).starttls);
  EXPECT_TRUE(ParseEhlo(Ehlo({"StartTls", "8BITMIME"})).starttls);
  for (const char* line : {"STARTTLS x", "STARTTLS ", " STARTTLS", "STARTTLSX", "XSTARTTLS", "XXXXXXXA", "STARTTL", "",
                           "AUTH STARTTLS", "STARTTLS\t"}) {
    EXPECT_FALSE(ParseEhlo(Ehlo({line})).starttls) << line;
  }
}

TEST(Ehlo, OffersNothingInItsFirstLine) {
  EXPECT_EQ(ParseEhlo({250, {"STARTTLS"}}), EhloOffers{});
  EXPECT_EQ(ParseEhlo({250, {"AUTH PLAIN"}}), EhloOffers{});
}

TEST(Ehlo, NamesTheMechanismsOfAuth) {
  EXPECT_EQ(ParseEhlo(Ehlo({"AUTH PLAIN"})), (EhloOffers{.auth = {SaslMechanism::kPlain}}));
  EXPECT_EQ(ParseEhlo(Ehlo({"auth cram-md5 login"})), (EhloOffers{.auth = {SaslMechanism::kLogin}}));
  EXPECT_EQ(ParseEhlo(Ehlo({"AUTH  PLAIN LOGIN"})),
            (EhloOffers{.auth = {SaslMechanism::kPlain, SaslMechanism::kLogin}}));
  EXPECT_EQ(ParseEhlo(Ehlo({"AUTH SCRAM-SHA-256-PLUS scram-sha-256 scram-sha-256"})),
            (EhloOffers{.auth = {SaslMechanism::kScramSha256Plus, SaslMechanism::kScramSha256}}));
  for (const char* line : {"AUTH", "AUTH=PLAIN", "AUTHPLAIN", "AUTH PLAINX", "XAUTH PLAIN", "AUTH SCRAM-SHA-1"}) {
    EXPECT_EQ(ParseEhlo(Ehlo({line})), EhloOffers{}) << line;
  }
}

TEST(Ehlo, NamesTheExtensionsThatAMessageMayNeed) {
  EXPECT_EQ(ParseEhlo(Ehlo({"8bitmime", "SMTPUTF8", "REQUIRETLS"})),
            (EhloOffers{.eight_bit_mime = true, .smtp_utf8 = true, .require_tls = true}));
  EXPECT_EQ(ParseEhlo(Ehlo({"SIZE 1000"})), (EhloOffers{.size = 1000}));
  for (const char* line : {"SIZE", "SIZE 0", "SIZE x", "SIZE 99999999999999999999"}) {
    EXPECT_EQ(ParseEhlo(Ehlo({line})), (EhloOffers{.size = 0})) << line << ": no limit that is known (RFC 1870 4)";
  }
  for (const char* line : {"SIZE=1000", "8BITMIME x", "REQUIRETLS x", "XREQUIRETLS"}) {
    EXPECT_EQ(ParseEhlo(Ehlo({line})), EhloOffers{}) << line;
  }
}

// ------------------------------------------------------------------------------------------------ what is sent

TEST(DataBlock, EndsEveryLineInCrlfAndDoublesLeadingDots) {
  EXPECT_EQ(DataBlock(""), ".\r\n");
  EXPECT_EQ(DataBlock("a"), "a\r\n.\r\n");
  EXPECT_EQ(DataBlock("a\r\n"), "a\r\n.\r\n");
  EXPECT_EQ(DataBlock("a\nb\n"), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(DataBlock("\r\n\r\n"), "\r\n\r\n.\r\n");
  EXPECT_EQ(DataBlock(".\r\n"), "..\r\n.\r\n");
  EXPECT_EQ(DataBlock("a\n..b\n.c"), "a\r\n...b\r\n..c\r\n.\r\n");
}

TEST(DataBlock, HoldsOneEndOfDataWhateverTheBodySays) {
  // Each of these is read as the end of the data by some server if it is passed on unchanged.
  for (const char* body : {"a\r\n.\r\nMAIL FROM:<x>", "a\n.\nMAIL", "a\r.\rMAIL", "a\r\n.\nMAIL", "a\n.\r\nMAIL",
                           "a\r.\r\nMAIL", "a\n\r.\r\nMAIL", "a\r\r\n.\r\r\nMAIL"}) {
    const std::string block = DataBlock(body);
    EXPECT_EQ(block.find("\r\n.\r\n"), block.size() - 5) << certs::Escaped(std::string_view(body));
    for (size_t i = 0; i < block.size(); ++i) {
      EXPECT_EQ(block[i] == '\n', i > 0 && block[i - 1] == '\r') << certs::Escaped(block);
      EXPECT_EQ(block[i] == '\r', i + 1 < block.size() && block[i + 1] == '\n') << certs::Escaped(block);
    }
  }
}

TEST(Arguments, ThatWouldStartACommandOfTheirOwnAreNotSafe) {
  EXPECT_TRUE(IsSafePath("alice@bob.test"));
  EXPECT_TRUE(IsSafePath(""));
  EXPECT_TRUE(IsSafePath("j\xc3\xb6rg@\xe4\xbe\x8b.test"));
  for (const char* path : {"a@b\r\nDATA", "a@b\nDATA", "a@b> SIZE=1", "<a@b", "a b@c", "a@b\x7f", "a@\xc3.test",
                           "a@\xc0\xaf.test", "a@\xed\xa0\x80", "a@\xc2\x85"}) {
    EXPECT_FALSE(IsSafePath(path)) << certs::Escaped(std::string_view(path));
  }
  EXPECT_FALSE(IsSafePath(std::string(255, 'a')));
  EXPECT_TRUE(IsSafeDomain("client.lab.test"));
  EXPECT_FALSE(IsSafeDomain(""));
  EXPECT_FALSE(IsSafeDomain("a b"));
  EXPECT_TRUE(IsSafeCredential("p\xc3\xa4ss w\r\nord"));  // base64 hides everything but NUL
  EXPECT_FALSE(IsSafeCredential(std::string_view("a\0b", 3)));
}

TEST(Base64, IsThatOfRfc4648) {
  // RFC 4648 10
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(FromBase64(""), "");
  EXPECT_EQ(FromBase64("VXNlcm5hbWU6"), "Username:");
  for (const char* text : {"Zg", "Zg=", "Zg==x", "Username:", "Zm9v Zm9v", "Zg==Zg=="}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace verifier

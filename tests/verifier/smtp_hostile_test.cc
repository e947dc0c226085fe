// The mail client against a server, or somebody on the way, that breaks the protocol: whatever comes, the client ends,
// in time, and gives nothing away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "lab/verifier/smtp_client.h"
#include "lab/verifier/smtp_reply.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::Reason;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kForgedEhlo[] = "250-mail.bob.test\r\n250 AUTH PLAIN LOGIN\r\n";

void ExpectRefused(const Talk& talk, Reason reason, std::string_view what) {
  EXPECT_EQ(talk.result.verdict.reason, reason) << certs::Escaped(what, 100) << ": " << talk.result.detail;
  EXPECT_FALSE(talk.result.verified) << certs::Escaped(what, 100);
  EXPECT_TRUE(talk.ended) << certs::Escaped(what, 100);
  EXPECT_TRUE(talk.KeptQuietInClear()) << talk.in_clear;
  EXPECT_THAT(talk.in_tls, IsEmpty()) << certs::Escaped(what, 100);
}

// ------------------------------------------------------------------------------------------------ injection

TEST(Injection, BehindThe220EndsItBeforeTls) {
  for (const char* forged : {kForgedEhlo, "250-", "\r\n", "x", " ", "220 again\r\n", "\x16\x03\x03", "\x15\x03\x01"}) {
    const Talk talk = Converse({.behind_220 = forged});
    ExpectRefused(talk, Reason::kClearTextBehind220, forged);
    EXPECT_EQ(talk.in_clear, "EHLO client.lab.test\r\nSTARTTLS\r\n") << "not even a ClientHello";
  }
}

TEST(Injection, BehindThe220InASegmentOfItsOwnIsTheSame) {
  for (const char* forged : {kForgedEhlo, "250-", "500 what?\r\n", "\r\n"}) {
    const Talk talk = Converse({.after_client_hello = forged});
    ExpectRefused(talk, Reason::kClearTextBehind220, forged);
    EXPECT_EQ(talk.behind_client_hello, 0u) << "not even an alert";
  }
}

TEST(Injection, BehindAnEarlierReplyEndsItToo) {
  ExpectRefused(Converse({.greeting = "220 hi\r\n250-x\r\n250 STARTTLS\r\n"}), Reason::kClearTextBehind220, "greeting");
  ExpectRefused(Converse({.ehlo_in_clear = "250-x\r\n250 STARTTLS\r\n220 go\r\n"}), Reason::kClearTextBehind220,
                "ehlo");
}

TEST(Injection, InFrontOfThe220IsTheAnswerToStartTls) {
  FakeScript script;
  script.replies["STARTTLS"] = std::string(kForgedEhlo) + "220 go\r\n";
  ExpectRefused(Converse(script), Reason::kStartTlsRefused, "in front");
}

TEST(Injection, ARefusalIsTheSameWhateverStandsBehindIt) {
  ExpectRefused(Converse({.greeting = "554 no\r\n220 yes\r\n"}), Reason::kServiceRefused, "greeting");
  FakeScript script;
  script.replies["STARTTLS"] = "454 no\r\n220 yes\r\n";
  ExpectRefused(Converse(script), Reason::kStartTlsRefused, "starttls");
}

TEST(Injection, CutInPiecesStillEndsIt) {
  const Talk talk = Converse({.behind_220 = kForgedEhlo}, {.chunk = 1});
  ExpectRefused(talk, Reason::kClearTextBehind220, "octet by octet");
}

TEST(Injection, ATlsPortThatGreetsInClearIsATlsFault) {
  ExpectRefused(Converse({.mode = TlsMode::kImplicit, .after_client_hello = "220 mail.bob.test\r\n"}),
                Reason::kTlsFailed, "banner");
}

TEST(Injection, GarbageInsteadOfAServerHelloIsRefused) {
  for (const char* garbage : {"\x16\x03\x03\xff\xff", "\x16\x03\x03\x00\x04\x02\x00\x00\x00",
                              "\x15\x03\x03\x00\x02\x02\x28", "\x17\x03\x03\x00\x01x", "\x14\x03\x03\x00\x01\x01"}) {
    FakeScript script;
    // A literal ends at its first NUL; these are read as far as the record says.
    script.after_client_hello = std::string(garbage, garbage[3] == '\xff' ? 5 : 5 + static_cast<size_t>(garbage[4]));
    const Talk talk = Converse(script);
    EXPECT_TRUE(talk.ended);
    EXPECT_FALSE(talk.result.verdict.ok());
    EXPECT_THAT(talk.in_tls, IsEmpty());
    EXPECT_TRUE(talk.KeptQuietInClear());
  }
}

TEST(Unasked, WordsInsideTlsBeforeTheClientSpeaksEndIt) {
  const Talk talk = Converse({.after_handshake = kForgedEhlo});
  EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << talk.result.detail;
  EXPECT_THAT(talk.in_tls, ::testing::Not(::testing::Contains(::testing::StartsWith("AUTH"))));
}

TEST(Unasked, SecondRepliesInsideTlsEndIt) {
  const std::vector<std::pair<std::string, std::string>> rows = {{"AUTH", "235 ok\r\n250 sender ok\r\n"},
                                                                 {"MAIL", "250 ok\r\n250 ok\r\n"},
                                                                 {"RCPT", "250 ok\r\n354 go\r\n"},
                                                                 {"DATA", "354 go\r\n250 queued\r\n"}};
  for (const auto& [verb, reply] : rows) {
    FakeScript script;
    script.replies[verb] = reply;
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << verb;
    EXPECT_TRUE(talk.in_tls.back().starts_with(verb)) << "nothing follows " << verb;
    EXPECT_TRUE(talk.ended);
  }
}

// ------------------------------------------------------------------------------------------------ malformed replies

std::vector<std::string> MalformedReplies() {
  using namespace std::string_literals;
  return {"\r\n"s,
          "+OK\r\n"s,
          "HTTP/1.1 200 OK\r\n"s,
          "150 x\r\n"s,
          "650 x\r\n"s,
          "22 x\r\n"s,
          "2200 x\r\n"s,
          "220 x\n"s,
          "220 x\r220 y\r\n"s,
          "220 \0\r\n"s,
          "220 \x1b[2J\r\n"s,
          "220 \xff\r\n"s,
          "220-x\r\n250 y\r\n"s,
          "220-x\r\n554 y\r\n"s,
          "220 " + std::string(size_t{1} << 20, 'x') + "\r\n",
          [] {
            std::string endless;
            for (int i = 0; i < 100'000; ++i) {
              endless += "220-x\r\n";
            }
            return endless;
          }()};
}

TEST(Malformed, RepliesInClearEndItWithoutAnotherWord) {
  for (const std::string& reply : MalformedReplies()) {
    const Talk greeted = Converse({.greeting = reply});
    ExpectRefused(greeted, Reason::kMalformedReply, reply);
    EXPECT_EQ(greeted.in_clear, "");
    const Talk told = Converse({.ehlo_in_clear = reply});
    ExpectRefused(told, Reason::kMalformedReply, reply);
    EXPECT_EQ(told.in_clear, "EHLO client.lab.test\r\n");
    FakeScript script;
    script.replies["STARTTLS"] = reply;
    ExpectRefused(Converse(script), Reason::kMalformedReply, reply);
  }
}

TEST(Malformed, RepliesInsideTlsEndItAndAreNeverSuccess) {
  for (const std::string& reply : MalformedReplies()) {
    for (const char* verb : {"EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."}) {
      FakeScript script;
      script.replies[verb] = reply;
      script.ehlo_in_tls = reply;
      if (std::string_view(verb) != "EHLO") {
        script.ehlo_in_tls = kForgedEhlo;
      } else {
        script.replies.clear();
      }
      const Talk talk = Converse(script);
      EXPECT_EQ(talk.result.verdict.reason, Reason::kMalformedReply) << verb << " " << certs::Escaped(reply, 80);
      EXPECT_TRUE(talk.ended);
    }
  }
}

// ------------------------------------------------------------------------------------------------ the end of the
// connection

TEST(HangUp, AfterAnyReplyIsNotSuccessUntilTheMessageIsTaken) {
  for (bool close_notify : {true, false}) {
    for (const char* verb : {"greeting", "EHLO", "STARTTLS", "handshake", "AUTH", "MAIL", "RCPT", "DATA"}) {
      for (TlsMode mode : {TlsMode::kStartTls, TlsMode::kImplicit}) {
        if (mode == TlsMode::kImplicit && std::string_view(verb) == "STARTTLS") {
          continue;
        }
        const Talk talk = Converse({.mode = mode, .hang_up_after = verb, .close_notify = close_notify});
        EXPECT_EQ(talk.result.verdict.reason, Reason::kClosedByPeer) << verb << ": " << talk.result.detail;
        EXPECT_TRUE(talk.ended) << verb;
        EXPECT_TRUE(talk.KeptQuietInClear()) << verb;
      }
    }
  }
}

TEST(HangUp, AfterTheMessageWasTakenIsSuccess) {
  for (const char* verb : {".", "QUIT"}) {
    for (bool close_notify : {true, false}) {
      EXPECT_TRUE(Converse({.hang_up_after = verb, .close_notify = close_notify}).result.verdict.ok()) << verb;
    }
  }
}

TEST(HangUp, InTheMiddleOfAReplyIsNotAReply) {
  for (const char* verb : {"greeting", "MAIL", "."}) {
    FakeScript script{.hang_up_after = verb};
    script.greeting = std::string_view(verb) == "greeting" ? "220 hel" : script.greeting;
    script.replies[verb] = "250 O";
    const Talk talk = Converse(script);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kClosedByPeer) << verb;
    EXPECT_LT(talk.result.stage, Stage::kDelivered);
  }
}

class Truncation : public ::testing::TestWithParam<std::tuple<TlsMode, uint16_t, Wire::Cut>> {};

TEST_P(Truncation, AtAnyOctetEndsAndGivesNothingAway) {
  const auto& [mode, version, cut] = GetParam();
  FakeScript script{.mode = mode};
  script.min_version = script.max_version = version;
  const size_t total = Converse(script).server_octets;
  // Every octet in clear, and of the rest every seventeenth.
  for (size_t at = 0; at < total; at += at < 100 ? 1 : 17) {
    const Talk talk = Converse(script, {.cut_at = at, .cut = cut});
    ASSERT_TRUE(talk.ended) << at;
    ASSERT_TRUE(talk.KeptQuietInClear()) << at;
    if (talk.result.verdict.ok()) {
      ASSERT_EQ(talk.result.stage, Stage::kDelivered) << at;
    } else {
      ASSERT_EQ(talk.result.verdict.reason, cut == Wire::Cut::kSilence ? Reason::kTimeout : Reason::kClosedByPeer)
          << at;
    }
    ASSERT_TRUE(talk.result.verified || talk.in_tls.empty()) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(ModesAndVersions, Truncation,
                         ::testing::Combine(::testing::Values(TlsMode::kStartTls, TlsMode::kImplicit),
                                            ::testing::Values(uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}),
                                            ::testing::Values(Wire::Cut::kClose, Wire::Cut::kSilence)));

// ------------------------------------------------------------------------------------------------ time

// The client's waits, each of its own length, so that the time that passed tells which one ran out.
SmtpClientConfig Impatient(const FakeScript& script) {
  SmtpClientConfig config = TestConfig(script);
  config.timeouts = {.greeting = seconds(2),
                     .ehlo = seconds(3),
                     .starttls = seconds(4),
                     .handshake = seconds(5),
                     .auth = seconds(6),
                     .mail = seconds(7),
                     .rcpt = seconds(8),
                     .data = seconds(9),
                     .block = seconds(10),
                     .end_of_data = seconds(11),
                     .quit = seconds(12)};
  return config;
}

struct StallRow {
  const char* verb;
  Micros waited;
};

TEST(Timeout, EveryWaitForAReplyHasOne) {
  // An empty reply is silence.
  const StallRow rows[] = {{"STARTTLS", seconds(4)}, {"AUTH", seconds(6)}, {"MAIL", seconds(7)},
                           {"RCPT", seconds(8)},     {"DATA", seconds(9)}, {".", seconds(11)}};
  for (const StallRow& row : rows) {
    FakeScript script;
    script.replies[row.verb] = "";
    const Talk talk = Converse(Impatient(script), script);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kTimeout) << row.verb;
    EXPECT_EQ(talk.duration, row.waited) << row.verb;
    EXPECT_TRUE(talk.ended) << row.verb;
  }
}

TEST(Timeout, GreetingEhloAndHandshakeHaveOne) {
  FakeScript silent{.greeting = ""};
  EXPECT_EQ(Converse(Impatient(silent), silent).duration, seconds(2));
  FakeScript no_ehlo{.ehlo_in_clear = ""};
  EXPECT_EQ(Converse(Impatient(no_ehlo), no_ehlo).duration, seconds(3));
  FakeScript no_ehlo_in_tls{.ehlo_in_tls = ""};
  EXPECT_EQ(Converse(Impatient(no_ehlo_in_tls), no_ehlo_in_tls).duration, seconds(3));
  FakeScript no_hello{.after_client_hello = "\x16"};
  const Talk talk = Converse(Impatient(no_hello), no_hello);
  EXPECT_EQ(talk.duration, seconds(5));
  EXPECT_EQ(talk.result.verdict.reason, Reason::kTimeout);
}

TEST(Timeout, OfTheAnswerToQuitChangesNothing) {
  FakeScript script;
  script.replies["QUIT"] = "";
  const Talk talk = Converse(Impatient(script), script);
  EXPECT_TRUE(talk.result.verdict.ok());
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.duration, seconds(12));
}

TEST(Timeout, IsNotPutOffByBytesThatDripIn) {
  FakeScript script{.greeting = "220 " + std::string(900, 'x') + "\r\n"};
  const Talk talk = Converse(Impatient(script), script, {.chunk = 1, .pause = std::chrono::milliseconds(500)});
  EXPECT_EQ(talk.result.verdict.reason, Reason::kTimeout);
  EXPECT_LE(talk.duration, seconds(3));
}

// RFC 5321 4.5.3.2.1 to .6: what a client should wait at least.
TEST(Timeout, IsByDefaultNoShorterThanTheStandardAsks) {
  const Timeouts waits;
  EXPECT_GE(waits.greeting, std::chrono::minutes(5));
  EXPECT_GE(waits.mail, std::chrono::minutes(5));
  EXPECT_GE(waits.rcpt, std::chrono::minutes(5));
  EXPECT_GE(waits.data, std::chrono::minutes(2));
  EXPECT_GE(waits.block, std::chrono::minutes(3));
  EXPECT_GE(waits.end_of_data, std::chrono::minutes(10));
}

TEST(Timeout, GivesASlowServerTheTimeItHas) {
  FakeScript script{.greeting = "220 x\r\n"};
  const Talk talk = Converse(Impatient(script), script, {.chunk = 2'000, .pause = seconds(1)});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
}

}  // namespace
}  // namespace verifier

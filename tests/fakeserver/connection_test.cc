#include "fakeserver/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum EventKind;

constexpr std::string_view kGreeting = "220 mail.bob.test ESMTP\r\n";
constexpr std::string_view kGo = "220 2.0.0 Ready to start TLS\r\n";

// The order in which the kinds first occur.
std::vector<EventKind> FirstOf(const Meeting& meeting, std::vector<EventKind> kinds) {
  std::vector<EventKind> order;
  for (const Event& event : meeting.connection.transcript().events()) {
    if (std::ranges::find(kinds, event.kind) != kinds.end() && std::ranges::find(order, event.kind) == order.end()) {
      order.push_back(event.kind);
    }
  }
  return order;
}

void DeliverAndQuit(Meeting& meeting) {
  for (std::string_view line : {"AUTH PLAIN AGFsaWNlAHMzY3JldA==", "MAIL FROM:<a@lab.test>", "RCPT TO:<b@lab.test>",
                                "DATA", "Subject: x\r\n\r\nHi\r\n.", "QUIT"}) {
    meeting.Say(line);
  }
}

// ---- good conversations, every version and mode

class GoodMeeting : public ::testing::TestWithParam<std::tuple<TlsMode, uint16_t>> {};

TEST_P(GoodMeeting, DeliversAMessageAndEndsCleanly) {
  const auto [mode, version] = GetParam();
  Meeting meeting(Good(mode));
  const ClientTls tls{.min_version = version, .max_version = version};
  mode == TlsMode::kStartTls ? meeting.StartTls(tls) : meeting.StartImplicit(tls);
  DeliverAndQuit(meeting);
  EXPECT_TRUE(meeting.client.tls_open) << meeting.Text();
  EXPECT_TRUE(meeting.client.got_close_notify) << meeting.Text();
  meeting.client.Close(CloseKind::kFin);
  meeting.Run();
  EXPECT_TRUE(meeting.connection.Done());
  EXPECT_THAT(meeting.client.chain, ElementsAre(Issued()->presented[0], Issued()->presented[1]));
  EXPECT_THAT(FirstOf(meeting, {kConnected, kClientHello, kCertificateSent, kHandshakeDone, kAuthStarted, kSecret,
                                kMailFrom, kRcptTo, kMessage, kClosed, kPeerClosed}),
              ElementsAre(kConnected, kClientHello, kCertificateSent, kHandshakeDone, kAuthStarted, kSecret, kMailFrom,
                          kRcptTo, kMessage, kClosed, kPeerClosed))
      << meeting.Text();
  EXPECT_TRUE(meeting.All(kSecret).at(0).in_tls);
  EXPECT_EQ(meeting.All(kMessage).at(0).text, "Subject: x\r\n\r\nHi\r\n");
}

INSTANTIATE_TEST_SUITE_P(Both, GoodMeeting,
                         ::testing::Combine(::testing::Values(TlsMode::kStartTls, TlsMode::kImplicit),
                                            ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION)));

TEST(Connection, GreetsAsSoonAsItIsUp) {
  Meeting meeting(Good());
  meeting.Run();
  EXPECT_EQ(meeting.client.clear, kGreeting);
}

TEST(Connection, OnAnImplicitPortSaysNothingUntilTls) {
  Meeting meeting(Good(TlsMode::kImplicit));
  meeting.Run();
  EXPECT_EQ(meeting.client.clear, "");
  meeting.StartImplicit();
  EXPECT_TRUE(meeting.client.inside.starts_with(kGreeting));
}

TEST(Connection, RecordsWhatTheClientHelloSays) {
  Meeting meeting(Good());
  meeting.StartTls({.server_name = "mail.eve.test"});
  ASSERT_THAT(meeting.All(kClientHello), SizeIs(1));
  const Event hello = meeting.All(kClientHello)[0];
  ASSERT_TRUE(hello.hello.has_value());
  EXPECT_EQ(hello.hello->server_name, "mail.eve.test");
  EXPECT_THAT(hello.hello->versions, Contains(TLS1_3_VERSION));
  EXPECT_THAT(hello.hello->ciphers, Contains(0x1301));
  EXPECT_THAT(hello.hello->signature_algorithms, Contains(SSL_SIGN_ECDSA_SECP256R1_SHA256));
  EXPECT_FALSE(hello.hello->asked_for_ocsp);
}

// Many mailers name no host (RFC 6066 3): which certificate is served is the port's business, never the name's.
TEST(Connection, ServesWhoNamesNoHostOrAnotherJustTheSame) {
  for (const char* name : {"", "mail.eve.test"}) {
    Meeting meeting(Good());
    meeting.StartTls({.server_name = name});
    EXPECT_TRUE(meeting.client.tls_open) << meeting.Text();
    EXPECT_THAT(meeting.client.chain, ElementsAre(Issued()->presented[0], Issued()->presented[1]));
    EXPECT_EQ(meeting.All(kClientHello).at(0).hello->server_name, name);
  }
}

TEST(Connection, StampsEventsWithTheTimeItIsTold) {
  Meeting meeting(Good());
  meeting.now = Micros(5);
  meeting.Run();
  meeting.now = Micros(77);
  meeting.client.SendClear("NOOP\r\n");
  meeting.Run();
  EXPECT_EQ(meeting.All(kConnected).at(0).at, Micros(5));
  EXPECT_EQ(meeting.All(kCommand).at(0).at, Micros(77));
}

TEST(Connection, CountsBytesOnTheWire) {
  Meeting meeting(Good());
  meeting.client.SendClear("NOOP\r\n");
  meeting.Run();
  EXPECT_EQ(meeting.connection.transcript().bytes_in, 6u);
  EXPECT_EQ(meeting.connection.transcript().bytes_out, meeting.client.clear.size());
}

TEST(Connection, TellsItsListenerEveryEvent) {
  Meeting meeting(Good());
  std::vector<EventKind> heard;
  meeting.connection.OnEvent([&](const Event& event) { heard.push_back(event.kind); });
  meeting.StartTls();
  std::vector<EventKind> recorded;
  for (const Event& event : meeting.connection.transcript().events()) {
    recorded.push_back(event.kind);
  }
  EXPECT_EQ(heard, recorded);
}

TEST(Connection, WorksThroughTheNarrowestPipe) {
  Meeting meeting(Good(), 1);
  meeting.StartTls();
  DeliverAndQuit(meeting);
  EXPECT_TRUE(meeting.Has(kMessage)) << meeting.Text();
}

// ---- injection, byte for byte

const std::string kEvil = "250-mail.eve.test\r\n250 AUTH PLAIN\r\n";

Meeting Injecting(Placement placement) {
  Behaviour behaviour = Good();
  behaviour.smtp.injection = {placement, certs::ToBytes(kEvil)};
  return Meeting(std::move(behaviour));
}

struct ClearPart {
  std::string text;
  std::vector<size_t> reads;
};

ClearPart ClearBehindStartTls(Placement placement) {
  Meeting meeting = Injecting(placement);
  meeting.Run();
  meeting.client.SendClear("EHLO client.lab.test\r\n");
  meeting.Run();
  meeting.client.clear.clear();
  meeting.client.reads.clear();
  meeting.client.SendClear("STARTTLS\r\n");
  meeting.Run();
  return {meeting.client.clear, meeting.client.reads};
}

TEST(Injection, BeforeTheReplyIsOneSegment) {
  const auto part = ClearBehindStartTls(Placement::kBeforeReply);
  EXPECT_EQ(part.text, kEvil + std::string(kGo));
  EXPECT_THAT(part.reads, SizeIs(1));
}

TEST(Injection, InTheSameSegmentIsOneSegment) {
  const auto part = ClearBehindStartTls(Placement::kSameSegment);
  EXPECT_EQ(part.text, std::string(kGo) + kEvil);
  EXPECT_THAT(part.reads, SizeIs(1));
}

TEST(Injection, InTheNextSegmentIsTwo) {
  const auto part = ClearBehindStartTls(Placement::kNextSegment);
  EXPECT_EQ(part.text, std::string(kGo) + kEvil);
  EXPECT_THAT(part.reads, ElementsAre(kGo.size(), kEvil.size()));
}

TEST(Injection, BeforeTheServerHelloComesAfterTheClientHello) {
  Meeting meeting = Injecting(Placement::kBeforeServerHello);
  EXPECT_EQ(ClearBehindStartTls(Placement::kBeforeServerHello).text, kGo);
  meeting.StartTls();
  EXPECT_TRUE(meeting.client.tls_failed) << "BoringSSL takes the first octets for a record";
  EXPECT_THAT(FirstOf(meeting, {kClientHello, kInjected, kCertificateSent}),
              ElementsAre(kClientHello, kInjected, kCertificateSent));
  EXPECT_EQ(meeting.All(kInjected).at(0).text, kEvil);
}

TEST(Injection, HappensOnceAndIsRecorded) {
  for (Placement placement : {Placement::kBeforeReply, Placement::kSameSegment, Placement::kNextSegment}) {
    Meeting meeting = Injecting(placement);
    meeting.StartTls();
    EXPECT_THAT(meeting.All(kInjected), SizeIs(1)) << Name(placement);
    EXPECT_TRUE(meeting.client.tls_open) << "the test client reads all that is clear before it starts";
  }
}

// ---- holding the first EHLO in TLS

TEST(Hold, AFooledClientTalksBeforeTheReply) {
  Behaviour behaviour = Good();
  behaviour.smtp.hold_first_ehlo_in_tls = Micros(700'000);
  Meeting meeting(std::move(behaviour));
  meeting.StartTls();
  EXPECT_EQ(meeting.client.inside, "");
  meeting.Say("MAIL FROM:<a@lab.test>");
  EXPECT_EQ(meeting.client.inside, "") << "nor is that answered out of turn";
  EXPECT_EQ(meeting.All(kMailFrom).at(0).at, Micros(0)) << "but seen at once";
  EXPECT_EQ(meeting.connection.NextDeadline(), Micros(700'000));
  meeting.RunOut();
  EXPECT_EQ(meeting.now, Micros(700'000));
  EXPECT_TRUE(meeting.client.inside.starts_with("250-mail.bob.test"));
  EXPECT_TRUE(meeting.client.inside.ends_with("250 2.1.0 Sender ok\r\n"));
}

// ---- clear text where TLS is due, TLS where clear text is due

TEST(Clear, CommandsInsteadOfTheClientHelloAreSeen) {
  Meeting meeting(Good());
  meeting.Run();
  meeting.client.SendClear("EHLO client.lab.test\r\n");
  meeting.Run();
  meeting.client.SendClear("STARTTLS\r\n");
  meeting.Run();
  meeting.client.SendClear("MAIL FROM:<a@lab.test>\r\n");
  meeting.Run();
  ASSERT_TRUE(meeting.Has(kClearBytesIn)) << meeting.Text();
  EXPECT_EQ(meeting.All(kClearBytesIn)[0].text, "MAIL FROM:<a@lab.test>\r\n");
  EXPECT_TRUE(meeting.Has(kHandshakeFailed));
  EXPECT_FALSE(meeting.Has(kMailFrom));
}

TEST(Clear, CommandsPipelinedBehindStartTlsAreDiscarded) {
  Meeting meeting(Good());
  meeting.Run();
  meeting.client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\nMAIL FROM:<a@lab.test>\r\n");
  meeting.Run();
  meeting.StartImplicit();
  EXPECT_TRUE(meeting.client.tls_open) << meeting.Text();
  EXPECT_EQ(meeting.All(kClearBytesIn).at(0).text, "MAIL FROM:<a@lab.test>\r\n");
  EXPECT_FALSE(meeting.Has(kMailFrom));
}

TEST(Clear, AClientHelloBeforeThe220IsAnswered) {
  Meeting meeting(Good());
  meeting.client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
  meeting.client.BeginTls({});
  for (int i = 0; i < 2; ++i) {
    // The client's bytes are all there before the server takes its first turn.
    meeting.client.Turn();
  }
  meeting.connection.Advance(meeting.now);
  EXPECT_TRUE(meeting.Has(kClientHello)) << meeting.Text();
  EXPECT_TRUE(meeting.Has(kCertificateSent)) << meeting.Text();
}

TEST(Clear, AServerThatStaysInClearSeesTheClientHello) {
  Behaviour behaviour = Good();
  behaviour.smtp.after_starttls = AfterStartTls::kStayInClear;
  Meeting meeting(std::move(behaviour));
  meeting.StartTls();
  EXPECT_TRUE(meeting.client.tls_failed);
  ASSERT_TRUE(meeting.Has(kClientHello)) << meeting.Text();
  EXPECT_EQ(meeting.All(kClientHello)[0].hello->server_name, "mail.bob.test");
  EXPECT_FALSE(meeting.Has(kHandshakeDone));
  EXPECT_THAT(meeting.All(kCommand), SizeIs(2)) << "its octets are no commands";
  ASSERT_TRUE(meeting.Has(kAlertIn)) << meeting.Text();
  EXPECT_EQ(meeting.All(kAlertIn)[0].code, SSL_AD_PROTOCOL_VERSION);
}

TEST(Clear, AClientThatGoesOnInClearIsAnswered) {
  Behaviour behaviour = Good();
  behaviour.smtp.after_starttls = AfterStartTls::kStayInClear;
  Meeting meeting(std::move(behaviour));
  meeting.client.SendClear(
      "EHLO client.lab.test\r\nSTARTTLS\r\nAUTH PLAIN AGFsaWNlAHMzY3JldA==\r\nMAIL FROM:<a@lab.test>\r\n");
  meeting.Run();
  EXPECT_TRUE(meeting.Has(kSecret));
  EXPECT_FALSE(meeting.All(kSecret)[0].in_tls);
  EXPECT_TRUE(meeting.Has(kMailFrom));
}

TEST(Clear, AnImplicitPortMayGreetInClear) {
  Behaviour behaviour = Good(TlsMode::kImplicit);
  behaviour.smtp.greet_in_clear_on_implicit = true;
  Meeting meeting(std::move(behaviour));
  meeting.Run();
  EXPECT_EQ(meeting.client.clear, kGreeting);
  meeting.StartImplicit();
  EXPECT_TRUE(meeting.client.tls_failed);
  EXPECT_TRUE(meeting.Has(kClientHello)) << meeting.Text();
}

TEST(Clear, AStartTlsPortMaySpeakTlsAtOnce) {
  Behaviour behaviour = Good();
  behaviour.smtp.tls_on_connect = true;
  Meeting meeting(std::move(behaviour));
  meeting.Run();
  EXPECT_EQ(meeting.client.clear, "");
  meeting.StartImplicit();
  EXPECT_TRUE(meeting.client.inside.starts_with(kGreeting)) << meeting.Text();
}

TEST(Clear, HttpOnAnImplicitPortIsSeen) {
  Meeting meeting(Good(TlsMode::kImplicit));
  meeting.client.SendClear("GET / HTTP/1.1\r\n\r\n");
  meeting.Run();
  EXPECT_EQ(meeting.All(kClearBytesIn).at(0).text, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(meeting.Has(kHandshakeFailed));
}

TEST(Connection, WithoutAnIdentityClosesWhereTlsIsDue) {
  Meeting meeting({});
  meeting.StartTls();
  EXPECT_TRUE(meeting.Has(kNote));
  EXPECT_TRUE(meeting.Has(kClosed));
  EXPECT_FALSE(meeting.Has(kCertificateSent));
}

}  // namespace
}  // namespace fakeserver

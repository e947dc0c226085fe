// Cuts at every stage, half-closed and vanished peers, alerts, and the bounds of one connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/connection.h"
#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum EventKind;

// ---- cuts

constexpr Stage kStages[] = {Stage::kConnected,        Stage::kGreetingSent,     Stage::kEhloSeen,
                             Stage::kStartTlsSeen,     Stage::kStartTlsAnswered, Stage::kClientHelloSeen,
                             Stage::kServerFlightSent, Stage::kHandshakeDone,    Stage::kEhloInTlsSeen,
                             Stage::kMailSeen,         Stage::kRcptSeen,         Stage::kDataSeen,
                             Stage::kMessageSeen};

// What the client has got of the server when the stage is reached: the stages by which each thing is there.
bool GotGreeting(Stage stage) { return stage >= Stage::kGreetingSent; }
bool GotGo(Stage stage) { return stage >= Stage::kStartTlsAnswered; }
bool GotHandshake(CutKind kind, Stage stage, uint16_t version) {
  // A TLS 1.3 client is done once it has the server's flight, and could send its own.
  const bool by_flight = version == TLS1_3_VERSION && kind != CutKind::kReset;
  return stage >= (by_flight ? Stage::kServerFlightSent : Stage::kHandshakeDone);
}
bool GotEhloReply(Stage stage) { return stage >= Stage::kMailSeen; }

class Cut : public ::testing::TestWithParam<std::tuple<CutKind, Stage, uint16_t>> {};

TEST_P(Cut, HappensAtItsStageAndNothingIsSentAfterwards) {
  const auto [kind, stage, version] = GetParam();
  Behaviour behaviour = Good();
  behaviour.link = {.cut = kind, .cut_at = stage};
  Meeting meeting(std::move(behaviour));
  meeting.StartTls({.min_version = version, .max_version = version});
  for (std::string_view line : {"MAIL FROM:<a@lab.test>", "RCPT TO:<b@lab.test>", "DATA", "x\r\n."}) {
    meeting.Say(line);
  }
  EXPECT_THAT(meeting.All(kFault), SizeIs(1)) << meeting.Text();
  EXPECT_EQ(meeting.client.clear.find("220 mail") != std::string::npos, GotGreeting(stage)) << meeting.client.clear;
  EXPECT_EQ(meeting.client.clear.find("220 2.0.0") != std::string::npos, GotGo(stage)) << meeting.client.clear;
  EXPECT_EQ(meeting.client.tls_open, GotHandshake(kind, stage, version)) << meeting.Text();
  EXPECT_EQ(!meeting.client.inside.empty(), GotEhloReply(stage)) << meeting.client.inside;
  EXPECT_EQ(meeting.client.peer_closed, kind == CutKind::kClose);
  EXPECT_EQ(meeting.client.peer_reset, kind == CutKind::kReset);
  EXPECT_FALSE(meeting.client.got_close_notify) << "a cut is no farewell";
  EXPECT_EQ(meeting.connection.Done(), kind == CutKind::kReset);
  meeting.client.Close(CloseKind::kFin);
  meeting.Run();
  EXPECT_TRUE(meeting.connection.Done());
}

std::string CutName(const ::testing::TestParamInfo<Cut::ParamType>& info) {
  const auto [kind, stage, version] = info.param;
  std::string name =
      std::string(Name(kind)) + "_" + std::string(Name(stage)) + (version == TLS1_3_VERSION ? "_13" : "_12");
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Cut,
                         ::testing::Combine(::testing::Values(CutKind::kClose, CutKind::kReset, CutKind::kSilence),
                                            ::testing::ValuesIn(kStages),
                                            ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION)),
                         CutName);

TEST(CutAfter, CountsTheOctetsThatFollowItsStage) {
  for (const CutKind kind : {CutKind::kClose, CutKind::kReset, CutKind::kSilence}) {
    Behaviour behaviour = Good();
    behaviour.link = {.cut = kind, .cut_at = Stage::kStartTlsSeen, .cut_after = 7};
    Meeting meeting(std::move(behaviour));
    meeting.StartTls();
    EXPECT_TRUE(meeting.client.clear.ends_with("\r\n220 2.0")) << meeting.client.clear;
    EXPECT_THAT(meeting.All(kFault), SizeIs(1)) << meeting.Text();
    EXPECT_EQ(meeting.client.peer_closed, kind == CutKind::kClose);
    EXPECT_EQ(meeting.client.peer_reset, kind == CutKind::kReset);
  }
}

TEST(CutAfter, NeverComesIfSoMuchIsNotSent) {
  Behaviour behaviour = Good();
  behaviour.link = {.cut = CutKind::kReset, .cut_at = Stage::kConnected, .cut_after = 100'000};
  Meeting meeting(std::move(behaviour));
  meeting.StartTls();
  EXPECT_FALSE(meeting.Has(kFault));
  EXPECT_TRUE(meeting.client.tls_open);
}

TEST(CutAfter, CountsWhatTheClientSendsFromItsStageOn) {
  for (const CutKind kind : {CutKind::kClose, CutKind::kReset, CutKind::kSilence}) {
    Behaviour behaviour = Good();
    behaviour.link = {.cut = kind, .cut_at = Stage::kGreetingSent, .cut_after_received = 7};
    Meeting meeting(std::move(behaviour));
    meeting.Run();
    meeting.client.SendClear("EHLO c");
    meeting.Run();
    EXPECT_FALSE(meeting.Has(kFault)) << "six octets";
    meeting.client.SendClear("lient.lab.test\r\n");
    meeting.Run();
    EXPECT_THAT(meeting.All(kFault), SizeIs(1)) << meeting.Text();
    EXPECT_THAT(meeting.client.clear, ::testing::Not(::testing::HasSubstr("250"))) << meeting.client.clear;
    EXPECT_EQ(meeting.client.peer_closed, kind == CutKind::kClose);
    EXPECT_EQ(meeting.client.peer_reset, kind == CutKind::kReset);
  }
}

TEST(CutTime, ComesWhateverStageThatIs) {
  for (const CutKind kind : {CutKind::kClose, CutKind::kReset}) {
    Behaviour behaviour = Good();
    behaviour.link = {.cut = kind, .cut_time = Micros(5000)};
    Meeting meeting(std::move(behaviour));
    meeting.client.SendClear("EHLO client.lab.test\r\n");
    meeting.RunOut();
    EXPECT_GE(meeting.now, Micros(5000));
    EXPECT_THAT(meeting.client.clear, ::testing::HasSubstr("250")) << "until then all is well";
    EXPECT_THAT(meeting.All(kFault), SizeIs(1)) << meeting.Text();
    EXPECT_EQ(meeting.client.peer_closed, kind == CutKind::kClose);
    EXPECT_EQ(meeting.client.peer_reset, kind == CutKind::kReset);
  }
}

TEST(InjectionAroundTls, ComesOnceAndWhereItIsSaid) {
  for (const uint16_t version : {uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}}) {
    for (const Placement placement :
         {Placement::kBehindEhlo, Placement::kBetweenFlights, Placement::kBehindHandshake}) {
      Behaviour behaviour = Good();
      behaviour.smtp.injection = {.placement = placement, .payload = certs::ToBytes("250 injected\r\n"), .slice = 5};
      Meeting meeting(std::move(behaviour));
      meeting.StartTls({.min_version = version, .max_version = version});
      const auto injected = meeting.All(kInjected);
      ASSERT_THAT(injected, SizeIs(1)) << Name(placement) << "\n" << meeting.Text();
      EXPECT_EQ(injected.front().text, "250 injected\r\n");
      const bool in_clear = placement == Placement::kBehindEhlo;
      EXPECT_EQ(meeting.client.clear.find("250 injected\r\n") != std::string::npos, in_clear) << meeting.client.clear;
      EXPECT_EQ(meeting.client.tls_failed, !in_clear) << Name(placement) << "\n" << meeting.Text();
    }
  }
}

TEST(Pace, MakesAServerLateAndNothingElse) {
  Behaviour behaviour = Good();
  behaviour.link = {.to_client = {.latency = Micros(1000), .slice = 50, .gap = Micros(10)},
                    .from_client = {.slice = 20, .gap = Micros(10)}};
  Meeting meeting(std::move(behaviour));
  meeting.client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
  meeting.RunOut();
  EXPECT_TRUE(meeting.client.clear.ends_with("220 2.0.0 Ready to start TLS\r\n")) << meeting.client.clear;
  meeting.client.BeginTls({});
  meeting.RunOut();
  EXPECT_TRUE(meeting.client.tls_open) << meeting.Text();
  EXPECT_GT(meeting.now, Micros(4000)) << "greeting, EHLO, STARTTLS and a flight";
}

TEST(Silence, StillWatches) {
  Behaviour behaviour = Good();
  behaviour.link = {.cut = CutKind::kSilence, .cut_at = Stage::kEhloInTlsSeen};
  Meeting meeting(std::move(behaviour));
  meeting.StartTls();
  meeting.Say("AUTH PLAIN AGFsaWNlAHMzY3JldA==");
  EXPECT_TRUE(meeting.Has(kSecret)) << "a client that goes on without a reply gives itself away";
  EXPECT_THAT(meeting.All(kReply), SizeIs(3)) << "greeting, EHLO, STARTTLS";
  EXPECT_EQ(meeting.connection.NextDeadline(), std::nullopt);
}

TEST(Silence, OutlastsAnAlert) {
  Behaviour behaviour = Good();
  behaviour.link = {.cut = CutKind::kSilence, .cut_at = Stage::kServerFlightSent};
  Meeting meeting(std::move(behaviour));
  meeting.StartTls({.reject_certificate = true});
  EXPECT_TRUE(meeting.Has(kAlertIn));
  EXPECT_FALSE(meeting.Has(kClosed)) << meeting.Text();
}

TEST(Closing, LingersForLateEvidenceButNotForEver) {
  Behaviour behaviour = Good();
  behaviour.link = {.cut = CutKind::kClose, .cut_at = Stage::kEhloSeen};
  Meeting meeting(std::move(behaviour));
  meeting.client.SendClear("EHLO client.lab.test\r\n");
  meeting.Run();
  meeting.client.SendClear("AUTH PLAIN AGFsaWNlAHMzY3JldA==\r\n");
  meeting.Run();
  EXPECT_TRUE(meeting.Has(kSecret));
  EXPECT_FALSE(meeting.connection.Done());
  EXPECT_EQ(meeting.connection.NextDeadline(), Connection::kLinger);
  meeting.RunOut();
  EXPECT_TRUE(meeting.connection.Done());
}

// ---- peers that go

TEST(Peer, ThatHalfClosesStillGetsItsReplies) {
  Meeting meeting(Good());
  meeting.client.SendClear("EHLO client.lab.test\r\nNOOP\r\n");
  meeting.client.Turn();
  meeting.client.Close(CloseKind::kHalf);
  meeting.Run();
  EXPECT_TRUE(meeting.client.clear.ends_with("250 2.0.0 Ok\r\n")) << meeting.client.clear;
  EXPECT_TRUE(meeting.Has(kPeerClosed));
  EXPECT_TRUE(meeting.connection.Done());
}

TEST(Peer, ThatGoesInTheMiddleOfALineLeavesTheLineAsEvidence) {
  Meeting meeting(Good());
  meeting.client.SendClear("AUTH PLAIN AGFsaWNl");
  meeting.Run();
  meeting.client.Close(CloseKind::kFin);
  meeting.Run();
  EXPECT_THAT(meeting.All(kNote), SizeIs(1));
  EXPECT_TRUE(meeting.connection.Done());
}

TEST(Peer, ThatResetsEndsItAtOnce) {
  Meeting meeting(Good());
  meeting.Run();
  meeting.client.Close(CloseKind::kReset);
  meeting.Run();
  EXPECT_TRUE(meeting.Has(kPeerReset));
  EXPECT_TRUE(meeting.connection.Done());
}

TEST(Peer, ThatTruncatesTlsIsNotMistakenForOneThatSaysGoodbye) {
  Meeting truncating(Good()), polite(Good());
  truncating.StartTls();
  truncating.client.Close(CloseKind::kFin);
  truncating.Run();
  polite.StartTls();
  polite.client.CloseNotify();
  polite.client.Close(CloseKind::kFin);
  polite.Run();
  ASSERT_THAT(truncating.All(kNote), SizeIs(1));
  ASSERT_THAT(polite.All(kNote), SizeIs(1));
  EXPECT_NE(truncating.All(kNote)[0].text, polite.All(kNote)[0].text);
  EXPECT_TRUE(truncating.connection.Done() && polite.connection.Done());
}

TEST(Peer, ThatGoesInTheHandshakeFailsIt) {
  Meeting meeting(Good());
  meeting.Run();
  meeting.client.SendClear("EHLO client.lab.test\r\n");
  meeting.Run();
  meeting.client.SendClear("STARTTLS\r\n");
  meeting.Run();
  meeting.client.Close(CloseKind::kFin);
  meeting.Run();
  EXPECT_TRUE(meeting.Has(kHandshakeFailed)) << meeting.Text();
  EXPECT_TRUE(meeting.connection.Done());
}

TEST(Peer, WhatItSentBeforeItWentIsRead) {
  Meeting meeting(Good());
  meeting.Run();
  meeting.client.SendClear("EHLO client.lab.test\r\nAUTH PLAIN AGFsaWNlAHMzY3JldA==\r\n");
  meeting.client.Turn();
  meeting.client.Close(CloseKind::kFin);  // replies can no longer be written
  meeting.Run();
  EXPECT_TRUE(meeting.Has(kSecret)) << meeting.Text();
  EXPECT_TRUE(meeting.connection.Done());
}

// ---- alerts

TEST(Alerts, ARejectedCertificateIsToldOnce) {
  for (const uint16_t version : {uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}}) {
    Meeting meeting(Good());
    meeting.StartTls({.min_version = version, .max_version = version, .reject_certificate = true});
    ASSERT_THAT(meeting.All(kAlertIn), SizeIs(1)) << meeting.Text();
    EXPECT_EQ(meeting.All(kAlertIn)[0].code, SSL_AD_BAD_CERTIFICATE);
    EXPECT_EQ(meeting.All(kAlertIn)[0].level, 2);
    EXPECT_TRUE(meeting.Has(kHandshakeFailed));
    EXPECT_FALSE(meeting.Has(kHandshakeDone));
    EXPECT_THAT(meeting.All(kCommand), SizeIs(2));
  }
}

// A client that fails before it has handshake keys sends its alert in clear, while the server reads with those keys
// already: it would only say that it cannot decrypt. Clear text in front of the ServerHello makes a client fail so
// early.
TEST(Alerts, APlaintextAlertOfATls13ClientIsSeenAsItIs) {
  Behaviour behaviour = Good();
  behaviour.smtp.injection = {Placement::kBeforeServerHello, certs::ToBytes("250 AUTH PLAIN\r\n")};
  Meeting meeting(std::move(behaviour));
  meeting.StartTls({.min_version = TLS1_3_VERSION});
  ASSERT_THAT(meeting.All(kAlertIn), SizeIs(1)) << meeting.Text();
  EXPECT_EQ(meeting.All(kAlertIn)[0].code, SSL_AD_PROTOCOL_VERSION);
  EXPECT_EQ(meeting.All(kAlertIn)[0].level, 2);
}

TEST(Alerts, AVersionTheServerDoesNotSpeakIsRefusedOnce) {
  Behaviour behaviour = Good();
  behaviour.tls.max_version = TLS1_2_VERSION;
  Meeting meeting(std::move(behaviour));
  meeting.StartTls({.min_version = TLS1_3_VERSION});
  ASSERT_THAT(meeting.All(kAlertOut), SizeIs(1)) << meeting.Text();
  EXPECT_EQ(meeting.All(kAlertOut)[0].code, SSL_AD_PROTOCOL_VERSION);
  EXPECT_EQ(meeting.client.alert_received, SSL_AD_PROTOCOL_VERSION);
}

TEST(Alerts, AFarewellIsAnAlertInEachDirection) {
  Meeting meeting(Good());
  meeting.StartTls();
  meeting.Say("QUIT");
  ASSERT_THAT(meeting.All(kAlertOut), SizeIs(1)) << meeting.Text();
  EXPECT_EQ(meeting.All(kAlertOut)[0].code, SSL_AD_CLOSE_NOTIFY);
  meeting.client.CloseNotify();
  meeting.client.Close(CloseKind::kFin);
  meeting.Run();
  EXPECT_THAT(meeting.All(kAlertIn), SizeIs(1)) << meeting.Text();
}

// ---- bounds

TEST(Bounds, AClientThatDoesNotReadIsNotReadEither) {
  MemoryPipe pipe(1024);
  Connection connection(std::make_shared<const Behaviour>(Good()), pipe.server());
  size_t taken = 0;
  const Bytes flood = certs::ToBytes("NOOP\r\n");
  for (int i = 0; i < 10'000; ++i) {
    const IoResult result = pipe.client().Write(flood);
    if (result.status == IoStatus::kWouldBlock && !connection.Advance(Micros(i))) {
      break;
    }
    taken += result.count;
  }
  EXPECT_FALSE(connection.Done());
  EXPECT_LT(taken, 512u * 1024);
}

TEST(Bounds, AnEndlessFloodIsEnded) {
  Meeting meeting(Good());
  for (int i = 0; i < 200 && !meeting.connection.Done(); ++i) {
    meeting.client.SendClear(std::string(4096, 'x'));
    meeting.Run();
  }
  EXPECT_TRUE(meeting.Has(kClosed)) << "a line without an end";
  EXPECT_LE(meeting.connection.transcript().events().size(), 20u);
}

TEST(Bounds, AHoldDoesNotMakeItHoardInput) {
  Behaviour behaviour = Good();
  behaviour.smtp.hold_first_ehlo_in_tls = Micros(1'000'000);
  Meeting meeting(std::move(behaviour));
  meeting.StartTls();
  for (int i = 0; i < 1000; ++i) {
    meeting.client.SendTls("NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n");
  }
  meeting.Run();
  EXPECT_LT(meeting.All(kCommand).size(), 3000u) << "one TLS record of them, at most";
  meeting.RunOut();
  EXPECT_TRUE(meeting.client.inside.ends_with("250 2.0.0 Ok\r\n") || meeting.client.inside.ends_with("closing\r\n"));
}

}  // namespace
}  // namespace fakeserver

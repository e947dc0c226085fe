// A handshake written by hand: right when nothing is wrong with it, and wrong exactly where it is told to be.
#include "fakeserver/flight_forger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

using certs::KeyType;
using enum EventKind;
using FlightPlace::kCertificate;
using FlightPlace::kCertificateVerify;
using FlightPlace::kEncryptedExtensions;
using FlightPlace::kFinished;
using FlightPlace::kServerHello;
using FlightPlace::kServerKeyExchange;
using enum EditKind;

constexpr uint16_t kTls12 = 0x0303, kTls13 = 0x0304;

// By hand, but nothing is wrong.
TlsScript Sound() { return {.records = {.alone = true}}; }

Behaviour Serving(TlsScript tls, KeyType type = KeyType::kP256) {
  certs::ChainSpec spec = certs::GoodChain();
  spec.leaf().key.type = type;
  return {.tls = std::move(tls), .identity = Issued(spec)};
}

// StartTls() has said EHLO inside TLS; whether its answer came back.
bool SmtpWorks(const Meeting& meeting) { return meeting.client.inside.find("250 ") != std::string::npos; }

// ------------------------------------------------------------------------------------------------ sound handshakes

TEST(FlightForger, IsUsedExactlyWhereItIsNeeded) {
  EXPECT_FALSE(TlsScript{}.ByHand());
  EXPECT_TRUE(Sound().ByHand());
  EXPECT_FALSE((*TlsContext::Make({}, Issued()))->by_hand());
  EXPECT_TRUE((*TlsContext::Make(Sound(), Issued()))->by_hand());
  EXPECT_TRUE((*TlsContext::Make({.edits = {FlightEdit{}}}, Issued()))->by_hand());
}

// RFC 8446 4.4.2: extensions<0..2^16-1>. In TLS 1.2 the status is a message with a longer length.
TEST(TlsContext, DoesNotPromiseAStapleThatIsTooLongForTls13) {
  constexpr size_t kMost = 0xffff - 8;  // type and length of the extension, type and length of the response
  const auto with = [](size_t size) {
    auto chain = std::make_shared<certs::IssuedChain>();
    *chain = certs::IssuedChain{.presented = Issued()->presented, .key = bssl::UpRef(Issued()->key)};
    chain->staples = {certs::Bytes(size, 1)};
    return chain;
  };
  EXPECT_TRUE(TlsContext::Make({}, with(kMost)));
  const auto too_long = TlsContext::Make({}, with(kMost + 1));
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, certs::ErrorCode::kUnsupported);
  EXPECT_TRUE(TlsContext::Make({.max_version = kTls12}, with(kMost + 1)));
}

class SoundHandshake : public ::testing::TestWithParam<std::tuple<KeyType, uint16_t>> {};

TEST_P(SoundHandshake, IsTakenByAnotherImplementation) {
  const auto [type, version] = GetParam();
  Meeting meeting(Serving(Sound(), type));
  meeting.StartTls(Tolerant(version));
  EXPECT_TRUE(meeting.client.tls_open) << meeting.client.tls_error << "\n" << meeting.Text();
  EXPECT_EQ(meeting.client.version, version == kTls13 ? "TLSv1.3" : "TLSv1.2");
  EXPECT_TRUE(SmtpWorks(meeting)) << meeting.Text();
  EXPECT_TRUE(meeting.Has(kHandshakeDone) && meeting.Has(kCertificateSent) && meeting.Has(kClientHello));
  EXPECT_FALSE(meeting.Has(kFault));
  meeting.Say("QUIT");
  EXPECT_TRUE(meeting.client.got_close_notify);
}

INSTANTIATE_TEST_SUITE_P(Keys, SoundHandshake,
                         ::testing::Combine(::testing::Values(KeyType::kP256, KeyType::kP384, KeyType::kP521,
                                                              KeyType::kEd25519, KeyType::kRsa2048),
                                            ::testing::Values(kTls12, kTls13)));

TEST(FlightForger, SpeaksEverySuiteOfTls12) {
  for (const auto& [key, suite] : {
           std::pair{KeyType::kP256, "ECDHE-ECDSA-AES128-GCM-SHA256"},
           {KeyType::kP256, "ECDHE-ECDSA-AES256-GCM-SHA384"},
           {KeyType::kP256, "ECDHE-ECDSA-CHACHA20-POLY1305"},
           {KeyType::kRsa2048, "ECDHE-RSA-AES128-GCM-SHA256"},
           {KeyType::kRsa2048, "ECDHE-RSA-AES256-GCM-SHA384"},
           {KeyType::kRsa2048, "ECDHE-RSA-CHACHA20-POLY1305"},
       }) {
    Meeting meeting(Serving(Sound(), key));
    ClientTls tls = Tolerant(kTls12);
    tls.ciphers = suite;
    meeting.StartTls(tls);
    EXPECT_TRUE(SmtpWorks(meeting)) << suite << "\n" << meeting.Text();
  }
}

TEST(FlightForger, SpeaksEveryGroup) {
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const char* group : {"X25519", "P-256", "P-384", "P-521"}) {
      Meeting meeting(Serving(Sound(), KeyType::kRsa2048));
      ClientTls tls = Tolerant(version);
      tls.groups = group;
      meeting.StartTls(tls);
      EXPECT_TRUE(SmtpWorks(meeting)) << group << "\n" << meeting.Text();
    }
  }
}

TEST(FlightForger, AsksForAnotherKeyShareWhenTold) {
  TlsScript tls = Sound();
  tls.hello_retries = 1;
  Meeting meeting(Serving(tls));
  meeting.StartTls(Tolerant(kTls13));
  EXPECT_EQ(meeting.All(kClientHello).size(), 2u);
  EXPECT_TRUE(SmtpWorks(meeting)) << meeting.Text();
}

TEST(FlightForger, AsksTwiceWhenToldAndIsRefused) {
  TlsScript tls = Sound();
  tls.hello_retries = 2;
  Meeting meeting(Serving(tls));
  meeting.StartTls(Tolerant(kTls13));
  EXPECT_FALSE(meeting.client.tls_open);
  ASSERT_TRUE(meeting.Has(kAlertIn)) << meeting.Text();
}

TEST(FlightForger, AsksForAClientCertificateAndTakesNone) {
  for (const uint16_t version : {kTls12, kTls13}) {
    TlsScript tls = Sound();
    tls.client_certificate = ClientCertificate::kRequested;
    Meeting meeting(Serving(tls));
    meeting.StartTls(Tolerant(version));
    EXPECT_TRUE(SmtpWorks(meeting)) << meeting.Text();
  }
}

TEST(FlightForger, SpeaksImplicitTls) {
  Behaviour behaviour = Serving(Sound());
  behaviour.mode = TlsMode::kImplicit;
  Meeting meeting(behaviour);
  meeting.StartImplicit();
  EXPECT_TRUE(SmtpWorks(meeting)) << meeting.Text();
}

TEST(FlightForger, RefusesAClientWithoutAVersionInCommon) {
  TlsScript tls = Sound();
  tls.min_version = kTls13;
  Meeting meeting(Serving(tls));
  meeting.StartTls(Tolerant(kTls12));
  EXPECT_FALSE(meeting.client.tls_open);
  EXPECT_EQ(meeting.client.alert_received, SSL_AD_PROTOCOL_VERSION);
  EXPECT_TRUE(meeting.Has(kHandshakeFailed));
}

// ------------------------------------------------------------------------------------------------ record shapes

TEST(FlightForger, CutsItsRecordsAsTold) {
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const RecordShape& shape : {RecordShape{.fragment = 1}, RecordShape{.fragment = 100}, RecordShape{.data = 1},
                                     RecordShape{.alone = true}, RecordShape{.padding = 1000}}) {
      Meeting meeting(Serving({.records = shape}));
      meeting.StartTls(Tolerant(version));
      EXPECT_TRUE(SmtpWorks(meeting)) << InWords(shape) << "\n" << meeting.Text();
    }
  }
}

// ------------------------------------------------------------------------------------------------ faults

// How a handshake with these edits ends for BoringSSL's client, which verifies no certificate.
struct Ending {
  bool open = false, smtp = false;
  int faults = 0;
  std::optional<int> alert;
  std::string text;
};

Ending Meet(TlsScript tls, uint16_t version) {
  Meeting meeting(Serving(std::move(tls)));
  meeting.StartTls(Tolerant(version));
  meeting.RunOut();
  Ending ending{.open = meeting.client.tls_open,
                .smtp = SmtpWorks(meeting),
                .faults = static_cast<int>(meeting.All(kFault).size()),
                .text = meeting.client.tls_error + "\n" + meeting.Text()};
  if (meeting.Has(kAlertIn)) {
    ending.alert = meeting.All(kAlertIn)[0].code;
  }
  return ending;
}

TEST(ForgedSignature, IsRefusedInBothVersions) {
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const SignatureFault fault :
         {SignatureFault::kFlipped, SignatureFault::kEmpty, SignatureFault::kZeros, SignatureFault::kOldHello}) {
      const Ending ending = Meet({.signature = {.fault = fault}}, version);
      EXPECT_FALSE(ending.open) << Name(fault) << "\n" << ending.text;
      EXPECT_EQ(ending.alert, SSL_AD_DECRYPT_ERROR) << Name(fault) << "\n" << ending.text;
    }
  }
}

TEST(ForgedSignature, IsNamedAsTheScriptSays) {
  const Ending ending = Meet({.signature = {.claimed = SSL_SIGN_ECDSA_SHA1}}, kTls13);
  EXPECT_EQ(ending.alert, SSL_AD_ILLEGAL_PARAMETER) << ending.text;
}

struct Fault {
  FlightEdit edit;
  uint16_t version;
  int alert;  // what RFC 8446 or RFC 5246 wants, where BoringSSL agrees
};

class ForgedFlight : public ::testing::TestWithParam<Fault> {};

TEST_P(ForgedFlight, IsRefusedByTheAlertOfTheStandard) {
  const Ending ending = Meet({.edits = {GetParam().edit}}, GetParam().version);
  EXPECT_FALSE(ending.open) << ending.text;
  EXPECT_EQ(ending.alert, GetParam().alert) << ending.text;
  EXPECT_GE(ending.faults, 1) << ending.text;
}

INSTANTIATE_TEST_SUITE_P(
    Edits, ForgedFlight,
    ::testing::Values(
        Fault{{kFinished, kOverwrite, 0, {0, 0, 0, 0}}, kTls13, SSL_AD_DECRYPT_ERROR},
        Fault{{kFinished, kOverwrite, 0, {0, 0, 0, 0}}, kTls12, SSL_AD_DECRYPT_ERROR},
        Fault{{kCertificateVerify, kOmit}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kCertificate, kOmit}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kEncryptedExtensions, kOmit}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kServerKeyExchange, kOmit}, kTls12, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kCertificate, kRepeat, 1}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kCertificate, kBehindNext}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kCertificate, kAppendToBody, 0, {0}}, kTls13, SSL_AD_DECODE_ERROR},
        Fault{{kCertificate, kAppendToBody, 0, {0}}, kTls12, SSL_AD_DECODE_ERROR},
        Fault{{kEncryptedExtensions, kAddExtension, 0x1234, {1}}, kTls13, SSL_AD_UNSUPPORTED_EXTENSION},
        Fault{{kServerHello, kAddExtension, 0x1234, {1}}, kTls12, SSL_AD_UNSUPPORTED_EXTENSION},
        Fault{{kServerHello, kBytesBefore, 0, {0x16, 0x03, 0x03, 0xff, 0xff}}, kTls13, SSL_AD_RECORD_OVERFLOW},
        Fault{{kFinished, kMessageBefore, SSL3_MT_KEY_UPDATE, {0}}, kTls13, SSL_AD_UNEXPECTED_MESSAGE},
        Fault{{kFinished, kRecordBefore, SSL3_RT_APPLICATION_DATA, {'2'}}, kTls13, SSL_AD_UNEXPECTED_MESSAGE}));

TEST(ForgedFlight, OfMessagesInTheRightOrderGoesOn) {
  // KeyUpdates behind the handshake change the keys, and the conversation goes on with the new ones.
  const Ending ending =
      Meet({.edits = {{FlightPlace::kHandshakeDone, kMessageBehind, SSL3_MT_KEY_UPDATE, {1}, 3}}}, kTls13);
  EXPECT_TRUE(ending.smtp) << ending.text;
}

// A client that takes no notice must arrive at working keys: who goes on is seen to.
TEST(ForgedFlight, ThatIsSwallowedLeadsToAConversation) {
  for (const int extension : {TLSEXT_TYPE_extended_master_secret, TLSEXT_TYPE_ec_point_formats}) {
    const Ending ending = Meet({.edits = {{kServerHello, kDropExtension, extension}}}, kTls12);
    EXPECT_TRUE(ending.smtp) << ending.text;
    EXPECT_EQ(ending.faults, 1);
  }
}

TEST(ForgedKeyShare, OfAllZerosIsRefused) {
  for (const uint16_t version : {kTls12, kTls13}) {
    const Ending ending = Meet({.key_share = {.group = SSL_CURVE_X25519, .value = Bytes(32)}}, version);
    EXPECT_FALSE(ending.open) << ending.text;
    EXPECT_TRUE(ending.alert.has_value()) << ending.text;
    EXPECT_EQ(ending.faults, 1);
  }
}

TEST(ForgedKeyShare, OfAnotherGroupThatWasOfferedIsSound) {
  const Ending ending = Meet({.key_share = {.group = SSL_CURVE_SECP384R1}}, kTls12);
  EXPECT_TRUE(ending.smtp) << ending.text;
}

TEST(TlsSettings, MaximumBelowTheMinimumIsTheOnlyVersion) {
  Behaviour behaviour = Serving({.max_version = TLS1_1_VERSION});
  Meeting meeting(behaviour);
  ClientTls tls = Tolerant(kTls13);
  tls.min_version = TLS1_VERSION;
  tls.verify_algorithms.clear();
  meeting.StartTls(tls);
  EXPECT_EQ(meeting.client.version, "TLSv1.1") << meeting.Text();
}

TEST(TlsSettings, CiphersAndGroupsAreTheScripts) {
  Meeting meeting(Serving({.ciphers = "ECDHE-ECDSA-AES128-SHA", .groups = "P-384"}));
  meeting.StartTls(Tolerant(kTls12));
  ASSERT_TRUE(meeting.client.tls_open) << meeting.Text();
  EXPECT_EQ(meeting.All(kHandshakeDone)[0].text, "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
}

TEST(TlsSettings, ARequiredClientCertificateIsInsistedOn) {
  for (const uint16_t version : {kTls12, kTls13}) {
    Meeting meeting(Serving({.client_certificate = ClientCertificate::kRequired}));
    meeting.StartTls(Tolerant(version));
    EXPECT_FALSE(SmtpWorks(meeting));
    EXPECT_TRUE(meeting.Has(kAlertOut)) << meeting.Text();
  }
}

TEST(ForgedFlight, EndsWhereTheScriptEndsIt) {
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const int octets : {0, 1, 100}) {
      Meeting closing(Serving({.edits = {{kCertificate, kClose, octets}}}));
      closing.StartTls(Tolerant(version));
      EXPECT_TRUE(closing.client.peer_closed) << closing.Text();
      EXPECT_FALSE(closing.Has(kCertificateSent));
      Meeting resetting(Serving({.edits = {{kCertificate, kReset, octets}}}));
      resetting.StartTls(Tolerant(version));
      EXPECT_TRUE(resetting.client.peer_reset) << resetting.Text();
      Meeting stalling(Serving({.edits = {{kCertificate, kStall, octets}}}));
      stalling.StartTls(Tolerant(version));
      EXPECT_FALSE(stalling.client.peer_closed || stalling.client.tls_open || stalling.client.tls_failed);
      EXPECT_FALSE(stalling.connection.Done());
    }
  }
}

TEST(ForgedFlight, AnEditThatMeetsNothingIsNotRecorded) {
  const Ending ending = Meet({.edits = {{kServerKeyExchange, kOmit}}}, kTls13);
  EXPECT_TRUE(ending.smtp) << ending.text;
  EXPECT_EQ(ending.faults, 0);
}

// ------------------------------------------------------------------------------------------------ hostile clients

std::vector<Event> Fed(const std::vector<Bytes>& portions) {
  std::vector<Event> events;
  FlightForger forger(*TlsContext::Make(Sound(), Issued()), [&](Event event) { events.push_back(std::move(event)); });
  for (const Bytes& portion : portions) {
    forger.Feed(portion);
    while (forger.Advance()) {
    }
  }
  EXPECT_FALSE(forger.established());
  return events;
}

bool Failed(const std::vector<Event>& events) {
  return std::ranges::any_of(events, [](const Event& event) { return event.kind == kHandshakeFailed; });
}

TEST(HostileClient, IsTurnedAway) {
  EXPECT_TRUE(Failed(Fed({certs::ToBytes("EHLO client\r\n")})));
  EXPECT_TRUE(Failed(Fed({Bytes{0x16, 3, 1, 0xff, 0xff}})));                 // a record too long
  EXPECT_TRUE(Failed(Fed({Bytes{0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff}})));  // a message too long
  EXPECT_TRUE(Failed(Fed({Bytes{0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0}})));        // no ClientHello
  EXPECT_TRUE(Failed(Fed({Bytes{0x16, 3, 1, 0, 4, 20, 0, 0, 0}})));          // Finished first
  EXPECT_TRUE(Failed(Fed({Bytes{0x17, 3, 3, 0, 1, 0}})));                    // data first
  EXPECT_TRUE(Failed(Fed({Bytes{0x15, 3, 3, 0, 2, 2, 40}})));                // an alert
  EXPECT_TRUE(Failed(Fed({Bytes{0x14, 3, 3, 0, 1, 1}})));                    // ChangeCipherSpec first
  EXPECT_TRUE(Failed(Fed({Bytes(FlightForger::kMaxInput + 1, 0x16)})));      // too much
}

TEST(HostileClient, ThatSendsNothingWholeIsWaitedFor) {
  EXPECT_FALSE(Failed(Fed({Bytes{0x16}, Bytes{3}, Bytes{1, 0}})));
  EXPECT_FALSE(Failed(Fed({Bytes{0x16, 3, 1, 0, 4, 1, 0, 1, 0}})));
}

}  // namespace
}  // namespace fakeserver

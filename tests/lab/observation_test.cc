#include "lab/runner/observation.h"

#include <gtest/gtest.h>

#include <set>

#include "certs/bytes.h"
#include "tests/lab/evidence.h"

namespace lab {
namespace {

using fakeserver::EventKind;
using fakeserver::Verb;

TEST(HoneyTest, IsTheSameForTheSameRun) { EXPECT_EQ(MakeHoney(7, "a", "b").password, MakeHoney(7, "a", "b").password); }

TEST(HoneyTest, DiffersWheneverSeedScenarioOrClientDiffers) {
  std::set<std::string> passwords;
  for (const auto& [seed, scenario, client] :
       {std::tuple{1, "a", "b"}, {2, "a", "b"}, {1, "c", "b"}, {1, "a", "c"}, {1, "ab", ""}, {1, "", "ab"}}) {
    passwords.insert(MakeHoney(static_cast<uint64_t>(seed), scenario, client).password);
  }
  EXPECT_EQ(passwords.size(), 6u);
}

TEST(HoneyTest, IsPrintableAndEndsInTest) {
  const Honey honey = MakeHoney(1, "name.mismatch", "curl");
  for (const std::string& text : {honey.user, honey.password, honey.helo, honey.from, honey.to, honey.token}) {
    EXPECT_EQ(text, certs::Escaped(text));
    EXPECT_EQ(text.find(' '), std::string::npos);
  }
  EXPECT_TRUE(honey.from.ends_with("@client.test"));
  EXPECT_TRUE(honey.to.ends_with("@bob.test"));
  EXPECT_TRUE(honey.helo.ends_with(".test"));
}

TEST(ObserveTest, WithoutConnectionsNothingIsReached) {
  const Observation seen = ObserveAll({});
  EXPECT_EQ(seen.connections, 0);
  EXPECT_FALSE(Reached(seen, Rung::kConnected));
}

TEST(ObserveTest, AConnectionThatSaysNothingIsNotGreetedYet) {
  const Observation seen = ObserveAll({Dialogue()});
  EXPECT_TRUE(Reached(seen, Rung::kConnected));
  EXPECT_FALSE(Reached(seen, Rung::kGreeted));
  EXPECT_TRUE(seen.tls_never_tried);
}

TEST(ObserveTest, ARefusingGreetingIsAGreetingToo) {
  EXPECT_TRUE(Reached(ObserveAll({Dialogue().Reply(Verb::kOther, 554, false)}), Rung::kGreeted));
}

TEST(ObserveTest, ADeliveryInTlsIsReadFromTheReplies) {
  const Observation seen =
      ObserveAll({Dialogue().IntoTls().Ehlo(true, "250 AUTH PLAIN").Secret(true).Mail(true).Message(true).Quit(true)});
  EXPECT_EQ(seen.rung, Rung::kMessageBody);
  EXPECT_TRUE(seen.handshake_done && seen.certificate_sent && seen.client_hello);
  EXPECT_TRUE(seen.ehlo_in_tls && seen.auth_in_tls && seen.secret_in_tls && seen.envelope_in_tls && seen.body_in_tls);
  EXPECT_TRUE(seen.mail_accepted_in_tls && seen.delivered_in_tls);
  EXPECT_FALSE(seen.auth_in_clear || seen.secret_in_clear || seen.envelope_in_clear || seen.body_in_clear);
  EXPECT_FALSE(seen.spoke_early || seen.delivered_in_clear || seen.tls_never_tried);
  EXPECT_EQ(seen.server_name, "mail.bob.test");
}

TEST(ObserveTest, AMessageThatIsAnsweredBadlyIsNotDelivered) {
  const Observation seen = ObserveAll({Dialogue().IntoTls().Ehlo(true).Mail(true).Message(true, 554)});
  EXPECT_TRUE(seen.body_in_tls);
  EXPECT_FALSE(seen.delivered_in_tls);
}

TEST(ObserveTest, ARefusedMailIsAnEnvelopeButNotAccepted) {
  const Observation seen = ObserveAll({Dialogue().IntoTls().Ehlo(true).Mail(true, 550)});
  EXPECT_TRUE(seen.envelope_in_tls);
  EXPECT_FALSE(seen.mail_accepted_in_tls);
}

TEST(ObserveTest, AFinishedHandshakeAndQuitTellNothing) {
  const Observation seen = ObserveAll({Dialogue().IntoTls().Quit(true)});
  EXPECT_EQ(seen.rung, Rung::kTlsEstablished);
  EXPECT_FALSE(seen.command_in_tls);
}

TEST(ObserveTest, HeloAndNoopInTlsAreCommandsButTellNothingOfTheMail) {
  const Observation seen =
      ObserveAll({Dialogue().IntoTls().Command(Verb::kHelo, "HELO c", true).Command(Verb::kNoop, "NOOP", true)});
  EXPECT_TRUE(seen.command_in_tls && seen.ehlo_in_tls);
  EXPECT_FALSE(seen.telling_command_in_tls);
}

TEST(ObserveTest, VrfyInTlsTells) {
  EXPECT_TRUE(ObserveAll({Dialogue().IntoTls().Command(Verb::kVrfy, "VRFY bob", true)}).telling_command_in_tls);
}

TEST(ObserveTest, ALeakOnASecondConnectionIsFound) {
  const Observation seen =
      ObserveAll({Dialogue().IntoTls(), Dialogue().Greeting().Ehlo(false).Secret(false).Mail(false).Message(false)});
  EXPECT_EQ(seen.connections, 2);
  EXPECT_TRUE(seen.auth_in_clear && seen.secret_in_clear && seen.envelope_in_clear && seen.body_in_clear);
  EXPECT_TRUE(seen.delivered_in_clear);
}

TEST(ObserveTest, HoneyInBytesThatAreNoCommandIsALeak) {
  const Honey honey = MakeHoney(1, "scenario", "client");
  for (const std::string& bytes : {honey.password, "AUTH PLAIN " + std::string("xx") + honey.password}) {
    const Observation seen = ObserveAll({Dialogue().Greeting().Fact(EventKind::kClearBytesIn, false, bytes)});
    EXPECT_TRUE(seen.secret_in_clear);
    EXPECT_TRUE(seen.clear_bytes_after_starttls);
  }
  EXPECT_TRUE(ObserveAll({Dialogue().Fact(EventKind::kClearBytesIn, false, "x " + honey.token)}).body_in_clear);
  EXPECT_TRUE(ObserveAll({Dialogue().Command(Verb::kOther, "XMAIL " + honey.to, false)}).envelope_in_clear);
}

// base64 of "\0user\0password", as AUTH PLAIN sends it, even where no command was recognised.
TEST(ObserveTest, AnEncodedPasswordIsALeak) {
  Honey honey = MakeHoney(1, "s", "c");
  honey.user = "tim";
  honey.password = "tanstaaftanstaaf";  // the example of RFC 4616 4
  fakeserver::Transcript transcript;
  transcript.Add(
      {.kind = EventKind::kClearBytesIn, .incoming = true, .text = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"});
  EXPECT_TRUE(Observe({transcript}, honey).secret_in_clear);
}

TEST(ObserveTest, CommandsInClearBehindAFailedHandshakeAreGoingOn) {
  const auto after = [](bool failed, const char* text) {
    Dialogue dialogue = Dialogue().Greeting().Ehlo(false).StartTls();
    if (failed) {
      dialogue.FailTls();
    }
    return ObserveAll({dialogue.Fact(EventKind::kClearBytesIn, false, text)}).went_on_in_clear;
  };
  EXPECT_TRUE(after(true, "EHLO client.test\r\n") && after(true, "mail from:<>\r\n"));
  EXPECT_FALSE(after(true, "QUIT\r\n") || after(true, "\x16\x03\x01") || after(true, ""));
  EXPECT_FALSE(after(false, "EHLO client.test\r\n")) << "sent ahead, and discarded";
}

TEST(ObserveTest, AClearTextHelloIsNoLeak) {
  const Observation seen = ObserveAll({Dialogue().Greeting().Ehlo(false).Quit(false)});
  EXPECT_FALSE(seen.auth_in_clear || seen.secret_in_clear || seen.envelope_in_clear || seen.body_in_clear);
  EXPECT_EQ(seen.rung, Rung::kEhloInClear);
}

TEST(ObserveTest, ACommandBeforeTheReplyToTheFirstEhloIsEarly) {
  EXPECT_TRUE(ObserveAll({Dialogue()
                              .IntoTls()
                              .Command(Verb::kEhlo, "EHLO c", true)
                              .Command(Verb::kMail, "MAIL FROM:<>", true)
                              .Reply(Verb::kEhlo, 250, true)})
                  .spoke_early);
}

TEST(ObserveTest, HeloCountsLikeEhloForEarliness) {
  EXPECT_TRUE(ObserveAll({Dialogue().IntoTls().Command(Verb::kHelo, "HELO c", true).Command(Verb::kRcpt, "RCPT", true)})
                  .spoke_early);
}

TEST(ObserveTest, PipeliningBehindTheReplyIsNotEarly) {
  EXPECT_FALSE(ObserveAll({Dialogue()
                               .IntoTls()
                               .Ehlo(true, "250 SIZE")
                               .Command(Verb::kMail, "MAIL FROM:<> SIZE=3", true)
                               .Command(Verb::kRcpt, "RCPT TO:<b@bob.test>", true)})
                   .spoke_early);
}

TEST(ObserveTest, QuitBeforeTheReplyIsNotEarly) {
  EXPECT_FALSE(ObserveAll({Dialogue().IntoTls().Command(Verb::kEhlo, "EHLO c", true).Quit(true)}).spoke_early);
}

TEST(ObserveTest, AKeywordThatOnlyClearTextOfferedIsBelief) {
  const auto dialogue = [](const char* injected, const char* offered, Verb verb, const char* command) {
    return Dialogue()
        .Greeting()
        .Ehlo(false)
        .StartTls()
        .Fact(EventKind::kInjected, false, injected)
        .Handshake()
        .Ehlo(true, offered)
        .Command(verb, command, true);
  };
  EXPECT_TRUE(
      ObserveAll({dialogue("250 SIZE 100", "250 HELP", Verb::kMail, "MAIL FROM:<a@b.test> SIZE=3")}).spoke_early);
  EXPECT_TRUE(ObserveAll({dialogue("250 AUTH PLAIN", "250 HELP", Verb::kAuth, "AUTH PLAIN")}).spoke_early);
  EXPECT_FALSE(
      ObserveAll({dialogue("250 SIZE 100", "250 SIZE", Verb::kMail, "MAIL FROM:<a@b.test> SIZE=3")}).spoke_early);
  EXPECT_FALSE(ObserveAll({dialogue("250 SIZE 100", "250 HELP", Verb::kMail, "MAIL FROM:<a@b.test>")}).spoke_early);
}

// In slices, the rest of the server's flight may still be on its way.
TEST(ObserveTest, WhoComplainsOfACertificateHasReadIt) {
  const auto refused = [](int alert) {
    return ObserveAll({Dialogue()
                           .Add({.kind = EventKind::kClientHello, .incoming = true, .hello = fakeserver::ClientHello{}})
                           .Add({.kind = EventKind::kAlertIn, .incoming = true, .code = alert, .level = 2})});
  };
  for (const int certificate : {42, 43, 44, 45, 46, 48, 113}) {
    EXPECT_TRUE(Reached(refused(certificate), Rung::kCertificateSent)) << certificate;
  }
  for (const int other : {40, 47, 50, 70, 80}) {
    EXPECT_FALSE(Reached(refused(other), Rung::kCertificateSent)) << other;
  }
}

TEST(ObserveTest, TheFirstAlertOfTheClientIsKept) {
  const Observation seen =
      ObserveAll({Dialogue()
                      .IntoTls()
                      .Add({.kind = EventKind::kAlertIn, .incoming = true, .code = 42, .level = 2})
                      .Add({.kind = EventKind::kAlertIn, .incoming = true, .code = 0, .level = 1})});
  EXPECT_EQ(seen.client_alert, 42);
}

// What it was told not to use it cannot have got wrong: the sentence says so.
TEST(ObserveTest, WhoNeverTriedTlsIsSaidToHave) {
  const char* const kWords = "never tried TLS";
  EXPECT_NE(ToSentence(ObserveAll({Dialogue().Greeting().Ehlo(false).Mail(false).Message(false)})).find(kWords),
            std::string::npos);
  EXPECT_EQ(ToSentence(ObserveAll({Dialogue().IntoTls(), Dialogue().Greeting().Mail(false)})).find(kWords),
            std::string::npos);
}

TEST(ObserveTest, MailInClearIsNoEvidenceOfACertificate) {
  const Observation seen = ObserveAll({Dialogue().Greeting().Ehlo(false).Mail(false)});
  EXPECT_EQ(seen.rung, Rung::kEnvelope);
  EXPECT_FALSE(Reached(seen, Rung::kCertificateSent));
  EXPECT_FALSE(Reached(seen, Rung::kEnvelope));
}

}  // namespace
}  // namespace lab

// Hand-made evidence for tests of the observation and the judge.
#pragma once

#include <initializer_list>
#include <string>

#include "fakeserver/transcript.h"
#include "lab/runner/observation.h"

namespace lab {

// Events of one connection, as the fake server would record them.
class Dialogue {
 public:
  Dialogue() { Add({.kind = fakeserver::EventKind::kConnected}); }

  Dialogue& Command(fakeserver::Verb verb, std::string text, bool in_tls) {
    return Add({.kind = fakeserver::EventKind::kCommand,
                .incoming = true,
                .in_tls = in_tls,
                .verb = verb,
                .text = std::move(text)});
  }
  Dialogue& Reply(fakeserver::Verb verb, int code, bool in_tls, std::string text = "") {
    return Add(
        {.kind = fakeserver::EventKind::kReply, .in_tls = in_tls, .code = code, .verb = verb, .text = std::move(text)});
  }
  Dialogue& Fact(fakeserver::EventKind kind, bool in_tls, std::string text = "") {
    return Add({.kind = kind, .incoming = true, .in_tls = in_tls, .text = std::move(text)});
  }

  Dialogue& Greeting() { return Reply(fakeserver::Verb::kOther, 220, false, "220 mail.bob.test"); }
  Dialogue& Ehlo(bool in_tls, std::string offered = "250 STARTTLS") {
    return Command(fakeserver::Verb::kEhlo, "EHLO client.test", in_tls)
        .Reply(fakeserver::Verb::kEhlo, 250, in_tls, std::move(offered));
  }
  Dialogue& StartTls() {
    return Command(fakeserver::Verb::kStartTls, "STARTTLS", false).Reply(fakeserver::Verb::kStartTls, 220, false);
  }
  Dialogue& Handshake() {
    Add({.kind = fakeserver::EventKind::kClientHello,
         .incoming = true,
         .hello = fakeserver::ClientHello{.server_name = "mail.bob.test"}});
    return Fact(fakeserver::EventKind::kCertificateSent, false).Fact(fakeserver::EventKind::kHandshakeDone, true);
  }
  // The client sees the certificate, and gives up.
  Dialogue& FailTls() {
    Add({.kind = fakeserver::EventKind::kClientHello, .incoming = true, .hello = fakeserver::ClientHello{}});
    Fact(fakeserver::EventKind::kCertificateSent, false);
    return Add({.kind = fakeserver::EventKind::kAlertIn, .incoming = true, .code = 48, .level = 2})
        .Add({.kind = fakeserver::EventKind::kHandshakeFailed});
  }
  // Greeting to established TLS.
  Dialogue& IntoTls() { return Greeting().Ehlo(false).StartTls().Handshake(); }
  Dialogue& Mail(bool in_tls, int code = 250) {
    return Command(fakeserver::Verb::kMail, "MAIL FROM:<a@client.test>", in_tls)
        .Fact(fakeserver::EventKind::kMailFrom, in_tls, "<a@client.test>")
        .Reply(fakeserver::Verb::kMail, code, in_tls);
  }
  Dialogue& Message(bool in_tls, int code = 250) {
    return Command(fakeserver::Verb::kRcpt, "RCPT TO:<b@bob.test>", in_tls)
        .Reply(fakeserver::Verb::kRcpt, 250, in_tls)
        .Command(fakeserver::Verb::kData, "DATA", in_tls)
        .Reply(fakeserver::Verb::kData, 354, in_tls)
        .Fact(fakeserver::EventKind::kMessage, in_tls, "hello")
        .Reply(fakeserver::Verb::kEndOfData, code, in_tls);
  }
  Dialogue& Secret(bool in_tls) {
    return Command(fakeserver::Verb::kAuth, "AUTH PLAIN ...", in_tls)
        .Fact(fakeserver::EventKind::kAuthStarted, in_tls, "PLAIN")
        .Fact(fakeserver::EventKind::kSecret, in_tls, "user")
        .Reply(fakeserver::Verb::kAuth, 235, in_tls);
  }
  Dialogue& Quit(bool in_tls) {
    return Command(fakeserver::Verb::kQuit, "QUIT", in_tls).Reply(fakeserver::Verb::kQuit, 221, in_tls);
  }
  // A visit to the web server that has revocation data, not to the mail server.
  static Dialogue Fetch() {
    Dialogue visit;
    visit.transcript_.http = true;
    return visit.Command(fakeserver::Verb::kOther, "GET /crl/0 HTTP/1.1", false);
  }
  Dialogue& Add(fakeserver::Event event) {
    transcript_.Add(std::move(event));
    return *this;
  }

  const fakeserver::Transcript& transcript() const { return transcript_; }

 private:
  fakeserver::Transcript transcript_;
};

inline Observation ObserveAll(std::initializer_list<Dialogue> connections) {
  std::vector<fakeserver::Transcript> transcripts;
  for (const Dialogue& connection : connections) {
    transcripts.push_back(connection.transcript());
  }
  return Observe(transcripts, MakeHoney(1, "scenario", "client"));
}

}  // namespace lab

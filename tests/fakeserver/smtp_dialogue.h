// A client's half of an SMTP dialogue, spoken to an SmtpSession in tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fakeserver/smtp_session.h"

namespace fakeserver {

class Dialogue {
 public:
  explicit Dialogue(SmtpScript script = {}, TlsMode mode = TlsMode::kStartTls)
      : script_(std::move(script)), session_(script_, mode) {
    Keep(session_.Start());
  }

  // Says a line (CRLF is added) and returns the code of the last reply to it; 0 if there was none.
  int Say(std::string_view line) { return SayRaw(std::string(line) + "\r\n"); }
  int SayRaw(std::string_view bytes) {
    const size_t before = effects_.size();
    Keep(session_.OnBytes(certs::ToBytes(bytes)));
    int code = 0;
    for (size_t i = before; i < effects_.size(); ++i) {
      code = effects_[i].kind == Effect::Kind::kReply ? effects_[i].code : code;
    }
    return code;
  }
  void EndTlsHandshake() { Keep(session_.OnTlsEstablished()); }
  void HangUp() { Keep(session_.OnEof()); }

  // EHLO, STARTTLS, TLS, EHLO.
  void EnterTls() {
    Say("EHLO client.lab.test");
    Say("STARTTLS");
    EndTlsHandshake();
    Say("EHLO client.lab.test");
  }
  // Up to and with the reply to DATA.
  void BeginMessage() {
    Say("MAIL FROM:<a@lab.test>");
    Say("RCPT TO:<b@lab.test>");
    Say("DATA");
  }

  std::vector<Effect> All(Effect::Kind kind) const {
    std::vector<Effect> found;
    for (const Effect& effect : effects_) {
      if (effect.kind == kind) {
        found.push_back(effect);
      }
    }
    return found;
  }
  bool Has(Effect::Kind kind) const { return !All(kind).empty(); }
  // The codes of all replies so far, the greeting's first.
  std::vector<int> Codes() const {
    std::vector<int> codes;
    for (const Effect& effect : All(Effect::Kind::kReply)) {
      codes.push_back(effect.code);
    }
    return codes;
  }
  std::string Sent() const {
    std::string sent;
    for (const Effect& effect : All(Effect::Kind::kSend)) {
      sent += certs::AsText(effect.bytes);
    }
    return sent;
  }
  const std::vector<Effect>& effects() const { return effects_; }
  bool closed() const { return session_.closed(); }

 private:
  void Keep(std::vector<Effect> effects) {
    for (Effect& effect : effects) {
      effects_.push_back(std::move(effect));
    }
  }

  const SmtpScript script_;
  SmtpSession session_;
  std::vector<Effect> effects_;
};

}  // namespace fakeserver

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "lab/verifier/smtp_client_impl.h"

namespace verifier {


std::string Shown(const Reply& reply) {
  constexpr size_t kLimit = 200;
  return fmt::format("{} {}", reply.code, certs::Escaped(reply.lines.front(), kLimit));
}

void SmtpClient::Impl::OnReply(const Reply& reply) {
  switch (wait_) {
    case Wait::kGreeting:
      return OnGreeting(reply);
    case Wait::kEhlo:
      return OnEhlo(reply);
    case Wait::kStartTls:
      return OnStartTls(reply);
    case Wait::kAuthPlain:
    case Wait::kAuthLogin:
    case Wait::kAuthUser:
    case Wait::kAuthPassword:
      return OnAuth(reply);
    case Wait::kMail:
    case Wait::kRcpt:
    case Wait::kData:
    case Wait::kBody:
      return OnTransaction(reply);
    case Wait::kQuit:
      return End();  // whatever it says
    case Wait::kStart:
    case Wait::kHandshake:
    case Wait::kNothing:
      return;  // no reply is read in these
  }
}

void SmtpClient::Impl::OnGreeting(const Reply& reply) {
  if (reply.code != 220) {
    return Finish({Reason::kServiceRefused}, fmt::format("the greeting is \"{}\"", Shown(reply)), Leave::kQuit);
  }
  if (!secure()) {
    result_.stage = Stage::kGreeted;
  }
  SendEhlo();
}

void SmtpClient::Impl::OnEhlo(const Reply& reply) {
  const bool accepted = reply.FirstDigit() == 2;
  if (!accepted && (secure() || reply.code == 421)) {
    return Finish({Reason::kServiceRefused}, fmt::format("the answer to EHLO is \"{}\"", Shown(reply)), Leave::kQuit);
  }
  // HELO would be understood, but offers no TLS, and without TLS there is nothing to say.
  offers_ = accepted ? ParseEhlo(reply) : EhloOffers{};
  if (secure()) {
    return BeginAuth();
  }
  result_.stage = Stage::kEhlo;
  if (!offers_.starttls) {
    return Finish({Reason::kStartTlsNotOffered},
                  accepted ? "the EHLO reply does not offer STARTTLS"
                           : fmt::format("the answer to EHLO is \"{}\", so STARTTLS is not offered", Shown(reply)),
                  Leave::kQuit);
  }
  result_.stage = Stage::kStartTlsSent;
  Send(Wait::kStartTls, "STARTTLS\r\n", config_.timeouts.reply);
}

void SmtpClient::Impl::OnStartTls(const Reply& reply) {
  if (reply.code != 220) {
    return Finish({Reason::kStartTlsRefused}, fmt::format("the answer to STARTTLS is \"{}\"", Shown(reply)),
                  Leave::kQuit);
  }
  StartTls();
}

void SmtpClient::Impl::OnAuth(const Reply& reply) {
  const bool challenge_expected = wait_ == Wait::kAuthLogin || wait_ == Wait::kAuthUser;
  if (reply.FirstDigit() == 2 && !challenge_expected) {
    result_.stage = Stage::kAuthenticated;
    return BeginMessage();
  }
  if (reply.code != 334) {
    return Finish({Reason::kCommandRefused}, fmt::format("the answer to AUTH is \"{}\"", Shown(reply)), Leave::kQuit);
  }
  // After 334 the server takes the next line for a secret, QUIT included: leave without a word.
  if (!challenge_expected) {
    return Finish({Reason::kCommandRefused}, "the server asks for more than the mechanism has to say", Leave::kAbort);
  }
  if (reply.lines.size() != 1 || !IsBase64(reply.lines.front())) {
    return Finish({Reason::kMalformedReply}, "the challenge is not one line of base64", Leave::kAbort);
  }
  if (wait_ == Wait::kAuthLogin) {
    return Send(Wait::kAuthUser, Base64(*config_.user) + "\r\n", config_.timeouts.reply);
  }
  Send(Wait::kAuthPassword, Base64(*config_.password) + "\r\n", config_.timeouts.reply);
}

void SmtpClient::Impl::OnTransaction(const Reply& reply) {
  const int wanted = wait_ == Wait::kData ? 3 : 2;
  if (reply.FirstDigit() != wanted) {
    // A 3yz where none belongs makes the server read the next line as something else.
    return Finish({Reason::kCommandRefused}, fmt::format("the server answers \"{}\"", Shown(reply)),
                  reply.FirstDigit() == 3 ? Leave::kAbort : Leave::kQuit);
  }
  const Micros timeout = config_.timeouts.reply;
  switch (wait_) {
    case Wait::kMail:
      return Send(Wait::kRcpt, fmt::format("RCPT TO:<{}>\r\n", config_.message->to), timeout);
    case Wait::kRcpt:
      return Send(Wait::kData, "DATA\r\n", timeout);
    case Wait::kData:
      return Send(Wait::kBody, DataBlock(config_.message->body), config_.timeouts.data);
    default:
      result_.stage = Stage::kDelivered;
      return Finish({Reason::kOk}, "verified and delivered", Leave::kQuit);
  }
}

// ------------------------------------------------------------------------------------------------ commands

void SmtpClient::Impl::SendEhlo() {
  Send(Wait::kEhlo, fmt::format("EHLO {}\r\n", config_.helo), config_.timeouts.reply);
}

void SmtpClient::Impl::BeginAuth() {
  if (!config_.user || !config_.password) {
    return BeginMessage();
  }
  if (offers_.auth_plain) {
    const std::string response = std::string(1, '\0') + *config_.user + '\0' + *config_.password;  // RFC 4616 2
    return Send(Wait::kAuthPlain, fmt::format("AUTH PLAIN {}\r\n", Base64(response)), config_.timeouts.reply);
  }
  if (offers_.auth_login) {
    return Send(Wait::kAuthLogin, "AUTH LOGIN\r\n", config_.timeouts.reply);
  }
  Finish({Reason::kCommandRefused}, "inside TLS the server offers neither AUTH PLAIN nor AUTH LOGIN", Leave::kQuit);
}

void SmtpClient::Impl::BeginMessage() {
  if (!config_.message) {
    return Finish({Reason::kOk}, "verified; there was nothing to deliver", Leave::kQuit);
  }
  Send(Wait::kMail, fmt::format("MAIL FROM:<{}>\r\n", config_.message->from), config_.timeouts.reply);
}

}  // namespace verifier

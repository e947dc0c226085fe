#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "lab/verifier/smtp_client_impl.h"

namespace verifier {

namespace {

// "250 welcome": the first line, escaped and cut short.
std::string Shown(const Reply& reply) {
  return fmt::format("{} {}", reply.code, certs::Escaped(reply.lines.front(), kShownText));
}

}  // namespace

// The one reply that lets the client go on. Any other refuses, by its first digit (RFC 5321 4.2.1): what a client that
// needs TLS does about 4yz and 5yz is the same.
bool SmtpClient::Impl::IsWanted(const Reply& reply) const {
  switch (wait_) {
    case Wait::kGreeting:
    case Wait::kStartTls:
      return reply.code == 220;  // RFC 5321 4.3.1, RFC 3207 4: no other code invites
    case Wait::kEhlo:
    case Wait::kAuthPlain:
    case Wait::kAuthPassword:
    case Wait::kMail:
    case Wait::kRcpt:
    case Wait::kBody:
      return reply.FirstDigit() == 2;
    case Wait::kData:
      return reply.FirstDigit() == 3;
    case Wait::kAuthLogin:
    case Wait::kAuthUser:
      return reply.code == 334;
    case Wait::kStart:
    case Wait::kHandshake:
    case Wait::kQuit:
    case Wait::kNothing:
      break;
  }
  return false;
}

void SmtpClient::Impl::OnReply(const Reply& reply) {
  if (wait_ == Wait::kQuit) {
    return End();  // whatever it says
  }
  if (!IsWanted(reply)) {
    return OnRefusal(reply);
  }
  if (const Bytes& more = Waiting(); !more.empty()) {
    // One command, one reply: a second one is an answer to a question not yet put.
    return Finish({secure() ? Reason::kMalformedReply : Reason::kClearTextBehind220},
                  fmt::format("behind the reply \"{}\" came \"{}\"", Shown(reply), certs::Escaped(more, kShownText)),
                  Leave::kAbort);
  }
  OnWanted(reply);
}

void SmtpClient::Impl::OnRefusal(const Reply& reply) {
  Reason reason = Reason::kCommandRefused;
  std::string_view question = "a command";
  if (wait_ == Wait::kGreeting || wait_ == Wait::kEhlo) {
    // After a refused EHLO, HELO might do; but it offers no TLS, and without TLS there is nothing to say.
    reason = Reason::kServiceRefused;
    question = wait_ == Wait::kEhlo ? "EHLO" : "the connection";
  } else if (wait_ == Wait::kStartTls) {
    reason = Reason::kStartTlsRefused;
    question = "STARTTLS";
  }
  // After 3yz the server takes the next line for a secret or a message, QUIT included: leave without a word.
  Finish({reason}, fmt::format("the answer to {} is \"{}\"", question, Shown(reply)),
         reply.FirstDigit() == 3 ? Leave::kAbort : Leave::kQuit);
}

void SmtpClient::Impl::OnWanted(const Reply& reply) {
  switch (wait_) {
    case Wait::kGreeting:
      if (!secure()) {
        result_.stage = Stage::kGreeted;
      }
      return SendEhlo();
    case Wait::kEhlo:
      return OnEhlo(reply);
    case Wait::kStartTls:
      return StartTls();
    case Wait::kAuthLogin:
    case Wait::kAuthUser:
      return OnChallenge(reply);
    case Wait::kAuthPlain:
    case Wait::kAuthPassword:
      result_.stage = Stage::kAuthenticated;
      return BeginMessage();
    case Wait::kMail:
      return Send(Wait::kRcpt, fmt::format("RCPT TO:<{}>\r\n", config_.message->to), config_.timeouts.rcpt);
    case Wait::kRcpt:
      return Send(Wait::kData, "DATA\r\n", config_.timeouts.data);
    case Wait::kData:
      return Send(Wait::kBody, DataBlock(config_.message->body), config_.timeouts.end_of_data);
    case Wait::kBody:
      result_.stage = Stage::kDelivered;
      return Finish({Reason::kOk}, "verified and delivered", Leave::kQuit);
    case Wait::kStart:
    case Wait::kHandshake:
    case Wait::kQuit:
    case Wait::kNothing:
      return;  // IsWanted() wants nothing in these
  }
}

void SmtpClient::Impl::OnEhlo(const Reply& reply) {
  offers_ = ParseEhlo(reply);
  if (secure()) {
    return BeginAuth();
  }
  result_.stage = Stage::kEhlo;
  if (!offers_.starttls) {
    return Finish({Reason::kStartTlsNotOffered}, "the EHLO reply does not offer STARTTLS", Leave::kQuit);
  }
  result_.stage = Stage::kStartTlsSent;
  Send(Wait::kStartTls, "STARTTLS\r\n", config_.timeouts.starttls);
}

void SmtpClient::Impl::OnChallenge(const Reply& reply) {
  if (reply.lines.size() != 1 || !IsBase64(reply.lines.front())) {
    return Finish({Reason::kMalformedReply}, "the challenge is not one line of base64", Leave::kAbort);
  }
  if (wait_ == Wait::kAuthLogin) {
    return Send(Wait::kAuthUser, Base64(*config_.user) + "\r\n", config_.timeouts.auth);
  }
  Send(Wait::kAuthPassword, Base64(*config_.password) + "\r\n", config_.timeouts.auth);
}

// ------------------------------------------------------------------------------------------------ commands

void SmtpClient::Impl::SendEhlo() {
  Send(Wait::kEhlo, fmt::format("EHLO {}\r\n", config_.helo), config_.timeouts.ehlo);
}

void SmtpClient::Impl::BeginAuth() {
  if (!config_.user || !config_.password) {
    return BeginMessage();
  }
  if (tls_->verification().unauthenticated) {
    return Finish({Reason::kCommandRefused}, "nobody vouches for this server, so it gets no password", Leave::kQuit);
  }
  if (offers_.auth_plain) {
    const std::string response = std::string(1, '\0') + *config_.user + '\0' + *config_.password;  // RFC 4616 2
    return Send(Wait::kAuthPlain, fmt::format("AUTH PLAIN {}\r\n", Base64(response)), config_.timeouts.auth);
  }
  if (offers_.auth_login) {
    return Send(Wait::kAuthLogin, "AUTH LOGIN\r\n", config_.timeouts.auth);
  }
  Finish({Reason::kCommandRefused}, "inside TLS the server offers neither AUTH PLAIN nor AUTH LOGIN", Leave::kQuit);
}

void SmtpClient::Impl::BeginMessage() {
  if (!config_.message) {
    return Finish({Reason::kOk}, "verified; there was nothing to deliver", Leave::kQuit);
  }
  Send(Wait::kMail, fmt::format("MAIL FROM:<{}>\r\n", config_.message->from), config_.timeouts.mail);
}

}  // namespace verifier

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
    case Wait::kMail:
    case Wait::kBody:
      return reply.FirstDigit() == 2;
    case Wait::kRcpt:
      // One recipient less is no reason to stop (RFC 5321 4.5.3.1.10), a server that goes away is.
      return reply.FirstDigit() != 3 && reply.code != 421;
    case Wait::kData:
      return reply.FirstDigit() == 3;
    case Wait::kAuth:
      return reply.FirstDigit() == 2 || reply.code == 334;
    case Wait::kAuthCancel:
      return true;      // RFC 4954 4 has 501 here; it changes nothing
    case Wait::kBlock:  // an answer to a message of which it has only a part
    case Wait::kStart:
    case Wait::kHandshake:
    case Wait::kQuit:
    case Wait::kNothing:
      break;
  }
  return false;
}

void SmtpClient::Impl::OnReply(const Reply& reply) {
  for (size_t i = 0; i < reply.lines.size(); ++i) {
    Record(/*from_client=*/false,
           fmt::format("{}{}{}", reply.code, i + 1 < reply.lines.size() ? '-' : ' ', reply.lines[i]));
  }
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
  } else if (wait_ == Wait::kAuth) {
    question = "the user name and password";
  } else if (wait_ == Wait::kMail) {
    question = "the sender";
  } else if (wait_ == Wait::kRcpt) {
    question = "a recipient";
  } else if (wait_ == Wait::kData || wait_ == Wait::kBody) {
    question = "the message";
  } else if (wait_ == Wait::kBlock) {
    question = "half a message";
    reason = reply.FirstDigit() == 2 ? Reason::kMalformedReply : reason;
  }
  // After 3yz the server takes the next line for a secret or a message, and in the middle of a message anyway, QUIT
  // included: leave without a word.
  Finish({reason}, fmt::format("the answer to {} is \"{}\"", question, Shown(reply)),
         reply.FirstDigit() == 3 || wait_ == Wait::kBlock ? Leave::kAbort : Leave::kQuit);
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
    case Wait::kAuth:
      return reply.code == 334 ? OnChallenge(reply) : OnAuthenticated();
    case Wait::kAuthCancel:
      return Finish({}, "", Leave::kQuit);  // the verdict stands
    case Wait::kMail:
      return SendRecipient();
    case Wait::kRcpt:
      return OnRecipient(reply);
    case Wait::kData:
      return BeginData();
    case Wait::kBody:
      return OnDelivered();
    case Wait::kBlock:
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

// ------------------------------------------------------------------------------------------------ commands

void SmtpClient::Impl::SendEhlo() {
  Send(Wait::kEhlo, fmt::format("EHLO {}\r\n", config_.helo), config_.timeouts.ehlo);
}

}  // namespace verifier

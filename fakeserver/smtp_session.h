// The SMTP protocol core (RFC 5321, 3207, 4954): bytes in, effects out. No I/O, no TLS, no clock, so a fuzzer or a test
// drives it directly. Bounded: a command line of more than 512 octets, or 64 KiB of unanswered input, is refused.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakeserver/scripts.h"

namespace fakeserver {

// What the connection must do next, or a fact it should record.
struct Effect {
  enum class Kind : uint8_t {
    kSend,         // `bytes`; a separate kSend is a separate write (its own segment, where the transport allows)
    kStartTls,     // switch to TLS now; everything received so far in clear has been discarded
    kClose,        // after sending
    kCommand,      // fact: a command line arrived (`verb`, `text`)
    kReply,        // fact: a reply was sent (`code`, `text`)
    kInjected,     // fact: `bytes` of the following kSend are injected
    kAuthStarted,  // fact: `text` = mechanism
    kSecret,       // fact: `text` = user, `secret` = password
    kMailFrom,     // fact: `text` = parameter
    kRcptTo,
    kMessage,      // fact: `text` = the message, dot-unstuffed, at most 64 KiB of it; `size` = its whole size
    kHold,         // wait `wait` before the effects that follow
    kClearDiscarded,  // fact: `text` = bytes that arrived in clear behind STARTTLS and were thrown away (RFC 3207 4.2)
  };
  Kind kind = Kind::kSend;
  Bytes bytes;
  Verb verb = Verb::kOther;
  int code = 0;
  std::string text, secret;
  size_t size = 0;
  Micros wait{0};
};

class SmtpSession {
 public:
  SmtpSession(const SmtpScript& script, TlsMode mode);  // borrows `script`
  ~SmtpSession();

  // The connection is up (or, on an implicit-TLS port, the handshake is done): the greeting.
  std::vector<Effect> Start();
  // Bytes from the client, decrypted if in TLS; any split gives the same effects.
  std::vector<Effect> OnBytes(ByteView bytes);
  // The TLS handshake that kStartTls asked for is done: all SMTP state is forgotten (RFC 3207 4.2).
  std::vector<Effect> OnTlsEstablished();
  // True after QUIT was answered or a limit was broken.
  bool closed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fakeserver

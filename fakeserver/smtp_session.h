// The SMTP protocol core (RFC 5321, 3207, 4954): bytes in, effects out. No I/O, no TLS, no clock, so a fuzzer or a test
// drives it directly.
//
// Bounded: a command line of more than 512 octets is refused with 500 (MAIL may have 1055: RFC 1870, 6152 and 4954 add
// 26, 17 and 500; AUTH and its responses 12288 and CRLF, RFC 4954 4), and 64 KiB without a line end, or 4000 commands,
// end the session with 421. A text line of more than 1000 octets is refused after the end of data.
//
// Line ends (RFC 5321 2.3.8): a command that ends in a bare LF is taken and noted, so that a client that only knows LF
// is seen rather than left waiting; in a message only CRLF ends a line, so that LF.LF never ends the data.
//
// Scripted replies: script.replies[verb] stands in for whatever the command would get, and its code alone decides what
// happens next (220 to STARTTLS starts TLS, 354 to DATA starts the message, 2yz to MAIL opens a transaction, 421
// closes), even with `raw` bytes. For AUTH the codes 235, 432, 454 and 535 are about the credentials, so they come in
// place of the last reply; any other comes at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakeserver/scripts.h"

namespace fakeserver {

// What the connection must do next, or a fact it should record.
struct Effect {
  enum class Kind : uint8_t {
    kSend,         // `bytes`; a separate kSend is a separate write (its own segment, where the transport allows);
                   // `verb` = the command it answers, kOther for a greeting
    kStartTls,     // switch to TLS now; everything received so far in clear has been discarded
    kEarlyTls,     // `bytes` behind STARTTLS that begin like a TLS record: the client did not wait for the 220. They
                   // are TLS, not clear text, so they are kept: the endpoint reads them first
    kClose,        // after sending
    kCommand,      // fact: a command line arrived (`verb`, `text`)
    kReply,        // fact: a reply was sent (`code`, `text` without its last CRLF, `verb` it answers)
    kInjected,     // fact: `bytes` are injected into, or are, the following kSend
    kAuthStarted,  // fact: `text` = mechanism
    kSecret,       // fact: `text` = user, `secret` = password
    kMailFrom,     // fact: `text` = what stands behind FROM:, "<a@b.test> SIZE=12", whatever the reply will be
    kRcptTo,
    kMessage,         // fact: `text` = the message, dot-unstuffed, at most 64 KiB of it; `size` = its whole size
    kHold,            // wait `wait` before the effects that follow
    kClearDiscarded,  // fact: `text` = bytes that arrived in clear behind STARTTLS and were thrown away (RFC 3207 4.2)
    kTlsRecordInClear,  // fact: `text` = a whole TLS record that arrived where a command was expected: a client that
                        // starts TLS although it was refused, or although the server stays in clear
    kNote,              // fact: `text` = a client's peculiarity, once a connection each (bare LF, over-long line ...)
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
  // The client will send no more: what it left unfinished, a line or a message, becomes a kNote.
  std::vector<Effect> OnEof();
  // The TLS handshake that kStartTls asked for is done: all SMTP state is forgotten (RFC 3207 4.2).
  std::vector<Effect> OnTlsEstablished();
  // True after QUIT was answered or a limit was broken.
  bool closed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fakeserver

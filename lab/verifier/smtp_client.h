// A mail client that decides before it sends anything that matters. No sockets, no clock, no threads: the caller moves
// bytes and tells the time, so the same object runs over a socket, over a pipe in virtual time, and under a fuzzer.
//
//   SmtpClient client(config);
//   while (!client.Done()) {
//     client.Receive(bytes from the peer);      // or client.ReceiveEof()
//     client.Advance(now);
//     send(client.TakeOutput());
//   }
//   client.result().verdict                     // kOk: verified and delivered
//
// It asks one thing at a time and takes one reply for it: RFC 2920 lets a client pipeline and asks none to, and a reply
// to nothing, which is what an injected one is, can only be told from an early one if there are no early ones. What it
// decides:
//   greeting not 220, EHLO not 2yz (HELO offers no TLS: never tried)   kServiceRefused
//   an EHLO reply in clear that does not offer STARTTLS                kStartTlsNotOffered
//   STARTTLS not answered 220                                          kStartTlsRefused
//   in clear: a byte behind a good reply, or text instead of TLS       kClearTextBehind220
//     behind 220, whether in the same segment or later
//   inside TLS: a byte behind a good reply                             kMalformedReply
//   the certificate                                                    as Verify() says
//   TLS before or after the decision, for any other reason             kTlsFailed
//   AUTH not offered inside TLS, a command refused (AUTH: a wrong      kCommandRefused
//     password; RCPT: every recipient or some), a configured name,
//     address, credential or message that cannot be sent, or not to
//     this server (SIZE, 8BITMIME, SMTPUTF8, REQUIRETLS)
//   a SASL challenge that is none, or a server that does not prove     kMalformedReply
//     itself where the mechanism demands it
//   the end of the connection, with or without close_notify            kClosedByPeer
// A server that refuses gets QUIT where the dialogue is still in step: in clear, or inside TLS once it is verified. A
// server whose certificate is refused gets an alert and not one octet of SMTP: RFC 3207 4.1 suggests QUIT, but whoever
// that is need not hear even this. Replies to QUIT, and their absence, change nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/verdict.h"
#include "lab/verifier/endpoint.h"
#include "lab/verifier/sasl.h"
#include "lab/verifier/smtp_message.h"
#include "lab/verifier/tls_client.h"
#include "lab/verifier/verify.h"

namespace verifier {

enum class TlsMode : uint8_t {
  kStartTls,  // RFC 3207: clear text first, then STARTTLS
  kImplicit,  // RFC 8314: TLS from the first byte
};

// How long the client waits for each thing; every wait has a limit. It holds for the whole reply, however slowly its
// bytes drip in. The defaults are those of RFC 5321 4.5.3.2, which a client that delivers real mail should not
// undercut; for STARTTLS, TLS and AUTH no RFC names one.
struct Timeouts {
  Micros greeting = std::chrono::minutes(5);
  Micros ehlo = std::chrono::minutes(5);
  Micros starttls = std::chrono::minutes(2);
  Micros handshake = std::chrono::minutes(2);  // the whole handshake
  Micros auth = std::chrono::minutes(2);       // each step
  Micros mail = std::chrono::minutes(5);
  Micros rcpt = std::chrono::minutes(5);
  Micros data = std::chrono::minutes(2);          // the 354
  Micros block = std::chrono::minutes(3);         // until the wire takes the next kDataBlock octets of the message
  Micros end_of_data = std::chrono::minutes(10);  // the reply to the message's end
  Micros quit = std::chrono::seconds(30);         // changes nothing, so it is not worth waiting for

  // The same limit for everything.
  static Timeouts Uniform(Micros limit);
};

// How much of a message is handed to the wire at a time.
inline constexpr size_t kDataBlock = size_t{64} * 1024;

struct SmtpClientConfig {
  std::string reference;              // host name or IP literal; decides SNI and what the certificate must name
  std::vector<certs::Bytes> anchors;  // DER trust anchors
  int64_t now = 0;                    // validation time, seconds since the epoch
  TlsMode mode = TlsMode::kStartTls;
  Timeouts timeouts;
  std::string helo = "client.lab.test";
  // AUTH, after TLS only, by the best mechanism that is allowed and that the server offers there.
  std::optional<std::string> user, password;
  std::vector<SaslMechanism> mechanisms{std::begin(kAllSaslMechanisms), std::end(kAllSaslMechanisms)};
  std::optional<Message> message;  // what to deliver once verified; none: QUIT after the decision
  NamePolicy names;
  TrustDecision trust;  // by what the server is judged (trust.h)
  // TLS beyond the certificate; tls_client.h says what each does. `port` is needed only with `sessions`.
  std::vector<std::string> alpn;
  SessionCache* sessions = nullptr;
  uint16_t port = 0;
  std::string policy;
  bool record = false;                                // keep the dialogue in the result
  RevocationMode revocation = RevocationMode::kSoft;  // soft and hard ask for a staple
  std::vector<certs::Bytes> crls;                     // DER
};

// Where the client was when it ended, coarse; the evidence of a lab comes from the server, not from here.
enum class Stage : uint8_t {
  kConnected,
  kGreeted,
  kEhlo,
  kStartTlsSent,
  kHandshake,
  kVerified,
  kAuthenticated,
  kDelivered
};
std::string_view Name(Stage stage);

// What became of one recipient.
struct RecipientResult {
  std::string address;
  int code = 0;       // of the reply to RCPT; 0: it was not asked
  std::string reply;  // escaped
  bool accepted() const { return code / 100 == 2; }
};

// One line of the dialogue, for people: escaped, cut short, secrets left out.
struct DialogueLine {
  bool from_client = false, secure = false;
  std::string text;
};
inline constexpr size_t kMaxDialogue = 400;  // lines; what comes after is not kept

struct SmtpClientResult {
  certs::Verdict verdict;  // kOk only if the server was verified and every command that had to succeed did
  std::string detail;      // one sentence, escaped
  Stage stage = Stage::kConnected;
  bool verified = false;                   // the server's identity was established
  VerifyResult verification;               // of the certificate, when one was seen
  std::vector<certs::Bytes> chain;         // as presented; on resumption: as presented in the first handshake
  std::vector<certs::Bytes> staples;       // OCSP responses, beside `chain`; empty where there is none
  TlsFacts tls;                            // what was negotiated, as far as it came
  std::optional<SaslMechanism> mechanism;  // that AUTH used
  // One for each of the message's recipients, once the first was asked for. Some may be accepted and others refused:
  // the message then goes to those that were, the stage is kDelivered and the verdict kCommandRefused.
  std::vector<RecipientResult> recipients;
  std::vector<DialogueLine> dialogue;
};

class SmtpClient : public Endpoint {
 public:
  explicit SmtpClient(SmtpClientConfig config);
  ~SmtpClient() override;
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  // Hands over bytes that arrived. Buffers are bounded: a server that sends more than 64 KiB that the client did not
  // ask for is refused.
  void Receive(certs::ByteView bytes) override;
  // The peer closed its direction (`reset`: aborted the connection).
  void ReceiveEof(bool reset) override;
  // Does everything that can be done at `now`. Returns true if anything happened. The first call starts the clocks.
  bool Advance(Micros now) override;
  // Takes the bytes to send. Empty when there are none.
  certs::Bytes TakeOutput() override;
  // True once the client has nothing more to do and its last bytes have been taken; the caller then closes.
  bool Done() const override;
  // When Advance must be called again even if nothing arrives; nothing when it is over.
  std::optional<Micros> NextDeadline() const override;

  // Final once the verdict stands, which is before the answer to QUIT; never kOk before that.
  const SmtpClientResult& result() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace verifier

// The state of an SmtpClient: shared by smtp_client.cc (bytes, time, TLS, the end) and smtp_dialogue.cc (what is said
// and what each answer means). Nobody else includes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lab/verifier/sasl.h"
#include "lab/verifier/smtp_client.h"
#include "lab/verifier/smtp_reply.h"
#include "lab/verifier/smtp_text.h"
#include "lab/verifier/tls_client.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;
using certs::Reason;

inline constexpr size_t kShownText = 200;  // how much of what the server said stands in a detail

// What the client waits for decides everything: what a reply means, how long it may take, and what the end of the
// connection means. It waits for one thing at a time, so whatever else arrives was not asked for.
//
//   kStartTls: kGreeting > kEhlo > kStartTls > kHandshake ------------> kEhlo > [kAuth] > [kMail .. kBody] > kQuit
//   kImplicit:                                 kHandshake > kGreeting > kEhlo > [kAuth] > [kMail .. kBody] > kQuit
class SmtpClient::Impl {
 public:
  explicit Impl(SmtpClientConfig config) : config_(std::move(config)) {
    // Whoever reads the result before the end must not find kOk there.
    result_.verdict = {Reason::kConnectFailed, 0};
  }

  void Receive(ByteView bytes);
  void ReceiveEof(bool reset);
  bool Advance(Micros now);
  Bytes TakeOutput();
  bool Done() const { return wait_ == Wait::kNothing && out_.empty(); }
  std::optional<Micros> NextDeadline() const;
  const SmtpClientResult& result() const { return result_; }

 private:
  enum class Wait : uint8_t {
    kStart,
    kGreeting,
    kEhlo,
    kStartTls,
    kHandshake,
    kAuth,        // a challenge, or the outcome
    kAuthCancel,  // "*" has been said
    kMail,
    kRcpt,
    kData,
    kBlock,  // more of the message is to be handed to the wire; nothing may come
    kBody,   // the outcome
    kQuit,
    kNothing,  // it is over
  };
  enum class Leave : uint8_t {
    kQuit,  // the server is still being understood: say QUIT
    kAbort  // say nothing more
  };

  void Start();
  bool Step();
  bool StepHandshake();
  bool StepReply();
  bool FillPlain();
  void StartTls();
  void OnVerified();

  void OnReply(const Reply& reply);
  bool IsWanted(const Reply& reply) const;
  void OnRefusal(const Reply& reply);
  void OnWanted(const Reply& reply);
  void OnEhlo(const Reply& reply);
  void OnChallenge(const Reply& reply);
  void OnAuthenticated();
  void OnRecipient(const Reply& reply);

  void SendEhlo();
  void BeginAuth();
  void CancelAuth(std::string why);
  void BeginMessage();
  void SendRecipient();
  void BeginData();
  bool SendBlock();
  void OnDelivered();

  // Sends `text` and waits. `shown` stands for it in the recorded dialogue; by default `text` itself.
  void Send(Wait wait, std::string_view text, Micros timeout, std::string_view shown = {});
  void Record(bool from_client, std::string_view text);
  void Await(Wait wait, Micros timeout);
  void Finish(certs::Verdict verdict, std::string detail, Leave leave);
  void FinishTls();
  void End();
  void Collect();
  Bytes& Waiting() { return secure() ? plain_ : in_; }  // arrived and not yet read
  bool secure() const { return tls_ != nullptr; }

  const SmtpClientConfig config_;
  Reference reference_;
  Wait wait_ = Wait::kStart;
  Micros now_{0};
  std::optional<Micros> deadline_;
  Bytes in_;     // arrived in clear and not yet read
  Bytes plain_;  // arrived inside TLS and not yet read
  Bytes out_;
  bool eof_ = false, reset_ = false;
  bool received_ = false;   // something arrived since the last Advance
  bool spoke_tls_ = false;  // the server's first octet after 220 began a TLS record
  bool decided_ = false;    // the verdict stands; only QUIT is left
  ReplyParser parser_;
  EhloOffers offers_;
  std::unique_ptr<TlsClient> tls_;
  std::unique_ptr<SaslClient> sasl_;
  std::string data_;      // the message as it goes over the wire
  size_t data_sent_ = 0;  // how much of it has been handed over
  SmtpClientResult result_;
};

}  // namespace verifier

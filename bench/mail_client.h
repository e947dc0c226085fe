// The load: a mail client with nothing of this project in it but the interface that the wires drive. It says EHLO,
// STARTTLS, shakes hands by bare BoringSSL, says EHLO and QUIT, or does nothing but the handshake.
#pragma once

#include <openssl/ssl.h>

#include <optional>
#include <string>

#include "lab/verifier/endpoint.h"

namespace bench {

enum class Talk : uint8_t {
  kTlsOnly,   // the handshake, close_notify
  kImplicit,  // TLS from the first octet, then greeting, EHLO, QUIT
  kStartTls,  // greeting, EHLO, STARTTLS, TLS, EHLO, QUIT
};

// Who makes one connection of a load.
class Caller : public verifier::Endpoint {
 public:
  // Everything went as it should.
  virtual bool ok() const = 0;
  virtual bool shook_hands() const = 0;
  virtual std::string negotiated() = 0;
};

class MailClient : public Caller {
 public:
  // Borrows the context for its lifetime, and the session, which it offers if there is one.
  MailClient(SSL_CTX* context, const char* host, Talk talk, SSL_SESSION* session = nullptr);

  void Receive(certs::ByteView bytes) override;
  void ReceiveEof(bool reset) override;
  bool Advance(verifier::Micros now) override;
  std::optional<verifier::Micros> NextDeadline() const override { return std::nullopt; }
  certs::Bytes TakeOutput() override;
  bool Done() const override { return state_ == State::kDone || state_ == State::kFailed; }

  // The handshake above all; and with a session it was resumed.
  bool ok() const override { return state_ == State::kDone && (!offered_ || SSL_session_reused(ssl_.get()) != 0); }
  bool shook_hands() const override { return shook_hands_; }
  std::string negotiated() override;
  SSL* ssl() { return ssl_.get(); }

 private:
  enum class State : uint8_t { kGreeting, kEhlo, kStartTls, kHandshake, kTlsGreeting, kTlsEhlo, kQuit, kDone, kFailed };

  bool Step();
  bool Handshake();
  void AfterHandshake();
  // The code of a whole reply, if one has come.
  std::optional<int> Reply();
  void Say(const char* command);
  void ReadTls();

  bssl::UniquePtr<SSL> ssl_;
  Talk talk_;
  State state_;
  bool offered_ = false, shook_hands_ = false, eof_ = false;
  std::string text_;                    // received, of the dialogue
  certs::Bytes clear_;                  // to be sent
  BIO *in_ = nullptr, *out_ = nullptr;  // owned by ssl_
};

}  // namespace bench

// TLS as BoringSSL speaks it.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>

#include "fakeserver/record_sniffer.h"
#include "fakeserver/tls_server.h"

namespace fakeserver {

class TlsEndpoint : public TlsServer {
 public:
  // `context` is not by hand.
  TlsEndpoint(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record);
  ~TlsEndpoint() override;

  void Feed(ByteView bytes) override;
  void FeedEof() override;
  bool Advance() override;
  State state() const override { return state_; }
  bool established() const override { return established_; }
  Output TakeOutput() override;
  Bytes TakePlaintext() override;
  void Write(ByteView plaintext) override;
  void Shutdown() override;

  const TlsContext& context() const { return *context_; }
  // The endpoint behind one of BoringSSL's objects.
  static TlsEndpoint& Of(const SSL* ssl);

 private:
  friend struct EndpointBio;

  static void OnMessage(int is_write, int version, int content_type, const void* data, size_t size, SSL* ssl, void*);
  void OnHandshakeMessage(bool incoming, ByteView message);
  void OnAlert(bool incoming, uint8_t level, uint8_t description, bool decrypted);
  bool Handshake();
  bool ReadPlaintext();
  void Fail();

  const std::shared_ptr<const TlsContext> context_;
  const std::function<void(Event)> record_;
  bssl::UniquePtr<SSL> ssl_;
  RecordSniffer sniffer_in_, sniffer_out_;
  State state_ = State::kHandshaking;
  bool established_ = false, shut_down_ = false, eof_ = false, eof_noted_ = false;
  bool stalled_ = false;  // over a ticket: nothing more comes
  Bytes input_;
  size_t input_read_ = 0;
  Bytes plaintext_;
  Output queued_;  // flags of messages that are made, but not yet written
  Output output_;
  // The last alert seen on the wire in each direction that the library has not reported yet: it must not count twice.
  int sniffed_[2] = {-1, -1};
};

}  // namespace fakeserver

// The server's side of one TLS connection: bytes from the peer in, bytes for the peer and plaintext out, and events for
// the record. No I/O of its own, so it runs over any ByteStream; there is no early data.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>

#include "fakeserver/record_sniffer.h"
#include "fakeserver/tls_context.h"
#include "fakeserver/transcript.h"

namespace fakeserver {

class TlsEndpoint {
 public:
  enum class State : uint8_t {
    kHandshaking,
    kOpen,
    kPeerFinished,  // the peer said close_notify
    kFailed,        // no more TLS in this connection; an alert may wait to be taken
  };

  // `record` is called, while the methods below run, with each event; the caller adds when and whether in TLS.
  TlsEndpoint(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record);
  ~TlsEndpoint();
  TlsEndpoint(const TlsEndpoint&) = delete;
  TlsEndpoint& operator=(const TlsEndpoint&) = delete;

  // Hands over what arrived, or that nothing more will. After a failure bytes are still watched for alerts.
  void Feed(ByteView bytes);
  void FeedEof();
  // Does what can be done; true if anything happened. At most one state change a call, so that the caller can act on a
  // stage before the next one.
  bool Advance();

  State state() const { return state_; }
  bool established() const { return established_; }
  // What is to be sent, and whether the server's flight (its Certificate, or on resumption its Finished) is in it.
  struct Output {
    Bytes bytes;
    bool certificate = false;
    bool flight = false;
  };
  Output TakeOutput();
  Bytes TakePlaintext();
  // Encrypts; only when established.
  void Write(ByteView plaintext);
  // Says close_notify, once.
  void Shutdown();

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
  Bytes input_;
  size_t input_read_ = 0;
  Bytes plaintext_;
  Output queued_;  // flags of messages that are made, but not yet written
  Output output_;
  // The last alert seen on the wire in each direction that the library has not reported yet: it must not count twice.
  int sniffed_[2] = {-1, -1};
};

}  // namespace fakeserver

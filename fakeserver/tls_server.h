// The server's side of one TLS connection: bytes from the peer in, bytes for the peer and plaintext out, and events for
// the record. No I/O of its own, so it runs over any ByteStream; there is no early data. Two implementations: BoringSSL
// (tls_endpoint.h), and handshakes written by hand for what no library will say (flight_forger.h).
#pragma once

#include <functional>
#include <memory>

#include "fakeserver/scripts.h"
#include "fakeserver/tls_context.h"
#include "fakeserver/transcript.h"

namespace fakeserver {

class TlsServer {
 public:
  enum class State : uint8_t {
    kHandshaking,
    kOpen,
    kPeerFinished,  // the peer said close_notify
    kFailed,        // no more TLS in this connection; an alert may wait to be taken
  };

  // The implementation that `context` needs. `record` is called, while the methods below run, with each event; the
  // caller adds when and whether in TLS.
  static std::unique_ptr<TlsServer> Make(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record);

  TlsServer() = default;
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  virtual ~TlsServer() = default;

  // Hands over what arrived, or that nothing more will. After a failure bytes are still watched for alerts.
  virtual void Feed(ByteView bytes) = 0;
  virtual void FeedEof() = 0;
  // Does what can be done; true if anything happened. At most one state change a call, so that the caller can act on a
  // stage before the next one.
  virtual bool Advance() = 0;

  virtual State state() const = 0;
  virtual bool established() const = 0;
  // What is to be sent, whether the server's flight (its Certificate, or on resumption its Finished) is in it, and what
  // becomes of the connection once it is sent.
  struct Output {
    Bytes bytes;
    bool certificate = false;
    bool flight = false;
    CutKind cut = CutKind::kNone;
  };
  virtual Output TakeOutput() = 0;
  virtual Bytes TakePlaintext() = 0;
  // Encrypts; only when established.
  virtual void Write(ByteView plaintext) = 0;
  // Says close_notify, once.
  virtual void Shutdown() = 0;
};

}  // namespace fakeserver

// A TLS 1.2 and 1.3 server written by hand, for flights that no library will say: certificates that do not load, empty
// lists, keys that do not fit, wrong lengths, unoffered algorithms, messages out of order, secrets of another suite.
//
// Why not rewrite the library's flight on its way: a client that takes no notice of a fault derives its keys from what
// it was sent, not from what the library believes it said. A handshake that breaks there would look like the client's
// refusal, and the most careless client would pass. Here every edit is made before the message is hashed and signed, so
// who swallows it arrives at working keys, goes on to SMTP, and is seen to.
//
// It speaks ECDHE over X25519, P-256, P-384 and P-521 with AEAD suites, extended master secret and secure renegotiation
// (both acknowledged if offered, unless an edit drops them), HelloRetryRequest, KeyUpdate, requests for a client
// certificate, which is read and not looked at. It neither resumes nor compresses.
//
// A ServerHello that names what cannot be spoken here (RC4, TLS 1.1, ...) is followed by the flight of what was really
// chosen: enough to see whether the client goes on.
#pragma once

#include <functional>
#include <memory>

#include "fakeserver/tls_server.h"

namespace fakeserver {

class FlightForger : public TlsServer {
 public:
  // `context` has an identity with a key.
  FlightForger(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record);
  ~FlightForger() override;

  // At most kMaxInput octets may wait; more fails the connection.
  static constexpr size_t kMaxInput = 256 * 1024;

  void Feed(ByteView bytes) override;
  void FeedEof() override;
  bool Advance() override;
  State state() const override;
  bool established() const override;
  Output TakeOutput() override;
  Bytes TakePlaintext() override;
  void Write(ByteView plaintext) override;
  void Shutdown() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fakeserver

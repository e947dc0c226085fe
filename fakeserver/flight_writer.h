// Writes a server's handshake messages as records, and carries out the script's edits on the way. Knows nothing of what
// the messages mean.
#pragma once

#include <functional>

#include "fakeserver/flight_edit.h"
#include "fakeserver/tls_records.h"
#include "fakeserver/tls_secrets.h"
#include "fakeserver/tls_server.h"

namespace fakeserver {

class FlightWriter {
 public:
  // Borrows `script`.
  FlightWriter(const TlsScript& script, std::function<void(Event)> record)
      : script_(script), record_(std::move(record)) {}

  // Says a message that no edit speaks of.
  void SayAsItIs(const HandshakeMessage& message) { Emit(message.Encoded()); }
  // Says a message, edited; returns what was made of it.
  HandshakeMessage Say(FlightPlace place, HandshakeMessage message);
  // The record that is no handshake message.
  void SayChangeCipherSpec();
  // The edits around the end of the handshake.
  void SayHandshakeDone();
  void Alert(uint8_t level, uint8_t description);
  void Data(ByteView plaintext);
  // A message behind the handshake, unedited.
  void Plain(const HandshakeMessage& message);

  // From the next octet on records are protected so; what was said before is written first.
  void Protect(RecordProtection protection);
  // TLS 1.3: for the KeyUpdates that a script sends.
  void ProtectTls13(const CipherSuite& suite, Bytes traffic_secret);
  void RollKey();
  // Writes what waits to fill a record.
  void Flush();
  // No octet more is written: the script said stall, close or reset.
  bool ended() const { return ended_; }

  TlsServer::Output TakeOutput();
  HandshakeHash& hash() { return hash_; }

 private:
  void Around(FlightPlace place, bool before);
  bool EndAt(FlightPlace place, uint8_t type, ByteView content);
  void Emit(ByteView message);
  void Records(uint8_t type, ByteView content, size_t fragment, size_t padding);
  void Wire(ByteView bytes);
  void NoteFault(const FlightEdit& edit);

  const TlsScript& script_;
  const std::function<void(Event)> record_;
  HandshakeHash hash_;
  RecordProtection protection_;
  const CipherSuite* suite_ = nullptr;
  Bytes traffic_secret_;
  Bytes pending_;  // handshake octets that wait for their record
  Bytes held_;     // a message that changes places with the next
  TlsServer::Output output_;
  bool ended_ = false, handshake_done_ = false;
};

}  // namespace fakeserver

// The inside of FlightForger: flight_forger.cc reads records and ends things, flight_writer.cc writes messages and
// carries out edits, flight_forger_tls12.cc and flight_forger_tls13.cc lead the two handshakes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fakeserver/client_offer.h"
#include "fakeserver/flight_forger.h"
#include "fakeserver/flight_writer.h"
#include "fakeserver/key_share.h"
#include "fakeserver/record_sniffer.h"
#include "fakeserver/tls_records.h"
#include "fakeserver/tls_secrets.h"

namespace fakeserver {

class FlightForger::Impl {
 public:
  Impl(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record);

  void Feed(ByteView bytes);
  bool Advance();
  void Shutdown();

  bool eof_ = false;
  bool established_ = false;
  State state_ = State::kHandshaking;
  Bytes plaintext_;
  FlightWriter writer_;

 private:
  enum class Wait : uint8_t { kClientHello, kSecondHello, kKeyExchange, kFinished, kData };

  // ---- flight_forger.cc
  bool TakeRecord();
  void OnRecord(uint8_t type, ByteView body);
  void OnAlert(ByteView alert, bool in_clear);
  void OnHandshakeBytes(ByteView bytes);
  void OnMessage(ByteView message);
  void OnClientHello(ByteView message);
  void OnPostHandshake(ByteView message);
  void OnCredential(ByteView message);
  void OnEof();
  std::optional<uint16_t> ChooseVersion() const;
  // Of group_, as the script wants it; the server's random with it.
  void MakeShare();
  // The shared secret; zeros where the share is no true one.
  std::optional<Bytes> Agree(ByteView peer) const;
  uint16_t SigningAlgorithm() const;
  // The signature over `input`, as the script wants it.
  Bytes Signature(ByteView input) const;
  Bytes CertificateList() const;
  Bytes CertificateExtensions(size_t entry) const;  // TLS 1.3, with their length
  Bytes CertificateStatus(size_t entry) const;      // of a certificate of the list; empty: none is sent
  Bytes Timestamps(size_t entry) const;             // likewise
  void Establish(const char* version);
  // Sends a fatal alert unless it is none (-1); the record says why.
  void Fail(std::string why, int alert);

  // ---- flight_forger_tls12.cc
  void Begin12();
  Bytes KeyExchange12();
  void OnClientKeyExchange(ByteView message);
  void OnChangeCipherSpec12();
  void OnFinished12(ByteView message);

  // ---- flight_forger_tls13.cc
  void Begin13();
  void Retry13(uint16_t group);
  HandshakeMessage ServerHello13() const;
  void Flight13(ByteView shared);
  void OnFinished13(ByteView message);
  void OnKeyUpdate(ByteView message);

  const std::shared_ptr<const TlsContext> context_;
  const TlsScript& script_;
  const std::function<void(Event)> record_;
  RecordSniffer sniffer_;
  Bytes input_;
  size_t input_read_ = 0;
  Bytes messages_;  // handshake octets that make no whole message yet
  RecordProtection read_;
  Wait wait_ = Wait::kClientHello;
  bool shut_down_ = false, eof_noted_ = false;

  ClientOffer offer_;
  Bytes server_random_;
  bool tls13_ = false;
  const CipherSuite* suite_ = nullptr;
  uint16_t group_ = 0;
  std::optional<KeyShare> share_;
  Bytes public_value_;
  Tls13Secrets secrets_;
  int retries_ = 0;
  // TLS 1.2:
  bool extended_master_secret_ = false;
  Bytes master_secret_;
  RecordProtection next_read_, next_write_;
  bool cipher_changed_ = false;
};

}  // namespace fakeserver

// What happened on one connection, in order, time-stamped: the evidence everything else is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakeserver/byte_stream.h"
#include "fakeserver/scripts.h"

namespace fakeserver {

enum class EventKind : uint8_t {
  kConnected,
  kClearBytesIn,  // bytes outside any TLS record after TLS should have begun, or thrown away behind STARTTLS
  kCommand,       // an SMTP command line; text = the line, `verb` set
  kReply,         // an SMTP reply; text = the reply, `code` set
  kInjected,      // bytes the script injected
  kClientHello,   // `hello` set
  kTlsMessage,    // a handshake message; code = its type, incoming or not
  kCertificateSent,
  kHandshakeDone,    // text = "TLSv1.3 TLS_AES_128_GCM_SHA256"
  kHandshakeFailed,  // text = the library's reason
  kAlertIn,  // code = alert description, `level` set; sniffed from a plaintext record, or as the library decrypted it
  kAlertOut,
  kAuthStarted,  // text = mechanism
  kSecret,       // a credential arrived; text = user, `secret` = password (honey credentials only, never anybody's)
  kMailFrom,     // text = the whole parameter
  kRcptTo,
  kMessage,  // the message body arrived whole; text = its first part
  kFault,    // the script's fault was carried out; text = which
  kPeerClosed,
  kPeerReset,
  kClosed,  // by us
  kNote,
};
std::string_view Name(EventKind kind);

struct ClientHello {
  std::string server_name;         // SNI; empty if absent
  std::vector<uint16_t> versions;  // supported_versions, or the legacy version alone
  std::vector<std::string> alpn;
  std::vector<uint16_t> ciphers;
  std::vector<uint16_t> signature_algorithms;
  bool asked_for_ocsp = false;
};

struct Event {
  Micros at{0};
  EventKind kind = EventKind::kNote;
  bool incoming = false;  // from the client
  bool in_tls = false;    // inside an established TLS session
  int code = 0;
  int level = 0;  // alerts: 1 warning, 2 fatal
  Verb verb = Verb::kOther;
  std::string text;  // raw octets as text; escape before showing
  std::string secret;
  std::optional<ClientHello> hello;
};

// The record of one connection. Bounded: at most kMaxEvents events, each text at most kMaxText octets, all texts
// together at most some kMaxTotalText; an event that is dropped is counted. Not thread-safe while its connection runs;
// const afterwards.
class Transcript {
 public:
  static constexpr size_t kMaxEvents = 4096;
  static constexpr size_t kMaxText = 8192;
  static constexpr size_t kMaxTotalText = 512 * 1024;

  void Add(Event event);
  const std::vector<Event>& events() const { return events_; }
  uint64_t dropped() const { return dropped_; }
  bool Has(EventKind kind) const;
  size_t kept_text() const { return kept_text_; }
  // Drops the events, and counts them as dropped.
  void Forget();

  uint64_t bytes_in = 0, bytes_out = 0;  // on the wire
  int visit = 0;                         // nth connection to this listener, from 0
  bool http = false;                     // a visit to the web server: says nothing of mail

 private:
  std::vector<Event> events_;
  uint64_t dropped_ = 0;
  size_t kept_text_ = 0;
};

// One line a person reads: "+0.001234 s  C: EHLO client.lab.test". Escaped, bounded.
std::string ToString(const Event& event);

}  // namespace fakeserver

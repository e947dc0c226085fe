// The client's side of TLS, on BoringSSL: TLS 1.2 and 1.3 by RFC 9325, and Verify() as the only judge of the
// certificate. Bytes in, bytes out; no sockets, no clock, no threads of its own. Never renegotiates, never sends early
// data (RFC 9846 2.3: a protocol must say what may be replayed; SMTP says nothing).
//
// What is offered: ECDHE with AEAD only; X25519, P-256, P-384, P-521; no SHA-1 signature anywhere; extended master
// secret (RFC 7627) and secure renegotiation (RFC 5746) must be acknowledged.
//
// Resumes only if the caller gives it a SessionCache, and then only sessions of its own scope. The certificate of the
// first handshake is judged again, by today's clock, policy, name and anchors, before the client's Finished: what would
// be refused in a full handshake is refused on resumption (RFC 9846 4.6.1 asks it of the name, we of everything).
#pragma once

#include <openssl/base.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/verdict.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/tls_bytes.h"
#include "lab/verifier/tls_session_cache.h"
#include "lab/verifier/verify.h"

namespace verifier {

// The longest handshake message, and so the longest certificate list, that is let in; and how many bytes of the wire
// may come without a single one for the user among them: the whole handshake, or tickets and key updates after it.
inline constexpr size_t kMaxCertificateList = size_t{1} << 20;
inline constexpr size_t kMaxCipherText = size_t{2} << 20;

struct TlsClientConfig {
  std::string reference;  // what the certificate must name, as configured
  Reference sni;          // the same, parsed; a host name goes into SNI (RFC 6066 3), an address never does
  std::vector<certs::ByteView> anchors;  // DER; borrowed for the client's life
  int64_t now = 0;                       // seconds since the epoch
  NamePolicy names;
  TrustDecision trust;
  RevocationMode revocation = RevocationMode::kSoft;  // soft and hard ask for a staple (RFC 6066 8)
  std::vector<certs::ByteView> crls;                  // DER; borrowed for the client's life

  // Application protocols to offer (RFC 7301), none by default: SMTP has no registered name. A server that picks one
  // which was not offered is refused; one that picks none is not (RFC 7301 3.2).
  std::vector<std::string> alpn;

  // Sessions to resume from and to store in; null: none. Borrowed. `port` and `policy` are part of a session's scope;
  // `policy` is a word for whatever else the caller demands of this connection ("dane", "mta-sts:enforce").
  SessionCache* sessions = nullptr;
  uint16_t port = 0;
  std::string policy;
};

// What was negotiated, as BoringSSL names it.
struct TlsFacts {
  std::string version;    // "TLSv1.3"
  std::string cipher;     // "TLS_AES_128_GCM_SHA256"
  std::string group;      // "X25519"
  std::string signature;  // "ecdsa_secp256r1_sha256"; empty on resumption: nothing was signed
  std::string alpn;       // escaped; empty: none was picked
  bool resumed = false;
};

enum class TlsState : uint8_t {
  kHandshaking,
  kOpen,    // the server's identity is established; data may flow
  kClosed,  // the peer sent close_notify
  kFailed,  // verdict() says why; nothing can be sent any more
};

// One TLS connection. Not movable: the TLS library holds its address.
class TlsClient {
 public:
  explicit TlsClient(TlsClientConfig config);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Hands over bytes from the wire. More than kMaxCipherText of them without data for the user fail the connection.
  void Receive(certs::ByteView bytes);
  // Takes the handshake as far as the bytes go; the first call sends the ClientHello. The certificate is judged inside,
  // so a refused server gets an alert and never the client's Finished (TLS 1.3) or key exchange (TLS 1.2).
  TlsState Handshake();
  // Appends data that arrived to `plain`, until there is none left or `plain` holds more than `limit`. Requires kOpen.
  TlsState Read(certs::Bytes& plain, size_t limit);
  // Encrypts and queues `text`; does nothing unless kOpen.
  void Write(std::string_view text);
  // Queues close_notify if kOpen or kClosed.
  void Close();
  // Takes the bytes for the wire.
  certs::Bytes TakeOutput();

  TlsState state() const { return state_; }
  // Bytes wait to be processed.
  bool HasInput() const { return wire_.in_pos < wire_.in.size(); }
  // `length` octets that only the two ends of this very connection can know (RFC 5705, RFC 9846 7.5; no context); empty
  // unless kOpen.
  certs::Bytes Export(std::string_view label, size_t length) const;
  // kOk in kOpen and kClosed. In kFailed: what Verify() says of the certificate if that is refused, even where the TLS
  // layer stumbled over it first; kNoCertificate; kClosedByPeer for close_notify in the handshake; else kTlsFailed.
  const certs::Verdict& verdict() const { return verdict_; }
  const std::string& detail() const { return detail_; }  // one escaped sentence; empty when kOpen
  const VerifyResult& verification() const { return verification_; }
  const std::vector<certs::Bytes>& chain() const { return chain_; }      // as presented
  const std::vector<certs::Bytes>& staples() const { return staples_; }  // beside chain(); empty where there is none
  const TlsFacts& facts() const { return facts_; }  // of a refused server, too, if its certificate was seen

 private:
  // The callbacks that the TLS library calls with this object as their argument.
  struct Callbacks;

  void TakeStaples();
  bool Judge(RevocationMode revocation);  // runs Verify() on chain_
  bool CheckEstablished();
  void JudgeCaptured();
  void NoteFacts();
  void Keep(bssl::UniquePtr<SSL_SESSION> session);
  void Fail(std::string_view what, certs::Reason reason = certs::Reason::kTlsFailed);

  const TlsClientConfig config_;
  TlsWire wire_;
  size_t octets_without_data_ = 0;
  bssl::UniquePtr<SSL> ssl_;
  SessionScope scope_;
  std::vector<bssl::UniquePtr<SSL_SESSION>> new_sessions_;  // that came before the handshake was judged
  TlsState state_ = TlsState::kHandshaking;
  certs::Bytes certificate_message_;  // the body of the Certificate message, until it has been judged
  bool tls13_message_ = false;        // whose form it has
  bool judged_ = false;
  bool established_ = false;
  certs::Verdict verdict_{certs::Reason::kTlsFailed, 0};
  std::string detail_;
  VerifyResult verification_;
  std::vector<certs::Bytes> chain_;
  std::vector<certs::Bytes> staples_;
  TlsFacts facts_;
};

// The alert that tells the server why it was refused (RFC 8446 6.2, RFC 9525 6.6).
uint8_t AlertFor(certs::Reason reason);

}  // namespace verifier

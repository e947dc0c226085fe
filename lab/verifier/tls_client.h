// The client's side of TLS, on BoringSSL: TLS 1.2 and 1.3 by RFC 9325, and Verify() as the only judge of the
// certificate. Bytes in, bytes out; no sockets, no clock, no threads of its own. Never resumes, never renegotiates,
// never sends early data.
//
// What is offered: ECDHE with AEAD only; X25519, P-256, P-384, P-521; no SHA-1 signature anywhere; extended master
// secret (RFC 7627) and secure renegotiation (RFC 5746) must be acknowledged.
#pragma once

#include <openssl/base.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/verdict.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/verify.h"

namespace verifier {

// The longest certificate list that is let in; and how many bytes may wait to be processed at once.
inline constexpr size_t kMaxCertificateList = size_t{1} << 20;
inline constexpr size_t kMaxCipherText = size_t{2} << 20;

struct TlsClientConfig {
  std::string reference;  // what the certificate must name, as configured
  Reference sni;          // the same, parsed; a host name goes into SNI (RFC 6066 3), an address never does
  std::vector<certs::ByteView> anchors;  // DER; borrowed for the client's life
  int64_t now = 0;                       // seconds since the epoch
  NamePolicy names;
  TrustDecision trust;
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

  // Hands over bytes from the wire. More than kMaxCipherText waiting at once fails the connection.
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
  // kOk in kOpen and kClosed. In kFailed: what Verify() says of the certificate if that is refused, even where the TLS
  // layer stumbled over it first; kNoCertificate; else kTlsFailed.
  const certs::Verdict& verdict() const { return verdict_; }
  const std::string& detail() const { return detail_; }  // one escaped sentence; empty when kOpen
  const VerifyResult& verification() const { return verification_; }
  const std::vector<certs::Bytes>& chain() const { return chain_; }  // as presented
  std::string version() const;                                       // "TLSv1.3"; empty before the handshake is over
  std::string cipher() const;                                        // "TLS_AES_128_GCM_SHA256"; empty before

  struct Wire {
    certs::Bytes in, out;
    size_t in_pos = 0;
  };

 private:
  // The callbacks that the TLS library calls with this object as their argument.
  struct Callbacks;

  bool Judge();  // runs Verify() on chain_
  bool CheckEstablished();
  void JudgeCaptured();
  void Fail(std::string_view what);

  const TlsClientConfig config_;
  Wire wire_;
  bssl::UniquePtr<SSL> ssl_;
  TlsState state_ = TlsState::kHandshaking;
  certs::Bytes certificate_message_;  // the body of the Certificate message, until it has been judged
  bool tls13_message_ = false;        // whose form it has
  bool judged_ = false;
  bool established_ = false;
  certs::Verdict verdict_{certs::Reason::kTlsFailed, 0};
  std::string detail_;
  VerifyResult verification_;
  std::vector<certs::Bytes> chain_;
};

// The alert that tells the server why it was refused (RFC 8446 6.2, RFC 9525 6.6).
uint8_t AlertFor(certs::Reason reason);

}  // namespace verifier

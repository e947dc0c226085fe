#include "lab/verifier/tls_client.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "lab/verifier/boringssl_compat.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;
using certs::Reason;

namespace {

// RFC 9325 4.2: forward secrecy and AEAD only. TLS 1.3 has nothing else.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
// P-521 comes last: nobody needs it for key exchange, but TLS 1.2 takes this list for the curves of certificates, too.
constexpr char kGroups[] = "X25519:P-256:P-384:P-521";
// No SHA-1 (RFC 9155). PKCS #1 v1.5 is for TLS 1.2; TLS 1.3 refuses it by itself.
constexpr uint16_t kSignatures[] = {
    SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ED25519,
    SSL_SIGN_RSA_PSS_RSAE_SHA256,    SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_ECDSA_SECP384R1_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA384,
    SSL_SIGN_RSA_PKCS1_SHA384,       SSL_SIGN_ECDSA_SECP521R1_SHA512,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,    SSL_SIGN_RSA_PKCS1_SHA512,
};

constexpr size_t kHandshakeHeader = 4;  // type and 24-bit length

// Where a connection keeps the address of its TlsClient.
int ClientIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// ---- a BIO on two byte strings: cheaper than the library's memory BIOs, which move what is left at every read

int WireRead(BIO* bio, char* out, int length) {
  auto* wire = static_cast<TlsClient::Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const size_t taken = std::min(static_cast<size_t>(std::max(length, 0)), wire->in.size() - wire->in_pos);
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(out, wire->in.data() + wire->in_pos, taken);
  wire->in_pos += taken;
  return static_cast<int>(taken);
}

int WireWrite(BIO* bio, const char* bytes, int length) {
  auto* wire = static_cast<TlsClient::Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  wire->out.insert(wire->out.end(), bytes, bytes + std::max(length, 0));
  return length;
}

long WireControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* WireMethod() {
  static const bssl::UniquePtr<BIO_METHOD> method = [] {
    bssl::UniquePtr<BIO_METHOD> made(BIO_meth_new(0, "bytes"));
    BIO_meth_set_read(made.get(), WireRead);
    BIO_meth_set_write(made.get(), WireWrite);
    BIO_meth_set_ctrl(made.get(), WireControl);
    return made;
  }();
  return method.get();
}

// Cuts the body of a Certificate message into its certificates; nothing if it has not the form. An entry may be empty.
//
//   struct { opaque certificate_request_context<0..2^8-1>; CertificateEntry certificate_list<0..2^24-1>; }   TLS 1.3
//   struct { ASN.1Cert certificate_list<0..2^24-1>; }                                                        TLS 1.2
std::optional<std::vector<Bytes>> ParseCertificateMessage(ByteView body, bool tls13) {
  CBS message, context, list;
  CBS_init(&message, body.data(), body.size());
  if ((tls13 && !CBS_get_u8_length_prefixed(&message, &context)) || !CBS_get_u24_length_prefixed(&message, &list) ||
      CBS_len(&message) != 0) {
    return std::nullopt;
  }
  std::vector<Bytes> chain;
  while (CBS_len(&list) > 0) {
    CBS certificate, extensions;
    if (!CBS_get_u24_length_prefixed(&list, &certificate) ||
        (tls13 && !CBS_get_u16_length_prefixed(&list, &extensions))) {
      return std::nullopt;
    }
    chain.emplace_back(CBS_data(&certificate), CBS_data(&certificate) + CBS_len(&certificate));
  }
  return chain;
}

// What the library says went wrong first ("WRONG_VERSION_NUMBER"); empties its queue.
std::string TakeLibraryReason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason != nullptr ? certs::Escaped(std::string_view(reason)) : "no reason given";
  ERR_clear_error();
  return text;
}

}  // namespace

struct TlsClient::Callbacks {
  // Sees the Certificate message in clear before the library looks into it: it refuses some certificates without asking
  // (TLS 1.3: keyUsage without digitalSignature, an unparseable leaf, an empty list), and the reason is in there.
  static void OnMessage(int is_write, int version, int content_type, const void* data, size_t size, SSL*, void* arg) {
    const ByteView message(static_cast<const uint8_t*>(data), size);
    if (is_write != 0 || content_type != SSL3_RT_HANDSHAKE || size < kHandshakeHeader ||
        message[0] != SSL3_MT_CERTIFICATE || arg == nullptr) {
      return;
    }
    auto* client = static_cast<TlsClient*>(arg);
    const ByteView body = message.subspan(kHandshakeHeader);
    client->certificate_message_.assign(body.begin(), body.end());
    client->tls13_message_ = version >= TLS1_3_VERSION;
  }

  static ssl_verify_result_t OnCertificate(SSL* ssl, uint8_t* alert) {
    auto* client = static_cast<TlsClient*>(SSL_get_ex_data(ssl, ClientIndex()));
    const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl);
    client->chain_.clear();
    for (size_t i = 0; chain != nullptr && i < sk_CRYPTO_BUFFER_num(chain); ++i) {
      const CRYPTO_BUFFER* entry = sk_CRYPTO_BUFFER_value(chain, i);
      const uint8_t* data = CRYPTO_BUFFER_data(entry);
      client->chain_.emplace_back(data, data + CRYPTO_BUFFER_len(entry));
    }
    if (client->Judge()) {
      return ssl_verify_ok;
    }
    *alert = AlertFor(client->verification_.verdict.reason);
    return ssl_verify_invalid;
  }

  // The settings are the same for every client, so all share one context, which is never changed again (SSL_new is
  // thread-safe). Null if the library refuses one of them.
  static SSL_CTX* SharedContext() {
    static const bssl::UniquePtr<SSL_CTX> context = [] {
      bssl::UniquePtr<SSL_CTX> made(SSL_CTX_new(TLS_with_buffers_method()));
      if (!made || !SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION) ||
          !SSL_CTX_set_max_proto_version(made.get(), TLS1_3_VERSION) ||
          !SSL_CTX_set_strict_cipher_list(made.get(), kCiphers) || !SSL_CTX_set1_curves_list(made.get(), kGroups) ||
          !SSL_CTX_set_verify_algorithm_prefs(made.get(), kSignatures, std::size(kSignatures))) {
        return bssl::UniquePtr<SSL_CTX>();
      }
      SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
      SSL_CTX_set_options(made.get(), SSL_OP_NO_TICKET);
      SSL_CTX_set_max_cert_list(made.get(), kMaxCertificateList);
      SSL_CTX_set_custom_verify(made.get(), SSL_VERIFY_PEER, OnCertificate);
      SSL_CTX_set_msg_callback(made.get(), OnMessage);
      return made;
    }();
    return context.get();
  }
};

TlsClient::TlsClient(TlsClientConfig config) : config_(std::move(config)) {
  SSL_CTX* context = Callbacks::SharedContext();
  bssl::UniquePtr<BIO> bio(BIO_new(WireMethod()));
  if (context != nullptr) {
    ssl_.reset(SSL_new(context));
  }
  if (!ssl_ || !bio || !SSL_set_ex_data(ssl_.get(), ClientIndex(), this) ||
      (config_.sni.kind == Reference::Kind::kDns && !SSL_set_tlsext_host_name(ssl_.get(), config_.sni.dns.c_str()))) {
    Fail("the TLS library could not be set up");
    return;
  }
  EnforceRsaKeyUsage(ssl_.get());
  SSL_set_msg_callback_arg(ssl_.get(), this);
  SSL_set_renegotiate_mode(ssl_.get(), ssl_renegotiate_never);
  SSL_set_connect_state(ssl_.get());
  BIO_set_data(bio.get(), &wire_);
  BIO_set_init(bio.get(), 1);
  BIO* shared = bio.release();
  SSL_set_bio(ssl_.get(), shared, shared);  // takes one reference when both are the same
}

TlsClient::~TlsClient() = default;

void TlsClient::Receive(ByteView bytes) {
  if (state_ == TlsState::kFailed) {
    return;
  }
  if (!HasInput()) {
    wire_.in.clear();
    wire_.in_pos = 0;
  }
  if (wire_.in.size() + bytes.size() > kMaxCipherText) {
    Fail("the server sent more than it was asked for");
    return;
  }
  certs::Append(wire_.in, bytes);
}

TlsState TlsClient::Handshake() {
  if (state_ != TlsState::kHandshaking) {
    return state_;
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    if (CheckEstablished()) {
      state_ = TlsState::kOpen;
      verdict_ = {};
    }
    return state_;
  }
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) {
    Fail("the TLS handshake failed");
  }
  return state_;
}

// The library finished; what it finished must be what this client asked for.
bool TlsClient::CheckEstablished() {
  established_ = true;
  const char* missing = nullptr;
  if (!judged_ || !verification_.verdict.ok() || SSL_session_reused(ssl_.get())) {
    missing = "the handshake ended without a judged certificate";
  } else if (!SSL_get_extms_support(ssl_.get())) {
    missing = "the server does not support the extended master secret (RFC 7627)";
  } else if (!SSL_get_secure_renegotiation_support(ssl_.get())) {
    missing = "the server does not support secure renegotiation (RFC 5746)";
  }
  if (missing == nullptr) {
    return true;
  }
  SSL_send_fatal_alert(ssl_.get(), SSL_AD_HANDSHAKE_FAILURE);
  state_ = TlsState::kFailed;
  detail_ = missing;
  return false;
}

TlsState TlsClient::Read(Bytes& plain, size_t limit) {
  std::array<uint8_t, 4096> buffer;
  while (state_ == TlsState::kOpen && plain.size() <= limit) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (result > 0) {
      certs::Append(plain, ByteView(buffer).first(static_cast<size_t>(result)));
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return state_;
      case SSL_ERROR_ZERO_RETURN:
        state_ = TlsState::kClosed;
        break;
      default:
        Fail("the TLS connection failed");
    }
  }
  return state_;
}

void TlsClient::Write(std::string_view text) {
  if (state_ != TlsState::kOpen || text.empty()) {
    return;
  }
  ERR_clear_error();
  if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) != static_cast<int>(text.size())) {
    Fail("the TLS connection failed");
  }
}

void TlsClient::Close() {
  if (state_ == TlsState::kOpen || state_ == TlsState::kClosed) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
}

Bytes TlsClient::TakeOutput() { return std::exchange(wire_.out, {}); }

std::string TlsClient::version() const { return established_ ? SSL_get_version(ssl_.get()) : ""; }

std::string TlsClient::cipher() const {
  return established_ ? SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl_.get())) : "";
}

bool TlsClient::Judge() {
  judged_ = true;
  certificate_message_.clear();
  VerifyRequest request;
  request.chain.assign(chain_.begin(), chain_.end());
  request.anchors = config_.anchors;
  request.reference = config_.reference;
  request.now = config_.now;
  request.key_exchange = KeyExchange::kSigning;  // nothing else is offered
  request.names = config_.names;
  request.trust = config_.trust;
  verification_ = Verify(request);
  return verification_.verdict.ok();
}

// The handshake failed before the library asked: was it the certificate that it could not bear?
void TlsClient::JudgeCaptured() {
  if (judged_ || certificate_message_.empty()) {
    return;
  }
  std::optional<std::vector<Bytes>> chain = ParseCertificateMessage(certificate_message_, tls13_message_);
  if (!chain) {
    return;
  }
  chain_ = *std::move(chain);
  if (chain_.empty()) {
    verdict_ = {Reason::kNoCertificate, 0};
    return;
  }
  Judge();
}

void TlsClient::Fail(std::string_view what) {
  const std::string reason = TakeLibraryReason();
  state_ = TlsState::kFailed;
  verdict_ = {Reason::kTlsFailed, 0};
  detail_ = fmt::format("{}: {}", what, reason);
  if (established_) {
    return;
  }
  JudgeCaptured();
  if (judged_ && !verification_.verdict.ok()) {
    verdict_ = verification_.verdict;
    if (!verification_.defects.empty()) {
      detail_ = verification_.defects.front().detail;
    }
  }
}

}  // namespace verifier

#include "lab/verifier/tls_client.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
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

// What the library takes for the time, for as long as a client of this thread is inside it: sessions age by the
// caller's clock and by no other.
thread_local int64_t library_time = 0;

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
    client->NoteFacts();
    const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl);
    client->chain_.clear();
    for (size_t i = 0; chain != nullptr && i < sk_CRYPTO_BUFFER_num(chain); ++i) {
      const CRYPTO_BUFFER* entry = sk_CRYPTO_BUFFER_value(chain, i);
      const uint8_t* data = CRYPTO_BUFFER_data(entry);
      client->chain_.emplace_back(data, data + CRYPTO_BUFFER_len(entry));
    }
    client->TakeStaples();
    if (client->Judge(client->config_.revocation)) {
      return ssl_verify_ok;
    }
    *alert = AlertFor(client->verification_.verdict.reason);
    return ssl_verify_invalid;
  }

  static int OnSession(SSL* ssl, SSL_SESSION* session) {
    auto* client = static_cast<TlsClient*>(SSL_get_ex_data(ssl, ClientIndex()));
    if (client == nullptr || client->config_.sessions == nullptr) {
      return 0;  // not taken
    }
    client->Keep(bssl::UniquePtr<SSL_SESSION>(session));
    return 1;
  }

  static void OnTime(const SSL*, timeval* out) { *out = {.tv_sec = static_cast<time_t>(library_time), .tv_usec = 0}; }

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
      SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
      SSL_CTX_sess_set_new_cb(made.get(), OnSession);
      SSL_CTX_set_current_time_cb(made.get(), OnTime);
      // Without this the library takes a resumed session's certificate on its word, whoever the session was made with.
      SSL_CTX_set_reverify_on_resume(made.get(), 1);
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
  bssl::UniquePtr<BIO> bio = MakeWireBio(&wire_);
  const Bytes protocols = AlpnList(config_.alpn);
  if (context != nullptr) {
    ssl_.reset(SSL_new(context));
  }
  if (!ssl_ || !bio || !SSL_set_ex_data(ssl_.get(), ClientIndex(), this) ||
      (config_.sni.kind == Reference::Kind::kDns && !SSL_set_tlsext_host_name(ssl_.get(), config_.sni.dns.c_str())) ||
      SSL_set_alpn_protos(ssl_.get(), protocols.data(), static_cast<unsigned>(protocols.size())) != 0) {
    Fail("the TLS library could not be set up");
    return;
  }
  EnforceRsaKeyUsage(ssl_.get());
  if (config_.revocation != RevocationMode::kOff) {
    SSL_enable_ocsp_stapling(ssl_.get());
  }
  SSL_set_msg_callback_arg(ssl_.get(), this);
  SSL_set_renegotiate_mode(ssl_.get(), ssl_renegotiate_never);
  SSL_set_early_data_enabled(ssl_.get(), 0);
  SSL_set_connect_state(ssl_.get());
  BIO* shared = bio.release();
  SSL_set_bio(ssl_.get(), shared, shared);  // takes one reference when both are the same
  if (config_.sessions == nullptr) {
    SSL_set_options(ssl_.get(), SSL_OP_NO_TICKET);
    return;
  }
  scope_ = {.host = config_.sni,
            .port = config_.port,
            .names = config_.names,
            .policy = config_.policy,
            .alpn = config_.alpn,
            .trust = DigestOf(config_.anchors),
            .revocation = config_.revocation,
            .crls = DigestOf(config_.crls),
            .mode = config_.trust.mode,
            .tlsa = config_.trust.tlsa};
  if (const bssl::UniquePtr<SSL_SESSION> session = config_.sessions->Take(scope_, config_.now)) {
    SSL_set_session(ssl_.get(), session.get());
  }
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
  octets_without_data_ += bytes.size();
  if (octets_without_data_ > kMaxCipherText) {
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
  library_time = config_.now;
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    if (CheckEstablished()) {
      state_ = TlsState::kOpen;
      verdict_ = {};
      octets_without_data_ = 0;
      for (bssl::UniquePtr<SSL_SESSION>& session : new_sessions_) {
        config_.sessions->Put(scope_, std::move(session), config_.now);
      }
    }
    new_sessions_.clear();
    return state_;
  }
  if (const int error = SSL_get_error(ssl_.get(), result); error != SSL_ERROR_WANT_READ) {
    Fail("the TLS handshake failed", error == SSL_ERROR_ZERO_RETURN ? Reason::kClosedByPeer : Reason::kTlsFailed);
  }
  return state_;
}

// The library finished; what it finished must be what this client asked for.
bool TlsClient::CheckEstablished() {
  established_ = true;
  NoteFacts();
  const char* missing = nullptr;
  if (!judged_ || !verification_.verdict.ok() || (facts_.resumed && config_.sessions == nullptr)) {
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
    library_time = config_.now;
    const int result = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (result > 0) {
      octets_without_data_ = 0;
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

Bytes TlsClient::Export(std::string_view label, size_t length) const {
  Bytes secret(length);
  if (state_ != TlsState::kOpen || !SSL_export_keying_material(ssl_.get(), secret.data(), length, label.data(),
                                                               label.size(), nullptr, 0, /*use_context=*/0)) {
    return {};
  }
  return secret;
}

// At most one word each: what is not known yet, or was not negotiated, stays empty.
void TlsClient::NoteFacts() {
  const SSL* ssl = ssl_.get();
  const auto text = [](const char* name) { return std::string(name != nullptr ? name : ""); };
  facts_.version = text(SSL_get_version(ssl));
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) {
    facts_.cipher = text(SSL_CIPHER_standard_name(cipher));
  }
  if (const uint16_t group = SSL_get_curve_id(ssl); group != 0) {
    facts_.group = text(SSL_get_curve_name(group));
  }
  facts_.resumed = SSL_session_reused(ssl) != 0;
  if (const uint16_t algorithm = SSL_get_peer_signature_algorithm(ssl); algorithm != 0 && !facts_.resumed) {
    facts_.signature = text(SSL_get_signature_algorithm_name(algorithm, /*include_curve=*/1));
  }
  const uint8_t* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &length);
  facts_.alpn = certs::Escaped(ByteView(protocol, length));
}

// Nothing is kept of a server that has not been verified; what comes in the handshake waits for the verdict. A session
// holds the leaf's staple and no other: who insists on a status could not be content with it where a CA had one.
void TlsClient::Keep(bssl::UniquePtr<SSL_SESSION> session) {
  const auto of_cas = std::ranges::count_if(staples_ | std::views::drop(1), [](const Bytes& s) { return !s.empty(); });
  if (config_.revocation == RevocationMode::kHard && of_cas > 0) {
    return;
  }
  if (state_ == TlsState::kOpen) {
    config_.sessions->Put(scope_, std::move(session), config_.now);
  } else if (state_ == TlsState::kHandshaking) {
    new_sessions_.push_back(std::move(session));
  }
}

// The library keeps the leaf's staple only; in TLS 1.3 the other certificates may have one too (RFC 9846 4.4.2.1).
void TlsClient::TakeStaples() {
  staples_.assign(chain_.size(), {});
  if (tls13_message_) {
    if (auto message = ParseCertificateMessage(certificate_message_, true); message) {
      staples_ = std::move(message->staples);
      staples_.resize(chain_.size());
    }
  }
  const uint8_t* response = nullptr;
  size_t size = 0;
  SSL_get0_ocsp_response(ssl_.get(), &response, &size);
  if (size > 0 && !staples_.empty()) {
    staples_.front().assign(response, response + size);
  }
}

bool TlsClient::Judge(RevocationMode revocation) {
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
  request.revocation.mode = revocation;
  request.revocation.staples.assign(staples_.begin(), staples_.end());
  request.revocation.crls = config_.crls;
  verification_ = Verify(request);
  return verification_.verdict.ok();
}

// The handshake failed before the library asked: was it the certificate that it could not bear?
void TlsClient::JudgeCaptured() {
  if (judged_ || certificate_message_.empty()) {
    return;
  }
  std::optional<CertificateMessage> message = ParseCertificateMessage(certificate_message_, tls13_message_);
  if (!message) {
    return;
  }
  chain_ = std::move(message->chain);
  staples_ = std::move(message->staples);
  if (chain_.empty()) {
    verdict_ = {Reason::kNoCertificate, 0};
    return;
  }
  // In TLS 1.2 the staple is a message of its own (RFC 6066 8), which has not come: nothing can be said for its
  // absence.
  Judge(tls13_message_ ? config_.revocation : RevocationMode::kOff);
}

void TlsClient::Fail(std::string_view what, Reason reason) {
  const bool out_of_turn = IsMessageOutOfTurn();
  const std::string why = reason == Reason::kClosedByPeer ? "the server said goodbye" : TakeLibraryReason();
  state_ = TlsState::kFailed;
  verdict_ = {reason, 0};
  detail_ = fmt::format("{}: {}", what, why);
  if (established_) {
    return;
  }
  if (!out_of_turn) {  // else it was no matter what the message said
    JudgeCaptured();
  }
  if (judged_ && !verification_.verdict.ok()) {
    verdict_ = verification_.verdict;
    if (!verification_.defects.empty()) {
      detail_ = verification_.defects.front().detail;
    }
  }
}

}  // namespace verifier

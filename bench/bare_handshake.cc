#include "bench/bare_handshake.h"

#include <openssl/bio.h>
#include <openssl/pool.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace bench {
namespace {

bssl::UniquePtr<SSL_CTX> MakeServer(const certs::IssuedChain& chain, uint16_t version) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_with_buffers_method()));
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> owned;
  std::vector<CRYPTO_BUFFER*> buffers;
  for (const certs::Bytes& der : chain.presented) {
    owned.emplace_back(CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
    buffers.push_back(owned.back().get());
  }
  if (!SSL_CTX_set_min_proto_version(context.get(), version) ||
      !SSL_CTX_set_max_proto_version(context.get(), version) ||
      !SSL_CTX_set_chain_and_key(context.get(), buffers.data(), buffers.size(), chain.key.get(), nullptr)) {
    return nullptr;
  }
  return context;
}

ssl_verify_result_t AcceptAll(SSL*, uint8_t*) { return ssl_verify_ok; }
int IgnoreVerdict(int, X509_STORE_CTX*) { return 1; }

bssl::UniquePtr<SSL_CTX> MakeClient(const certs::IssuedChain& chain, const BareOptions& options) {
  const bool x509 = options.verify == BareVerify::kBoringSsl;
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(x509 ? TLS_method() : TLS_with_buffers_method()));
  if (!SSL_CTX_set_min_proto_version(context.get(), options.version) ||
      !SSL_CTX_set_max_proto_version(context.get(), options.version)) {
    return nullptr;
  }
  static constexpr uint16_t kAlgorithms[] = {SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_RSA_PSS_RSAE_SHA256,
                                             SSL_SIGN_RSA_PKCS1_SHA256, SSL_SIGN_ECDSA_SECP384R1_SHA384,
                                             SSL_SIGN_ED25519};
  SSL_CTX_set_verify_algorithm_prefs(context.get(), kAlgorithms, std::size(kAlgorithms));
  if (!x509) {
    SSL_CTX_set_custom_verify(context.get(), SSL_VERIFY_PEER, AcceptAll);
    return context;
  }
  for (const certs::Bytes& der : chain.trusted) {
    const uint8_t* at = der.data();
    bssl::UniquePtr<X509> anchor(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (anchor) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), anchor.get());
    }
  }
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context.get()), options.now);
  X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context.get()), options.host, 0);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, IgnoreVerdict);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
  return context;
}

// Two ends of one in-memory connection, handshake not begun.
struct Pair {
  bssl::UniquePtr<SSL> client, server;
};

Pair Connect(SSL_CTX* client_context, SSL_CTX* server_context, const char* host) {
  Pair pair{bssl::UniquePtr<SSL>(SSL_new(client_context)), bssl::UniquePtr<SSL>(SSL_new(server_context))};
  BIO *client_bio = nullptr, *server_bio = nullptr;
  BIO_new_bio_pair(&client_bio, 1 << 17, &server_bio, 1 << 17);
  SSL_set_bio(pair.client.get(), client_bio, client_bio);
  SSL_set_bio(pair.server.get(), server_bio, server_bio);
  SSL_set_connect_state(pair.client.get());
  SSL_set_accept_state(pair.server.get());
  SSL_set_tlsext_host_name(pair.client.get(), host);
  return pair;
}

// Lets the two talk until both are done or neither can go on; true if both finished.
bool Shake(const Pair& pair) {
  bool client_done = false, server_done = false;
  for (int turn = 0; turn < 20 && !(client_done && server_done); ++turn) {
    client_done = client_done || SSL_do_handshake(pair.client.get()) == 1;
    server_done = server_done || SSL_do_handshake(pair.server.get()) == 1;
  }
  return client_done && server_done;
}

}  // namespace

BareHandshake::BareHandshake(const certs::IssuedChain& chain, const BareOptions& options)
    : options_(options), client_(MakeClient(chain, options)), server_(MakeServer(chain, options.version)) {}

bool BareHandshake::Run(SSL_SESSION* session, bool* resumed) {
  const Pair pair = Connect(client_.get(), server_.get(), options_.host);
  if (session != nullptr) {
    SSL_set_session(pair.client.get(), session);
  }
  const bool done = Shake(pair);
  if (done && negotiated_.empty()) {
    const char* group = SSL_get_curve_name(SSL_get_curve_id(pair.client.get()));
    negotiated_ = std::string(SSL_get_version(pair.client.get())) + " " +
                  SSL_CIPHER_standard_name(SSL_get_current_cipher(pair.client.get())) + " " +
                  (group == nullptr ? "-" : group);
  }
  if (resumed != nullptr) {
    *resumed = SSL_session_reused(pair.client.get()) != 0;
  }
  return done;
}

bssl::UniquePtr<SSL_SESSION> BareHandshake::MakeSession() {
  struct Catch {
    static int New(SSL* ssl, SSL_SESSION* session) {
      static_cast<bssl::UniquePtr<SSL_SESSION>*>(SSL_get_app_data(ssl))->reset(session);
      return 1;
    }
  };
  bssl::UniquePtr<SSL_SESSION> caught;
  SSL_CTX_set_session_cache_mode(client_.get(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(client_.get(), Catch::New);
  const Pair pair = Connect(client_.get(), server_.get(), options_.host);
  SSL_set_app_data(pair.client.get(), &caught);
  if (Shake(pair)) {
    // In TLS 1.3 the tickets come with the first application data, so one byte is sent and read.
    uint8_t byte = 0;
    SSL_write(pair.server.get(), &byte, 1);
    SSL_read(pair.client.get(), &byte, 1);
  }
  SSL_CTX_sess_set_new_cb(client_.get(), nullptr);
  return caught;
}

}  // namespace bench

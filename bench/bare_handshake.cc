#include "bench/bare_handshake.h"

#include <openssl/bio.h>
#include <openssl/pool.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "lab/verifier/tls_client.h"

namespace bench {
namespace {

constexpr size_t kRoom = 1 << 17;  // of the pipe, in each direction: no flight is longer

ssl_verify_result_t AcceptAll(SSL*, uint8_t*) { return ssl_verify_ok; }
int IgnoreVerdict(int, X509_STORE_CTX*) { return 1; }

bool Trust(SSL_CTX* context, const certs::IssuedChain& chain, const BareOptions& options) {
  for (const certs::Bytes& der : chain.trusted) {
    const uint8_t* at = der.data();
    bssl::UniquePtr<X509> anchor(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (anchor) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), anchor.get());
    }
  }
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), options.now);
  return X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context), options.host, std::strlen(options.host)) == 1;
}

// Two ends of one in-memory connection, handshake not begun.
struct Pair {
  bssl::UniquePtr<SSL> client, server;
};

bssl::UniquePtr<SSL> NewServer(SSL_CTX* context, BIO* bio) {
  bssl::UniquePtr<SSL> server(SSL_new(context));
  SSL_set_bio(server.get(), bio, bio);
  SSL_set_accept_state(server.get());
  return server;
}

Pair Connect(SSL_CTX* client_context, SSL_CTX* server_context, const char* host) {
  BIO *client_bio = nullptr, *server_bio = nullptr;
  BIO_new_bio_pair(&client_bio, kRoom, &server_bio, kRoom);
  Pair pair{bssl::UniquePtr<SSL>(SSL_new(client_context)), NewServer(server_context, server_bio)};
  SSL_set_bio(pair.client.get(), client_bio, client_bio);
  SSL_set_connect_state(pair.client.get());
  SSL_set_tlsext_host_name(pair.client.get(), host);
  return pair;
}

// Runs one end's turn and books its time.
template <typename Turn>
auto Timed(Probe* probe, void (Probe::*add)(int64_t), Turn&& turn) {
  const int64_t began = probe == nullptr ? 0 : ThreadCpu();
  const auto result = turn();
  if (probe != nullptr) {
    (probe->*add)(SpentSince(began));
  }
  return result;
}

// Lets the two talk until both are done or neither can go on; true if both finished.
bool Shake(const Pair& pair, Probe* probe) {
  bool client_done = false, server_done = false;
  for (int turn = 0; turn < 20 && !(client_done && server_done); ++turn) {
    client_done =
        client_done || Timed(probe, &Probe::AddClient, [&] { return SSL_do_handshake(pair.client.get()); }) == 1;
    server_done =
        server_done || Timed(probe, &Probe::AddServer, [&] { return SSL_do_handshake(pair.server.get()); }) == 1;
  }
  if (probe != nullptr) {
    probe->AddOctets(BIO_number_written(SSL_get_wbio(pair.client.get())) +
                     BIO_number_written(SSL_get_wbio(pair.server.get())));
  }
  return client_done && server_done;
}

}  // namespace

bssl::UniquePtr<SSL_CTX> MakeBareServer(const certs::IssuedChain& chain, uint16_t version) {
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

bssl::UniquePtr<SSL_CTX> MakeBareClient(const certs::IssuedChain& chain, const BareOptions& options) {
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
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
  if (!x509) {
    SSL_CTX_set_custom_verify(context.get(), SSL_VERIFY_PEER, AcceptAll);
    return context;
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, IgnoreVerdict);
  return Trust(context.get(), chain, options) ? std::move(context) : nullptr;
}

std::string NegotiatedBy(const SSL* client) {
  const char* group = SSL_get_curve_name(SSL_get_curve_id(client));
  const char* signature = SSL_get_signature_algorithm_name(SSL_get_peer_signature_algorithm(client), 1);
  const bool resumed = SSL_session_reused(client) != 0;
  return std::string(SSL_get_version(client)) + " " + SSL_CIPHER_standard_name(SSL_get_current_cipher(client)) + " " +
         (group == nullptr ? "-" : group) + " " +
         (resumed                ? "resumed"
          : signature == nullptr ? "-"
                                 : signature);
}

BareHandshake::BareHandshake(const certs::IssuedChain& chain, const BareOptions& options)
    : options_(options), client_(MakeBareClient(chain, options)), server_(MakeBareServer(chain, options.version)) {}

bool BareHandshake::Run(SSL_SESSION* session, Probe* probe) {
  const Pair pair = Connect(client_.get(), server_.get(), options_.host);
  if (session != nullptr) {
    SSL_set_session(pair.client.get(), session);
  }
  const bool done = Shake(pair, probe);
  if (done && negotiated_.empty()) {
    negotiated_ = NegotiatedBy(pair.client.get());
  }
  return done && (session == nullptr || SSL_session_reused(pair.client.get()) != 0);
}

bssl::UniquePtr<SSL_SESSION> BareHandshake::MakeSession() {
  struct Catch {
    static int New(SSL* ssl, SSL_SESSION* session) {
      static_cast<bssl::UniquePtr<SSL_SESSION>*>(SSL_get_app_data(ssl))->reset(session);
      return 1;
    }
  };
  bssl::UniquePtr<SSL_SESSION> caught;
  SSL_CTX_sess_set_new_cb(client_.get(), Catch::New);
  const Pair pair = Connect(client_.get(), server_.get(), options_.host);
  SSL_set_app_data(pair.client.get(), &caught);
  if (Shake(pair, nullptr)) {
    // In TLS 1.3 the tickets come with the first application data, so one byte is sent and read.
    uint8_t byte = 0;
    SSL_write(pair.server.get(), &byte, 1);
    SSL_read(pair.client.get(), &byte, 1);
  }
  SSL_CTX_sess_set_new_cb(client_.get(), nullptr);
  return caught;
}

// ------------------------------------------------------------------------------------------------ the project's client

namespace {

// A turn each, until the client is through and the server, too.
bool ShakeWith(verifier::TlsClient& client, SSL* server, BIO* wire, Probe* probe) {
  bool server_done = false;
  certs::Bytes buffer(kRoom);
  for (int turn = 0; turn < 20; ++turn) {
    const certs::Bytes out = Timed(probe, &Probe::AddClient, [&] {
      client.Handshake();
      return client.TakeOutput();
    });
    if (client.state() == verifier::TlsState::kFailed) {
      return false;
    }
    BIO_write(wire, out.data(), static_cast<int>(out.size()));
    server_done = server_done || Timed(probe, &Probe::AddServer, [&] { return SSL_do_handshake(server); }) == 1;
    const int count = BIO_read(wire, buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) {
      Timed(probe, &Probe::AddClient, [&] {
        client.Receive(certs::ByteView(buffer).first(static_cast<size_t>(count)));
        return true;
      });
    } else if (server_done && client.state() == verifier::TlsState::kOpen) {
      return true;
    }
  }
  return false;
}

}  // namespace

ProductHandshake::ProductHandshake(std::shared_ptr<const certs::IssuedChain> chain, const BareOptions& options,
                                   bool resume)
    : chain_(std::move(chain)),
      options_(options),
      server_(MakeBareServer(*chain_, options.version)),
      anchors_(chain_->trusted.begin(), chain_->trusted.end()),
      sessions_(resume ? std::make_unique<verifier::SessionCache>() : nullptr) {}

verifier::SessionScope ProductHandshake::Scope() const {
  return {.host = *verifier::ParseReference(options_.host),
          .trust = verifier::DigestOf(anchors_),
          .revocation = verifier::RevocationMode::kSoft,
          .crls = verifier::DigestOf({})};
}

bool ProductHandshake::Shake(bool first, Probe* probe) {
  BIO *wire = nullptr, *server_bio = nullptr;
  BIO_new_bio_pair(&wire, kRoom, &server_bio, kRoom);
  const bssl::UniquePtr<BIO> owned(wire);
  const bssl::UniquePtr<SSL> server = NewServer(server_.get(), server_bio);
  verifier::TlsClient client({.reference = options_.host,
                              .sni = *verifier::ParseReference(options_.host),
                              .anchors = anchors_,
                              .now = options_.now,
                              .sessions = sessions_.get()});
  if (!ShakeWith(client, server.get(), wire, probe) || !client.verdict().ok()) {
    return false;
  }
  if (probe != nullptr) {
    probe->AddOctets(BIO_number_written(wire) + BIO_number_written(server_bio));
  }
  if (first) {
    uint8_t byte = 0;
    certs::Bytes plain;
    std::array<uint8_t, 4096> tickets{};
    SSL_write(server.get(), &byte, 1);
    const int count = BIO_read(wire, tickets.data(), static_cast<int>(tickets.size()));
    client.Receive(certs::ByteView(tickets).first(static_cast<size_t>(std::max(count, 0))));
    client.Read(plain, 1);
  }
  if (negotiated_.empty() && client.facts().resumed == (sessions_ != nullptr)) {
    const verifier::TlsFacts& facts = client.facts();
    negotiated_ =
        facts.version + " " + facts.cipher + " " + facts.group + " " + (facts.resumed ? "resumed" : facts.signature);
  }
  return first || client.facts().resumed == (sessions_ != nullptr);
}

bool ProductHandshake::Prepare() {
  if (sessions_ == nullptr) {
    return true;
  }
  if (!Shake(true, nullptr)) {
    return false;
  }
  session_ = sessions_->Take(Scope(), options_.now);
  return session_ != nullptr;
}

bool ProductHandshake::Run(Probe* probe) {
  if (sessions_ != nullptr) {
    // The cache gives out every session once; the benchmark wants the same one again.
    sessions_->Put(Scope(), bssl::UpRef(session_), options_.now);
  }
  return Shake(false, probe);
}

}  // namespace bench

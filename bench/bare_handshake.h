// The yardstick: a TLS handshake between two bare BoringSSL objects in memory, with nothing of this project in it; and
// the same with the project's client in the client's place.
#pragma once

#include <openssl/base.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/probe.h"
#include "certs/issue.h"
#include "lab/verifier/tls_session_cache.h"

namespace bench {

// How the client verifies: not at all; with BoringSSL's own X.509 code (result ignored, so that bad chains finish too).
enum class BareVerify : uint8_t { kNone, kBoringSsl };

struct BareOptions {
  uint16_t version = TLS1_3_VERSION;  // both ends speak exactly this
  BareVerify verify = BareVerify::kBoringSsl;
  const char* host = "mail.bob.test";
  int64_t now = 0;  // validation time
};

// Ready for any number of connections; null if the library refuses to load the chain.
bssl::UniquePtr<SSL_CTX> MakeBareServer(const certs::IssuedChain& chain, uint16_t version);
bssl::UniquePtr<SSL_CTX> MakeBareClient(const certs::IssuedChain& chain, const BareOptions& options);

// "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 ecdsa_secp256r1_sha256", as the client saw it.
std::string NegotiatedBy(const SSL* client);

// A prepared pair of contexts for one chain; each Run() is one whole handshake.
class BareHandshake {
 public:
  BareHandshake(const certs::IssuedChain& chain, const BareOptions& options);
  bool usable() const {
    return client_ != nullptr && server_ != nullptr;
  }  // false: the library refuses to load the chain
  // One handshake; true if both finished. Offers `session` for resumption if given, and then is true only if it was
  // taken. Tells the ends' times apart if there is a probe.
  bool Run(SSL_SESSION* session = nullptr, Probe* probe = nullptr);
  // The session of a first full handshake, for resumption.
  bssl::UniquePtr<SSL_SESSION> MakeSession();
  // What was negotiated last.
  const std::string& negotiated() const { return negotiated_; }

 private:
  BareOptions options_;
  bssl::UniquePtr<SSL_CTX> client_, server_;
  std::string negotiated_;
};

// The project's client against a bare server; resumes if it is given a cache that holds a session.
class ProductHandshake {
 public:
  ProductHandshake(std::shared_ptr<const certs::IssuedChain> chain, const BareOptions& options, bool resume);
  bool usable() const { return server_ != nullptr; }
  // Fills the cache, if there is to be one: a first full handshake and the tickets behind it.
  bool Prepare();
  // One handshake in which the client judged the chain and took it; with a cache true only if a session was resumed.
  bool Run(Probe* probe = nullptr);
  const std::string& negotiated() const { return negotiated_; }

 private:
  bool Shake(bool first, Probe* probe);
  verifier::SessionScope Scope() const;

  std::shared_ptr<const certs::IssuedChain> chain_;
  BareOptions options_;
  bssl::UniquePtr<SSL_CTX> server_;
  std::vector<certs::ByteView> anchors_;
  std::unique_ptr<verifier::SessionCache> sessions_;  // null: every handshake is a full one
  bssl::UniquePtr<SSL_SESSION> session_;
  std::string negotiated_;
};

}  // namespace bench

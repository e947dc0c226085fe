// The yardstick: a TLS handshake between two bare BoringSSL objects in memory, with nothing of this project in it.
#pragma once

#include <openssl/base.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>

#include "certs/issue.h"

namespace bench {

// How the client verifies: not at all, or with BoringSSL's own X.509 code (result ignored, so that bad chains finish
// too).
enum class BareVerify : uint8_t { kNone, kBoringSsl };

struct BareOptions {
  uint16_t version = TLS1_3_VERSION;  // both ends speak exactly this
  BareVerify verify = BareVerify::kBoringSsl;
  const char* host = "mail.bob.test";
  int64_t now = 0;  // validation time
};

// A prepared pair of contexts for one chain; each Run() is one whole handshake.
class BareHandshake {
 public:
  BareHandshake(const certs::IssuedChain& chain, const BareOptions& options);
  bool usable() const {
    return client_ != nullptr && server_ != nullptr;
  }  // false: the library refuses to load the chain
  // One handshake; true if both ends finished. Offers `session` for resumption if given.
  bool Run(SSL_SESSION* session = nullptr, bool* resumed = nullptr);
  // The session of a first full handshake, for resumption.
  bssl::UniquePtr<SSL_SESSION> MakeSession();
  // What was negotiated last: "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519".
  const std::string& negotiated() const { return negotiated_; }

 private:
  BareOptions options_;
  bssl::UniquePtr<SSL_CTX> client_, server_;
  std::string negotiated_;
};

}  // namespace bench

// A server's identity and settings, made ready for BoringSSL once and shared by all connections that present it.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <optional>

#include "certs/issue.h"
#include "certs/result.h"
#include "fakeserver/scripts.h"

namespace fakeserver {

// Whether BoringSSL will present this chain and sign with its key: a key that does not belong to the leaf is no
// hindrance; kUnsupported says what is: no leaf, one that does not parse, or an EC or Ed25519 leaf whose keyUsage lacks
// digitalSignature. Whatever it will not present is presented all the same, by hand.
certs::Result<void> CanServe(const certs::IssuedChain& chain);

// Immutable once made; thread-safe.
class TlsContext {
 public:
  static certs::Result<std::shared_ptr<const TlsContext>> Make(const TlsScript& script,
                                                               std::shared_ptr<const certs::IssuedChain> identity);

  SSL_CTX* ssl_ctx() const { return ssl_ctx_.get(); }  // null where the handshake is written by hand
  bool by_hand() const { return ssl_ctx_ == nullptr; }
  const TlsScript& script() const { return script_; }
  const certs::IssuedChain& identity() const { return *identity_; }
  uint16_t max_version() const { return max_version_; }  // the script's, or less if the key is too small for TLS 1.3
  EVP_PKEY* key() const { return identity_->key.get(); }
  // The signing key is not the leaf's: every handshake signature is bad on purpose.
  bool key_is_foreign() const { return key_is_foreign_; }

 private:
  TlsContext() = default;

  certs::Result<void> MakeSslContext();

  TlsScript script_;
  uint16_t max_version_ = 0;
  std::shared_ptr<const certs::IssuedChain> identity_;
  bssl::UniquePtr<SSL_CTX> ssl_ctx_;
  bool key_is_foreign_ = false;
};

// Makes the context on first use and keeps it, so that visits to one behaviour share it (and, where tickets are given
// out, can resume). A copy starts empty: it belongs to another behaviour. Thread-safe.
class TlsContextSlot {
 public:
  TlsContextSlot() = default;
  TlsContextSlot(const TlsContextSlot&) {}
  TlsContextSlot& operator=(const TlsContextSlot&);

  certs::Result<std::shared_ptr<const TlsContext>> Get(const TlsScript& script,
                                                       const std::shared_ptr<const certs::IssuedChain>& identity) const;

 private:
  mutable std::mutex mutex_;
  mutable std::optional<certs::Result<std::shared_ptr<const TlsContext>>> made_;
};

}  // namespace fakeserver

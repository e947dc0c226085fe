// The key schedules of TLS 1.2 (RFC 5246 5, 6.3, 8.1; RFC 7627) and TLS 1.3 (RFC 8446 7.1 to 7.3), for whoever writes
// the server's half of a handshake by hand. Pure.
#pragma once

#include <openssl/base.h>

#include <string_view>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

// The hash of the handshake messages so far, under whichever hash the cipher suite turns out to use.
class HandshakeHash {
 public:
  void Add(ByteView message);
  Bytes Hash(const EVP_MD* md) const;
  // RFC 8446 4.4.1: behind a HelloRetryRequest the first ClientHello is replaced by its hash.
  void ReplaceByItsHash(const EVP_MD* md);

 private:
  Bytes messages_;
};

// PRF(secret, label, seed), `size` octets of it.
Bytes Tls12Prf(const EVP_MD* md, ByteView secret, std::string_view label, ByteView seed, size_t size);

// HKDF-Expand-Label(secret, label, context, size).
Bytes ExpandLabel(const EVP_MD* md, ByteView secret, std::string_view label, ByteView context, size_t size);

Bytes Hmac(const EVP_MD* md, ByteView key, ByteView data);

// The traffic secrets of one TLS 1.3 connection without a pre-shared key. Fill in order.
struct Tls13Secrets {
  const EVP_MD* md = nullptr;
  Bytes client_handshake, server_handshake, client_application, server_application;

  // `hash` covers ClientHello to ServerHello.
  void OnSharedSecret(ByteView shared, ByteView hash);
  // `hash` covers ClientHello to the server's Finished.
  void OnServerFinished(ByteView hash);
  // Finished.verify_data under one of the handshake secrets.
  Bytes VerifyData(ByteView handshake_secret, ByteView hash) const;

 private:
  Bytes handshake_secret_;
};

}  // namespace fakeserver

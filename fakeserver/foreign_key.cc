#include "fakeserver/foreign_key.h"

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "fakeserver/tls_endpoint.h"

namespace fakeserver {
namespace {

// The digest of a TLS signature algorithm; nullptr for Ed25519, which has none.
const EVP_MD* DigestOf(uint16_t algorithm) {
  switch (algorithm) {
    case SSL_SIGN_ED25519:
      return nullptr;
    case SSL_SIGN_RSA_PKCS1_SHA1:
    case SSL_SIGN_ECDSA_SHA1:
      return EVP_sha1();
    case SSL_SIGN_RSA_PKCS1_SHA384:
    case SSL_SIGN_RSA_PSS_RSAE_SHA384:
    case SSL_SIGN_ECDSA_SECP384R1_SHA384:
      return EVP_sha384();
    case SSL_SIGN_RSA_PKCS1_SHA512:
    case SSL_SIGN_RSA_PSS_RSAE_SHA512:
    case SSL_SIGN_ECDSA_SECP521R1_SHA512:
      return EVP_sha512();
    default:
      return EVP_sha256();
  }
}

bool IsPss(uint16_t algorithm) {
  return algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA256 || algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA384 ||
         algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA512;
}

// A true signature of `key` over `in`, as near to `algorithm` as a key of its type can come; empty if it cannot at all.
Bytes SignWith(EVP_PKEY* key, uint16_t algorithm, ByteView in) {
  const int type = EVP_PKEY_id(key);
  const EVP_MD* digest = DigestOf(algorithm);
  if (type == EVP_PKEY_ED25519) {
    digest = nullptr;
  } else if (digest == nullptr) {
    digest = EVP_sha256();
  }
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* settings = nullptr;
  if (!EVP_DigestSignInit(context.get(), &settings, digest, nullptr, key)) {
    return {};
  }
  if (type == EVP_PKEY_RSA && IsPss(algorithm) &&
      (!EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) ||
       !EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, -1 /* the digest's length */))) {
    return {};
  }
  size_t size = 0;
  if (!EVP_DigestSign(context.get(), nullptr, &size, in.data(), in.size())) {
    return {};
  }
  Bytes signature(size);
  if (!EVP_DigestSign(context.get(), signature.data(), &size, in.data(), in.size())) {
    return {};
  }
  signature.resize(size);
  return signature;
}

ssl_private_key_result_t Sign(SSL* ssl, uint8_t* out, size_t* out_len, size_t max_out, uint16_t algorithm,
                              const uint8_t* in, size_t in_len) {
  Bytes signature = SignWith(TlsEndpoint::Of(ssl).context().key(), algorithm, ByteView(in, in_len));
  ERR_clear_error();
  if (signature.empty()) {
    signature.assign(max_out, 0);  // a key too small for the algorithm: no signature of it can exist
  }
  // The leaf's key bounds the length. A longer signature is cut: it would not verify in any case.
  *out_len = std::min(signature.size(), max_out);
  std::copy_n(signature.begin(), *out_len, out);
  return ssl_private_key_success;
}

// RSA key exchange: without the leaf's key there is nothing to decrypt with.
ssl_private_key_result_t Decrypt(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) {
  return ssl_private_key_failure;
}

ssl_private_key_result_t Complete(SSL*, uint8_t*, size_t*, size_t) { return ssl_private_key_failure; }

}  // namespace

const SSL_PRIVATE_KEY_METHOD* ForeignKeyMethod() {
  static constexpr SSL_PRIVATE_KEY_METHOD kMethod = {Sign, Decrypt, Complete};
  return &kMethod;
}

}  // namespace fakeserver

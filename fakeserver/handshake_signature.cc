#include "fakeserver/handshake_signature.h"

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <algorithm>

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

// What a key of this type can sign with, best first.
std::vector<uint16_t> AlgorithmsOf(const EVP_PKEY* key, bool tls13) {
  switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_ED25519:
      return {SSL_SIGN_ED25519};
    case EVP_PKEY_RSA:
      if (tls13) {
        return {SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_RSA_PSS_RSAE_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA512};
      }
      return {SSL_SIGN_RSA_PKCS1_SHA256, SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_RSA_PKCS1_SHA384,
              SSL_SIGN_RSA_PKCS1_SHA512};
    default:
      break;
  }
  switch (EVP_PKEY_bits(key)) {
    case 384:
      return {SSL_SIGN_ECDSA_SECP384R1_SHA384};
    case 521:
      return {SSL_SIGN_ECDSA_SECP521R1_SHA512};
    default:
      return {SSL_SIGN_ECDSA_SECP256R1_SHA256};
  }
}

}  // namespace

uint16_t ChooseAlgorithm(const EVP_PKEY* key, bool tls13, const std::vector<uint16_t>& offered) {
  const std::vector<uint16_t> able = AlgorithmsOf(key, tls13);
  const auto chosen = std::ranges::find_first_of(able, offered);
  return chosen != able.end() ? *chosen : able.front();
}

Bytes SignHandshake(EVP_PKEY* key, uint16_t algorithm, ByteView in) {
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

}  // namespace fakeserver

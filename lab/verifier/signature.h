// Signature algorithms, signatures and keys: which the verifier knows, which it can check, which it refuses as weak.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "certs/bytes.h"

namespace verifier {

using certs::ByteView;

enum class SignatureScheme : uint8_t { kRsaPkcs1, kRsaPss, kEcdsa, kEd25519 };

// What an AlgorithmIdentifier names.
struct SignatureAlgorithm {
  enum class Standing : uint8_t {
    kGood,
    kWeak,         // MD2, MD4, MD5, SHA-1 (RFC 9325 4.5)
    kUnsupported,  // nobody we know, or parameters that are not those of the algorithm
  };
  Standing standing = Standing::kUnsupported;
  bool verifiable = false;  // VerifySignature can check it: all good ones, and MD5 and SHA-1
  SignatureScheme scheme = SignatureScheme::kRsaPkcs1;
  const EVP_MD* hash = nullptr;  // null for Ed25519

  std::string_view known_name;  // "ecdsa-with-SHA256"; empty: nobody we know
  bool parameters_accepted = true;
  ByteView oid;  // content octets, borrowed from what was read; empty if there are none

  // For people: the name, or the OID; escaped. Composed when asked, which nobody does of a good one.
  std::string name() const;
};

// Reads an AlgorithmIdentifier (tag and length included). Total, and without allocation.
SignatureAlgorithm ReadSignatureAlgorithm(ByteView identifier);

// Whether `key` made `signature` over `tbs`. False too if there is no key, or one of another kind than the algorithm
// wants.
// The algorithm must be verifiable.
bool VerifySignature(const SignatureAlgorithm& algorithm, EVP_PKEY* key, ByteView tbs, ByteView signature);

// A public key, or none. One that the library will take for certain is handed to it only when somebody asks, as nobody
// does for a server's own: no signature on a certificate is checked with that.
class PublicKey {
 public:
  PublicKey() = default;
  explicit PublicKey(bssl::UniquePtr<EVP_PKEY> key) : key_(std::move(key)) {}
  // On demand; `spki` is borrowed.
  explicit PublicKey(ByteView spki) : spki_(spki) {}

  // Null if there is none. Loads it the first time, so not for two threads at once.
  EVP_PKEY* get() const;
  bool operator==(std::nullptr_t) const { return key_ == nullptr && spki_.empty(); }

 private:
  mutable bssl::UniquePtr<EVP_PKEY> key_;
  ByteView spki_;  // empty: key_ is all there is
};

// A SubjectPublicKeyInfo: the key if it is supported, what is wrong with it if not.
struct ParsedKey {
  PublicKey key;          // none: unsupported, malformed, or weak beyond what the library loads
  bool weak = false;      // RSA below 2048 bits or not of whole octets, EC below 224 bits
  std::string complaint;  // why there is no key
};
// The key borrows `spki`.
ParsedKey ParseKey(ByteView spki);

// What a key that ParseKey gave is: "an RSA key of 2048 bits", "P-256".
std::string KeyText(const EVP_PKEY* key);

}  // namespace verifier

#include "certs/sign.h"

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "certs/der.h"
#include "certs/legacy_digest.h"

namespace certs {
namespace {

enum class Scheme : uint8_t { kEcdsa, kRsaPkcs1, kRsaPkcs1ByHand, kRsaPss, kEd25519, kNone };

struct Row {
  Scheme scheme;
  std::string_view oid;         // of the signature algorithm
  std::string_view digest_oid;  // where the parameters or the DigestInfo name it
  const EVP_MD* (*digest)();    // null: no digest, or none the library offers for this
};

constexpr std::string_view kSha256Oid = "2.16.840.1.101.3.4.2.1";
constexpr std::string_view kSha384Oid = "2.16.840.1.101.3.4.2.2";
constexpr std::string_view kSha512Oid = "2.16.840.1.101.3.4.2.3";

Row RowOf(SigAlg alg) {
  switch (alg) {
    case SigAlg::kEcdsaSha256:
      return {Scheme::kEcdsa, "1.2.840.10045.4.3.2", {}, EVP_sha256};
    case SigAlg::kEcdsaSha384:
      return {Scheme::kEcdsa, "1.2.840.10045.4.3.3", {}, EVP_sha384};
    case SigAlg::kEcdsaSha512:
      return {Scheme::kEcdsa, "1.2.840.10045.4.3.4", {}, EVP_sha512};
    case SigAlg::kEcdsaSha1:
      return {Scheme::kEcdsa, "1.2.840.10045.4.1", {}, EVP_sha1};
    case SigAlg::kRsaSha256:
      return {Scheme::kRsaPkcs1, "1.2.840.113549.1.1.11", {}, EVP_sha256};
    case SigAlg::kRsaSha384:
      return {Scheme::kRsaPkcs1, "1.2.840.113549.1.1.12", {}, EVP_sha384};
    case SigAlg::kRsaSha512:
      return {Scheme::kRsaPkcs1, "1.2.840.113549.1.1.13", {}, EVP_sha512};
    case SigAlg::kRsaSha1:
      return {Scheme::kRsaPkcs1, "1.2.840.113549.1.1.5", {}, EVP_sha1};
    case SigAlg::kRsaMd5:
      return {Scheme::kRsaPkcs1, "1.2.840.113549.1.1.4", {}, EVP_md5};
    case SigAlg::kRsaMd4:
      return {Scheme::kRsaPkcs1ByHand, "1.2.840.113549.1.1.3", "1.2.840.113549.2.4", nullptr};
    case SigAlg::kRsaMd2:
      return {Scheme::kRsaPkcs1ByHand, "1.2.840.113549.1.1.2", "1.2.840.113549.2.2", nullptr};
    case SigAlg::kRsaPssSha256:
      return {Scheme::kRsaPss, "1.2.840.113549.1.1.10", kSha256Oid, EVP_sha256};
    case SigAlg::kRsaPssSha384:
      return {Scheme::kRsaPss, "1.2.840.113549.1.1.10", kSha384Oid, EVP_sha384};
    case SigAlg::kRsaPssSha512:
      return {Scheme::kRsaPss, "1.2.840.113549.1.1.10", kSha512Oid, EVP_sha512};
    case SigAlg::kRsaPssSalt20:
    case SigAlg::kRsaPssMgf1Sha1:
      return {Scheme::kRsaPss, "1.2.840.113549.1.1.10", kSha256Oid, EVP_sha256};
    case SigAlg::kEd25519:
      return {Scheme::kEd25519, "1.3.101.112", {}, nullptr};
    case SigAlg::kUnknownOid:
      break;
  }
  return {Scheme::kNone, "1.3.6.1.4.1.55738.1.1", {}, nullptr};
}

int KeyIdOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kEcdsa:
      return EVP_PKEY_EC;
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaPkcs1ByHand:
    case Scheme::kRsaPss:
      return EVP_PKEY_RSA;
    case Scheme::kEd25519:
      return EVP_PKEY_ED25519;
    case Scheme::kNone:
      break;
  }
  return EVP_PKEY_NONE;
}

// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] HashAlgorithm DEFAULT sha1, maskGenAlgorithm [1] MaskGenAlgorithm
//   DEFAULT mgf1SHA1, saltLength [2] INTEGER DEFAULT 20, trailerField [3] INTEGER DEFAULT 1 }
// MGF1 over the same hash, and a salt as long as the hash, but for the two algorithms that are there to be refused.
bool HasMaskFromSha1(SigAlg alg) { return alg == SigAlg::kRsaPssMgf1Sha1; }
int SaltLength(const Row& row, SigAlg alg) {
  return alg == SigAlg::kRsaPssSalt20 ? 20 : static_cast<int>(EVP_MD_size(row.digest()));
}

Bytes PssParameters(const Row& row, SigAlg alg) {
  const Bytes hash = der::Sequence({der::Oid(row.digest_oid), der::Null()});
  const Bytes sha1 = der::Sequence({der::Oid("1.3.14.3.2.26"), der::Null()});
  const Bytes mask = der::Sequence({der::Oid("1.2.840.113549.1.1.8"), HasMaskFromSha1(alg) ? sha1 : hash});
  const int64_t salt_length = SaltLength(row, alg);
  return der::Sequence({der::ContextConstructed(0, hash), der::ContextConstructed(1, mask),
                        der::ContextConstructed(2, der::Integer(salt_length))});
}

// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING } (RFC 8017 9.2)
Bytes DigestInfo(const Row& row, SigAlg alg, ByteView message) {
  const std::array<uint8_t, 16> digest = alg == SigAlg::kRsaMd2 ? Md2(message) : Md4(message);
  return der::Sequence({der::Sequence({der::Oid(row.digest_oid), der::Null()}), der::OctetString(digest)});
}

bool SignByHand(const Row& row, SigAlg alg, EVP_PKEY* key, ByteView message, Bytes& signature) {
  RSA* rsa = EVP_PKEY_get0_RSA(key);
  if (rsa == nullptr) {
    return false;
  }
  const Bytes info = DigestInfo(row, alg, message);
  size_t size = 0;
  signature.resize(RSA_size(rsa));
  if (!RSA_sign_raw(rsa, &size, signature.data(), signature.size(), info.data(), info.size(), RSA_PKCS1_PADDING)) {
    return false;
  }
  signature.resize(size);
  return true;
}

bool SignWithLibrary(const Row& row, SigAlg alg, EVP_PKEY* key, ByteView message, Bytes& signature) {
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* options = nullptr;  // owned by `context`
  const EVP_MD* digest = row.digest == nullptr ? nullptr : row.digest();
  if (!EVP_DigestSignInit(context.get(), &options, digest, nullptr, key)) {
    return false;
  }
  if (row.scheme == Scheme::kRsaPss &&
      (!EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) ||
       !EVP_PKEY_CTX_set_rsa_mgf1_md(options, HasMaskFromSha1(alg) ? EVP_sha1() : digest) ||
       !EVP_PKEY_CTX_set_rsa_pss_saltlen(options, SaltLength(row, alg)))) {
    return false;
  }
  size_t size = static_cast<size_t>(EVP_PKEY_size(key));
  signature.resize(size);
  if (!EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size())) {
    return false;
  }
  signature.resize(size);
  return true;
}

// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
Bytes EncodeAlgorithm(SigAlg alg) {
  const Row row = RowOf(alg);
  Bytes parameters;
  switch (row.scheme) {
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaPkcs1ByHand:
      parameters = der::Null();
      break;
    case Scheme::kRsaPss:
      parameters = PssParameters(row, alg);
      break;
    case Scheme::kEcdsa:
    case Scheme::kEd25519:
    case Scheme::kNone:
      break;
  }
  return der::Sequence({der::Oid(row.oid), parameters});
}

}  // namespace

SigAlg DefaultSignature(KeyType type) {
  switch (type) {
    case KeyType::kP224:
    case KeyType::kP256:
      return SigAlg::kEcdsaSha256;
    case KeyType::kP384:
      return SigAlg::kEcdsaSha384;
    case KeyType::kP521:
      return SigAlg::kEcdsaSha512;
    case KeyType::kEd25519:
      return SigAlg::kEd25519;
    case KeyType::kRsa512:
    case KeyType::kRsa768:
    case KeyType::kRsa1024:
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
    case KeyType::kRsa8192:
    case KeyType::kRsa2052:
      break;
  }
  return SigAlg::kRsaSha256;
}

const Bytes& AlgorithmIdentifier(SigAlg alg) {
  constexpr auto kLast = static_cast<size_t>(SigAlg::kUnknownOid);
  static const auto all = [] {
    std::array<Bytes, kLast + 1> encoded;
    for (size_t i = 0; i < encoded.size(); ++i) {
      encoded[i] = EncodeAlgorithm(static_cast<SigAlg>(i));
    }
    return encoded;
  }();
  return all[std::min(static_cast<size_t>(alg), kLast)];
}

Result<Bytes> Sign(SigAlg alg, EVP_PKEY* key, ByteView message) {
  const Row row = RowOf(alg);
  Bytes signature;
  if (row.scheme == Scheme::kNone) {
    signature.resize(SHA256_DIGEST_LENGTH);
    SHA256(message.data(), message.size(), signature.data());
    return signature;
  }
  if (EVP_PKEY_id(key) != KeyIdOf(row.scheme)) {
    return Fail(ErrorCode::kBadInput, "a key of this type cannot sign with " + std::string(Name(alg)));
  }
  const bool signed_so = row.scheme == Scheme::kRsaPkcs1ByHand ? SignByHand(row, alg, key, message, signature)
                                                               : SignWithLibrary(row, alg, key, message, signature);
  if (!signed_so) {
    ERR_clear_error();
    return Fail(ErrorCode::kBadInput, "this key is too small to sign with " + std::string(Name(alg)) +
                                          ", or the crypto library refuses the combination");
  }
  return signature;
}

void ApplyFault(SignatureFault fault, Bytes& signature) {
  switch (fault) {
    case SignatureFault::kNone:
      break;
    case SignatureFault::kFlipBit:  // the last bit: an ECDSA signature stays well-formed DER
      if (!signature.empty()) {
        signature.back() ^= 0x01;
      }
      break;
    case SignatureFault::kEmpty:
      signature.clear();
      break;
    case SignatureFault::kZeros:
      std::ranges::fill(signature, uint8_t{0});
      break;
  }
}

}  // namespace certs

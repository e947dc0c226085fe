#include "lab/verifier/signature.h"

#include <fmt/format.h>
#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "lab/verifier/der_reader.h"

namespace verifier {
namespace {

using Standing = SignatureAlgorithm::Standing;
constexpr unsigned kExplicit = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED;

// What may stand in the parameters of an AlgorithmIdentifier.
enum class Parameters : uint8_t { kNullOrAbsent, kAbsent, kPss };

struct KnownAlgorithm {
  ByteView oid;
  std::string_view name;
  Standing standing;
  SignatureScheme scheme;
  const EVP_MD* (*hash)();  // null: cannot be computed, or none is needed
  Parameters parameters;
};

// 1.2.840.113549.1.1.x, 1.2.840.10045.4.x, 1.3.14.3.2.29, 1.3.101.112, 1.2.840.10040.4.3
#define RSA_OID(last) {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last}
constexpr uint8_t kMd2Rsa[] = RSA_OID(2), kMd4Rsa[] = RSA_OID(3), kMd5Rsa[] = RSA_OID(4), kSha1Rsa[] = RSA_OID(5),
                  kPss[] = RSA_OID(10), kSha256Rsa[] = RSA_OID(11), kSha384Rsa[] = RSA_OID(12),
                  kSha512Rsa[] = RSA_OID(13), kRsaEncryption[] = RSA_OID(1), kMgf1[] = RSA_OID(8);
#undef RSA_OID
constexpr uint8_t kSha1RsaOiw[] = {0x2b, 0x0e, 0x03, 0x02, 0x1d};
constexpr uint8_t kEcdsaSha1[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01};
constexpr uint8_t kEcdsaSha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
constexpr uint8_t kEcdsaSha384[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};
constexpr uint8_t kEcdsaSha512[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04};
constexpr uint8_t kEd25519[] = {0x2b, 0x65, 0x70};
constexpr uint8_t kDsaSha1[] = {0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03};

constexpr SignatureScheme kPkcs1 = SignatureScheme::kRsaPkcs1;
constexpr SignatureScheme kEcdsa = SignatureScheme::kEcdsa;
constexpr KnownAlgorithm kAlgorithms[] = {
    {kSha256Rsa, "sha256WithRSAEncryption", Standing::kGood, kPkcs1, EVP_sha256, Parameters::kNullOrAbsent},
    {kSha384Rsa, "sha384WithRSAEncryption", Standing::kGood, kPkcs1, EVP_sha384, Parameters::kNullOrAbsent},
    {kSha512Rsa, "sha512WithRSAEncryption", Standing::kGood, kPkcs1, EVP_sha512, Parameters::kNullOrAbsent},
    {kPss, "RSASSA-PSS", Standing::kGood, SignatureScheme::kRsaPss, nullptr, Parameters::kPss},
    {kEcdsaSha256, "ecdsa-with-SHA256", Standing::kGood, kEcdsa, EVP_sha256, Parameters::kAbsent},
    {kEcdsaSha384, "ecdsa-with-SHA384", Standing::kGood, kEcdsa, EVP_sha384, Parameters::kAbsent},
    {kEcdsaSha512, "ecdsa-with-SHA512", Standing::kGood, kEcdsa, EVP_sha512, Parameters::kAbsent},
    {kEd25519, "Ed25519", Standing::kGood, SignatureScheme::kEd25519, nullptr, Parameters::kAbsent},
    {kSha1Rsa, "sha1WithRSAEncryption", Standing::kWeak, kPkcs1, EVP_sha1, Parameters::kNullOrAbsent},
    {kSha1RsaOiw, "sha1WithRSASignature", Standing::kWeak, kPkcs1, EVP_sha1, Parameters::kNullOrAbsent},
    {kMd5Rsa, "md5WithRSAEncryption", Standing::kWeak, kPkcs1, EVP_md5, Parameters::kNullOrAbsent},
    {kEcdsaSha1, "ecdsa-with-SHA1", Standing::kWeak, kEcdsa, EVP_sha1, Parameters::kAbsent},
    // BoringSSL computes neither of the older two inside an RSA signature, and no DSA in a certificate.
    {kMd4Rsa, "md4WithRSAEncryption", Standing::kWeak, kPkcs1, nullptr, Parameters::kNullOrAbsent},
    {kMd2Rsa, "md2WithRSAEncryption", Standing::kWeak, kPkcs1, nullptr, Parameters::kNullOrAbsent},
    {kDsaSha1, "dsa-with-SHA1", Standing::kWeak, kPkcs1, nullptr, Parameters::kAbsent},
};

struct KnownHash {
  ByteView oid;
  const EVP_MD* (*hash)();
};
constexpr uint8_t kSha256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
constexpr uint8_t kSha384[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
constexpr uint8_t kSha512[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03};
constexpr KnownHash kHashes[] = {{kSha256, EVP_sha256}, {kSha384, EVP_sha384}, {kSha512, EVP_sha512}};

// Reads an AlgorithmIdentifier into its OID and what is behind it.
bool SplitIdentifier(ByteView identifier, ByteView* oid, CBS* parameters) {
  return ReadOnly(identifier, parameters, CBS_ASN1_SEQUENCE) && ReadOid(parameters, oid);
}

bool IsNull(CBS parameters) {
  CBS null;
  return ReadBody(&parameters, &null, CBS_ASN1_NULL) && SizeOf(null) == 0 && SizeOf(parameters) == 0;
}

// A HashAlgorithm inside RSASSA-PSS-params: its parameters are NULL or absent (RFC 4055 2.1).
const EVP_MD* ReadHash(CBS* from) {
  CBS element;
  ByteView oid;
  CBS parameters;
  if (!CBS_get_asn1_element(from, &element, CBS_ASN1_SEQUENCE) ||
      !SplitIdentifier(ViewOf(element), &oid, &parameters) || (SizeOf(parameters) != 0 && !IsNull(parameters))) {
    return nullptr;
  }
  for (const KnownHash& known : kHashes) {
    if (Same(known.oid, oid)) {
      return known.hash();
    }
  }
  return nullptr;
}

// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1] DEFAULT mgf1SHA1,
//   saltLength [2] DEFAULT 20, trailerField [3] DEFAULT 1 }   (RFC 4055 3.1)
// Read into the one form TLS knows: one hash for both, a salt of its length, the default trailer. `is_sha1` says that
// the hash was left at its default.
const EVP_MD* ReadPssParameters(CBS parameters, bool* is_sha1) {
  *is_sha1 = false;
  CBS fields;
  if (!ReadBody(&parameters, &fields, CBS_ASN1_SEQUENCE) || SizeOf(parameters) != 0) {
    return nullptr;
  }
  CBS wrapper;
  if (!IsNext(fields, kExplicit | 0)) {
    *is_sha1 = true;
    return nullptr;
  }
  if (!ReadBody(&fields, &wrapper, kExplicit | 0)) {
    return nullptr;
  }
  const EVP_MD* hash = ReadHash(&wrapper);
  CBS mgf;
  ByteView mgf_oid;
  if (hash == nullptr || SizeOf(wrapper) != 0 || !ReadBody(&fields, &wrapper, kExplicit | 1) ||
      !ReadBody(&wrapper, &mgf, CBS_ASN1_SEQUENCE) || SizeOf(wrapper) != 0 || !ReadOid(&mgf, &mgf_oid) ||
      !Same(mgf_oid, kMgf1) || ReadHash(&mgf) != hash || SizeOf(mgf) != 0) {
    return nullptr;
  }
  uint64_t salt_length = 0;
  if (!ReadBody(&fields, &wrapper, kExplicit | 2) || !CBS_get_asn1_uint64(&wrapper, &salt_length) ||
      SizeOf(wrapper) != 0 || salt_length != EVP_MD_size(hash) || SizeOf(fields) != 0) {
    return nullptr;
  }
  return hash;
}

// Checks the parameters; false if they are not those of the algorithm.
bool AcceptParameters(const KnownAlgorithm& known, CBS parameters, SignatureAlgorithm* out) {
  switch (known.parameters) {
    case Parameters::kAbsent:
      return SizeOf(parameters) == 0;
    case Parameters::kNullOrAbsent:
      return SizeOf(parameters) == 0 || IsNull(parameters);
    case Parameters::kPss: {
      bool is_sha1 = false;
      out->hash = ReadPssParameters(parameters, &is_sha1);
      if (is_sha1) {
        out->standing = Standing::kWeak;
      }
      return is_sha1 || out->hash != nullptr;
    }
  }
  return false;
}

ParsedKey Unusable(std::string complaint, bool weak = false) {
  return {.weak = weak, .complaint = std::move(complaint)};
}

// The named curves (RFC 5480 2.1.1.1): which we take, and which are too small.
struct KnownCurve {
  ByteView oid;
  int nid;
  std::string_view name;
  enum class Standing : uint8_t { kGood, kWeak, kUnsupported } standing;
};
constexpr uint8_t kP192[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01};
constexpr uint8_t kP256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr uint8_t kP224[] = {0x2b, 0x81, 0x04, 0x00, 0x21};
constexpr uint8_t kP384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr uint8_t kP521[] = {0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr KnownCurve kCurves[] = {
    {kP256, NID_X9_62_prime256v1, "P-256", KnownCurve::Standing::kGood},
    {kP384, NID_secp384r1, "P-384", KnownCurve::Standing::kGood},
    {kP521, NID_secp521r1, "P-521", KnownCurve::Standing::kGood},
    {kP192, NID_X9_62_prime192v1, "P-192", KnownCurve::Standing::kWeak},
    {kP224, NID_secp224r1, "P-224", KnownCurve::Standing::kUnsupported},
};

bssl::UniquePtr<EVP_PKEY> Load(ByteView spki) {
  CBS cbs = CbsOf(spki);
  bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&cbs));
  if (key == nullptr) {
    ERR_clear_error();
  }
  return SizeOf(cbs) == 0 ? std::move(key) : nullptr;
}

ParsedKey ParseEcKey(ByteView spki, CBS parameters) {
  CBS curve_oid;
  if (!ReadBody(&parameters, &curve_oid, CBS_ASN1_OBJECT) || SizeOf(parameters) != 0) {
    return Unusable("an EC key whose curve is not given by name");
  }
  for (const KnownCurve& curve : kCurves) {
    if (!Same(curve.oid, ViewOf(curve_oid))) {
      continue;
    }
    if (curve.standing != KnownCurve::Standing::kGood) {
      return Unusable(fmt::format("an EC key on {}", curve.name), curve.standing == KnownCurve::Standing::kWeak);
    }
    bssl::UniquePtr<EVP_PKEY> key = Load(spki);
    if (key == nullptr) {
      return Unusable(fmt::format("an EC key that is no point on {}", curve.name));
    }
    return {.key = PublicKey(std::move(key))};
  }
  return Unusable("an EC key on the curve " + OidText(ViewOf(curve_oid)));
}

// Whether the library takes this key for certain and it is not weak: of 2048 to 8192 bits in whole octets, with an odd
// exponent of 2 to 31 bits, both as DER has it. `fields` are those behind the algorithm. Whatever is not so plain, the
// library is asked.
bool IsPlainRsaKey(CBS parameters, CBS fields) {
  CBS bits;
  CBS key;
  CBS modulus;
  CBS exponent;
  uint8_t unused_bits = 0;
  if (!IsNull(parameters) || !ReadBody(&fields, &bits, CBS_ASN1_BITSTRING) || SizeOf(fields) != 0 ||
      !CBS_get_u8(&bits, &unused_bits) || unused_bits != 0 || !ReadBody(&bits, &key, CBS_ASN1_SEQUENCE) ||
      SizeOf(bits) != 0 || !ReadBody(&key, &modulus, CBS_ASN1_INTEGER) ||
      !ReadBody(&key, &exponent, CBS_ASN1_INTEGER) || SizeOf(key) != 0) {
    return false;
  }
  const ByteView n = ViewOf(modulus);
  const ByteView e = ViewOf(exponent);
  return n.size() > 256 && n.size() <= 1025 && n[0] == 0 && n[1] >= 0x80 && n.back() % 2 == 1 &&  //
         !e.empty() && e.size() <= 4 && e[0] > 0 && e[0] < 0x80 && e.back() % 2 == 1 && (e.size() > 1 || e[0] > 1);
}

ParsedKey ParseRsaKey(ByteView spki, CBS parameters, CBS fields) {
  if (IsPlainRsaKey(parameters, fields)) {
    return {.key = PublicKey(spki)};
  }
  bssl::UniquePtr<EVP_PKEY> key = Load(spki);
  if (key == nullptr) {
    return Unusable("an RSA key that does not parse");
  }
  const unsigned bits = RSA_bits(EVP_PKEY_get0_RSA(key.get()));
  const bool weak = bits < 2048 || bits % 8 != 0;
  return {.key = PublicKey(std::move(key)), .weak = weak};
}

}  // namespace

EVP_PKEY* PublicKey::get() const {
  if (key_ == nullptr && !spki_.empty()) {
    key_ = Load(spki_);
  }
  return key_.get();
}

std::string SignatureAlgorithm::name() const {
  std::string text = known_name.empty() ? OidText(oid) : std::string(known_name);
  return parameters_accepted ? text : text + " with other parameters than it may have";
}

SignatureAlgorithm ReadSignatureAlgorithm(ByteView identifier) {
  SignatureAlgorithm out;
  ByteView oid;
  CBS parameters;
  if (!SplitIdentifier(identifier, &oid, &parameters)) {
    return out;
  }
  out.oid = oid;
  for (const KnownAlgorithm& known : kAlgorithms) {
    if (!Same(known.oid, oid)) {
      continue;
    }
    out.known_name = known.name;
    out.standing = known.standing;
    out.scheme = known.scheme;
    out.hash = known.hash != nullptr ? known.hash() : nullptr;
    out.parameters_accepted = AcceptParameters(known, parameters, &out);
    if (!out.parameters_accepted) {
      out.standing = Standing::kUnsupported;
    }
    out.verifiable =
        out.standing != Standing::kUnsupported && (out.hash != nullptr || out.scheme == SignatureScheme::kEd25519);
    break;
  }
  return out;
}

namespace {

// What EVP_DigestVerify does for this scheme, without the three contexts that it makes for the purpose.
bool VerifyPkcs1(const EVP_MD* hash, const EVP_PKEY* key, ByteView tbs, ByteView signature) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  return EVP_Digest(tbs.data(), tbs.size(), digest.data(), &size, hash, nullptr) == 1 &&
         RSA_verify(EVP_MD_type(hash), digest.data(), size, signature.data(), signature.size(),
                    EVP_PKEY_get0_RSA(key)) == 1;
}

bool VerifyByEvp(const SignatureAlgorithm& algorithm, EVP_PKEY* key, ByteView tbs, ByteView signature) {
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* key_context = nullptr;
  bool ok = EVP_DigestVerifyInit(context.get(), &key_context, algorithm.hash, nullptr, key) == 1;
  if (ok && algorithm.scheme == SignatureScheme::kRsaPss) {
    ok = EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(key_context, algorithm.hash) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, -1 /* the hash's length */) == 1;
  }
  return ok && EVP_DigestVerify(context.get(), signature.data(), signature.size(), tbs.data(), tbs.size()) == 1;
}

}  // namespace

bool VerifySignature(const SignatureAlgorithm& algorithm, EVP_PKEY* key, ByteView tbs, ByteView signature) {
  const int wanted = algorithm.scheme == SignatureScheme::kEcdsa     ? EVP_PKEY_EC
                     : algorithm.scheme == SignatureScheme::kEd25519 ? EVP_PKEY_ED25519
                                                                     : EVP_PKEY_RSA;
  if (key == nullptr || EVP_PKEY_id(key) != wanted) {
    return false;
  }
  const bool ok = algorithm.scheme == SignatureScheme::kRsaPkcs1 ? VerifyPkcs1(algorithm.hash, key, tbs, signature)
                                                                 : VerifyByEvp(algorithm, key, tbs, signature);
  if (!ok) {
    ERR_clear_error();
  }
  return ok;
}

ParsedKey ParseKey(ByteView spki) {
  // SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
  constexpr uint8_t kEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
  CBS fields;
  CBS parameters;  // what is behind the OID
  ByteView oid;
  if (!ReadOnly(spki, &fields, CBS_ASN1_SEQUENCE) || !ReadBody(&fields, &parameters, CBS_ASN1_SEQUENCE) ||
      !ReadOid(&parameters, &oid)) {
    return Unusable("a key that does not parse");
  }
  if (Same(oid, kEcPublicKey)) {
    return ParseEcKey(spki, parameters);
  }
  if (Same(oid, kRsaEncryption)) {
    return ParseRsaKey(spki, parameters, fields);
  }
  if (Same(oid, kEd25519)) {
    bssl::UniquePtr<EVP_PKEY> key = Load(spki);
    return key != nullptr ? ParsedKey{.key = PublicKey(std::move(key))}
                          : Unusable("an Ed25519 key that does not parse");
  }
  return Unusable("a key of the kind " + OidText(oid));
}

std::string KeyText(const EVP_PKEY* key) {
  switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
      return fmt::format("an RSA key of {} bits", RSA_bits(EVP_PKEY_get0_RSA(key)));
    case EVP_PKEY_EC: {
      const int nid = EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key)));
      const auto* curve = std::ranges::find(kCurves, nid, &KnownCurve::nid);
      return std::string(curve != std::end(kCurves) ? curve->name : "an EC key");
    }
    default:
      return "Ed25519";
  }
}

}  // namespace verifier

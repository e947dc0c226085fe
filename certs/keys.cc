#include "certs/keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hkdf.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certs/rsa_pool.h"

namespace certs {
namespace {

constexpr size_t kSecretSize = 32;

std::string KeyName(const KeySpec& spec) { return std::string(Name(spec.type)) + "/" + spec.label; }

// The curve's NID, or NID_undef for what is no curve.
int CurveOf(KeyType type) {
  switch (type) {
    case KeyType::kP224:
      return NID_secp224r1;
    case KeyType::kP256:
      return NID_X9_62_prime256v1;
    case KeyType::kP384:
      return NID_secp384r1;
    case KeyType::kP521:
      return NID_secp521r1;
    case KeyType::kEd25519:
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
  return NID_undef;
}

// The modulus size, or 0 for what is not RSA.
int BitsOf(KeyType type) {
  switch (type) {
    case KeyType::kRsa512:
      return 512;
    case KeyType::kRsa768:
      return 768;
    case KeyType::kRsa1024:
      return 1024;
    case KeyType::kRsa2048:
      return 2048;
    case KeyType::kRsa3072:
      return 3072;
    case KeyType::kRsa4096:
      return 4096;
    case KeyType::kRsa8192:
      return 8192;
    case KeyType::kRsa2052:
      return 2052;
    case KeyType::kP224:
    case KeyType::kP256:
    case KeyType::kP384:
    case KeyType::kP521:
    case KeyType::kEd25519:
      break;
  }
  return 0;
}

bssl::UniquePtr<EVP_PKEY> MakeEc(int curve, ByteView secret) {
  bssl::UniquePtr<EC_KEY> shape(EC_KEY_new_by_curve_name(curve));
  bssl::UniquePtr<EC_KEY> key(
      shape ? EC_KEY_derive_from_secret(EC_KEY_get0_group(shape.get()), secret.data(), secret.size()) : nullptr);
  bssl::UniquePtr<EVP_PKEY> pkey(EVP_PKEY_new());
  if (!key || !pkey || !EVP_PKEY_set1_EC_KEY(pkey.get(), key.get())) {
    return nullptr;
  }
  return pkey;
}

bssl::UniquePtr<EVP_PKEY> MakeEd25519(ByteView seed) {
  return bssl::UniquePtr<EVP_PKEY>(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

bssl::UniquePtr<EVP_PKEY> GenerateRsa(int bits) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<BIGNUM> exponent(BN_new());
  bssl::UniquePtr<EVP_PKEY> pkey(EVP_PKEY_new());
  if (!rsa || !exponent || !pkey || !BN_set_word(exponent.get(), RSA_F4) ||
      !RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) || !EVP_PKEY_set1_RSA(pkey.get(), rsa.get())) {
    return nullptr;
  }
  return pkey;
}

// Which of `count` pool keys a label gets: a function of the label alone, so that the order of requests does not
// matter. The labels of the good chain come first and keep their keys to themselves; then those of the attackers.
size_t PoolSlot(std::string_view label, size_t count) {
  constexpr std::array<std::string_view, 7> kOwners = {"leaf",     "intermediate", "root", "eve", "eve-intermediate",
                                                       "eve-root", "fake-root"};
  constexpr size_t kReserved = 3;
  const auto owner = static_cast<size_t>(std::ranges::find(kOwners, label) - kOwners.begin());
  if (owner < count && owner < kOwners.size()) {
    return owner;
  }
  if (count <= kReserved) {
    return std::min<size_t>(1, count - 1);  // never the leaf's
  }
  uint32_t hash = 2166136261;  // FNV-1a
  for (char character : label) {
    hash = (hash ^ static_cast<uint8_t>(character)) * 16777619;
  }
  return kReserved + hash % (count - kReserved);
}

bssl::UniquePtr<EVP_PKEY> TakeFromPool(int bits, std::string_view label) {
  const auto count = static_cast<size_t>(std::ranges::count(RsaPool(), bits, &PoolKey::bits));
  if (count == 0) {
    return nullptr;
  }
  const auto slot = static_cast<int>(PoolSlot(label, count));
  const auto found =
      std::ranges::find_if(RsaPool(), [&](const PoolKey& key) { return key.bits == bits && key.index == slot; });
  if (found == RsaPool().end()) {
    return nullptr;
  }
  bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(found->pem.data(), static_cast<int>(found->pem.size())));
  return bssl::UniquePtr<EVP_PKEY>(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
bool Encode(Key& key) {
  bssl::ScopedCBB cbb;
  uint8_t* data = nullptr;
  size_t size = 0;
  if (!CBB_init(cbb.get(), 128) || !EVP_marshal_public_key(cbb.get(), key.pkey.get()) ||
      !CBB_finish(cbb.get(), &data, &size)) {
    return false;
  }
  bssl::UniquePtr<uint8_t> owned(data);
  key.spki.assign(data, data + size);

  CBS spki, body, algorithm, bits;
  uint8_t unused = 0;
  CBS_init(&spki, key.spki.data(), key.spki.size());
  if (!CBS_get_asn1(&spki, &body, CBS_ASN1_SEQUENCE) || !CBS_get_asn1(&body, &algorithm, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&body, &bits, CBS_ASN1_BITSTRING) || !CBS_get_u8(&bits, &unused)) {
    return false;
  }
  key.identifier.resize(SHA_DIGEST_LENGTH);
  SHA1(CBS_data(&bits), CBS_len(&bits), key.identifier.data());
  return true;
}

}  // namespace

KeyRing::KeyRing(Bytes secret, bool published) : secret_(std::move(secret)), published_(published) {}

std::shared_ptr<KeyRing> KeyRing::FromSeed(uint64_t seed) {
  Bytes text = ToBytes("starttls-lab seed " + std::to_string(seed));
  Bytes secret(kSecretSize);
  SHA256(text.data(), text.size(), secret.data());
  return std::shared_ptr<KeyRing>(new KeyRing(std::move(secret), /*published=*/true));
}

std::shared_ptr<KeyRing> KeyRing::Random() {
  Bytes secret(kSecretSize);
  RAND_bytes(secret.data(), secret.size());  // aborts rather than fail
  return std::shared_ptr<KeyRing>(new KeyRing(std::move(secret), /*published=*/false));
}

Bytes KeyRing::Derive(const std::string& name) const {
  Bytes derived(kSecretSize);
  const Bytes info = ToBytes(name);
  if (!HKDF(derived.data(), derived.size(), EVP_sha256(), secret_.data(), secret_.size(), nullptr, 0, info.data(),
            info.size())) {
    derived.clear();
  }
  return derived;
}

Result<bssl::UniquePtr<EVP_PKEY>> KeyRing::Make(const KeySpec& spec) const {
  const std::string name = KeyName(spec);
  bssl::UniquePtr<EVP_PKEY> pkey;
  if (const int bits = BitsOf(spec.type); bits != 0) {
    const bool own = !published_ && spec.label.find("root") != std::string::npos;
    pkey = own ? GenerateRsa(bits) : TakeFromPool(bits, spec.label);
  } else if (const Bytes derived = Derive(name); derived.empty()) {
    // Nothing to make a key from: reported below.
  } else if (const int curve = CurveOf(spec.type); curve != NID_undef) {
    pkey = MakeEc(curve, derived);
  } else if (spec.type == KeyType::kEd25519) {
    pkey = MakeEd25519(derived);
  }
  if (!pkey) {
    ERR_clear_error();
    return Fail(ErrorCode::kCrypto, "the key " + Escaped(name) + " could not be made");
  }
  return pkey;
}

Result<const Key*> KeyRing::GetKey(const KeySpec& spec) {
  std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(spec); found != keys_.end()) {
    return &found->second;
  }
  auto pkey = Make(spec);
  if (!pkey) {
    return std::unexpected(pkey.error());
  }
  Key key{.pkey = std::move(*pkey), .spki = {}, .identifier = {}};
  if (!Encode(key)) {
    return Fail(ErrorCode::kCrypto, "the public key of " + Escaped(KeyName(spec)) + " could not be encoded");
  }
  return &keys_.emplace(spec, std::move(key)).first->second;
}

Result<EVP_PKEY*> KeyRing::Get(const KeySpec& spec) {
  const auto key = GetKey(spec);
  if (!key) {
    return std::unexpected(key.error());
  }
  return (*key)->pkey.get();
}

}  // namespace certs

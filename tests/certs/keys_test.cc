#include "certs/keys.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <set>

#include "certs/legacy_digest.h"
#include "certs/rsa_pool.h"

namespace certs {
namespace {

constexpr KeyType kAllTypes[] = {KeyType::kP256,    KeyType::kP384,    KeyType::kP521,    KeyType::kP224,
                                 KeyType::kEd25519, KeyType::kRsa512,  KeyType::kRsa768,  KeyType::kRsa1024,
                                 KeyType::kRsa2048, KeyType::kRsa3072, KeyType::kRsa4096, KeyType::kRsa8192};

// The public key, or nothing when the ring could not make it.
Bytes PublicKey(KeyRing& ring, KeyType type, std::string label) {
  const auto key = ring.GetKey({.type = type, .label = std::move(label)});
  return key ? (*key)->spki : Bytes{};
}

class EveryKeyType : public testing::TestWithParam<KeyType> {};
INSTANTIATE_TEST_SUITE_P(Keys, EveryKeyType, testing::ValuesIn(kAllTypes),
                         [](const auto& test) { return std::string(Name(test.param)); });

TEST_P(EveryKeyType, CanBeMade) { EXPECT_NE(PublicKey(*KeyRing::FromSeed(1), GetParam(), "leaf"), Bytes{}); }

TEST_P(EveryKeyType, ComesBackForTheSameSeedAndLabel) {
  const auto ring = KeyRing::FromSeed(7);
  EXPECT_EQ(PublicKey(*ring, GetParam(), "leaf"), PublicKey(*KeyRing::FromSeed(7), GetParam(), "leaf"));
  const KeySpec spec{.type = GetParam(), .label = "leaf"};
  EXPECT_EQ(*ring->Get(spec), *ring->Get(spec));
}

TEST_P(EveryKeyType, DiffersBetweenTheLeafAndItsAttacker) {
  const auto ring = KeyRing::FromSeed(1);
  EXPECT_NE(PublicKey(*ring, GetParam(), "leaf"), PublicKey(*ring, GetParam(), "eve"));
}

TEST_P(EveryKeyType, DiffersBetweenRootAndFakeRootWhereThePoolHasEnough) {
  if (GetParam() == KeyType::kRsa8192) {
    GTEST_SKIP() << "two pool keys of 8192 bits";
  }
  const auto ring = KeyRing::FromSeed(1);
  EXPECT_NE(PublicKey(*ring, GetParam(), "root"), PublicKey(*ring, GetParam(), "fake-root"));
}

TEST(KeyRing, GivesOtherEcKeysForAnotherSeed) {
  EXPECT_NE(PublicKey(*KeyRing::FromSeed(1), KeyType::kP256, "leaf"),
            PublicKey(*KeyRing::FromSeed(2), KeyType::kP256, "leaf"));
}

TEST(KeyRing, GivesKeysNobodyElseHasWhenItIsRandom) {
  for (KeyType type : {KeyType::kP256, KeyType::kEd25519}) {
    EXPECT_NE(PublicKey(*KeyRing::Random(), type, "leaf"), PublicKey(*KeyRing::Random(), type, "leaf"));
  }
}

TEST(KeyRing, NeverTakesARandomRingsRootFromThePublishedPool) {
  const auto published = KeyRing::FromSeed(1);
  const auto random = KeyRing::Random();
  for (const char* label : {"root", "eve-root", "my root 2"}) {
    EXPECT_NE(PublicKey(*random, KeyType::kRsa2048, label), PublicKey(*published, KeyType::kRsa2048, label));
  }
  EXPECT_EQ(PublicKey(*random, KeyType::kRsa2048, "leaf"), PublicKey(*published, KeyType::kRsa2048, "leaf"));
}

TEST(KeyRing, KeepsTheKeysOfOneChainApart) {
  const auto ring = KeyRing::FromSeed(1);
  std::set<Bytes> keys;
  for (const char* label : {"leaf", "intermediate", "root", "eve", "eve-intermediate", "eve-root", "fake-root"}) {
    EXPECT_TRUE(keys.insert(PublicKey(*ring, KeyType::kRsa2048, label)).second) << label;
  }
}

TEST(KeyRing, IdentifiesAKeyByItsPublicKeyBits) {
  const auto ring = KeyRing::FromSeed(1);
  const Key& key = **ring->GetKey({.type = KeyType::kP256, .label = "leaf"});
  // The uncompressed point is the last 65 octets of a P-256 SubjectPublicKeyInfo.
  std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
  SHA1(key.spki.data() + key.spki.size() - 65, 65, digest.data());
  EXPECT_EQ(key.identifier, Bytes(digest.begin(), digest.end()));
}

TEST(RsaPool, NumbersTheKeysOfASizeFromZero) {
  std::set<std::pair<int, int>> present;
  for (const PoolKey& key : RsaPool()) {
    EXPECT_TRUE(present.insert({key.bits, key.index}).second);
  }
  for (const PoolKey& key : RsaPool()) {
    EXPECT_TRUE(key.index == 0 || present.contains({key.bits, key.index - 1})) << key.bits << "-" << key.index;
  }
}

struct DigestVector {
  const char* message;
  const char* md2;  // RFC 1319 A.5
  const char* md4;  // RFC 1320 A.5
};
constexpr DigestVector kDigests[] = {
    {"", "8350e5a3e24c153df2275c9f80692773", "31d6cfe0d16ae931b73c59d7e0c089c0"},
    {"a", "32ec01ec4a6dac72c0ab96fb34c0b5d1", "bde52cb31de33e46245e05fbdbd6fb24"},
    {"abc", "da853b0d3f88d99b30283a69e6ded6bb", "a448017aaf21d8525fc10ae87aa6729d"},
    {"message digest", "ab4f496bfb2a530b219ff33031fe06b0", "d9130a8164549fe818874806e1c7014b"},
    {"abcdefghijklmnopqrstuvwxyz", "4e8ddff3650292ab5a4108c3aa47940b", "d79e1c308aa5bbcdeea8ed63df412da9"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "da33def2a42df13975352846c30338cd",
     "043f8582f241db351ce627e153e7f0e4"},
    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "d5976f79d83d3a0dc9806c3c66f3efd8", "e33b4ddc9c38f2199c3e7b164fcc0536"},
};

TEST(LegacyDigest, AgreesWithTheTestSuitesOfTheRfcs) {
  for (const DigestVector& vector : kDigests) {
    EXPECT_EQ(ToHex(Md2(ToBytes(vector.message))), vector.md2) << vector.message;
    EXPECT_EQ(ToHex(Md4(ToBytes(vector.message))), vector.md4) << vector.message;
  }
}

}  // namespace
}  // namespace certs

#include "certs/spki_form.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/sha.h>

#include "tests/certs/issuing.h"

namespace certs {
namespace {

const Key& KeyOf(KeyType type) { return **TestRing()->GetKey({.type = type, .label = "leaf"}); }

bool LibraryReads(const Bytes& spki) {
  CBS cbs;
  CBS_init(&cbs, spki.data(), spki.size());
  const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&cbs));
  ERR_clear_error();
  return key != nullptr && CBS_len(&cbs) == 0;
}

TEST(SpkiForm, LeavesTheUsualFormAlone) {
  for (const KeyType type : {KeyType::kP256, KeyType::kEd25519, KeyType::kRsa2048}) {
    EXPECT_EQ(InForm(SpkiForm::kUsual, KeyOf(type).spki), KeyOf(type).spki);
  }
}

TEST(SpkiForm, LeavesAKeyAloneThatTheFormDoesNotFit) {
  EXPECT_EQ(InForm(SpkiForm::kExplicitCurve, KeyOf(KeyType::kRsa2048).spki), KeyOf(KeyType::kRsa2048).spki);
  EXPECT_EQ(InForm(SpkiForm::kCurveBall, KeyOf(KeyType::kP384).spki), KeyOf(KeyType::kP384).spki);
  EXPECT_EQ(InForm(SpkiForm::kNoParameters, KeyOf(KeyType::kP256).spki), KeyOf(KeyType::kP256).spki);
  EXPECT_EQ(InForm(SpkiForm::kLongLength, Bytes{0x05, 0x00}), (Bytes{0x05, 0x00}));
}

// BoringSSL takes explicit parameters for the named curve only if every one of them is the curve's own: so they are
// written rightly, and one of them is not where a forger chose it.
TEST(SpkiForm, WritesTheParametersOfP256AsTheyAreAndTheForgersGeneratorAsItIsNot) {
  EXPECT_NE(InForm(SpkiForm::kExplicitCurve, KeyOf(KeyType::kP256).spki), KeyOf(KeyType::kP256).spki);
  EXPECT_FALSE(LibraryReads(InForm(SpkiForm::kCurveBall, KeyOf(KeyType::kP256).spki)));
}

TEST(SpkiForm, MakesKeysThatAStrictParserRefuses) {
  EXPECT_TRUE(LibraryReads(KeyOf(KeyType::kRsa2048).spki));
  EXPECT_FALSE(LibraryReads(InForm(SpkiForm::kNoParameters, KeyOf(KeyType::kRsa2048).spki)));
  EXPECT_FALSE(LibraryReads(InForm(SpkiForm::kLongLength, KeyOf(KeyType::kRsa2048).spki)));
}

// The last 65 octets of a P-256 SubjectPublicKeyInfo are the point.
Bytes PointOf(const Bytes& spki) { return {spki.end() - 65, spki.end()}; }

// Verifies with P-256's field and curve, and whatever generator is asked for.
bool VerifiesWithGenerator(const Bytes& generator, const Bytes& point, ByteView message, const Bytes& signature) {
  const bssl::UniquePtr<EC_GROUP> named(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const bssl::UniquePtr<BIGNUM> p(BN_new()), a(BN_new()), b(BN_new());
  if (!EC_GROUP_get_curve_GFp(named.get(), p.get(), a.get(), b.get(), nullptr)) {
    return false;
  }
  const bssl::UniquePtr<EC_GROUP> group(EC_GROUP_new_curve_GFp(p.get(), a.get(), b.get(), nullptr));
  const bssl::UniquePtr<EC_POINT> base(EC_POINT_new(group.get()));
  const bssl::UniquePtr<BIGNUM> one(BN_new());
  if (!EC_POINT_oct2point(group.get(), base.get(), generator.data(), generator.size(), nullptr) || !BN_one(one.get()) ||
      !EC_GROUP_set_generator(group.get(), base.get(), EC_GROUP_get0_order(named.get()), one.get())) {
    return false;
  }
  const bssl::UniquePtr<EC_KEY> key(EC_KEY_new());
  const bssl::UniquePtr<EC_POINT> pub(EC_POINT_new(group.get()));
  if (!EC_KEY_set_group(key.get(), group.get()) ||
      !EC_POINT_oct2point(group.get(), pub.get(), point.data(), point.size(), nullptr) ||
      !EC_KEY_set_public_key(key.get(), pub.get())) {
    return false;
  }
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(message.data(), message.size(), digest);
  const bool verified = ECDSA_verify(0, digest, sizeof digest, signature.data(), signature.size(), key.get()) == 1;
  ERR_clear_error();
  return verified;
}

TEST(KeyOne, SignsForWhoeverTakesThePointForTheGeneratorAndForNobodyElse) {
  const Bytes spki = KeyOf(KeyType::kP256).spki;
  const Bytes point = PointOf(spki), message = ToBytes("the leaf of a forger");
  const auto signature = SignWithKeyOne(spki, message);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(VerifiesWithGenerator(point, point, message, *signature));
  EXPECT_FALSE(VerifiesWithGenerator(point, point, ToBytes("another leaf"), *signature));
  const bssl::UniquePtr<EC_GROUP> named(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Bytes usual(65);
  ASSERT_EQ(EC_POINT_point2oct(named.get(), EC_GROUP_get0_generator(named.get()), POINT_CONVERSION_UNCOMPRESSED,
                               usual.data(), usual.size(), nullptr),
            usual.size());
  EXPECT_FALSE(VerifiesWithGenerator(usual, point, message, *signature));
}

TEST(KeyOne, SignsForP256Only) {
  EXPECT_FALSE(SignWithKeyOne(KeyOf(KeyType::kP384).spki, Bytes{1}));
  EXPECT_FALSE(SignWithKeyOne(Bytes{}, Bytes{1}));
}

}  // namespace
}  // namespace certs

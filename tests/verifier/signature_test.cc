// Algorithms and keys: which AlgorithmIdentifiers and SubjectPublicKeyInfos are taken, by their DER.
#include "lab/verifier/signature.h"

#include <gtest/gtest.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <string>

#include "certs/der.h"

namespace {

using certs::Bytes;
using certs::ByteView;
using namespace certs::der;  // NOLINT: reads as ASN.1 does
using Standing = verifier::SignatureAlgorithm::Standing;

const char* const kSha256 = "2.16.840.1.101.3.4.2.1";
const char* const kSha384 = "2.16.840.1.101.3.4.2.2";
const char* const kSha256Rsa = "1.2.840.113549.1.1.11";
const char* const kPss = "1.2.840.113549.1.1.10";
const char* const kMgf1 = "1.2.840.113549.1.1.8";
const char* const kEcdsaSha256 = "1.2.840.10045.4.3.2";

Standing StandingOf(const Bytes& identifier) { return verifier::ReadSignatureAlgorithm(identifier).standing; }
Bytes Hash(const char* oid) { return Sequence({Oid(oid), Null()}); }

Bytes Pss(const Bytes& hash, const Bytes& mgf_hash, int salt, const Bytes& trailer = {}) {
  const Bytes mgf = Sequence({Oid(kMgf1), mgf_hash});
  return Sequence({Oid(kPss), Sequence({ContextConstructed(0, hash), ContextConstructed(1, mgf),
                                        ContextConstructed(2, Integer(salt)), trailer})});
}

TEST(SignatureAlgorithm, TakesNullOrNothingForRsaAndNothingForEcdsa) {
  EXPECT_EQ(StandingOf(Sequence({Oid(kSha256Rsa), Null()})), Standing::kGood);
  EXPECT_EQ(StandingOf(Sequence({Oid(kSha256Rsa)})), Standing::kGood);
  EXPECT_EQ(StandingOf(Sequence({Oid(kSha256Rsa), Integer(1)})), Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Sequence({Oid(kEcdsaSha256)})), Standing::kGood);
  EXPECT_EQ(StandingOf(Sequence({Oid(kEcdsaSha256), Null()})), Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Sequence({Oid("1.3.101.112")})), Standing::kGood);
  EXPECT_EQ(StandingOf(Sequence({Oid("1.3.101.112"), Null()})), Standing::kUnsupported);
}

TEST(SignatureAlgorithm, TakesPssWithOneHashAndASaltOfItsLength) {
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha256), 32)), Standing::kGood);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha384), Hash(kSha384), 48)), Standing::kGood);
  EXPECT_EQ(StandingOf(Pss(Sequence({Oid(kSha256)}), Hash(kSha256), 32)), Standing::kGood);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha384), 32)), Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha256), 20)), Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha256), 33)), Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha256), 32, ContextConstructed(3, Integer(2)))),
            Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Pss(Hash(kSha256), Hash(kSha256), 32, ContextConstructed(3, Integer(1)))),
            Standing::kUnsupported);
  EXPECT_EQ(StandingOf(Sequence({Oid(kPss), Sequence(ByteView{})})), Standing::kWeak);  // all defaults: SHA-1
  EXPECT_EQ(StandingOf(Sequence({Oid(kPss)})), Standing::kUnsupported);
}

TEST(SignatureAlgorithm, CallsOldDigestsWeakAndStrangersUnsupported) {
  for (const char* weak : {"1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4",
                           "1.2.840.113549.1.1.5", "1.3.14.3.2.29"}) {
    EXPECT_EQ(StandingOf(Sequence({Oid(weak), Null()})), Standing::kWeak) << weak;
  }
  EXPECT_EQ(StandingOf(Sequence({Oid("1.2.840.10045.4.1")})), Standing::kWeak);
  for (const char* strange : {"1.2.840.113549.1.1.14", "1.2.840.10045.4.3.1", "1.3.101.113", "1.3.6.1.4.1.55738.1.1"}) {
    EXPECT_EQ(StandingOf(Sequence({Oid(strange)})), Standing::kUnsupported) << strange;
  }
}

// An RSA SubjectPublicKeyInfo whose modulus has that many bits (and is odd), with that exponent.
Bytes RsaKey(int bits, int exponent) {
  Bytes modulus(static_cast<size_t>((bits + 7) / 8), 0xff);
  modulus.front() = static_cast<uint8_t>(0xff >> (8 - (bits - 1) % 8 - 1));
  if ((modulus.front() & 0x80) != 0) {
    modulus.insert(modulus.begin(), 0x00);
  }
  const Bytes key = Sequence({IntegerWithContent(modulus), Integer(exponent)});
  return Sequence({Sequence({Oid("1.2.840.113549.1.1.1"), Null()}), BitString(key)});
}

Bytes EcKey(const Bytes& parameters, const Bytes& point) {
  return Sequence({Sequence({Oid("1.2.840.10045.2.1"), parameters}), BitString(point)});
}

TEST(ParseKey, WantsRsaOf2048BitsAndWholeOctets) {
  EXPECT_FALSE(verifier::ParseKey(RsaKey(2048, 65537)).weak);
  EXPECT_NE(verifier::ParseKey(RsaKey(2048, 65537)).key, nullptr);
  EXPECT_TRUE(verifier::ParseKey(RsaKey(2047, 65537)).weak);
  EXPECT_TRUE(verifier::ParseKey(RsaKey(2040, 65537)).weak);
  EXPECT_TRUE(verifier::ParseKey(RsaKey(2049, 65537)).weak);
  EXPECT_FALSE(verifier::ParseKey(RsaKey(3072, 65537)).weak);
  EXPECT_TRUE(verifier::ParseKey(RsaKey(1024, 65537)).weak);
}

TEST(ParseKey, WantsAnOddExponentAboveOne) {
  EXPECT_NE(verifier::ParseKey(RsaKey(2048, 3)).key, nullptr);
  EXPECT_EQ(verifier::ParseKey(RsaKey(2048, 1)).key, nullptr);
  EXPECT_EQ(verifier::ParseKey(RsaKey(2048, 65536)).key, nullptr);
}

// Whether the library takes these octets for a public key, and for nothing more.
bool LibraryTakes(const Bytes& spki) {
  CBS octets;
  CBS_init(&octets, spki.data(), spki.size());
  const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&octets));
  ERR_clear_error();
  return key != nullptr && CBS_len(&octets) == 0;
}

// A key that is loaded on demand is one that the library has not been asked about.
TEST(ParseKey, TakesAnRsaKeyIfTheLibraryDoes) {
  const auto agree = [](const Bytes& spki) {
    const verifier::ParsedKey parsed = verifier::ParseKey(spki);
    const bool taken = parsed.key != nullptr;
    return taken == LibraryTakes(spki) && taken == (parsed.key.get() != nullptr) && taken == parsed.complaint.empty();
  };
  for (const int bits : {1024, 2040, 2047, 2048, 2049, 2056, 3072, 4096, 8184, 8192, 8200, 16384}) {
    for (const int exponent : {-3, 0, 1, 2, 3, 5, 127, 128, 129, 255, 257, 32767, 32769, 65536, 65537, 0x7fffffff}) {
      EXPECT_TRUE(agree(RsaKey(bits, exponent))) << bits << " bits, exponent " << exponent;
    }
  }
  const Bytes good = RsaKey(2048, 65537);
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int octet : {0x00, 0x01, 0x02, 0x03, 0x05, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xff}) {
      Bytes changed = good;
      changed[at] = static_cast<uint8_t>(octet);
      EXPECT_TRUE(agree(changed)) << octet << " at " << at;
    }
    EXPECT_TRUE(agree(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)))) << at;
  }
}

TEST(ParseKey, SaysTheStrengthOfAKeyBeforeAndAfterItIsLoaded) {
  for (const int bits : {2047, 2048, 2049, 2056, 4096, 8192}) {
    const Bytes spki = RsaKey(bits, 65537);
    const verifier::ParsedKey parsed = verifier::ParseKey(spki);
    ASSERT_NE(parsed.key.get(), nullptr) << bits;
    const auto loaded = static_cast<int>(RSA_bits(EVP_PKEY_get0_RSA(parsed.key.get())));
    EXPECT_EQ(loaded, bits);
    EXPECT_EQ(parsed.weak, bits < 2048 || bits % 8 != 0) << bits;
  }
}

TEST(ParseKey, WantsANamedCurveAndAPointOnIt) {
  Bytes off_curve(65, 0x01);
  off_curve.front() = 0x04;
  EXPECT_EQ(verifier::ParseKey(EcKey(Oid("1.2.840.10045.3.1.7"), off_curve)).key, nullptr);
  EXPECT_EQ(verifier::ParseKey(EcKey(Oid("1.2.840.10045.3.1.7"), Bytes{0x00})).key, nullptr);  // the point at infinity
  EXPECT_TRUE(verifier::ParseKey(EcKey(Oid("1.2.840.10045.3.1.1"), off_curve)).weak);
  const auto explicit_curve = verifier::ParseKey(EcKey(Sequence({Integer(1)}), off_curve));
  EXPECT_EQ(explicit_curve.key, nullptr);
  EXPECT_FALSE(explicit_curve.weak);
}

TEST(ParseKey, SaysWhatIsWrongWithAnything) {
  for (const Bytes& spki :
       {Bytes{}, Null(), Sequence(ByteView{}), Sequence({Sequence({Oid("1.2.840.10040.4.1")}), BitString({})}),
        Sequence({Sequence({Oid("1.2.840.113549.1.1.1"), Null()}), BitString({})})}) {
    const verifier::ParsedKey parsed = verifier::ParseKey(spki);
    EXPECT_EQ(parsed.key, nullptr);
    EXPECT_FALSE(parsed.complaint.empty());
  }
}

}  // namespace

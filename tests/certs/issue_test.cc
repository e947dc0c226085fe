// Good chains, and what issuing them costs. Faults are issue_fault_test.cc.
#include "certs/issue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <set>
#include <thread>

#include "certs/der.h"
#include "certs/issue_memo.h"
#include "certs/legacy_digest.h"
#include "tests/certs/issuing.h"

namespace certs {
namespace {

using testing::ElementsAre;

// X509_verify_cert of the presented chain at `now`, as a TLS client would call it; the error, X509_V_OK when accepted.
int LibraryVerdict(const IssuedChain& chain, int64_t now) {
  bssl::UniquePtr<X509_STORE> store(X509_STORE_new());
  for (const Bytes& anchor : chain.trusted) {
    X509_STORE_add_cert(store.get(), Parse(anchor).get());
  }
  bssl::UniquePtr<STACK_OF(X509)> untrusted(sk_X509_new_null());
  for (const Bytes& certificate : chain.presented) {
    bssl::PushToStack(untrusted.get(), Parse(certificate));
  }
  const auto leaf = Parse(chain.presented.at(0));
  bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), untrusted.get());
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, now);
  X509_VERIFY_PARAM_set1_host(param, kBobHost.data(), kBobHost.size());
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(GoodChain, IsAcceptedByTheLibrary) { EXPECT_EQ(LibraryVerdict(*IssueNew(GoodChain()), kNow), X509_V_OK); }

TEST(GoodChain, IsRefusedByTheLibraryAfterItsTime) {
  EXPECT_EQ(LibraryVerdict(*IssueNew(GoodChain()), kNow + 31 * 86400), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST(GoodChain, IsAcceptedByTheLibraryWithEveryUsualKeyType) {
  for (KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kP521, KeyType::kRsa2048, KeyType::kRsa4096}) {
    ChainSpec spec = GoodChain();
    for (CertSpec& node : spec.certs) {
      node.key.type = type;
    }
    EXPECT_EQ(LibraryVerdict(*IssueNew(spec), kNow), X509_V_OK) << Name(type);
  }
}

TEST(GoodChain, CannotVouchForNamesOutsideTheLab) {
  ChainSpec spec = GoodChain();
  spec.leaf().san->names.push_back(Dns("mail.example.com"));
  EXPECT_EQ(LibraryVerdict(*IssueNew(spec), kNow), X509_V_ERR_PERMITTED_VIOLATION);
}

TEST(GoodChain, PresentsLeafAndIntermediateAndTrustsTheRoot) {
  const auto chain = IssueNew(GoodChain());
  EXPECT_THAT(chain->presented, ElementsAre(chain->nodes.at("leaf"), chain->nodes.at("intermediate")));
  EXPECT_THAT(chain->trusted, ElementsAre(chain->nodes.at("root")));
}

TEST(GoodChain, SignsTheHandshakeWithTheLeafsKey) {
  const auto chain = IssueNew(GoodChain());
  EXPECT_EQ(X509_check_private_key(Parse(chain->presented[0]).get(), chain->key.get()), 1);
  EXPECT_EQ(chain->key_type, KeyType::kP256);
}

TEST(GoodChain, HoldsTheNodesThatAttacksNeed) {
  const ChainSpec spec = GoodChain();
  EXPECT_EQ(spec.At("fake-root").subject, spec.At("root").subject);
  EXPECT_NE(spec.At("fake-root").key, spec.At("root").key);
  EXPECT_EQ(spec.At("eve-intermediate").issuer, "eve-root");
  EXPECT_EQ(spec.Find("nobody"), nullptr);
}

TEST(Issue, SignsOnlyWhatIsPresentedTrustedOrNeeded) {
  EXPECT_THAT(IssueNew(GoodChain())->nodes,
              ElementsAre(testing::Key("intermediate"), testing::Key("leaf"), testing::Key("root")));
}

TEST(Issue, GivesTheSameTbsBytesForTheSameSpecRingAndTime) {
  const auto first = IssueNew(GoodChain());
  const auto second = IssueNew(GoodChain());
  for (const auto& [name, der] : first->nodes) {
    EXPECT_EQ(Split(der).tbs, Split(second->nodes.at(name)).tbs) << name;
    EXPECT_NE(Split(der).tbs, Bytes{});
  }
}

TEST(Issue, GivesTheSameCertificateWhereSignaturesAreDeterministic) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kRsa2048}) {
    ChainSpec spec = GoodChain();
    spec.intermediate().key.type = type;
    EXPECT_EQ(Leaf(spec), Leaf(spec)) << Name(type);
  }
}

TEST(Issue, GivesOtherKeysOnAnotherRing) {
  const auto one = IssueNew(GoodChain(), KeyRing::Random());
  const auto other = IssueNew(GoodChain(), KeyRing::Random());
  EXPECT_NE(Split(one->trusted[0]).tbs, Split(other->trusted[0]).tbs);
}

TEST(Issue, DerivesASerialOf16PositiveOctetsThatNoOtherCertificateHas) {
  std::vector<Bytes> serials;
  const auto chain = IssueNew(GoodChain());
  for (const auto& [name, der] : chain->nodes) {
    const auto certificate = Parse(der);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
    serials.emplace_back(ASN1_STRING_get0_data(serial), ASN1_STRING_get0_data(serial) + ASN1_STRING_length(serial));
    EXPECT_EQ(serials.back().size(), 16U) << name;
    EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER) << name;  // V_ASN1_NEG_INTEGER were it negative
  }
  EXPECT_EQ(std::set(serials.begin(), serials.end()).size(), 3U);
}

TEST(Issuer, SignsACertificateOnceHoweverManyChainsHoldIt) {
  Issuer issuer(TestRing(), kNow);
  const auto first = issuer.Issue(GoodChain());
  EXPECT_EQ(issuer.signatures_made(), 3U);
  EXPECT_EQ(*issuer.Issue(GoodChain()), *first);  // the same object
  EXPECT_EQ(issuer.signatures_made(), 3U);

  ChainSpec edited = GoodChain();
  edited.leaf().not_after.from_now = std::chrono::seconds(-1);
  const auto second = issuer.Issue(edited);
  EXPECT_EQ(issuer.signatures_made(), 4U);
  EXPECT_EQ((*second)->trusted, (*first)->trusted);
}

// Chains of as many certificates of their own as make the issuer give up what it remembers.
void MakeItForget(Issuer& issuer) {
  const uint64_t before = issuer.signatures_made();
  ChainSpec chain = GoodChain();
  const CertSpec leaf = chain.leaf();
  for (int i = 0; i < 100; ++i) {
    CertSpec& other = chain.certs.emplace_back(leaf);
    other.name = "other-" + std::to_string(i);
    chain.presented.push_back(other.name);
  }
  for (int days = 1; issuer.signatures_made() < before + 8400; ++days) {
    for (CertSpec& cert : chain.certs) {
      if (cert.name.starts_with("other-")) {
        cert.not_after.from_now = std::chrono::days(days);
      }
    }
    ASSERT_TRUE(issuer.Issue(chain));
  }
}

TEST(Issuer, ForgetsChainsWithTheirCertificates) {
  Issuer issuer(TestRing(), kNow);
  ASSERT_TRUE(issuer.Issue(GoodChain()));
  MakeItForget(issuer);
  ChainSpec other = GoodChain();
  other.leaf().not_after.from_now = std::chrono::seconds(-1);
  const auto one = issuer.Issue(GoodChain()), two = issuer.Issue(other);
  ASSERT_TRUE(one && two);
  EXPECT_EQ((*one)->trusted, (*two)->trusted);  // an ECDSA signature made anew would be another
}

// However full its memory is when it begins.
TEST(Issuer, GivesChainsThatAreIssuedTogetherTheSameCertificates) {
  Issuer issuer(TestRing(), kNow);
  MakeItForget(issuer);
  for (int i = 0; i < 8400; ++i) {  // each chain one more in its memory
    ChainSpec one = GoodChain(), two = GoodChain();
    one.leaf().raw_certificate = Bytes{0x30, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    two.leaf().raw_certificate = Bytes{0x31, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    if (i == 6000) {  // its memory is full behind every second chain so far; from here on between the two
      ASSERT_TRUE(issuer.Issue(GoodChain()));
    }
    const auto chains = issuer.IssueTogether({&one, &two});
    ASSERT_TRUE(chains);
    ASSERT_EQ((*chains)[0]->trusted, (*chains)[1]->trusted) << i;
  }
}

TEST(Issuer, SaysWhichOfSeveralChainsCannotBeIssued) {
  Issuer issuer(TestRing(), kNow);
  ChainSpec good = GoodChain(), bad = GoodChain();
  bad.presented.emplace_back("nobody");
  const auto chains = issuer.IssueTogether({&good, &bad});
  ASSERT_FALSE(chains);
  EXPECT_EQ(chains.error().code, ErrorCode::kBadInput);
  EXPECT_NE(chains.error().detail.find("nobody"), std::string::npos);
}

TEST(Issuer, SignsALeafAnewWhenItsIssuersNameOrKeyChanges) {
  Issuer issuer(TestRing(), kNow);
  ASSERT_TRUE(issuer.Issue(GoodChain()));
  ChainSpec renamed = GoodChain();
  renamed.intermediate().subject = CommonName("Another");
  ASSERT_TRUE(issuer.Issue(renamed));
  EXPECT_EQ(issuer.signatures_made(), 5U);
}

TEST(Issuer, SignsOnceForThreadsThatAskAtTheSameTime) {
  Issuer issuer(TestRing(), kNow);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(issuer.Issue(GoodChain())); });
    }
  }
  EXPECT_EQ(issuer.signatures_made(), 3U);
}

// ---- signatures ----

struct Algorithm {
  SigAlg alg;
  KeyType signer;
  const EVP_MD* (*digest)();
};
constexpr Algorithm kAlgorithms[] = {
    {SigAlg::kEcdsaSha256, KeyType::kP256, EVP_sha256},     {SigAlg::kEcdsaSha384, KeyType::kP384, EVP_sha384},
    {SigAlg::kEcdsaSha512, KeyType::kP521, EVP_sha512},     {SigAlg::kEcdsaSha1, KeyType::kP256, EVP_sha1},
    {SigAlg::kEcdsaSha256, KeyType::kP224, EVP_sha256},     {SigAlg::kRsaSha256, KeyType::kRsa2048, EVP_sha256},
    {SigAlg::kRsaSha384, KeyType::kRsa3072, EVP_sha384},    {SigAlg::kRsaSha512, KeyType::kRsa4096, EVP_sha512},
    {SigAlg::kRsaSha256, KeyType::kRsa512, EVP_sha256},     {SigAlg::kRsaSha256, KeyType::kRsa768, EVP_sha256},
    {SigAlg::kRsaSha256, KeyType::kRsa1024, EVP_sha256},    {SigAlg::kRsaSha256, KeyType::kRsa8192, EVP_sha256},
    {SigAlg::kRsaSha1, KeyType::kRsa2048, EVP_sha1},        {SigAlg::kRsaMd5, KeyType::kRsa2048, EVP_md5},
    {SigAlg::kRsaMd4, KeyType::kRsa2048, nullptr},          {SigAlg::kRsaMd2, KeyType::kRsa2048, nullptr},
    {SigAlg::kRsaPssSha256, KeyType::kRsa2048, EVP_sha256}, {SigAlg::kRsaPssSha384, KeyType::kRsa2048, EVP_sha384},
    {SigAlg::kRsaPssSha512, KeyType::kRsa2048, EVP_sha512}, {SigAlg::kEd25519, KeyType::kEd25519, nullptr},
};

class EveryAlgorithm : public testing::TestWithParam<Algorithm> {
 protected:
  EveryAlgorithm() {
    ChainSpec spec = GoodChain();
    spec.intermediate().key.type = GetParam().signer;
    spec.leaf().signature = GetParam().alg;
    chain_ = IssueNew(spec);
    fields_ = Split(chain_->nodes.at("leaf"));
    signer_.reset(X509_get_pubkey(Parse(chain_->nodes.at("intermediate")).get()));
  }

  static bool IsPss() {
    const SigAlg alg = GetParam().alg;
    return alg == SigAlg::kRsaPssSha256 || alg == SigAlg::kRsaPssSha384 || alg == SigAlg::kRsaPssSha512;
  }

  bool VerifiesWithEvp() const {
    bssl::ScopedEVP_MD_CTX context;
    EVP_PKEY_CTX* options = nullptr;
    const EVP_MD* digest = GetParam().digest == nullptr ? nullptr : GetParam().digest();
    if (!EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, signer_.get())) {
      return false;
    }
    if (IsPss() && (!EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) ||
                    !EVP_PKEY_CTX_set_rsa_pss_saltlen(options, static_cast<int>(EVP_MD_size(digest))))) {
      return false;
    }
    return EVP_DigestVerify(context.get(), fields_.signature.data(), fields_.signature.size(), fields_.tbs.data(),
                            fields_.tbs.size()) == 1;
  }

  // The octets that the RSA signature covers, with the PKCS #1 padding checked and taken off.
  Bytes Recovered() const {
    RSA* rsa = EVP_PKEY_get0_RSA(signer_.get());
    Bytes out(RSA_size(rsa));
    size_t size = 0;
    const bool ok = RSA_verify_raw(rsa, &size, out.data(), out.size(), fields_.signature.data(),
                                   fields_.signature.size(), RSA_PKCS1_PADDING) == 1;
    out.resize(ok ? size : 0);
    return out;
  }

  std::shared_ptr<const IssuedChain> chain_;
  Fields fields_;
  bssl::UniquePtr<EVP_PKEY> signer_;
};

INSTANTIATE_TEST_SUITE_P(Signatures, EveryAlgorithm, testing::ValuesIn(kAlgorithms), [](const auto& test) {
  std::string name = std::string(Name(test.param.alg)) + "_" + std::string(Name(test.param.signer));
  std::ranges::replace(name, '-', '_');
  return name;
});

// DigestInfo ::= SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING }; the OIDs are md2 and md4 of RSADSI's digest arc.
Bytes HandMadeDigestInfo(uint8_t oid_end, ByteView digest) {
  Bytes info = {0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, oid_end, 5, 0, 4, 16};
  Append(info, digest);
  return info;
}

TEST_P(EveryAlgorithm, MakesASignatureThatItsKeyVerifies) {
  if (GetParam().alg == SigAlg::kRsaMd2) {  // beyond the library: compare what the signature covers
    EXPECT_EQ(Recovered(), HandMadeDigestInfo(2, Md2(fields_.tbs)));
  } else if (GetParam().alg == SigAlg::kRsaMd4) {
    EXPECT_EQ(Recovered(), HandMadeDigestInfo(4, Md4(fields_.tbs)));
  } else {
    EXPECT_TRUE(VerifiesWithEvp());
  }
}

TEST_P(EveryAlgorithm, SaysTheSameInsideAndOutside) {
  const auto leaf = Parse(chain_->nodes.at("leaf"));
  ASSERT_NE(leaf, nullptr);
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, leaf.get());
  EXPECT_EQ(X509_ALGOR_cmp(X509_get0_tbs_sigalg(leaf.get()), outer), 0);
}

TEST_P(EveryAlgorithm, IsAcceptedByTheLibraryUnlessTheLibraryRefusesTheAlgorithmItself) {
  const SigAlg alg = GetParam().alg;
  if (alg == SigAlg::kRsaMd5) {
    GTEST_SKIP() << "releases of the library differ about MD5";
  }
  const bool refused = alg == SigAlg::kRsaMd2 || alg == SigAlg::kRsaMd4;
  EXPECT_EQ(X509_verify(Parse(chain_->nodes.at("leaf")).get(), signer_.get()) == 1, !refused);
}

TEST(DefaultSignature, SuitsTheSigningKey) {
  const std::pair<KeyType, Bytes> kExpected[] = {
      {KeyType::kP256, der::Sequence(der::Oid("1.2.840.10045.4.3.2"))},
      {KeyType::kP384, der::Sequence(der::Oid("1.2.840.10045.4.3.3"))},
      {KeyType::kP521, der::Sequence(der::Oid("1.2.840.10045.4.3.4"))},
      {KeyType::kRsa2048, der::Sequence({der::Oid("1.2.840.113549.1.1.11"), der::Null()})},
      {KeyType::kEd25519, der::Sequence(der::Oid("1.3.101.112"))},
  };
  for (const auto& [type, algorithm] : kExpected) {
    ChainSpec spec = GoodChain();
    spec.intermediate().key.type = type;
    EXPECT_EQ(Split(Leaf(spec)).algorithm, algorithm) << Name(type);
  }
}

// ---- what is remembered ----

TEST(CanonicalChain, IsMadeOfItsNodes) {
  const ChainSpec spec = GoodChain();
  const CanonicalChain chain(spec);
  Canonical whole(0);
  AppendCanonical(whole, spec);
  EXPECT_TRUE(std::ranges::equal(chain.whole(), whole.octets()));
  for (const CertSpec& node : spec.certs) {
    Canonical alone(0);
    AppendCanonical(alone, node);
    EXPECT_TRUE(std::ranges::equal(chain.Node(node), alone.octets())) << node.name;
  }
}

TEST(Remembered, ComparesKeysInFullWhereTheirHashesAreEqual) {
  const Bytes first = {1, 2}, second = {1, 3};
  MemoKey one(first), other(second);
  one.hash = other.hash = 7;
  Remembered<int> values;
  values.Keep(one, 1);
  EXPECT_EQ(values.Find(other), nullptr);
  values.Keep(other, 2);
  EXPECT_EQ(*values.Find(one), 1);
  EXPECT_EQ(*values.Find(other), 2);
}

// ---- PEM ----

TEST(Pem, IsReadBackByTheLibrary) {
  const auto chain = IssueNew(GoodChain());
  const std::string pem = CertificatesToPem(chain->presented);
  bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  for (const Bytes& expected : chain->presented) {
    bssl::UniquePtr<X509> read(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(X509_cmp(read.get(), Parse(expected).get()), 0);
  }
}

TEST(Pem, CarriesThePrivateKey) {
  const auto chain = IssueNew(GoodChain());
  const auto pem = PrivateKeyToPem(chain->key.get());
  ASSERT_TRUE(pem);
  bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  bssl::UniquePtr<EVP_PKEY> read(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(EVP_PKEY_cmp(read.get(), chain->key.get()), 1);
}

TEST(Pem, BreaksLinesAfter64Characters) {
  EXPECT_EQ(ToPem("X", Bytes(48, 0)), "-----BEGIN X-----\n" + std::string(64, 'A') + "\n-----END X-----\n");
  EXPECT_EQ(ToPem("X", Bytes{}), "-----BEGIN X-----\n-----END X-----\n");
}

}  // namespace
}  // namespace certs

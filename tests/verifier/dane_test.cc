// DANE by RFC 7672, row by row of the requirements (DN-1 ... DN-15).
#include "lab/verifier/dane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "lab/verifier/certificate.h"
#include "tests/verifier/issued_chain.h"

namespace verifier {
namespace {

using certs::ChainSpec;
using certs::Verdict;
using testing::IsEmpty;
using testing::SizeIs;
using verifier_test::Question;
using verifier_test::QuestionOf;
using enum certs::Reason;
using namespace std::chrono_literals;

constexpr uint8_t kTa = 2, kEe = 3;

Bytes Sha(ByteView data, uint8_t matching) {
  Bytes digest(data.begin(), data.end());
  if (matching == 1) {
    digest.resize(32);
    SHA256(data.data(), data.size(), digest.data());
  } else if (matching == 2) {
    digest.resize(64);
    SHA512(data.data(), data.size(), digest.data());
  }
  return digest;
}

// The record that vouches for a certificate.
TlsaRecord For(ByteView der, uint8_t usage, uint8_t selector, uint8_t matching) {
  const auto certificate = ParseCertificate(der);
  const ByteView selected = selector == 0 ? ByteView(certificate->der) : certificate->spki;
  return {usage, selector, matching, Sha(selected, matching)};
}

TlsaRecord Wrong(TlsaRecord record) {
  record.data.front() ^= 1;
  return record;
}

// Bob's chain with whatever is wrong with it, to be judged by records alone.
class Dane : public testing::Test {
 protected:
  Dane() {
    // Under DANE the anchors are nobody's business; the root is presented, as a server with DANE-TA must.
    chain_.presented = {"leaf", "intermediate", "root"};
  }

  ByteView Presented(size_t depth) {
    question_ = QuestionOf(chain_);
    question_.request.anchors.clear();
    return question_.request.chain[depth];
  }
  TlsaRecord Record(size_t depth, uint8_t usage, uint8_t selector, uint8_t matching) {
    return For(Presented(depth), usage, selector, matching);
  }
  VerifyResult Judge(const std::vector<TlsaRecord>& records) {
    VerifyRequest& request = question_.request;
    request.trust = {.mode = TrustMode::kDane, .tlsa = records, .further_names = further_names_};
    return Verify(request);
  }
  Verdict By(const std::vector<TlsaRecord>& records) { return Judge(records).verdict; }

  ChainSpec chain_ = certs::GoodChain();
  Question question_;
  std::vector<std::string> further_names_;
};

TEST_F(Dane, AcceptsEverySelectorAndMatchingTypeOfTheLeaf) {
  for (uint8_t selector = 0; selector < 2; ++selector) {
    for (uint8_t matching = 0; matching < 3; ++matching) {
      EXPECT_TRUE(By({Record(0, kEe, selector, matching)}).ok()) << int{selector} << " " << int{matching};
      EXPECT_EQ(By({Wrong(Record(0, kEe, selector, matching))}), (Verdict{kTlsaMismatch, 0}));
    }
  }
}

TEST_F(Dane, AcceptsEverySelectorAndMatchingTypeOfAnIssuer) {
  for (size_t depth = 1; depth < 3; ++depth) {
    for (uint8_t selector = 0; selector < 2; ++selector) {
      for (uint8_t matching = 0; matching < 3; ++matching) {
        EXPECT_TRUE(By({Record(depth, kTa, selector, matching)}).ok()) << depth << int{selector} << int{matching};
        EXPECT_EQ(By({Wrong(Record(depth, kTa, selector, matching))}), (Verdict{kTlsaMismatch, 0}));
      }
    }
  }
}

TEST_F(Dane, DoesNotTakeALeafForAnAnchorNorAnIssuerForALeaf) {
  EXPECT_EQ(By({Record(0, kTa, 1, 1)}), (Verdict{kTlsaMismatch, 0}));
  EXPECT_EQ(By({Record(1, kEe, 1, 1)}), (Verdict{kTlsaMismatch, 0}));
}

// DN-4, DN-5.
TEST_F(Dane, OfAnEndEntityOnlyTheKeyCounts) {
  const auto with = [&](auto edit) {
    chain_ = certs::GoodChain();
    edit(chain_.leaf());
    return By({Record(0, kEe, 1, 1)});
  };
  EXPECT_TRUE(with([](certs::CertSpec& leaf) { leaf.san.reset(); }).ok());
  EXPECT_TRUE(with([](certs::CertSpec& leaf) { leaf.not_after.from_now = -24h; }).ok());
  EXPECT_TRUE(with([](certs::CertSpec& leaf) { leaf.not_before.from_now = 24h; }).ok());
  EXPECT_TRUE(with([](certs::CertSpec& leaf) { leaf.issuer = "leaf"; }).ok());
  EXPECT_TRUE(with([](certs::CertSpec& leaf) { leaf.signature_fault = certs::SignatureFault::kFlipBit; }).ok());
}

// DN-6.
TEST_F(Dane, OfAnAnchoredLeafTheNameCounts) {
  chain_.leaf().san = certs::SubjectAltName{.names = {certs::Dns("bob.test")}};
  const TlsaRecord record = Record(2, kTa, 0, 1);
  EXPECT_EQ(By({record}), (Verdict{kNameMismatch, 0}));
  further_names_ = {"bob.test"};
  EXPECT_TRUE(By({record}).ok());
  further_names_ = {"alias.bob.test", "no name", "other.test"};
  EXPECT_EQ(By({record}), (Verdict{kNameMismatch, 0}));
}

// DN-7.
TEST_F(Dane, OfAnAnchoredLeafThePathCounts) {
  chain_.leaf().not_after.from_now = -24h;
  EXPECT_EQ(By({Record(2, kTa, 0, 1)}), (Verdict{kExpired, 0}));
  chain_ = certs::GoodChain();
  chain_.presented = {"leaf", "intermediate", "root"};
  chain_.root().basic_constraints->path_len = 0;
  EXPECT_EQ(By({Record(2, kTa, 0, 1)}).reason, kPathLenExceeded);
}

TEST_F(Dane, AnAnchorThatIsNotSentIsNone) {
  const TlsaRecord root = Record(2, kTa, 0, 1);
  chain_.presented = {"leaf", "intermediate"};
  Presented(0);
  EXPECT_EQ(By({root}), (Verdict{kTlsaMismatch, 0}));
}

TEST_F(Dane, AnAnchorBesideThePathVouchesForNobody) {
  chain_.presented = {"leaf", "intermediate", "eve-root"};
  EXPECT_EQ(By({Record(2, kTa, 0, 1)}).reason, kUnknownIssuer);
}

// DN-3.
TEST_F(Dane, WhereNoRecordIsUsableAnyCertificateWillDo) {
  const TlsaRecord good = Record(0, kEe, 1, 1);
  const std::vector<TlsaRecord> unusable = {{0, 1, 1, good.data},   {1, 1, 1, good.data}, {4, 1, 1, good.data},
                                            {255, 1, 1, good.data}, {3, 2, 1, good.data}, {3, 1, 3, good.data},
                                            {3, 1, 2, good.data},   {3, 1, 1, Bytes(31)}, {3, 1, 1, Bytes(33)},
                                            {3, 1, 0, {}},          {3, 1, 1, {}},        {3, 1, 1, Bytes(64)}};
  for (const TlsaRecord& record : unusable) {
    EXPECT_FALSE(IsUsable(record));
  }
  const VerifyResult result = Judge(unusable);
  EXPECT_TRUE(result.verdict.ok());
  EXPECT_TRUE(result.unauthenticated);
  // One usable record, and it must match.
  std::vector<TlsaRecord> and_one = unusable;
  and_one.push_back(Wrong(good));
  EXPECT_EQ(By(and_one), (Verdict{kTlsaMismatch, 0}));
  EXPECT_FALSE(Judge({good}).unauthenticated);
}

// DN-12, RFC 7671 9: the example there.
TEST_F(Dane, TheStrongestDigestCountsAndTheWholeAlways) {
  const TlsaRecord right256 = Record(0, kEe, 1, 1), right512 = Record(0, kEe, 1, 2), right_whole = Record(0, kEe, 1, 0);
  EXPECT_EQ(By({right256, Wrong(right512)}), (Verdict{kTlsaMismatch, 0}));
  EXPECT_TRUE(By({Wrong(right256), right512}).ok());
  EXPECT_TRUE(By({right_whole, Wrong(right512)}).ok());
  // Another selector is another choice.
  EXPECT_TRUE(By({right256, Wrong(Record(0, kEe, 0, 2))}).ok());
  // A record that nobody can use outdoes none.
  TlsaRecord broken = right512;
  broken.data.pop_back();
  EXPECT_TRUE(By({right256, broken}).ok());
}

// DN-13.
TEST_F(Dane, OneOfSeveralIsEnoughWhateverTheOthersAre) {
  const TlsaRecord root = Record(2, kTa, 0, 1);
  EXPECT_TRUE(By({{0, 0, 1, root.data}, root}).ok());
  EXPECT_TRUE(By({Wrong(root), Record(1, kTa, 1, 2), Wrong(Record(0, kEe, 1, 1))}).ok());
}

TEST_F(Dane, TheRecordsOfAHostileZoneAreBounded) {
  const TlsaRecord right = Record(0, kEe, 1, 1);
  std::vector<TlsaRecord> many(60'000, Wrong(right));
  EXPECT_THAT(EffectiveRecords(many), SizeIs(100));
  EXPECT_EQ(By(many), (Verdict{kTlsaMismatch, 0}));
}

TEST_F(Dane, SomethingThatIsNoCertificateMatchesNothing) {
  const TlsaRecord right = Record(0, kEe, 0, 1);
  const Bytes junk = certs::ToBytes("junk");
  question_.request.chain = {junk};
  EXPECT_EQ(By({right}), (Verdict{kMalformedCertificate, 0}));
  question_.request.chain = {};
  EXPECT_EQ(By({right}), (Verdict{kNoCertificate, 0}));
}

TEST_F(Dane, WithoutAuthenticationAnyCertificateWillDo) {
  Presented(0);
  question_.request.reference = "mail.eve.test";
  question_.request.trust.mode = TrustMode::kUnauthenticated;
  const VerifyResult result = Verify(question_.request);
  EXPECT_TRUE(result.verdict.ok());
  EXPECT_TRUE(result.unauthenticated);
}

}  // namespace
}  // namespace verifier

// Which path is found: through cross-signed meshes, past bad candidates, and within bounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "certs/spec.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::CertSpec;
using certs::ChainSpec;
using enum certs::Reason;
using certs::Verdict;
using verifier_test::Ca;
using verifier_test::QuestionOf;

// The good leaf, issued by the node `issuer`; `others` are presented behind it, `trusted` are the anchors.
ChainSpec Graph(std::string_view issuer, std::vector<CertSpec> certificates, std::vector<std::string> others,
                std::vector<std::string> trusted) {
  ChainSpec chain;
  CertSpec leaf = certs::GoodChain().leaf();
  leaf.issuer = issuer;
  chain.certs = std::move(certificates);
  chain.certs.push_back(std::move(leaf));
  chain.presented = std::move(others);
  chain.presented.insert(chain.presented.begin(), "leaf");
  chain.trusted = std::move(trusted);
  return chain;
}

certs::TimeSpec Yesterday() { return {std::chrono::hours(-24)}; }

verifier::VerifyResult ResultOf(const ChainSpec& chain) { return Verify(QuestionOf(chain).request); }

// Two certificates of one CA, the first by a root nobody trusts.
ChainSpec CrossSigned() {
  return Graph("by-trusted",
               {Ca("trusted", "trusted", "trusted"), Ca("unknown", "unknown", "unknown"),
                Ca("by-unknown", "unknown", "ca", "Cross CA"), Ca("by-trusted", "trusted", "ca", "Cross CA")},
               {"by-unknown", "by-trusted"}, {"trusted"});
}

TEST(Path, IsFoundBehindACrossCertificateOfAnUnknownRoot) { EXPECT_EQ(ResultOf(CrossSigned()).verdict, Verdict{}); }

// RFC 5280 6.1.1 d: an anchor is a name and a key; 4.1.1.2 is for certificates.
TEST(Path, EndsInAnAnchorWhateverAlgorithmsItNames) {
  ChainSpec chain = certs::GoodChain();
  chain.At("root").inner_algorithm = certs::SigAlg::kEcdsaSha384;
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
  chain.intermediate().inner_algorithm = certs::SigAlg::kEcdsaSha384;
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kSignatureAlgorithmMismatch, 1}));
  chain.trusted = {"intermediate"};
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

// One edge of the mesh is bad, in each way an edge can be.
using Edit = void (*)(CertSpec&);
class BadEdge : public testing::TestWithParam<Edit> {};

TEST_P(BadEdge, IsAvoidedWhereAnotherLeadsToAnAnchor) {
  ChainSpec chain = CrossSigned();
  chain.trusted = {"trusted", "unknown"};
  GetParam()(chain.At("by-unknown"));
  const verifier::VerifyResult result = ResultOf(chain);
  EXPECT_EQ(result.verdict, Verdict{});
  EXPECT_EQ(result.path, (std::vector<int>{0, 2, 3}));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadEdge,
    testing::Values([](CertSpec& ca) { ca.not_after = Yesterday(); },
                    [](CertSpec& ca) { ca.not_before = {std::chrono::hours(24)}; },
                    [](CertSpec& ca) { ca.basic_constraints->ca = false; },
                    [](CertSpec& ca) { ca.basic_constraints = std::nullopt; },
                    [](CertSpec& ca) { ca.key_usage->bits = certs::kCrlSign; },
                    [](CertSpec& ca) { ca.signature_fault = certs::SignatureFault::kFlipBit; },
                    [](CertSpec& ca) {
                      ca.extended_key_usage = certs::ExtendedKeyUsage{.purposes = {std::string(certs::kClientAuth)}};
                    },
                    [](CertSpec& ca) {
                      ca.name_constraints = certs::NameConstraints{.permitted = {certs::Dns("eve.test")}};
                    },
                    [](CertSpec& ca) { ca.extra_extensions.push_back({"1.3.6.1.4.1.55738.9", true, {0x05, 0x00}}); }));

// RFC 5280 4.1.2.6: of a CA, and a server's certificate that says it is one is one. A campaign found that it was not
// asked.
TEST(Subject, MustNotBeEmptyInAServersCertificateThatClaimsToBeACa) {
  ChainSpec chain = certs::GoodChain();
  chain.leaf().subject.clear();
  chain.leaf().san->critical = true;
  const auto has_defect = [](const ChainSpec& asked) {
    const verifier::VerifyResult result = ResultOf(asked);
    return std::ranges::any_of(
        result.defects, [](const verifier::Defect& defect) { return defect.verdict == Verdict{kEmptyCaSubject, 0}; });
  };
  EXPECT_FALSE(has_defect(chain));
  chain.leaf().basic_constraints = certs::BasicConstraints{.ca = true};
  EXPECT_TRUE(has_defect(chain));
}

TEST(Path, GoesToTheRightOneOfTwoAnchorsOfOneName) {
  const ChainSpec chain = Graph("right", {Ca("wrong", "wrong", "wrong", "Root"), Ca("right", "right", "right", "Root")},
                                {}, {"wrong", "right"});
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, GoesToTheValidOneOfTwoAnchorsOfOneKey) {
  CertSpec expired = Ca("expired", "expired", "root", "Root");
  expired.not_after = Yesterday();
  const ChainSpec chain = Graph("valid", {expired, Ca("valid", "valid", "root", "Root")}, {}, {"expired", "valid"});
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, EndsAtAnIntermediateThatIsAnAnchor) {
  ChainSpec chain = certs::GoodChain();
  chain.trusted = {"intermediate"};
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, LeavesACycleForTheRoot) {
  // a and b vouch for each other; a is a root as well.
  const ChainSpec chain = Graph("a1",
                                {Ca("a", "a", "a", "A"), Ca("a-by-b", "b-by-a", "a", "A"), Ca("b-by-a", "a", "b", "B"),
                                 Ca("a1", "a", "a1", "A1")},
                                {"a1", "a-by-b", "b-by-a"}, {"a"});
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, ThatOnlyGoesRoundInACycleHasNoIssuer) {
  ChainSpec chain = Graph("a-by-b",
                          {Ca("a-by-b", "b-by-a", "a", "A"), Ca("b-by-a", "a", "b", "B"), Ca("a", "a", "a", "A"),
                           Ca("other", "other", "other")},
                          {"a-by-b", "b-by-a"}, {"other"});
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kUnknownIssuer, 2}));
}

// root <- ca1 <- ca2 ... <- leaf
ChainSpec Long(int intermediates) {
  std::vector<CertSpec> certificates = {Ca("ca0", "ca0", "ca0")};
  std::vector<std::string> presented;
  for (int i = 1; i <= intermediates; ++i) {
    const std::string name = "ca" + std::to_string(i);
    certificates.push_back(Ca(name, "ca" + std::to_string(i - 1), name));
    presented.push_back(name);
  }
  return Graph("ca" + std::to_string(intermediates), certificates, presented, {"ca0"});
}

TEST(Path, MayBeAsLongAsTheLimitSays) {
  EXPECT_EQ(ResultOf(Long(10)).verdict, Verdict{});
  EXPECT_EQ(ResultOf(Long(11)).verdict, (Verdict{kPathTooLong, 11}));
}

TEST(Path, OfAHundredCasIsRefusedByTheLimitAndTakenWithoutIt) {
  const auto question = QuestionOf(Long(100));
  EXPECT_EQ(Verify(question.request).verdict, (Verdict{kPathTooLong, 11}));
  verifier::VerifyRequest request = question.request;
  request.max_intermediates = 100;
  request.max_signature_checks = 200;
  EXPECT_EQ(Verify(request).verdict, Verdict{});
}

TEST(Path, DoesNotCountSelfIssuedIntermediates) {
  ChainSpec chain =
      Graph("new",
            {Ca("root", "root", "root"), Ca("old", "root", "old", "Rolling CA"), Ca("new", "old", "new", "Rolling CA")},
            {"new", "old"}, {"root"});
  chain.At("old").basic_constraints->path_len = 0;
  auto question = QuestionOf(chain);
  question.request.max_intermediates = 1;
  EXPECT_EQ(Verify(question.request).verdict, Verdict{});
}

TEST(Path, IsHeldToThePathLenOfASelfIssuedCaToo) {
  ChainSpec chain = Graph("sub",
                          {Ca("root", "root", "root"), Ca("old", "root", "old", "Rolling CA"),
                           Ca("new", "old", "new", "Rolling CA"), Ca("sub", "new", "sub")},
                          {"new", "old", "sub"}, {"root"});
  chain.At("new").basic_constraints->path_len = 0;
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kPathLenExceeded, 1}));
}

TEST(Path, IsHeldToThePathLenOfTheAnchor) {
  ChainSpec chain = certs::GoodChain();
  chain.root().basic_constraints->path_len = 0;
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kPathLenExceeded, 1}));
  chain.root().basic_constraints->path_len = 1;
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, MayHavePathLensThatGrow) {
  ChainSpec chain = Long(2);
  chain.At("ca1").basic_constraints->path_len = 1;
  chain.At("ca2").basic_constraints->path_len = 2;
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});
}

TEST(Path, IsSoughtWithinASignatureBudget) {
  std::vector<CertSpec> certificates = {Ca("root", "root", "root"), Ca("right", "root", "right", "Popular CA")};
  std::vector<std::string> presented;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "decoy" + std::to_string(i);
    CertSpec decoy = Ca(name, "root", name, "Popular CA");
    decoy.subject_key_id = false;  // nothing tells it from the right one but its key
    certificates.push_back(std::move(decoy));
    presented.push_back(name);
  }
  presented.push_back("right");
  ChainSpec chain = Graph("right", certificates, presented, {"root"});
  chain.At("right").subject_key_id = false;
  chain.leaf().authority_key_id = false;
  const verifier::VerifyResult result = ResultOf(chain);
  EXPECT_EQ(result.verdict, (Verdict{kPathBudget, 0}));
  EXPECT_LE(result.signature_checks, 100);

  chain.At("right").subject_key_id = true;
  chain.leaf().authority_key_id = true;
  EXPECT_EQ(ResultOf(chain).verdict, Verdict{});  // the key identifier leads straight to it
}

TEST(Path, ThroughACompleteMeshIsBounded) {
  // Every CA vouches for every other; none is trusted.
  constexpr int kCas = 9;
  std::vector<CertSpec> certificates = {Ca("other", "other", "other")};
  std::vector<std::string> presented;
  for (int i = 0; i < kCas; ++i) {
    const std::string to = std::to_string(i);
    certificates.push_back(Ca("self" + to, "self" + to, "key" + to, "CA " + to));
    for (int j = 0; j < kCas; ++j) {
      if (i != j) {
        const std::string name = "x" + to + "by" + std::to_string(j);
        certificates.push_back(Ca(name, "self" + std::to_string(j), "key" + to, "CA " + to));
        presented.push_back(name);
      }
    }
  }
  const verifier::VerifyResult result = ResultOf(Graph("self0", certificates, presented, {"other"}));
  EXPECT_EQ(result.verdict, (Verdict{kPathBudget, 0}));
}

TEST(Path, IgnoresWhatDoesNotParse) {
  auto question = QuestionOf(certs::GoodChain());
  const certs::Bytes garbage = certs::ToBytes("garbage");
  question.request.chain.insert(question.request.chain.begin() + 1, garbage);
  question.request.chain.push_back({});
  question.request.anchors.insert(question.request.anchors.begin(), garbage);
  EXPECT_EQ(Verify(question.request).verdict, Verdict{});
}

TEST(Path, OfALeafThatIsAnAnchorIsTheLeafAlone) {
  ChainSpec chain = certs::GoodChain();
  chain.leaf().issuer = "leaf";
  chain.presented = {"leaf"};
  chain.trusted = {"leaf"};
  const verifier::VerifyResult result = ResultOf(chain);
  EXPECT_EQ(result.verdict, Verdict{});
  EXPECT_EQ(result.path, std::vector<int>{0});
  chain.leaf().not_after = Yesterday();
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kExpired, 0}));
}

TEST(Path, OfATamperedSelfSignedLeafHasABadSignature) {
  ChainSpec chain = certs::GoodChain();
  chain.leaf().issuer = "leaf";
  chain.presented = {"leaf"};
  chain.leaf().signature_fault = certs::SignatureFault::kFlipBit;
  EXPECT_EQ(ResultOf(chain).verdict, (Verdict{kSignatureInvalid, 0}));
}

TEST(Verify, WithoutACertificateSaysSo) {
  EXPECT_EQ(verifier::Verify({.reference = "mail.bob.test"}).verdict, (Verdict{kNoCertificate, 0}));
}

TEST(Verify, WithoutAReferenceRefuses) {
  auto question = QuestionOf(certs::GoodChain());
  question.request.reference = "";
  EXPECT_EQ(Verify(question.request).verdict, (Verdict{kInvalidReference, 0}));
}

TEST(Verify, SpendsOneSignatureCheckALink) { EXPECT_EQ(ResultOf(certs::GoodChain()).signature_checks, 2); }

TEST(Verify, StopsAtTheFirstDefectUnlessAskedForAll) {
  ChainSpec chain = certs::GoodChain();
  chain.leaf().not_after = Yesterday();
  chain.leaf().not_before = {std::chrono::hours(-48)};
  chain.leaf().san->names = {certs::Dns(certs::kEveHost)};
  auto question = QuestionOf(chain);
  EXPECT_EQ(Verify(question.request).defects.size(), 2U);
  question.request.collect_all = false;
  const verifier::VerifyResult first = Verify(question.request);
  EXPECT_EQ(first.defects.size(), 1U);
  EXPECT_EQ(first.verdict, (Verdict{kExpired, 0}));
}

}  // namespace

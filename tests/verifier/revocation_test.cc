// Revocation beyond the catalogue: the modes, statements that are cut and flipped, and ways around a revoked CA.
#include "lab/verifier/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "certs/catalogue.h"
#include "lab/verifier/crl.h"
#include "lab/verifier/ocsp_check.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::CertStatus;
using certs::ChainSpec;
using certs::CrlSpec;
using certs::OcspSpec;
using certs::Reason;
using certs::RevocationCheck;
using certs::Verdict;
using verifier::RevocationMode;
using verifier_test::QuestionOf;

const ChainSpec& ChainOf(std::string_view id) { return certs::FindCase(id)->chain; }

Verdict Ask(const ChainSpec& chain) { return Verify(QuestionOf(chain).request).verdict; }

// ------------------------------------------------------------------------------------------------ modes

TEST(RevocationModes, NothingIsAskedWhereRevocationIsOff) {
  // A TLS feature that a CA demands of its certificates is a matter of the path, and syntax of the certificate.
  const std::set<Reason> of_the_path = {Reason::kTlsFeatureMissing, Reason::kMalformedExtension};
  int asked = 0;
  for (const certs::CertCase& certcase : certs::Catalogue()) {
    if (certcase.id.starts_with("revocation.") && !of_the_path.contains(certcase.expected.reason)) {
      auto question = QuestionOf(certcase.chain, certcase.reference);
      question.request.revocation.mode = RevocationMode::kOff;
      EXPECT_EQ(Verify(question.request).verdict, Verdict{}) << certcase.id;
      ++asked;
    }
  }
  EXPECT_GT(asked, 150);
}

TEST(RevocationModes, WhatSoftRefusesHardRefusesToo) {
  for (const certs::CertCase& certcase : certs::Catalogue()) {
    if (certcase.id.starts_with("revocation.") && !certcase.expected.ok()) {
      auto question = QuestionOf(certcase.chain, certcase.reference);
      question.request.revocation.mode = RevocationMode::kHard;
      EXPECT_FALSE(Verify(question.request).verdict.ok()) << certcase.id;
    }
  }
}

TEST(RevocationModes, AreFoundByTheirNames) {
  for (const RevocationMode mode : {RevocationMode::kOff, RevocationMode::kSoft, RevocationMode::kHard}) {
    EXPECT_EQ(verifier::RevocationModeByName(Name(mode)), mode);
  }
  EXPECT_EQ(verifier::RevocationModeByName("hardish"), std::nullopt);
}

TEST(RevocationModes, HardWantsToKnowOfEveryCertificateBelowTheAnchor) {
  ChainSpec chain = certs::GoodChain();
  chain.revocation.check = RevocationCheck::kHard;
  const verifier::VerifyResult result = Verify(QuestionOf(chain).request);
  std::vector<Verdict> found;
  std::ranges::transform(result.defects, std::back_inserter(found), &verifier::Defect::verdict);
  EXPECT_THAT(found,
              testing::ElementsAre(Verdict{Reason::kRevocationUnknown, 1}, Verdict{Reason::kRevocationUnknown, 0}));
}

TEST(RevocationModes, AResponseFromElsewhereCountsAsMuchAsAStaple) {
  auto question = QuestionOf(ChainOf("control.ocsp-hard"));
  verifier::RevocationInput& revocation = question.request.revocation;
  revocation.responses = {revocation.staples.front()};
  revocation.staples.clear();
  EXPECT_EQ(Verify(question.request).verdict, Verdict{});
}

TEST(RevocationModes, AResponseFromElsewhereAboutSomebodyElseMeansNothing) {
  auto question = QuestionOf(ChainOf("revocation.ocsp-other-serial"));
  verifier::RevocationInput& revocation = question.request.revocation;
  revocation.responses = {revocation.staples.front()};
  revocation.staples.clear();
  EXPECT_EQ(Verify(question.request).verdict, Verdict{});
  revocation.mode = RevocationMode::kHard;
  EXPECT_EQ(Verify(question.request).verdict.reason, Reason::kRevocationUnknown);
}

TEST(RevocationModes, AResponseFromElsewhereKeepsNoPromiseOfAStaple) {
  auto question = QuestionOf(ChainOf("control.must-staple"));
  verifier::RevocationInput& revocation = question.request.revocation;
  revocation.responses = {revocation.staples.front()};
  revocation.staples.clear();
  EXPECT_EQ(Verify(question.request).verdict, (Verdict{Reason::kMustStaple, 0}));
}

TEST(RevocationModes, AStapleForTheIntermediateIsHeard) {
  auto question = QuestionOf(ChainOf("revocation.ocsp-other-certificate"));
  verifier::RevocationInput& revocation = question.request.revocation;
  revocation.staples = {certs::ByteView(), revocation.staples.front()};
  // The response is of the intermediate about itself, whose issuer is the root: nobody may vouch for himself.
  EXPECT_EQ(Verify(question.request).verdict, (Verdict{Reason::kStatusResponder, 1}));
}

// ------------------------------------------------------------------------------------------------ other ways

// Two certificates of one CA, from two trusted roots; one of them is revoked.
TEST(RevokedIntermediate, IsNotInTheWayOfAnotherPath) {
  ChainSpec chain = certs::GoodChain();
  certs::CertSpec cross = chain.intermediate();
  cross.name = "cross";
  cross.issuer = "eve-root";
  chain.certs.push_back(cross);
  chain.presented = {"leaf", "intermediate", "cross"};
  chain.trusted = {"root", "eve-root"};
  chain.revocation.crls = {CrlSpec{.issuer = "root", .entries = {{.certificate = "intermediate"}}}};
  EXPECT_EQ(Ask(chain), Verdict{});
  chain.trusted = {"root"};
  EXPECT_EQ(Ask(chain), (Verdict{Reason::kRevoked, 1}));
}

TEST(RevokedIntermediate, SaysNothingOfACertificateThatIsNotTrustedAnyhow) {
  ChainSpec chain = ChainOf("revocation.ocsp-revoked");
  chain.trusted = {"eve-root"};
  EXPECT_EQ(Ask(chain).reason, Reason::kUnknownIssuer);
}

TEST(Dates, AreJudgedBeforeRevocation) {
  ChainSpec chain = ChainOf("revocation.ocsp-revoked");
  chain.leaf().not_after.from_now = -std::chrono::hours(1);
  const verifier::VerifyResult result = Verify(QuestionOf(chain).request);
  EXPECT_EQ(result.verdict, (Verdict{Reason::kExpired, 0}));
  EXPECT_EQ(result.defects.back().verdict, (Verdict{Reason::kRevoked, 0}));
}

// ------------------------------------------------------------------------------------------------ hostile bytes

class Hostile : public testing::TestWithParam<const char*> {
 protected:
  // The verdict with a staple of these octets.
  Verdict WithStaple(certs::ByteView staple) {
    question_.request.revocation.staples.front() = staple;
    return Verify(question_.request).verdict;
  }
  certs::Bytes Staple() const {
    const certs::ByteView staple = question_.request.revocation.staples.front();
    return {staple.begin(), staple.end()};
  }

  // Insisting: softly, an error of the responder is as good as no staple, and one bit makes an error.
  static ChainSpec Insisting(std::string_view id) {
    ChainSpec chain = ChainOf(id);
    chain.revocation.check = RevocationCheck::kHard;
    chain.revocation.crls = {CrlSpec{.issuer = "root"}};
    return chain;
  }

  verifier_test::Question question_ = QuestionOf(Insisting(GetParam()));
};

TEST_P(Hostile, NoPartOfAStapleIsAStaple) {
  const certs::Bytes whole = Staple();
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(WithStaple(certs::ByteView(whole).first(size)), (Verdict{Reason::kMalformedStatus, 0})) << size;
  }
}

// Everything in it is signed, or names what is signed, or is its frame.
TEST_P(Hostile, NoOctetOfAStapleMayChange) {
  certs::Bytes staple = Staple();
  for (size_t i = 0; i < staple.size(); ++i) {
    staple[i] ^= 0x01;
    EXPECT_FALSE(WithStaple(staple).ok()) << "octet " << i;
    staple[i] ^= 0x01;
  }
  EXPECT_EQ(WithStaple(staple), Verdict{});
}

INSTANTIATE_TEST_SUITE_P(Staples, Hostile, testing::Values("control.ocsp", "control.ocsp-delegated"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           std::string name(tested.param);
                           std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-'; }, '_');
                           return name;
                         });

TEST(HostileLists, NoPartOfAListIsAListAndNoOctetMayChange) {
  ChainSpec chain = ChainOf("control.crl-point");
  chain.revocation.crls[0].entries = {{.serial = certs::Bytes{0x2a}, .reason = 1}};
  auto question = QuestionOf(chain);
  const certs::ByteView whole = question.request.revocation.crls.front();
  certs::Bytes list(whole.begin(), whole.end());
  EXPECT_EQ(Verify(question.request).verdict, Verdict{});
  for (size_t size = 0; size < list.size(); ++size) {
    question.request.revocation.crls.front() = certs::ByteView(list).first(size);
    EXPECT_EQ(Verify(question.request).verdict, (Verdict{Reason::kMalformedStatus, 0})) << size;
  }
  question.request.revocation.crls.front() = list;
  for (size_t i = 0; i < list.size(); ++i) {
    list[i] ^= 0x01;
    EXPECT_FALSE(Verify(question.request).verdict.ok()) << "octet " << i;
    list[i] ^= 0x01;
  }
}

// X.400 addresses are compared octet for octet, whatever is inside (CVE-2023-0286).
TEST(HostileLists, AnX400AddressIsNotLookedInto) {
  for (const size_t size : {0U, 1U, 200U, 5000U}) {
    const std::vector<certs::GeneralName> point = {certs::X400Address(certs::Bytes(size, 0xff))};
    ChainSpec chain = ChainOf("control.crl");
    chain.leaf().extra_extensions = {certs::CrlDistributionPoint(point)};
    chain.revocation.crls[0].distribution_point = certs::IssuingDistributionPoint{.full_name = point};
    EXPECT_EQ(Ask(chain), Verdict{}) << size;
    chain.revocation.crls[0].distribution_point->full_name = {certs::X400Address(certs::Bytes(size + 1, 0xff))};
    EXPECT_EQ(Ask(chain), (Verdict{Reason::kStatusMismatch, 0})) << size;
  }
}

TEST(HostileStaples, ManyCertificatesInAResponseCostLittle) {
  auto question = QuestionOf(ChainOf("control.ocsp-delegated"));
  const int usual = Verify(question.request).signature_checks;
  EXPECT_EQ(usual, 4);  // leaf, intermediate, responder, response
}

}  // namespace

// The whole catalogue of certificates against the verifier: the declared reason, at the declared depth, and nothing
// else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "certs/catalogue.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using verifier_test::QuestionOf;

class CatalogueVerify : public testing::TestWithParam<certs::CertCase> {};

TEST_P(CatalogueVerify, GivesTheDeclaredVerdict) {
  auto question = QuestionOf(GetParam().chain, GetParam().reference);
  question.request.collect_all = false;

  const verifier::VerifyResult result = Verify(question.request);

  EXPECT_EQ(result.verdict, GetParam().expected)
      << ToString(result.verdict) << ", not " << ToString(GetParam().expected);
  EXPECT_EQ(result.defects.size(), GetParam().expected.ok() ? 0U : 1U);
}

TEST_P(CatalogueVerify, FindsNoDefectBeyondTheIntendedOnes) {
  const verifier::VerifyResult result = Verify(QuestionOf(GetParam().chain, GetParam().reference).request);

  std::vector<certs::Reason> found;
  std::string details;
  for (const verifier::Defect& defect : result.defects) {
    found.push_back(defect.verdict.reason);
    details += ToString(defect.verdict) + ": " + defect.detail + "\n";
  }
  std::vector<certs::Reason> intended = GetParam().also;
  if (!GetParam().expected.ok()) {
    intended.push_back(GetParam().expected.reason);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(intended)) << details;
}

TEST_P(CatalogueVerify, NamesAnIdentifierExactlyIfTheNamesMatch) {
  const verifier::VerifyResult result = Verify(QuestionOf(GetParam().chain, GetParam().reference).request);

  if (result.verdict.ok()) {
    EXPECT_FALSE(result.matched_name.empty());
  }
  for (const verifier::Defect& defect : result.defects) {
    if (defect.verdict.reason == certs::Reason::kNameMismatch) {
      EXPECT_TRUE(result.matched_name.empty());
    }
  }
}

std::string TestName(const testing::TestParamInfo<certs::CertCase>& info) {
  std::string name = info.param.id;
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, CatalogueVerify, testing::ValuesIn(certs::Catalogue()), TestName);

}  // namespace

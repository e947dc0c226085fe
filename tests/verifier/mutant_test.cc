// The heart of honesty: a verifier that has lost one rule gets exactly those cases of the catalogue wrong whose
// declared reason belongs to the rule. So no case passes for another reason than its own, and no rule is idle without
// being known.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "certs/catalogue.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using enum certs::Reason;
using verifier::Rule;

const std::map<Rule, std::set<certs::Reason>>& ReasonsOf() {
  static const std::map<Rule, std::set<certs::Reason>> reasons = {
      {Rule::kNames, {kInvalidReference, kNameMismatch, kNoPresentedIdentifier}},
      {Rule::kDates, {kExpired, kNotYetValid, kInvalidValidity}},
      {Rule::kDateSyntax, {kMalformedTime}},
      {Rule::kSignatures, {kSignatureInvalid, kUnsupportedAlgorithm}},
      {Rule::kSignatureStrength, {kWeakSignature}},
      {Rule::kKeyStrength, {kWeakKey}},
      {Rule::kAlgorithmsAgree, {kSignatureAlgorithmMismatch}},
      {Rule::kBasicConstraints, {kNotACa}},
      {Rule::kCaKeyUsage, {kCaKeyUsage}},
      {Rule::kPathLen, {kPathLenExceeded}},
      {Rule::kTrust, {kUnknownIssuer, kSelfSigned}},
      {Rule::kVersion, {kUnsupportedVersion}},
      {Rule::kSerial, {kInvalidSerial}},
      {Rule::kNameConstraints, {kNameConstraintViolation, kNameConstraintUnsupported}},
      {Rule::kLeafKeyUsage, {kKeyUsage}},
      {Rule::kExtendedKeyUsage, {kExtendedKeyUsage}},
      {Rule::kLeafNotCa, {kLeafIsCa}},
      {Rule::kLeafPathLen, {kPathLenWithoutCa}},
      {Rule::kLeafCertSign, {kCertSignWithoutCa}},
      {Rule::kCriticalExtensions, {kUnknownCriticalExtension}},
      {Rule::kDuplicateExtensions, {kDuplicateExtension}},
      {Rule::kExtensionSyntax, {kMalformedExtension}},
      {Rule::kSubjects, {kEmptyIssuer, kEmptyCaSubject, kSanNotCritical}},
      {Rule::kPolicies, {kPolicyUnsatisfied}},
  };
  return reasons;
}

// Takes one rule away for as long as it lives.
class Without {
 public:
  explicit Without(Rule rule) : rule_(rule) { verifier::SetRuleOn(rule_, false); }
  ~Without() { verifier::SetRuleOn(rule_, true); }
  Without(const Without&) = delete;
  Without& operator=(const Without&) = delete;

 private:
  const Rule rule_;
};

// A bound on the work of a rule cannot be reached without the rule's work.
bool IsBoundOf(Rule rule, certs::Reason reason) {
  return reason == kPathBudget && (rule == Rule::kNameConstraints || rule == Rule::kSignatures);
}

// Every case, issued once for all mutants.
const std::vector<verifier_test::Question>& Questions() {
  static const std::vector<verifier_test::Question> questions = [] {
    std::vector<verifier_test::Question> all;
    for (const certs::CertCase& certcase : certs::Catalogue()) {
      all.push_back(verifier_test::QuestionOf(certcase.chain, certcase.reference));
      all.back().request.collect_all = false;
    }
    return all;
  }();
  return questions;
}

class Mutant : public testing::TestWithParam<int> {
 protected:
  Rule rule() const { return static_cast<Rule>(GetParam()); }
};

TEST_P(Mutant, GetsExactlyTheCasesOfItsRuleWrong) {
  const std::set<certs::Reason>& reasons = ReasonsOf().at(rule());
  const Without mutation(rule());
  for (size_t i = 0; i < Questions().size(); ++i) {
    const certs::CertCase& certcase = certs::Catalogue()[i];
    if (IsBoundOf(rule(), certcase.expected.reason)) {
      continue;
    }

    const certs::Verdict verdict = Verify(Questions()[i].request).verdict;

    const bool wrong = verdict != certcase.expected;
    EXPECT_EQ(wrong, reasons.contains(certcase.expected.reason))
        << certcase.id << " expects " << ToString(certcase.expected) << ", without the rule " << Name(rule())
        << " the answer is " << ToString(verdict);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRule, Mutant, testing::Range(0, verifier::kRuleCount),
                         [](const testing::TestParamInfo<int>& tested) {
                           std::string name(verifier::Name(static_cast<Rule>(tested.param)));
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Rules, EveryReasonOfTheCatalogueBelongsToOneRule) {
  // No rule can be taken away for these: the bytes do not parse, or the work is bounded.
  const std::set<certs::Reason> without_rule = {kOk, kMalformedCertificate, kPathBudget, kPathTooLong, kNoCertificate};
  for (const certs::CertCase& certcase : certs::Catalogue()) {
    int rules = 0;
    for (const auto& [rule, reasons] : ReasonsOf()) {
      rules += reasons.contains(certcase.expected.reason) ? 1 : 0;
    }
    EXPECT_EQ(rules, without_rule.contains(certcase.expected.reason) ? 0 : 1) << certcase.id;
  }
}

}  // namespace

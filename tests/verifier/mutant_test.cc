// The heart of honesty: a verifier that has lost one rule gets exactly those cases of the catalogue wrong whose
// declared reason belongs to the rule (and of them the rule's own, where several rules share a reason). So no case
// passes for another reason than its own, and no rule is idle without being known.
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "certs/catalogue.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using enum certs::Reason;
using verifier::Rule;

bool Contains(std::string_view id, std::string_view part) { return id.find(part) != id.npos; }
bool IsAnyOf(std::string_view id, std::initializer_list<std::string_view> ids) {
  return std::ranges::find(ids, id) != ids.end();
}

// The cases a rule is there for: those that expect its reasons, and of them those that are its own, where several rules
// share a reason.
struct Concern {
  Rule rule;
  std::set<certs::Reason> reasons;
  bool (*own)(const certs::CertCase&) = nullptr;
};

bool IsAboutCriticality(const certs::CertCase& c) {
  return IsAnyOf(c.id, {"policy.constraints-not-critical", "policy.inhibit-any-not-critical", "usage.aia-critical",
                        "trust.critical-subject-key-id", "trust.critical-authority-key-id"});
}
// Whoever takes 0x01 for TRUE refuses the case all the same: its authorityInfoAccess is then critical.
bool IsRefusedTwice(const certs::CertCase& c) { return c.id == "encoding.critical-one"; }
bool IsAboutTheFlag(const certs::CertCase& c) { return c.id == "encoding.critical-false"; }
bool IsAboutConstraintsInALeaf(const certs::CertCase& c) { return c.id == "constraint.in-leaf"; }
bool IsAboutAKey(const certs::CertCase& c) {
  return c.id.starts_with("strength.key-") || Contains(c.id, "explicit-curve") || Contains(c.id, "p224");
}

const std::vector<Concern>& Concerns() {
  static const std::vector<Concern> concerns = {
      {Rule::kReferences, {kInvalidReference}},
      {Rule::kNames, {kNameMismatch}},
      {Rule::kSanRequired, {kNoPresentedIdentifier}},
      {Rule::kNotAfter, {kExpired}},
      {Rule::kNotBefore, {kNotYetValid}},
      {Rule::kValidityOrder, {kInvalidValidity}},
      {Rule::kDateSyntax, {kMalformedTime}},
      {Rule::kSignatures, {kSignatureInvalid}},
      {Rule::kSignatureAlgorithms, {kUnsupportedAlgorithm}, [](const certs::CertCase& c) { return !IsAboutAKey(c); }},
      {Rule::kKeyAlgorithms, {kUnsupportedAlgorithm}, IsAboutAKey},
      {Rule::kMessageDigests, {kWeakSignature}, [](const certs::CertCase& c) { return Contains(c.id, ".md"); }},
      {Rule::kSha1, {kWeakSignature}, [](const certs::CertCase& c) { return Contains(c.id, "sha1"); }},
      {Rule::kRsaStrength, {kWeakKey}, [](const certs::CertCase& c) { return Contains(c.id, "rsa"); }},
      {Rule::kEcStrength, {kWeakKey}, [](const certs::CertCase& c) { return Contains(c.id, "p192"); }},
      {Rule::kAlgorithmsAgree, {kSignatureAlgorithmMismatch}},
      {Rule::kBasicConstraints, {kNotACa}},
      {Rule::kCaKeyUsage, {kCaKeyUsage}},
      {Rule::kPathLen, {kPathLenExceeded}},
      {Rule::kTrust, {kUnknownIssuer}},
      {Rule::kSelfSigned, {kSelfSigned}},
      {Rule::kVersion, {kUnsupportedVersion}},
      {Rule::kSerialNotNegative, {kInvalidSerial}, [](const certs::CertCase& c) { return Contains(c.id, "negative"); }},
      {Rule::kSerialNotZero, {kInvalidSerial}, [](const certs::CertCase& c) { return Contains(c.id, "zero"); }},
      {Rule::kSerialLength,
       {kInvalidSerial},
       [](const certs::CertCase& c) { return Contains(c.id, "octets") || c.id == "limit.long-serial"; }},
      {Rule::kNameConstraints, {kNameConstraintViolation}},
      {Rule::kConstraintForms, {kNameConstraintUnsupported}},
      {Rule::kLeafKeyUsage, {kKeyUsage}},
      {Rule::kLeafExtendedKeyUsage,
       {kExtendedKeyUsage},
       [](const certs::CertCase& c) { return c.expected.depth == 0; }},
      {Rule::kIssuerExtendedKeyUsage,
       {kExtendedKeyUsage},
       [](const certs::CertCase& c) { return c.expected.depth > 0; }},
      {Rule::kLeafNotCa, {kLeafIsCa}},
      {Rule::kLeafPathLen, {kPathLenWithoutCa}},
      {Rule::kLeafCertSign, {kCertSignWithoutCa}},
      {Rule::kCriticalExtensions, {kUnknownCriticalExtension}},
      {Rule::kDuplicateExtensions, {kDuplicateExtension}},
      {Rule::kExtensionSyntax,
       {kMalformedExtension},
       [](const certs::CertCase& c) {
         return !IsAboutCriticality(c) && !IsAboutTheFlag(c) && !IsRefusedTwice(c) && !IsAboutConstraintsInALeaf(c);
       }},
      {Rule::kCriticalFlagForm, {kMalformedExtension}, IsAboutTheFlag},
      {Rule::kCriticality, {kMalformedExtension}, IsAboutCriticality},
      {Rule::kConstraintsInCasOnly, {kMalformedExtension}, IsAboutConstraintsInALeaf},
      {Rule::kSubjects, {kEmptyIssuer, kEmptyCaSubject}},
      {Rule::kSanCritical, {kSanNotCritical}},
      {Rule::kPolicies, {kPolicyUnsatisfied}},
      // Trust from the DNS decides none of these cases: dns_mutant_test.cc asks of it.
      {Rule::kDaneMatch, {}},
      {Rule::kDaneUsable, {}},
      {Rule::kDaneAgility, {}},
      {Rule::kDaneEeIgnoresNames, {}},
      {Rule::kDaneInsecure, {}},
      {Rule::kDaneLookupFailure, {}},
      {Rule::kStsMx, {}},
      {Rule::kStsWildcard, {}},
      {Rule::kStsSyntax, {}},
      {Rule::kStsMode, {}},
      {Rule::kStsRecord, {}},
      {Rule::kStsCache, {}},
      {Rule::kRevoked, {kRevoked}},
      {Rule::kStatusPresence, {kRevocationUnknown}},
      {Rule::kMustStaple, {kMustStaple}},
      {Rule::kTlsFeatures, {kTlsFeatureMissing}},
      {Rule::kStatusSyntax, {kMalformedStatus}},
      {Rule::kStatusError, {kStatusError}},
      {Rule::kStatusExtensions, {kStatusUnsupported}},
      {Rule::kStatusMatch, {kStatusMismatch}},
      {Rule::kStatusResponder, {kStatusResponder}},
      {Rule::kStatusSignature, {kStatusSignature}},
      {Rule::kStatusStrength, {kStatusWeak}},
      {Rule::kStatusDates, {kStatusExpired, kStatusNotYetValid}},
      {Rule::kStatusKnown, {kStatusUnknown}},
  };
  return concerns;
}

bool Concerning(const Concern& concern, const certs::CertCase& certcase) {
  return concern.reasons.contains(certcase.expected.reason) && (concern.own == nullptr || concern.own(certcase));
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
  return reason == kPathBudget &&
         (rule == Rule::kNameConstraints || rule == Rule::kConstraintForms || rule == Rule::kSignatures);
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
  const auto concern = std::ranges::find(Concerns(), rule(), &Concern::rule);
  ASSERT_NE(concern, Concerns().end()) << "no cases are named for this rule";
  if (concern->reasons.empty()) {
    return;  // dns_mutant_test's
  }
  const Without mutation(rule());
  int red = 0;
  for (size_t i = 0; i < Questions().size(); ++i) {
    const certs::CertCase& certcase = certs::Catalogue()[i];
    if (IsBoundOf(rule(), certcase.expected.reason)) {
      continue;
    }

    const certs::Verdict verdict = Verify(Questions()[i].request).verdict;

    const bool wrong = verdict != certcase.expected;
    red += wrong ? 1 : 0;
    EXPECT_EQ(wrong, Concerning(*concern, certcase))
        << certcase.id << " expects " << ToString(certcase.expected) << ", without the rule " << Name(rule())
        << " the answer is " << ToString(verdict);
  }
  EXPECT_GT(red, 0) << "a rule that nothing misses";
}

INSTANTIATE_TEST_SUITE_P(EveryRule, Mutant, testing::Range(0, verifier::kRuleCount),
                         [](const testing::TestParamInfo<int>& tested) {
                           std::string name(verifier::Name(static_cast<Rule>(tested.param)));
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Rules, EveryRefusedCaseOfTheCatalogueBelongsToOneRule) {
  // No rule can be taken away for these: the bytes do not parse, or the work is bounded.
  const std::set<certs::Reason> without_rule = {kOk, kMalformedCertificate, kPathBudget, kPathTooLong, kNoCertificate};
  for (const certs::CertCase& certcase : certs::Catalogue()) {
    const auto rules =
        std::ranges::count_if(Concerns(), [&](const Concern& concern) { return Concerning(concern, certcase); });
    EXPECT_EQ(rules, without_rule.contains(certcase.expected.reason) || IsRefusedTwice(certcase) ? 0 : 1)
        << certcase.id;
  }
}

// The rules of the name matcher are switches of its policy: a verifier with one of them set otherwise gets exactly
// these cases wrong.
struct NameMutant {
  const char* name;
  void (*change)(verifier::NamePolicy&);
  std::set<std::string_view> cases;
};

const std::vector<NameMutant>& NameMutants() {
  static const std::vector<NameMutant> mutants = {
      {"cn_counts_without_san",
       [](verifier::NamePolicy& p) { p.cn_fallback = verifier::CnFallback::kNoSan; },
       {"constraint.cn-only", "name.cn-only", "name.cn-only-first-of-two", "name.cn-only-ia5",
        "name.cn-only-last-of-hundred", "name.cn-only-last-of-two", "name.cn-only-printable", "name.cn-only-t61",
        "name.cn-only-wildcard"}},
      {"wildcard_inside_a_label",
       [](verifier::NamePolicy& p) { p.wildcard = verifier::Wildcard::kPartial; },
       {"name.wildcard-before-whole-label", "name.wildcard-behind-whole-label", "name.wildcard-partial-left",
        "name.wildcard-partial-middle", "name.wildcard-partial-right"}},
      {"wildcard_spans_dots",
       [](verifier::NamePolicy& p) { p.wildcard_reach = verifier::WildcardReach::kSpansDots; },
       {"name.wildcard-bare", "name.wildcard-before-a-label-tail", "name.wildcard-before-whole-label",
        "name.wildcard-behind-ace-prefix", "name.wildcard-behind-whole-label", "name.wildcard-inside-a-label",
        "name.wildcard-last-label", "name.wildcard-partial-a-label", "name.wildcard-partial-left",
        "name.wildcard-partial-middle", "name.wildcard-partial-right", "name.wildcard-public-suffix",
        "name.wildcard-second-label", "name.wildcard-top-level-two-labels", "name.wildcard-two-labels"}},
      {"wildcard_below_one_label",
       [](verifier::NamePolicy& p) { p.wildcard_min_suffix_labels = 1; },
       {"name.wildcard-public-suffix"}},
      {"dot_at_the_end_goes",
       [](verifier::NamePolicy& p) { p.presented_dot = verifier::DotRule::kStrip; },
       {"name.trailing-dot-in-san"}},
      {"mapped_address_is_one", [](verifier::NamePolicy& p) { p.ip_v4mapped = true; }, {"name.ip4-mapped"}},
  };
  return mutants;
}

TEST(NameMutants, GetExactlyTheirCasesWrong) {
  for (const NameMutant& mutant : NameMutants()) {
    std::set<std::string_view> wrong;
    for (size_t i = 0; i < Questions().size(); ++i) {
      verifier::VerifyRequest request = Questions()[i].request;
      mutant.change(request.names);
      if (Verify(request).verdict != certs::Catalogue()[i].expected) {
        wrong.insert(certs::Catalogue()[i].id);
      }
    }
    EXPECT_EQ(mutant.cases, wrong) << mutant.name;
  }
}

}  // namespace

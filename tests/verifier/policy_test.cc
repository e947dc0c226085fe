// Certificate policies: RFC 5280 6.1 by small chains. P and Q are policies; ANY is anyPolicy.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "certs/der.h"
#include "certs/spec.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::Bytes;
using enum certs::Reason;
using certs::Verdict;

const char* const kP = "1.3.6.1.4.1.55738.7.1";
const char* const kQ = "1.3.6.1.4.1.55738.7.2";
const char* const kAny = "2.5.29.32.0";

// What one certificate says about policies.
struct Says {
  std::vector<std::string> policies;
  std::vector<std::pair<std::string, std::string>> mappings;
  std::optional<uint8_t> require_explicit, inhibit_mapping, inhibit_any;
};

void Apply(const Says& says, certs::CertSpec* spec) {
  using namespace certs::der;  // NOLINT: reads as ASN.1 does
  Bytes list;
  for (const std::string& policy : says.policies) {
    certs::Append(list, Sequence({Oid(policy)}));
  }
  if (!list.empty()) {
    spec->extra_extensions.push_back({"2.5.29.32", false, Sequence(list)});
  }
  Bytes mappings;
  for (const auto& [from, to] : says.mappings) {
    certs::Append(mappings, Sequence({Oid(from), Oid(to)}));
  }
  if (!mappings.empty()) {
    spec->extra_extensions.push_back({"2.5.29.33", true, Sequence(mappings)});
  }
  Bytes constraints;
  if (says.require_explicit) {
    certs::Append(constraints, Context(0, Bytes{*says.require_explicit}));
  }
  if (says.inhibit_mapping) {
    certs::Append(constraints, Context(1, Bytes{*says.inhibit_mapping}));
  }
  if (!constraints.empty()) {
    spec->extra_extensions.push_back({"2.5.29.36", true, Sequence(constraints)});
  }
  if (says.inhibit_any) {
    spec->extra_extensions.push_back({"2.5.29.54", true, Integer(*says.inhibit_any)});
  }
}

// root <- top <- low <- leaf
Verdict VerdictUnder(const Says& top, const Says& low, const Says& leaf, const Says& root = {}) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.certs.push_back(verifier_test::Ca("top", "root", "top"));
  chain.intermediate().issuer = "top";
  chain.presented = {"leaf", "intermediate", "top"};
  Apply(root, &chain.root());
  Apply(top, &chain.At("top"));
  Apply(low, &chain.intermediate());
  Apply(leaf, &chain.leaf());
  return Verify(verifier_test::QuestionOf(chain).request).verdict;
}

constexpr Verdict kGood{};
constexpr Verdict kUnsatisfied{kPolicyUnsatisfied, 0};

TEST(Policies, AreNotRequiredUnlessACaSaysSo) {
  EXPECT_EQ(VerdictUnder({.policies = {kP}}, {.policies = {kQ}}, {}), kGood);
}

TEST(Policies, RequiredByTheTopMustRunThroughThePath) {
  const Says top{.policies = {kP}, .require_explicit = 0};
  EXPECT_EQ(VerdictUnder(top, {.policies = {kP}}, {.policies = {kP}}), kGood);
  EXPECT_EQ(VerdictUnder(top, {.policies = {kP}}, {}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder(top, {}, {.policies = {kP}}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder(top, {.policies = {kQ}}, {.policies = {kP}}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder(top, {.policies = {kP}}, {.policies = {kP, kQ}}), kGood);
}

TEST(Policies, RequiredAfterSomeCertificatesAreRequiredFromThenOn) {
  EXPECT_EQ(VerdictUnder({.require_explicit = 1}, {}, {}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder({.require_explicit = 2}, {}, {}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder({.require_explicit = 3}, {}, {}), kGood);
}

TEST(Policies, RequiredByTheAnchorOrTheLeafCountToo) {
  EXPECT_EQ(VerdictUnder({}, {}, {}, {.require_explicit = 0}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder({}, {}, {.require_explicit = 0}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder({}, {}, {.require_explicit = 1}), kGood);
}

TEST(Policies, AnyPolicyStandsForAllUntilItIsInhibited) {
  const Says top{.policies = {kAny}, .require_explicit = 0};
  EXPECT_EQ(VerdictUnder(top, {.policies = {kAny}}, {.policies = {kP}}), kGood);
  EXPECT_EQ(VerdictUnder({.policies = {kP}, .require_explicit = 0}, {.policies = {kAny}}, {.policies = {kP}}), kGood);
  EXPECT_EQ(VerdictUnder({.policies = {kAny}, .require_explicit = 0, .inhibit_any = 0}, {.policies = {kAny}},
                         {.policies = {kP}}),
            kUnsatisfied);
  EXPECT_EQ(VerdictUnder({.policies = {kAny}, .require_explicit = 0, .inhibit_any = 0}, {.policies = {kP}},
                         {.policies = {kP}}),
            kGood);
  EXPECT_EQ(VerdictUnder({.policies = {kAny}, .require_explicit = 0, .inhibit_any = 1}, {.policies = {kAny}},
                         {.policies = {kAny}}),
            kUnsatisfied);
}

TEST(Policies, AreMappedFromOneDomainIntoAnother) {
  const Says top{.policies = {kP}, .mappings = {{kP, kQ}}, .require_explicit = 0};
  EXPECT_EQ(VerdictUnder(top, {.policies = {kQ}}, {.policies = {kQ}}), kGood);
  EXPECT_EQ(VerdictUnder(top, {.policies = {kP}}, {.policies = {kP}}), kUnsatisfied);
  Says inhibited = top;
  inhibited.inhibit_mapping = 0;
  EXPECT_EQ(VerdictUnder(inhibited, {.policies = {kQ}}, {.policies = {kQ}}),
            kGood);  // it counts from the next certificate
  EXPECT_EQ(VerdictUnder({.policies = {kP}, .require_explicit = 0, .inhibit_mapping = 0},
                         {.policies = {kP}, .mappings = {{kP, kQ}}}, {.policies = {kQ}}),
            kUnsatisfied);
}

TEST(Policies, MayNotMapAnyPolicy) {
  EXPECT_EQ(VerdictUnder({.policies = {kAny}, .mappings = {{kAny, kQ}}}, {}, {}), kUnsatisfied);
  EXPECT_EQ(VerdictUnder({.policies = {kP}, .mappings = {{kP, kAny}}}, {}, {}), kUnsatisfied);
}

TEST(Policies, CannotBeMadeToExplode) {
  // CVE-2023-0464: every CA maps every policy to every policy.
  Says says{.require_explicit = 0};
  for (int i = 1; i <= 60; ++i) {
    const std::string from = "1.3.6.1.4.1.55738.7." + std::to_string(i);
    says.policies.push_back(from);
    for (int j = 1; j <= 60; ++j) {
      says.mappings.emplace_back(from, "1.3.6.1.4.1.55738.7." + std::to_string(j));
    }
  }
  EXPECT_EQ(VerdictUnder(says, says, {.policies = {kP}}), kGood);
}

}  // namespace

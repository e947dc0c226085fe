// Name constraints on whole chains: which certificates they bind, and what happens to what cannot be processed.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "certs/der.h"
#include "certs/spec.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::ChainSpec;
using certs::Dns;
using certs::NameConstraints;
using enum certs::Reason;
using certs::Verdict;
using verifier_test::QuestionOf;

// The good chain with an unconstrained root, so that the constraints are the test's own.
ChainSpec Free() {
  ChainSpec chain = certs::GoodChain();
  chain.root().name_constraints = std::nullopt;
  return chain;
}

NameConstraints Permit(std::vector<certs::GeneralName> names) { return {.permitted = std::move(names)}; }
NameConstraints Exclude(std::vector<certs::GeneralName> names) { return {.excluded = std::move(names)}; }

Verdict VerdictOf(const ChainSpec& chain, std::string_view reference = certs::kBobHost) {
  const verifier::VerifyResult result = Verify(QuestionOf(chain, reference).request);
  EXPECT_LE(result.defects.size(), 1U);
  return result.verdict;
}

struct Row {
  const char* name;
  std::function<void(ChainSpec&)> edit;
  Verdict expected;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

// directoryName constraints bind the CAs' subjects too, so these rows put them on the intermediate.
std::vector<Row> Rows() {
  const auto srv = certs::SrvName("_submission.bob.test");
  const certs::DistinguishedName bob = certs::Organization("Bob's Mail");
  return {
      {"PermittedOnTheAnchor", [](ChainSpec& c) { c.root().name_constraints = Permit({Dns("bob.test")}); }, {}},
      {"OutsideOfTheAnchors",
       [](ChainSpec& c) { c.root().name_constraints = Permit({Dns("eve.test")}); },
       {kNameConstraintViolation, 0}},
      {"ExcludedByTheIntermediate",
       [](ChainSpec& c) { c.intermediate().name_constraints = Exclude({Dns("bob.test")}); },
       {kNameConstraintViolation, 0}},
      {"ExclusionBeatsPermission",
       [](ChainSpec& c) {
         c.root().name_constraints =
             NameConstraints{.permitted = {Dns("bob.test")}, .excluded = {Dns("mail.bob.test")}};
       },
       {kNameConstraintViolation, 0}},
      {"PermissionsOfTwoCasIntersect",
       [](ChainSpec& c) {
         c.root().name_constraints = Permit({Dns("eve.test")});
         c.intermediate().name_constraints = Permit({Dns("bob.test"), Dns("eve.test")});
       },
       {kNameConstraintViolation, 0}},
      {"PermissionIsNotLostBehindAnExcludingCa",
       [](ChainSpec& c) {
         c.root().name_constraints = Permit({Dns("eve.test")});
         c.intermediate().name_constraints = Exclude({Dns("carol.test")});
       },
       {kNameConstraintViolation, 0}},
      {"AnotherFormIsNotConstrained",
       [](ChainSpec& c) { c.root().name_constraints = Permit({certs::Email("bob.test")}); },
       {}},
      {"WildcardMeetsAnExclusion",
       [](ChainSpec& c) {
         c.leaf().san->names = {Dns("*.bob.test")};
         c.root().name_constraints = Exclude({Dns("other.bob.test")});
       },
       {kNameConstraintViolation, 0}},
      {"WildcardReachesOutOfAPermission",
       [](ChainSpec& c) {
         c.leaf().san->names = {Dns("*.bob.test")};
         c.root().name_constraints = Permit({Dns("mail.bob.test")});
       },
       {kNameConstraintViolation, 0}},
      {"SecondNameOutside",
       [](ChainSpec& c) {
         c.leaf().san->names.push_back(Dns("mail.eve.test"));
         c.root().name_constraints = Permit({Dns("bob.test")});
       },
       {kNameConstraintViolation, 0}},
      {"NamesOfAnIntermediateCount",
       [](ChainSpec& c) {
         c.intermediate().san = certs::SubjectAltName{.names = {Dns("ca.eve.test")}};
         c.root().name_constraints = Permit({Dns("bob.test")});
       },
       {kNameConstraintViolation, 1}},
      {"SubjectInsideDirectory",
       [bob](ChainSpec& c) { c.intermediate().name_constraints = Permit({certs::DirectoryName(bob)}); },
       {}},
      {"SubjectOutsideDirectory",
       [](ChainSpec& c) {
         c.intermediate().name_constraints = Permit({certs::DirectoryName(certs::Organization("Eve"))});
       },
       {kNameConstraintViolation, 0}},
      {"SubjectExcludedDirectory",
       [bob](ChainSpec& c) { c.intermediate().name_constraints = Exclude({certs::DirectoryName(bob)}); },
       {kNameConstraintViolation, 0}},
      {"EmailAddressInTheSubject",
       [](ChainSpec& c) {
         c.leaf().subject.push_back({.oid = "1.2.840.113549.1.9.1",
                                     .type = certs::StringType::kIa5,
                                     .value = certs::ToBytes("root@eve.test")});
         c.root().name_constraints = Permit({certs::Email("bob.test")});
       },
       {kNameConstraintViolation, 0}},
      {"CommonNameIsNoIdentifier",
       [](ChainSpec& c) {
         c.leaf().subject = certs::CommonName("mail.eve.test");
         c.root().name_constraints = Permit({Dns("bob.test")});
       },
       {}},
      {"OtherNameConstraintWithoutSuchAName", [srv](ChainSpec& c) { c.root().name_constraints = Exclude({srv}); }, {}},
      {"OtherNameConstraintMeetsSuchAName",
       [srv](ChainSpec& c) {
         c.leaf().san->names.push_back(srv);
         c.root().name_constraints = Exclude({srv});
       },
       {kNameConstraintUnsupported, 0}},
      {"MaskWithAHole",
       [](ChainSpec& c) {
         c.leaf().san->names.push_back(certs::Ip("127.0.0.1"));
         c.root().name_constraints = Permit({certs::IpOctets({127, 0, 0, 0, 255, 0, 255, 0})});
       },
       {kNameConstraintUnsupported, 0}},
      {"MaskWithAHoleAndNoAddress",
       [](ChainSpec& c) { c.root().name_constraints = Permit({certs::IpOctets({127, 0, 0, 0, 255, 0, 255, 0})}); },
       {}},
      {"MalformedConstraintBehindAGoodOne",
       [](ChainSpec& c) { c.root().name_constraints = Permit({Dns("bob.test"), Dns("*.bob.test")}); },
       {kNameConstraintUnsupported, 0}},
      {"NotCritical",
       [](ChainSpec& c) {
         c.root().name_constraints = Permit({Dns("eve.test")});
         c.root().name_constraints->critical = false;
       },
       {kNameConstraintViolation, 0}},
  };
}

class Constraints : public testing::TestWithParam<Row> {};

TEST_P(Constraints, BindAsTheRowSays) {
  ChainSpec chain = Free();
  GetParam().edit(chain);
  EXPECT_EQ(VerdictOf(chain), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, Constraints, testing::ValuesIn(Rows()),
                         [](const testing::TestParamInfo<Row>& tested) { return tested.param.name; });

TEST(NameConstraints, WithAMinimumMatterToNamesOfTheirForm) {
  using namespace certs::der;  // NOLINT: reads as ASN.1 does
  const certs::Bytes subtree =
      Sequence({Context(2, certs::ToBytes("bob.test")), Context(0, certs::ByteView(certs::Bytes{1}))});
  ChainSpec chain = Free();
  chain.root().extra_extensions.push_back({"2.5.29.30", true, Sequence({ContextConstructed(0, subtree)})});
  EXPECT_EQ(VerdictOf(chain), (Verdict{kNameConstraintUnsupported, 0}));
}

TEST(NameConstraints, DoNotBindASelfIssuedIntermediate) {
  ChainSpec chain = Free();
  chain.root().name_constraints = Permit({Dns("bob.test")});
  chain.intermediate().subject = chain.root().subject;  // a key roll-over of the root
  chain.intermediate().san = certs::SubjectAltName{.names = {Dns("ca.eve.test")}};
  EXPECT_EQ(VerdictOf(chain), Verdict{});
}

TEST(NameConstraints, BindASelfIssuedLeaf) {
  ChainSpec chain = Free();
  chain.root().name_constraints = Permit({Dns("eve.test")});
  chain.leaf().subject = chain.intermediate().subject;
  EXPECT_EQ(VerdictOf(chain), (Verdict{kNameConstraintViolation, 0}));
}

TEST(NameConstraints, TimesNamesAreBounded) {
  ChainSpec chain = Free();
  certs::SubjectAltName& san = *chain.leaf().san;
  NameConstraints constraints;
  for (int i = 0; i < 600; ++i) {
    san.names.push_back(Dns("n" + std::to_string(i) + ".bob.test"));
    constraints.excluded.push_back(Dns("x" + std::to_string(i) + ".test"));
  }
  chain.root().name_constraints = constraints;
  EXPECT_EQ(VerdictOf(chain), (Verdict{kPathBudget, 0}));
}

TEST(NameConstraints, AllowTenThousandNames) {
  ChainSpec chain = certs::GoodChain();
  for (int i = 0; i < 10000; ++i) {
    chain.leaf().san->names.push_back(Dns("n" + std::to_string(i) + ".bob.test"));
  }
  EXPECT_EQ(VerdictOf(chain, "n9999.bob.test"), Verdict{});
}

}  // namespace

// Every chain of the catalogue before verifiers that are not ours. Where one of them and the expectation differ,
// disagreements.toml says who is right; what is not listed there fails, and so does what is listed but no longer so.
#include "tests/witness/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "certs/catalogue.h"
#include "certs/issue.h"
#include "tests/witness/disagreements.h"

namespace witness {
namespace {

constexpr int64_t kNow = 1'790'000'000;  // 2026-09-21: a lab date

// The cases that can be put before a verifier of files: there is a leaf, and the host is one to connect to.
bool CanBeAsked(const certs::CertCase& one) {
  return !one.chain.presented.empty() && one.expected.reason != certs::Reason::kInvalidReference;
}

// The cases that a client decides by lists and nothing else: it insists on them.
bool IsDecidedByLists(const certs::CertCase& one) {
  return one.chain.revocation.check == certs::RevocationCheck::kHard && one.chain.revocation.staples.empty() &&
         !one.chain.revocation.crls.empty();
}

// The cases that hang on what is stapled to the leaf.
bool IsDecidedByStaple(const certs::CertCase& one) {
  const bool stapled = std::ranges::any_of(one.chain.revocation.staples, [&](const certs::OcspSpec& staple) {
    return staple.certificate == one.chain.presented.front();
  });
  return stapled && one.expected.depth == 0 && one.expected.reason != certs::Reason::kTlsFeatureMissing;
}

std::vector<Question> QuestionsAbout(bool (*is_asked)(const certs::CertCase&)) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(3), kNow);
  std::vector<Question> all;
  for (const certs::CertCase& one : certs::Catalogue()) {
    if (!CanBeAsked(one) || !is_asked(one)) {
      continue;
    }
    const auto chain = issuer.Issue(one.chain);
    if (!chain) {
      ADD_FAILURE() << one.id << ": " << chain.error().detail;
      continue;
    }
    Question question{one.id, (*chain)->presented, (*chain)->trusted, one.reference, kNow};
    question.crls = (*chain)->crls;
    if (const auto& staples = (*chain)->staples; !staples.empty() && staples.front()) {
      question.staple = *staples.front();
      question.issuer = (*chain)->nodes.at(one.chain.At(one.chain.presented.front()).issuer);
    }
    all.push_back(std::move(question));
  }
  return all;
}

struct Witness {
  const char* name;
  std::string (*version)();
  std::vector<Answer> (*ask)(const std::vector<Question>&);
  std::string Disagreements::* listed_version;
  bool (*is_asked)(const certs::CertCase&);
};

void PrintTo(const Witness& witness, std::ostream* out) { *out << witness.name; }

class WitnessTest : public testing::TestWithParam<Witness> {};

TEST_P(WitnessTest, DisagreesExactlyWhereItIsListedWithTheReason) {
  const Witness& witness = GetParam();
  const Disagreements listed = ReadDisagreements();
  if (witness.version() != listed.*witness.listed_version) {
    GTEST_SKIP() << "the list is for " << witness.name << " " << listed.*witness.listed_version << ", this is "
                 << witness.version();
  }
  const std::vector<Question> questions = QuestionsAbout(witness.is_asked);
  const std::vector<Answer> answers = witness.ask(questions);
  ASSERT_EQ(answers.size(), questions.size());
  int differ = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    const certs::CertCase& one = *certs::FindCase(questions[i].id);
    const bool differs = answers[i].accepted != one.expected.ok();
    int entries = 0;
    for (const Disagreement& entry : listed.all) {
      // An entry speaks of those cases only where its witness's answer would be the wrong one.
      const bool is_about =
          entry.witness == witness.name && entry.accepts != one.expected.ok() && entry.Covers(one.id, entry.accepts);
      entries += is_about && (differs || !entry.of_some_releases) ? 1 : 0;
    }
    differ += differs ? 1 : 0;
    EXPECT_EQ(entries, differs ? 1 : 0) << one.id << ": expected " << ToString(one.expected) << "; " << witness.name
                                        << (answers[i].accepted ? " accepts" : " refuses: ") << answers[i].words;
  }
  RecordProperty("asked", static_cast<int>(answers.size()));
  RecordProperty("differ", differ);
}

const Witness kWitnesses[] = {
    {"openssl", OpensslVersion, AskOpenssl, &Disagreements::openssl_version, CanBeAsked},
    {"gnutls", GnutlsVersion, AskGnutls, &Disagreements::gnutls_version, CanBeAsked},
    {"openssl-crl", OpensslVersion, AskOpensslAboutLists, &Disagreements::openssl_version, IsDecidedByLists},
    {"openssl-ocsp", OpensslVersion, AskOpensslAboutStaples, &Disagreements::openssl_version, IsDecidedByStaple},
    {"gnutls-ocsp", GnutlsVersion, AskGnutlsAboutStaples, &Disagreements::gnutls_version, IsDecidedByStaple},
};

INSTANTIATE_TEST_SUITE_P(Third, WitnessTest, testing::ValuesIn(kWitnesses), [](const auto& tested) {
  std::string name = tested.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(DisagreementList, SaysWhoIsRightByWhichClauseAndWhy) {
  const std::set<std::string> sides = {"lab", "policy", "question"};
  std::set<std::string> witnesses;
  for (const Witness& witness : kWitnesses) {
    witnesses.insert(witness.name);
  }
  const auto source = testing::MatchesRegex("(; RFC [0-9]{4}( [0-9]+(\\.[0-9]+)*( [a-z][0-9]?)?)?)+");
  for (const Disagreement& entry : ReadDisagreements().all) {
    SCOPED_TRACE(entry.why);
    EXPECT_TRUE(witnesses.contains(entry.witness)) << entry.witness;
    EXPECT_TRUE(sides.contains(entry.right)) << entry.right << ": where the witness is right, the lab is to be mended";
    EXPECT_THAT("; " + entry.clause, source);
    EXPECT_GT(entry.why.size(), 20u);
    EXPECT_FALSE(entry.cases.empty());
  }
}

// Where the list says that standards leave a choice, the catalogue must say so too.
TEST(DisagreementList, CallsPolicyWhatTheCatalogueCallsPolicy) {
  for (const Disagreement& entry : ReadDisagreements().all) {
    for (const certs::CertCase& one : certs::Catalogue()) {
      if (entry.right == "policy" && one.expected.ok() != entry.accepts && entry.Covers(one.id, entry.accepts)) {
        EXPECT_TRUE(one.policy_dependent) << one.id << ": " << entry.why;
      }
    }
  }
}

TEST(DisagreementList, NamesNoCaseThatDoesNotExist) {
  for (const Disagreement& entry : ReadDisagreements().all) {
    for (const std::string& glob : entry.cases) {
      EXPECT_TRUE(std::ranges::any_of(certs::Catalogue(), [&](const certs::CertCase& one) {
        return CanBeAsked(one) && one.expected.ok() != entry.accepts && GlobMatches(glob, one.id);
      })) << glob;
    }
  }
}

}  // namespace
}  // namespace witness

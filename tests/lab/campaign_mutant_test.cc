// A verifier that has lost a rule is found by a campaign, and what is found is cut down to what the rule is about.
#include <gtest/gtest.h>

#include "lab/runner/campaign.h"
#include "lab/verifier/rules.h"

namespace lab {
namespace {

using verifier::Rule;

// A rule that is lost, and the seed's worlds among which that must show.
class PlantedBug : public testing::TestWithParam<Rule> {
 protected:
  void SetUp() override { verifier::SetRuleOn(GetParam(), false); }
  void TearDown() override { verifier::SetRuleOn(GetParam(), true); }
};

TEST_P(PlantedBug, IsFoundAndCutDownToTwoEdits) {
  constexpr uint64_t kWorlds = 6000;  // a minute's work, and under sanitizers not much more
  const std::atomic<bool> stop = false;
  std::vector<CampaignFinding> findings;
  const auto summary = RunCampaign(
      {.count = kWorlds, .jobs = 2, .most_findings = 1},
      {.on_progress = {}, .on_finding = [&](const CampaignFinding& finding) { findings.push_back(finding); }}, stop);
  ASSERT_TRUE(summary.has_value());
  ASSERT_EQ(findings.size(), 1u) << "not found in " << summary->worlds << " worlds";
  const CampaignFinding& found = findings.front();
  EXPECT_LE(found.edits, 2u) << testing::PrintToString(EditInWords(found.scenario));
  EXPECT_FALSE(found.scenario.expect.at(found.policy).verdict.ok())
      << "a rule that is lost lets through what must be refused: " << found.sentence;
}

INSTANTIATE_TEST_SUITE_P(Rules, PlantedBug,
                         testing::Values(Rule::kNames, Rule::kNotAfter, Rule::kSignatures, Rule::kBasicConstraints,
                                         Rule::kTrust, Rule::kNameConstraints, Rule::kLeafExtendedKeyUsage,
                                         Rule::kCriticalExtensions, Rule::kSha1, Rule::kSerialNotNegative),
                         [](const auto& test) {
                           std::string name(verifier::Name(test.param));
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace lab

// Random worlds: the same numbers draw the same worlds, edits mix and come apart again, and client and oracle agree.
#include "lab/runner/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "certs/issue.h"
#include "certs/keys.h"
#include "lab/runner/run.h"
#include "lab/scenario/compose.h"

namespace lab {
namespace {

using fakeserver::TlsMode;
using testing::Each;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

World WorldOf(std::string_view id) { return FindScenario(id)->world; }

// ------------------------------------------------------------------------------------------------ mixing

TEST(Compose, PutsEditsOfDifferentMembersTogether) {
  const World expired = WorldOf("time.leaf-expired"), other = WorldOf("name.wrong-host");
  const auto both = Compose({&expired, &other});
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->chain.At("leaf").not_after, expired.chain.At("leaf").not_after);
  EXPECT_EQ(both->chain.At("leaf").san, other.chain.At("leaf").san);
}

TEST(Compose, MixesRepliesToDifferentCommands) {
  const World mail = WorldOf("transaction.mail-answered-421"), rcpt = WorldOf("transaction.rcpt-answered-421");
  const auto both = Compose({&mail, &rcpt});
  ASSERT_TRUE(both.has_value());
  EXPECT_THAT(both->smtp.replies, SizeIs(2));
}

TEST(Compose, RefusesTwoEditsOfOneMember) {
  const World one = WorldOf("name.wrong-host"), other = WorldOf("name.parent-domain");
  EXPECT_FALSE(Compose({&one, &other}).has_value());
  EXPECT_FALSE(Compose({&one, &one}).has_value());
}

TEST(KeepEdits, TakesAnyWorldOfTheCatalogueApartAndTogetherAgain) {
  const World good = GoodWorld();
  for (const Scenario* part : CampaignParts()) {
    const size_t edits = CountEdits(good, part->world);
    EXPECT_GT(edits, 0u) << part->id;
    EXPECT_EQ(KeepEdits(good, part->world, std::vector<bool>(edits, true)), part->world) << part->id;
    EXPECT_EQ(KeepEdits(good, part->world, std::vector<bool>(edits, false)), good) << part->id;
  }
}

TEST(ScenarioOf, LeavesOpenWhatTheOracleIsNotSureOf) {
  World world = GoodWorld();
  world.link.to_client.latency = std::chrono::seconds(90);  // no RFC says whether a client waits that long
  const Composed composed = ScenarioOf(world, Modes::kStartTlsOnly, "x", "");
  EXPECT_THAT(composed.doubt, Each(Pair(testing::_, Not(""))));
  EXPECT_EQ(composed.scenario.expect.at(Policy::kSubmission).demand, Demand::kAnything);
}

// ------------------------------------------------------------------------------------------------ drawing

TEST(DeckTest, ANumberIsAWorld) {
  const Deck deck(CampaignParts(), 7, std::nullopt, std::nullopt), same(CampaignParts(), 7, std::nullopt, std::nullopt);
  const Deck other(CampaignParts(), 8, std::nullopt, std::nullopt);
  size_t different = 0;
  for (uint64_t number : {0u, 1u, 100u, 30000u, 30001u}) {
    const auto a = deck.Draw(number), b = same.Draw(number), c = other.Draw(number);
    ASSERT_EQ(a.has_value(), b.has_value());
    if (!a) {
      continue;
    }
    EXPECT_EQ(a->composed.scenario.world, b->composed.scenario.world);
    EXPECT_EQ(a->mode, b->mode);
    EXPECT_EQ(a->policy, b->policy);
    different += !c || c->composed.scenario.world != a->composed.scenario.world ? 1 : 0;
  }
  EXPECT_GE(different, 3u);
}

TEST(DeckTest, TheFirstWorldsAreEveryPairOfRows) {
  const Deck deck(CampaignParts(), 1, std::nullopt, std::nullopt);
  const size_t rows = deck.rows().size();
  EXPECT_GT(rows, 150u);
  EXPECT_THAT(deck.pairs(), SizeIs(rows * (rows - 1) / 2));
  for (uint64_t number = 0; number < 200; ++number) {
    const auto drawn = deck.Draw(number);
    if (!drawn) {
      continue;
    }
    std::set<std::string> covered;
    for (const Scenario* part : drawn->parts) {
      covered.insert(part->rows.begin(), part->rows.end());
    }
    const auto [a, b] = deck.pairs()[number];
    EXPECT_TRUE(covered.contains(deck.rows()[a]) && covered.contains(deck.rows()[b])) << number;
  }
}

// ------------------------------------------------------------------------------------------------ campaigns

// Campaigns of the built-in client in which nothing was found.
CampaignSummary Quiet(uint64_t first, uint64_t count, int jobs) {
  const std::atomic<bool> stop = false;
  const CampaignOptions options{.first = first, .count = count, .jobs = jobs};
  const auto summary = RunCampaign(options,
                                   {.on_progress = {},
                                    .on_finding =
                                        [](const CampaignFinding& finding) {
                                          ADD_FAILURE() << finding.number << ": " << finding.sentence << "\n"
                                                        << testing::PrintToString(EditInWords(finding.scenario));
                                        }},
                                   stop);
  EXPECT_TRUE(summary.has_value());
  return summary.value_or(CampaignSummary());
}

TEST(Campaign, TheBuiltInClientAndTheOracleAgree) {
  const CampaignSummary pairs = Quiet(0, 400, 2), mixtures = Quiet(40000, 400, 2);
  EXPECT_GT(pairs.worlds, 300u);
  EXPECT_GT(pairs.refuse, 100u);
  EXPECT_GT(mixtures.worlds, 300u);
}

// What the lab's own TLS serves is also served by the handshake that it makes by hand, in either version. Campaigns
// found that a certificate of the client's was not demanded there, and that no status was stapled in TLS 1.2.
TEST(Campaign, AHandMadeHandshakeServesTheSame) {
  const Deck deck(CampaignParts(), 1, std::nullopt, std::nullopt);
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), kLabNow);
  for (const char* by_hand : {"control.tls12-by-hand", "control.tls13-by-hand"}) {
    for (const char* served :
         {"tls.client-certificate-required", "revocation.ocsp-revoked", "revocation.ocsp-revoked-hard",
          "control.ocsp-hard", "revocation.sct-tls-one", "revocation.sct-tls-unsigned"}) {
      ASSERT_NE(FindScenario(served), nullptr) << served;
      const auto world =
          deck.Mix({FindScenario(by_hand), FindScenario(served)}, TlsMode::kStartTls, Policy::kSubmission, 0);
      ASSERT_TRUE(world.has_value()) << by_hand << " " << served;
      const RunRecord record = RunInMemory(world->composed.scenario, world->mode, world->policy, issuer, 1, false);
      EXPECT_EQ(record.outcome, Outcome::kPass) << by_hand << " " << served << ": " << record.sentence;
    }
  }
}

TEST(Campaign, DoesNotDependOnHowManyWorldsAreMetAtOnce) {
  const CampaignSummary one = Quiet(500, 60, 1), many = Quiet(500, 60, 5);
  EXPECT_EQ(one.worlds, many.worlds);
  EXPECT_EQ(one.accept, many.accept);
  EXPECT_EQ(one.refuse, many.refuse);
  EXPECT_EQ(one.pairs, many.pairs);
}

TEST(Campaign, EndsWhenItIsToldTo) {
  const std::atomic<bool> stop = true;
  const auto summary = RunCampaign({.count = 1000000}, {}, stop);
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->interrupted);
}

TEST(Campaign, EndsWithItsTime) {
  const std::atomic<bool> stop = false;
  const auto summary = RunCampaign({.duration = std::chrono::milliseconds(50)}, {}, stop);
  ASSERT_TRUE(summary.has_value());
  EXPECT_FALSE(summary->interrupted);
}

}  // namespace
}  // namespace lab

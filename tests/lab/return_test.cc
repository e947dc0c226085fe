// Clients that come back: the built-in client has a session, and the server would take it, wherever a scenario is about
// that. Otherwise refusing would prove nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "certs/issue.h"
#include "certs/keys.h"
#include "lab/runner/run.h"

namespace lab {
namespace {

using fakeserver::EventKind;
using fakeserver::TlsMode;
using fakeserver::Transcript;
using testing::HasSubstr;
using testing::Not;

RunRecord Met(const Scenario& scenario, TlsMode mode = TlsMode::kStartTls) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), kLabNow);
  return RunInMemory(scenario, mode, Policy::kSubmission, issuer, 1, false);
}

std::string Text(const Transcript& transcript) {
  std::string text;
  for (const fakeserver::Event& event : transcript.events()) {
    text += ToString(event) + "\n";
  }
  return text;
}

std::vector<const Scenario*> Returns() {
  std::vector<const Scenario*> all;
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.world.returns) {
      all.push_back(&scenario);
    }
  }
  return all;
}

// The client was let in on the first visit, and was given something to come back with.
TEST(Returns, BeginWithAVisitThatEndsWell) {
  ASSERT_GE(Returns().size(), 20u);
  for (const Scenario* scenario : Returns()) {
    const RunRecord record = Met(*scenario);
    ASSERT_EQ(record.transcripts.size(), 2u) << scenario->id;
    EXPECT_TRUE(record.transcripts.front().Has(EventKind::kMessage))
        << scenario->id << Text(record.transcripts.front());
    EXPECT_THAT(Text(record.transcripts.front()), Not(HasSubstr("resumed"))) << scenario->id;
  }
}

// A server that would resume is one that does when it is asked to: with the rules of the first visit, it is.
TEST(Returns, MeetAServerThatWouldTakeTheSession) {
  const std::set<std::string> declined = {"control.resumption-declined", "visit.declined-by-other-certificate",
                                          "visit.ticket-ends-connection", "visit.ticket-stalls"};
  for (const Scenario* scenario : Returns()) {
    const std::string family = scenario->id.substr(0, scenario->id.find("-tls12"));
    Scenario trusting = *scenario;
    World& world = trusting.world;
    world.earlier.front().ago = std::chrono::seconds(0);
    world.chain.trusted = certs::GoodChain().trusted;
    world.chain.revocation.crls.clear();
    if (world.earlier.front().reference) {
      world.reference = *world.earlier.front().reference;
    }
    world.chain.leaf().not_after = certs::GoodChain().leaf().not_after;
    for (certs::OcspSpec& staple : world.chain.revocation.staples) {
      staple.singles[0].next_update = certs::SingleStatus{}.next_update;
    }
    const RunRecord record = Met(trusting);
    EXPECT_EQ(Text(record.transcripts.back()).find("resumed") != std::string::npos, !declined.contains(family))
        << scenario->id << "\n"
        << Text(record.transcripts.back());
  }
}

TEST(Returns, AreJudgedByTheLastVisitOnly) {
  const RunRecord record = Met(*FindScenario("visit.declined-by-other-certificate"));
  EXPECT_EQ(Name(record.outcome), "pass") << record.sentence;
  EXPECT_FALSE(record.observation.delivered_in_tls) << "that was the first";
  EXPECT_EQ(record.observation.connections, 1);
}

}  // namespace
}  // namespace lab

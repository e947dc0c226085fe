#include "lab/runner/memory_wire.h"

#include <gtest/gtest.h>

#include <string>

#include "certs/catalogue.h"
#include "certs/keys.h"
#include "fakeserver/tls_context.h"
#include "lab/runner/built_in.h"
#include "lab/runner/run.h"

namespace lab {
namespace {

using fakeserver::TlsMode;

certs::Issuer& SharedIssuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), kLabNow);
  return issuer;
}

struct Cell {
  const Scenario* scenario;
  TlsMode mode;
};

std::vector<Cell> Cells() {
  std::vector<Cell> cells;
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.modes != Modes::kImplicitOnly) {
      cells.push_back({&scenario, TlsMode::kStartTls});
    }
    if (scenario.modes != Modes::kStartTlsOnly) {
      cells.push_back({&scenario, TlsMode::kImplicit});
    }
  }
  return cells;
}

std::string NameOf(const testing::TestParamInfo<Cell>& test) {
  std::string name = test.param.scenario->id + "_" + std::string(fakeserver::Name(test.param.mode));
  for (char& c : name) {
    c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
}

std::string Text(const RunRecord& record) {
  std::string text;
  for (const fakeserver::Transcript& transcript : record.transcripts) {
    for (const fakeserver::Event& event : transcript.events()) {
      text += ToString(event) + "\n";
    }
  }
  return text;
}

class MemoryWireTest : public testing::TestWithParam<Cell> {};

// Exactly the expected verdict, and in collect-all mode exactly the intended defects. Nothing is skipped.
TEST_P(MemoryWireTest, TheBuiltInClientAnswersRight) {
  const Scenario& scenario = *GetParam().scenario;
  const RunRecord record = RunInMemory(scenario, GetParam().mode, Policy::kSubmission, SharedIssuer(), 1, true);
  EXPECT_EQ(Name(record.outcome), "pass") << record.sentence << "\n" << record.report.detail << "\n" << Text(record);
}

// ... and so it does as a relay, whatever the DNS says.
class RelayOnMemoryWireTest : public MemoryWireTest {};

TEST_P(RelayOnMemoryWireTest, TheBuiltInClientAnswersRight) {
  const Scenario& scenario = *GetParam().scenario;
  for (const Policy policy : {Policy::kRelayOpportunistic, Policy::kRelayDane, Policy::kRelayMtaSts}) {
    const RunRecord record = RunInMemory(scenario, GetParam().mode, policy, SharedIssuer(), 1, false);
    EXPECT_EQ(Name(record.outcome), "pass") << Name(policy) << ": " << record.sentence << "\n" << Text(record);
  }
}

INSTANTIATE_TEST_SUITE_P(All, MemoryWireTest, testing::ValuesIn(Cells()), NameOf);

// Relays have port 25, and there is nothing but STARTTLS.
std::vector<Cell> RelayCells() {
  std::vector<Cell> cells = Cells();
  std::erase_if(cells, [](const Cell& cell) { return cell.mode != TlsMode::kStartTls; });
  return cells;
}
INSTANTIATE_TEST_SUITE_P(All, RelayOnMemoryWireTest, testing::ValuesIn(RelayCells()), NameOf);

// A fault that nobody met would prove nothing: whatever is said to be wrong with a handshake was carried out.
TEST(ByHandTest, EveryFaultOfAHandshakeIsCarriedOut) {
  for (const Scenario& scenario : AllScenarios()) {
    const fakeserver::TlsScript& tls = scenario.world.tls;
    const bool faulty = !tls.edits.empty() || tls.signature != fakeserver::SignatureScript{} ||
                        tls.key_share != fakeserver::KeyShareScript{};
    if (faulty && scenario.modes != Modes::kImplicitOnly) {
      const RunRecord record = RunInMemory(scenario, TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, false);
      ASSERT_EQ(record.transcripts.size(), 1u);
      EXPECT_TRUE(record.transcripts.front().Has(fakeserver::EventKind::kFault)) << scenario.id << "\n" << Text(record);
    }
  }
}

// A client that insists on a status blames nobody for one that could not have come yet: where the server's Certificate
// is met before ServerHello, or where the message behind it cannot be read.
TEST(ByHandTest, AStatusThatHadNotComeYetIsNotMissed) {
  for (const char* const id : {"tls.tls12-server-hello-missing", "revocation.ocsp-empty-tls12"}) {
    Scenario scenario = *FindScenario(id);
    scenario.world.chain.revocation.check = certs::RevocationCheck::kHard;
    const RunRecord record = RunInMemory(scenario, TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, false);
    EXPECT_EQ(Name(record.outcome), "pass") << id << "\n" << record.sentence << Text(record);
  }
}

// What has to be written by hand is served in both versions, and means the same in both.
TEST(ByHandTest, WhatBoringSslDoesNotPresentIsServedInBothVersions) {
  for (const certs::CertCase& from : certs::Catalogue()) {
    const auto chain = SharedIssuer().Issue(from.chain);
    ASSERT_TRUE(chain.has_value()) << from.id;
    // Which of the odd leaves the library takes depends on its age (P-224), but it takes all that are not marked.
    ASSERT_TRUE(from.needs_forger || fakeserver::CanServe(**chain)) << from.id;
    if (!from.needs_forger) {
      continue;
    }
    for (const uint16_t version : {uint16_t{0x0303}, uint16_t{0x0304}}) {
      Scenario scenario = *FindScenario(from.id);
      scenario.world.tls.min_version = scenario.world.tls.max_version = version;
      const RunRecord record = RunInMemory(scenario, TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, true);
      EXPECT_EQ(Name(record.outcome), "pass") << from.id << " in " << version << "\n"
                                              << record.sentence << Text(record);
    }
  }
}

TEST(VisitsTest, AreMetInTurnUntilTheMailIsDelivered) {
  const auto visits = [](const char* id) {
    return RunInMemory(*FindScenario(id), TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, false)
        .transcripts.size();
  };
  EXPECT_EQ(visits("control.good"), 1u);
  EXPECT_EQ(visits("visit.first-three-busy"), 4u);
  EXPECT_EQ(visits("visit.no-tls-after-454"), 2u) << "what is refused is tried again, and refused again";
}

// ------------------------------------------------------------------------------------------------ the wire itself

struct Meeting {
  verifier::SmtpClientConfig config;
  std::shared_ptr<fakeserver::Behaviour> behaviour = std::make_shared<fakeserver::Behaviour>();

  explicit Meeting(const World& world) {
    const auto chain = SharedIssuer().Issue(world.chain);
    EXPECT_TRUE(chain.has_value());
    config = MakeConfig(world, TlsMode::kStartTls, **chain, MakeHoney(1, "s", "c"), kLabNow);
    behaviour->smtp = world.smtp;
    behaviour->tls = world.tls;
    behaviour->link = world.link;
    behaviour->identity = *chain;
  }
};

TEST(MemoryWireItselfTest, SilenceCostsVirtualTimeOnly) {
  World world = GoodWorld();
  world.link = {.cut = fakeserver::CutKind::kSilence, .cut_at = fakeserver::Stage::kConnected};
  Meeting meeting(world);
  meeting.config.timeouts.greeting = std::chrono::hours(24);
  verifier::SmtpClient client(meeting.config);
  const MemoryRun run = RunOnMemoryWire(client, meeting.behaviour);
  EXPECT_EQ(run.end, WireEnd::kDone);
  EXPECT_GE(run.elapsed, std::chrono::hours(24));
  EXPECT_EQ(client.result().verdict.reason, certs::Reason::kTimeout);
}

TEST(MemoryWireItselfTest, AHoldPassesInVirtualTime) {
  World world = GoodWorld();
  world.smtp.hold_first_ehlo_in_tls = std::chrono::seconds(20);
  Meeting meeting(world);
  verifier::SmtpClient client(meeting.config);
  const MemoryRun run = RunOnMemoryWire(client, meeting.behaviour);
  EXPECT_EQ(run.end, WireEnd::kDone);
  EXPECT_GE(run.elapsed, std::chrono::seconds(20));
  EXPECT_TRUE(client.result().verdict.ok());
}

TEST(MemoryWireItselfTest, TheStepLimitEndsARunThatDoesNot) {
  Meeting meeting(GoodWorld());
  verifier::SmtpClient client(meeting.config);
  EXPECT_EQ(RunOnMemoryWire(client, meeting.behaviour, {}, 2).end, WireEnd::kStepLimit);
}

TEST(MemoryWireItselfTest, TheSameRunTakesTheSameSteps) {
  Meeting meeting(GoodWorld());
  verifier::SmtpClient first(meeting.config), second(meeting.config);
  EXPECT_EQ(RunOnMemoryWire(first, meeting.behaviour).steps, RunOnMemoryWire(second, meeting.behaviour).steps);
}

TEST(RunInMemoryTest, AnExpectationThatIsWrongIsNoticed) {
  Scenario scenario = *FindScenario("control.good");
  scenario.expect[Policy::kSubmission] = {.demand = Demand::kRefuse, .verdict = {certs::Reason::kExpired, 0}};
  EXPECT_EQ(RunInMemory(scenario, TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, false).outcome,
            Outcome::kAcceptBad);
}

TEST(RunInMemoryTest, APolicyTheScenarioSaysNothingAboutIsSkipped) {
  Scenario scenario = *FindScenario("control.good");
  scenario.expect.clear();
  EXPECT_EQ(RunInMemory(scenario, TlsMode::kStartTls, Policy::kSubmission, SharedIssuer(), 1, false).outcome,
            Outcome::kSkip);
}

}  // namespace
}  // namespace lab

// What the lab itself costs: scenarios, the whole catalogue and random worlds on the memory wire, against the built-in
// client, beside bare BoringSSL handshakes with the same chains.
#include <memory>
#include <string>
#include <vector>

#include "bench/bare_handshake.h"
#include "bench/cases.h"
#include "bench/chains.h"
#include "certs/keys.h"
#include "lab/runner/campaign_draw.h"
#include "lab/runner/run.h"

namespace bench {
namespace {

constexpr double kLabGoal = 1.25;  // times a bare handshake

// A whole scenario: greeting, EHLO, STARTTLS, handshake, verification, EHLO, AUTH, message, QUIT, the judgement.
void RunScenario(benchmark::State& state, Probe& probe, const char* id, fakeserver::TlsMode mode) {
  const lab::Scenario* scenario = lab::FindScenario(id);
  if (scenario == nullptr) {
    state.SkipWithError("there is no such scenario");
    return;
  }
  for (auto _ : state) {
    bool expected = false;
    probe.Time([&] {
      expected =
          lab::AsExpected(lab::RunInMemory(*scenario, mode, lab::Policy::kSubmission, LabIssuer(), 1, false).outcome);
    });
    if (!expected) {
      state.SkipWithError("the scenario did not go as expected");
      return;
    }
  }
}

// Chains that BoringSSL refuses to load have no bare handshake: they are left out of the yardstick, which only makes it
// shorter. RSA keys too short for PSS can only serve TLS 1.2.
std::vector<std::unique_ptr<BareHandshake>> HandshakesOf(const std::vector<const lab::World*>& worlds) {
  std::vector<std::unique_ptr<BareHandshake>> handshakes;
  for (const lab::World* world : worlds) {
    const auto chain = LabIssuer().Issue(world->chain);
    if (!chain) {
      continue;
    }
    const bool short_rsa =
        (*chain)->key_type == certs::KeyType::kRsa512 || (*chain)->key_type == certs::KeyType::kRsa768;
    const uint16_t version = short_rsa ? TLS1_2_VERSION : TLS1_3_VERSION;
    auto handshake = std::make_unique<BareHandshake>(**chain, BareOptions{.version = version, .now = lab::kLabNow});
    if (handshake->usable()) {
      handshakes.push_back(std::move(handshake));
    }
  }
  return handshakes;
}

void RunHandshakes(benchmark::State& state, Probe& probe, const std::vector<const lab::World*>& worlds) {
  const auto handshakes = HandshakesOf(worlds);
  for (auto _ : state) {
    probe.Time([&] {
      for (const auto& handshake : handshakes) {
        benchmark::DoNotOptimize(handshake->Run());
      }
    });
  }
  state.counters["handshakes"] = static_cast<double>(handshakes.size());
}

std::vector<const lab::Scenario*> StartTlsScenarios() {
  std::vector<const lab::Scenario*> scenarios;
  for (const lab::Scenario& scenario : lab::AllScenarios()) {
    if (scenario.modes != lab::Modes::kImplicitOnly) {
      scenarios.push_back(&scenario);
    }
  }
  return scenarios;
}

void RunCatalogue(benchmark::State& state, Probe& probe) {
  const auto scenarios = StartTlsScenarios();
  for (auto _ : state) {
    probe.Time([&] {
      for (const lab::Scenario* scenario : scenarios) {
        benchmark::DoNotOptimize(lab::RunInMemory(*scenario, fakeserver::TlsMode::kStartTls, lab::Policy::kSubmission,
                                                  LabIssuer(), 1, false));
      }
    });
  }
  state.counters["scenarios"] = static_cast<double>(scenarios.size());
}

void RunCatalogueHandshakes(benchmark::State& state, Probe& probe) {
  std::vector<const lab::World*> worlds;
  for (const lab::Scenario* scenario : StartTlsScenarios()) {
    worlds.push_back(&scenario->world);
  }
  RunHandshakes(state, probe, worlds);
}

// The same worlds in every run. Drawing them is part of a campaign; here it is done beforehand and timed by itself.
constexpr uint64_t kWorlds = 200;

const lab::Deck& TheDeck() {
  static const lab::Deck deck(lab::CampaignParts(), 1, lab::Policy::kSubmission, fakeserver::TlsMode::kStartTls);
  return deck;
}

std::vector<std::unique_ptr<lab::DrawnWorld>> Draw() {
  std::vector<std::unique_ptr<lab::DrawnWorld>> worlds;
  for (uint64_t number = 0; number < kWorlds; ++number) {
    if (auto world = TheDeck().Draw(TheDeck().pairs().size() + number)) {
      worlds.push_back(std::make_unique<lab::DrawnWorld>(*std::move(world)));
    }
  }
  return worlds;
}

// As a campaign meets them: with every defect collected.
void RunCampaign(benchmark::State& state, Probe& probe) {
  const auto worlds = Draw();
  for (auto _ : state) {
    probe.Time([&] {
      for (const auto& world : worlds) {
        benchmark::DoNotOptimize(
            lab::RunInMemory(world->composed.scenario, world->mode, world->policy, LabIssuer(), 1, true));
      }
    });
  }
  state.counters["worlds"] = static_cast<double>(worlds.size());
}

void RunCampaignHandshakes(benchmark::State& state, Probe& probe) {
  const auto drawn = Draw();
  std::vector<const lab::World*> worlds;
  for (const auto& world : drawn) {
    worlds.push_back(&world->composed.scenario.world);
  }
  RunHandshakes(state, probe, worlds);
}

void RunDrawing(benchmark::State& state, Probe& probe) {
  for (auto _ : state) {
    probe.Time([&] { benchmark::DoNotOptimize(Draw()); });
  }
}

}  // namespace

std::vector<Case> ScenarioCases() {
  using fakeserver::TlsMode;
  const HandshakeKind bare{.verifying = Verifying::kBoringSsl};
  std::vector<Case> cases;
  const auto scenario = [&](const char* id, TlsMode mode) {
    cases.push_back({.name = "BM_Scenario/" + std::string(fakeserver::Name(mode)) + "/" + id,
                     .quick = true,
                     .run = [id, mode](benchmark::State& state, Probe& probe) { RunScenario(state, probe, id, mode); },
                     .floor = FloorOf(bare),
                     .yardstick = "BM_Handshake/" + bare.Text(),
                     .goal = kLabGoal});
  };
  scenario("control.good", TlsMode::kStartTls);
  scenario("control.good", TlsMode::kImplicit);
  scenario("name.wrong-host", TlsMode::kStartTls);
  scenario("time.leaf-expired", TlsMode::kStartTls);
  cases.push_back({.name = "BM_Catalogue/bare-handshakes", .run = RunCatalogueHandshakes, .once = true});
  cases.push_back({.name = "BM_Catalogue/lab",
                   .run = RunCatalogue,
                   .yardstick = "BM_Catalogue/bare-handshakes",
                   .goal = kLabGoal,
                   .once = true});
  cases.push_back({.name = "BM_Campaign/bare-handshakes", .quick = true, .run = RunCampaignHandshakes, .once = true});
  cases.push_back({.name = "BM_Campaign/worlds",
                   .quick = true,
                   .run = RunCampaign,
                   .yardstick = "BM_Campaign/bare-handshakes",
                   .goal = kLabGoal,
                   .once = true});
  cases.push_back({.name = "BM_Campaign/drawing",
                   .quick = true,
                   .run = RunDrawing,
                   .yardstick = "BM_Campaign/bare-handshakes",
                   .once = true});
  return cases;
}

}  // namespace bench

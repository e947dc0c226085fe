// Handshakes in memory: bare BoringSSL beside the same through the lab's own client and server, so that every figure
// has its yardstick in the same run. Single thread, both ends; the clock is the process's CPU time.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "bench/bare_handshake.h"
#include "bench/benchmarks.h"
#include "lab/runner/run.h"

namespace bench {
namespace {

struct KeyRow {
  const char* name;
  certs::KeyType type;
};
constexpr KeyRow kKeys[] = {{"p256", certs::KeyType::kP256},
                            {"p384", certs::KeyType::kP384},
                            {"rsa2048", certs::KeyType::kRsa2048},
                            {"rsa4096", certs::KeyType::kRsa4096},
                            {"ed25519", certs::KeyType::kEd25519}};

certs::Issuer& LabIssuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), lab::kLabNow);
  return issuer;
}

// Bob's good chain with every key of one kind.
std::shared_ptr<const certs::IssuedChain> ChainOf(certs::KeyType type) {
  certs::ChainSpec spec = certs::GoodChain();
  for (const char* node : {"leaf", "intermediate", "root"}) {
    spec.At(node).key.type = type;
  }
  auto chain = LabIssuer().Issue(spec);
  return chain ? *chain : nullptr;
}

void BareBenchmark(benchmark::State& state, certs::KeyType type, uint16_t version, BareVerify verify, bool resume) {
  const auto chain = ChainOf(type);
  if (!chain) {
    state.SkipWithError("the chain cannot be issued");
    return;
  }
  BareHandshake handshake(*chain, {.version = version, .verify = verify, .now = lab::kLabNow});
  if (!handshake.usable()) {
    state.SkipWithError("BoringSSL refuses to load the chain");
    return;
  }
  bssl::UniquePtr<SSL_SESSION> session;
  if (resume) {
    session = handshake.MakeSession();
  }
  for (auto _ : state) {
    if (!handshake.Run(session.get())) {
      state.SkipWithError("the handshake failed");
      return;
    }
  }
  state.SetLabel(handshake.negotiated());
}

// A whole scenario: greeting, EHLO, STARTTLS, handshake, verification, EHLO, AUTH, message, QUIT.
void ScenarioBenchmark(benchmark::State& state, const lab::Scenario* scenario, fakeserver::TlsMode mode) {
  for (auto _ : state) {
    const lab::RunRecord record = lab::RunInMemory(*scenario, mode, lab::Policy::kSubmission, LabIssuer(), 1, false);
    if (!lab::AsExpected(record.outcome)) {
      state.SkipWithError("the scenario did not go as expected");
      return;
    }
  }
}

// The whole catalogue against the built-in verifier, per iteration; the yardstick is below.
void CatalogueBenchmark(benchmark::State& state) {
  size_t count = 0;
  for (auto _ : state) {
    count = 0;
    for (const lab::Scenario& scenario : lab::AllScenarios()) {
      if (scenario.modes != lab::Modes::kImplicitOnly) {
        benchmark::DoNotOptimize(lab::RunInMemory(scenario, fakeserver::TlsMode::kStartTls, lab::Policy::kSubmission,
                                                  LabIssuer(), 1, false));
        ++count;
      }
    }
  }
  state.counters["scenarios"] = static_cast<double>(count);
}

// Bare BoringSSL handshakes with the chains of the same scenarios, verified by BoringSSL with its verdict ignored.
// Chains that BoringSSL refuses to load have no bare handshake: they are left out of the yardstick, which only makes it
// shorter.
void CatalogueFloorBenchmark(benchmark::State& state) {
  std::vector<std::unique_ptr<BareHandshake>> handshakes;
  for (const lab::Scenario& scenario : lab::AllScenarios()) {
    if (scenario.modes == lab::Modes::kImplicitOnly) {
      continue;
    }
    const auto chain = LabIssuer().Issue(scenario.world.chain);
    if (!chain) {
      continue;
    }
    // RSA keys too short for PSS can only serve TLS 1.2.
    const bool short_rsa =
        (*chain)->key_type == certs::KeyType::kRsa512 || (*chain)->key_type == certs::KeyType::kRsa768;
    handshakes.push_back(std::make_unique<BareHandshake>(
        **chain,
        BareOptions{.version = short_rsa ? uint16_t{TLS1_2_VERSION} : uint16_t{TLS1_3_VERSION}, .now = lab::kLabNow}));
  }
  size_t count = 0;
  for (auto _ : state) {
    count = 0;
    for (const auto& handshake : handshakes) {
      if (handshake->usable()) {
        benchmark::DoNotOptimize(handshake->Run());
        ++count;
      }
    }
  }
  state.counters["handshakes"] = static_cast<double>(count);
}

}  // namespace

void RegisterHandshakeBenchmarks() {
  for (const KeyRow& key : kKeys) {
    for (const auto& [version_name, version] :
         {std::pair{"tls12", uint16_t{TLS1_2_VERSION}}, {"tls13", uint16_t{TLS1_3_VERSION}}}) {
      const std::string prefix = std::string("BM_Handshake/") + version_name + "/" + key.name;
      benchmark::RegisterBenchmark((prefix + "/full/verify:none").c_str(), BareBenchmark, key.type, version,
                                   BareVerify::kNone, false);
      benchmark::RegisterBenchmark((prefix + "/full/verify:boringssl").c_str(), BareBenchmark, key.type, version,
                                   BareVerify::kBoringSsl, false);
      benchmark::RegisterBenchmark((prefix + "/resume/verify:boringssl").c_str(), BareBenchmark, key.type, version,
                                   BareVerify::kBoringSsl, true);
    }
  }
  const lab::Scenario* good = lab::FindScenario("control.good");
  benchmark::RegisterBenchmark("BM_Scenario/starttls/control.good", ScenarioBenchmark, good,
                               fakeserver::TlsMode::kStartTls);
  benchmark::RegisterBenchmark("BM_Scenario/implicit/control.good", ScenarioBenchmark, good,
                               fakeserver::TlsMode::kImplicit);
  benchmark::RegisterBenchmark("BM_Scenario/starttls/name.wrong-host", ScenarioBenchmark,
                               lab::FindScenario("name.wrong-host"), fakeserver::TlsMode::kStartTls);
  benchmark::RegisterBenchmark("BM_Catalogue/lab", CatalogueBenchmark)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("BM_Catalogue/bare", CatalogueFloorBenchmark)->Unit(benchmark::kMillisecond);
}

}  // namespace bench

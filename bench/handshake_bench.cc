// Handshakes in memory: bare BoringSSL on both ends, with no verification and with its own; and the project's client
// against the same bare server.
#include <memory>
#include <string>

#include "bench/bare_handshake.h"
#include "bench/cases.h"
#include "bench/chains.h"
#include "lab/runner/run.h"

namespace bench {
namespace {

BareOptions OptionsOf(const HandshakeKind& kind) {
  return {.version = kind.tls13 ? uint16_t{TLS1_3_VERSION} : uint16_t{TLS1_2_VERSION},
          .verify = kind.verifying == Verifying::kBoringSsl ? BareVerify::kBoringSsl : BareVerify::kNone,
          .now = lab::kLabNow};
}

void RunProduct(benchmark::State& state, Probe& probe, const HandshakeKind& kind) {
  ProductHandshake handshake(ChainOf(kind.key.type, kind.presented), OptionsOf(kind), kind.resume);
  if (!handshake.usable() || !handshake.Prepare()) {
    state.SkipWithError("no session could be made, or BoringSSL refuses to load the chain");
    return;
  }
  for (auto _ : state) {
    bool done = false;
    probe.Time([&] { done = handshake.Run(&probe); });
    if (!done) {
      state.SkipWithError("the handshake failed");
      return;
    }
  }
  state.SetLabel(handshake.negotiated());
}

void RunBare(benchmark::State& state, Probe& probe, const HandshakeKind& kind) {
  BareHandshake handshake(*ChainOf(kind.key.type, kind.presented), OptionsOf(kind));
  if (!handshake.usable()) {
    state.SkipWithError("BoringSSL refuses to load the chain");
    return;
  }
  bssl::UniquePtr<SSL_SESSION> session;
  if (kind.resume) {
    session = handshake.MakeSession();
    if (session == nullptr) {
      state.SkipWithError("the server gave no session out");
      return;
    }
  }
  for (auto _ : state) {
    bool done = false;
    probe.Time([&] { done = handshake.Run(session.get(), &probe); });
    if (!done) {
      state.SkipWithError("the handshake failed, or did not resume");
      return;
    }
  }
  state.SetLabel(handshake.negotiated());
}

// What --quick runs: everyday versions and keys.
bool IsEveryday(const HandshakeKind& kind) {
  const std::string_view key = kind.key.name;
  return kind.presented == 2 && (key == "p256" || (key == "rsa2048" && kind.tls13)) && (!kind.resume || kind.tls13);
}

}  // namespace

std::vector<Case> HandshakeCases() {
  std::vector<Case> cases;
  for (const bool tls13 : {false, true}) {
    for (const KeyRow& key : kKeyRows) {
      for (const int presented : {1, 2, 3, 8}) {
        for (const bool resume : {false, true}) {
          for (const Verifying verifying : {Verifying::kNone, Verifying::kProduct, Verifying::kBoringSsl}) {
            const HandshakeKind kind{tls13, key, presented, resume, verifying};
            cases.push_back({.name = "BM_Handshake/" + kind.Text(),
                             .quick = IsEveryday(kind),
                             .run =
                                 [kind](benchmark::State& state, Probe& probe) {
                                   kind.verifying == Verifying::kProduct ? RunProduct(state, probe, kind)
                                                                         : RunBare(state, probe, kind);
                                 },
                             .floor = FloorOf(kind)});
          }
        }
      }
    }
  }
  return cases;
}

}  // namespace bench

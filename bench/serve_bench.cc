// The fake server on real sockets: what a handshake costs it, with 1 to 1,000 clients at a time, beside the raw
// operations that the server's side needs. The load is made on this thread, the server has its own: its cost is what
// the process used beyond this thread. Percentiles are the clients' waiting, in real time.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "bench/bare_handshake.h"
#include "bench/cases.h"
#include "bench/chains.h"
#include "bench/load.h"
#include "fakeserver/server.h"
#include "lab/runner/clock.h"

namespace bench {
namespace {

constexpr double kServerGoal = 1 / 0.9;  // times the raw operations
constexpr char kId[] = "bench";

struct ServeKind {
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  KeyRow key;
  int clients = 1;
};

void RunServe(benchmark::State& state, Probe& probe, const ServeKind& kind) {
  certs::Issuer issuer(certs::KeyRing::Random(), lab::UnixNow());
  const auto chain = issuer.Issue(ChainSpecOf(kind.key.type, 2));
  if (!chain) {
    state.SkipWithError("the chain cannot be issued");
    return;
  }
  auto behaviour = std::make_shared<fakeserver::Behaviour>();
  behaviour->mode = kind.mode;
  behaviour->identity = *chain;
  auto server = fakeserver::Start({.listeners = {{.id = kId, .behaviour = [behaviour](int) { return behaviour; }}}});
  const bssl::UniquePtr<SSL_CTX> client = MakeBareClient(**chain, {.verify = BareVerify::kNone});
  if (!server || !client) {
    state.SkipWithError("the server did not start");
    return;
  }
  const bool starttls = kind.mode == fakeserver::TlsMode::kStartTls;
  LoadOptions options{
      .port = server->port(kId), .clients = 1, .connections = 20, .talk = starttls ? Talk::kStartTls : Talk::kImplicit};
  RunLoad(client.get(), "mail.bob.test", options);
  options.clients = kind.clients;
  options.connections = std::max(400, 2 * kind.clients);
  for (auto _ : state) {
    const int64_t process = ProcessCpu(), thread = ThreadCpu();
    const LoadResult result = RunLoad(client.get(), "mail.bob.test", options);
    const double server_cost = static_cast<double>((ProcessCpu() - process) - (ThreadCpu() - thread));
    if (result.failed > 0) {
      state.SkipWithError(fmt::format("{} of {} connections failed", result.failed, options.connections).c_str());
      return;
    }
    probe.NoteCost(result.shook_hands, server_cost / result.shook_hands);
    probe.AddServer(static_cast<int64_t>(server_cost));
    for (const int64_t latency : result.latencies) {
      probe.NoteTime(latency);
    }
    state.counters["handshakes_per_second_and_core"] = result.shook_hands / (server_cost / 1e9);
    state.SetLabel(result.negotiated);
  }
}

}  // namespace

std::vector<Case> ServeCases() {
  std::vector<Case> cases;
  for (const KeyRow& key : kKeyRows) {
    for (const auto mode : {fakeserver::TlsMode::kStartTls, fakeserver::TlsMode::kImplicit}) {
      for (const int clients : {1, 10, 100, 1000}) {
        const bool everyday = key.type == certs::KeyType::kP256 || key.type == certs::KeyType::kRsa2048;
        const ServeKind kind{mode, key, clients};
        cases.push_back(
            {.name = fmt::format("BM_ServeTcp/{}/tls13/{}/clients:{}", fakeserver::Name(mode), key.name, clients),
             .quick = everyday && mode == fakeserver::TlsMode::kStartTls,
             .run = [kind](auto& state, Probe& probe) { RunServe(state, probe, kind); },
             .floor = ServerFloorOf({.key = key}),
             .goal = kServerGoal,
             .once = true});
      }
    }
  }
  return cases;
}

}  // namespace bench

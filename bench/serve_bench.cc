// The fake server on real sockets: what a handshake costs it, with 1 to 1,000 clients at a time, beside the raw
// operations that the server's side needs. The load is made on this thread, the server has its own: its cost is what
// the process used beyond this thread. Percentiles are the clients' waiting, in real time. What of that cost is the
// kernel's, a server shows that does nothing but send and receive as many octets in the same turns.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
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
  bool beyond_sockets = false;  // less what the kernel takes for the same octets in the same turns
};

// What the other threads of the process spend on a handshake while `load` runs; nothing if a connection fails.
std::optional<double> ServerCost(const std::function<LoadResult()>& load, LoadResult& result) {
  const int64_t process = ProcessCpu(), thread = ThreadCpu();
  result = load();
  const double spent = static_cast<double>((ProcessCpu() - process) - (ThreadCpu() - thread));
  return result.failed > 0 ? std::nullopt : std::optional(spent / result.shook_hands);
}

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
  const LoadResult first = RunLoad(client.get(), "mail.bob.test", options);
  std::optional<PlainServer> plain;
  options.clients = kind.clients;
  options.connections = std::max(400, 2 * kind.clients);
  LoadOptions plain_options = options;
  if (kind.beyond_sockets) {
    plain_options.port = plain.emplace(first.turns).port();
  }
  for (auto _ : state) {
    LoadResult result, plain_result;
    const auto cost = ServerCost([&] { return RunLoad(client.get(), "mail.bob.test", options); }, result);
    const auto sockets =
        plain ? ServerCost([&] { return RunPlainLoad(first.turns, plain_options); }, plain_result) : std::optional(0.0);
    if (!cost || !sockets) {
      state.SkipWithError(
          fmt::format("{} of {} connections failed", result.failed + plain_result.failed, options.connections).c_str());
      return;
    }
    const double own = std::max(*cost - *sockets, 0.0);
    probe.NoteCost(result.shook_hands, own);
    probe.AddServer(static_cast<int64_t>(own * result.shook_hands));
    for (const int64_t latency : result.latencies) {
      probe.NoteTime(latency);
    }
    state.counters["handshakes_per_second_and_core"] = 1e9 / *cost;
    state.SetLabel(result.negotiated);
  }
}

}  // namespace

std::vector<Case> ServeCases() {
  std::vector<Case> cases;
  for (const KeyRow& key : kKeyRows) {
    for (const auto mode : {fakeserver::TlsMode::kStartTls, fakeserver::TlsMode::kImplicit}) {
      for (const int clients : {1, 10, 100, 1000}) {
        for (const bool beyond_sockets : {false, true}) {
          const bool everyday = key.type == certs::KeyType::kP256 || key.type == certs::KeyType::kRsa2048;
          const ServeKind kind{mode, key, clients, beyond_sockets};
          cases.push_back({.name = fmt::format("{}/{}/tls13/{}/clients:{}",
                                               beyond_sockets ? "BM_ServeBeyondSockets" : "BM_ServeTcp",
                                               fakeserver::Name(mode), key.name, clients),
                           .quick = everyday && !beyond_sockets && mode == fakeserver::TlsMode::kStartTls,
                           .run = [kind](auto& state, Probe& probe) { RunServe(state, probe, kind); },
                           .floor = ServerFloorOf({.key = key}),
                           .goal = beyond_sockets ? std::nullopt : std::optional(kServerGoal),
                           .once = true});
        }
      }
    }
  }
  return cases;
}

}  // namespace bench

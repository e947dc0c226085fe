// Handshakes per second and core of servers that people run, and of the fake one in the same way: the same load, the
// same kinds of key, the same version of TLS. What they cost is what everything but the load used of the processor
// inside the sandbox, to the tick (10 ms).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "bench/cases.h"
#include "bench/chains.h"
#include "bench/files.h"
#include "bench/load.h"
#include "bench/peers.h"
#include "lab/runner/clock.h"
#include "lab/runner/process.h"
#include "lab/runner/sandbox_probe.h"

namespace bench {
namespace {

constexpr char kSource[] = STARTTLS_LAB_SOURCE_DIR;
// Who is not root may not have the usual ports.
constexpr int kStartTlsPort = 587, kTlsPort = 465, kAbove = 2000;

// A row: bench/peers/<script>.sh starts it.
struct Peer {
  const char* name;
  const char* script;
  const char* talk;     // what the load says to it: load_main.cc
  const char* program;  // what must be there: a program of the path, or below build/servers
  bool root = false;    // it wants to be root, and then somebody else
  bool unpacked = false;
};
constexpr Peer kPeers[] = {
    {"starttls-lab", "starttls_lab", "starttls", "sh"},
    {"postfix", "postfix", "starttls", "usr/lib/postfix/sbin/smtpd", true, true},
    {"nginx-mail-proxy", "nginx", "starttls", "usr/sbin/nginx", true, true},
    {"starttls-lab-tls-only", "starttls_lab", "tls", "sh"},
    {"openssl-s_server", "openssl", "tls", "openssl"},
    {"gnutls-serv", "gnutls", "tls", "gnutls-serv"},
    {"bssl-server", "boringssl", "tls", "bssl-tool"},
};

std::string Servers() { return std::string(kSource) + "/build/servers"; }

// Why the peer cannot be run; empty if it can.
std::string Hindrance(const Peer& peer) {
  const lab::SandboxKind kind = lab::ProbeSandbox().kind;
  if (kind == lab::SandboxKind::kNone) {
    return "no sandbox can be made here";
  }
  if (peer.root && kind != lab::SandboxKind::kPrivateWithIds) {
    return "it wants to be root and other users, and no range of ids can be mapped here";
  }
  const bool there =
      peer.unpacked ? std::filesystem::exists(Servers() + "/" + peer.program) : !lab::FindProgram(peer.program).empty();
  return there ? "" : fmt::format("{} is missing; bench/run installs it", peer.program);
}

std::string ThisProgram() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

std::string Script(const std::string& name) {
  // Postfix is set up as the tests set it up.
  const std::string path =
      std::string(kSource) + (name == "postfix" ? "/tests/servers/" : "/bench/peers/") + name + ".sh";
  return ReadFile(path).value_or("");
}

std::vector<lab::SandboxFile> FilesFor(const Peer& peer, const certs::IssuedChain& chain) {
  const std::string kept = "/srv/lab/";
  const std::vector<certs::Bytes> above(chain.presented.begin() + 1, chain.presented.end());
  return {{kept + "session.sh", Script("session")},
          {kept + peer.script + ".sh", Script(peer.script)},
          {kept + "chain.pem", certs::CertificatesToPem(chain.presented)},
          {kept + "leaf.pem", certs::CertificatesToPem({chain.presented.front()})},
          {kept + "above.pem", certs::CertificatesToPem(above)},
          {kept + "key.pem", certs::PrivateKeyToPem(chain.key.get()).value_or(""), 0600},
          {kept + "password", "secret\n"}};
}

struct PeerKind {
  const Peer* peer;
  bool tls13 = true;
  KeyRow key;
};

// The last line of the output, which is the load's.
std::optional<nlohmann::json> ResultIn(const std::string& output) {
  std::string_view text = output;
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const size_t start = text.rfind('\n');
  auto json = nlohmann::json::parse(text.substr(start == text.npos ? 0 : start + 1), nullptr, false);
  return json.is_object() && json.contains("shook_hands") ? std::optional(std::move(json)) : std::nullopt;
}

lab::ProcessResult HoldSession(const PeerKind& kind, const certs::IssuedChain& chain, int connections) {
  const std::string program = ThisProgram();
  const bool starttls = std::string_view(kind.peer->talk) == "starttls";
  const int port = (starttls ? kStartTlsPort : kTlsPort) + (kind.peer->root ? 0 : kAbove);
  const std::atomic<bool> stop = false;
  return lab::RunProcess(
      {.argv = {"/bin/sh", "/srv/lab/session.sh", kind.peer->script, std::to_string(port), kind.peer->talk,
                kind.tls13 ? "tls13" : "tls12", "4", std::to_string(connections)},
       .environment = {std::string("PATH=") + lab::kSystemPath, "HOME=/home/lab", "SERVERS=" + Servers(),
                       "BENCH=" + program, std::string("KEY=") + kind.key.name},
       .sandbox = lab::SandboxSpec{.files = FilesFor(*kind.peer, chain),
                                   .visible = kind.peer->unpacked ? std::vector<std::string>{Servers(), program}
                                                                  : std::vector<std::string>{program},
                                   .names = {"mail.bob.test"},
                                   .root = kind.peer->root},
       .limits = {.memory = std::numeric_limits<uint64_t>::max()},
       .limit = std::chrono::seconds(60),
       .output_tail = size_t{1} << 20},
      stop);
}

void RunPeer(benchmark::State& state, Probe& probe, const PeerKind& kind, int connections) {
  if (const std::string hindrance = Hindrance(*kind.peer); !hindrance.empty()) {
    state.SkipWithError(hindrance.c_str());
    return;
  }
  certs::Issuer issuer(certs::KeyRing::Random(), lab::UnixNow());
  const auto chain = issuer.Issue(ChainSpecOf(kind.key.type, 2));
  if (!chain) {
    state.SkipWithError("the chain cannot be issued");
    return;
  }
  for (auto _ : state) {
    const lab::ProcessResult run = HoldSession(kind, **chain, connections);
    const auto result = run.started ? ResultIn(run.output) : std::nullopt;
    if (!result || result->at("shook_hands") == 0) {
      const std::string why =
          run.started ? run.output.substr(run.output.size() - std::min<size_t>(run.output.size(), 200)) : run.error;
      state.SkipWithError(("it did not serve: " + why).c_str());
      return;
    }
    const double handshakes = result->at("shook_hands");
    probe.NoteCost(static_cast<int64_t>(handshakes), result->at("server_ns").get<double>() / handshakes);
    probe.AddServer(static_cast<int64_t>(result->at("server_ns").get<double>()));
    for (const int64_t latency : result->at("latencies").get<std::vector<int64_t>>()) {
      probe.NoteTime(latency);
    }
    state.counters["handshakes_per_second_and_core"] =
        1e9 * handshakes / std::max(1.0, result->at("server_ns").get<double>());
    state.counters["failed"] = result->at("failed").get<double>();
    state.SetLabel(result->at("negotiated").get<std::string>());
  }
}

// Enough of them for a second of the server's time, but for the quickest.
int ConnectionsFor(certs::KeyType type) { return type == certs::KeyType::kRsa4096 ? 200 : 1000; }

}  // namespace

std::vector<Case> PeerCases() {
  std::vector<Case> cases;
  for (const bool tls13 : {false, true}) {
    for (const KeyRow& key : kKeyRows) {
      if (key.type != certs::KeyType::kP256 && key.type != certs::KeyType::kRsa2048) {
        continue;
      }
      for (const Peer& peer : kPeers) {
        const PeerKind kind{&peer, tls13, key};
        cases.push_back(
            {.name = fmt::format("BM_Peer/{}/{}/{}", tls13 ? "tls13" : "tls12", key.name, peer.name),
             .quick = tls13 && key.type == certs::KeyType::kP256,
             .run = [kind](auto& state, Probe& probe) { RunPeer(state, probe, kind, ConnectionsFor(kind.key.type)); },
             .floor = ServerFloorOf({.tls13 = tls13, .key = key}),
             .once = true});
      }
    }
  }
  return cases;
}

std::vector<std::string> MissingPeers(const std::vector<Case>& cases) {
  std::vector<std::string> missing;
  for (const Peer& peer : kPeers) {
    const bool chosen = std::ranges::any_of(cases, [&](const Case& one) {
      return one.name.starts_with("BM_Peer/") && one.name.ends_with(std::string("/") + peer.name);
    });
    if (const std::string hindrance = chosen ? Hindrance(peer) : ""; !hindrance.empty()) {
      missing.push_back(fmt::format("{} cannot be run: {}.", peer.name, hindrance));
    }
  }
  return missing;
}

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const auto cases :
       {HandshakeCases, StartTlsCases, ScenarioCases, VerifyCases, NameCases, IssueCases, ServeCases, PeerCases}) {
    std::ranges::move(cases(), std::back_inserter(all));
  }
  return all;
}

}  // namespace bench

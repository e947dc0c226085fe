// The verbs that are run inside sandboxes.
#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "bench/bare_handshake.h"
#include "bench/chains.h"
#include "bench/load.h"
#include "fakeserver/server.h"
#include "lab/runner/clock.h"

namespace bench {
namespace {

// What all processes that can be seen, but this one, have used of the processor until now, their ended children
// included; nanoseconds (proc(5): utime, stime, cutime, cstime, in ticks).
double CpuOfOthers() {
  double ticks = 0;
  DIR* folder = opendir("/proc");
  while (const dirent* entry = folder == nullptr ? nullptr : readdir(folder)) {
    const int pid = std::atoi(entry->d_name);
    if (pid <= 0 || pid == getpid()) {
      continue;
    }
    std::ifstream file(std::string("/proc/") + entry->d_name + "/stat");
    std::string line;
    std::getline(file, line);
    // The second field is the program's name in brackets, which may hold anything.
    std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
    std::string skipped;
    for (int i = 0; i < 11; ++i) {
      fields >> skipped;
    }
    double user = 0, system = 0, children_user = 0, children_system = 0;
    fields >> user >> system >> children_user >> children_system;
    ticks += user + system + children_user + children_system;
  }
  if (folder != nullptr) {
    closedir(folder);
  }
  return ticks * 1e9 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<Talk> TalkOf(std::string_view text) {
  return text == "tls"        ? std::optional(Talk::kTlsOnly)
         : text == "implicit" ? std::optional(Talk::kImplicit)
         : text == "starttls" ? std::optional(Talk::kStartTls)
                              : std::nullopt;
}

}  // namespace

// load PORT TALK VERSION CLIENTS CONNECTIONS
int LoadMain(int argc, char** argv) {
  const std::optional<Talk> talk = argc == 7 ? TalkOf(argv[3]) : std::nullopt;
  if (!talk) {
    fmt::print(stderr, "Usage: starttls-lab-bench load PORT tls|implicit|starttls tls12|tls13 CLIENTS CONNECTIONS\n");
    return 2;
  }
  const BareOptions bare{
      .version = std::string_view(argv[4]) == "tls12" ? uint16_t{TLS1_2_VERSION} : uint16_t{TLS1_3_VERSION},
      .verify = BareVerify::kNone};
  const bssl::UniquePtr<SSL_CTX> context = MakeBareClient({}, bare);
  LoadOptions options{
      .port = static_cast<uint16_t>(std::atoi(argv[2])), .clients = 1, .connections = 20, .talk = *talk};
  RunLoad(context.get(), bare.host, options);  // whatever the server does but once
  options.clients = std::atoi(argv[5]);
  options.connections = std::atoi(argv[6]);
  const double before = CpuOfOthers();
  const LoadResult result = RunLoad(context.get(), bare.host, options);
  const double spent = CpuOfOthers() - before;
  fmt::print("{}\n", nlohmann::json{{"shook_hands", result.shook_hands},
                                    {"failed", result.failed},
                                    {"negotiated", result.negotiated},
                                    {"seconds", result.seconds},
                                    {"server_ns", spent},
                                    {"latencies", result.latencies}}
                         .dump());
  return 0;
}

int ServeMain(int argc, char** argv) {
  const auto* const row = std::ranges::find_if(
      kKeyRows, [&](const KeyRow& key) { return argc == 5 && std::string_view(argv[2]) == key.name; });
  if (row == std::end(kKeyRows)) {
    fmt::print(stderr, "Usage: starttls-lab-bench serve KEY PORT tls|implicit|starttls\n");
    return 2;
  }
  certs::Issuer issuer(certs::KeyRing::Random(), lab::UnixNow());
  const auto chain = issuer.Issue(ChainSpecOf(row->type, 2));
  auto behaviour = std::make_shared<fakeserver::Behaviour>();
  behaviour->mode =
      TalkOf(argv[4]) == Talk::kStartTls ? fakeserver::TlsMode::kStartTls : fakeserver::TlsMode::kImplicit;
  behaviour->identity = chain ? *chain : nullptr;
  const auto server = chain ? fakeserver::Start({.listeners = {{.id = "bench",
                                                                .port = static_cast<uint16_t>(std::atoi(argv[3])),
                                                                .behaviour = [behaviour](int) { return behaviour; }}}})
                            : std::unexpected(chain.error());
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().detail);
    return 3;
  }
  while (true) {
    pause();
  }
}

}  // namespace bench

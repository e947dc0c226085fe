#include "lab/cli/serve.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "certs/bytes.h"
#include "certs/issue.h"
#include "fakeserver/server.h"
#include "lab/cli/cell.h"
#include "lab/cli/exit_code.h"
#include "lab/runner/clock.h"
#include "lab/runner/host.h"
#include "lab/scenario/scenario.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using fakeserver::TlsMode;

struct Served {
  const Scenario* scenario;
  TlsMode mode;
  std::string ca;  // file name
};

certs::Result<std::vector<Served>> ChooseServed(const ServeOptions& options) {
  if (options.mode != "starttls" && options.mode != "implicit" && options.mode != "both") {
    return Fail(ErrorCode::kBadInput,
                fmt::format("--mode takes starttls, implicit or both, not \"{}\"", certs::Escaped(options.mode)));
  }
  auto scenarios = Select(fmt::format("{}", fmt::join(options.ids, ",")));
  if (!scenarios) {
    return std::unexpected(scenarios.error());
  }
  std::vector<Served> served;
  for (const Scenario* scenario : *scenarios) {
    for (TlsMode mode : {TlsMode::kStartTls, TlsMode::kImplicit}) {
      if ((options.mode == "both" || options.mode == Name(mode)) && Serves(*scenario, mode)) {
        served.push_back({scenario, mode, options.out + "/" + scenario->id + ".ca.pem"});
      }
    }
  }
  if (served.empty()) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("none of these scenarios can be served with --mode {}", options.mode));
  }
  return served;
}

// A line that works as it stands, for the two programs everyone has.
void PrintHowToTry(const Terminal& terminal, const Served& served, uint16_t port) {
  const std::string& host = served.scenario->world.reference;
  const bool implicit = served.mode == TlsMode::kImplicit;
  fmt::print("{}  127.0.0.1:{}  {}\n    expect  {}\n", Bold(terminal, served.scenario->id), port, Name(served.mode),
             ToWords(served.scenario->expect.at(Policy::kSubmission)));
  fmt::print(
      "    curl -sS {}://{}:{} --connect-to ::127.0.0.1:{} {}--cacert {} --mail-from a@lab.test --mail-rcpt b@lab.test "
      "-T README.md\n",
      implicit ? "smtps" : "smtp", certs::Escaped(host), port, port, implicit ? "" : "--ssl-reqd ", served.ca);
  fmt::print(
      "    openssl s_client {}-connect 127.0.0.1:{} -servername {} -CAfile {} -verify_return_error -verify_hostname "
      "{}\n",
      implicit ? "" : "-starttls smtp ", port, certs::Escaped(host), served.ca, certs::Escaped(host));
}

certs::Result<fakeserver::ListenerConfig> MakeListener(const Served& served, certs::Issuer& issuer) {
  auto host = MakeHost(served.scenario->world, served.mode, issuer);
  if (!host) {
    return std::unexpected(host.error());
  }
  std::ofstream ca(served.ca, std::ios::binary | std::ios::trunc);
  ca << certs::CertificatesToPem(host->chains.back()->trusted);
  ca.close();
  if (!ca) {
    return Fail(ErrorCode::kIo, fmt::format("cannot write {}", certs::Escaped(served.ca)));
  }
  return fakeserver::ListenerConfig{.id = fmt::format("{} ({})", served.scenario->id, Name(served.mode)),
                                    .port = 0,
                                    .behaviour = [visits = std::move(host->visits)](int visit) {
                                      return visits[std::min(static_cast<size_t>(visit), visits.size() - 1)];
                                    }};
}

}  // namespace

int ServeVerb(const ServeOptions& options) {
  auto served = ChooseServed(options);
  if (!served) {
    return Complain(served.error());
  }
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) {
    return Complain({ErrorCode::kIo, fmt::format("cannot make the folder {}: {}; choose another with --out",
                                                 certs::Escaped(options.out), error.message())});
  }
  const std::atomic<bool>& stop = StopRequested();
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  std::mutex printing;  // events come on the server's thread
  certs::Issuer issuer(certs::KeyRing::Random(), UnixNow());

  fakeserver::ServerConfig config;
  config.on_event = [&](const std::string& listener, int visit, const fakeserver::Event& event) {
    const std::scoped_lock lock(printing);
    fmt::print("{} #{}  {}\n", listener, visit + 1, fakeserver::ToString(event));
    std::fflush(stdout);
  };
  auto server = fakeserver::Start(std::move(config));
  if (!server) {
    return Complain(server.error());
  }
  for (size_t i = 0; i < served->size(); ++i) {
    auto listener = MakeListener((*served)[i], issuer);
    if (!listener) {
      return Complain(listener.error());
    }
    listener->port = options.port == 0 ? uint16_t{0} : static_cast<uint16_t>(options.port + i);
    auto port = server->Add(std::move(*listener));
    if (!port) {
      return Complain(port.error());
    }
    const std::scoped_lock lock(printing);
    PrintHowToTry(terminal, (*served)[i], *port);
  }
  {
    const std::scoped_lock lock(printing);
    fmt::print("{} scenarios served on 127.0.0.1. Ctrl-C ends it.\n", served->size());
    std::fflush(stdout);
  }
  for (int64_t waited_ms = 0; !stop && (options.seconds == 0 || waited_ms < options.seconds * int64_t{1000});
       waited_ms += 50) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return kExitOk;  // being told to stop is how serving ends
}

}  // namespace lab

#include "bench/context.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/base.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/files.h"
#include "bench/peers.h"
#include "lab/runner/clock.h"

namespace bench {
namespace {

std::string FirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string Processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      const size_t colon = line.find(": ");
      return colon == line.npos ? line : line.substr(colon + 2);
    }
  }
  return "unknown";
}

std::string Governor() {
  const std::string governor = FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  return governor.empty() ? "unknown (a virtual machine, or no frequency scaling)" : governor;
}

double LoadAverage() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

constexpr bool kOptimised =
#ifdef __OPTIMIZE__
    true;
#else
    false;
#endif

constexpr bool kUpstream = std::string_view(STARTTLS_LAB_BORINGSSL_FLAVOUR) == "upstream";

}  // namespace

std::map<std::string, std::string> ContextOf(const SessionOptions& session) {
  return {{"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(lab::UnixNow())))},
          {"boringssl", fmt::format("API version {}, {}", BORINGSSL_API_VERSION, STARTTLS_LAB_BORINGSSL)},
          {"processor", Processor()},
          {"governor", Governor()},
          {"cores", std::to_string(std::thread::hardware_concurrency())},
          {"load", fmt::format("{:.1f} at the start", LoadAverage())},
          {"clock", fmt::format("{}: processor time of the benchmark's own thread; of BM_ServeTcp and BM_Peer: of the "
                                "server, and their percentiles are what clients waited (CLOCK_MONOTONIC)",
                                kClockName)},
          {"compiler", fmt::format("{} {}", STARTTLS_LAB_COMPILER, kOptimised ? "optimising" : "not optimising")},
          {"rounds", fmt::format("{} of {} s each", session.rounds, session.seconds)}};
}

std::vector<std::string> Remarks(const std::vector<Case>& cases) {
  std::vector<std::string> remarks;
  if (!kUpstream) {
    remarks.push_back(
        "THIS BORINGSSL IS DEBIAN'S, built for size: its P-256 alone is several times slower than upstream's. For "
        "figures that count: bench/run with BoringSSL_ROOT=/prefix of a build of your own in the environment.");
  }
  if (!kOptimised) {
    remarks.push_back("THIS BUILD IS NOT OPTIMISED: its figures say nothing. bench/run builds one that is.");
  }
  if (const double cores = std::thread::hardware_concurrency(); LoadAverage() > cores / 2) {
    remarks.push_back(fmt::format("The machine is busy (load {:.1f} on {:.0f} cores): believe ratios, not times.",
                                  LoadAverage(), cores));
  }
  for (const std::string& missing : MissingPeers(cases)) {
    remarks.push_back(missing);
  }
  return remarks;
}

}  // namespace bench

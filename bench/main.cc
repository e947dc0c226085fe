#include <benchmark/benchmark.h>
#include <openssl/base.h>

#include <string>

#include "bench/benchmarks.h"

int main(int argc, char** argv) {
  bench::RegisterHandshakeBenchmarks();
  bench::RegisterIssueBenchmarks();
  benchmark::AddCustomContext("boringssl_api_version", std::to_string(BORINGSSL_API_VERSION));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

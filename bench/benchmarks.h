// Benchmarks that come from tables are registered from main, one function a file.
#pragma once

namespace bench {

void RegisterHandshakeBenchmarks();
void RegisterIssueBenchmarks();

}  // namespace bench

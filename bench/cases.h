// Every benchmark is a row of a table: what to run, what it cannot do without, and what it is held against.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/probe.h"
#include "bench/raw_crypto.h"

namespace bench {

struct Case {
  std::string name;    // "BM_Handshake/tls13/p256/chain2/full/verify:product"
  bool quick = false;  // is among those that --quick runs
  // Loops over the state; says what was negotiated as the state's label.
  std::function<void(benchmark::State&, Probe&)> run;
  std::vector<RawOperation> floor = {};  // of one call; none: nothing to compare with
  std::string yardstick = {};            // the case that it is held against, in the same round
  // The most that it may cost, in units of the yardstick, or of the floor where there is no yardstick (a twentieth
  // means: twenty times faster). Reported, never asserted.
  std::optional<double> goal = {};
  bool once = false;  // one iteration a round, for what takes long or settles by itself
};

// The rows of each file, in the order in which they are shown.
std::vector<Case> HandshakeCases();
std::vector<Case> StartTlsCases();
std::vector<Case> ScenarioCases();
std::vector<Case> VerifyCases();
std::vector<Case> NameCases();
std::vector<Case> IssueCases();
std::vector<Case> ServeCases();
std::vector<Case> PeerCases();

// All of them.
std::vector<Case> AllCases();

}  // namespace bench

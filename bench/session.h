// One run of the benchmarks: rounds in which every chosen case has its turn, so that whatever the machine does
// meanwhile meets them all alike, and a report that is whole after each of them.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/report.h"

namespace bench {

struct SessionOptions {
  int rounds = 5;
  double seconds = 0.1;  // of processor time that a case is given in every round
  double warm_up = 0.02;
};

// Cases whose name matches the regular expression (somewhere), with the yardsticks they are held against. Without one:
// all, or with `quick` those of the quick set. kBadInput for a malformed expression; an empty list if none matches.
certs::Result<std::vector<Case>> Choose(const std::vector<Case>& all, const std::string& filter, bool quick);

// Runs the cases; calls `on_change` after every measurement, with the name of what was measured. Ends early, after the
// measurement that is under way, when `stop` is set; the report is then marked incomplete.
void Run(const std::vector<Case>& cases, const SessionOptions& options, Report& report, const std::atomic<bool>& stop,
         const std::function<void(const std::string& name)>& on_change);

}  // namespace bench

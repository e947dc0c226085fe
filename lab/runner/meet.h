// One client meets one scenario: the server's side is made from the world, the client is run, and what came of it is
// read, judged and written down. run.h makes a campaign of it.
#pragma once

#include <atomic>
#include <string>

#include "certs/issue.h"
#include "fakeserver/server.h"
#include "lab/runner/plan.h"
#include "lab/runner/run.h"

namespace lab {

// What all runs of a campaign share.
struct Lab {
  const RunOptions& options;
  certs::Issuer* memory_issuer = nullptr;  // null when the wire is not used
  certs::Issuer* tcp_issuer = nullptr;
  fakeserver::ServerHandle* server = nullptr;
  bool sandbox = true;  // map names for commands
  const std::atomic<bool>& stop;
};

// Runs one cell to its end. Blocks; several threads may call it at once. `refuses_all`: the client has refused the good
// server, too, so that its refusals prove nothing and are no pass.
RunRecord Meet(const Lab& lab, const PlannedGroup& group, const PlannedRun& run, bool refuses_all = false);

// The record of a run that did not take place.
RunRecord NotRun(const Lab& lab, const PlannedGroup& group, const PlannedRun& run, Outcome outcome,
                 std::string sentence);

}  // namespace lab

// A program meets one scenario. It is run once for every visit: again and again until its message is delivered, as a
// mailer with a queue would, or, in a world to which clients return, once for each message.
#pragma once

#include <vector>

#include "certs/result.h"
#include "fakeserver/transcript.h"
#include "lab/runner/client.h"
#include "lab/runner/host.h"
#include "lab/runner/meet.h"
#include "lab/runner/observation.h"

namespace lab {

struct CommandVisits {
  ClientReport report;                              // of the last run
  std::vector<fakeserver::Transcript> transcripts;  // of all runs
  size_t first_of_last = 0;                         // of them, the first of the last run
};

// `record` has its scenario, mode and policy. Every run has a home of its own, and so remembers nothing of the others.
// kIo if no port can be had.
certs::Result<CommandVisits> MeetAsCommand(const Lab& lab, const RunRecord& record, const Host& host,
                                           const CommandSpec& command, const Honey& honey);

}  // namespace lab

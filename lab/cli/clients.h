// The verb `clients`: which programs can be put in the client's place, how they come to this machine, and whether they
// work there before any verdict counts.
#pragma once

#include <string>
#include <vector>

#include "lab/cli/context.h"
#include "lab/runner/client.h"

namespace lab {

struct ClientsOptions {
  CommonOptions common;
  std::vector<std::string> names;  // families or configurations, globs; none: all
  bool json = false;               // list
  bool dry_run = false;            // install: say, do not do
  int jobs = 0;                    // check; 0: what suits the machine
};

// What there is, which of it is installed, and what the rest lacks.
int ClientsListVerb(const ClientsOptions& options);
// Says each step and does it. Stops at the first that fails (kExitHarness).
int ClientsInstallVerb(const ClientsOptions& options);
// The same for clients that were chosen otherwise; those of one family stand together.
int InstallClients(std::vector<CommandSpec> commands, bool dry_run);
// Lets each configuration meet a good server and a self-signed one, and says whether its manifest works: the good one
// is accepted, the bad one decided, and both witnesses agree. kExitUnexpected if one does not work; what is not
// installed is skipped, and said.
int ClientsCheckVerb(const ClientsOptions& options);

}  // namespace lab

// How the programs of a client come to be on this machine, as steps that are said before they are done.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lab/runner/client.h"

namespace lab {

struct InstallStep {
  std::string what;      // for a person: "install the Debian packages curl, libssl3"
  std::string command;   // one line for sh
  bool as_root = false;  // it changes the system, not only the lab's own folder
};

// The steps that one family of clients still needs, in order; none if nothing is missing. All configurations of a
// family share what is installed. Asks dpkg and the file system what is there already; changes nothing.
std::vector<InstallStep> PlanInstall(std::span<const CommandSpec> family);

// The same steps whatever is there: what a machine without anything needs.
std::vector<InstallStep> PlanWholeInstall(std::span<const CommandSpec> family);

}  // namespace lab

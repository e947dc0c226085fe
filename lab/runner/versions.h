// Which versions the clients on this machine are: expectations and reports name them.
#pragma once

#include <vector>

#include "lab/runner/client.h"

namespace lab {

// Fills in `version` of each: the first line that its version command prints, raw and bounded; empty if there is no
// command, or it prints nothing. Runs each command once, at most ten seconds long.
void FindVersions(std::vector<CommandSpec>& commands);

}  // namespace lab

// Servers that others would put in the fake one's place, measured by the same client, each in a sandbox of its own.
#pragma once

#include <string>
#include <vector>

#include "bench/cases.h"

namespace bench {

// One sentence for each peer among the cases that cannot be run here, and why.
std::vector<std::string> MissingPeers(const std::vector<Case>& cases);

}  // namespace bench

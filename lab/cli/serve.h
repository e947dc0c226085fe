// The verb `serve`: scenarios on ports of their own, for a person or a client that drives itself, with a live log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/cli/context.h"

namespace lab {

struct ServeOptions {
  CommonOptions common;
  std::vector<std::string> ids;   // ids, globs or row:ID; none: all
  std::string mode = "starttls";  // starttls | implicit | both
  uint16_t port = 0;              // of the first scenario, the others follow; 0: any free ones
  std::string out = "lab-out";    // where the CA files go
  int seconds = 0;                // stop by itself after so long; 0: until interrupted
};
int ServeVerb(const ServeOptions& options);

}  // namespace lab

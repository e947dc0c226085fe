// The verb `expect`: what clients are known to do, kept true.
#pragma once

#include <string>
#include <vector>

#include "lab/cli/context.h"

namespace lab {

struct ExpectOptions {
  CommonOptions common;
  std::vector<std::string> names;  // families or globs; none: all
  std::string results = "lab-out/results.json";
  bool dry_run = false;
};

// Names the declarations that say nothing (any more), one line each; kExitStale if there are any.
int ExpectLintVerb(const CommonOptions& common);

// Brings the declarations in line with a results file: an unexpected outcome gets a declaration that is marked as not
// explained yet, one that did not happen where it could have loses that scenario. Says each change, and makes it.
int ExpectUpdateVerb(const ExpectOptions& options);

}  // namespace lab

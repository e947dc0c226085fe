// The verb `diff`: what has changed between two results files.
#pragma once

#include <string>

#include "lab/cli/context.h"

namespace lab {

struct DiffOptions {
  CommonOptions common;
  std::string before, after;  // results files
};
// Exit code 1 if something that was as expected is not any more, and only then.
int DiffVerb(const DiffOptions& options);

}  // namespace lab

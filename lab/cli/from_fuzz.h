// `scenario from-fuzz`: an input of a fuzz target that describes a world, as a scenario file that runs.
#pragma once

#include <string>

namespace lab {

struct FromFuzzOptions {
  std::string file;
  std::string target;  // empty: as the folder is called in which the file lies, else chain_spec
};
// Prints the file on standard output, with the command that runs it in a comment.
int FromFuzzVerb(const FromFuzzOptions& options);

}  // namespace lab

// Going on with a run that was interrupted: what of its results.json still holds.
#pragma once

#include <string>

#include "lab/cli/recorder.h"

namespace lab {

// The cells in `out`/results.json that need not be run again; none if there is no such file. Left out are those of a
// client whose version has changed since (said on standard error), what was the lab's own fault, and the bracketing
// runs. kBadInput if that run asked other questions: other scenarios, another seed, another date.
certs::Result<Recorder::Earlier> LoadEarlier(const std::string& out, const RunOptions& run,
                                             const ResultsHeader& header);

}  // namespace lab

// From a run's record to the cell that reports show: the one place where evidence becomes words.
#pragma once

#include <string>
#include <vector>

#include "lab/report/results.h"
#include "lab/runner/run.h"

namespace lab {

// "refuse: expired@0", "accept", "ignore or refuse: clear-text-behind-220@0", "anything".
std::string ToWords(const Expectation& expectation);
// Everything printable, bounded.
ResultCell ToCell(const RunRecord& record);
// What its cell's Key() would be.
std::string KeyOf(const RunRecord& record);
// One word for what the client did: "delivered", "refused", "accepted", "leaked", "hung" ...
std::string Deed(const RunRecord& record);

// The header of a results file for these clients; runs their version commands.
ResultsHeader MakeHeader(const RunOptions& options);

}  // namespace lab

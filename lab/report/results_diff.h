// Two runs compared, cell by cell: what a change of a client, or of the lab, brought.
#pragma once

#include <span>
#include <vector>

#include "lab/report/results.h"

namespace lab {

struct ResultsDiff {
  struct Change {
    const ResultCell* before = nullptr;  // null: was not asked
    const ResultCell* after = nullptr;   // null: is not asked any more
  };
  std::vector<Change> regressed;  // was as expected, and is not
  std::vector<Change> mended;     // was not as expected, and is
  std::vector<Change> changed;    // as expected before and after, or neither; but another outcome
  std::vector<Change> added;      // not a regression, whatever came of it: nobody asked before
  std::vector<Change> removed;
};

// Cells are the same if client, scenario, mode, policy, wire and sanity are. The later of two cells of a run with the
// same key counts. In the order of `after`, then of `before`. Borrows both.
ResultsDiff DiffResults(const Results& before, const Results& after);

}  // namespace lab

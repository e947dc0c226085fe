#include "lab/report/results_diff.h"

#include <string>
#include <unordered_map>

#include "lab/report/grid.h"

namespace lab {
namespace {

using CellsByKey = std::unordered_map<std::string, const ResultCell*>;

CellsByKey ByKey(const Results& run) {
  CellsByKey cells;
  for (const ResultCell& cell : run.cells) {
    cells[cell.Key()] = &cell;
  }
  return cells;
}

}  // namespace

ResultsDiff DiffResults(const Results& before, const Results& after) {
  const CellsByKey old_cells = ByKey(before), new_cells = ByKey(after);
  ResultsDiff diff;
  for (const ResultCell& cell : after.cells) {
    if (new_cells.at(cell.Key()) != &cell) {
      continue;
    }
    const auto old_cell = old_cells.find(cell.Key());
    if (old_cell == old_cells.end()) {
      diff.added.push_back({nullptr, &cell});
      continue;
    }
    const bool was_right = AsExpected(OutcomeOf(*old_cell->second)), is_right = AsExpected(OutcomeOf(cell));
    if (was_right != is_right) {
      (was_right ? diff.regressed : diff.mended).push_back({old_cell->second, &cell});
    } else if (OutcomeOf(*old_cell->second) != OutcomeOf(cell)) {
      diff.changed.push_back({old_cell->second, &cell});
    }
  }
  for (const ResultCell& cell : before.cells) {
    if (old_cells.at(cell.Key()) == &cell && !new_cells.contains(cell.Key())) {
      diff.removed.push_back({&cell, nullptr});
    }
  }
  return diff;
}

}  // namespace lab

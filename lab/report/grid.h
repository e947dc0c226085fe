// The results of one or more runs, put in order for a report that shows all of them: scenarios down, in families;
// client configurations across.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/report/results.h"
#include "lab/scenario/outcome.h"

namespace lab {

// How often each outcome came up. A word that is no outcome counts as the harness's own fault.
class OutcomeCounts {
 public:
  void Add(Outcome outcome) { ++counts_[static_cast<size_t>(outcome)]; }
  void Add(const OutcomeCounts& more);
  size_t of(Outcome outcome) const { return counts_[static_cast<size_t>(outcome)]; }
  // As the last line on the terminal counts them: passed (xfail among them), failed, skipped.
  size_t passed() const;
  size_t failed() const;
  size_t skipped() const { return of(Outcome::kSkip); }

 private:
  std::array<size_t, 13> counts_{};
};

struct Grid {
  struct Column {
    std::string client, mode, wire;  // together the column's key
    std::string title, version;
    OutcomeCounts counts;
  };
  // One cell; `id` numbers the cells from 0 in the order of the rows.
  struct Cell {
    const ResultCell* result = nullptr;
    Outcome outcome = Outcome::kError;
    size_t id = 0;
    size_t column = 0;
  };
  struct Row {
    std::string scenario;
    std::string label;                     // the scenario, and which sanity case it is
    const ResultCell* any = nullptr;       // for what all cells of the row share: summary, source, severity
    std::vector<std::vector<Cell>> cells;  // by column; several, where a client was asked under several policies
  };
  struct Family {
    std::string name;  // of the scenario id, what is in front of the first dot; "sanity" for the sanity cases
    std::vector<Row> rows;
    OutcomeCounts counts;
  };
  std::span<const Results> runs;
  std::vector<Column> columns;
  std::vector<Family> families;
  OutcomeCounts counts;
  size_t rows = 0;
};

// Later runs win over earlier ones where both have a cell of the same key. The grid borrows `runs` and all in them.
// kBadInput if rows times columns are more than kMostPlaces: no real run comes near.
inline constexpr size_t kMostPlaces = 2'000'000;
certs::Result<Grid> MakeGrid(std::span<const Results> runs);

// "181 passed, 2 failed, 0 skipped": every format that has room for a summary says it like the terminal.
std::string CountsText(const OutcomeCounts& counts);

// The outcome a results file names; a word of no known meaning is the harness's own fault.
Outcome OutcomeOf(const ResultCell& cell);

}  // namespace lab

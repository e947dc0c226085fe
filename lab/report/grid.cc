#include "lab/report/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace lab {
namespace {

using ColumnKey = std::tuple<std::string, std::string, std::string>;

// The cells that count, in the order in which their keys first came up.
std::vector<const ResultCell*> LatestCells(std::span<const Results> runs) {
  std::unordered_map<std::string, size_t> places;
  std::vector<const ResultCell*> cells;
  for (const Results& run : runs) {
    for (const ResultCell& cell : run.cells) {
      const auto [place, is_new] = places.try_emplace(cell.Key(), cells.size());
      if (is_new) {
        cells.push_back(&cell);
      } else {
        cells[place->second] = &cell;
      }
    }
  }
  return cells;
}

// The columns in the order of the clients in the headers, then of the cells.
std::vector<Grid::Column> ColumnsOf(std::span<const Results> runs, const std::vector<const ResultCell*>& cells) {
  std::map<std::string, size_t> ranks;
  std::map<std::string, const ResultsHeader::Client*> clients;
  for (const Results& run : runs) {
    for (const ResultsHeader::Client& client : run.header.clients) {
      ranks.try_emplace(client.name, ranks.size());
      clients[client.name] = &client;
    }
  }
  std::map<ColumnKey, size_t> known;
  std::vector<Grid::Column> columns;
  for (const ResultCell* cell : cells) {
    if (known.try_emplace({cell->client, cell->mode, cell->wire}, columns.size()).second) {
      Grid::Column& column = columns.emplace_back();
      column.client = cell->client;
      column.mode = cell->mode;
      column.wire = cell->wire;
      if (const auto client = clients.find(cell->client); client != clients.end()) {
        column.title = client->second->title;
        column.version = client->second->version;
      }
      ranks.try_emplace(cell->client, ranks.size());
    }
  }
  std::ranges::stable_sort(columns, {}, [&](const Grid::Column& column) { return ranks.at(column.client); });
  return columns;
}

std::string FamilyOf(const ResultCell& cell) {
  return cell.sanity.empty() ? cell.scenario.substr(0, cell.scenario.find('.')) : "sanity";
}

std::string LabelOf(const ResultCell& cell) {
  return cell.sanity.empty() ? cell.scenario : cell.scenario + ", " + cell.sanity;
}

}  // namespace

void OutcomeCounts::Add(const OutcomeCounts& more) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] += more.counts_[i];
  }
}

size_t OutcomeCounts::passed() const { return of(Outcome::kPass) + of(Outcome::kXfail); }

size_t OutcomeCounts::failed() const {
  size_t all = 0;
  for (const size_t count : counts_) {
    all += count;
  }
  return all - passed() - skipped();
}

Outcome OutcomeOf(const ResultCell& cell) { return OutcomeByName(cell.outcome).value_or(Outcome::kError); }

std::string CountsText(const OutcomeCounts& counts) {
  return fmt::format("{} passed, {} failed, {} skipped", counts.passed(), counts.failed(), counts.skipped());
}

certs::Result<Grid> MakeGrid(std::span<const Results> runs) {
  const std::vector<const ResultCell*> cells = LatestCells(runs);
  Grid grid;
  grid.runs = runs;
  grid.columns = ColumnsOf(runs, cells);
  std::map<ColumnKey, size_t> column_of;
  for (size_t i = 0; i < grid.columns.size(); ++i) {
    column_of[{grid.columns[i].client, grid.columns[i].mode, grid.columns[i].wire}] = i;
  }
  std::map<std::string, size_t> family_of;
  std::unordered_map<std::string, size_t> row_of;  // within its family: the label tells sanity cases apart
  for (const ResultCell* cell : cells) {
    const auto [family_at, new_family] = family_of.try_emplace(FamilyOf(*cell), grid.families.size());
    if (new_family) {
      grid.families.push_back({.name = family_at->first, .rows = {}, .counts = {}});
    }
    Grid::Family& family = grid.families[family_at->second];
    const std::string label = LabelOf(*cell);
    const auto [row_at, new_row] = row_of.try_emplace(family.name + "|" + label, family.rows.size());
    if (new_row) {
      if (++grid.rows * grid.columns.size() > kMostPlaces) {
        return certs::Fail(certs::ErrorCode::kBadInput,
                           fmt::format("{} columns by {} scenarios and more are too much for one report; make several",
                                       grid.columns.size(), grid.rows));
      }
      family.rows.push_back({.scenario = cell->scenario, .label = label, .any = cell, .cells = {}});
      family.rows.back().cells.resize(grid.columns.size());
    }
    const size_t column = column_of.at({cell->client, cell->mode, cell->wire});
    const Outcome outcome = OutcomeOf(*cell);
    family.rows[row_at->second].cells[column].push_back({cell, outcome, 0, column});
    family.counts.Add(outcome);
    grid.columns[column].counts.Add(outcome);
    grid.counts.Add(outcome);
  }
  // The sanity cases say whether anything below them means something.
  std::ranges::stable_partition(grid.families, [](const Grid::Family& family) { return family.name == "sanity"; });
  size_t next = 0;
  for (Grid::Family& family : grid.families) {
    for (Grid::Row& row : family.rows) {
      for (auto& in_column : row.cells) {
        for (Grid::Cell& cell : in_column) {
          cell.id = next++;
        }
      }
    }
  }
  return grid;
}

}  // namespace lab

// Takes the records of a run as they come: writes them to disk, prints what failed at once, and keeps what the tables
// at the end need.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lab/cli/context.h"
#include "lab/report/results.h"
#include "lab/report/terminal.h"
#include "lab/runner/run.h"

namespace lab {

class Recorder {
 public:
  // Cells of an earlier run that this one goes on with.
  struct Earlier {
    std::vector<ResultCell> cells;
    std::vector<const Scenario*> scenarios;  // of each cell
  };
  // Creates the folder `out` (and its parents) and results.json in it. `expected` records will come.
  static certs::Result<std::unique_ptr<Recorder>> Create(const std::string& out, const ResultsHeader& header,
                                                         size_t expected, const CommonOptions& common,
                                                         const Earlier& earlier = {});
  // One record; prints it at once if it is not as expected, or with its transcript if `verbose`.
  void Take(const RunRecord& record, bool verbose);
  // Marks the file complete, unless the run was cut short.
  void Finish(bool complete);
  // The lines that close every run: where the results are and, last, "N passed, N failed, N skipped".
  void PrintClosing();

  // What the tables need of a record: the transcripts are on disk.
  struct Seen {
    std::string client;
    const Scenario* scenario;
    std::string mode, wire, sanity;
    Outcome outcome;
    std::string deed, sentence, known;
  };
  const std::vector<Seen>& seen() const { return seen_; }
  int failed() const { return failed_; }
  const Terminal& out_terminal() const { return out_terminal_; }
  const std::string& path() const { return path_; }
  // Prints to standard output without tearing the progress line.
  void Print(const std::string& text);

 private:
  Recorder() = default;
  void Count(Outcome outcome);
  int passed_ = 0, failed_ = 0, skipped_ = 0;
  size_t done_ = 0;
  std::string path_;
  std::unique_ptr<ResultsWriter> writer_;
  std::unique_ptr<ProgressLine> progress_;
  std::chrono::steady_clock::time_point started_;
  Terminal out_terminal_;
  std::vector<Seen> seen_;
  bool write_failed_ = false;
};

// Scenarios down, clients across; one mode and wire. Only cells that ran.
std::string ClientTable(const Recorder& recorder, const std::vector<const Scenario*>& scenarios,
                        const std::vector<std::string>& clients, const std::string& mode);
// Families of scenario ids down, mode and wire across, for one client: "31 pass" or what is wrong. Leaves out the
// `first` records, which an earlier table has shown.
std::string FamilyTable(const Recorder& recorder, const std::string& client, size_t first = 0);

}  // namespace lab

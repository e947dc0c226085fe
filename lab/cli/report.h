// The verb `report`: results files as documents for people and machines. `run` and `tour` write the same files when
// they end.
#pragma once

#include <string>
#include <vector>

namespace lab {

// Where each format goes; empty: it is not wanted; "-": standard output.
struct ReportFiles {
  std::string html, junit, tap, md, sarif;
  bool any() const;
};

struct ReportOptions {
  std::vector<std::string> from;  // results files; later ones win over earlier ones
  ReportFiles files;
};
int ReportVerb(const ReportOptions& options);

// Writes what is wanted from the results files named; every file is whole or not there. Returns an exit code, after a
// sentence on stderr if it is not kExitOk.
int WriteReports(const std::vector<std::string>& from, const ReportFiles& files);

}  // namespace lab

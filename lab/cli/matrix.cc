#include "lab/cli/matrix.h"

#include <fmt/format.h>

#include "certs/bytes.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/report/client_matrix.h"
#include "lab/scenario/scenario.h"

namespace lab {

int MatrixVerb(const MatrixOptions& options) {
  std::vector<Results> runs;
  for (const std::string& file : options.results) {
    auto results = ReadResults(file);
    if (!results) {
      return Complain(results.error());
    }
    runs.push_back(std::move(*results));
  }
  std::vector<MatrixTable> tables;
  for (const Table& table : AllTables()) {
    tables.push_back({table.letter, table.title});
  }
  const std::string page = ClientMatrix(runs, tables);
  if (options.into.empty()) {
    fmt::print("{}", page);
    return kExitOk;
  }
  const auto before = ReadWholeFile(options.into);
  if (!before) {
    return Complain(before.error());
  }
  const auto after = PutBetweenMarks(*before, page);
  if (!after) {
    return Complain({after.error().code, certs::Escaped(options.into, 300) + ": " + after.error().detail});
  }
  if (const auto written = ReplaceWholeFile(options.into, *after); !written) {
    return Complain(written.error());
  }
  return kExitOk;
}

}  // namespace lab

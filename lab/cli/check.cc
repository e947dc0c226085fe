#include "lab/cli/check.h"

#include <fmt/format.h>

#include <fstream>
#include <ostream>

#include "certs/bytes.h"
#include "lab/cli/check_print.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"

namespace lab {

int RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  const auto live = MeetServer(options.live, {});
  if (!live) {
    err << "starttls-lab: " << live.error().detail << "\n";
    return InterruptedExitCode().value_or(ExitCodeOf(live.error()));
  }
  const CheckReport report = ReportOf(*live);
  out << (options.json ? CheckJson(report) : CheckText(report));
  if (!options.tlsrpt.empty()) {
    std::ofstream file(options.tlsrpt, std::ios::binary | std::ios::trunc);
    file << TlsReportOf(report);
    file.close();
    if (!file) {
      err << fmt::format("starttls-lab: cannot write {}\n", certs::Escaped(options.tlsrpt, 300));
      return kExitHarness;
    }
  }
  return InterruptedExitCode().value_or(report.refusals.empty() ? kExitOk : kExitUnexpected);
}

}  // namespace lab

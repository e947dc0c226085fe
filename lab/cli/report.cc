#include "lab/cli/report.h"

#include <fmt/format.h>

#include "certs/bytes.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/report/formats.h"
#include "lab/report/grid.h"
#include "lab/report/html.h"

namespace lab {
namespace {

struct ReportFormat {
  const char* option;
  std::string ReportFiles::* file;
  std::string (*write)(const Grid&, const std::string& from);
};

// One row a format; the options of the command line are in main.cc.
constexpr ReportFormat kFormats[] = {
    {"--html", &ReportFiles::html, [](const Grid& grid, const std::string&) { return HtmlReport(grid); }},
    {"--junit", &ReportFiles::junit, [](const Grid& grid, const std::string&) { return JunitReport(grid); }},
    {"--tap", &ReportFiles::tap, [](const Grid& grid, const std::string&) { return TapReport(grid); }},
    {"--md", &ReportFiles::md, [](const Grid& grid, const std::string&) { return MarkdownReport(grid); }},
    {"--sarif", &ReportFiles::sarif, [](const Grid& grid, const std::string& from) { return SarifReport(grid, from); }},
};

int WriteReport(const ReportFormat& format, const std::string& file, const Grid& grid, const std::string& from) {
  const std::string text = format.write(grid, from);
  if (file == "-") {
    fmt::print("{}", text);
    return kExitOk;
  }
  if (const auto written = ReplaceWholeFile(file, text); !written) {
    return Complain(written.error());
  }
  if (format.file == &ReportFiles::html && text.size() > kLargeReport) {
    fmt::print(stderr, "starttls-lab: {} has {} MB, which a browser takes long to show; report fewer results at once\n",
               certs::Escaped(file, 300), text.size() / 1'000'000);
  }
  return kExitOk;
}

}  // namespace

bool ReportFiles::any() const {
  for (const ReportFormat& format : kFormats) {
    if (!(this->*format.file).empty()) {
      return true;
    }
  }
  return false;
}

int WriteReports(const std::vector<std::string>& from, const ReportFiles& files) {
  std::vector<Results> runs;
  for (const std::string& file : from) {
    auto results = ReadResults(file);
    if (!results) {
      return Complain(results.error());
    }
    runs.push_back(std::move(*results));
  }
  const auto grid = MakeGrid(runs);
  if (!grid) {
    return Complain(grid.error());
  }
  for (const ReportFormat& format : kFormats) {
    if (const std::string& file = files.*format.file; !file.empty()) {
      if (const int exit_code = WriteReport(format, file, *grid, from.front()); exit_code != kExitOk) {
        return exit_code;
      }
    }
  }
  return kExitOk;
}

int ReportVerb(const ReportOptions& options) {
  if (options.from.empty() || !options.files.any()) {
    std::string formats;
    for (const ReportFormat& format : kFormats) {
      formats += fmt::format("{}{}", formats.empty() ? "" : ", ", format.option);
    }
    return Complain({certs::ErrorCode::kBadInput,
                     fmt::format("report takes --from RESULTS and where to write what: {} FILE", formats)});
  }
  return WriteReports(options.from, options.files);
}

}  // namespace lab

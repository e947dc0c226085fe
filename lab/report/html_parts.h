// What the files of the HTML writer share.
#pragma once

#include <string>
#include <string_view>

#include "lab/report/grid.h"
#include "lab/report/html.h"

namespace lab {

// lab/report/report_page.css and report_page.js, as they stand between their tags.
extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

// "✗ crash" in its colour.
std::string HtmlBadge(Outcome outcome, std::string_view word);

// The drawer of one cell; takes what its transcripts need from `budget`.
std::string HtmlFinding(const Grid& grid, const Grid::Cell& cell, size_t& budget);

}  // namespace lab

// The report as one HTML file that needs nothing else: no network, no framework, no script to be read. What the page
// adds for a person who has scripts (filters, search, a drawer) is in report_page.js.
#pragma once

#include <cstddef>
#include <string>

#include "lab/report/grid.h"

namespace lab {

struct HtmlOptions {
  // The octets that all transcripts together may take; those behind it are left out with a note. One connection's
  // transcript is cut in its middle beyond kMostTranscriptLines.
  size_t transcript_budget = size_t{6} << 20;
};
inline constexpr size_t kMostTranscriptLines = 160;

// Above this size a browser takes long: whoever writes the file warns.
inline constexpr size_t kLargeReport = size_t{10} << 20;

// A pure function of the grid: the same results, the same octets. The page is HTML 5 and well-formed XML at once, so
// that any XML parser can tell whether a hostile string broke out of its place; every string goes through
// MarkupEscaped. A Content-Security-Policy allows the page's own style and script by their hash, and nothing else.
std::string HtmlReport(const Grid& grid, const HtmlOptions& options = {});

}  // namespace lab

// The benchmarks as one page that needs no network: tables without a script; distributions and history drawn by uPlot,
// which is in the page (page.html, with its licence).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/report.h"

namespace bench {

// `history` are earlier reports, in any order. Whatever the reports hold, and they may come from anywhere, shows as
// text: it is escaped in the HTML, and the script may run nothing but itself (a content security policy by hash).
std::string PageOf(const Report& report, const std::vector<Report>& history);

// The text of bench/page.html.
std::string_view PageTemplate();

}  // namespace bench

// The grid in the formats that other programs read. Each is a pure function; every string goes through PrintableUtf8
// and the format's own escaping; an incomplete run says so where the format has a place for it.
#pragma once

#include <string>

#include "lab/report/grid.h"

namespace lab {

// JUnit XML as Jenkins' and GitLab's readers take it: a suite a column, classname "client.family". xfail and skip are
// <skipped>, with the reason; error is <error>; whatever else is no pass, xpass too, is a <failure> whose text tells
// the whole story, because GitLab shows no attribute.
std::string JunitReport(const Grid& grid);

// TAP version 14: a known weakness is "not ok" with the directive that keeps it from counting; xpass is "not ok"
// without.
std::string TapReport(const Grid& grid);

// GitHub-flavoured Markdown: families by columns, then what was not expected, one line each, at most
// kMostMarkdownLines of them. Fits into a step summary (1 MiB).
std::string MarkdownReport(const Grid& grid);
inline constexpr size_t kMostMarkdownLines = 300;

// SARIF 2.1.0 for code scanning: the cells that are accept-bad, the gravest first, at most kMostSarifResults of them
// (GitHub keeps no more of a run); a rule a scenario. `location` is the file that results point to, as a relative URI
// reference or a path: the results file.
std::string SarifReport(const Grid& grid, const std::string& location);
inline constexpr size_t kMostSarifResults = 5000;

}  // namespace lab

// The published matrix: what many clients did, as Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/result.h"
#include "lab/report/results.h"

namespace lab {

// A part of the coverage table: the letter of its rows, and what they are about.
struct MatrixTable {
  char letter;
  std::string_view title;
};

// Every configuration and mode (down) by every table (across): how many of its scenarios went right, and how many a
// weakness showed in; then what was found, a sentence each, with a command that shows it. Later files win over earlier
// ones. Whatever came from a client is escaped for Markdown.
std::string ClientMatrix(const std::vector<Results>& runs, const std::vector<MatrixTable>& tables);

// `text` with `part` between its lines kMatrixBegin and kMatrixEnd. kBadInput if it has not both, in this order.
certs::Result<std::string> PutBetweenMarks(const std::string& text, const std::string& part);
inline constexpr std::string_view kMatrixBegin = "<!-- matrix: begin -->", kMatrixEnd = "<!-- matrix: end -->";

}  // namespace lab

// Tables of `match --batch` in tests: a line's question and what must be answered.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace lab_test {

struct TableRow {
  std::string_view presented, reference, verdict;
};

// Asks every row as `kind` under the profile, and expects its verdict.
void ExpectVerdicts(std::string_view kind, std::initializer_list<TableRow> rows,
                    std::string_view profile = "rfc9525-strict");

// The exit code of a table of this one line.
int CodeOf(std::string_view line);

}  // namespace lab_test

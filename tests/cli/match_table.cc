#include "tests/cli/match_table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "lab/cli/exit_code.h"
#include "lab/cli/match.h"

namespace lab_test {
namespace {

std::string Answer(const std::string& line, std::string_view profile, int* code) {
  std::istringstream in(line + "\n");
  std::ostringstream out, err;
  *code = lab::RunMatch({.batch = true, .profile = std::string(profile)}, in, out, err);
  EXPECT_TRUE(*code != lab::kExitOk || err.str().empty()) << err.str();
  return out.str();
}

}  // namespace

void ExpectVerdicts(std::string_view kind, std::initializer_list<TableRow> rows, std::string_view profile) {
  for (const TableRow& row : rows) {
    const std::string line = std::string(kind) + "\t" + std::string(row.presented) + "\t" + std::string(row.reference);
    int code = 0;
    const std::string answer = Answer(line, profile, &code);
    EXPECT_EQ(lab::kExitOk, code) << profile << ": " << line;
    EXPECT_EQ(row.verdict, answer.substr(0, answer.find('\t'))) << profile << ": " << line << "\n" << answer;
  }
}

int CodeOf(std::string_view line) {
  int code = 0;
  Answer(std::string(line), "rfc9525-strict", &code);
  return code;
}

}  // namespace lab_test

// Whether the declarations of what clients are known to do still say something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/runner/client.h"

namespace lab {

struct StaleDeclaration {
  std::string where;     // "file:line"
  std::string sentence;  // what is wrong with it
};

struct ExpectationsLint {
  size_t declarations = 0;
  std::vector<StaleDeclaration> stale;  // in the order of files and lines
};

// The reason of a declaration that a program has written and nobody has explained yet begins with this.
inline constexpr std::string_view kUnexplained = "UNEXPLAINED";

// Looks at folder/expectations/*.toml and what they include, for the families of `commands` (all of their
// configurations). Stale is what has run out, what has no configuration or no scenario to speak of, what another
// declaration always goes before, what says "unexplained", and a file that belongs to no client. Versions are taken to
// fit. Errors are those of LoadExpectations.
certs::Result<ExpectationsLint> LintExpectations(const std::string& folder, const std::vector<CommandSpec>& commands,
                                                 int64_t now);

}  // namespace lab

// The project's rules about its own source, each a pure function from one file to its complaints. A complaint begins
// with "path:line: " and says what to do.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/project/source_tree.h"

namespace tidy {

using Complaints = std::vector<std::string>;

// An arrow between layers never points up, and the verifier knows nothing of the generator. `known` are the paths of
// all files: a quoted include is written from the root and exists.
Complaints CheckLayers(const SourceFile& file, const std::set<std::string>& known);

// Files under 400 lines (tests 600), functions under 70 (not in tests, where a function often is a table); the
// catalogues and other tables of rows are exempt by their file's name.
Complaints CheckSizes(const SourceFile& file);

// Clocks, randomness and sleep only where one file owns them; no unfinished business; no assertion on message text;
// nothing the compiler does not have.
Complaints CheckBannedTokens(const SourceFile& file);

// Headers: #pragma once, and a comment at the top. Sources: their own header first.
Complaints CheckShape(const SourceFile& file);

// Every public header is named in the guide, or in the README of its own folder (`folder_readme`, empty if none).
Complaints CheckGuide(const SourceFile& header, std::string_view guide, std::string_view folder_readme);

// A line of code without its comment and without what stands in its string and character literals.
std::string CodeOf(std::string_view line);

}  // namespace tidy

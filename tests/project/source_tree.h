// The repository's own files, as tests read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct SourceFile {
  std::string path;  // from the root of the tree, with slashes: "certs/bytes.h"
  std::string text;
};

// Every C++ file of the source folders, sorted by path. Files that the build makes are not among them.
std::vector<SourceFile> ReadSources(const std::string& root);

// The names at the top of the tree that are not hidden, sorted.
std::vector<std::string> TopLevel(const std::string& root);

// The text of a file; empty if there is none.
std::string ReadText(const std::string& path);

// Splits at line ends; a last line without one counts.
std::vector<std::string_view> Lines(std::string_view text);

}  // namespace tidy

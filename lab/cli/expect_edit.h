// Edits of an expectations file that leave its comments and its order alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lab {

// Splits a pattern into its parts, joins it without those that are in `gone`, and excludes with '!' the ids in `gone`
// that a glob of it means. Empty: nothing is left.
std::string PatternWithout(std::string_view pattern, const std::vector<std::string>& gone);

// A declaration as TOML, an empty line behind it. `mode` is "starttls", "implicit", or empty for both.
std::string DeclarationText(const std::string& configuration, const std::vector<std::string>& scenarios,
                            std::string_view outcome, const std::string& mode, const std::string& reason,
                            const std::string& source);

class ExpectationsText {
 public:
  explicit ExpectationsText(std::string_view text);

  // The declaration whose [[expect]] stands in line `line` (from 1): gives it another pattern, or, if that is empty,
  // removes it with the comment lines right above. False if no such declaration with a one-line pattern stands there.
  // Lines keep their numbers until Text() is asked.
  bool SetPattern(size_t line, const std::string& pattern);
  // Puts text in front of the first declaration: what stands first counts first.
  void PutInFront(const std::string& text);
  std::string Text() const;

 private:
  std::vector<std::string> lines_;
  std::vector<bool> removed_;
  std::string front_;
};

}  // namespace lab

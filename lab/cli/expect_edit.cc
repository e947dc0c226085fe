#include "lab/cli/expect_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

namespace lab {
namespace {

bool IsTable(std::string_view line) { return line.starts_with("["); }

// A basic string of TOML: JSON's escapes are a part of TOML's.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string PatternWithout(std::string_view pattern, const std::vector<std::string>& gone) {
  std::vector<std::string> parts;
  std::vector<std::string> left = gone;
  bool includes = false;
  for (const auto piece : std::views::split(pattern, ',')) {
    std::string part(piece.begin(), piece.end());
    std::erase(part, ' ');
    if (part.empty() || std::erase(left, part) > 0) {
      continue;
    }
    includes |= !part.starts_with('!');
    parts.push_back(std::move(part));
  }
  if (!includes) {  // only exclusions would be left, and those mean everything else
    return "";
  }
  for (const std::string& id : left) {
    parts.push_back("!" + id);
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string DeclarationText(const std::string& configuration, const std::vector<std::string>& scenarios,
                            std::string_view outcome, const std::string& mode, const std::string& reason,
                            const std::string& source) {
  return fmt::format("[[expect]]\nconfiguration = {}\npattern = {}\noutcome = {}\n{}reason = {}\nsource = {}\n\n",
                     Quoted(configuration), Quoted(fmt::format("{}", fmt::join(scenarios, ","))),
                     Quoted(std::string(outcome)), mode.empty() ? "" : fmt::format("mode = {}\n", Quoted(mode)),
                     Quoted(reason), Quoted(source));
}

ExpectationsText::ExpectationsText(std::string_view text) {
  for (const auto line : std::views::split(text, '\n')) {
    lines_.emplace_back(line.begin(), line.end());
  }
  removed_.resize(lines_.size());
}

bool ExpectationsText::SetPattern(size_t line, const std::string& pattern) {
  if (line == 0 || line > lines_.size() || !lines_[line - 1].starts_with("[[expect]]")) {
    return false;
  }
  size_t end = line, at = 0;  // the table without its header is [line, end)
  while (end < lines_.size() && !IsTable(lines_[end])) {
    if (lines_[end].starts_with("pattern") && std::ranges::count(lines_[end], '"') == 2) {
      at = end;
    }
    ++end;
  }
  if (at == 0) {
    return false;
  }
  if (!pattern.empty()) {
    lines_[at] = "pattern = " + Quoted(pattern);
    return true;
  }
  // Comments right above the next table are the next table's.
  while (end > line && (end < lines_.size() && lines_[end - 1].starts_with("#"))) {
    --end;
  }
  size_t begin = line - 1;
  while (begin > 0 && lines_[begin - 1].starts_with("#") && begin > 1) {
    --begin;
  }
  std::fill(removed_.begin() + static_cast<std::ptrdiff_t>(begin), removed_.begin() + static_cast<std::ptrdiff_t>(end),
            true);
  return true;
}

void ExpectationsText::PutInFront(const std::string& text) { front_ += text; }

std::string ExpectationsText::Text() const {
  std::string text;
  bool put = front_.empty();
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (!put && IsTable(lines_[i])) {
      text += front_;
      put = true;
    }
    if (!removed_[i]) {
      text += lines_[i] + (i + 1 < lines_.size() ? "\n" : "");
    }
  }
  if (!put) {
    text += (text.empty() || text.ends_with("\n\n") ? "" : "\n") + front_;
  }
  while (text.ends_with("\n\n")) {
    text.pop_back();
  }
  return text;
}

}  // namespace lab

#include "lab/runner/toml_reader.h"

#include <array>
#include <fstream>

#include "lab/scenario/toml_text.h"

namespace lab {
namespace {

constexpr size_t kMostOctets = 8 << 20;

// The whole file; nothing if it cannot be read, or is longer than any of ours.
std::optional<std::string> WholeText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> block;
  while (file && text.size() <= kMostOctets) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<size_t>(file.gcount()));
  }
  return file.eof() ? std::optional(text) : std::nullopt;
}

}  // namespace

certs::Result<toml::table> ParseToml(const std::string& path) {
  const std::string shown = certs::Escaped(path, 300);
  const std::optional<std::string> text = WholeText(path);
  if (!text) {
    return certs::Fail(certs::ErrorCode::kIo, fmt::format("{}: cannot be read", shown));
  }
  if (const std::optional<TextFault> fault = FindTextFault(*text)) {
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("{}:{}: {}", shown, fault->line, fault->what));
  }
  toml::parse_result parsed = toml::parse(*text, path);
  if (parsed) {
    return std::move(parsed).table();
  }
  return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("{}:{}: {}", shown, parsed.error().source().begin.line,
                                                              certs::Escaped(parsed.error().description(), 300)));
}

}  // namespace lab

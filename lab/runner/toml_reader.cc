#include "lab/runner/toml_reader.h"

#include <filesystem>
#include <system_error>

namespace lab {

certs::Result<toml::table> ParseToml(const std::string& path) {
  toml::parse_result parsed = toml::parse_file(path);
  if (parsed) {
    return std::move(parsed).table();
  }
  std::error_code ignored;
  const bool is_file = std::filesystem::is_regular_file(path, ignored);
  return certs::Fail(is_file ? certs::ErrorCode::kBadInput : certs::ErrorCode::kIo,
                     fmt::format("{}:{}: {}", certs::Escaped(path, 300), parsed.error().source().begin.line,
                                 certs::Escaped(parsed.error().description(), 300)));
}

}  // namespace lab

// Reads TOML tables key by key, for the lab's own files: whatever is not asked for is a mistake, and every mistake has
// a file and a line.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/scenario/toml.h"

namespace lab {

// Reads one table by a list of keys; whatever is not in the list is a mistake. The first mistake is kept, and what is
// missing counts only where nothing else is wrong: it may stand there under a name with a typing error.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string file, std::string what)
      : table_(table), file_(std::move(file)), what_(std::move(what)) {}

  TableReader& Text(std::string_view key, std::string& into) {
    return Take<std::string>(key, "a string", [&](const std::string& value) { into = value; });
  }
  TableReader& Flag(std::string_view key, bool& into) {
    return Take<bool>(key, "true or false", [&](bool value) { into = value; });
  }
  TableReader& Number(std::string_view key, int64_t least, int64_t most, const std::function<void(int64_t)>& take) {
    return Take<int64_t>(key, fmt::format("a number from {} to {}", least, most), [&](int64_t value) {
      if (value < least || value > most) {
        Complain(table_.get(key)->source(), fmt::format("{} must be from {} to {}", key, least, most));
        return;
      }
      take(value);
    });
  }
  TableReader& Texts(std::string_view key, std::vector<std::string>& into) {
    const toml::node* const node = Known(key);
    if (node == nullptr) {
      return *this;
    }
    const toml::array* const list = node->as_array();
    if (list == nullptr || !std::ranges::all_of(*list, [](const toml::node& item) { return item.is_string(); })) {
      Complain(node->source(), fmt::format("{} must be a list of strings", key));
      return *this;
    }
    for (const toml::node& item : *list) {
      into.push_back(item.as_string()->get());
    }
    return *this;
  }
  TableReader& Tables(std::string_view key, const std::function<void(const toml::table&)>& take) {
    const toml::node* const node = Known(key);
    if (node == nullptr) {
      return *this;
    }
    if (!node->is_array_of_tables()) {
      Complain(node->source(), fmt::format("{} must be [[{}]]", key, key));
      return *this;
    }
    for (const toml::node& item : *node->as_array()) {
      take(*item.as_table());
    }
    return *this;
  }

  void Require(std::string_view key, bool present) {
    if (!present) {
      Keep(missing_, table_.source(), fmt::format("{} must be given in {}", key, what_));
    }
  }
  void Complain(const toml::source_region& where, const std::string& what) { Keep(error_, where, what); }
  // The first mistake, unknown keys included.
  std::optional<certs::Error> Finish() {
    for (const auto& [key, node] : table_) {
      if (!known_.contains(key.str())) {
        Complain(key.source(), fmt::format("there is no key \"{}\" in {}", certs::Escaped(key.str(), 60), what_));
      }
    }
    return error_ ? error_ : missing_;
  }
  const std::string& file() const { return file_; }

 private:
  void Keep(std::optional<certs::Error>& first, const toml::source_region& where, const std::string& what) const {
    if (!first) {
      first = certs::Error{certs::ErrorCode::kBadInput, fmt::format("{}:{}: {}", file_, where.begin.line, what)};
    }
  }
  const toml::node* Known(std::string_view key) {
    known_.emplace(key);
    return table_.get(key);
  }
  template <typename T, typename Use>
  TableReader& Take(std::string_view key, const std::string& kind, Use use) {
    const toml::node* const node = Known(key);
    if (node == nullptr) {
      return *this;
    }
    const auto value = node->value_exact<T>();
    if (!value) {
      Complain(node->source(), fmt::format("{} must be {}", key, kind));
      return *this;
    }
    use(*value);
    return *this;
  }

  const toml::table& table_;
  const std::string file_, what_;
  std::set<std::string, std::less<>> known_;
  std::optional<certs::Error> error_, missing_;
};

// Parses a file; the error names file and line. kIo when it cannot be read at all.
certs::Result<toml::table> ParseToml(const std::string& path);

}  // namespace lab

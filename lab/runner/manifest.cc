// Client manifests: lab/clients/README.md describes the format.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "certs/bytes.h"
#include "lab/runner/client.h"
#include "lab/scenario/outcome.h"

namespace lab {
namespace {

namespace fs = std::filesystem;
using certs::Error;
using certs::ErrorCode;

// Reads one table by a list of keys; whatever is not in the list is a mistake. The first mistake is kept.
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
      Complain(table_.source(), fmt::format("{} must be given in {}", key, what_));
    }
  }
  void Complain(const toml::source_region& where, const std::string& what) {
    if (!error_) {
      error_ = Error{ErrorCode::kBadInput, fmt::format("{}:{}: {}", file_, where.begin.line, what)};
    }
  }
  // The first mistake, unknown keys included.
  std::optional<Error> Finish() {
    for (const auto& [key, node] : table_) {
      if (!known_.contains(key.str())) {
        Complain(key.source(), fmt::format("there is no key \"{}\" in {}", certs::Escaped(key.str(), 60), what_));
      }
    }
    return error_;
  }
  const std::string& file() const { return file_; }

 private:
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
  std::optional<Error> error_;
};

std::optional<Error> ReadKnown(const toml::table& table, const std::string& file,
                               std::vector<CommandSpec::Known>& into) {
  CommandSpec::Known known;
  TableReader reader(table, file, "[[known]]");
  reader.Text("pattern", known.pattern)
      .Text("outcome", known.outcome)
      .Text("reason", known.reason)
      .Text("source", known.source);
  reader.Require("pattern", !known.pattern.empty());
  reader.Require("reason", !known.reason.empty());
  if (!OutcomeByName(known.outcome)) {
    reader.Complain(table.source(), fmt::format("there is no outcome \"{}\"", certs::Escaped(known.outcome, 60)));
  }
  into.push_back(std::move(known));
  return reader.Finish();
}

// The keys that a file may give once for all of its configurations, and that a configuration may give anew.
std::optional<Error> ReadShared(TableReader& reader, const toml::table& table, CommandSpec& spec) {
  std::string policy, modes;
  std::optional<Error> error;
  const auto overwrite = [&](std::string_view key, std::vector<std::string>& list) {
    if (table.contains(key)) {
      list.clear();
    }
    reader.Texts(key, list);
  };
  reader.Text("version", spec.version_command).Text("package", spec.package).Text("policy", policy);
  overwrite("needs", spec.needs);
  overwrite("environment", spec.environment);
  reader.Flag("exit_code_is_claim", spec.exit_code_is_claim)
      .Number("unsupported_exit_code", 0, 255,
              [&](int64_t code) { spec.unsupported_exit_code = static_cast<int>(code); })
      .Number("limit_ms", 100, 600'000, [&](int64_t limit) { spec.limit = std::chrono::milliseconds(limit); })
      .Flag("starttls", spec.starttls)
      .Flag("implicit", spec.implicit)
      .Flag("delivers", spec.delivers)
      .Flag("message_on_stdin", spec.message_on_stdin);
  if (!policy.empty()) {
    const auto found = PolicyByName(policy);
    if (!found) {
      reader.Complain(table.get("policy")->source(),
                      fmt::format("there is no policy \"{}\"", certs::Escaped(policy, 60)));
    }
    spec.policy = found.value_or(spec.policy);
  }
  reader.Tables("known", [&](const toml::table& known) {
    if (!error) {
      error = ReadKnown(known, reader.file(), spec.known);
    }
  });
  return error;
}

certs::Result<CommandSpec> ReadConfiguration(const toml::table& table, const std::string& file, CommandSpec spec,
                                             const std::string& family) {
  // What is said of one configuration goes before what is said of all.
  const std::vector<CommandSpec::Known> of_all = std::exchange(spec.known, {});
  std::string name, command;
  TableReader reader(table, file, "[[configuration]]");
  std::optional<Error> error = ReadShared(reader, table, spec);
  reader.Text("name", name).Text("title", spec.title).Text("shell", command).Texts("command", spec.argv);
  reader.Require("command (or shell)", spec.argv.empty() != command.empty());
  if (!command.empty()) {
    spec.argv = {command};
    spec.shell = true;
  }
  if (!error) {
    error = reader.Finish();
  }
  if (error) {
    return std::unexpected(*error);
  }
  spec.known.insert(spec.known.end(), of_all.begin(), of_all.end());
  spec.name = name.empty() ? family : family + "." + name;
  if (spec.title.empty()) {
    spec.title = spec.name;
  }
  return spec;
}

}  // namespace

certs::Result<std::vector<CommandSpec>> LoadManifest(const std::string& path) {
  const std::string shown = certs::Escaped(path, 300);
  toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    const auto code = fs::is_regular_file(path) ? ErrorCode::kBadInput : ErrorCode::kIo;
    return certs::Fail(code, fmt::format("{}:{}: {}", shown, parsed.error().source().begin.line,
                                         certs::Escaped(parsed.error().description(), 300)));
  }
  const toml::table& table = parsed.table();
  CommandSpec shared;
  shared.own_directory = true;
  std::error_code ignored;
  shared.folder = fs::absolute(fs::path(path).parent_path(), ignored).lexically_normal();
  std::string family;
  TableReader reader(table, shown, "a manifest");
  std::optional<Error> error = ReadShared(reader, table, shared);
  reader.Text("name", family);
  reader.Require("name", !family.empty());
  std::vector<CommandSpec> specs;
  reader.Tables("configuration", [&](const toml::table& one) {
    auto spec = ReadConfiguration(one, shown, shared, family);
    if (!spec && !error) {
      error = spec.error();
    } else if (spec && std::ranges::any_of(specs, [&](const CommandSpec& other) { return other.name == spec->name; })) {
      reader.Complain(one.source(), fmt::format("two configurations are named \"{}\"", certs::Escaped(spec->name, 60)));
    } else if (spec) {
      specs.push_back(std::move(*spec));
    }
  });
  reader.Require("at least one [[configuration]]", !specs.empty());
  if (!error) {
    error = reader.Finish();
  }
  if (error) {
    return std::unexpected(*error);
  }
  return specs;
}

certs::Result<std::vector<CommandSpec>> LoadManifests(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path());
    }
  }
  if (error) {
    return certs::Fail(ErrorCode::kIo, fmt::format("cannot read the clients' folder {}: {}",
                                                   certs::Escaped(folder, 300), error.message()));
  }
  std::ranges::sort(files);
  std::vector<CommandSpec> all;
  for (const fs::path& file : files) {
    auto specs = LoadManifest(file);
    if (!specs) {
      return specs;
    }
    for (CommandSpec& spec : *specs) {
      if (std::ranges::any_of(all, [&](const CommandSpec& other) { return other.name == spec.name; })) {
        return certs::Fail(ErrorCode::kBadInput, fmt::format("{}: another manifest has a client \"{}\"",
                                                             certs::Escaped(file.string(), 300), spec.name));
      }
      all.push_back(std::move(spec));
    }
  }
  return all;
}

}  // namespace lab

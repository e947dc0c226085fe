// Client manifests: lab/clients/README.md describes the format.
#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "certs/bytes.h"
#include "lab/runner/client.h"
#include "lab/runner/command_client.h"
#include "lab/runner/expectations.h"
#include "lab/runner/process.h"
#include "lab/runner/toml_reader.h"

namespace lab {
namespace {

namespace fs = std::filesystem;
using certs::Error;
using certs::ErrorCode;

// Where `clients install` puts what is no package of the system's own: the user's cache.
std::string InstalledFolder(const std::string& family) {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  const std::string base = cache != nullptr && *cache == '/' ? cache
                           : home != nullptr && *home == '/' ? std::string(home) + "/.cache"
                                                             : "/var/tmp";
  return base + "/starttls-lab/clients/" + family;
}

std::optional<Error> ReadFile(const toml::table& table, const std::string& file, std::vector<ClientFile>& into) {
  ClientFile one;
  std::string mode;
  TableReader reader(table, file, "[[file]]");
  reader.Text("path", one.path).Text("text", one.text).Text("mode", mode);
  reader.Require("path", !one.path.empty());
  if (!mode.empty()) {
    char* end = nullptr;
    one.mode = static_cast<uint32_t>(std::strtoul(mode.c_str(), &end, 8));
    if (*end != '\0' || one.mode > 07777) {
      reader.Complain(table.get("mode")->source(), "mode must be octal digits, such as \"600\"");
    }
  }
  into.push_back(std::move(one));
  return reader.Finish();
}

// A value by its name; the names are those of an enum's own.
template <typename Value>
void ByName(TableReader& reader, const toml::table& table, const char* key, Value& into,
            const std::function<std::optional<Value>(std::string_view)>& find) {
  std::string name;
  reader.Text(key, name);
  if (name.empty()) {
    return;
  }
  const std::optional<Value> found = find(name);
  if (!found) {
    reader.Complain(table.get(key)->source(), fmt::format("there is no {} \"{}\"", key, certs::Escaped(name, 60)));
  }
  into = found.value_or(into);
}

std::optional<Level> LevelByName(std::string_view name) {
  for (const Level level : {Level::kDefault, Level::kSafe, Level::kWeak}) {
    if (Name(level) == name) {
      return level;
    }
  }
  return std::nullopt;
}

std::optional<Goal> GoalByName(std::string_view name) {
  for (const Goal goal : {Goal::kMessage, Goal::kTransaction, Goal::kHello}) {
    if (Name(goal) == name) {
      return goal;
    }
  }
  return std::nullopt;
}

void ReadClaim(TableReader& reader, const toml::table& table, CommandSpec& spec) {
  reader.Flag("exit_code_is_claim", spec.exit_code_is_claim)
      .Number("unsupported_exit_code", 0, 255,
              [&](int64_t code) { spec.unsupported_exit_code = static_cast<int>(code); })
      .Text("claim_pattern", spec.claim_pattern);
  regex_t compiled;
  if (table.contains("claim_pattern")) {
    if (regcomp(&compiled, spec.claim_pattern.c_str(), REG_EXTENDED) != 0) {
      reader.Complain(table.get("claim_pattern")->source(), "claim_pattern must be an extended regular expression");
      return;
    }
    regfree(&compiled);
  }
}

// The keys that a file may give once for all of its configurations, and that a configuration may give anew.
std::optional<Error> ReadShared(TableReader& reader, const toml::table& table, CommandSpec& spec) {
  std::optional<Error> error;
  const auto overwrite = [&](std::string_view key, std::vector<std::string>& list) {
    if (table.contains(key)) {
      list.clear();
    }
    reader.Texts(key, list);
  };
  reader.Text("version", spec.version_command).Text("build", spec.install.build);
  overwrite("needs", spec.needs);
  overwrite("environment", spec.environment);
  overwrite("packages", spec.install.packages);
  overwrite("unpack", spec.install.unpack);
  overwrite("npm", spec.install.npm);
  overwrite("visible", spec.visible);
  ReadClaim(reader, table, spec);
  reader.Number("limit_ms", 100, 600'000, [&](int64_t limit) { spec.limit = std::chrono::milliseconds(limit); })
      .Number("memory_mb", 16, 65'536, [&](int64_t mb) { spec.memory = static_cast<uint64_t>(mb) << 20; })
      .Number("tier", 0, 3, [&](int64_t tier) { spec.tier = static_cast<int>(tier); })
      .Flag("starttls", spec.starttls)
      .Flag("implicit", spec.implicit)
      .Flag("root", spec.root)
      .Flag("dns", spec.dns)
      .Flag("sandbox_only", spec.sandbox_only)
      .Flag("unconstrained_anchor", spec.unconstrained_anchor)
      .Flag("message_on_stdin", spec.message_on_stdin);
  ByName<Policy>(reader, table, "policy", spec.policy, PolicyByName);
  ByName<Level>(reader, table, "level", spec.level, LevelByName);
  ByName<Goal>(reader, table, "goal", spec.goal, GoalByName);
  reader.Tables("file", [&](const toml::table& file) {
    if (!error) {
      error = ReadFile(file, reader.file(), spec.files);
    }
  });
  return error;
}

// {here}, {installed} and {arch} are known as soon as the manifest is.
void ExpandPlaces(CommandSpec& spec) {
  const std::vector<Placeholder> places = {
      {"here", spec.folder}, {"installed", spec.installed}, {"arch", MultiarchName()}};
  for (std::vector<std::string>* list : {&spec.needs, &spec.visible}) {
    for (std::string& text : *list) {
      text = Expand(text, places, false);
    }
  }
  spec.version_command = Expand(spec.version_command, places, true);
  spec.install.build = Expand(spec.install.build, places, true);
}

certs::Result<CommandSpec> ReadConfiguration(const toml::table& table, const std::string& file, CommandSpec spec) {
  std::string name, command;
  TableReader reader(table, file, "[[configuration]]");
  std::optional<Error> error = ReadShared(reader, table, spec);
  reader.Text("name", name).Text("title", spec.title).Text("shell", command).Texts("command", spec.argv);
  reader.Require("command (or shell)", spec.argv.empty() != command.empty());
  // Of a probe that says nothing more than EHLO the server learns nothing: its word must mean something.
  reader.Require("claim_pattern, or exit_code_is_claim (because of goal = \"hello\")",
                 spec.goal != Goal::kHello || spec.exit_code_is_claim || !spec.claim_pattern.empty());
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
  spec.name = name.empty() ? spec.family : spec.family + "." + name;
  if (spec.title.empty()) {
    spec.title = spec.name;
  }
  ExpandPlaces(spec);
  return spec;
}

// Gives each configuration the declarations that are meant for it.
certs::Result<void> AddExpectations(const fs::path& manifest, std::vector<CommandSpec>& specs) {
  const fs::path file = manifest.parent_path() / "expectations" / manifest.filename();
  std::error_code error;
  if (!fs::exists(file, error)) {
    return {};
  }
  const auto expected = LoadExpectations(file);
  if (!expected) {
    return std::unexpected(expected.error());
  }
  for (CommandSpec& spec : specs) {
    spec.expected = ExpectationsOf(*expected, spec);
  }
  return {};
}

}  // namespace

std::string_view Name(Level level) {
  switch (level) {
    case Level::kDefault:
      return "default";
    case Level::kSafe:
      return "safe";
    case Level::kWeak:
      return "weak";
  }
  return "?";
}

std::string_view Name(Goal goal) {
  switch (goal) {
    case Goal::kMessage:
      return "message";
    case Goal::kTransaction:
      return "transaction";
    case Goal::kHello:
      return "hello";
  }
  return "?";
}

certs::Result<std::vector<CommandSpec>> LoadManifest(const std::string& path) {
  const std::string shown = certs::Escaped(path, 300);
  const auto parsed = ParseToml(path);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  const toml::table& table = *parsed;
  CommandSpec shared;
  shared.own_directory = true;
  std::error_code ignored;
  shared.folder = fs::absolute(fs::path(path).parent_path(), ignored).lexically_normal();
  TableReader reader(table, shown, "a manifest");
  std::optional<Error> error = ReadShared(reader, table, shared);
  reader.Text("name", shared.family);
  reader.Require("name", !shared.family.empty());
  shared.installed = InstalledFolder(shared.family);
  std::vector<CommandSpec> specs;
  reader.Tables("configuration", [&](const toml::table& one) {
    auto spec = ReadConfiguration(one, shown, shared);
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
  if (auto added = AddExpectations(path, specs); !added) {
    return std::unexpected(added.error());
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
  std::ranges::sort(files, {}, [](const fs::path& file) { return file.stem(); });
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

std::string MissingProgram(const CommandSpec& command) {
  std::vector<std::string> needed = command.needs;
  if (!command.shell && !command.argv.empty() && !command.argv.front().contains('{')) {
    needed.push_back(command.argv.front());
  }
  for (const std::string& program : needed) {
    std::error_code error;
    const bool there = program.starts_with('/')
                           ? fs::exists(program, error)
                           : !FindProgram(program, command.family.empty() ? PathOfThisProcess() : kSystemPath).empty();
    if (!there) {
      const std::string hint =
          command.family.empty() ? "" : fmt::format("; try: starttls-lab clients install {}", command.family);
      return fmt::format("{} is not there{}", certs::Escaped(program), hint);
    }
  }
  return "";
}

}  // namespace lab

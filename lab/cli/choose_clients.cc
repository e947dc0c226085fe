#include "lab/cli/choose_clients.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <optional>

#include "certs/bytes.h"
#include "lab/cli/context.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr size_t kMostKnown = 40;  // of an error's list

std::string Known(const std::vector<CommandSpec>& manifests) {
  std::string known = "built-in";
  size_t named = 0;
  for (const CommandSpec& command : manifests) {
    if (++named > kMostKnown) {
      return fmt::format("{} and {} more (starttls-lab clients list)", known, manifests.size() - kMostKnown);
    }
    known += ", " + command.name;
  }
  return known;
}

// Adds what `fits`, without what is there already; whether anything did fit.
template <typename Fits>
bool AddFitting(const std::vector<CommandSpec>& manifests, std::vector<CommandSpec>& chosen, Fits fits) {
  bool any = false;
  for (const CommandSpec& command : manifests) {
    if (!fits(command)) {
      continue;
    }
    any = true;
    if (std::ranges::find(chosen, command.name, &CommandSpec::name) == chosen.end()) {
      chosen.push_back(command);
    }
  }
  return any;
}

// The N of "tier:N".
std::optional<int> TierOf(const std::string& name) {
  constexpr std::string_view kPrefix = "tier:";
  const bool one_digit = name.size() == kPrefix.size() + 1 && name.back() >= '0' && name.back() <= '9';
  return name.starts_with(kPrefix) && one_digit ? std::optional(name.back() - '0') : std::nullopt;
}

bool Fits(const std::string& pattern, const CommandSpec& command) {
  if (const auto tier = TierOf(pattern)) {
    return command.tier <= *tier;
  }
  return fnmatch(pattern.c_str(), command.name.c_str(), 0) == 0;
}

}  // namespace

certs::Result<ChosenClients> ChooseClients(const std::vector<std::string>& names) {
  ChosenClients chosen;
  std::optional<std::vector<CommandSpec>> manifests;
  for (const std::string& name : names) {
    if (name == "built-in") {
      chosen.built_in = true;
      continue;
    }
    if (!manifests) {
      auto loaded = LoadManifests(ClientsFolder());
      if (!loaded) {
        return std::unexpected(loaded.error());
      }
      manifests = std::move(*loaded);
    }
    if (!AddFitting(*manifests, chosen.commands, [&](const CommandSpec& c) { return Fits(name, c); })) {
      return Fail(ErrorCode::kBadInput,
                  fmt::format("there is no client \"{}\"; known are: {}. For a program of your own: run -- COMMAND",
                              certs::Escaped(name), Known(*manifests)));
    }
  }
  return chosen;
}

certs::Result<std::vector<CommandSpec>> ChooseFamilies(const std::vector<std::string>& names) {
  auto manifests = LoadManifests(ClientsFolder());
  if (!manifests || names.empty()) {
    return manifests;
  }
  std::vector<CommandSpec> chosen;
  for (const std::string& name : names) {
    const auto fits = [&](const CommandSpec& c) {
      return Fits(name, c) || fnmatch(name.c_str(), c.family.c_str(), 0) == 0;
    };
    if (!AddFitting(*manifests, chosen, fits)) {
      return Fail(ErrorCode::kBadInput,
                  fmt::format("there is no client \"{}\"; known are: {}", certs::Escaped(name), Known(*manifests)));
    }
  }
  return chosen;
}

}  // namespace lab

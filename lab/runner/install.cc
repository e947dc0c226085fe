#include "lab/runner/install.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>

#include "certs/bytes.h"
#include "lab/runner/process.h"

namespace lab {
namespace {

// One line of a family's needs, each thing once, in the order in which its configurations name them.
std::vector<std::string> Union(std::span<const CommandSpec> family, std::vector<std::string> InstallSpec::* list) {
  std::vector<std::string> all;
  for (const CommandSpec& command : family) {
    for (const std::string& item : command.install.*list) {
      if (std::ranges::find(all, item) == all.end()) {
        all.push_back(item);
      }
    }
  }
  return all;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

std::string Quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += ' ' + Quoted(word);
  }
  return text;
}

bool IsInstalled(const std::string& package) {
  const std::atomic<bool> never{false};
  const ProcessResult asked = RunProcess({.argv = {"dpkg-query", "-W", "-f=${db:Status-Status}", package},
                                          .environment = {std::string("PATH=") + kSystemPath, "LC_ALL=C"}},
                                         never);
  return asked.started && asked.exit_code == 0 && asked.output.starts_with("installed");
}

// Unpacks packages below the folder, as if it were the root: `dpkg -x` runs no maintainer script and replaces nothing.
// Which they are is written to the file "unpacked" there: dpkg itself does not know of them.
std::string UnpackCommand(const std::string& folder, const std::vector<std::string>& packages) {
  return fmt::format(
      "mkdir -p {0} && work=$(mktemp -d) && cd \"$work\" && apt-get download{1} && for package in *.deb; do dpkg -x "
      "\"$package\" {0} || exit 1; done && dpkg-deb -W --showformat='${{Package}} ${{Version}}\\n' *.deb >{0}/unpacked "
      "&& "
      "rm -rf \"$work\"",
      Quoted(folder), Quoted(packages));
}

std::vector<InstallStep> Plan(std::span<const CommandSpec> family, const std::vector<std::string>& packages,
                              bool own_folder) {
  std::vector<InstallStep> steps;
  if (!packages.empty()) {
    steps.push_back({.what = fmt::format("install the Debian packages {}",
                                         certs::Escaped(fmt::format("{}", fmt::join(packages, ", ")), 500)),
                     .command = "apt-get install -y --no-install-recommends" + Quoted(packages),
                     .as_root = true});
  }
  if (family.empty() || !own_folder) {
    return steps;
  }
  const std::string& folder = family.front().installed;
  const std::string shown = certs::Escaped(folder, 300);
  if (const auto unpack = Union(family, &InstallSpec::unpack); !unpack.empty()) {
    steps.push_back({.what = fmt::format("unpack (and not install) {} below {}",
                                         certs::Escaped(fmt::format("{}", fmt::join(unpack, ", ")), 500), shown),
                     .command = UnpackCommand(folder, unpack)});
  }
  if (const auto npm = Union(family, &InstallSpec::npm); !npm.empty()) {
    steps.push_back({.what = fmt::format("fetch the npm packages {} into {}",
                                         certs::Escaped(fmt::format("{}", fmt::join(npm, ", ")), 500), shown),
                     .command = fmt::format("mkdir -p {0} && npm install --no-audit --no-fund --prefix {0}{1}",
                                            Quoted(folder), Quoted(npm))});
  }
  std::vector<std::string> built;
  for (const CommandSpec& command : family) {
    const std::string& build = command.install.build;
    if (!build.empty() && std::ranges::find(built, build) == built.end()) {
      built.push_back(build);
      steps.push_back({.what = fmt::format("build a driver in {}", shown),
                       .command = fmt::format("mkdir -p {0} && {1}", Quoted(folder), build)});
    }
  }
  return steps;
}

// The Debian packages that a family wants. npm comes with Node.js where that is not Debian's, and then Debian's package
// conflicts with it: so it is wanted only where there is no such program.
std::vector<std::string> PackagesOf(std::span<const CommandSpec> family, bool npm_is_there) {
  std::vector<std::string> packages = Union(family, &InstallSpec::packages);
  if (!npm_is_there && !Union(family, &InstallSpec::npm).empty()) {
    packages.emplace_back("npm");
  }
  // As root the lab maps what ids it likes; everybody else asks newuidmap for a range.
  if (geteuid() != 0 && std::ranges::any_of(family, &CommandSpec::root)) {
    packages.emplace_back("uidmap");
  }
  return packages;
}

}  // namespace

std::vector<InstallStep> PlanInstall(std::span<const CommandSpec> family) {
  std::vector<std::string> packages = PackagesOf(family, !FindProgram("npm", kSystemPath).empty());
  std::erase_if(packages, IsInstalled);
  // What goes to the family's own folder is redone as a whole where any of its files is missing.
  const bool missing = std::ranges::any_of(family, [](const CommandSpec& c) { return !MissingProgram(c).empty(); });
  return Plan(family, packages, missing);
}

std::vector<InstallStep> PlanWholeInstall(std::span<const CommandSpec> family) {
  return Plan(family, PackagesOf(family, false), true);
}

}  // namespace lab

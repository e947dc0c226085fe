#include "lab/runner/versions.h"

#include <atomic>
#include <map>
#include <string>

#include "lab/runner/process.h"

namespace lab {
namespace {

constexpr size_t kMaxVersion = 200;

std::string FirstLineOf(const std::string& command) {
  const std::atomic<bool> never{false};
  const ProcessResult result = RunProcess({.argv = {"sh", "-c", command},
                                           .environment = {"PATH=" + PathOfThisProcess(), "LANG=C.UTF-8"},
                                           .output_tail = 64 * 1024},
                                          never);
  // Some programs cannot say their version and end with an error that names it.
  const std::string line = result.output.substr(0, result.output.find_first_of("\r\n"));
  return result.started ? line.substr(0, kMaxVersion) : "";
}

}  // namespace

void FindVersions(std::vector<CommandSpec>& commands) {
  std::map<std::string, std::string> said;
  for (CommandSpec& command : commands) {
    if (command.version_command.empty()) {
      continue;
    }
    const auto [found, is_new] = said.try_emplace(command.version_command);
    if (is_new) {
      found->second = FirstLineOf(command.version_command);
    }
    command.version = found->second;
  }
}

}  // namespace lab

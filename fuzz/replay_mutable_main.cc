// The targets on the test build of the verifier (lab/verifier/rules.h, name_bugs.h):
//
//   fuzz_replay_mutable TARGET FILE-OR-DIRECTORY...   as fuzz_replay; the build counts which lines are reached
//   fuzz_replay_mutable --planted FILE-OR-DIRECTORY...
//
// --planted plants the matcher's bugs, one at a time, and runs the inputs of dns_name_match: which of them finds it?
// Exit: 0 if each is found and without a bug nothing is, else 1; 2 for wrong arguments.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/replay.h"
#include "lab/verifier/name_bugs.h"

namespace {

namespace fs = std::filesystem;

// Whether a process of its own, with this bug (none if empty), ends at the input as one whose property is broken.
bool Finds(const fuzz::Target& target, std::string_view bug, const fs::path& input) {
  const pid_t child = fork();
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    const bool ready = bug.empty() || verifier::PlantNameBug(bug);
    _exit(ready && fuzz::Replay(target, std::span(&input, 1)) == 1 ? 0 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

int ReplayPlanted(const std::vector<fs::path>& paths) {
  const fuzz::Target& target = *fuzz::FindTarget("dns_name_match");
  std::vector<fs::path> inputs;
  for (const fs::path& path : paths) {
    const std::vector<fs::path> more = fuzz::InputsIn(path);
    inputs.insert(inputs.end(), more.begin(), more.end());
  }
  bool good = !inputs.empty();
  for (const fs::path& input : inputs) {
    if (Finds(target, "", input)) {
      std::printf("%s: breaks a property without any bug\n", input.c_str());
      good = false;
    }
  }
  for (const std::string_view bug : verifier::NameBugs()) {
    std::string found;
    size_t count = 0;
    for (const fs::path& input : inputs) {
      if (Finds(target, bug, input)) {
        found = found.empty() ? input.filename().string() : found;
        ++count;
      }
    }
    std::printf("%s: found by %zu of %zu inputs, first by %s\n", std::string(bug).c_str(), count, inputs.size(),
                count == 0 ? "none" : found.c_str());
    good = good && count > 0;
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const fuzz::Target* const target = fuzz::FindTarget(first);
  const std::vector<fs::path> paths(argv + (argc > 1 ? 2 : 1), argv + argc);
  if (first == "--planted" && !paths.empty()) {
    return ReplayPlanted(paths);
  }
  if (target == nullptr) {
    std::fprintf(stderr, "usage: fuzz_replay_mutable TARGET|--planted FILE-OR-DIRECTORY...\n");
    return 2;
  }
  const auto replayed = fuzz::Replay(*target, paths);
  return replayed ? 0 : 2;
}

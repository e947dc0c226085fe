// Runs fuzz inputs without a fuzzing engine, so that every test run re-checks what the fuzzers found:
//
//   fuzz_replay TARGET FILE-OR-DIRECTORY...
//   fuzz_replay --seeds FOLDER              writes the seeds that come from the catalogue (fuzz/corpora)
//   fuzz_replay --words TARGET FILE         says what an input says, part by part
//
// A failing input ends the program; the last path printed is the culprit. Exit: 0, or 2 if there is no such target or a
// file cannot be read.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/replay.h"
#include "fuzz/seeds.h"
#include "fuzz/words.h"

namespace {

int PrintWords(const char* target, const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (fuzz::FindTarget(target) == nullptr || !file) {
    std::fprintf(stderr, "there is no target %s, or %s cannot be read\n", target, path);
    return 2;
  }
  std::fputs(fuzz::InWords(target, content).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--seeds") {
    return fuzz::WriteSeeds(argv[2]) ? 0 : 2;
  }
  if (argc == 4 && std::string_view(argv[1]) == "--words") {
    return PrintWords(argv[2], argv[3]);
  }
  const fuzz::Target* const target = fuzz::FindTarget(argc > 1 ? argv[1] : "");
  if (target == nullptr) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET FILE-OR-DIRECTORY...; targets:\n");
    for (const fuzz::Target& known : fuzz::Targets()) {
      std::fprintf(stderr, "  %.*s\n", static_cast<int>(known.name.size()), known.name.data());
    }
    return 2;
  }
  const std::vector<std::filesystem::path> paths(argv + 2, argv + argc);
  const auto replayed = fuzz::Replay(*target, paths);
  if (!replayed) {
    return 2;
  }
  std::printf("%zu inputs replayed\n", *replayed);
  return 0;
}

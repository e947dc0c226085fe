// Runs fuzz inputs without a fuzzing engine, so that every test run re-checks what the fuzzers found:
//
//   fuzz_replay TARGET FILE-OR-DIRECTORY...
//   fuzz_replay --seeds FOLDER              writes the seeds that come from the catalogue (fuzz/corpora)
//
// Directories are walked in name order; one that does not exist holds no inputs. A failing input ends the program, so
// each path is printed before it runs: the last one printed is the culprit. Exit: 0, or 2 if there is no such target or
// a file cannot be read.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "fuzz/replay.h"
#include "fuzz/seeds.h"

// libFuzzer's own mutations, which the targets' mutators fall back to: nothing mutates here.
extern "C" size_t LLVMFuzzerMutate(uint8_t*, size_t size, size_t) { return size; }

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> InputsIn(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return fs::exists(path, ignored) ? std::vector{path} : std::vector<fs::path>{};
  }
  std::vector<fs::path> inputs;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && entry.path().filename() != "README.md") {
      inputs.push_back(entry.path());
    }
  }
  std::ranges::sort(inputs);
  return inputs;
}

bool Replay(const fuzz::Target& target, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  // An input of its own exact size: one octet read beyond its end is an error that AddressSanitizer sees.
  const std::vector<uint8_t> input(content.begin(), content.end());
  target.run(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--seeds") {
    return fuzz::WriteSeeds(argv[2]) ? 0 : 2;
  }
  const std::span<const fuzz::Target> targets = fuzz::Targets();
  const auto target = std::ranges::find(targets, std::string_view(argc > 1 ? argv[1] : ""), &fuzz::Target::name);
  if (target == targets.end()) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET FILE-OR-DIRECTORY...; targets:\n");
    for (const fuzz::Target& known : targets) {
      std::fprintf(stderr, "  %.*s\n", static_cast<int>(known.name.size()), known.name.data());
    }
    return 2;
  }
  size_t replayed = 0;
  for (int i = 2; i < argc; ++i) {
    for (const fs::path& path : InputsIn(argv[i])) {
      std::fprintf(stderr, "replaying %s\n", path.c_str());
      if (!Replay(*target, path)) {
        return 2;
      }
      ++replayed;
    }
  }
  std::printf("%zu inputs replayed\n", replayed);
  return 0;
}

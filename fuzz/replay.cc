#include "fuzz/replay.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

// libFuzzer's own mutations, which the targets' mutators fall back to: nothing mutates here.
extern "C" size_t LLVMFuzzerMutate(uint8_t*, size_t size, size_t) { return size; }

namespace fuzz {
namespace {

namespace fs = std::filesystem;

bool ReplayOne(const Target& target, const fs::path& path) {
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

const Target* FindTarget(std::string_view name) {
  const std::span<const Target> targets = Targets();
  const auto found = std::ranges::find(targets, name, &Target::name);
  return found == targets.end() ? nullptr : &*found;
}

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

std::optional<size_t> Replay(const Target& target, std::span<const fs::path> paths) {
  size_t replayed = 0;
  for (const fs::path& path : paths) {
    for (const fs::path& input : InputsIn(path)) {
      std::fprintf(stderr, "replaying %s\n", input.c_str());
      if (!ReplayOne(target, input)) {
        return std::nullopt;
      }
      ++replayed;
    }
  }
  return replayed;
}

}  // namespace fuzz

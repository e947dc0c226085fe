// Runs fuzz inputs without a fuzzing engine, so that every test run re-checks what the fuzzers found:
//
//   dns_name_match_fuzzer FILE-OR-DIRECTORY...
//
// Directories are walked in name order; one that does not exist holds no inputs. A failing input ends the program, so
// each path is printed before it runs: the last one printed is the culprit. Exit: 0, or 2 if a file cannot be read.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

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

bool Replay(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  // An input of its own exact size: one octet read beyond its end is an error that AddressSanitizer sees.
  const std::vector<uint8_t> input(content.begin(), content.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const fs::path& path : InputsIn(argv[i])) {
      std::fprintf(stderr, "replaying %s\n", path.c_str());
      if (!Replay(path)) {
        return 2;
      }
      ++replayed;
    }
  }
  std::printf("%zu inputs replayed\n", replayed);
  return 0;
}

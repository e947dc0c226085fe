// The main() of a fuzz target that is built without an engine: runs each file, and each file of a folder, that it is
// given. Flags of libFuzzer's ("-runs=0") are passed over. Exit: 0, or 2 if a file cannot be read; a failing input ends
// the program.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" size_t LLVMFuzzerMutate(uint8_t*, size_t size, size_t) { return size; }

namespace {

namespace fs = std::filesystem;

bool Run(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  std::fprintf(stderr, "running %s\n", path.c_str());
  const std::vector<uint8_t> input(content.begin(), content.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) {
    LLVMFuzzerInitialize(&argc, &argv);
  }
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with('-')) {
      continue;
    }
    std::vector<fs::path> inputs = {argv[i]};
    if (fs::is_directory(argv[i])) {
      inputs.assign(fs::directory_iterator(argv[i]), fs::directory_iterator());
    }
    for (const fs::path& input : inputs) {
      if (!Run(input)) {
        return 2;
      }
    }
  }
  return 0;
}

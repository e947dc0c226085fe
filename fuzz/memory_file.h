// A file that is in memory only, for the readers that take a path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "fuzz/fuzz.h"

namespace fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content = "") : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    Require(fd_ >= 0, "there is room for a file in memory");
    while (!content.empty()) {
      const ssize_t written = write(fd_, content.data(), content.size());
      Require(written > 0, "a file in memory can be written");
      content.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Where this process finds it.
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

}  // namespace fuzz

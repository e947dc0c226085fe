#include "bench/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace bench {
namespace {

std::unexpected<certs::Error> Errno() { return certs::Fail(certs::ErrorCode::kIo, std::strerror(errno)); }
std::string PartOf(const std::string& path) { return path + ".part"; }

}  // namespace

certs::Result<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file || file.bad()) {
    return Errno();
  }
  return content;
}

certs::Result<void> WriteFile(const std::string& path, std::string_view content) {
  const std::string part = PartOf(path);
  errno = 0;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file || std::rename(part.c_str(), path.c_str()) != 0) {
    const auto error = Errno();
    std::remove(part.c_str());
    return error;
  }
  return {};
}

certs::Result<void> CheckWritable(const std::string& path) {
  const std::string part = PartOf(path);
  errno = 0;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  const bool opened = file.is_open();
  const auto error = Errno();
  file.close();
  std::remove(part.c_str());
  if (!opened) {
    return error;
  }
  // A folder of that name, for one, could not be replaced.
  if (access(path.c_str(), F_OK) == 0) {
    std::ofstream existing(path, std::ios::binary | std::ios::app);
    if (!existing.is_open()) {
      return Errno();
    }
  }
  return {};
}

}  // namespace bench

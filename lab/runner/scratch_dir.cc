#include "lab/runner/scratch_dir.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace lab {

namespace fs = std::filesystem;

ScratchDir::ScratchDir(std::string path) : path_(std::move(path)) {}
ScratchDir::ScratchDir(ScratchDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

certs::Result<ScratchDir> ScratchDir::Make() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  std::string name = (error ? fs::path("/tmp") : base) / "starttls-lab-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return certs::Fail(certs::ErrorCode::kIo,
                       fmt::format("cannot make a folder {}: {}", name, std::generic_category().message(errno)));
  }
  return ScratchDir(std::move(name));
}

ScratchDir::~ScratchDir() {
  if (path_.empty()) {
    return;
  }
  std::error_code error;
  fs::remove_all(path_, error);
  if (!error) {
    return;
  }
  // A client may have left a folder that it made unreadable.
  fs::recursive_directory_iterator entry(path_, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      fs::permissions(entry->path(), fs::perms::owner_all, ignored);
    }
  }
  fs::remove_all(path_, error);
}

certs::Result<std::string> ScratchDir::Write(std::string_view name, std::string_view content) const {
  const std::string file = path_ + "/" + std::string(name);
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  if (!out) {
    return certs::Fail(certs::ErrorCode::kIo, "cannot write " + file);
  }
  return file;
}

}  // namespace lab

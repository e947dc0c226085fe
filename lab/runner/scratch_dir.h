// A folder that lives as long as one run.
#pragma once

#include <string>
#include <string_view>

#include "certs/result.h"

namespace lab {

// Made under $TMPDIR (or /tmp), readable by nobody else; removed with all that is in it.
class ScratchDir {
 public:
  static certs::Result<ScratchDir> Make();
  ScratchDir(ScratchDir&& other) noexcept;
  ScratchDir& operator=(ScratchDir&&) = delete;
  ~ScratchDir();

  const std::string& path() const { return path_; }
  // Writes a file into it and returns its path.
  certs::Result<std::string> Write(std::string_view name, std::string_view content) const;

 private:
  explicit ScratchDir(std::string path);
  std::string path_;
};

}  // namespace lab

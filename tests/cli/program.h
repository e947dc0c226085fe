// Runs the real program the way a shell does, for tests of what its users see.
#pragma once

#include <string>
#include <vector>

namespace lab::testing {

struct ProgramRun {
  int exit_code = -1;  // 128 + signal if it died of one
  std::string out, err;
};

// Runs starttls-lab with these arguments, `input` on standard input, in a folder of its own that is gone afterwards
// (unless `folder` names one). Kills it after `limit_seconds`.
ProgramRun RunLab(const std::vector<std::string>& arguments, const std::string& input = "",
                  const std::string& folder = "", int limit_seconds = 60);

// A folder under the system's temporary one, removed with everything in it by the destructor.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  // Writes a file in it and returns its path.
  std::string Write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);

}  // namespace lab::testing

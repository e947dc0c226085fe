#include "tests/cli/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cassert>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace lab::testing {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "starttls-lab-test-XXXXXX").string();
  char* made = mkdtemp(pattern.data());
  assert(made != nullptr);
  path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::Write(const std::string& name, const std::string& content) const {
  const std::string path = path_ + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ProgramRun RunLab(const std::vector<std::string>& arguments, const std::string& input, const std::string& folder,
                  int limit_seconds) {
  const TemporaryFolder scratch;
  const std::string in = scratch.Write("in", input), out = scratch.path() + "/out", err = scratch.path() + "/err";
  const std::string cwd = folder.empty() ? scratch.path() : folder;
  const pid_t child = fork();
  if (child == 0) {
    // Files instead of pipes: nothing can block, however much is printed.
    dup2(open(in.c_str(), O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2);
    std::vector<char*> argv = {const_cast<char*>(STARTTLS_LAB_BINARY)};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    alarm(static_cast<unsigned>(limit_seconds));
    if (chdir(cwd.c_str()) == 0) {
      execv(STARTTLS_LAB_BINARY, argv.data());
    }
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = ReadFile(out),
          .err = ReadFile(err)};
}

}  // namespace lab::testing

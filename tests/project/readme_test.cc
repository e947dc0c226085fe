// Every command in the READMEs runs. The commands stand in ```sh blocks; a trailing "# exit N" says what else than 0 is
// right.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

struct Command {
  std::string line;
  int exit_code = 0;
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::vector<Command> CommandsOf(const std::string& readme) {
  std::vector<Command> commands;
  std::istringstream lines(readme);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sh";
      continue;
    }
    if (!inside || line.empty() || line.starts_with("#")) {
      continue;
    }
    Command command{line};
    if (const size_t comment = line.find(" # "); comment != std::string::npos) {
      std::sscanf(line.c_str() + comment, " # exit %d", &command.exit_code);
      command.line.resize(line.find_last_not_of(' ', comment) + 1);
    }
    commands.push_back(command);
  }
  return commands;
}

// The scripts install packages and build, which this test must not: what they then run is run directly.
std::string WithoutBuilding(const std::string& line, const std::string& scratch) {
  const std::string source = STARTTLS_LAB_SOURCE_DIR;
  if (line == "lab/run") {
    return STARTTLS_LAB_BINARY " tour --quiet";
  }
  if (line.starts_with("tests/run") || line.starts_with("bench/run") || line.starts_with("fuzz/run")) {
    // This test is part of the first; the other two build for minutes. That they are sound scripts is what is left.
    return "bash -n " + source + "/" + line.substr(0, line.find(' '));
  }
  std::string command = Replaced(line, "/tmp/starttls-lab-certs", scratch + "/certs");
  return command.starts_with("lab/run ") ? STARTTLS_LAB_BINARY + command.substr(7) : command;
}

void RunThem(const std::vector<Command>& commands, const TemporaryFolder& folder) {
  for (const Command& command : commands) {
    SCOPED_TRACE(command.line);
    const std::string run =
        "cd '" + folder.path() + "' && { " + WithoutBuilding(command.line, folder.path()) + "; } >out 2>err </dev/null";
    const int status = std::system(("bash -c '" + Replaced(run, "'", "'\\''") + "'").c_str());
    const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    EXPECT_EQ(exit_code, command.exit_code) << ReadFile(folder.path() + "/out") << ReadFile(folder.path() + "/err");
  }
}

TEST(Readme, EveryCommandInItRuns) {
  const std::vector<Command> commands = CommandsOf(ReadFile(STARTTLS_LAB_SOURCE_DIR "/README.md"));
  ASSERT_GE(commands.size(), 12u);
  const TemporaryFolder folder;
  // The reader's own client, as three lines of shell around curl.
  const std::string client =
      folder.Write("my-client",
                   "#!/bin/sh\n"
                   "exec curl --silent --ssl-reqd --cacert \"$3\" --connect-to ::127.0.0.1:\"$2\" "
                   "smtp://\"$1\":\"$2\" --mail-from a@lab.test --mail-rcpt b@lab.test -T \"$0\"\n");
  ASSERT_EQ(chmod(client.c_str(), 0755), 0);
  RunThem(commands, folder);
}

// A container that refuses name spaces: commands that are told a name cannot be run there, and the lab says so.
bool CommandsCanBeRun() {
  const ProgramRun run = RunLab({"run", "--filter", "control.good", "--quiet", "--", "true", "{host}"});
  return run.err.find("no sandbox here") == std::string::npos;
}

TEST(Readme, EveryExampleOfTheClientsRuns) {
  if (!CommandsCanBeRun()) {
    GTEST_SKIP() << "name spaces are refused here";
  }
  const std::vector<Command> commands = CommandsOf(ReadFile(STARTTLS_LAB_SOURCE_DIR "/lab/clients/README.md"));
  ASSERT_EQ(commands.size(), 3u);
  const TemporaryFolder folder;
  // A program sees where it is started, if others may, and a reader starts it at the root of the repository.
  ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
  std::filesystem::create_directories(folder.path() + "/lab/clients");
  std::filesystem::copy(STARTTLS_LAB_SOURCE_DIR "/lab/clients/python", folder.path() + "/lab/clients/python");
  RunThem(commands, folder);
}

}  // namespace
}  // namespace lab::testing

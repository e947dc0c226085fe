// The program that bench/run runs: every kind of benchmark works, what it writes can be read, and what is wrong with a
// command is said in one sentence with the exit code that main.cc promises.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/files.h"
#include "bench/report.h"

namespace bench {
namespace {

std::string InFolder(const std::string& name) { return testing::TempDir() + "/bench-program-test-" + name; }

struct Ended {
  int exit_code = -1;
  std::string errors;
};

pid_t Begin(const std::vector<std::string>& arguments, const std::string& errors) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv = {const_cast<char*>(STARTTLS_LAB_BENCH)};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    dup2(open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  return child;
}

Ended End(pid_t child, const std::string& errors) {
  int status = 0;
  waitpid(child, &status, 0);
  Ended ended{WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(errors).value_or("")};
  std::remove(errors.c_str());
  return ended;
}

Ended RunBench(const std::vector<std::string>& arguments) {
  const std::string errors = InFolder("errors");
  return End(Begin(arguments, errors), errors);
}

Report Read(const std::string& path) {
  const auto text = ReadFile(path);
  EXPECT_TRUE(text) << path;
  const auto report = FromJson(text.value_or(""));
  EXPECT_TRUE(report) << path;
  return report.value_or(Report());
}

TEST(BenchProgram, MeasuresWhatItSaysItDoes) {
  const std::string file = InFolder("smoke.json"), page = InFolder("smoke.html");
  const Ended ended =
      RunBench({"--smoke", "--json", file, "--html", page,
                "BM_Handshake/tls1./(rsa2048|p256|ed25519)/chain(1|8)|BM_StartTls/tls1./p256/chain2|BM_Scenario|"
                "BM_NameMatch|BM_ParseReference|BM_ChainVerify/.*/p256/|BM_Reject/time|"
                "BM_ServeTcp/.*/p256/clients:10$"});
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  const Report report = Read(file);
  EXPECT_TRUE(report.complete);
  EXPECT_GE(report.rows.size(), 90u);
  for (const Row& row : report.rows) {
    EXPECT_EQ(row.error, "") << row.name;
    EXPECT_GT(row.cost, 0) << row.name;
    EXPECT_GE(row.calls, 1u) << row.name;
    EXPECT_EQ(row.floor_text.empty(), row.floor <= 0) << row.name;
    EXPECT_TRUE(row.yardstick.empty() || row.yardstick_ratio > 0) << row.name;
  }
  for (const char* condition : {"boringssl", "processor", "governor", "clock"}) {
    EXPECT_FALSE(report.context.at(condition).empty());
  }
  EXPECT_GT(ReadFile(page).value_or("").size(), 50'000u);
  std::remove(file.c_str());
  std::remove(page.c_str());
}

TEST(BenchProgram, TellsTheEndsApartAndSaysWhatWasNegotiated) {
  const std::string file = InFolder("ends.json");
  ASSERT_EQ(RunBench({"--smoke", "--json", file, "BM_Handshake/tls13/p256/chain2/full/verify:product"}).exit_code, 0);
  const Report report = Read(file);
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_EQ(report.rows[0].label, "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 ecdsa_secp256r1_sha256");
  EXPECT_GT(report.rows[0].client, 0);
  EXPECT_GT(report.rows[0].server, 0);
  EXPECT_GT(report.rows[0].octets, 1000);
  EXPECT_EQ(report.rows[0].floor_text, "2 x x25519 + p256 sign + p256 verify + 2 x p256 load and verify");
  std::remove(file.c_str());
}

TEST(BenchProgram, TakesAYardstickAlong) {
  const std::string file = InFolder("yardstick.json");
  ASSERT_EQ(RunBench({"--smoke", "--json", file, "BM_NameMatch/typical/product$"}).exit_code, 0);
  const Report report = Read(file);
  ASSERT_EQ(report.rows.size(), 2u);
  EXPECT_EQ(report.rows[1].yardstick, report.rows[0].name);
  EXPECT_GT(report.rows[1].yardstick_ratio, 0);
  std::remove(file.c_str());
}

TEST(BenchProgram, RefusesWhatItCannotDo) {
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
  } cases[] = {
      {{"BM_NoSuchThing"}, 4},
      {{"("}, 2},
      {{"--no-such-option"}, 2},
      {{"--rounds", "none"}, 2},
      {{"--json"}, 2},
      {{"--json", "/no-such-folder/x.json", "BM_ParseReference"}, 2},
      {{"--html", "/no-such-folder/x.html", "BM_ParseReference"}, 2},
      {{"--history", "/no-such-file", "BM_ParseReference"}, 2},
      {{"--page-only"}, 2},
      {{"BM_ParseReference", "BM_NameMatch"}, 2},
  };
  for (const auto& c : cases) {
    const Ended ended = RunBench(c.arguments);
    EXPECT_EQ(ended.exit_code, c.exit_code) << c.arguments[0];
    EXPECT_EQ(std::ranges::count(ended.errors, '\n'), 1) << ended.errors;
    EXPECT_THAT(ended.errors, testing::StartsWith("bench/run: ")) << c.arguments[0];
  }
}

TEST(BenchProgram, KeepsWhatItHasWhenItIsInterrupted) {
  const std::string file = InFolder("interrupted.json"), errors = InFolder("interrupted-errors");
  const pid_t child = Begin({"--rounds", "1000", "--seconds", "0.01", "--json", file, "BM_ParseReference"}, errors);
  // It is there after the first measurement.
  while (access(file.c_str(), F_OK) != 0 && waitpid(child, nullptr, WNOHANG) == 0) {
    poll(nullptr, 0, 5);
  }
  kill(child, SIGINT);
  EXPECT_EQ(End(child, errors).exit_code, 130);
  const Report report = Read(file);
  EXPECT_FALSE(report.complete);
  ASSERT_FALSE(report.rows.empty());
  EXPECT_GT(report.rows[0].cost, 0);
  std::remove(file.c_str());
}

}  // namespace
}  // namespace bench

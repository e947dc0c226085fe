// Who starts programs: what it is told arrives whole, and it does not outlive the lab.
#include "lab/runner/launcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "lab/runner/process.h"

namespace lab {
namespace {

using namespace std::chrono_literals;

TEST(LaunchOrderTest, ArrivesWhole) {
  const std::string octets("a\0b\xff\n", 5);
  LaunchOrder order{.program = "/bin/true",
                    .argv = {"true", "", octets},
                    .environment = {"A=" + octets},
                    .directory = "/",
                    .stdin_file = "/dev/null",
                    .sandbox = SandboxPlan{},
                    .limits = {.cpu_seconds = 7, .memory = 8, .file_size = 9, .descriptors = 10, .processes = 11}};
  SandboxPlan& plan = *order.sandbox;
  plan.binds = {{.kind = SandboxStep::Kind::kBind, .path = "usr", .text = "/usr", .mode = 0701}};
  plan.steps = {{.kind = SandboxStep::Kind::kFolder, .path = "etc", .mode = 01777},
                {.kind = SandboxStep::Kind::kFile, .path = "etc/hosts", .text = octets, .mode = 0600}};
  plan.sockets = {{.size = sizeof(sockaddr_in), .type = SOCK_DGRAM, .door = fakeserver::Door::kRefused}};
  std::memcpy(&plan.sockets[0].address, "0123456789", 10);
  plan.user = 12;
  plan.group = 13;
  plan.root = true;

  const LaunchOrder read = ReadOrder(WriteOrder(order));
  EXPECT_EQ(read.program, order.program);
  EXPECT_EQ(read.argv, order.argv);
  EXPECT_EQ(read.environment, order.environment);
  EXPECT_EQ(read.directory, order.directory);
  EXPECT_EQ(read.stdin_file, order.stdin_file);
  EXPECT_EQ(std::memcmp(&read.limits, &order.limits, sizeof read.limits), 0);
  ASSERT_TRUE(read.sandbox);
  const auto step_is = [](const SandboxStep& wanted) {
    return testing::AllOf(testing::Field("kind", &SandboxStep::kind, wanted.kind),
                          testing::Field("path", &SandboxStep::path, wanted.path),
                          testing::Field("text", &SandboxStep::text, wanted.text),
                          testing::Field("mode", &SandboxStep::mode, wanted.mode));
  };
  EXPECT_THAT(read.sandbox->binds, testing::ElementsAre(step_is(plan.binds[0])));
  EXPECT_THAT(read.sandbox->steps, testing::ElementsAre(step_is(plan.steps[0]), step_is(plan.steps[1])));
  ASSERT_EQ(read.sandbox->sockets.size(), 1U);
  EXPECT_EQ(std::memcmp(&read.sandbox->sockets[0].address, &plan.sockets[0].address, sizeof(sockaddr_storage)), 0);
  EXPECT_EQ(read.sandbox->sockets[0].size, plan.sockets[0].size);
  EXPECT_EQ(read.sandbox->sockets[0].type, plan.sockets[0].type);
  EXPECT_EQ(read.sandbox->sockets[0].door, plan.sockets[0].door);
  EXPECT_EQ(read.sandbox->user, plan.user);
  EXPECT_EQ(read.sandbox->group, plan.group);
  EXPECT_TRUE(read.sandbox->root);
  EXPECT_FALSE(ReadOrder(WriteOrder({.program = "/bin/true"})).sandbox);
}

TEST(LauncherTest, IsTheOneThatForks) {
  // The program's parent is its supervisor, and that one's is not this process.
  const std::atomic<bool> stop = false;
  const ProcessResult result = RunProcess({.argv = {"/bin/sh", "-c", "cut -d ' ' -f 4 /proc/$PPID/stat"}}, stop);
  ASSERT_TRUE(result.started) << result.error;
  EXPECT_NE(result.output, std::to_string(getpid()) + "\n");
  EXPECT_THAT(result.output, testing::ContainsRegex("^[0-9]+\n$"));
}

TEST(LauncherTest, TakesAnOrderOfAnyLength) {
  const std::atomic<bool> stop = false;
  const std::string text(1 << 16, 'x');
  const ProcessResult result = RunProcess({.argv = {"/bin/sh", "-c", "printf %s \"$1\" | wc -c", "sh", text}}, stop);
  EXPECT_EQ(result.output, "65536\n");
}

TEST(LauncherTest, StartsProgramsForManyThreads) {
  const std::atomic<bool> stop = false;
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < 8; ++n) {
      threads.emplace_back([&, n] {
        const ProcessResult result = RunProcess({.argv = {"/bin/sh", "-c", "exit " + std::to_string(n)}}, stop);
        right += result.started && result.exit_code == n ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(right, 8);
}

// However the lab ends: here it is killed. What it had running must go with it.
TEST(LauncherTest, NothingOutlivesTheLab) {
  std::array<int, 2> told{};
  ASSERT_EQ(pipe(told.data()), 0);
  const pid_t dying_lab = fork();
  if (dying_lab == 0) {
    const std::atomic<bool> stop = false;
    const std::string line = "echo $$ > /proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(told[1]);
    RunProcess({.argv = {"/bin/sh", "-c", line + "; exec sleep 60"}, .limit = 60s}, stop);
    _exit(0);
  }
  char text[32] = {};
  ASSERT_GT(read(told[0], text, sizeof text - 1), 0);
  const pid_t program = static_cast<pid_t>(std::stol(text));
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, program, 0U));
  ASSERT_GE(handle, 0);
  kill(dying_lab, SIGKILL);
  waitpid(dying_lab, nullptr, 0);
  pollfd end{.fd = handle, .events = POLLIN};
  EXPECT_EQ(poll(&end, 1, 10'000), 1) << "it lives on";
  close(handle);
  close(told[0]);
  close(told[1]);
}

}  // namespace
}  // namespace lab

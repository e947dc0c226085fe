#include "lab/runner/command_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lab/runner/process.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::Not;

ClientReport RunShell(const std::string& line, std::chrono::milliseconds limit = std::chrono::seconds(20),
                      bool stopped = false, bool in_sandbox = false) {
  CommandSpec client{.argv = {line}, .shell = true, .limit = limit};
  const std::atomic<bool> stop = stopped;
  return RunCommand(
      client, {.reference = "mail.bob.test", .port = 2525, .honey = MakeHoney(1, "s", "c"), .sandbox = in_sandbox},
      stop);
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

bool IsAlive(const std::string& pid) { return kill(std::stoi(pid), 0) == 0 || errno != ESRCH; }

TEST(CommandClientTest, LeavesTheMachinesOwnHostsFileAlone) {
  const auto read = [] {
    std::ostringstream text;
    text << std::ifstream("/etc/hosts").rdbuf();
    return text.str();
  };
  const std::string before = read();
  RunShell("true");
  EXPECT_EQ(read(), before);
  EXPECT_THAT(before, Not(HasSubstr("mail.bob.test")));
}

TEST(CommandClientTest, StaysWhoTheUserIs) {
  EXPECT_EQ(FirstLine(RunShell("id -u").output), std::to_string(geteuid()));
}

TEST(CommandClientTest, KillsWhatIgnoresTheFirstWarning) {
  const ClientReport report = RunShell("trap '' TERM; echo $$; while :; do sleep 0.05; done", std::chrono::seconds(2));
  EXPECT_TRUE(report.timed_out);
  EXPECT_EQ(report.claim, Claim::kNothing);
  EXPECT_FALSE(IsAlive(FirstLine(report.output)));
}

TEST(CommandClientTest, EndsADaemonThatLeftItsGroup) {
  const ClientReport report = RunShell("setsid sh -c 'echo $$; exec >/dev/null 2>&1; sleep 600' & sleep 0.2");
  ASSERT_NE(FirstLine(report.output), "");
  EXPECT_FALSE(IsAlive(FirstLine(report.output)));
  EXPECT_FALSE(report.timed_out);
}

TEST(CommandClientTest, SaysWhatAProgramAndItsChildrenHaveUsed) {
  const std::string megabytes = "python3 -c 'x = bytearray(150 << 20); x[::4096] = b\"y\" * len(x[::4096])'";
  const ClientReport small = RunShell("true"), large = RunShell(megabytes + " & wait");
  ASSERT_EQ(large.exit_code, 0) << large.output;
  EXPECT_GE(large.memory, uint64_t{150} << 20);
  EXPECT_GT(small.memory, 0u);
  EXPECT_GT(large.cpu, small.cpu);
}

TEST(CommandClientTest, StopsWhenTheLabIsToldTo) {
  const ClientReport report = RunShell("sleep 600", std::chrono::seconds(60), true);
  EXPECT_TRUE(report.started);
  EXPECT_FALSE(report.timed_out);
}

TEST(CommandClientTest, HasAFreshHomeThatIsGoneAfterwards) {
  const std::string look = "echo $HOME; ls -A $HOME | tr '\\n' ' '; mkdir -m 000 $HOME/locked; touch $HOME/.seen";
  const ClientReport first = RunShell(look), second = RunShell(look);
  EXPECT_NE(FirstLine(first.output), FirstLine(second.output));
  EXPECT_THAT(second.output, Not(HasSubstr(".seen")));
  EXPECT_FALSE(std::filesystem::exists(FirstLine(first.output)));
  EXPECT_FALSE(std::filesystem::exists(FirstLine(second.output)));
}

TEST(CommandClientTest, InheritsNothingButThePath) {
  setenv("STARTTLS_LAB_TEST_SETTING", "1", 1);
  EXPECT_THAT(RunShell("env").output, Not(HasSubstr("STARTTLS_LAB_TEST_SETTING")));
}

TEST(CommandClientTest, InheritsNoDescriptors) {
  // 0, 1, 2 and the one that ls itself opens.
  EXPECT_EQ(FirstLine(RunShell("ls /proc/self/fd | wc -l").output), "4");
}

TEST(CommandClientTest, KeepsTheEndOfALongOutput) {
  const ClientReport report = RunShell("yes | head -c 1000000; echo the end");
  EXPECT_LE(report.output.size(), 8192u);
  EXPECT_THAT(report.output, HasSubstr("the end"));
  EXPECT_EQ(report.exit_code, 0);
}

TEST(CommandClientTest, ReadsItsEnd) {
  EXPECT_EQ(RunShell("exit 0").claim, Claim::kDelivered);
  EXPECT_EQ(RunShell("exit 3").claim, Claim::kRefused);
  EXPECT_EQ(RunShell("exit 77").claim, Claim::kUnsupported);
  EXPECT_EQ(RunShell("kill -SEGV $$").signal, SIGSEGV);
  EXPECT_EQ(RunShell("sh -c 'kill -SEGV $$'; exit $?").signal, SIGSEGV);
  EXPECT_FALSE(RunShell("no-such-program-anywhere").started);
}

TEST(CommandClientTest, AnExitCodeThatMeansNothingIsNoClaim) {
  const std::atomic<bool> stop = false;
  const CommandSpec client{.argv = {"true"}, .exit_code_is_claim = false};
  EXPECT_EQ(RunCommand(client, {.reference = "mail.bob.test", .sandbox = false}, stop).claim, Claim::kNothing);
}

// Mail transport agents exit with 0 once a message is in their queue; what became of it stands in their log.
TEST(CommandClientTest, WhatItPrintsIsTheClaimWhereAPatternSaysSo) {
  const auto claim = [](const char* line) {
    const std::atomic<bool> stop = false;
    const CommandSpec client{.argv = {line}, .shell = true, .claim_pattern = "status=(sent|relayed)"};
    return RunCommand(client, {.reference = "mail.bob.test", .sandbox = false}, stop).claim;
  };
  EXPECT_EQ(claim("echo a; echo status=sent; echo b; exit 1"), Claim::kDelivered);
  EXPECT_EQ(claim("echo status=deferred"), Claim::kRefused);
  EXPECT_EQ(claim("true"), Claim::kRefused);
  EXPECT_EQ(claim("echo status=sent; exit 77"), Claim::kUnsupported);
}

TEST(CommandClientTest, AProgramThatDoesNotExistHasNotStarted) {
  const std::atomic<bool> stop = false;
  for (const char* program : {"no-such-program-anywhere", "/no/such/program", "/etc/hosts", "/"}) {
    EXPECT_FALSE(RunCommand({.argv = {program}}, {.reference = "mail.bob.test", .sandbox = false}, stop).started)
        << program;
  }
}

TEST(CommandClientTest, GivesTheMessageAsFileAndAsInput) {
  const std::atomic<bool> stop = false;
  const CommandSpec client{.argv = {"cmp - {message} && cat {message} {ca}"}, .shell = true, .message_on_stdin = true};
  const Meeting meeting{
      .reference = "mail.bob.test", .anchors = {{1, 2, 3}}, .honey = MakeHoney(1, "s", "c"), .sandbox = false};
  const ClientReport report = RunCommand(client, meeting, stop);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.output, HasSubstr(meeting.honey.token));
  EXPECT_THAT(report.output, HasSubstr("BEGIN CERTIFICATE"));
}

// ------------------------------------------------------------------------------------------------ templates

TEST(ExpandTest, ReplacesWhatItKnowsAndLeavesTheRest) {
  const std::vector<Placeholder> values = {{"host", "a b"}, {"port", "25"}};
  EXPECT_EQ(Expand("smtp://{host}:{port}/{other}{", values, false), "smtp://a b:25/{other}{");
  EXPECT_EQ(Expand("%{http_code} {{port}}", values, false), "%{http_code} {25}");
  EXPECT_EQ(Expand("x {host}", values, true), "x 'a b'");
}

TEST(ExpandTest, DoesNotExpandWhatAValueContains) {
  EXPECT_EQ(Expand("{host}", {{"host", "{port}"}, {"port", "25"}}, false), "{port}");
}

TEST(ShellQuotedTest, SurvivesAShell) {
  for (const std::string text : {"plain", "", "a b", "it's", "$(touch x)", "`x`", "\"", "\\", "*", "a\nb"}) {
    const std::atomic<bool> stop = false;
    const ProcessResult result = RunProcess({.argv = {"/bin/sh", "-c", "printf '%s|' " + ShellQuoted(text)}}, stop);
    EXPECT_EQ(result.output, text + "|");
  }
}

// ------------------------------------------------------------------------------------------------ names

TEST(CannotBeToldTest, KnowsWhatACommandCannotBeTold) {
  const CommandSpec named{.argv = {"c", "{host}", "{port}"}}, addressed{.argv = {"c", "{host}", "{address}:{port}"}};
  constexpr SandboxKind kYes = SandboxKind::kPrivate, kNo = SandboxKind::kNone;
  EXPECT_FALSE(CannotBeTold(named, "mail.bob.test", kYes));
  EXPECT_TRUE(CannotBeTold(named, "mail.bob.test", kNo));
  EXPECT_FALSE(CannotBeTold(addressed, "mail.bob.test", kNo));
  EXPECT_FALSE(CannotBeTold(named, "127.0.0.1", kNo));
  EXPECT_TRUE(CannotBeTold(named, "::1", kYes));
  EXPECT_FALSE(CannotBeTold(addressed, "::1", kYes));
  EXPECT_TRUE(CannotBeTold(addressed, "", kYes));
  EXPECT_TRUE(CannotBeTold(addressed, std::string("a\0b", 3), kYes));
}

TEST(HostsFileTest, MapsEveryFormOfAName) {
  EXPECT_THAT(HostsFile({"mail.bob.test."}), HasSubstr("127.0.0.1 mail.bob.test\n"));
  EXPECT_THAT(HostsFile({"b\xc3\xbc"
                         "cher.bob.test"}),
              HasSubstr("127.0.0.1 xn--bcher-kva.bob.test\n"));
}

TEST(HostsFileTest, AHostileNameBreaksNothing) {
  for (const std::string name : {"", "a b", "a\n127.0.0.1 other.test", "127.0.0.1", "::1", "#"}) {
    EXPECT_EQ(HostsFile({name}), HostsFile({}));
  }
}

TEST(WithHostsFromTest, ReplacesTheHostsLine) {
  EXPECT_EQ(WithHostsFrom("passwd: files\nhosts: files dns\ngroup: files", "files"),
            "passwd: files\ngroup: files\nhosts: files\n");
}

}  // namespace
}  // namespace lab

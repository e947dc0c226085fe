// The sandbox under attack: what a client tries, and what comes of it.
#include "lab/runner/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>

#include "certs/issue.h"
#include "fakeserver/server.h"
#include "lab/runner/command_client.h"
#include "lab/runner/process.h"
#include "lab/runner/sandbox_probe.h"
#include "lab/runner/scratch_dir.h"

namespace lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class SandboxTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { kind_ = ProbeSandbox().kind; }
  void SetUp() override {
    if (kind_ == SandboxKind::kNone) {
      GTEST_SKIP() << "private namespaces are refused here";
    }
  }

  // Runs a line for sh; stdout and stderr come back as `output`.
  static ProcessResult Shell(const std::string& line, SandboxSpec sandbox = {}, ProcessLimits limits = {},
                             std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const std::atomic<bool> stop = false;
    return RunProcess({.argv = {"/bin/sh", "-c", line},
                       .environment = {std::string("PATH=") + kSystemPath, "HOME=/home/lab"},
                       .sandbox = std::move(sandbox),
                       .on_sockets =
                           [](const std::vector<int>& sockets) {
                             std::ranges::for_each(sockets, close);
                             return std::nullopt;
                           },
                       .limits = limits,
                       .limit = limit},
                      stop);
  }

  static SandboxKind kind_;
};
SandboxKind SandboxTest::kind_ = SandboxKind::kNone;

// ------------------------------------------------------------------------------------------------ what is refused

TEST(SandboxAdviceTest, SaysWhatIsRefusedAndNothingElse) {
  EXPECT_THAT(SandboxAdvice({.error = EPERM, .step = "mount /proc"}), HasSubstr("mount /proc"));
  EXPECT_NE(SandboxAdvice({.kind = SandboxKind::kPrivate}), "");
  EXPECT_EQ(SandboxAdvice({.kind = SandboxKind::kPrivateWithIds}), "");
}

// ------------------------------------------------------------------------------------------------ network

TEST_F(SandboxTest, HasNoInterfaceButLoopback) {
  EXPECT_EQ(Shell("grep -c : /proc/net/dev").output, "1\n");
  EXPECT_THAT(Shell("cat /proc/net/dev").output, HasSubstr(" lo:"));
}

TEST_F(SandboxTest, ReachesNoOtherAddress) {
  if (FindProgram("python3", kSystemPath).empty()) {
    GTEST_SKIP() << "python3 is not installed";
  }
  constexpr const char* kConnect = R"(
import errno, socket
for where in ("192.0.2.1", "10.0.0.1", "169.254.169.254", "2001:db8::1"):
    s = socket.socket(socket.AF_INET6 if ":" in where else socket.AF_INET)
    s.settimeout(2)
    print(errno.errorcode.get(s.connect_ex((where, 25))))
)";
  EXPECT_EQ(Shell("python3 -c " + ShellQuoted(kConnect)).output,
            "ENETUNREACH\nENETUNREACH\nENETUNREACH\nENETUNREACH\n");
}

TEST_F(SandboxTest, ReachesNothingByUdpOrBroadcastEither) {
  if (FindProgram("python3", kSystemPath).empty()) {
    GTEST_SKIP() << "python3 is not installed";
  }
  constexpr const char* kSend = R"(
import errno, socket
for where in ("192.0.2.53", "255.255.255.255", "224.0.0.251", "10.0.0.1"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    try:
        s.sendto(b"x", (where, 53))
        print("sent")
    except OSError as error:
        print(errno.errorcode[error.errno])
for kind in (socket.SOCK_RAW,):
    try:
        socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP)
        print("raw")
    except OSError as error:
        print(errno.errorcode[error.errno])
)";
  EXPECT_EQ(Shell("python3 -c " + ShellQuoted(kSend)).output,
            "ENETUNREACH\nENETUNREACH\nENETUNREACH\nENETUNREACH\nEPERM\n");
}

// An abstract socket has no path that could be hidden; it belongs to the network namespace.
TEST_F(SandboxTest, ReachesNoAbstractSocketOfTheMachine) {
  if (FindProgram("python3", kSystemPath).empty()) {
    GTEST_SKIP() << "python3 is not installed";
  }
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string name = "starttls-lab-test-" + std::to_string(getpid());
  std::ranges::copy(name, address.sun_path + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  const std::string connect = "import socket; print(socket.socket(socket.AF_UNIX).connect_ex('\\0" + name + "'))";
  const std::atomic<bool> stop = false;
  const ProcessResult outside =
      RunProcess({.argv = {"python3", "-c", connect}, .environment = {std::string("PATH=") + kSystemPath}}, stop);
  EXPECT_EQ(outside.output, "0\n") << "the test is wrong if nobody can connect";
  EXPECT_EQ(Shell("python3 -c " + ShellQuoted(connect)).output, std::to_string(ECONNREFUSED) + "\n");
  close(listener);
}

TEST_F(SandboxTest, ReachesNoServerOfTheMachine) {
  // What listens on the machine's loopback is not on the sandbox's.
  EXPECT_EQ(Shell("grep -c ' 0A ' /proc/net/tcp").output, "0\n");
}

TEST_F(SandboxTest, LeavesEachRunItsOwnPorts) {
  const SandboxSpec spec{.sockets = {{.port = 25}, {.port = 53, .datagram = true}, {.address = "::1", .port = 25}}};
  std::vector<int> kept;
  const std::atomic<bool> stop = false;
  for (int run = 0; run < 2; ++run) {
    const ProcessResult result = RunProcess({.argv = {"/bin/true"},
                                             .sandbox = spec,
                                             .on_sockets =
                                                 [&](const std::vector<int>& sockets) {
                                                   kept.insert(kept.end(), sockets.begin(), sockets.end());
                                                   return std::nullopt;
                                                 }},
                                            stop);
    EXPECT_TRUE(result.started) << result.error;
  }
  EXPECT_EQ(kept.size(), 6u);
  std::ranges::for_each(kept, close);
}

TEST_F(SandboxTest, ShowsALargeProgramWithoutKeepingItInMemory) {
  const auto folder = ScratchDir::Make();
  ASSERT_TRUE(folder.has_value());
  const std::string large = folder->path() + "/large";
  std::ofstream(large) << "first";
  std::filesystem::resize_file(large, uintmax_t{300} << 20);  // larger than all of the sandbox, and of no size on disk
  std::filesystem::permissions(large, std::filesystem::perms(0755));
  std::filesystem::permissions(folder->path(), std::filesystem::perms(0755));
  const ProcessResult result = Shell("stat -c %s " + large + "; head -c 5 " + large, {.visible = {large}});
  EXPECT_EQ(result.output, std::to_string(uintmax_t{300} << 20) + "\nfirst") << result.error;
}

TEST_F(SandboxTest, TakesNoneOfTheProgramsTime) {
  const std::atomic<bool> stop = false;
  const ProcessResult result = RunProcess({.argv = {"/bin/true"},
                                           .sandbox = SandboxSpec{},
                                           .limit = std::chrono::milliseconds(1)},  // a sandbox takes longer
                                          stop);
  EXPECT_TRUE(result.started) << result.error;
}

TEST_F(SandboxTest, AddressesThatAreNotLoopbackAreRefused) {
  for (const char* address : {"0.0.0.0", "192.0.2.1", "::", "mail.bob.test", ""}) {
    EXPECT_FALSE(MakeSandboxPlan({.sockets = {{.address = address, .port = 25}}}).has_value()) << address;
  }
}

// ------------------------------------------------------------------------------------------------ files

TEST_F(SandboxTest, CannotSeeTheUsersHome) {
  const char* const home = getenv("HOME");
  ASSERT_NE(home, nullptr);
  EXPECT_EQ(Shell("ls -A /home").output, "lab\n");
  EXPECT_NE(Shell(std::string("ls -A ") + ShellQuoted(home) + " | grep .").exit_code, 0);
}

TEST_F(SandboxTest, CannotSeeTheMachinesOtherFolders) {
  const auto dir = ScratchDir::Make();
  ASSERT_TRUE(dir.has_value());
  EXPECT_NE(Shell("ls " + dir->path()).exit_code, 0);
  EXPECT_NE(Shell("ls -A /run /var/lib /tmp | grep -v ':$' | grep .").exit_code, 0);
}

TEST_F(SandboxTest, SeesWhatItIsShownAndCannotChangeIt) {
  const auto dir = ScratchDir::Make();
  ASSERT_TRUE(dir.has_value());
  ASSERT_TRUE(dir->Write("shown", "text").has_value());
  std::filesystem::permissions(dir->path(), std::filesystem::perms(0777));
  const SandboxSpec spec{.visible = {dir->path()}};
  EXPECT_EQ(Shell("cat " + dir->path() + "/shown", spec).output, "text");
  EXPECT_NE(Shell("echo more > " + dir->path() + "/shown", spec).exit_code, 0);
  EXPECT_NE(Shell("touch /usr/bin/new /etc/.. && touch /usr/bin/new", spec).exit_code, 0);
}

TEST_F(SandboxTest, CannotMakeAMountWritableAgain) {
  const ProcessResult result = Shell(
      "mount -o remount,rw,bind /usr; umount /usr; unshare -r -m sh -c 'mount -o remount,rw,bind /usr; umount /usr'; "
      "touch /usr/new && echo wrote; touch /usr/new || echo no");
  EXPECT_THAT(result.output, HasSubstr("no\n"));
  EXPECT_THAT(result.output, Not(HasSubstr("wrote")));
}

TEST_F(SandboxTest, FindsTheLabsFilesAndOnlyThem) {
  const SandboxSpec spec{.files = {{.path = "/home/lab/rc", .content = "secret", .mode = 0600},
                                   {.path = "/etc/postfix/main.cf", .content = "lab"}},
                         .names = {"mail.bob.test"}};
  EXPECT_EQ(Shell("stat -c %a:%U $HOME/rc; cat $HOME/rc", spec).output, "600:lab\nsecret");
  EXPECT_EQ(Shell("cat /etc/postfix/main.cf", spec).output, "lab");
  EXPECT_THAT(Shell("getent hosts mail.bob.test", spec).output, HasSubstr("127.0.0.1"));
  EXPECT_EQ(Shell("grep nameserver /etc/resolv.conf", spec).output, "nameserver 127.0.0.1\n");
  EXPECT_EQ(Shell("ls /etc/ssl/certs", spec).output, "ca-certificates.crt\n");
}

TEST_F(SandboxTest, ItsHomeIsNowhereOnTheMachine) {
  EXPECT_EQ(Shell("echo x > $HOME/left-behind && cat $HOME/left-behind").output, "x\n");
  EXPECT_FALSE(std::filesystem::exists("/home/lab/left-behind"));
}

TEST(MayBeVisibleTest, HomesAndWhatIsAboveThemMayNot) {
  for (const char* folder : {"/", "/home", "/home/", "/root", "/tmp", "/var", "relative"}) {
    EXPECT_FALSE(MayBeVisible(folder)) << folder;
  }
  EXPECT_FALSE(MayBeVisible(getenv("HOME")));
  EXPECT_TRUE(MayBeVisible("/home/somebody/project"));
  EXPECT_TRUE(MayBeVisible("/usr/bin"));
}

// ------------------------------------------------------------------------------------------------ processes

TEST_F(SandboxTest, SeesNoProcessButItsOwn) {
  // The first process, the shell, and what the line starts.
  EXPECT_EQ(Shell("echo /proc/[0-9]*").output, "/proc/1 /proc/2\n");
}

TEST_F(SandboxTest, HurtsNoProcessOfTheMachine) {
  if (getpid() < 100) {
    GTEST_SKIP() << "the sandbox has a process of that number, too";
  }
  EXPECT_NE(Shell("kill -0 " + std::to_string(getpid())).exit_code, 0);
}

TEST_F(SandboxTest, CannotMultiplyWithoutEnd) {
  const ProcessResult result =
      Shell("i=0; while [ $i -lt 60 ]; do sleep 60 & i=$((i + 1)); done; echo all", {}, {.processes = 20});
  EXPECT_THAT(result.output, Not(HasSubstr("all")));
}

// Its first process begins as a copy of the lab, and has privileges until the sandbox is made.
TEST_F(SandboxTest, NeitherEndsNorReadsNorStopsItsFirstProcess) {
  EXPECT_EQ(Shell("kill -KILL 1; kill -STOP 1; echo here").output, "here\n");
  EXPECT_EQ(
      Shell("{ cat /proc/1/environ /proc/1/mem; readlink /proc/1/fd/* /proc/1/root; } 2>/dev/null; echo end").output,
      "end\n");
}

TEST_F(SandboxTest, IsGivenNoDescriptorOfTheLabs) { EXPECT_EQ(Shell("ls /proc/$$/fd; true").output, "0\n1\n2\n"); }

TEST_F(SandboxTest, ADaemonDoesNotOutliveItsRun) {
  const std::string mark = std::to_string(getpid()) + ".25";  // a length of time that nobody else sleeps
  const std::string deaf = "'trap \"\" TERM HUP; while :; do sleep " + mark + "; done'";
  EXPECT_TRUE(Shell("setsid sh -c " + deaf + " >/dev/null 2>&1 & exit 0").started);
  EXPECT_TRUE(Shell("(setsid setsid sh -c " + deaf + " &) & kill -STOP $$", {}, {}, 500ms).timed_out);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_THAT(line, Not(HasSubstr(mark)));
  }
}

TEST_F(SandboxTest, HasNoPrivilegesAndCannotGetAny) {
  EXPECT_THAT(Shell("grep -E 'CapEff|CapPrm|CapBnd' /proc/self/status | grep -v 0000000000000000; echo end").output,
              testing::StrEq("end\n"));
  EXPECT_THAT(Shell("grep NoNewPrivs /proc/self/status").output, HasSubstr("1"));
}

// The server's event loop closes descriptors of its own when the process forks; the client's output is not one of them.
TEST_F(SandboxTest, KeepsItsOutputBesideAFakeServer) {
  const auto server = fakeserver::Start({});
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(Shell("echo here").output, "here\n");
}

TEST_F(SandboxTest, IsBoundedInWhatItMayUse) {
  EXPECT_NE(Shell("head -c 2000000 /dev/zero > $HOME/big", {}, {.file_size = 1000000}).exit_code, 0);
  EXPECT_NE(Shell("head -c 400000000 /dev/zero > $HOME/big").exit_code, 0);
  EXPECT_EQ(Shell("ulimit -c; ulimit -n", {}, {.descriptors = 100}).output, "0\n100\n");
  EXPECT_NE(Shell("while :; do :; done", {}, {.cpu_seconds = 1}).signal, 0);
}

TEST_F(SandboxTest, IsBoundedInMemory) {
  EXPECT_THAT(Shell("head -c 50000000 /dev/zero | tail -c 40000000 >/dev/null", {}, {.memory = 20'000'000}).output,
              HasSubstr("memory exhausted"));
  // Files without octets take memory, too.
  EXPECT_EQ(Shell("i=0; while [ $i -lt 40000 ] && true >$HOME/$i; do i=$((i + 1)); done 2>/dev/null; "
                  "[ $i -gt 1000 ] && [ $i -lt 40000 ] && echo bounded")
                .output,
            "bounded\n");
}

// What limits do not count, memory shared by processes, is the kernel's to take back: from the client first.
TEST_F(SandboxTest, IsTheFirstToGoWhenMemoryRunsOut) {
  EXPECT_EQ(Shell("cat /proc/self/oom_score_adj").output, "1000\n");
}

TEST_F(SandboxTest, FloodsNobodyWithItsOutput) {
  const ProcessResult result = Shell("yes & yes & yes", {}, {.cpu_seconds = 10}, 300ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_LT(result.cpu, 9s);
  EXPECT_LE(result.output.size(), ProcessSpec{}.output_tail);
}

TEST_F(SandboxTest, ARunThatWantsToBeRootIsRootOfNothingElse) {
  if (kind_ != SandboxKind::kPrivateWithIds) {
    GTEST_SKIP() << "only one id can be mapped here";
  }
  const SandboxSpec spec{.root = true};
  EXPECT_EQ(Shell("id -u; touch $HOME/f && chown postfix $HOME/f && stat -c %U $HOME/f", spec).output, "0\npostfix\n");
  EXPECT_NE(Shell("touch /usr/new", spec).exit_code, 0);
  EXPECT_NE(Shell("mount -t tmpfs none /var/lib", spec).exit_code, 0);
  EXPECT_NE(Shell("cat /etc/shadow", spec).exit_code, 0);
}

}  // namespace
}  // namespace lab

// Connections that stall, in great numbers: what one costs the server, and that all others are served meanwhile.
//
// The number is $STARTTLS_LAB_STALLED, 600 by default; 10,000 is what the server is made for. The connections are
// another process's, so that memory and descriptors are the server's own. With sanitizers memory is not judged.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "fakeserver/server.h"
#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kMemoryIsTheServers = false;
#else
constexpr bool kMemoryIsTheServers = true;
#endif

constexpr int kWays = 4;  // in which they stall

int Wanted() {
  const char* const wanted = std::getenv("STARTTLS_LAB_STALLED");
  const int number = wanted != nullptr ? std::atoi(wanted) : 0;
  return number > 0 ? number : 600;
}

// As many as are permitted.
rlim_t RaiseDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// Octets of this process in memory.
int64_t Resident() {
  int64_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

Bytes AClientHello() {
  MemoryPipe pipe;
  TestClient client(pipe.client());
  client.BeginTls({});
  client.Turn();
  Bytes hello(4096);
  hello.resize(pipe.server().Read(hello).count);
  return hello;
}

// Makes `count` connections, takes each as far as its way goes, says so, and holds them until the pipe is closed.
[[noreturn]] void BeStalled(int count, int port_in, int ready_out) {
  RaiseDescriptors();
  uint16_t port = 0;
  char ready = 'y';
  if (read(port_in, &port, sizeof port) != sizeof port) {
    _exit(1);
  }
  const Bytes hello = AClientHello(), half(hello.begin(), hello.begin() + 40);
  std::vector<std::unique_ptr<ClientSocket>> sockets;
  for (int i = 0; i < count; ++i) {
    ClientSocket& socket = *sockets.emplace_back(std::make_unique<ClientSocket>(port));
    TestClient client(socket);
    const auto await = [&](std::string_view end) {
      for (int turns = 0; turns < 1000 && !client.clear.ends_with(end); ++turns) {
        socket.WaitReadable(10'000);
        client.Turn();
      }
    };
    await("ESMTP\r\n");
    const int way = i % kWays;
    if (way > 0) {  // else: says nothing at all
      client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
      client.Turn();
      await("start TLS\r\n");
    }
    if (way > 1) {  // half of its ClientHello, or all, and no answer to what comes
      socket.Write(way == 2 ? half : hello);
    }
    ready = socket.connected() ? ready : 'n';
  }
  [[maybe_unused]] ssize_t told = write(ready_out, &ready, 1);
  while (read(port_in, &ready, 1) > 0) {
  }
  _exit(0);
}

// A whole visit; what went wrong, or nothing.
std::string Visit(uint16_t port) {
  ClientSocket socket(port);
  TestClient client(socket);
  client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
  bool begun = false;
  for (int i = 0; i < 3000 && !client.got_close_notify && !client.tls_failed && !client.peer_closed; ++i) {
    client.Turn();
    if (!begun && client.clear.ends_with("start TLS\r\n")) {
      begun = true;
      client.BeginTls({});
      client.SendTls("EHLO client.lab.test\r\nQUIT\r\n");
    } else if (!socket.WaitReadable(10'000)) {
      return "nothing comes";
    }
  }
  return client.got_close_notify ? "" : "no farewell: " + client.tls_error;
}

TEST(Stalled, ConnectionsCostLittleAndHoldNobodyUp) {
  const int count = Wanted();
  ASSERT_GT(RaiseDescriptors(), static_cast<rlim_t>(count) + 100) << "raise the hard limit: ulimit -Hn";
  int to_child[2], from_child[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(from_child), 0);
  const pid_t child = fork();  // before there is any thread
  if (child == 0) {
    close(to_child[1]);
    BeStalled(count, to_child[0], from_child[1]);
  }
  close(to_child[0]);
  close(from_child[1]);

  auto behaviour = std::make_shared<const Behaviour>(Good());
  auto server = Start({.listeners = {{.id = "a", .behaviour = [behaviour](int) { return behaviour; }}}});
  ASSERT_TRUE(server.has_value()) << server.error().detail;
  const uint16_t port = server->port("a");
  EXPECT_EQ(Visit(port), "");  // what is made on first use is there
  const int64_t before = Resident();
  ASSERT_EQ(write(to_child[1], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  char ready = 'n';
  ASSERT_EQ(read(from_child[0], &ready, 1), 1);
  EXPECT_EQ(ready, 'y');

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Visit(port), "");
  }
  EXPECT_EQ(server->visits("a"), count + 21);
  const int64_t each = (Resident() - before) / count;
  std::printf("%d stalled connections: %.1f MB, %.1f KB each\n", count, static_cast<double>(each * count) / (1 << 20),
              static_cast<double>(each) / (1 << 10));
  constexpr int64_t kMost = 20 * 1024;  // 10,000 in less than 200 MB
  if (kMemoryIsTheServers) {
    EXPECT_LT(each, kMost);
  }
  close(to_child[1]);
  EXPECT_TRUE(server->WaitUntilQuiet("a", std::chrono::seconds(60)));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// The same connections again and again, with every way to be a nuisance: what is gone leaves nothing behind.
TEST(Abuse, LeavesNothingBehind) {
  constexpr int kRounds = 6, kEach = 60;
  auto behaviour = std::make_shared<const Behaviour>(Good());
  auto server = Start({.listeners = {}});
  ASSERT_TRUE(server.has_value());
  const Bytes hello = AClientHello(), garbage(8 * 1024, 0xa5), flood = certs::ToBytes("NOOP\r\nHELP\r\n");
  int64_t settled = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto port = server->Add({.id = "a", .behaviour = [behaviour](int) { return behaviour; }});
    ASSERT_TRUE(port.has_value());
    std::vector<std::unique_ptr<ClientSocket>> half_open;
    for (int i = 0; i < kEach; ++i) {
      ClientSocket& socket = *half_open.emplace_back(std::make_unique<ClientSocket>(*port));
      switch (i % 5) {
        case 0:
          socket.Close(CloseKind::kHalf);  // and reads on, for ever
          break;
        case 1:
          socket.Write(garbage);
          break;
        case 2:
          for (int k = 0; k < 50; ++k) {
            socket.Write(flood);  // and never reads
          }
          break;
        case 3:
          socket.Write(certs::ToBytes("EHLO client.lab.test\r\nSTARTTLS\r\n"));
          socket.Write(hello);
          break;
        default:
          break;  // says nothing
      }
    }
    EXPECT_EQ(Visit(*port), "") << "round " << round;
    half_open.clear();
    EXPECT_TRUE(server->WaitUntilQuiet("a", std::chrono::seconds(60)));
    EXPECT_EQ(server->Remove("a").size(), static_cast<size_t>(kEach) + 1);
    settled = round == 2 ? Resident() : settled;
  }
  constexpr int64_t kNoise = 2 << 20;  // of an allocator; a round's transcripts alone are more
  if (kMemoryIsTheServers) {
    EXPECT_LT(Resident() - settled, kNoise);
  }
}

}  // namespace
}  // namespace fakeserver

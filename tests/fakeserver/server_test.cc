#include "fakeserver/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::SizeIs;

constexpr milliseconds kLimit = seconds(30);  // what no test needs, unless it fails

BehaviourOfVisit Always(Behaviour behaviour) {
  auto shared = std::make_shared<const Behaviour>(std::move(behaviour));
  return [shared](int) { return shared; };
}

ServerHandle Started(ServerConfig config) {
  auto server = Start(std::move(config));
  EXPECT_TRUE(server.has_value()) << server.error().detail;
  return std::move(*server);
}

// A client on a socket that turns until `done` says so; false if it never does.
template <typename Done>
bool RunUntil(ClientSocket& socket, TestClient& client, Done done) {
  for (int i = 0; i < 3000; ++i) {
    client.Turn();
    if (done()) {
      return true;
    }
    if (!socket.WaitReadable(10'000)) {
      return false;
    }
  }
  return false;
}

// A whole good visit; what went wrong, or nothing.
std::string Visit(uint16_t port, TlsMode mode) {
  ClientSocket socket(port);
  TestClient client(socket);
  if (mode == TlsMode::kStartTls) {
    if (!RunUntil(socket, client, [&] { return client.clear.ends_with("ESMTP\r\n"); })) {
      return "no greeting";
    }
    client.SendClear("EHLO client.lab.test\r\n");
    if (!RunUntil(socket, client, [&] { return client.clear.ends_with("250 STARTTLS\r\n"); })) {
      return "no STARTTLS offered: " + client.clear;
    }
    client.SendClear("STARTTLS\r\n");
    if (!RunUntil(socket, client, [&] { return client.clear.ends_with("start TLS\r\n"); })) {
      return "STARTTLS refused: " + client.clear;
    }
  }
  client.BeginTls({});
  client.SendTls("EHLO client.lab.test\r\nQUIT\r\n");
  if (!RunUntil(socket, client, [&] { return client.got_close_notify || client.tls_failed || client.peer_closed; })) {
    return "no end: " + client.inside;
  }
  return client.got_close_notify ? "" : "no farewell: " + client.tls_error;
}

TEST(Server, ServesSeveralBehavioursAtOnceOnTheirOwnPorts) {
  Behaviour without = Good();
  without.smtp.capabilities_clear = {"PIPELINING"};
  ServerHandle server = Started({.listeners = {{.id = "starttls", .behaviour = Always(Good())},
                                               {.id = "implicit", .behaviour = Always(Good(TlsMode::kImplicit))},
                                               {.id = "without", .behaviour = Always(without)}}});
  EXPECT_EQ(Visit(server.port("starttls"), TlsMode::kStartTls), "");
  EXPECT_EQ(Visit(server.port("implicit"), TlsMode::kImplicit), "");
  ClientSocket socket(server.port("without"));
  TestClient client(socket);
  client.SendClear("EHLO client.lab.test\r\n");
  EXPECT_TRUE(RunUntil(socket, client, [&] { return client.clear.ends_with("250 PIPELINING\r\n"); }));
  socket.Close(CloseKind::kFin);
  for (std::string id : {"starttls", "implicit", "without"}) {
    EXPECT_TRUE(server.WaitUntilQuiet(id, kLimit));
    EXPECT_EQ(server.visits(id), 1);
    const auto transcripts = server.Remove(id);
    ASSERT_THAT(transcripts, SizeIs(1)) << id;
    EXPECT_EQ(transcripts[0].Has(EventKind::kHandshakeDone), id != "without");
    EXPECT_EQ(server.port(id), 0);
  }
}

// What comes of a call within `limit`: errno, 0 for a connection, EINPROGRESS for no answer.
int Call(uint16_t port, milliseconds limit) {
  const int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const sockaddr_in address{
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  int error = connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  pollfd watched{.fd = caller, .events = POLLOUT, .revents = 0};
  if (error == EINPROGRESS && poll(&watched, 1, static_cast<int>(limit.count())) > 0) {
    socklen_t size = sizeof error;
    getsockopt(caller, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  close(caller);
  return error;
}

TEST(Server, RefusesCallsOrDoesNotAnswerThemWhereItsDoorIsClosed) {
  ServerHandle server =
      Started({.listeners = {{.id = "open", .behaviour = Always(Good())},
                             {.id = "refused", .behaviour = Always(Good()), .listen = {.door = Door::kRefused}},
                             {.id = "never", .behaviour = Always(Good()), .listen = {.door = Door::kNeverAnswers}}}});
  EXPECT_EQ(Call(server.port("open"), kLimit), 0);
  EXPECT_EQ(Call(server.port("refused"), kLimit), ECONNREFUSED);
  EXPECT_EQ(Call(server.port("never"), milliseconds(50)), EINPROGRESS);
  for (std::string id : {"refused", "never"}) {
    EXPECT_TRUE(server.WaitUntilQuiet(id, milliseconds(0))) << id;
    EXPECT_THAT(server.Remove(id), SizeIs(0)) << id;
  }
}

TEST(Server, ServesThroughTheSmallestWindow) {
  ServerHandle server = Started({.listeners = {{.id = "small", .behaviour = Always(Good()), .listen = {.window = 1}}}});
  EXPECT_EQ(Visit(server.port("small"), TlsMode::kStartTls), "");
}

TEST(Server, StartsAndStopsAHundredTimes) {
  for (int i = 0; i < 100; ++i) {
    ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
    ClientSocket socket(server.port("a"));
    EXPECT_TRUE(socket.connected());
    // Dropped with a live visitor, who may or may not have been met yet.
  }
}

TEST(Server, SaysWhichPortIsInUse) {
  ServerHandle first = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  const auto second = Start({.listeners = {{.id = "b", .behaviour = Always(Good())},
                                           {.id = "a", .port = first.port("a"), .behaviour = Always(Good())}}});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, certs::ErrorCode::kIo);
  EXPECT_NE(second.error().detail.find(std::to_string(first.port("a"))), std::string::npos);
  EXPECT_EQ(first.Add({.id = "c", .port = first.port("a"), .behaviour = Always(Good())}).error().code,
            certs::ErrorCode::kIo);
}

TEST(Server, RefusesASecondListenerOfOneId) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  EXPECT_EQ(server.Add({.id = "a", .behaviour = Always(Good())}).error().code, certs::ErrorCode::kBadInput);
  EXPECT_EQ(server.Add({.id = "b"}).error().code, certs::ErrorCode::kBadInput);
}

TEST(Server, FreesAPortWhenItsListenerIsRemoved) {
  ServerHandle server = Started({});
  const auto port = server.Add({.id = "a", .behaviour = Always(Good())});
  ASSERT_TRUE(port.has_value());
  EXPECT_EQ(Visit(*port, TlsMode::kStartTls), "");
  server.Remove("a");
  EXPECT_EQ(server.Add({.id = "b", .port = *port, .behaviour = Always(Good())}), *port);
}

TEST(Server, ServesEachVisitItsOwnBehaviour) {
  ServerHandle server = Started({});
  const auto port = server.Add({.id = "a", .behaviour = [](int visit) {
                                  Behaviour behaviour;
                                  behaviour.smtp.host = "visit" + std::to_string(visit) + ".test";
                                  return std::make_shared<const Behaviour>(behaviour);
                                }});
  for (int visit = 0; visit < 3; ++visit) {
    ClientSocket socket(*port);
    TestClient client(socket);
    EXPECT_TRUE(RunUntil(socket, client,
                         [&] { return client.clear == "220 visit" + std::to_string(visit) + ".test ESMTP\r\n"; }));
  }
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
  const auto transcripts = server.Remove("a");
  ASSERT_THAT(transcripts, SizeIs(3));
  for (int visit = 0; visit < 3; ++visit) {
    EXPECT_EQ(transcripts[static_cast<size_t>(visit)].visit, visit);
  }
}

TEST(Server, TellsEveryEventAsItHappens) {
  std::atomic<int> handshakes = 0;
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}},
                                 .on_event = [&](const std::string& id, int visit, const Event& event) {
                                   handshakes += id == "a" && visit == 0 && event.kind == EventKind::kHandshakeDone;
                                 }});
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
  EXPECT_EQ(handshakes, 1);
}

TEST(Server, Serves200ClientsAtATime) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  struct Guest {
    explicit Guest(uint16_t port) : socket(port), client(socket) {}
    ClientSocket socket;
    TestClient client;
    int step = 0;
  };
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 200; ++i) {
    guests.push_back(std::make_unique<Guest>(server.port("a")));
    ASSERT_TRUE(guests.back()->socket.connected());
  }
  // All are greeted before the first says a word.
  for (const auto& guest : guests) {
    ASSERT_TRUE(RunUntil(guest->socket, guest->client, [&] { return guest->client.clear.ends_with("ESMTP\r\n"); }));
  }
  for (const auto& guest : guests) {
    guest->client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
    guest->client.Turn();
  }
  for (const auto& guest : guests) {
    ASSERT_TRUE(RunUntil(guest->socket, guest->client, [&] { return guest->client.clear.ends_with("start TLS\r\n"); }));
    guest->client.BeginTls({});
    guest->client.SendTls("EHLO client.lab.test\r\nQUIT\r\n");
    guest->client.Turn();
  }
  for (const auto& guest : guests) {
    ASSERT_TRUE(RunUntil(guest->socket, guest->client, [&] { return guest->client.got_close_notify; }));
    guest->socket.Close(CloseKind::kFin);
  }
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
  const auto transcripts = server.Remove("a");
  ASSERT_THAT(transcripts, SizeIs(200));
  for (const Transcript& transcript : transcripts) {
    EXPECT_TRUE(transcript.Has(EventKind::kHandshakeDone));
  }
}

TEST(Server, ACutByResetArrivesAsAReset) {
  Behaviour behaviour = Good();
  behaviour.link = {.cut = CutKind::kReset, .cut_at = Stage::kEhloSeen};
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(behaviour)}}});
  ClientSocket socket(server.port("a"));
  TestClient client(socket);
  client.SendClear("EHLO client.lab.test\r\n");
  EXPECT_TRUE(RunUntil(socket, client, [&] { return client.peer_reset; }));
  EXPECT_FALSE(client.peer_closed);
}

TEST(Server, ASlowReaderHoldsUpOnlyItself) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  ClientSocket slow(server.port("a"), 4096);
  // HELP is answered with more than it takes: it must come to a stop somewhere.
  size_t sent = 0;
  const Bytes flood = certs::ToBytes("HELP\r\n");
  for (int i = 0; i < 3900; ++i) {
    sent += slow.Write(flood).count;
  }
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
  // Once it reads, nothing is missing.
  std::string all;
  uint8_t buffer[4096];
  while (sent >= 6 && all.size() < (sent / 6) * 75 && slow.WaitReadable(10'000)) {
    all += certs::AsText(ByteView(buffer).first(slow.Read(buffer).count));
  }
  EXPECT_GT(all.size(), (sent / 6) * 70);
}

TEST(Server, SurvivesFloodsOfGarbage) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())},
                                               {.id = "b", .behaviour = Always(Good(TlsMode::kImplicit))}}});
  uint32_t state = 1;  // a fixed sequence of octets
  for (const std::string id : {"a", "b"}) {
    for (int visit = 0; visit < 8; ++visit) {
      ClientSocket socket(server.port(id));
      Bytes garbage(64 * 1024);
      std::ranges::generate(garbage,
                            [&] { return static_cast<uint8_t>((state = state * 1664525 + 1013904223) >> 24); });
      for (int i = 0; i < 8; ++i) {
        socket.Write(garbage);
      }
      socket.Close(visit % 2 == 0 ? CloseKind::kReset : CloseKind::kFin);
    }
    EXPECT_TRUE(server.WaitUntilQuiet(id, kLimit));
  }
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
  EXPECT_EQ(Visit(server.port("b"), TlsMode::kImplicit), "");
}

TEST(Server, SurvivesResetsAtAnyPoint) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  for (int visit = 0; visit < 60; ++visit) {
    ClientSocket socket(server.port("a"));
    TestClient client(socket);
    if (visit % 3 > 0) {
      client.SendClear("EHLO client.lab.test\r\nSTARTTLS\r\n");
      client.Turn();
    }
    if (visit % 3 > 1) {
      RunUntil(socket, client, [&] { return client.clear.ends_with("start TLS\r\n"); });
      client.BeginTls({});
      client.Turn();
    }
    socket.Close(CloseKind::kReset);
  }
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
}

TEST(Server, TurnsAwayWhomItCannotHouse) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}, .max_connections = 1});
  ClientSocket first(server.port("a"));
  TestClient guest(first);
  ASSERT_TRUE(RunUntil(first, guest, [&] { return guest.clear.ends_with("ESMTP\r\n"); }));
  ClientSocket second(server.port("a"));
  TestClient turned_away(second);
  EXPECT_TRUE(RunUntil(second, turned_away, [&] { return turned_away.peer_closed || turned_away.peer_reset; }));
  EXPECT_EQ(turned_away.clear, "");
}

TEST(Server, ClosesWhoIsIdle) {
  ServerHandle server =
      Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}, .idle_limit = milliseconds(1)});
  ClientSocket socket(server.port("a"));
  TestClient client(socket);
  EXPECT_TRUE(RunUntil(socket, client, [&] { return client.peer_closed; }));
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
}

TEST(Server, SurvivesRunningOutOfDescriptors) {
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(Good())}}});
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  std::vector<std::unique_ptr<ClientSocket>> sockets;
  rlimit few = before;
  few.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &few);
  for (int i = 0; i < 60; ++i) {
    sockets.push_back(std::make_unique<ClientSocket>(server.port("a")));
  }
  sockets.clear();
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(server.WaitUntilQuiet("a", kLimit));
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
}

TEST(Server, TicketsAndHoldsWorkInRealTime) {
  Behaviour behaviour = Good();
  behaviour.tls.tickets = 2;
  behaviour.smtp.hold_first_ehlo_in_tls = milliseconds(20);
  ServerHandle server = Started({.listeners = {{.id = "a", .behaviour = Always(behaviour)}}});
  EXPECT_EQ(Visit(server.port("a"), TlsMode::kStartTls), "");
}

}  // namespace
}  // namespace fakeserver

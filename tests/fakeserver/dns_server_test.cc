#include "fakeserver/dns_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fakeserver/dns_reader.h"

namespace fakeserver {
namespace {

using dns_reader::Query;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

DnsHandle Started(const DnsZone& zone, std::vector<std::string> addresses = {"127.0.0.1"}) {
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), 1'800'000'000);
  auto dns = StartDns({.data = *Publish(zone, certs::GoodChain(), issuer), .addresses = std::move(addresses)});
  EXPECT_TRUE(dns.has_value()) << dns.error().detail;
  return std::move(*dns);
}

// A socket connected to the resolver.
class Asker {
 public:
  Asker(int type, const std::string& address, uint16_t port) : socket_(socket(AF_INET, type, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~Asker() { close(socket_); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  bool connected() const { return connected_; }
  void Send(const Bytes& bytes) {
    EXPECT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
  }
  // The next bytes, or none after the peer has closed.
  Bytes Receive() {
    constexpr int kLimit = 30'000;
    Bytes bytes(65536);
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    const ssize_t count = poll(&readable, 1, kLimit) == 1 ? recv(socket_, bytes.data(), bytes.size(), 0) : 0;
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
    return bytes;
  }

 private:
  int socket_;
  bool connected_ = false;
};

Bytes Framed(const Bytes& message) {
  Bytes framed = {static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size())};
  certs::Append(framed, message);
  return framed;
}

TEST(DnsServer, AnswersOverUdp) {
  const DnsHandle dns = Started({});
  Asker asker(SOCK_DGRAM, "127.0.0.1", dns.port());
  asker.Send(Query("bob.test", DnsType::kMx));
  EXPECT_THAT(dns_reader::Read(asker.Receive()).records, ElementsAre("bob.test MX 10 mail.bob.test"));
  EXPECT_THAT(
      dns.Queries(),
      ElementsAre(DnsQuery{
          .name = "bob.test", .type = static_cast<uint16_t>(DnsType::kMx), .resolver = "127.0.0.1", .wants_ad = true}));
}

TEST(DnsServer, AnswersSeveralQuestionsOverOneTcpConnectionHoweverTheyAreCut) {
  const DnsHandle dns = Started({});
  Asker asker(SOCK_STREAM, "127.0.0.1", dns.port());
  Bytes both = Framed(Query("bob.test", DnsType::kMx));
  certs::Append(both, Framed(Query("mail.bob.test", DnsType::kA)));
  for (const uint8_t octet : both) {
    asker.Send({octet});
  }
  Bytes received;
  std::vector<std::string> records;
  while (records.size() < 2) {
    const Bytes more = asker.Receive();
    ASSERT_FALSE(more.empty());
    certs::Append(received, more);
    while (received.size() > 2 && received.size() >= size_t{received[0]} * 256 + received[1] + 2) {
      const size_t size = size_t{received[0]} * 256 + received[1];
      const auto answer = dns_reader::Read(ByteView(received).subspan(2, size));
      records.insert(records.end(), answer.records.begin(), answer.records.end());
      received.erase(received.begin(), received.begin() + static_cast<ptrdiff_t>(size + 2));
    }
  }
  EXPECT_THAT(records, ElementsAre("bob.test MX 10 mail.bob.test", "mail.bob.test A 127.0.0.1"));
}

// Binds a socket on a free port of loopback.
int BoundSocket(int type, uint16_t* port) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(*port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  return fd;
}

TEST(DnsServer, AnswersAtSocketsThatSomebodyElseHasBound) {
  uint16_t udp_port = 0, tcp_port = 0;
  const int udp = BoundSocket(SOCK_DGRAM, &udp_port), tcp = BoundSocket(SOCK_STREAM, &tcp_port);
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), 1'800'000'000);
  auto started = StartDns({.data = *Publish({}, certs::GoodChain(), issuer),
                           .sockets = {{.address = "127.0.0.9", .udp = udp, .tcp = tcp}}});
  ASSERT_TRUE(started.has_value()) << started.error().detail;
  const DnsHandle dns = std::move(*started);
  Asker by_udp(SOCK_DGRAM, "127.0.0.1", udp_port);
  by_udp.Send(Query("bob.test", DnsType::kMx));
  EXPECT_THAT(dns_reader::Read(by_udp.Receive()).records, ElementsAre("bob.test MX 10 mail.bob.test"));
  Asker by_tcp(SOCK_STREAM, "127.0.0.1", tcp_port);
  by_tcp.Send(Framed(Query("bob.test", DnsType::kMx)));
  EXPECT_FALSE(by_tcp.Receive().empty());
  ASSERT_EQ(dns.Queries().size(), 2U);
  EXPECT_EQ(dns.Queries().front().resolver, "127.0.0.9") << "the address it was said to stand at";
}

TEST(DnsServer, ClosesTheSocketsThatItCannotUse) {
  uint16_t port = 0;
  const int udp = BoundSocket(SOCK_DGRAM, &port);
  EXPECT_FALSE(StartDns({.data = nullptr, .sockets = {{.udp = udp}}}).has_value()) << "without data";
  EXPECT_EQ(fcntl(udp, F_GETFD), -1);
}

TEST(DnsServer, LiesAtOneOfItsAddresses) {
  DnsZone zone;
  zone.At("{host} A").lies = {{.resolver = "127.0.0.2", .records = {"127.0.0.66"}}};
  const DnsHandle dns = Started(zone, {"127.0.0.1", "127.0.0.2"});
  for (const auto& [resolver, address] : {std::pair("127.0.0.1", "127.0.0.1"), std::pair("127.0.0.2", "127.0.0.66")}) {
    Asker asker(SOCK_DGRAM, resolver, dns.port());
    asker.Send(Query("mail.bob.test", DnsType::kA));
    EXPECT_THAT(dns_reader::Read(asker.Receive()).records, ElementsAre(std::string("mail.bob.test A ") + address));
  }
}

TEST(DnsServer, DelaysOneAnswerAndNotTheOthers) {
  DnsZone zone;
  zone.At("bob.test MX").delay = std::chrono::milliseconds(40);
  const DnsHandle dns = Started(zone);
  Asker asker(SOCK_DGRAM, "127.0.0.1", dns.port());
  asker.Send(Query("bob.test", DnsType::kMx));
  asker.Send(Query("mail.bob.test", DnsType::kA));
  EXPECT_THAT(dns_reader::Read(asker.Receive()).records, ElementsAre("mail.bob.test A 127.0.0.1"));
  EXPECT_THAT(dns_reader::Read(asker.Receive()).records, ElementsAre("bob.test MX 10 mail.bob.test"));
}

TEST(DnsServer, ChangesItsZoneWhileItRuns) {
  DnsHandle dns = Started({});
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), 1'800'000'000);
  DnsZone zone;
  zone.At("{host} A").records = {"127.0.0.7"};
  dns.Serve(*Publish(zone, certs::GoodChain(), issuer));
  Asker asker(SOCK_DGRAM, "127.0.0.1", dns.port());
  asker.Send(Query("mail.bob.test", DnsType::kA));
  EXPECT_THAT(dns_reader::Read(asker.Receive()).records, ElementsAre("mail.bob.test A 127.0.0.7"));
  dns.ForgetQueries();
  EXPECT_THAT(dns.Queries(), IsEmpty());
}

TEST(DnsServer, OutlivesHostileBytes) {
  const DnsHandle dns = Started({});
  Asker udp(SOCK_DGRAM, "127.0.0.1", dns.port()), tcp(SOCK_STREAM, "127.0.0.1", dns.port());
  const Bytes query = Query("bob.test", DnsType::kMx, true, 1232);
  for (size_t i = 0; i < query.size(); ++i) {
    Bytes broken = query;
    broken[i] ^= 0xff;
    udp.Send(broken);
    udp.Send(Bytes(query.begin(), query.begin() + static_cast<ptrdiff_t>(i)));
  }
  tcp.Send({0, 0, 0, 1, 0xff, 0xff, 0xff});
  Asker asker(SOCK_DGRAM, "127.0.0.1", dns.port());
  asker.Send(query);
  EXPECT_THAT(dns_reader::Read(asker.Receive()).records, SizeIs(1));
}

TEST(DnsServer, BindsLoopbackOnly) {
  using enum certs::ErrorCode;
  const auto data = std::make_shared<DnsData>();
  const auto code = [&](std::vector<std::string> addresses, uint16_t port = 0) {
    const auto dns = StartDns({.data = data, .port = port, .addresses = std::move(addresses)});
    return dns ? std::nullopt : std::optional(dns.error().code);
  };
  EXPECT_EQ(code({"0.0.0.0"}), kBadInput);
  EXPECT_EQ(code({"192.0.2.1"}), kBadInput);
  EXPECT_EQ(code({"::"}), kBadInput);
  EXPECT_EQ(code({"localhost"}), kBadInput);
  EXPECT_EQ(code({}), kBadInput);
  const DnsHandle taken = Started({});
  EXPECT_EQ(code({"127.0.0.1"}, taken.port()), kIo);
  EXPECT_EQ(code({"127.0.0.1", "127.0.0.2", "127.0.0.3"}), std::nullopt);
}

TEST(DnsServer, StopsWhenItIsDropped) {
  for (int i = 0; i < 100; ++i) {
    DnsZone zone;
    zone.At("bob.test MX").delay = std::chrono::hours(1);
    const DnsHandle dns = Started(zone);
    Asker udp(SOCK_DGRAM, "127.0.0.1", dns.port()), tcp(SOCK_STREAM, "127.0.0.1", dns.port());
    ASSERT_TRUE(tcp.connected());
    udp.Send(Query("bob.test", DnsType::kMx));
    tcp.Send(Framed(Query("bob.test", DnsType::kMx)));
  }
}

}  // namespace
}  // namespace fakeserver

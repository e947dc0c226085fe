#include "lab/verifier/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/dns_server.h"
#include "lab/verifier/ares_resolver.h"
#include "tests/verifier/dns_fake.h"

namespace verifier {
namespace {

using dns_fake::Ask;
using fakeserver::DnsFate;
using fakeserver::DnsZone;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Field;
using testing::SizeIs;

const DnsQuestion kHost{"mail.bob.test", DnsType::kA};

// ------------------------------------------------------------------------------------------------ in memory

DnsAnswer InMemory(const DnsZone& zone, int servers = 1, Micros* took = nullptr) {
  MemoryResolver resolver(dns_fake::ServerOf(zone), servers, {.per_try = seconds(2), .tries = 2});
  return Ask(resolver, kHost, took);
}

TEST(MemoryResolver, TakesNoTimeForAnAnswerAtOnce) {
  Micros took{1};
  EXPECT_EQ(InMemory({}, 1, &took).status, DnsStatus::kAnswer);
  EXPECT_EQ(took, Micros(0));
}

TEST(MemoryResolver, WaitsAndAsksAgainAndGivesUp) {
  DnsZone zone;
  zone.At("{host} A").delay = seconds(1);
  Micros took{0};
  EXPECT_EQ(InMemory(zone, 1, &took).status, DnsStatus::kAnswer);
  EXPECT_EQ(took, seconds(1));
  zone.At("{host} A").fate = DnsFate::kSilence;
  EXPECT_EQ(InMemory(zone, 2, &took).status, DnsStatus::kTimeout);
  EXPECT_EQ(took, seconds(8));  // two rounds over two servers
}

TEST(MemoryResolver, GoesOverToTcpWhereUdpIsTruncated) {
  DnsZone zone;
  zone.At("{host} A").fate = DnsFate::kTruncated;
  EXPECT_EQ(InMemory(zone).status, DnsStatus::kAnswer);
  zone.At("{host} A").fate = DnsFate::kTruncatedAlways;
  EXPECT_EQ(InMemory(zone).status, DnsStatus::kMalformed);
}

TEST(MemoryResolver, BelievesNoForgedAnswer) {
  DnsZone zone;
  for (const DnsFate fate : {DnsFate::kWrongId, DnsFate::kWrongQuestion, DnsFate::kGarbage}) {
    zone.At("{host} A").fate = fate;
    EXPECT_EQ(InMemory(zone).status, DnsStatus::kMalformed) << Name(fate);
  }
}

TEST(MemoryResolver, AsksTheNextServerWhereTheFirstFails) {
  const auto good = dns_fake::ServerOf({});
  DnsZone broken;
  broken.At("{host} A").fate = DnsFate::kServFail;
  const auto bad = dns_fake::ServerOf(broken);
  MemoryResolver resolver(
      [&](ByteView query, int server, bool tcp) { return (server == 0 ? bad : good)(query, 0, tcp); }, 2);
  EXPECT_EQ(Ask(resolver, kHost).status, DnsStatus::kAnswer);
  MemoryResolver only_bad(bad, 2);
  EXPECT_EQ(Ask(only_bad, kHost).status, DnsStatus::kServFail);
}

// ------------------------------------------------------------------------------------------------ on the network

class Network : public testing::Test {
 protected:
  DnsAnswer Over(const DnsZone& zone, std::vector<std::string> servers = {"127.0.0.1"}, DnsQuestion question = kHost) {
    dns_ = std::make_unique<fakeserver::DnsHandle>(
        *fakeserver::StartDns({.data = dns_fake::Published(zone), .addresses = {"127.0.0.1", "127.0.0.2"}}));
    auto resolver = AresResolver::Make(
        {.servers = std::move(servers), .port = dns_->port(), .times = {.per_try = patience_, .tries = 2}});
    EXPECT_TRUE(resolver.has_value());
    (*resolver)->Ask(question);
    while ((*resolver)->Wait(seconds(30))) {
      const auto answers = (*resolver)->Take();
      if (!answers.empty()) {
        EXPECT_EQ(answers.front().first, question);
        return answers.front().second;
      }
    }
    const auto answers = (*resolver)->Take();
    EXPECT_THAT(answers, SizeIs(1));
    return answers.empty() ? DnsAnswer{} : answers.front().second;
  }

  milliseconds patience_ = seconds(20);
  std::unique_ptr<fakeserver::DnsHandle> dns_;
};

TEST_F(Network, AnswersWithTheAdBit) {
  const DnsAnswer answer = Over({});
  EXPECT_EQ(answer.status, DnsStatus::kAnswer);
  EXPECT_TRUE(answer.secure);
  EXPECT_THAT(answer.records, ElementsAre(Field(&DnsRecord::address, Bytes{127, 0, 0, 1})));
  EXPECT_THAT(dns_->Queries(), SizeIs(1));
}

TEST_F(Network, FindsTlsaRecords) {
  EXPECT_THAT(Over({}, {"127.0.0.1"}, {"_25._tcp.mail.bob.test", DnsType::kTlsa}).records,
              ElementsAre(Field(&DnsRecord::tlsa, Field(&TlsaRecord::data, SizeIs(32)))));
}

TEST_F(Network, TellsDenialsFromFailures) {
  DnsZone zone;
  EXPECT_EQ(Over(zone, {"127.0.0.1"}, {"nobody.bob.test", DnsType::kA}).status, DnsStatus::kNxDomain);
  EXPECT_EQ(Over(zone, {"127.0.0.1"}, {"mail.bob.test", DnsType::kAaaa}).status, DnsStatus::kNoData);
  zone.At("{host} A").fate = DnsFate::kServFail;
  EXPECT_EQ(Over(zone).status, DnsStatus::kServFail);
}

TEST_F(Network, GoesOverToTcp) {
  DnsZone zone;
  zone.At("{host} A").fate = DnsFate::kTruncated;
  EXPECT_EQ(Over(zone).status, DnsStatus::kAnswer);
}

TEST_F(Network, GivesUpOnSilenceAndBelievesNoForgery) {
  patience_ = milliseconds(30);
  DnsZone zone;
  for (const DnsFate fate : {DnsFate::kSilence, DnsFate::kWrongId, DnsFate::kWrongQuestion, DnsFate::kGarbage}) {
    zone.At("{host} A").fate = fate;
    EXPECT_FALSE(Over(zone).known()) << Name(fate);
  }
}

TEST_F(Network, AsksTheServersInTheirOrder) {
  DnsZone zone;
  zone.At("{host} A").lies = {{.resolver = "127.0.0.2", .records = {"127.0.0.66"}}};
  EXPECT_THAT(Over(zone, {"127.0.0.2", "127.0.0.1"}).records,
              ElementsAre(Field(&DnsRecord::address, Bytes{127, 0, 0, 66})));
  // The port of one server may be its own.
  EXPECT_THAT(Over(zone, {"127.0.0.1"}).records, ElementsAre(Field(&DnsRecord::address, Bytes{127, 0, 0, 1})));
}

TEST_F(Network, RefusesServersThatAreNone) {
  for (const char* server : {"not an address", "127.0.0.1:70000", "127.0.0.1:0", "127.0.0.1:", "1.2.3", "[127.0.0.1]",
                             "[::1", "[::1]53", "[::1]:x", "::1::", "127.0.0.1:53:53"}) {
    const auto resolver = AresResolver::Make({.servers = {server}});
    ASSERT_FALSE(resolver.has_value()) << server;
    EXPECT_EQ(resolver.error().code, certs::ErrorCode::kBadInput);
  }
  for (const char* server : {"127.0.0.1", "127.0.0.1:5353", "::1", "[::1]", "[::1]:5353"}) {
    EXPECT_TRUE(AresResolver::Make({.servers = {server}}).has_value()) << server;
  }
}

TEST_F(Network, LeavesWithQuestionsPending) {
  auto resolver = AresResolver::Make({.servers = {"127.0.0.1:9"}, .times = {.per_try = seconds(20)}});
  ASSERT_TRUE(resolver.has_value());
  (*resolver)->Ask(kHost);
}

}  // namespace
}  // namespace verifier

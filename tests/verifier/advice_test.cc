#include "lab/verifier/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/dns_fake.h"

namespace verifier {
namespace {

using fakeserver::DnsZone;
using enum Standing;

Standing Reverse(const DnsZone& zone, const std::string& host = "mail.bob.test") {
  return dns_fake::Resolve(zone, [&](DnsTable& table) { return ReverseSignal(host, table); }).standing;
}

TEST(Advice, KnowsTheDomainOfAHost) {
  EXPECT_EQ(ParentDomain("mail.bob.test"), "bob.test");
  EXPECT_EQ(ParentDomain("bob.test"), "");
  EXPECT_EQ(ParentDomain("localhost"), "");
  EXPECT_EQ(ParentDomain(""), "");
}

TEST(Advice, TakesTheFirstWordOfTheGreeting) {
  const auto of = [](std::string_view greeting) {
    const auto signal = BannerSignal(greeting, "mail.bob.test");
    return signal ? std::string(Name(signal->standing)) : "none";
  };
  EXPECT_EQ(of("220 mail.bob.test ESMTP"), "for");
  EXPECT_EQ(of("220-MAIL.BOB.TEST"), "for");
  EXPECT_EQ(of("220 mx7.bob.test ready"), "for");
  EXPECT_EQ(of("220 bob.test"), "for");
  EXPECT_EQ(of("220 evilbob.test"), "against");
  EXPECT_EQ(of("220 bob.test.evil.test"), "against");
  EXPECT_EQ(of("220 mail.eve.test welcome to mail.bob.test"), "against");
  for (const char* none : {"", "220", "220 ", "554 mail.bob.test", "250 mail.bob.test"}) {
    EXPECT_EQ(of(none), "none") << none;
  }
}

// A host in a domain of one label has no domain to be found in.
TEST(Advice, ATopLevelDomainIsNobodys) { EXPECT_EQ(BannerSignal("220 other.test", "bob.test")->standing, kAgainst); }

TEST(Advice, ConfirmsAnyOfSeveralAddresses) {
  DnsZone zone;
  zone.At("{host} A").records = {"127.0.0.8", "127.0.0.1"};
  EXPECT_EQ(Reverse(zone), kFor);
  zone.At("1.0.0.127.in-addr.arpa PTR").records = {"mail.bob.test.eve.test"};
  EXPECT_EQ(Reverse(zone), kAgainst);
  EXPECT_EQ(Reverse(zone, "nowhere.test"), kUnknown);
}

TEST(Advice, ConfirmsAddressesOfSixteenOctets) {
  DnsZone zone;
  zone.Remove("{host} A");
  zone.sets.push_back({.name = "{host} AAAA", .records = {"::1"}});
  zone.sets.push_back(
      {.name = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa PTR", .records = {"{host}"}});
  EXPECT_EQ(Reverse(zone), kFor);
}

// Whoever answers decides how much is asked.
TEST(Advice, BoundsWhatIsAsked) {
  DnsZone zone;
  for (int i = 1; i < 200; ++i) {
    zone.At("{host} A").records.push_back("127.0.1." + std::to_string(i));
    zone.At("bob.test MX").records.push_back("20 mx" + std::to_string(i) + ".bob.test");
  }
  zone.At("bob.test MX").records.erase(zone.At("bob.test MX").records.begin());
  MemoryResolver resolver(dns_fake::ServerOf(zone));
  DnsTable table;
  size_t asked = 0;
  while (!ReverseSignal("mail.bob.test", table) || !SharedMxSignal("mail.bob.test", "bob.test", table)) {
    for (const DnsQuestion& question : table.TakeWanted()) {
      table.Put(question, dns_fake::Ask(resolver, question));
      ++asked;
    }
  }
  EXPECT_LE(asked, 2u + 8u + 1u + 2u * 8u);
}

DnsAnswer Saying(std::vector<Bytes> addresses, uint32_t ttl = 0) {
  DnsAnswer answer{.status = DnsStatus::kAnswer, .ttl = ttl};
  for (Bytes& address : addresses) {
    answer.records.push_back({.owner = "x.test", .ttl = ttl, .address = std::move(address)});
  }
  return answer;
}

Standing Compared(const std::vector<DnsAnswer>& answers) {
  std::vector<ResolverWord> words;
  for (const DnsAnswer& answer : answers) {
    words.push_back({.resolver = "r" + std::to_string(words.size()), .answer = &answer});
  }
  return ResolversSignal({"x.test", DnsType::kA}, words).standing;
}

TEST(Advice, ComparesWhatResolversSay) {
  const Bytes one = {192, 0, 2, 1}, two = {192, 0, 2, 2};
  const DnsAnswer failed{.status = DnsStatus::kServFail}, silent{.status = DnsStatus::kTimeout};
  const DnsAnswer none{.status = DnsStatus::kNoData}, denied{.status = DnsStatus::kNxDomain};
  EXPECT_EQ(Compared({Saying({one, two}, 5), Saying({two, one}, 600)}), kFor) << "order and TTL are of no account";
  EXPECT_EQ(Compared({Saying({one}), Saying({two})}), kAgainst);
  EXPECT_EQ(Compared({Saying({one}), Saying({one, two})}), kAgainst);
  EXPECT_EQ(Compared({Saying({one}), denied}), kAgainst);
  EXPECT_EQ(Compared({none, none}), kFor);
  EXPECT_EQ(Compared({Saying({one}), silent}), kUnknown);
  EXPECT_EQ(Compared({failed, Saying({one}), Saying({two})}), kAgainst) << "whoever failed is no excuse for the others";
  EXPECT_EQ(Compared({failed, silent}), kUnknown);
}

}  // namespace
}  // namespace verifier

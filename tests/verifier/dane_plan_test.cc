#include "lab/verifier/dane_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/dns_fake.h"

namespace verifier {
namespace {

using fakeserver::DnsFate;
using fakeserver::DnsZone;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using enum certs::Reason;

RelayPlan Plan(const DnsZone& zone, const std::string& domain = "bob.test", uint16_t port = 25) {
  return dns_fake::Resolve(zone, [&](DnsTable& table) { return PlanDane(domain, port, table); });
}

MailHost Host(const DnsZone& zone) {
  const RelayPlan plan = Plan(zone);
  EXPECT_THAT(plan.hosts, SizeIs(1)) << plan.why;
  return plan.hosts.empty() ? MailHost{} : plan.hosts.front();
}

TEST(DanePlan, GoesFromTheDomainToTheRecords) {
  const MailHost host = Host({});
  EXPECT_TRUE(host.verdict.ok());
  EXPECT_TRUE(host.secure_mx);
  EXPECT_EQ(host.reference, "mail.bob.test");
  EXPECT_EQ(host.trust.mode, TrustMode::kDane);
  EXPECT_THAT(host.trust.tlsa, SizeIs(1));
  EXPECT_THAT(host.trust.further_names, UnorderedElementsAre("bob.test", "mail.bob.test"));
  EXPECT_THAT(host.addresses, ElementsAre(Bytes{127, 0, 0, 1}));
}

// DN-14.
TEST(DanePlan, AsksForTheRecordsOfThePort) {
  DnsZone zone;
  zone.At("_25._tcp.{host} TLSA").name = "_2525._tcp.{host} TLSA";
  EXPECT_EQ(Plan(zone).hosts.front().trust.mode, TrustMode::kUnauthenticated);
  EXPECT_EQ(Plan(zone, "bob.test", 2525).hosts.front().trust.mode, TrustMode::kDane);
}

// DN-9: for each of the look-ups alone.
TEST(DanePlan, AFailedLookUpMakesTheHostUnreachable) {
  for (const char* set : {"{host} A", "_25._tcp.{host} TLSA"}) {
    for (const DnsFate fate : {DnsFate::kServFail, DnsFate::kSilence, DnsFate::kGarbage, DnsFate::kRefused}) {
      DnsZone zone;
      zone.At(set).fate = fate;
      EXPECT_EQ(Host(zone).verdict.reason, kLookupFailed) << set << " " << Name(fate);
    }
  }
  DnsZone zone;
  zone.sets.push_back({.name = "{host} AAAA", .fate = DnsFate::kServFail});
  EXPECT_EQ(Host(zone).verdict.reason, kLookupFailed);
  zone = {};
  zone.At("bob.test MX").fate = DnsFate::kServFail;
  EXPECT_EQ(Plan(zone).verdict.reason, kLookupFailed);
}

TEST(DanePlan, ASecureDenialMeansOpportunisticTls) {
  DnsZone zone;
  zone.Remove("_25._tcp.{host} TLSA");
  EXPECT_TRUE(Host(zone).verdict.ok());
  EXPECT_EQ(Host(zone).trust.mode, TrustMode::kUnauthenticated);
}

// DN-10, DN-15.
TEST(DanePlan, WhatIsNotValidatedProvesNothing) {
  for (const char* set : {"bob.test MX", "{host} A", "_25._tcp.{host} TLSA"}) {
    DnsZone zone;
    zone.At(set).secure = false;
    EXPECT_TRUE(Host(zone).verdict.ok()) << set;
    EXPECT_EQ(Host(zone).trust.mode, TrustMode::kUnauthenticated) << set;
  }
}

TEST(DanePlan, DoesNotEvenAskForTheRecordsOfAnAddressThatIsNotValidated) {
  DnsZone zone;
  zone.At("{host} A").secure = false;
  zone.At("_25._tcp.{host} TLSA").fate = DnsFate::kServFail;
  EXPECT_TRUE(Host(zone).verdict.ok());
}

// DN-11.
TEST(DanePlan, KeepsTheOrderOfPreference) {
  DnsZone zone;
  zone.At("bob.test MX").records = {"20 mail.bob.test", "10 first.bob.test", "20 third.bob.test"};
  zone.sets.push_back({.name = "first.bob.test A", .records = {"127.0.0.2"}});
  zone.sets.push_back({.name = "third.bob.test A", .records = {"127.0.0.3"}});
  const RelayPlan plan = Plan(zone);
  ASSERT_THAT(plan.hosts, SizeIs(3));
  EXPECT_EQ(plan.hosts[0].name, "first.bob.test");
  EXPECT_EQ(plan.hosts[0].trust.mode, TrustMode::kUnauthenticated);
  EXPECT_EQ(plan.hosts[1].trust.mode, TrustMode::kDane);
}

// RFC 7671 7.
TEST(DanePlan, LooksAtTheEndOfTheAliasesFirst) {
  DnsZone zone;
  zone.At("bob.test MX").records = {"10 alias.bob.test"};
  zone.sets.push_back({.name = "alias.bob.test CNAME", .records = {"mail.bob.test"}});
  MailHost host = Host(zone);
  EXPECT_EQ(host.reference, "mail.bob.test");
  EXPECT_EQ(host.trust.mode, TrustMode::kDane);
  EXPECT_THAT(host.trust.further_names, UnorderedElementsAre("bob.test", "alias.bob.test", "mail.bob.test"));
  // Nothing there: then at the alias itself.
  zone.At("_25._tcp.{host} TLSA").name = "_25._tcp.alias.bob.test TLSA";
  host = Host(zone);
  EXPECT_EQ(host.reference, "alias.bob.test");
  EXPECT_EQ(host.trust.mode, TrustMode::kDane);
  // An alias that is not validated leads anywhere.
  zone.At("alias.bob.test CNAME").secure = false;
  EXPECT_EQ(Host(zone).trust.mode, TrustMode::kUnauthenticated);
}

TEST(DanePlan, WithoutMxTheDomainIsTheHost) {
  DnsZone zone;
  zone.Remove("bob.test MX");
  zone.sets.push_back({.name = "bob.test A", .records = {"127.0.0.1"}});
  EXPECT_EQ(Host(zone).name, "bob.test");
}

TEST(DanePlan, KnowsDomainsThatTakeNoMail) {
  DnsZone zone;
  zone.At("bob.test MX").records = {"0 ."};
  EXPECT_EQ(Plan(zone).verdict.reason, kServiceRefused);
  EXPECT_EQ(Plan(zone, "nowhere.test").verdict.reason, kLookupFailed);
  zone = {};
  zone.Remove("{host} A");
  EXPECT_EQ(Host(zone).verdict.reason, kConnectFailed);
}

TEST(DanePlan, BoundsTheHostsOfADomain) {
  DnsZone zone;
  zone.At("bob.test MX").records.clear();
  for (int i = 0; i < 500; ++i) {
    zone.At("bob.test MX").records.push_back("10 mx" + std::to_string(i) + ".bob.test");
  }
  EXPECT_THAT(Plan(zone).hosts, SizeIs(32));
}

TEST(DanePlan, PlansWithoutDaneByAddressesAlone) {
  DnsZone zone;
  zone.At("_25._tcp.{host} TLSA").fate = DnsFate::kServFail;
  zone.secure = false;
  const RelayPlan plan = dns_fake::Resolve(zone, [](DnsTable& table) { return PlanMx("bob.test", table); });
  ASSERT_THAT(plan.hosts, SizeIs(1));
  EXPECT_TRUE(plan.hosts[0].verdict.ok());
  EXPECT_EQ(plan.hosts[0].trust.mode, TrustMode::kPkix);
}

// RFC 7672 2.2.2: a configured host needs no validated MX, and its own records decide.
TEST(DanePlan, AConfiguredHostGoesByItsOwnName) {
  DnsZone zone;
  zone.At("bob.test MX").secure = false;
  const auto plan = [&](uint16_t port) {
    return dns_fake::Resolve(zone, [&](DnsTable& table) { return PlanDaneHost("mail.bob.test", port, table); });
  };
  EXPECT_EQ(plan(25).trust.mode, TrustMode::kDane);
  EXPECT_THAT(plan(25).trust.further_names, testing::Each("mail.bob.test"));
  EXPECT_EQ(plan(587).trust.mode, TrustMode::kUnauthenticated);
  zone.At("{host} A").secure = false;
  EXPECT_EQ(plan(25).trust.mode, TrustMode::kUnauthenticated);
  zone.At("{host} A").fate = DnsFate::kServFail;
  EXPECT_EQ(plan(25).verdict.reason, kLookupFailed);
}

}  // namespace
}  // namespace verifier

// What `check` makes of the DNS: advice (S5, S6), DANE, MTA-STS; resolvers that lie, disagree or say nothing. All of it
// by UDP and TCP on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "tests/cli/live_fixture.h"

namespace lab {
namespace {

using fakeserver::DnsFate;
using fakeserver::DnsZone;
using nlohmann::json;
using testing::HasSubstr;

class CheckDnsTest : public LiveVerbTest {
 protected:
  // "for", "against", "unknown" of the first signal of that name; "none" if there is none.
  std::string StandingOf(const std::string& name) const {
    const json answer = Answer();
    for (const json& signal : answer.at("signals")) {
      if (signal.at("name") == name) {
        return signal.at("standing");
      }
    }
    return "none";
  }
  std::string DetailOf(const std::string& name) const {
    const json answer = Answer();
    for (const json& signal : answer.at("signals")) {
      if (signal.at("name") == name) {
        return signal.at("detail");
      }
    }
    return "";
  }
  void CheckInZone(const std::function<void(DnsZone&)>& edit) {
    World world = GoodWorld();
    edit(world.dns);
    Serve(world, {"127.0.0.1"});
    Check(DnsOptionsOf());
  }
};

TEST_F(CheckDnsTest, EverythingSpeaksForAGoodServer) {
  CheckInZone([](DnsZone&) {});
  EXPECT_EQ(Answer().at("verdict"), "ok") << out_ << err_;
  for (const char* name : {"banner", "reverse", "shared-mx", "dnssec", "dane", "mta-sts"}) {
    EXPECT_EQ(StandingOf(name), "for") << name << ": " << DetailOf(name);
  }
  EXPECT_EQ(StandingOf("revocation"), "unknown");
  EXPECT_EQ(Answer().at("judged_by"), "anchors");
}

struct Advice {
  const char* what;
  std::function<void(DnsZone&)> edit;
  const char* signal;
  const char* standing;
};
const Advice kAdvice[] = {
    {"a shared host", [](DnsZone& z) { z.At("1.0.0.127.in-addr.arpa PTR").records = {"rack7.hoster.test"}; }, "reverse",
     "against"},
    {"no reverse zone", [](DnsZone& z) { z.Remove("1.0.0.127.in-addr.arpa PTR"); }, "reverse", "against"},
    {"a reverse zone that fails", [](DnsZone& z) { z.At("1.0.0.127.in-addr.arpa PTR").fate = DnsFate::kServFail; },
     "reverse", "unknown"},
    {"several names, one of them the host's",
     [](DnsZone& z) { z.At("1.0.0.127.in-addr.arpa PTR").records = {"other.test", "MAIL.bob.test"}; }, "reverse",
     "for"},
    {"mail taken by somebody else",
     [](DnsZone& z) {
       z.At("bob.test MX").records = {"10 mx.large.test"};
       z.sets.push_back({.name = "mx.large.test A", .records = {"127.0.0.9"}});
     },
     "shared-mx", "against"},
    {"an exchanger of another name at the same address",
     [](DnsZone& z) {
       z.At("bob.test MX").records = {"10 mx.bob.test"};
       z.sets.push_back({.name = "mx.bob.test A", .records = {"127.0.0.1"}});
     },
     "shared-mx", "for"},
    {"no mail domain", [](DnsZone& z) { z.Remove("bob.test MX"); }, "shared-mx", "unknown"},
    {"an unsigned zone", [](DnsZone& z) { z.secure = false; }, "dnssec", "unknown"},
    {"an unsigned zone", [](DnsZone& z) { z.secure = false; }, "dane", "unknown"},
    {"no TLSA records", [](DnsZone& z) { z.Remove("_25._tcp.{host} TLSA"); }, "dane", "unknown"},
    {"a look-up of TLSA records that fails", [](DnsZone& z) { z.At("_25._tcp.{host} TLSA").fate = DnsFate::kServFail; },
     "dane", "unknown"},
    {"another key's TLSA record", [](DnsZone& z) { z.At("_25._tcp.{host} TLSA").tlsa = {{.of = "root"}}; }, "dane",
     "against"},
    {"TLSA records that nobody can use", [](DnsZone& z) { z.At("_25._tcp.{host} TLSA").tlsa = {{.usage = 1}}; }, "dane",
     "unknown"},
    {"no policy", [](DnsZone& z) { z.Remove("_mta-sts.bob.test TXT"); }, "mta-sts", "unknown"},
    {"a policy that nobody serves", [](DnsZone& z) { z.Remove("mta-sts.bob.test A"); }, "mta-sts", "unknown"},
};

TEST_F(CheckDnsTest, AdviceFollowsTheZone) {
  for (const Advice& row : kAdvice) {
    SCOPED_TRACE(row.what);
    CheckInZone(row.edit);
    ASSERT_NE(out_, "") << err_;
    EXPECT_EQ(StandingOf(row.signal), row.standing) << DetailOf(row.signal);
    EXPECT_EQ(Answer().at("verdict"), "ok") << "a signal is no verdict";
  }
}

TEST_F(CheckDnsTest, AGoodReverseNameSavesNoWrongCertificate) {
  const World& world = FindScenario("name.wrong-host")->world;
  Serve(world, {"127.0.0.1"});
  EXPECT_EQ(Check(DnsOptionsOf()), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "name-mismatch@0");
  EXPECT_EQ(StandingOf("reverse"), "for");
}

TEST_F(CheckDnsTest, APolicyThatNamesSomebodyElseSpeaksAgainstTheHost) {
  World world = GoodWorld();
  world.policy_host.Change([](lab::PolicyHost& host) { host.policy.mx = {"*.alice.test"}; });
  Serve(world, {"127.0.0.1"});
  EXPECT_EQ(Check(DnsOptionsOf()), kExitOk);
  EXPECT_EQ(StandingOf("mta-sts"), "against") << DetailOf("mta-sts");
  world.policy_host.Change([](lab::PolicyHost& host) { host.policy.mode = "none"; });
  Serve(world, {"127.0.0.1"});
  Check(DnsOptionsOf());
  EXPECT_EQ(StandingOf("mta-sts"), "unknown") << DetailOf("mta-sts");
}

// The policy host is verified like any other.
TEST_F(CheckDnsTest, APolicyHostOfAnotherNameIsNotBelieved) {
  World world = GoodWorld();
  world.policy_host.Change([](lab::PolicyHost& host) { host.chain = certs::GoodChain(); });
  Serve(world, {"127.0.0.1"});
  Check(DnsOptionsOf());
  EXPECT_EQ(StandingOf("mta-sts"), "unknown");
  EXPECT_THAT(DetailOf("mta-sts"), HasSubstr("name-mismatch"));
}

// ------------------------------------------------------------------------------------------------ DANE decides

TEST_F(CheckDnsTest, DaneDecidesWhereItIsAskedTo) {
  const World& world = FindScenario("chain.self-signed")->world;
  Serve(world, {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf();
  EXPECT_EQ(Check(options), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "self-signed@0");
  EXPECT_EQ(StandingOf("dane"), "for") << DetailOf("dane");
  options.dns.dane = true;
  EXPECT_EQ(Check(options), kExitOk) << out_;
  EXPECT_EQ(Answer().at("judged_by"), "dane");
}

TEST_F(CheckDnsTest, DaneRefusesWhatTheAnchorsWouldTake) {
  World world = GoodWorld();
  world.dns.At("_25._tcp.{host} TLSA").tlsa = {{.of = "root"}};
  Serve(world, {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf();
  options.dns.dane = true;
  EXPECT_EQ(Check(options), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "tlsa-mismatch@0");
  EXPECT_EQ(Answer().at("refusals").size(), 1u);
}

// An anchor of DANE-TA was presented: the path ends there.
TEST_F(CheckDnsTest, DaneTaEndsThePathAtAPresentedCertificate) {
  World world = GoodWorld();
  world.chain.presented = {"leaf", "intermediate", "root"};
  world.dns.At("_25._tcp.{host} TLSA").tlsa = {{.usage = 2, .selector = 0, .of = "root"}};
  Serve(world, {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf();
  options.dns.dane = true;
  EXPECT_EQ(Check(options), kExitOk) << out_ << err_;
  EXPECT_EQ(Answer().at("path").back().at("index"), 2);
}

// RFC 7672 8.1: the server is told the name whose records decide.
TEST_F(CheckDnsTest, DaneNamesTheBaseOfTheRecordsInSni) {
  World world = GoodWorld();
  world.dns.sets.push_back({.name = "alias.bob.test CNAME", .records = {"mail.bob.test"}});
  Serve(world, {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf();
  options.server = "alias.bob.test";
  options.dns.dane = true;
  EXPECT_EQ(Check(options), kExitOk) << out_ << err_;
  EXPECT_EQ(Answer().at("judged_by"), "dane");
  std::vector<std::string> named;
  for (const fakeserver::Transcript& transcript : Transcripts()) {
    for (const fakeserver::Event& event : transcript.events()) {
      if (event.hello) {
        named.push_back(event.hello->server_name);
      }
    }
  }
  EXPECT_THAT(named, testing::ElementsAre("mail.bob.test"));
}

TEST_F(CheckDnsTest, WithoutUsableRecordsTheAnchorsDecide) {
  for (const bool unsigned_zone : {false, true}) {
    World world = FindScenario("chain.self-signed")->world;
    world.dns.secure = !unsigned_zone;
    world.dns.At("_25._tcp.{host} TLSA").tlsa.front().usage = unsigned_zone ? 3 : 1;
    Serve(world, {"127.0.0.1"});
    LiveOptions options = DnsOptionsOf();
    options.dns.dane = true;
    EXPECT_EQ(Check(options), kExitUnexpected);
    EXPECT_EQ(Answer().at("verdict"), "self-signed@0");
    EXPECT_EQ(Answer().at("judged_by"), "anchors");
  }
}

// RFC 7672 2.1.2: an answer that can be dropped must not be worth dropping.
TEST_F(CheckDnsTest, WhereDaneCannotBeAskedNobodyIsConnectedTo) {
  for (const DnsFate fate : {DnsFate::kServFail, DnsFate::kSilence, DnsFate::kGarbage}) {
    World world = GoodWorld();
    world.dns.At("_25._tcp.{host} TLSA").fate = fate;
    Serve(world, {"127.0.0.1"});
    LiveOptions options = DnsOptionsOf();
    options.dns.dane = true;
    EXPECT_EQ(Check(options), kExitUnexpected) << Name(fate);
    EXPECT_EQ(Answer().at("verdict"), "lookup-failed@0");
    EXPECT_TRUE(Transcripts().empty());
  }
}

TEST_F(CheckDnsTest, TheReportOfADaneSessionIsOfItsRecords) {
  World world = GoodWorld();
  world.dns.At("_25._tcp.{host} TLSA").tlsa = {{.of = "root"}};
  Serve(world, {"127.0.0.1"});
  CheckOptions options{.live = DnsOptionsOf(), .json = true, .tlsrpt = "report.json"};
  const auto folder = ScratchDir::Make();
  options.tlsrpt = folder->path() + "/report.json";
  options.live.dns.dane = true;
  std::ostringstream out, err;
  EXPECT_EQ(RunCheck(options, out, err), kExitUnexpected);
  std::ifstream file(options.tlsrpt);
  const json policy = json::parse(file).at("policies").at(0);
  EXPECT_EQ(policy.at("policy").at("policy-type"), "tlsa");
  EXPECT_THAT(policy.at("policy").at("policy-string").at(0), testing::StartsWith("3 1 1 "));
  EXPECT_EQ(policy.at("failure-details").at(0).at("result-type"), "tlsa-invalid");
}

// ------------------------------------------------------------------------------------------------ several resolvers

TEST_F(CheckDnsTest, ResolversThatDisagreeAreReported) {
  World world = GoodWorld();
  world.dns.At("{host} A").lies = {{.resolver = "127.0.0.2", .records = {"127.0.0.66"}}};
  Serve(world, {"127.0.0.1", "127.0.0.2"});
  EXPECT_EQ(Check(DnsOptionsOf({"127.0.0.1", "127.0.0.2"})), kExitOk) << "the first one's word counts: " << err_;
  EXPECT_EQ(StandingOf("resolvers"), "against");
  EXPECT_THAT(DetailOf("resolvers"), testing::AllOf(HasSubstr("127.0.0.66"), HasSubstr("mail.bob.test A")));
}

TEST_F(CheckDnsTest, ResolversThatAgreeProveNothingButAgree) {
  Serve(GoodWorld(), {"127.0.0.1", "127.0.0.2"});
  EXPECT_EQ(Check(DnsOptionsOf({"127.0.0.1", "127.0.0.2"})), kExitOk);
  EXPECT_EQ(StandingOf("resolvers"), "for");
  EXPECT_EQ(Check(DnsOptionsOf()), kExitOk);
  EXPECT_EQ(StandingOf("resolvers"), "none") << "one has nobody to disagree with";
}

TEST_F(CheckDnsTest, AResolverThatDeniesTheHostDoesNotDecideAlone) {
  World world = GoodWorld();
  world.dns.At("{host} A").lies = {{.resolver = "127.0.0.1", .records = {}}};
  Serve(world, {"127.0.0.1", "127.0.0.2"});
  EXPECT_EQ(Check(DnsOptionsOf({"127.0.0.1", "127.0.0.2"})), kExitOk) << err_;
  EXPECT_EQ(StandingOf("resolvers"), "against");
}

TEST_F(CheckDnsTest, AResolverThatIsDownIsSaidToBe) {
  Serve(GoodWorld(), {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf({"127.0.0.1", "127.0.0.3"});
  EXPECT_EQ(Check(options), kExitOk) << err_;
  EXPECT_EQ(StandingOf("resolvers"), "unknown");
  EXPECT_THAT(DetailOf("resolvers"), HasSubstr("127.0.0.3"));
}

// ------------------------------------------------------------------------------------------------ bad input

TEST_F(CheckDnsTest, WithoutAnAddressThereIsOneSentence) {
  for (const DnsFate fate :
       {DnsFate::kNxDomain, DnsFate::kServFail, DnsFate::kRefused, DnsFate::kSilence, DnsFate::kGarbage,
        DnsFate::kWrongId, DnsFate::kWrongQuestion, DnsFate::kTruncatedAlways}) {
    SCOPED_TRACE(Name(fate));
    World world = GoodWorld();
    world.dns.At("{host} A").fate = fate;
    Serve(world, {"127.0.0.1"});
    EXPECT_EQ(Check(DnsOptionsOf()), kExitHarness);
    EXPECT_EQ(out_, "");
    EXPECT_THAT(err_, testing::MatchesRegex("starttls-lab: [^\n]*mail\\.bob\\.test[^\n]*127\\.0\\.0\\.1[^\n]*\n"));
  }
}

TEST_F(CheckDnsTest, ResolversAndDomainsThatAreNoneAreUsageErrors) {
  Serve(GoodWorld(), {"127.0.0.1"});
  for (const char* resolver :
       {"", "resolver.test", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:70000", "1.2.3", "::1::"}) {
    LiveOptions options = DnsOptionsOf();
    options.dns.resolvers = {resolver};
    EXPECT_EQ(Check(options), kExitUsage) << resolver;
    EXPECT_NE(err_, "");
  }
  for (const char* domain : {"bob test", "192.0.2.1", "."}) {
    LiveOptions options = DnsOptionsOf();
    options.dns.domain = domain;
    EXPECT_EQ(Check(options), kExitUsage) << domain;
  }
}

TEST_F(CheckDnsTest, AnAddressHasNoNameToBeLookedUp) {
  Serve(FindScenario("control.ip4")->world, {"127.0.0.1"});
  LiveOptions options = DnsOptionsOf();
  EXPECT_EQ(Check(options), kExitOk) << err_;
  EXPECT_EQ(StandingOf("dns"), "unknown");
}

TEST_F(CheckDnsTest, PrintsNoControlCharacterOfAZone) {
  as_json_ = false;
  World world = GoodWorld();
  world.dns.At("_mta-sts.bob.test TXT").records = {"v=STSv1\x1b[2J"};
  world.dns.At("1.0.0.127.in-addr.arpa PTR").records = {"evil\x1b.test"};
  Serve(world, {"127.0.0.1"});
  Check(DnsOptionsOf());
  EXPECT_THAT(out_, HasSubstr("signals"));
  EXPECT_THAT(out_, testing::Each(testing::AnyOf('\n', testing::Ge(' '), testing::Lt('\0'))));
}

}  // namespace
}  // namespace lab

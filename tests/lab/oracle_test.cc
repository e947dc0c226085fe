#include "lab/scenario/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace lab {
namespace {

using certs::Reason;
using certs::Verdict;
using fakeserver::TlsMode;
using testing::UnorderedElementsAre;

std::vector<TlsMode> ModesOf(const Scenario& scenario) {
  switch (scenario.modes) {
    case Modes::kStartTlsOnly:
      return {TlsMode::kStartTls};
    case Modes::kImplicitOnly:
      return {TlsMode::kImplicit};
    case Modes::kBoth:
      break;
  }
  return {TlsMode::kStartTls, TlsMode::kImplicit};
}

std::set<Reason> AsSet(const std::vector<Reason>& reasons) { return {reasons.begin(), reasons.end()}; }

// ------------------------------------------------------------------------------------------------ two opinions

class EveryScenario : public testing::TestWithParam<const Scenario*> {};

TEST_P(EveryScenario, IsExpectedToEndAsTheOraclePredicts) {
  const Scenario& scenario = *GetParam();
  for (const auto& [policy, expected] : scenario.expect) {
    for (const TlsMode mode : ModesOf(scenario)) {
      const Prediction prediction = Predict(scenario.world, policy, mode);
      if (!prediction.uncertain.empty()) {
        continue;  // listed below, with the reason
      }
      const Expectation& predicted = prediction.expectation;
      SCOPED_TRACE(scenario.id + " under " + std::string(Name(policy)) + ", " + std::string(Name(mode)));
      EXPECT_EQ(Name(predicted.demand), Name(expected.demand));
      EXPECT_EQ(predicted.once_fetched, expected.once_fetched);
      EXPECT_EQ(ToString(predicted.verdict), ToString(expected.verdict));
      EXPECT_EQ(AsSet(predicted.also), AsSet(expected.also));
      if (expected.demand != Demand::kAccept) {
        EXPECT_EQ(Name(predicted.must_reach), Name(expected.must_reach));
      }
    }
  }
}

std::vector<const Scenario*> Pointers() {
  std::vector<const Scenario*> pointers;
  for (const Scenario& scenario : AllScenarios()) {
    pointers.push_back(&scenario);
  }
  return pointers;
}

std::string TestName(const testing::TestParamInfo<const Scenario*>& info) {
  std::string name = info.param->id;
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryScenario, testing::ValuesIn(Pointers()), TestName);

// What the oracle only guesses, by id, and why that cannot be helped. It must stay short.
TEST(Oracle, IsSureOfAllButTheseScenarios) {
  const std::map<std::string, std::string> expected = {
      {"strength.key-off-curve-leaf", "a key given as octets"},  // whether a point is on its curve takes arithmetic
  };
  std::map<std::string, std::string> unsure;
  for (const Scenario& scenario : AllScenarios()) {
    const Prediction prediction = Predict(scenario.world, Policy::kSubmission, ModesOf(scenario).front());
    if (!prediction.uncertain.empty()) {
      unsure[scenario.id] = prediction.uncertain;
    }
  }
  EXPECT_EQ(unsure, expected);
}

// ------------------------------------------------------------------------------------------------ by hand

// The catalogue has one defect a row. These have what it has not: several, and things the oracle must be unsure of.
Prediction Ask(const World& world) { return Predict(world, Policy::kSubmission, TlsMode::kStartTls); }

TEST(Oracle, AcceptsTheGoodWorldUnderEveryPolicyItKnows) {
  for (const Policy policy : {Policy::kSubmission, Policy::kRelayOpportunistic, Policy::kRelayMtaSts}) {
    for (const TlsMode mode : {TlsMode::kStartTls, TlsMode::kImplicit}) {
      const Prediction prediction = Predict(GoodWorld(), policy, mode);
      EXPECT_EQ(prediction.expectation.demand, Demand::kAccept);
      EXPECT_EQ(prediction.expectation.verdict, Verdict{});
      EXPECT_EQ(prediction.uncertain, "");
    }
  }
}

TEST(Oracle, NamesTheFirstDefectByPrecedenceAndTheOthersBesides) {
  World world;
  world.reference = "mail.eve.test";
  world.chain.leaf().not_after.from_now = std::chrono::hours(-1);
  world.chain.intermediate().key_usage->bits = certs::kCrlSign;
  const Expectation expectation = Ask(world).expectation;
  EXPECT_EQ(expectation.verdict, (Verdict{Reason::kCaKeyUsage, 1}));
  EXPECT_THAT(expectation.also, UnorderedElementsAre(Reason::kExpired, Reason::kNameMismatch));
}

TEST(Oracle, PutsWhatIsSaidInClearBeforeWhatTheCertificateSays) {
  World world;
  world.chain.leaf().not_after.from_now = std::chrono::hours(-1);
  std::erase(world.smtp.capabilities_clear, "STARTTLS");
  EXPECT_EQ(Ask(world).expectation.verdict, (Verdict{Reason::kStartTlsNotOffered, 0}));
  EXPECT_EQ(Predict(world, Policy::kSubmission, TlsMode::kImplicit).expectation.verdict,
            (Verdict{Reason::kExpired, 0}));
}

// RFC 5321 4.2 and RFC 3207 4.2: what stands in front of the 220 is read together with it.
TEST(Oracle, ReadsWhatIsInjectedInFrontOfThe220AsAClientDoes) {
  const auto reason = [](std::string_view payload) {
    World world;
    world.smtp.injection = {.placement = fakeserver::Placement::kBeforeReply, .payload = certs::ToBytes(payload)};
    return Ask(world).expectation.verdict.reason;
  };
  EXPECT_EQ(reason("22ady\r\n"), Reason::kMalformedReply);
  EXPECT_EQ(reason("220_x\r\n"), Reason::kMalformedReply);
  EXPECT_EQ(reason("220 x\n"), Reason::kMalformedReply);
  EXPECT_EQ(reason("25"), Reason::kMalformedReply);         // "25220 Ready"
  EXPECT_EQ(reason("250-x\r\n"), Reason::kMalformedReply);  // the codes of its lines disagree
  EXPECT_EQ(reason("250-"), Reason::kTimeout);              // "250-220 Ready" is not the last line
  EXPECT_EQ(reason("250 x\r\n"), Reason::kStartTlsRefused);
  EXPECT_EQ(reason("250 "), Reason::kStartTlsRefused);  // "250 220 Ready"
  EXPECT_EQ(reason("454\r\n"), Reason::kStartTlsRefused);
  // A line of 512 octets with its end is the longest (RFC 5321 4.5.3.1.5).
  EXPECT_EQ(reason("454 " + std::string(506, 'x') + "\r\n"), Reason::kStartTlsRefused);
  World long_line;
  long_line.smtp.injection = {.placement = fakeserver::Placement::kBeforeReply,
                              .payload = certs::ToBytes("454 " + std::string(507, 'x') + "\r\n")};
  EXPECT_NE(Ask(long_line).uncertain, "");
  EXPECT_EQ(reason("220 x\r\n"), Reason::kClearTextBehind220);
  EXPECT_EQ(reason("220-x\r\n220 y\r\n"), Reason::kClearTextBehind220);
  EXPECT_EQ(reason("220-x\r\n"), Reason::kOk);  // one reply of two lines
  EXPECT_EQ(reason("220 x"), Reason::kOk);      // one line
}

// RFC 8446 4.1.3: the sentinel counts in a ServerHello of an older version.
TEST(Oracle, TakesNoRandomOfTls13ForADowngrade) {
  World world;
  world.tls.edits = {{.place = fakeserver::FlightPlace::kServerHello,
                      .kind = fakeserver::EditKind::kOverwrite,
                      .number = 26,
                      .bytes = certs::ToBytes("DOWNGRD\x01")}};
  EXPECT_EQ(Ask(world).expectation.demand, Demand::kAccept);
  world.tls.max_version = 0x0303;
  EXPECT_EQ(Ask(world).expectation.verdict.reason, Reason::kTlsFailed);
}

TEST(Oracle, DoesNotKnowHowMuchIsSentInSlicesBeforeAClientComplains) {
  World world;
  world.tls.max_version = 0x0303;
  world.chain.handshake_key = certs::KeySpec{.label = "eve"};
  EXPECT_EQ(Ask(world).uncertain, "");
  world.link.to_client.slice = 20;
  EXPECT_NE(Ask(world).uncertain, "");
}

// RFC 5321 5.1. Whoever was told the host has nothing to look up.
TEST(Oracle, LetsARelayKeepItsMailWhereItFindsNoHost) {
  const auto demand = [](const char* id) {
    return Predict(FindScenario(id)->world, Policy::kRelayOpportunistic, TlsMode::kStartTls).expectation;
  };
  for (const char* id : {"dane.mx-servfail", "dane.address-servfail"}) {
    EXPECT_EQ(demand(id).demand, Demand::kIgnoreOrRefuse) << id;
    EXPECT_EQ(demand(id).must_reach, Rung::kConnected) << id;
  }
  EXPECT_EQ(demand("dane.tlsa-servfail").demand, Demand::kAccept);
  EXPECT_EQ(demand("control.tlsa-3-1-2").demand, Demand::kAccept);
}

TEST(Oracle, FindsTheWayAroundABadCertificate) {
  World world;
  certs::CertSpec expired = world.chain.intermediate();
  expired.name = "expired";
  expired.not_after.from_now = std::chrono::hours(-1);
  world.chain.certs.push_back(expired);
  world.chain.presented = {"leaf", "expired", "intermediate"};
  EXPECT_EQ(Ask(world).expectation.demand, Demand::kAccept);
  world.chain.presented = {"leaf", "expired"};
  EXPECT_EQ(Ask(world).expectation.verdict, (Verdict{Reason::kExpired, 1}));
}

TEST(Oracle, EndsWhereCasSignEachOther) {
  World world;
  certs::CertSpec other = world.chain.intermediate();
  world.chain.intermediate().issuer = "other";
  other.name = "other";
  other.issuer = "intermediate";
  other.subject = certs::CommonName("The other CA");
  other.key.label = "other";
  world.chain.certs.push_back(other);
  world.chain.presented = {"leaf", "intermediate", "other"};
  world.chain.trusted = {"eve-root"};
  EXPECT_EQ(Ask(world).expectation.verdict.reason, Reason::kUnknownIssuer);
}

TEST(Oracle, CountsThePathLength) {
  World world;
  certs::CertSpec below = world.chain.intermediate();
  below.name = "below";
  below.issuer = "intermediate";
  below.subject = certs::CommonName("A CA below");
  below.key.label = "below";
  world.chain.certs.push_back(below);
  world.chain.leaf().issuer = "below";
  world.chain.presented = {"leaf", "below", "intermediate"};
  EXPECT_EQ(Ask(world).expectation.verdict, (Verdict{Reason::kPathLenExceeded, 1}));
  world.chain.intermediate().basic_constraints->path_len = 1;
  EXPECT_EQ(Ask(world).expectation.demand, Demand::kAccept);
}

TEST(Oracle, HoldsNamesAgainstTheConstraintsOfEveryCaAbove) {
  struct Row {
    const char* name;
    const char* permitted;
    const char* excluded;
    bool good;
  };
  // RFC 5280 4.2.1.10; a wildcard must lie inside wholly, and outside wholly (CVE-2025-61727).
  for (const Row& row : {
           Row{"mail.bob.test", "bob.test", nullptr, true},
           {"mail.bob.test", "mail.bob.test", nullptr, true},
           {"mail.bob.test", "ail.bob.test", nullptr, false},
           {"mail.bob.test", "MAIL.bob.test", nullptr, true},
           {"mail.bob.test", ".bob.test", nullptr, true},
           {"mail.bob.test", ".mail.bob.test", nullptr, false},
           {"mail.bob.test", "", nullptr, true},
           {"mail.bob.test", "eve.test", nullptr, false},
           {"mail.bob.test", nullptr, "bob.test", false},
           {"mail.bob.test", nullptr, "imap.bob.test", true},
           {"*.bob.test", "bob.test", nullptr, true},
           {"*.bob.test", "mail.bob.test", nullptr, false},
           {"*.bob.test", nullptr, "mail.bob.test", false},
           {"*.bob.test", nullptr, "a.mail.bob.test", true},
       }) {
    World world;
    world.chain.leaf().san->names = {certs::Dns(row.name)};
    certs::NameConstraints constraints;
    if (row.permitted != nullptr) {
      constraints.permitted = {certs::Dns(row.permitted)};
    }
    if (row.excluded != nullptr) {
      constraints.excluded = {certs::Dns(row.excluded)};
    }
    world.chain.intermediate().name_constraints = constraints;
    EXPECT_EQ(Ask(world).expectation.verdict, row.good ? Verdict{} : (Verdict{Reason::kNameConstraintViolation, 0}))
        << row.name << " permitted " << (row.permitted != nullptr ? row.permitted : "-") << " excluded "
        << (row.excluded != nullptr ? row.excluded : "-");
  }
}

TEST(Oracle, ReadsReferencesAsAUserWritesThem) {
  struct Row {
    const char* reference;
    std::vector<certs::GeneralName> names;
    Verdict verdict;
  };
  const Verdict ok, mismatch{Reason::kNameMismatch, 0}, invalid{Reason::kInvalidReference, 0};
  for (const Row& row : {
           Row{"MAIL.bob.test.", {certs::Dns("mail.bob.test")}, ok},
           {"127.0.0.1", {certs::Ip("127.0.0.1")}, ok},
           {"127.0.0.1", {certs::Dns("127.0.0.1")}, mismatch},
           {"127.0.0.01", {certs::Ip("127.0.0.1")}, invalid},
           {"127.1", {certs::Ip("127.0.0.1")}, invalid},
           {"::1", {certs::Ip("::1")}, ok},
           {"0:0::1", {certs::Ip("::1")}, ok},
           {"[::1]", {certs::Ip("::1")}, invalid},
           {"", {certs::Dns("mail.bob.test")}, invalid},
           {".", {certs::Dns("mail.bob.test")}, invalid},
           {"*.bob.test", {certs::Dns("*.bob.test")}, invalid},
           {"mail.bob.test:25", {certs::Dns("mail.bob.test")}, invalid},
           {"-a.bob.test", {certs::Dns("-a.bob.test")}, invalid},
           {"b\xc3\xbc"
            "cher.bob.test",
            {certs::Dns("xn--bcher-kva.bob.test")},
            ok},
           {"m\xc3\xbcnchen.test", {certs::Dns("xn--mnchen-3ya.test")}, ok},
       }) {
    World world;
    world.reference = row.reference;
    world.chain.root().name_constraints.reset();
    world.chain.leaf().san->names = row.names;
    EXPECT_EQ(ToString(Ask(world).expectation.verdict), ToString(row.verdict)) << row.reference;
  }
}

TEST(Oracle, SaysWhatItCannotKnow) {
  World raw_extension;
  raw_extension.chain.leaf().extra_extensions = {{.oid = "2.5.29.32", .critical = true, .value = {0x30, 0x00}}};
  EXPECT_NE(Ask(raw_extension).uncertain, "");
  World tampered;
  tampered.chain.leaf().tampers = {{certs::Bytes{0x06, 0x03}, certs::Bytes{0x06, 0x04}}};
  EXPECT_NE(Ask(tampered).uncertain, "");
  World written;
  written.chain.leaf().not_after.raw = "300101000000Z";
  EXPECT_NE(Ask(written).uncertain, "");
  World raw_reply;
  raw_reply.smtp.greeting.emplace().raw = certs::ToBytes("220\n");
  EXPECT_NE(Ask(raw_reply).uncertain, "");
}

TEST(Oracle, RefusesAServerThatPresentsNothing) {
  World world;
  world.chain.presented.clear();
  EXPECT_EQ(Ask(world).expectation.verdict, (Verdict{Reason::kNoCertificate, 0}));
}

}  // namespace
}  // namespace lab

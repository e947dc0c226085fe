#include "lab/scenario/scenario_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "certs/bytes.h"

namespace lab {
namespace {

using certs::Reason;
using testing::ElementsAre;
using testing::HasSubstr;

Scenario Read(std::string_view text) {
  auto scenario = ReadScenario(text, "mine.toml");
  EXPECT_TRUE(scenario.has_value()) << scenario.error().detail;
  return scenario ? *scenario : Scenario{};
}

// "mine.toml:7": where the mistake is.
std::string WhereWrong(std::string_view text) {
  const auto scenario = ReadScenario(text, "mine.toml");
  if (scenario) {
    return "nothing wrong";
  }
  EXPECT_EQ(scenario.error().code, certs::ErrorCode::kBadInput);
  const std::string& detail = scenario.error().detail;
  return detail.substr(0, detail.find(':', detail.find(':') + 1));
}

// ------------------------------------------------------------------------------------------------ there and back

TEST(ScenarioFile, EveryScenarioOfTheCatalogueComesBackFromItsFile) {
  for (const Scenario& scenario : AllScenarios()) {
    const std::string text = PrintScenario(scenario);
    const auto read = ReadScenario(text, scenario.id + ".toml");
    ASSERT_TRUE(read.has_value()) << read.error().detail << "\n" << text.substr(0, 2000);
    EXPECT_EQ(read->world, scenario.world) << text.substr(0, 2000);
    EXPECT_EQ(read->twin, scenario.twin);
    for (const auto& [policy, expectation] : scenario.expect) {
      EXPECT_EQ(read->expect.at(policy).demand, expectation.demand);
      EXPECT_EQ(read->expect.at(policy).once_fetched, expectation.once_fetched);
    }
    EXPECT_EQ(PrintScenario(*read), text);
  }
}

TEST(ScenarioFile, SaysTheEditAndNothingElseOfTheWorld) {
  EXPECT_THAT(PrintScenario(*FindScenario("name.wrong-host")),
              HasSubstr("\n[edit]\nchain.certs.leaf.san.names = [{ value = \"mail.eve.test\" }]\n\n[expect"));
}

TEST(ScenarioFile, TextBeyondAsciiStandsInQuotesAndComments) {
  EXPECT_EQ(WhereWrong("id = 'a'\n7\xef\xbb\xbb"), "mine.toml:2");
  EXPECT_EQ(WhereWrong("# \xc3\xa9 it's\nid = \"\"\"\n\\\"\n\"\"\"\n\xc3\xa9 = 1"), "mine.toml:5");
  EXPECT_EQ(Read("id = 'a'\nsummary = \"\xc3\xa9 \\\" '\" # \xc3\xa9\n").summary, "\xc3\xa9 \" '");
}

// ------------------------------------------------------------------------------------------------ written by hand

TEST(ScenarioFile, EditsOfEveryKindAreMade) {
  const Scenario scenario = Read(R"(
id = "mine.all"
modes = "starttls"
[edit]
reference = "imap.bob.test"
chain.trusted = ["eve-root"]
chain.certs.leaf.not_after.from_now = "-2 min"
chain.certs.leaf.key_usage = false
chain.certs.intermediate.basic_constraints.path_len = 0
chain.certs.leaf.trailing = { hex = "00 ff" }
chain.certs.eve-intermediate = false
smtp.capabilities_tls = ["AUTH LOGIN"]
tls.edits = [{ place = "server-hello", kind = "omit" }]
[edit.smtp.replies.MAIL]
code = 451
scope = "in-tls"
[edit.link.to_client]
latency = "20 ms"
[expect.submission]
reason = "expired"
depth = 0
also = ["unknown-issuer"]
)");
  World world = GoodWorld();
  world.reference = "imap.bob.test";
  world.chain.trusted = {"eve-root"};
  world.chain.leaf().not_after.from_now = std::chrono::minutes(-2);
  world.chain.leaf().key_usage.reset();
  world.chain.intermediate().basic_constraints->path_len = 0;
  world.chain.leaf().trailing = {0x00, 0xff};
  std::erase_if(world.chain.certs, [](const certs::CertSpec& cert) { return cert.name == "eve-intermediate"; });
  world.smtp.capabilities_tls = {"AUTH LOGIN"};
  world.smtp.replies[fakeserver::Verb::kMail] = {.code = 451, .lines = {}, .scope = fakeserver::ReplyScope::kInTls};
  world.tls.edits = {{.place = fakeserver::FlightPlace::kServerHello, .kind = fakeserver::EditKind::kOmit}};
  world.link.to_client.latency = std::chrono::milliseconds(20);
  EXPECT_EQ(scenario.world, world);
  EXPECT_EQ(scenario.modes, Modes::kStartTlsOnly);
  const Expectation& expectation = scenario.expect.at(Policy::kSubmission);
  EXPECT_EQ(expectation.demand, Demand::kRefuse);
  EXPECT_EQ(expectation.verdict, (certs::Verdict{Reason::kExpired, 0}));
  EXPECT_THAT(expectation.also, ElementsAre(Reason::kUnknownIssuer));
}

TEST(ScenarioFile, StartsFromItsBase) {
  const Scenario scenario = Read("id = 'mine.wild'\nbase = 'control.wildcard'\n");
  EXPECT_EQ(scenario.world, FindScenario("control.wildcard")->world);
  EXPECT_EQ(scenario.twin, "control.wildcard");
}

TEST(ScenarioFile, WithoutAnExpectationAsksTheOracle) {
  const Scenario scenario = Read("id = 'mine.late'\n[edit]\nchain.certs.leaf.not_after.from_now = '-1 h'\n");
  const Expectation& expectation = scenario.expect.at(Policy::kSubmission);
  EXPECT_EQ(expectation.demand, Demand::kRefuse);
  EXPECT_EQ(expectation.verdict, (certs::Verdict{Reason::kExpired, 0}));
  EXPECT_EQ(scenario.expect.at(Policy::kRelayOpportunistic).demand, Demand::kAnything);
}

TEST(ScenarioFile, WhereTheOracleIsNotSureAnExpectationIsNeeded) {
  EXPECT_EQ(WhereWrong("id = 'mine.slow'\n[edit]\nlink.to_client.latency = '1 min'\n"), "mine.toml:2");
  EXPECT_EQ(WhereWrong("id = 'mine.slow'\n[edit]\nlink.to_client.latency = '1 min'\n"
                       "[expect.submission]\nreason = 'timeout'\n"),
            "nothing wrong");
}

TEST(ScenarioFile, AddsACertificateByAListThatNamesTheOthers) {
  const Scenario scenario = Read(R"(
id = "mine.more"
[edit.chain]
certs = [{ name = "leaf" }, { name = "intermediate" }, { name = "root" }, { name = "more", issuer = "root" }]
)");
  ASSERT_EQ(scenario.world.chain.certs.size(), 4u);
  EXPECT_EQ(scenario.world.chain.At("leaf"), certs::GoodChain().At("leaf"));
  EXPECT_EQ(scenario.world.chain.certs.back().issuer, "root");
}

// ------------------------------------------------------------------------------------------------ mistakes

TEST(ScenarioFile, NamesTheLineOfAMistake) {
  for (const auto& [line, text] : std::initializer_list<std::pair<int, const char*>>{
           {3, "id = 'a.b'\n\nid = 'twice'\n"},
           {2, "id = 'a.b'\nx = "},
           {2, "id = 'a.b'\n[%expect]\n"},
           {3, "id = 'a.b'\nsummary = 'b\u00fc'\nsource = 'b\xc3('\n"},  // no UTF-8
           {2, "id = 'a.b'\ncolour = 'red'\n"},
           {2, "id = 'a.b'\nbase = 'no.such'\n"},
           {1, "id = '../etc/passwd'\n"},
           {2, "id = 'a.b'\nrows = ['Z99']\n"},
           {3, "id = 'a.b'\n[edit]\nsmtp.gretting = {}\n"},
           {3, "id = 'a.b'\n[edit]\nsmtp.greeting.code = 'x'\n"},
           {3, "id = 'a.b'\n[edit]\nsmtp.greeting.code = 99999999999\n"},
           {3, "id = 'a.b'\n[edit]\nlink.cut = 'sever'\n"},
           {3, "id = 'a.b'\n[edit]\nlink.to_client.latency = '3 fortnights'\n"},
           {3, "id = 'a.b'\n[edit]\nlink.to_client.latency = '9223372036854775807 d'\n"},
           {3, "id = 'a.b'\n[edit]\nchain.certs.nobody.version = 1\n"},
           {3, "id = 'a.b'\n[edit]\nchain.certs.leaf.trailing = { hex = '0' }\n"},
           {3, "id = 'a.b'\n[edit]\nsmtp.replies.FROB = { code = 500 }\n"},
           {2, "id = 'a.b'\n[edit]\nchain.presented = ['nobody']\n"},
           {2, "id = 'a.b'\n[edit]\nchain.certs.leaf.issuer = 'nobody'\n"},
           {2, "id = 'a.b'\n[edit]\nchain.certs = [{name = 'leaf'}, {name = 'leaf'}]\n"},
           {4, "id = 'a.b'\n[expect.submission]\nreason = 'expired'\ndemand = 'plead'\n"},
       }) {
    EXPECT_EQ(WhereWrong(text), "mine.toml:" + std::to_string(line)) << text;
  }
}

TEST(ScenarioFile, ARefusalNeedsAReason) {
  EXPECT_NE(WhereWrong("id = 'a.b'\n[expect.submission]\n"), "nothing wrong");
  EXPECT_NE(WhereWrong("id = 'a.b'\n[expect.submission]\ndemand = 'accept'\nreason = 'expired'\n"), "nothing wrong");
  EXPECT_NE(WhereWrong("id = 'a.b'\n[expect.relay-mta-sts]\nreason = 'expired'\n"), "nothing wrong") << "submission";
}

// ------------------------------------------------------------------------------------------------ as an id

TEST(ScenarioFile, IsSelectedLikeAnId) {
  const std::string path = testing::TempDir() + "starttls-lab-Mine.toml";
  std::ofstream(path) << "id = 'mine.wild'\nbase = 'control.wildcard'\n";
  const auto selected = Select(path + ",control.good");
  std::remove(path.c_str());
  ASSERT_TRUE(selected.has_value()) << selected.error().detail;
  ASSERT_EQ(selected->size(), 2u);
  EXPECT_EQ(selected->front()->id, "control.good");
  EXPECT_EQ(selected->back()->id, "mine.wild");
  EXPECT_EQ(selected->back()->selector(), path);
  EXPECT_EQ(*LoadScenario(path), selected->back()) << "it is read once";
}

TEST(ScenarioFile, ThatCannotBeReadIsAnError) {
  const auto selected = Select("/no/such/file.toml");
  ASSERT_FALSE(selected.has_value());
  EXPECT_EQ(selected.error().code, certs::ErrorCode::kIo);
}

}  // namespace
}  // namespace lab

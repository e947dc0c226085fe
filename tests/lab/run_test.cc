#include "lab/runner/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "lab/runner/command_client.h"
#include "lab/runner/plan.h"
#include "lab/runner/process.h"
#include "lab/runner/sandbox_probe.h"

namespace lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<const Scenario*> Scenarios(std::initializer_list<const char*> ids) {
  std::vector<const Scenario*> scenarios;
  for (const char* id : ids) {
    scenarios.push_back(FindScenario(id));
    EXPECT_NE(scenarios.back(), nullptr) << id;
  }
  return scenarios;
}

struct Ran {
  RunSummary summary;
  std::vector<RunRecord> records;

  // "chain.self-signed pass", sanity cases with their place in front.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const RunRecord& record : records) {
      lines.push_back((record.sanity.empty() ? "" : record.sanity + " ") + record.scenario->id + " " +
                      std::string(Name(record.outcome)));
    }
    return lines;
  }
  Outcome Of(const char* id) const {
    for (const RunRecord& record : records) {
      if (record.scenario->id == id && record.sanity.empty()) {
        return record.outcome;
      }
    }
    ADD_FAILURE() << "no record of " << id;
    return Outcome::kError;
  }
};

Ran Execute(const RunOptions& options) {
  Ran ran;
  const std::atomic<bool> stop = false;
  const auto summary = Run(options, [&](const RunRecord& record) { ran.records.push_back(record); }, stop);
  EXPECT_TRUE(summary.has_value());
  ran.summary = summary.value_or(RunSummary{});
  return ran;
}

Ran ExecuteCommand(std::vector<std::string> argv, std::initializer_list<const char*> ids,
                   std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  RunOptions options{.scenarios = Scenarios(ids), .built_in = false, .implicit = false};
  options.commands.push_back({.argv = std::move(argv), .limit = limit});
  return Execute(options);
}

// ------------------------------------------------------------------------------------------------ commands

TEST(RunTest, AClientThatNeverConnectsProvesNothing) {
  const Ran ran = ExecuteCommand({"true"}, {"name.wrong-host"});
  EXPECT_EQ(ran.Of("name.wrong-host"), Outcome::kNotReached);
  EXPECT_TRUE(ran.summary.harness_error);
  EXPECT_EQ(ran.summary.passed, 0);
}

TEST(RunTest, AClientThatHangsIsStoppedAndNotTriedAgain) {
  const Ran ran =
      ExecuteCommand({"sleep", "600"}, {"name.wrong-host", "time.leaf-expired"}, std::chrono::milliseconds(300));
  EXPECT_THAT(ran.Lines(), ElementsAre("first control.good hang", "first chain.self-signed hang",
                                       "name.wrong-host not-reached", "time.leaf-expired not-reached"));
  EXPECT_TRUE(ran.summary.harness_error);
}

TEST(RunTest, AClientThatDiesIsACrash) {
  EXPECT_EQ(ExecuteCommand({"sh", "-c", "kill -SEGV $$"}, {"name.wrong-host"}).Of("name.wrong-host"), Outcome::kCrash);
}

TEST(RunTest, AProgramThatIsMissingIsTheHarnesssError) {
  const Ran ran = ExecuteCommand({"no-such-program-anywhere"}, {"name.wrong-host"});
  EXPECT_THAT(ran.Lines(), ElementsAre("name.wrong-host error"));
  EXPECT_TRUE(ran.summary.harness_error);
}

std::vector<std::string> Curl(std::vector<std::string> more) {
  std::vector<std::string> argv = {"curl",
                                   "--silent",
                                   "--show-error",
                                   "--max-time",
                                   "10",
                                   "--ssl-reqd",
                                   "smtp://{host}:{port}",
                                   "--connect-to",
                                   "::{address}:{port}",
                                   "--mail-from",
                                   "{from}",
                                   "--mail-rcpt",
                                   "{to}",
                                   "--upload-file",
                                   "{message}"};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

// A client that fetches: by name, from port 80, through its own HTTP.
TEST(RunTest, OpensslFetchesTheListAndHeedsIt) {
  if (FindProgram("openssl").empty() || ProbeSandbox().kind == SandboxKind::kNone) {
    GTEST_SKIP() << "openssl or the sandbox is missing";
  }
  const auto manifest = LoadManifest(STARTTLS_LAB_SOURCE_DIR "/lab/clients/openssl.toml");
  ASSERT_TRUE(manifest) << manifest.error().detail;
  CommandSpec client = manifest->back();
  client.argv.insert(client.argv.end(), {"-crl_check", "-crl_download", "-verify_return_error"});
  RunOptions options{
      .scenarios = Scenarios({"control.crl-online", "revocation.crl-online-revoked", "revocation.crl-online-flipped",
                              "revocation.crl-server-not-found", "revocation.crl-server-redirect-loop"}),
      .commands = {client},
      .built_in = false,
      .implicit = false,
      .keep_going_after_bad_sanity = true};  // control.good has no list, and this client insists
  const Ran ran = Execute(options);
  for (const RunRecord& record : ran.records) {
    if (record.sanity.empty()) {
      EXPECT_EQ(Name(record.outcome), "pass") << record.scenario->id << ": " << record.sentence;
      EXPECT_TRUE(record.observation.fetched_status) << record.scenario->id;
    }
  }
  EXPECT_TRUE(ran.records.size() >= 5);
}

TEST(RunTest, CurlWithACaFilePassesOrdinaryCases) {
  if (FindProgram("curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  const Ran ran = ExecuteCommand(Curl({"--cacert", "{ca}"}),
                                 {"control.good", "name.wrong-host", "time.leaf-expired", "smtp.starttls-not-offered"});
  EXPECT_THAT(ran.Lines(),
              ElementsAre("first control.good pass", "first chain.self-signed pass", "control.good pass",
                          "name.wrong-host pass", "time.leaf-expired pass", "smtp.starttls-not-offered pass",
                          "last control.good pass", "last chain.self-signed pass"));
  EXPECT_EQ(ran.summary.passed, 4);
  EXPECT_EQ(ran.summary.failed, 0);
  EXPECT_FALSE(ran.summary.harness_error);
}

// A program is run until its message is delivered, or the visits are over.
TEST(RunTest, AProgramComesAgainWhileAVisitIsLeft) {
  if (FindProgram("curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  const Ran ran =
      ExecuteCommand(Curl({"--cacert", "{ca}"}), {"visit.first-busy", "visit.no-tls-after-454", "visit.chance-30-451",
                                                  "visit.resumed-under-other-name", "control.resumption"});
  std::map<std::string, size_t> visits;
  for (const RunRecord& record : ran.records) {
    EXPECT_EQ(Name(record.outcome), "pass") << record.scenario->id << ": " << record.sentence;
    visits[record.scenario->id] = record.transcripts.size();
  }
  EXPECT_EQ(visits["control.good"], 1u);
  EXPECT_EQ(visits["visit.first-busy"], 2u);
  EXPECT_EQ(visits["visit.no-tls-after-454"], 2u);
  EXPECT_EQ(visits["visit.chance-30-451"], 5u) << "each of the first four visits refuses something";
  EXPECT_EQ(visits["visit.resumed-under-other-name"], 2u) << "once for each message, though the first was delivered";
  EXPECT_EQ(visits["control.resumption"], 2u);
}

TEST(RunTest, CurlWithoutVerificationAcceptsTheBad) {
  if (FindProgram("curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  const Ran ran = ExecuteCommand(Curl({"--insecure"}), {"control.good", "name.wrong-host"});
  EXPECT_EQ(ran.Of("control.good"), Outcome::kPass);
  EXPECT_EQ(ran.Of("name.wrong-host"), Outcome::kAcceptBad);
  EXPECT_FALSE(ran.summary.harness_error);  // it was decided, so the bracket holds
}

TEST(RunTest, WhoRefusesTheGoodServerTooHasProvedNothing) {
  if (FindProgram("curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  // A pin that no key has.
  const std::string pin = "sha256//" + std::string(43, 'A') + "=";
  RunOptions options{.scenarios = Scenarios({"control.good", "name.wrong-host"}), .built_in = false, .implicit = false};
  options.commands.push_back({.argv = Curl({"--insecure", "--pinnedpubkey", pin.c_str()})});
  const Ran ran = Execute(options);
  EXPECT_EQ(ran.Of("control.good"), Outcome::kRejectGood);
  EXPECT_EQ(ran.Of("name.wrong-host"), Outcome::kNotReached);
  EXPECT_TRUE(ran.summary.harness_error);
  // Declared, it is what one knows of this client, and no fault of the lab's; its refusals still prove nothing.
  options.commands[0].expected = {
      {.pattern = "control.*", .outcome = "reject-good", .reason = "it is told so", .source = "curl(1)"},
      {.pattern = "name.*", .outcome = "not-reached", .reason = "it is told so", .source = "curl(1)"}};
  const Ran declared = Execute(options);
  EXPECT_EQ(declared.Of("control.good"), Outcome::kXfail);
  EXPECT_EQ(declared.Of("name.wrong-host"), Outcome::kXfail);
  EXPECT_FALSE(declared.summary.harness_error);
  EXPECT_EQ(declared.summary.failed, 0);
}

TEST(RunTest, KnownWeaknessesAreExpected) {
  if (FindProgram("curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  RunOptions options{.scenarios = Scenarios({"control.good", "name.wrong-host"}), .built_in = false, .implicit = false};
  options.commands.push_back(
      {.argv = Curl({"--insecure"}),
       .expected = {
           {.pattern = "*", .outcome = "accept-bad", .reason = "it is told not to look", .source = "curl(1)"}}});
  const Ran ran = Execute(options);
  EXPECT_EQ(ran.Of("name.wrong-host"), Outcome::kXfail);
  EXPECT_EQ(ran.summary.failed, 0);
}

// ------------------------------------------------------------------------------------------------ what is not run

TEST(RunTest, BoundariesToTheSecondNeedAClockThatTheLabHolds) {
  const auto exact = std::ranges::find_if(AllScenarios(), &Scenario::exact_clock);
  ASSERT_NE(exact, AllScenarios().end());
  EXPECT_EQ(ExecuteCommand({"true"}, {exact->id.c_str()}).Of(exact->id.c_str()), Outcome::kSkip);
}

TEST(RunTest, AProgramCannotBeRunInMemory) {
  RunOptions options{.scenarios = Scenarios({"control.good"}), .built_in = false, .wire = Wire::kMemory};
  options.commands.push_back({.argv = {"true"}});
  const Ran ran = Execute(options);
  EXPECT_EQ(ran.Of("control.good"), Outcome::kSkip);
  EXPECT_EQ(ran.summary.skipped, 1);
}

TEST(RunTest, AModeTheClientLacksIsSkippedOnlyWhereNoOtherModeIsRun) {
  RunOptions options{.scenarios = Scenarios({"control.good", "smtp.implicit-port-in-clear"}), .built_in = false};
  options.commands.push_back({.argv = {"true"}, .implicit = false});
  const std::vector<PlannedGroup> plan = MakePlan(options, SandboxKind::kPrivate);
  ASSERT_EQ(plan.size(), 2u);
  ASSERT_EQ(plan[1].body.size(), 1u);
  EXPECT_EQ(plan[1].body[0].scenario->id, "smtp.implicit-port-in-clear");
  EXPECT_TRUE(plan[1].body[0].skip_reason.has_value());
}

TEST(RunTest, TheBuiltInClientIsARelayWhereItIsToldToBe) {
  const Ran ran = Execute(
      {.scenarios = Scenarios({"control.good", "dane.other-key"}), .policy = Policy::kRelayDane, .implicit = false});
  EXPECT_EQ(Name(ran.Of("control.good")), "pass");
  EXPECT_EQ(Name(ran.Of("dane.other-key")), "pass");
}

// ------------------------------------------------------------------------------------------------ campaigns

TEST(RunTest, TheOrderDoesNotDependOnTheNumberOfJobs) {
  RunOptions options{.scenarios =
                         Scenarios({"control.good", "name.wrong-host", "time.leaf-expired", "chain.self-signed"})};
  options.jobs = 1;
  const auto one = Execute(options).Lines();
  options.jobs = 7;
  EXPECT_EQ(Execute(options).Lines(), one);
  EXPECT_EQ(one.size(), CountRuns(options));
}

// The second client begins while the last run of the first is under way, and is done sooner.
TEST(RunTest, ClientsThatOverlapAreReportedOneAfterTheOther) {
  RunOptions options;
  options.built_in = false;
  options.wire = Wire::kTcp;
  options.jobs = 4;
  options.implicit = false;
  options.scenarios = Scenarios({"time.leaf-expired", "name.wrong-host"});
  options.commands = {{.name = "slow", .argv = {"sleep 0.5"}, .shell = true},
                      {.name = "quick", .argv = {"true"}, .shell = true},
                      {.name = "last", .argv = {"true"}, .shell = true}};
  std::vector<std::string> order;
  for (const RunRecord& record : Execute(options).records) {
    order.push_back(record.client + " " + record.sanity + record.scenario->id);
  }
  std::vector<std::string> wanted;
  for (const char* const client : {"slow ", "quick ", "last "}) {
    for (const char* const run : {"firstcontrol.good", "firstchain.self-signed", "time.leaf-expired", "name.wrong-host",
                                  "lastcontrol.good", "lastchain.self-signed"}) {
      wanted.push_back(std::string(client) + run);
    }
  }
  EXPECT_EQ(order, wanted);
}

TEST(RunTest, TotalsAreThoseOfWhatWasAskedFor) {
  const Ran ran = Execute({.scenarios = Scenarios({"control.good", "name.wrong-host"})});
  EXPECT_EQ(ran.summary.passed, 4);  // in two modes
  EXPECT_EQ(ran.summary.failed, 0);
  EXPECT_FALSE(ran.summary.harness_error || ran.summary.interrupted);
}

TEST(RunTest, EveryRunHasHoneyOfItsOwn) {
  const Ran ran = Execute({.scenarios = Scenarios({"control.good"})});
  std::set<std::string> passwords;
  for (const RunRecord& record : ran.records) {
    for (const fakeserver::Event& event : record.transcripts.at(0).events()) {
      if (event.kind == fakeserver::EventKind::kSecret) {
        passwords.insert(event.secret);
      }
    }
  }
  EXPECT_EQ(passwords.size(), 6u);  // per mode: first, asked for, last
}

TEST(RunTest, StopsBetweenRuns) {
  RunOptions options{.scenarios = Scenarios({"control.good", "name.wrong-host"}), .jobs = 1};
  std::atomic<bool> stop = false;
  int records = 0;
  const auto summary = lab::Run(options, [&](const RunRecord&) { stop = ++records > 0; }, stop);
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->interrupted);
  EXPECT_LT(static_cast<size_t>(records), CountRuns(options));
}

TEST(RunTest, EveryRecordNamesTheChainThatWasServed) {
  const RunOptions options{.scenarios = Scenarios({"control.good"}), .implicit = false};
  EXPECT_EQ(Execute(options).records[0].chain_sha256.size(), 64u);
}

TEST(ReproLineTest, NamesEverythingThatDecides) {
  RunOptions options{.policy = Policy::kSubmission, .seed = 9, .now = kLabNow};
  const CommandSpec command{.name = "command", .argv = {"my client", "{host}"}};
  const PlannedGroup built_in{}, own{.command = &command, .wire = Wire::kTcp};
  EXPECT_EQ(ReproLine(options, built_in, *FindScenario("control.good")),
            "starttls-lab run --client built-in --filter control.good --mode starttls --wire memory --seed 9 "
            "--policy submission --now 2026-01-01T00:00:00Z");
  EXPECT_THAT(ReproLine(options, own, *FindScenario("control.good")), HasSubstr(" -- 'my client' '{host}'"));
}

// A client that is told a domain finds the world's zone on port 53, and nothing about it in /etc/hosts.
TEST(RunTest, AClientThatLooksItsServerUpIsAnsweredByTheWorldsZone) {
  if (ProbeSandbox().kind == SandboxKind::kNone) {
    GTEST_SKIP() << "private namespaces are refused here";
  }
  CommandSpec client;
  client.name = "looks-up";
  client.argv = {
      "grep -q bob.test /etc/hosts && exit 3; /usr/bin/python3 -c 'import smtplib, ssl, sys; s = "
      "smtplib.SMTP(\"mail.\" + "
      "sys.argv[1], 25); s.starttls(context=ssl.create_default_context(cafile=sys.argv[2])); s.sendmail(sys.argv[3], "
      "sys.argv[4], open(sys.argv[5]).read())' {domain} {ca} {from} {to} {message}"};
  client.shell = client.dns = true;
  client.policy = Policy::kRelayDane;
  RunOptions options;
  options.built_in = false;
  options.commands = {client};
  options.implicit = false;
  options.scenarios = Scenarios({"control.good", "dane.address-servfail", "name.ip4-other"});
  const Ran ran = Execute(options);
  EXPECT_EQ(Name(ran.Of("control.good")), "pass");
  EXPECT_EQ(Name(ran.Of("dane.address-servfail")), "pass") << "it cannot find the server, and so says nothing to it";
  EXPECT_EQ(Name(ran.Of("name.ip4-other")), "skip") << "an address is no mail domain's host";
}

}  // namespace
}  // namespace lab

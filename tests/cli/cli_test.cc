// What a user of the command line sees: exit codes, one clear sentence for each bad input, and data on standard output.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using Json = nlohmann::json;

std::string LastLine(const std::string& text) {
  const size_t end = text.find_last_not_of('\n');
  const size_t start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1, end - (start == std::string::npos ? 0 : start));
}

// ------------------------------------------------------------------------------------------------ bad input

struct BadInput {
  const char* name;
  std::vector<std::string> arguments;
  int exit_code;
  const char* mentions;  // what of the input the one sentence must repeat, so that the user finds it
};

class BadInputTest : public ::testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, GetsOneSentenceAndItsExitCode) {
  const ProgramRun run = RunLab(GetParam().arguments);
  EXPECT_EQ(run.exit_code, GetParam().exit_code) << run.err;
  EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
  EXPECT_NE(run.err.find(GetParam().mentions), std::string::npos) << run.err;
  EXPECT_EQ(run.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Cli, BadInputTest,
    ::testing::Values(
        BadInput{"UnknownVerb", {"dance"}, 2, "dance"}, BadInput{"UnknownOption", {"list", "--loud"}, 2, "--loud"},
        BadInput{"UnknownScenario", {"run", "--filter", "time.leaf-expird"}, 4, "time.leaf-expird"},
        BadInput{"UnknownRow", {"list", "--filter", "row:Z9"}, 4, "row:z9"},
        BadInput{"UnknownClient", {"run", "--client", "mozilla"}, 2, "mozilla"},
        BadInput{"UnknownPolicy", {"run", "--policy", "laissez-faire"}, 2, "laissez-faire"},
        BadInput{"UnknownMode", {"run", "--mode", "sideways"}, 2, "sideways"},
        BadInput{"UnknownWire", {"run", "--wire", "carrier-pigeon"}, 2, "carrier-pigeon"},
        BadInput{"MalformedDate", {"run", "--now", "2026-02-31T00:00:00Z"}, 2, "2026-02-31"},
        BadInput{"NoNumber", {"run", "--seed", "lucky"}, 2, "lucky"},
        BadInput{"ExplainUnknown", {"explain", "no.such-thing"}, 4, "no.such-thing"},
        BadInput{"ServeUnknown", {"serve", "no.such-thing"}, 4, "no.such-thing"},
        BadInput{"MatchOneArgument", {"match", "mail.bob.test"}, 2, "REFERENCE"},
        BadInput{"MatchUnknownProfile", {"match", "a.b.test", "a.b.test", "--profile", "lenient"}, 2, "lenient"},
        BadInput{"VerifyNoFile",
                 {"verify", "--chain", "/nonexistent.pem", "--ca", "/nonexistent.pem", "--host", "a.test"},
                 2,
                 "/nonexistent.pem"},
        BadInput{"VerifyNoHost", {"verify", "--chain", "x", "--ca", "y"}, 2, "--host"},
        BadInput{
            "VerifyBadTime", {"verify", "--chain", "x", "--ca", "y", "--host", "a.test", "--time", "noon"}, 2, "noon"},
        BadInput{"CertsNowhere", {"certs", "--filter", "control.good"}, 2, "FOLDER"},
        BadInput{"CertsLimboIsThere", {"certs", "--filter", "control.good", "--limbo", "/dev/null"}, 2, "/dev/null"},
        BadInput{"OutIsNoFolder", {"run", "--filter", "control.good", "--out", "/dev/null/x"}, 3, "/dev/null/x"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Cli, EscapesWhatItRepeats) {
  const ProgramRun run = RunLab({"explain", "evil\x1b[2Jid"});
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos);
}

// ------------------------------------------------------------------------------------------------ list, explain

TEST(List, JsonHasAtLeastNinetyUniqueScenariosWithRowsAndSources) {
  const ProgramRun run = RunLab({"list", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json scenarios = Json::parse(run.out);
  std::set<std::string> ids;
  for (const Json& scenario : scenarios) {
    EXPECT_TRUE(ids.insert(scenario.at("id")).second) << scenario.at("id");
    EXPECT_FALSE(scenario.at("rows").empty()) << scenario.at("id");
    EXPECT_FALSE(scenario.at("source").get<std::string>().empty()) << scenario.at("id");
    EXPECT_TRUE(scenario.at("expect").contains("submission")) << scenario.at("id");
  }
  EXPECT_GE(ids.size(), 90u);
}

TEST(List, RowsNamesEveryRowOfTheTable) {
  const ProgramRun run = RunLab({"list", "--rows"});
  ASSERT_EQ(run.exit_code, 0);
  for (const char* row : {"A1 ", "B1 ", "F28", "M12", "P7 "}) {
    EXPECT_NE(run.out.find(row), std::string::npos) << row;
  }
}

TEST(Explain, ShowsTheEditAndTheChainAndNoControlCharacters) {
  const ProgramRun run = RunLab({"explain", "*"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(std::ranges::none_of(run.out, [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; }));
}

// ------------------------------------------------------------------------------------------------ run

TEST(Run, TheBuiltInVerifierPassesAndLeavesAResultsFile) {
  const TemporaryFolder folder;
  const ProgramRun run = RunLab({"run", "--filter", "time.*", "--out", folder.path() + "/deep/er", "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  const Json results = Json::parse(ReadFile(folder.path() + "/deep/er/results.json"));
  EXPECT_TRUE(results.at("complete").get<bool>());
  EXPECT_FALSE(results.at("results").empty());
  const std::string last = LastLine(run.out);
  int passed = 0, failed = -1, skipped = -1;
  EXPECT_EQ(std::sscanf(last.c_str(), "%d passed, %d failed, %d skipped", &passed, &failed, &skipped), 3) << last;
  EXPECT_GT(passed, 0);
  EXPECT_EQ(failed, 0);
}

TEST(Run, AScenarioFileStandsWhereAnIdDoes) {
  const TemporaryFolder folder;
  const ProgramRun printed = RunLab({"explain", "--toml", "time.leaf-expired"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  const std::string file = folder.Write("mine.toml", printed.out);
  const ProgramRun run = RunLab({"run", "--filter", file, "--out", folder.path(), "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_EQ(RunLab({"explain", "--toml", file}).out, printed.out);
  folder.Write("mine.toml", "id = 'mine'\ncolour = 'red'\n");
  const ProgramRun refused = RunLab({"run", "--filter", file, "--out", folder.path()});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("mine.toml:2"), std::string::npos) << refused.err;
}

TEST(Run, ACommandThatNeverConnectsIsNotReachedAndNeverAPass) {
  const TemporaryFolder folder;
  const ProgramRun run =
      RunLab({"run", "--filter", "time.leaf-expired", "--mode", "starttls", "--out", folder.path(), "--", "true"});
  EXPECT_EQ(run.exit_code, 3) << run.out;  // its sanity case fails: nothing it did proves anything
  const Json results = Json::parse(ReadFile(folder.path() + "/results.json"));
  for (const Json& cell : results.at("results")) {
    EXPECT_NE(cell.at("outcome"), "pass") << cell.at("scenario");
  }
}

TEST(Run, AMissingProgramIsAHarnessError) {
  const TemporaryFolder folder;
  const ProgramRun run = RunLab(
      {"run", "--filter", "control.good", "--mode", "starttls", "--out", folder.path(), "--", "no-such-program-here"});
  EXPECT_EQ(run.exit_code, 3) << run.out;
}

struct CurlRun {
  const char* name;
  std::vector<std::string> options;
  int exit_code;
  const char* good_outcome;
  const char* bad_outcome;  // of every bad certificate among the scenarios
};
class CurlTest : public ::testing::TestWithParam<CurlRun> {};

TEST_P(CurlTest, IsJudgedByWhatItGaveAway) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"run",         "--filter", "control.good,time.leaf-expired,name.wrong-host",
                                        "--mode",      "starttls", "--out",
                                        folder.path(), "--",       "curl"};
  arguments.insert(arguments.end(), GetParam().options.begin(), GetParam().options.end());
  for (const char* argument : {"--silent", "--show-error", "--connect-to", "::{address}:{port}", "smtp://{host}:{port}",
                               "--mail-from", "{from}", "--mail-rcpt", "{to}", "--upload-file", "{message}"}) {
    arguments.push_back(argument);
  }
  const ProgramRun run = RunLab(arguments);
  EXPECT_EQ(run.exit_code, GetParam().exit_code) << run.out << run.err;
  const Json results = Json::parse(ReadFile(folder.path() + "/results.json"));
  for (const Json& cell : results.at("results")) {
    if (cell.contains("sanity")) {
      continue;
    }
    EXPECT_EQ(cell.at("outcome"),
              cell.at("scenario") == "control.good" ? GetParam().good_outcome : GetParam().bad_outcome)
        << cell.at("scenario") << ": " << cell.at("sentence");
  }
}

INSTANTIATE_TEST_SUITE_P(Cli, CurlTest,
                         ::testing::Values(CurlRun{"Verifying", {"--ssl-reqd", "--cacert", "{ca}"}, 0, "pass", "pass"},
                                           CurlRun{"Insecure", {"--ssl-reqd", "-k"}, 1, "pass", "accept-bad"},
                                           CurlRun{"InClear", {}, 1, "leak", "leak"}),
                         [](const auto& test) { return std::string(test.param.name); });

// ------------------------------------------------------------------------------------------------ certs, serve

TEST(Certs, ExportsWhatVerifyThenJudges) {
  const TemporaryFolder folder;
  const std::string out = folder.path() + "/pki";
  ASSERT_EQ(RunLab({"certs", "--filter", "control.good,time.leaf-expired", out}).exit_code, 0);
  const auto verify = [&](const std::string& id) {
    return RunLab({"verify", "--chain", out + "/" + id + ".chain.pem", "--ca", out + "/" + id + ".ca.pem", "--host",
                   "mail.bob.test", "--json"})
        .exit_code;
  };
  EXPECT_EQ(verify("control.good"), 0);
  EXPECT_EQ(verify("time.leaf-expired"), 1);
  const Json manifest = Json::parse(ReadFile(out + "/manifest.json"));
  EXPECT_EQ(manifest.at("cases").size(), 2u);
}

// Everything a program needs that walks the folder: no file is missing, and no case without its expectations.
TEST(Certs, ManifestSaysWhatEachCaseIsAndWhereItsFilesAre) {
  const TemporaryFolder folder;
  const std::string out = folder.path() + "/pki";
  ASSERT_EQ(RunLab({"certs", "--now", "2026-03-01T12:00:00Z", out}).exit_code, 0);
  const Json manifest = Json::parse(ReadFile(out + "/manifest.json"));
  const Json listed = Json::parse(RunLab({"list", "--json"}).out);
  std::map<std::string, Json> scenarios;
  for (const Json& scenario : listed) {
    scenarios.emplace(scenario.at("id"), scenario);
  }
  size_t files = 1;  // the manifest
  for (const Json& one : manifest.at("cases")) {
    SCOPED_TRACE(one.at("id"));
    const Json& scenario = scenarios.at(one.at("id"));
    for (const char* member : {"rows", "source", "expect", "exact_clock", "policy_dependent"}) {
      EXPECT_EQ(one.at(member), scenario.at(member)) << member;
    }
    EXPECT_EQ(one.at("time"), "2026-03-01T12:00:00Z");
    EXPECT_FALSE(one.at("host").get<std::string>().empty());
    EXPECT_TRUE(one.at("files").contains("chain"));
    EXPECT_TRUE(one.at("files").contains("ca"));
    for (const auto& [role, name] : one.at("files").items()) {
      EXPECT_TRUE(std::filesystem::is_regular_file(out + "/" + name.get<std::string>())) << role;
      ++files;
    }
  }
  EXPECT_GE(manifest.at("cases").size(), 450u);
  EXPECT_EQ(files, static_cast<size_t>(
                       std::distance(std::filesystem::directory_iterator(out), std::filesystem::directory_iterator())));
}

TEST(Certs, ExportsRevocationDataThatTheVerbVerifyJudgesAlike) {
  const TemporaryFolder folder;
  const std::string out = folder.path() + "/pki";
  const std::string filter =
      "control.ocsp,revocation.ocsp-revoked,control.crl,revocation.crl-leaf-listed,control.crl-online,"
      "revocation.ocsp-online-revoked";
  ASSERT_EQ(RunLab({"certs", "--filter", filter, "--now", "2026-03-01T12:00:00Z", out}).exit_code, 0);
  const auto verify = [&](const std::string& id, std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "verify",        "--chain", out + "/" + id + ".chain.pem", "--ca", out + "/" + id + ".ca.pem", "--host",
        "mail.bob.test", "--time",  "2026-03-01T12:00:00Z"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunLab(arguments).exit_code;
  };
  const auto file = [&](const std::string& id, const char* role) { return out + "/" + id + "." + role; };
  for (const auto& [id, code] : {std::pair<std::string, int>("control.ocsp", 0), {"revocation.ocsp-revoked", 1}}) {
    EXPECT_EQ(verify(id, {"--ocsp", file(id, "staple-0.ocsp.der")}), code) << id;
  }
  for (const auto& [id, code] : {std::pair<std::string, int>("control.crl", 0), {"revocation.crl-leaf-listed", 1}}) {
    EXPECT_EQ(
        verify(id, {"--revocation", "hard", "--crl", file(id, "crl-0.crl.der"), "--crl", file(id, "crl-1.crl.der")}),
        code)
        << id;
  }
  EXPECT_EQ(verify("control.crl-online", {"--crl", file("control.crl-online", "online-crl-0.crl.der")}), 0);
  const std::string revoked = "revocation.ocsp-online-revoked";
  EXPECT_EQ(verify(revoked, {"--ocsp", file(revoked, "online-ocsp-leaf.ocsp.der")}), 1);
}

TEST(Certs, LimboDocumentIsAnsweredByTheVerifierAsItExpects) {
  const ProgramRun certs = RunLab({"certs", "--limbo", "-"});
  ASSERT_EQ(certs.exit_code, 0) << certs.err;
  const Json document = Json::parse(certs.out);
  EXPECT_EQ(document.at("version"), 1);
  const ProgramRun verify = RunLab({"verify", "--limbo"}, certs.out);
  ASSERT_EQ(verify.exit_code, 0) << verify.err;
  const Json answers = Json::parse(verify.out).at("results");
  ASSERT_EQ(answers.size(), document.at("testcases").size());
  EXPECT_GE(answers.size(), 450u);
  for (size_t i = 0; i < answers.size(); ++i) {
    const Json& asked = document.at("testcases")[i];
    EXPECT_EQ(answers[i].at("actual_result"), asked.at("expected_result"))
        << asked.at("id") << ": " << answers[i].at("context");
  }
}

TEST(Certs, LimboFileIsWrittenOverOnlyIfForced) {
  const TemporaryFolder folder;
  const std::string file = folder.Write("limbo.json", "mine");
  EXPECT_EQ(RunLab({"certs", "--filter", "control.good", "--limbo", file}).exit_code, 2);
  EXPECT_EQ(ReadFile(file), "mine");
  EXPECT_EQ(RunLab({"certs", "--filter", "control.good", "--limbo", file, "--force"}).exit_code, 0);
  EXPECT_EQ(Json::parse(ReadFile(file)).at("testcases").size(), 1u);
}

TEST(Certs, RefusesAFolderWithSomethingInIt) {
  const TemporaryFolder folder;
  folder.Write("precious", "mine");
  EXPECT_EQ(RunLab({"certs", "--filter", "control.good", folder.path()}).exit_code, 2);
  EXPECT_EQ(ReadFile(folder.path() + "/precious"), "mine");
  EXPECT_EQ(RunLab({"certs", "--filter", "control.good", "--force", folder.path()}).exit_code, 0);
}

// A user namespace in which no further ones may be made stands for a machine that refuses them.
TEST(Sandbox, WhereItIsRefusedALineSaysSoAndClientsThatTakeAnAddressStillRun) {
  const TemporaryFolder folder;
  const std::string lab =
      "unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_user_namespaces || exit 77; cd " +
      folder.path() +
      "; exec " STARTTLS_LAB_BINARY " run --client curl --filter control.good --mode starttls > out 2> err'";
  const int status = std::system(lab.c_str());
  if (WEXITSTATUS(status) == 77 || !std::filesystem::exists(folder.path() + "/err")) {
    GTEST_SKIP() << "there is no user namespace to refuse others in";
  }
  EXPECT_EQ(WEXITSTATUS(status), 0) << ReadFile(folder.path() + "/err");
  EXPECT_NE(ReadFile(folder.path() + "/err").find("user.max_user_namespaces"), std::string::npos);
  // The scenario, and the two that open and close every client's run.
  EXPECT_EQ(LastLine(ReadFile(folder.path() + "/out")), "5 passed, 0 failed, 0 skipped");
}

TEST(Serve, PrintsALineToTryForEachScenarioAndEndsByItself) {
  const ProgramRun run = RunLab({"serve", "time.leaf-expired", "control.good", "--mode", "both", "--for", "1"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  size_t lines = 0;
  for (size_t at = run.out.find("openssl s_client"); at != std::string::npos;
       at = run.out.find("openssl s_client", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, 4u) << run.out;
}

}  // namespace
}  // namespace lab::testing

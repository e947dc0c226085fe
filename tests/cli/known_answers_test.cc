// What is known of mail programs from elsewhere, and so what the lab must find out by itself: real clients, real
// sockets, the sandbox, the judge and the declarations, from end to end. A program that is not installed is passed
// over.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using Json = nlohmann::json;

struct Answer {
  const char* client;
  const char* scenario;
  const char* outcome;   // as the judge says it, declared or not
  const char* why = "";  // must stand in the sentence
};

// Whom one may believe to verify.
constexpr const char* kBad[] = {"chain.self-signed",         "name.wrong-host",         "name.cn-right-san-wrong",
                                "time.leaf-expired",         "chain.unknown-root",      "usage.eku-client-only",
                                "chain.leaf-signed-by-leaf", "name.wildcard-two-labels"};

std::vector<Answer> Answers() {
  std::vector<Answer> answers = {
      // The chain is checked, the name is not.
      {"openssl.no-name", "chain.self-signed", "pass"},
      {"openssl.no-name", "time.leaf-expired", "pass"},
      {"openssl.no-name", "name.wrong-host", "accept-bad"},
      // The common name counts although a SAN is there.
      {"perl-net-smtp", "name.cn-right-san-wrong", "accept-bad"},
      {"perl-net-smtp", "name.wrong-host", "pass"},
      // GnuTLS is not asked for the purpose.
      {"msmtp", "usage.eku-client-only", "accept-bad"},
      {"msmtp", "name.wrong-host", "pass"},
      // --tls-verify looks at no name.
      {"swaks", "name.wrong-host", "accept-bad"},
      {"swaks", "chain.self-signed", "pass"},
      // The result of the handshake is not looked at: what follows goes over the wire in clear.
      {"php.bare", "chain.self-signed", "leak", "in clear"},
      {"php.bare", "control.good", "pass"},
      // Nobody told them to use TLS.
      {"curl.default", "control.good", "leak", "never tried TLS"},
      {"curl.default", "name.wrong-host", "leak", "never tried TLS"},
      {"msmtp.plain", "control.good", "leak", "never tried TLS"},
      // Who refuses everybody proves nothing.
      {"perl-smtp-tls", "control.good", "reject-good"},
      {"perl-smtp-tls", "name.wrong-host", "not-reached"},
      {"sendemail.tls", "control.good", "reject-good"},
      {"sendemail.tls", "name.wrong-host", "not-reached"},
      {"curl", "smtp.injection-same-segment-ehlo", "pass"},
      {"curl", "control.good", "pass"},
      {"openssl.bare", "control.good", "pass"},
      {"python.default", "control.good", "pass"},
  };
  for (const char* scenario : kBad) {
    answers.push_back({"curl", scenario, "pass"});
    answers.push_back({"openssl.bare", scenario, "accept-bad"});
    answers.push_back({"python.default", scenario, "accept-bad"});
  }
  return answers;
}

std::string Joined(const std::set<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ",") + part;
  }
  return text;
}

// "known (accept-bad): ..." of an expected failure.
std::string OutcomeOf(const Json& cell) {
  const std::string outcome = cell["outcome"], sentence = cell["sentence"], begin = "known (";
  return outcome == "xfail" && sentence.starts_with(begin)
             ? sentence.substr(begin.size(), sentence.find(')') - begin.size())
             : outcome;
}

TEST(KnownAnswers, AreFoundOut) {
  std::set<std::string> wanted, here, scenarios;
  for (const Answer& answer : Answers()) {
    wanted.insert(answer.client);
    scenarios.insert(answer.scenario);
  }
  const ProgramRun list = RunLab({"clients", "list", "--json"});
  ASSERT_EQ(list.exit_code, 0) << list.err;
  const Json clients = Json::parse(list.out);
  for (const Json& client : clients) {
    if (wanted.contains(client["name"]) && client["installed"] == true) {
      here.insert(client["name"]);
    }
  }
  for (const char* always : {"curl", "openssl.bare", "openssl.no-name", "python.default"}) {
    EXPECT_TRUE(here.contains(always)) << always << " is what every machine that tests this project has";
  }
  const TemporaryFolder out;
  const ProgramRun run = RunLab({"run", "--quiet", "--mode", "starttls", "--client", Joined(here), "--filter",
                                 Joined(scenarios), "--out", out.path()},
                                "", "", 240);
  if (run.err.find("no sandbox here") != std::string::npos) {
    GTEST_SKIP() << run.err;  // a container that refuses name spaces: most clients cannot be asked
  }
  EXPECT_EQ(run.exit_code, 0) << "what they do is declared: " << run.out << run.err;
  std::map<std::pair<std::string, std::string>, Json> cells;
  const Json results = Json::parse(ReadFile(out.path() + "/results.json"));
  for (const Json& cell : results["results"]) {
    if (!cell.contains("sanity") || cell["sanity"] == "") {
      cells[{cell["client"].get<std::string>(), cell["scenario"].get<std::string>()}] = cell;
    }
  }
  for (const Answer& answer : Answers()) {
    if (!here.contains(answer.client)) {
      continue;
    }
    const auto found = cells.find({answer.client, answer.scenario});
    ASSERT_NE(found, cells.end()) << answer.client << " " << answer.scenario;
    EXPECT_EQ(OutcomeOf(found->second), answer.outcome) << answer.client << ", " << found->second["sentence"];
    EXPECT_NE(found->second["sentence"].get<std::string>().find(answer.why), std::string::npos)
        << answer.client << ", " << found->second["sentence"];
  }
}

}  // namespace
}  // namespace lab::testing

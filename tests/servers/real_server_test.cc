// `send` and `check` against mail servers that people run: Postfix and OpenSMTPD, unpacked but not installed, each in a
// sandbox of its own with the real ports. They are skipped where the servers are not unpacked (tests/run does it) or
// where a sandbox may not have a range of user ids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "certs/issue.h"
#include "certs/keys.h"
#include "lab/runner/clock.h"
#include "lab/runner/command_client.h"
#include "lab/runner/process.h"
#include "lab/runner/sandbox_probe.h"

namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kServers[] = STARTTLS_LAB_SERVERS;
constexpr char kSources[] = STARTTLS_LAB_SOURCE_DIR "/tests/servers/";

// Dots at the start of lines, and octets above 127.
constexpr char kMessage[] =
    "From: <alice@alice.test>\nTo: <bob@bob.test>\nSubject: real\nMessage-ID: <1@alice.test>\n"
    "Date: Thu, 1 Jan 2026 00:00:00 +0000\n\n.\n..two dots\nGr\xc3\xbc\xc3\x9f"
    "e\n.last\n";

// One line of the session: how many messages the server has when it is done, and the command.
struct Line {
  const char* name;
  int delivered;
  std::string command;
};

const std::string kSend = "starttls-lab send --json --ca /srv/lab/ca.pem --timeout 5 --from alice@alice.test ";
const std::string kToBob = "--to bob@bob.test --message /srv/lab/message ";

std::vector<Line> Session(bool login) {
  std::vector<Line> lines = {
      {"starttls", 1, kSend + kToBob + "--server mail.bob.test"},
      {"implicit", 2, kSend + kToBob + "--server mail.bob.test --implicit"},
      {"another-name", 2, kSend + kToBob + "--server other.bob.test"},
      {"stranger", 2, kSend + "--to eve@eve.test --message /srv/lab/message --server mail.bob.test"},
      {"one-of-two", 3, kSend + "--to nobody@bob.test " + kToBob + "--server mail.bob.test"},
      {"standard-input", 4, "cat /srv/lab/message | " + kSend + "--to bob@bob.test --server mail.bob.test:465"},
      {"check", 4, "starttls-lab check mail.bob.test --json --ca /srv/lab/ca.pem --timeout 5"},
      {"check-another-name", 4, "starttls-lab check other.bob.test:465 --json --ca /srv/lab/ca.pem --timeout 5"},
      {"check-system-trust", 4, "starttls-lab check mail.bob.test --json --timeout 5"}};
  if (login) {
    const std::string user = "--user alice@mail.bob.test --server mail.bob.test ";
    lines.push_back({"login", 5, kSend + kToBob + user + "--password-file /srv/lab/password"});
    lines.push_back(
        {"login-environment", 6, "STARTTLS_LAB_PASSWORD=$(cat /srv/lab/password) " + kSend + kToBob + user});
    lines.push_back({"wrong-password", 6, "STARTTLS_LAB_PASSWORD=wrong " + kSend + kToBob + user});
  }
  return lines;
}

struct Kind {
  const char* name;
  std::vector<std::string> needs;  // files below kServers
  bool login = false;              // it offers AUTH
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
const Kind kPostfix{.name = "postfix", .needs = {"usr/lib/postfix/sbin/smtpd", "usr/sbin/saslpasswd2"}, .login = true};
const Kind kOpenSmtpd{.name = "opensmtpd", .needs = {"usr/sbin/smtpd", "usr/bin/stunnel4"}};

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a line of the session said, and how it ended.
struct Answer {
  std::string text;
  int exit_code = -1;
  json Json() const { return json::parse(text); }
};

struct Record {
  std::string skipped;  // why, if it was
  std::map<std::string, Answer> answers;
  std::string mail, log, all;
};

Record Parse(const std::string& output) {
  Record record{.all = output};
  std::istringstream lines(output);
  std::string name, text;
  const auto put = [&](int exit_code) {
    if (name == "mail") {
      record.mail = text;
    } else if (name == "log") {
      record.log = text;
    } else {
      record.answers[name] = {text, exit_code};
    }
    text.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== exit ")) {
      put(std::stoi(line.substr(9)));
    } else if (line.starts_with("=== ")) {
      if (name == "mail") {
        put(0);
      }
      name = line.substr(4);
      text.clear();
    } else {
      text += line + "\n";
    }
  }
  put(0);
  return record;
}

std::vector<lab::SandboxFile> FilesFor(const Kind& kind) {
  std::string session;
  for (const Line& line : Session(kind.login)) {
    session += line.name + (" " + std::to_string(line.delivered)) + " " + line.command + "\n";
  }
  certs::Issuer issuer(certs::KeyRing::Random(), lab::UnixNow());
  const auto chain = *issuer.Issue(certs::GoodChain());
  const std::string kept = "/srv/lab/";
  return {{kept + "session", session},
          {kept + "session.sh", ReadAll(std::string(kSources) + "session.sh")},
          {kept + kind.name + ".sh", ReadAll(std::string(kSources) + kind.name + ".sh")},
          {kept + "chain.pem", certs::CertificatesToPem(chain->presented)},
          {kept + "ca.pem", certs::CertificatesToPem(chain->trusted)},
          {kept + "key.pem", *certs::PrivateKeyToPem(chain->key.get()), 0600},
          {kept + "password", "correct horse\n"},
          {kept + "message", kMessage}};
}

Record HoldSession(const Kind& kind) {
  for (const std::string& need : kind.needs) {
    if (!std::filesystem::exists(kServers + ("/" + need))) {
      return {.skipped = "not unpacked: " + need};
    }
  }
  if (lab::ProbeSandbox().kind != lab::SandboxKind::kPrivateWithIds) {
    return {.skipped = "a mail server wants to be root and other users, and no range of ids can be mapped here"};
  }
  const std::string binary = STARTTLS_LAB_BINARY;
  const std::string folder = std::filesystem::path(binary).parent_path();
  const std::atomic<bool> stop = false;
  const lab::ProcessResult result = lab::RunProcess(
      {.argv = {"/bin/sh", "/srv/lab/session.sh", kind.name},
       .environment = {"PATH=" + folder + ":" + lab::kSystemPath, "HOME=/home/lab", std::string("SERVERS=") + kServers,
                       // Sanitizers want more memory than a client may have, and to trace it.
                       "ASAN_OPTIONS=detect_leaks=0"},
       .sandbox = lab::SandboxSpec{.files = FilesFor(kind),
                                   .visible = {kServers, binary},
                                   .names = {"mail.bob.test", "other.bob.test"},
                                   .root = true},
       .limits = {.memory = std::numeric_limits<uint64_t>::max()},
       .limit = std::chrono::seconds(60),
       .output_tail = size_t{1} << 20},
      stop);
  if (!result.started) {
    return {.skipped = "", .all = result.error};
  }
  Record record = Parse(result.output);
  record.all += "\nexit code " + std::to_string(result.exit_code) + ", signal " + std::to_string(result.signal) +
                (result.timed_out ? ", timed out" : "");
  return record;
}

// A server is started once, for all that is asked of it.
class RealServerTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    static std::map<std::string, Record> records;
    auto found = records.find(GetParam().name);
    if (found == records.end()) {
      found = records.emplace(GetParam().name, HoldSession(GetParam())).first;
    }
    record_ = &found->second;
    if (!record_->skipped.empty()) {
      GTEST_SKIP() << record_->skipped;
    }
  }

  const Answer& AnswerTo(const std::string& name) const {
    static const Answer kNone;
    const auto found = record_->answers.find(name);
    EXPECT_NE(found, record_->answers.end()) << record_->all;
    return found == record_->answers.end() ? kNone : found->second;
  }
  const Record& record() const { return *record_; }

 private:
  const Record* record_ = nullptr;
};

TEST_P(RealServerTest, TakesTheMessageAsItIs) {
  EXPECT_EQ(AnswerTo("starttls").exit_code, 0) << record().all;
  // Without the header that the server put on top, and with whatever line ends it keeps.
  std::string mail = record().mail;
  std::erase(mail, '\r');
  EXPECT_THAT(mail, HasSubstr(kMessage)) << record().log;
}

TEST_P(RealServerTest, IsVerifiedByItsName) {
  const json answer = AnswerTo("starttls").Json();
  EXPECT_EQ(answer.at("verdict"), "ok");
  EXPECT_EQ(answer.at("matched_name"), "DNS:mail.bob.test");
  EXPECT_EQ(answer.at("stage"), "delivered");
}

TEST_P(RealServerTest, SpeaksImplicitTls) {
  EXPECT_EQ(AnswerTo("implicit").exit_code, 0) << record().all;
  EXPECT_EQ(AnswerTo("standard-input").exit_code, 0) << record().all;
}

TEST_P(RealServerTest, GetsNothingUnderAnotherName) {
  EXPECT_EQ(AnswerTo("another-name").exit_code, 1);
  const json answer = AnswerTo("another-name").Json();
  EXPECT_EQ(answer.at("verdict"), "name-mismatch@0");
  EXPECT_EQ(answer.at("verified"), false);
  EXPECT_THAT(answer.at("recipients"), testing::IsEmpty());
}

TEST_P(RealServerTest, RefusesAStrangersRecipient) {
  EXPECT_EQ(AnswerTo("stranger").exit_code, 1);
  const json answer = AnswerTo("stranger").Json();
  EXPECT_EQ(answer.at("verdict"), "command-refused@0");
  EXPECT_EQ(answer.at("delivered"), false);
}

TEST_P(RealServerTest, DeliversToTheRecipientsThatItTakes) {
  EXPECT_EQ(AnswerTo("one-of-two").exit_code, 1);
  const json answer = AnswerTo("one-of-two").Json();
  EXPECT_EQ(answer.at("delivered"), true);
  EXPECT_EQ(answer.at("recipients").at(0).at("code").get<int>() / 100, 5);
  EXPECT_EQ(answer.at("recipients").at(1).at("code").get<int>() / 100, 2);
}

TEST_P(RealServerTest, IsLookedAtWithoutBeingGivenAnything) {
  EXPECT_EQ(AnswerTo("check").exit_code, 0) << record().all;
  const json answer = AnswerTo("check").Json();
  EXPECT_EQ(answer.at("ok"), true);
  EXPECT_EQ(answer.at("stage"), "verified");
  for (const json& line : answer.at("dialogue")) {
    EXPECT_THAT(line.at("text").get<std::string>(), Not(testing::StartsWith("MAIL")));
  }
}

TEST_P(RealServerTest, IsRefusedByEveryReasonThatHolds) {
  EXPECT_EQ(AnswerTo("check-another-name").exit_code, 1);
  EXPECT_EQ(AnswerTo("check-another-name").Json().at("verdict"), "name-mismatch@0");
  EXPECT_EQ(AnswerTo("check-system-trust").exit_code, 2) << "the sandbox's trust store is empty: an unusable file";
}

TEST_P(RealServerTest, TakesTheBestLoginThatItOffers) {
  if (!GetParam().login) {
    GTEST_SKIP() << "it offers no AUTH here";
  }
  EXPECT_EQ(AnswerTo("login").exit_code, 0) << record().all;
  EXPECT_EQ(AnswerTo("login").Json().at("mechanism"), "SCRAM-SHA-256");
  EXPECT_EQ(AnswerTo("login-environment").exit_code, 0);
}

TEST_P(RealServerTest, RefusesAWrongPassword) {
  if (!GetParam().login) {
    GTEST_SKIP() << "it offers no AUTH here";
  }
  EXPECT_EQ(AnswerTo("wrong-password").exit_code, 1);
  const json answer = AnswerTo("wrong-password").Json();
  EXPECT_EQ(answer.at("verdict"), "command-refused@0");
  EXPECT_EQ(answer.at("stage"), "verified");
}

INSTANTIATE_TEST_SUITE_P(Servers, RealServerTest, testing::Values(kPostfix, kOpenSmtpd),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace

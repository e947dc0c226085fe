// The verb `verify` in process: exit codes for good, bad and unreadable input, and JSON. The x509-limbo contract is
// limbo_test.cc.
#include "lab/cli/verify.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "certs/spec.h"
#include "lab/cli/exit_code.h"
#include "tests/verifier/issued_chain.h"

namespace {

using nlohmann::json;
using verifier_test::kNow;

std::string PemOf(const std::vector<certs::Bytes>& certificates) { return certs::CertificatesToPem(certificates); }

// ------------------------------------------------------------------------------------------------ files

class VerifyFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / ("verify_test_" + std::string(info->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  // Runs the verb on a chain and its anchors.
  int Run(const certs::ChainSpec& spec, const std::string& host) {
    const auto chain = verifier_test::QuestionOf(spec).chain;
    return Run({.chain_file = File("chain.pem", PemOf(chain->presented)),
                .ca_file = File("ca.pem", PemOf(chain->trusted)),
                .host = host,
                .now = kNow,
                .json = true});
  }
  int Run(const lab::VerifyOptions& options) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const int code = RunVerify(options, in, out, err);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  std::filesystem::path folder_;
  std::string out_, err_;
};

TEST_F(VerifyFiles, AcceptAGoodChain) {
  EXPECT_EQ(Run(certs::GoodChain(), "mail.bob.test"), lab::kExitOk);
  const json report = json::parse(out_);
  EXPECT_EQ(report["verdict"], "ok");
  EXPECT_EQ(report["path"].size(), 3U);
  EXPECT_TRUE(report["path"][2]["anchor"]);
  EXPECT_TRUE(report["defects"].empty());
}

TEST_F(VerifyFiles, ReportEveryDefectOfABadChain) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().not_before = {std::chrono::hours(-48)};
  chain.leaf().not_after = {std::chrono::hours(-24)};
  EXPECT_EQ(Run(chain, "mail.eve.test"), lab::kExitUnexpected);
  const json report = json::parse(out_);
  EXPECT_EQ(report["verdict"], "expired@0");
  ASSERT_EQ(report["defects"].size(), 2U);
  EXPECT_EQ(report["defects"][1]["reason"], "name-mismatch");
  EXPECT_EQ(report["defects"][1]["clause"], "RFC 9525 6.6");
}

TEST_F(VerifyFiles, ArePrintedWithoutAControlCharacter) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().subject = certs::CommonName("\x1b[31m\r\n");
  chain.leaf().san->names = {certs::Dns("\x1b]0;x\x07.bob.test")};
  const auto issued = verifier_test::QuestionOf(chain).chain;
  const int code = Run({.chain_file = File("chain.pem", PemOf(issued->presented)),
                        .ca_file = File("ca.pem", PemOf(issued->trusted)),
                        .host = "mail.bob.test\x1b",
                        .now = kNow});
  EXPECT_EQ(code, lab::kExitUnexpected);
  EXPECT_EQ(out_.find_first_of("\x1b\r\x07"), std::string::npos);
}

TEST_F(VerifyFiles, AreJudgedByTheRulesOfAProfile) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.root().name_constraints = std::nullopt;
  chain.leaf().san->names = {certs::Dns("m*.bob.test")};
  const auto issued = verifier_test::QuestionOf(chain).chain;
  lab::VerifyOptions options{.chain_file = File("chain.pem", PemOf(issued->presented)),
                             .ca_file = File("ca.pem", PemOf(issued->trusted)),
                             .host = "mail.bob.test",
                             .now = kNow};
  EXPECT_EQ(Run(options), lab::kExitUnexpected);
  options.profile = "openssl";
  EXPECT_EQ(Run(options), lab::kExitOk) << out_;
  options.profile = "nobody";
  EXPECT_EQ(Run(options), lab::kExitUsage);
  EXPECT_NE(err_, "");
}

TEST_F(VerifyFiles, AreJudgedByTlsaRecordsWithoutAnAnchor) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().not_after = {std::chrono::hours(-24)};
  chain.leaf().not_before = {std::chrono::hours(-48)};
  const auto issued = verifier_test::QuestionOf(chain).chain;
  lab::VerifyOptions options{.chain_file = File("chain.pem", PemOf(issued->presented)),
                             .host = "mail.bob.test",
                             .now = kNow,
                             .tlsa = {"3 0 0 " + certs::ToHex(issued->presented.front())}};
  EXPECT_EQ(Run(options), lab::kExitOk) << out_ << err_;
  options.tlsa = {"3 0 1 " + std::string(64, '0')};
  EXPECT_EQ(Run(options), lab::kExitUnexpected);
  EXPECT_NE(out_.find("tlsa-mismatch"), std::string::npos);
  for (const char* bad :
       {"", "3", "3 1 1", "3 1 1 xy", "3 1 1 abc", "256 1 1 ab", "-1 1 1 ab", "3 1 1 ab cd", "a b c d"}) {
    options.tlsa = {bad};
    EXPECT_EQ(Run(options), lab::kExitUsage) << bad;
    EXPECT_EQ(out_, "");
  }
}

// The hash that PHP and OpenSSL show, and name files by.
TEST_F(VerifyFiles, AreShownWithTheHashOfTheirSubject) {
  Run(certs::GoodChain(), "mail.bob.test");
  const std::string ours = json::parse(out_)["path"][2]["subject_hash"];
  const std::string command = "openssl x509 -noout -subject_hash -in '" + folder_.string() + "/ca.pem'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  char theirs[16] = {};
  ASSERT_TRUE(pipe && fgets(theirs, sizeof theirs, pipe.get()) != nullptr);
  EXPECT_EQ(ours + "\n", theirs);
}

TEST_F(VerifyFiles, MustBeThereAndBePem) {
  const std::string good = File("good.pem", PemOf(verifier_test::QuestionOf(certs::GoodChain()).chain->presented));
  const std::string text = File("text.pem", "no certificate here\n");
  const std::string garbage = File("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const auto code = [&](const std::string& chain, const std::string& ca) {
    const int exit_code = Run({.chain_file = chain, .ca_file = ca, .host = "mail.bob.test", .now = kNow});
    EXPECT_EQ(err_.empty(), exit_code != lab::kExitUsage);
    return exit_code;
  };
  EXPECT_EQ(code(folder_.string() + "/missing.pem", good), lab::kExitUsage);
  EXPECT_EQ(code(good, folder_.string() + "/missing.pem"), lab::kExitUsage);
  EXPECT_EQ(code(folder_.string(), good), lab::kExitUsage);
  EXPECT_EQ(code(text, good), lab::kExitUsage);
  EXPECT_EQ(code(good, text), lab::kExitUsage);
  EXPECT_EQ(code(good, garbage), lab::kExitUsage);
  EXPECT_EQ(code(garbage, good), lab::kExitUnexpected);  // a verdict: the server's certificate is malformed
}

}  // namespace

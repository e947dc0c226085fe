// The verbs `check` and `send` in process, against the fake server on loopback: verdicts, exit codes, and what a
// hostile server can make them print. (check_dns_test.cc has what the DNS adds.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/live_fixture.h"

namespace lab {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// ------------------------------------------------------------------------------------------------ check: verdicts

TEST_F(LiveVerbTest, CheckVerifiesAGoodServerInBothModes) {
  for (const auto mode : {fakeserver::TlsMode::kStartTls, fakeserver::TlsMode::kImplicit}) {
    Serve(GoodWorld(), mode);
    EXPECT_EQ(Check(Options()), kExitOk) << out_ << err_;
    EXPECT_EQ(Answer().at("verdict"), "ok");
    EXPECT_EQ(Answer().at("matched_name"), "DNS:mail.bob.test");
    EXPECT_EQ(Answer().at("tls").at("version"), "TLSv1.3");
    EXPECT_EQ(Answer().at("tlsrpt").at("result_type"), "");
  }
}

TEST_F(LiveVerbTest, CheckSaysWhatEachCertificateIs) {
  Serve(GoodWorld());
  Check(Options());
  const json leaf = Answer().at("presented").at(0);
  for (const char* fact : {"subject", "issuer", "serial", "not_before", "not_after", "key", "signature_algorithm"}) {
    EXPECT_NE(leaf.at(fact), "") << fact;
  }
  EXPECT_EQ(leaf.at("version"), 3);
  EXPECT_THAT(leaf.at("names"), Contains("DNS:mail.bob.test"));
  EXPECT_EQ(leaf.at("sha256").get<std::string>().size(), 64u);
  EXPECT_EQ(leaf.at("spki_sha256").get<std::string>().size(), 64u);
  EXPECT_GT(leaf.at("seconds_left").get<int64_t>(), 0);
  EXPECT_FALSE(leaf.at("extensions").empty());
  EXPECT_EQ(Answer().at("path").back().at("anchor"), true);
}

struct Refusal {
  const char* scenario;
  const char* verdict;
  const char* result_type;  // RFC 8460 4.3
};
constexpr Refusal kRefusals[] = {{"name.wrong-host", "name-mismatch@0", "certificate-host-mismatch"},
                                 {"chain.self-signed", "self-signed@0", "certificate-not-trusted"},
                                 {"chain.unknown-root", "unknown-issuer@1", "certificate-not-trusted"},
                                 {"time.leaf-expired", "expired@0", "certificate-expired"},
                                 {"revocation.ocsp-revoked", "revoked@0", "certificate-not-trusted"},
                                 {"revocation.must-staple-leaf-none", "must-staple@0", "certificate-not-trusted"}};

TEST_F(LiveVerbTest, CheckRefusesWithTheReason) {
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.scenario);
    Serve(refusal.scenario);
    EXPECT_EQ(Check(Options()), kExitUnexpected) << out_ << err_;
    EXPECT_EQ(Answer().at("verdict"), refusal.verdict);
    EXPECT_EQ(Answer().at("tlsrpt").at("result_type"), refusal.result_type);
    EXPECT_NE(Answer().at("refusals").at(0).at("clause"), "");
  }
}

TEST_F(LiveVerbTest, CheckBelievesTheListsThatItIsGiven) {
  Serve("revocation.crl-leaf-listed");
  LiveOptions options = Options();
  EXPECT_EQ(Check(options), kExitOk) << out_ << err_;
  options.status.crl_files = {Lists()};
  EXPECT_EQ(Check(options), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "revoked@0");
  EXPECT_EQ(Answer().at("refusals").at(0).at("reason"), "revoked");
}

TEST_F(LiveVerbTest, CheckInsistsAsMuchAsItIsTold) {
  Serve(GoodWorld());
  LiveOptions options = Options();
  options.status.revocation = "hard";
  EXPECT_EQ(Check(options), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "revocation-unknown@1");
  options.status.revocation = "mostly";
  EXPECT_EQ(Check(options), kExitUsage);
}

TEST_F(LiveVerbTest, CheckReportsEveryReasonAtOnce) {
  World world = FindScenario("time.leaf-expired")->world;
  world.reference = "mail.alice.test";
  Serve(world);
  EXPECT_EQ(Check(Options()), kExitUnexpected);
  std::vector<std::string> reasons;
  const json answer = Answer();
  for (const json& refusal : answer.at("refusals")) {
    reasons.push_back(refusal.at("reason"));
  }
  EXPECT_THAT(reasons, testing::ElementsAre("expired", "name-mismatch"));
}

TEST_F(LiveVerbTest, CheckSaysWhatTheMatcherMakesOfEveryName) {
  Serve("name.wrong-host");
  Check(Options());
  const json names = Answer().at("names");
  EXPECT_EQ(names.at("reference"), "DNS-ID mail.bob.test");
  ASSERT_FALSE(names.at("presented").empty());
  for (const json& one : names.at("presented")) {
    EXPECT_EQ(one.at("match"), false);
    EXPECT_NE(one.at("reason"), "");
  }
}

TEST_F(LiveVerbTest, CheckJudgesAtTheTimeThatItIsTold) {
  Serve("time.leaf-expired");
  LiveOptions options = Options();
  constexpr int64_t kBeforeItExpired = 11 * 86400;
  options.now = UnixNow() - kBeforeItExpired;
  EXPECT_EQ(Check(options), kExitOk) << out_ << err_;
}

TEST_F(LiveVerbTest, CheckFollowsTheProfile) {
  Serve("name.wildcard-partial-left");
  LiveOptions options = Options();
  EXPECT_EQ(Check(options), kExitUnexpected);
  options.profile = "openssl";
  EXPECT_EQ(Check(options), kExitOk) << out_ << err_;
}

TEST_F(LiveVerbTest, CheckRefusesAServerWithoutStartTls) {
  World world = GoodWorld();
  std::erase(world.smtp.capabilities_clear, "STARTTLS");
  Serve(world);
  EXPECT_EQ(Check(Options()), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "starttls-not-offered@0");
  EXPECT_EQ(Answer().at("tlsrpt").at("result_type"), "starttls-not-supported");
  EXPECT_THAT(Answer().at("presented"), IsEmpty());
}

TEST_F(LiveVerbTest, CheckGivesAwayNothing) {
  Serve(GoodWorld());
  Check(Options());
  const json answer = Answer();
  for (const json& line : answer.at("dialogue")) {
    if (line.at("from") == "client") {
      EXPECT_THAT(line.at("text").get<std::string>(), testing::MatchesRegex("(EHLO .*|STARTTLS|QUIT)"));
    }
  }
}

TEST_F(LiveVerbTest, CheckTellsWhetherTheBannerNamesTheHost) {
  Serve(GoodWorld());
  Check(Options());
  EXPECT_EQ(Answer().at("signals").at(0).at("standing"), "for");
  World world = GoodWorld();
  world.smtp.host = "mail.eve.test";
  Serve(world);
  EXPECT_EQ(Check(Options()), kExitOk) << "a signal is no verdict";
  EXPECT_EQ(Answer().at("signals").at(0).at("standing"), "against");
}

TEST_F(LiveVerbTest, CheckPrintsNoControlCharacterOfAServer) {
  as_json_ = false;
  World world = GoodWorld();
  world.smtp.host = "mail.\x1b[2Jbob.test\x07";
  world.chain.leaf().subject = certs::CommonName("\x1b]0;owned\x07 bob");
  Serve(world);
  Check(Options());
  EXPECT_THAT(out_, HasSubstr("dialogue"));
  EXPECT_THAT(out_, Each(testing::AnyOf('\n', testing::Ge(' '), testing::Lt('\0'))));
  EXPECT_THAT(out_, Not(HasSubstr("\x7f")));
}

// ------------------------------------------------------------------------------------------------ bad input

TEST_F(LiveVerbTest, UnusableArgumentsAreUsageErrors) {
  Serve(GoodWorld());
  const auto usage = [&](auto edit) {
    LiveOptions options = Options();
    edit(options);
    const int code = Check(options);
    EXPECT_EQ(out_, "");
    EXPECT_NE(err_, "");
    return code == kExitUsage;
  };
  EXPECT_TRUE(usage([](LiveOptions& o) { o.server = ""; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.server = "mail bob.test"; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.server = "mail.bob.test:25"; }));  // and --port
  EXPECT_TRUE(usage([](LiveOptions& o) { o.port = 70000; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.ca = "/nonexistent.pem"; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.ca = "/dev/null"; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.profile = "nobody"; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.address = "not-an-address"; }));
  EXPECT_TRUE(usage([](LiveOptions& o) { o.implicit = o.starttls = true; }));
}

TEST_F(LiveVerbTest, AHostThatCannotBeReachedIsNoVerdict) {
  Serve(GoodWorld());
  LiveOptions options = Options();
  options.port = 1;  // nobody listens there
  EXPECT_EQ(Check(options), kExitHarness);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, HasSubstr("port 1"));
}

TEST(EndpointTest, TakesTheServerApart) {
  using verifier::TlsMode;
  const auto of = [](const LiveOptions& options) { return EndpointOf(options).value_or(Endpoint{}); };
  EXPECT_EQ(of({.server = "mail.bob.test"}), (Endpoint{"mail.bob.test", 587, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "mail.bob.test:25"}), (Endpoint{"mail.bob.test", 25, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "mail.bob.test:465"}), (Endpoint{"mail.bob.test", 465, TlsMode::kImplicit}));
  EXPECT_EQ(of({.server = "mail.bob.test", .implicit = true}), (Endpoint{"mail.bob.test", 465, TlsMode::kImplicit}));
  EXPECT_EQ(of({.server = "m:465", .starttls = true}), (Endpoint{"m", 465, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "192.0.2.1:25"}), (Endpoint{"192.0.2.1", 25, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "2001:db8::1"}), (Endpoint{"2001:db8::1", 587, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "[2001:db8::1]:25"}), (Endpoint{"2001:db8::1", 25, TlsMode::kStartTls}));
  EXPECT_EQ(of({.server = "[2001:db8::1]", .port = 26}), (Endpoint{"2001:db8::1", 26, TlsMode::kStartTls}));
  for (const char* server : {"", ":25", "m:", "m:0", "m:65536", "m:x", "m:25x", "[::1]:"}) {
    EXPECT_FALSE(EndpointOf({.server = server}).has_value()) << server;
  }
}

// ------------------------------------------------------------------------------------------------ send

TEST_F(LiveVerbTest, SendDeliversToAVerifiedServer) {
  Serve(GoodWorld());
  EXPECT_EQ(Send({.live = Options(), .from = "a@alice.test", .to = {"b@bob.test"}, .json = true}, "Subject: x\n\nx\n"),
            kExitOk)
      << out_ << err_;
  EXPECT_EQ(Answer().at("delivered"), true);
}

TEST_F(LiveVerbTest, SendGivesAnotherServerNothing) {
  Serve("name.wrong-host");
  EXPECT_EQ(Send({.live = Options(), .from = "a@alice.test", .to = {"b@bob.test"}, .json = true}, "Subject: x\n\nx\n"),
            kExitUnexpected);
  EXPECT_EQ(Answer().at("delivered"), false);
  EXPECT_EQ(Answer().at("verdict"), "name-mismatch@0");
}

TEST_F(LiveVerbTest, SendWithAWrongPasswordIsRefused) {
  Serve("transaction.auth-answered-535");
  SendOptions options{.live = Options(), .from = "a@alice.test", .to = {"b@bob.test"}, .json = true};
  options.user = "bob";
  options.password_file = PasswordFile("secret\n");
  EXPECT_EQ(Send(options, "Subject: x\n\nx\n"), kExitUnexpected);
  EXPECT_EQ(Answer().at("verdict"), "command-refused@0");
  EXPECT_EQ(Answer().at("delivered"), false);
  EXPECT_THAT(out_, Not(HasSubstr("secret")));
}

TEST_F(LiveVerbTest, SendToNobodyIsNoVerdict) {
  Serve(GoodWorld());
  LiveOptions options = Options();
  options.port = 1;  // nobody listens there
  EXPECT_EQ(Send({.live = options, .from = "a@alice.test", .to = {"b@bob.test"}}, "Subject: x\n\nx\n"), kExitHarness);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, testing::MatchesRegex("starttls-lab: [^\n]*port 1[^\n]*\n"));
}

TEST_F(LiveVerbTest, SendRefusesWhatItCannotSendBeforeItConnects) {
  Serve(GoodWorld());
  const SendOptions good{.live = Options(), .from = "a@alice.test", .to = {"b@bob.test"}};
  const auto usage = [&](auto edit, const std::string& message) {
    SendOptions options = good;
    edit(options);
    return Send(options, message) == kExitUsage && out_.empty() && !err_.empty();
  };
  EXPECT_TRUE(usage([](SendOptions& o) { o.to.clear(); }, "\n"));
  EXPECT_TRUE(usage([](SendOptions& o) { o.to = {"b@bob.test>\r\nDATA"}; }, "\n"));
  EXPECT_TRUE(usage([](SendOptions& o) { o.message = "/nonexistent"; }, "\n"));
  EXPECT_TRUE(usage([](SendOptions& o) { o.user = "alice"; }, "\n")) << "no password";
  EXPECT_TRUE(usage([](SendOptions& o) { o.password_file = "/dev/null"; }, "\n")) << "no user";
  EXPECT_TRUE(usage([](SendOptions&) {}, std::string(2000, 'x') + "\n")) << "too long a line";
  EXPECT_THAT(Transcripts(), IsEmpty());
}

}  // namespace
}  // namespace lab

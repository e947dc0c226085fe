// MTA-STS by RFC 8461, row by row of the requirements (ST-1 ... ST-13).
#include "lab/verifier/mta_sts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verifier {
namespace {

using testing::ElementsAre;

DnsAnswer Txt(const std::vector<std::string>& texts) {
  DnsAnswer answer{.status = DnsStatus::kAnswer};
  for (const std::string& text : texts) {
    answer.records.push_back({.owner = "_mta-sts.bob.test", .type = DnsType::kTxt, .text = text});
  }
  return answer;
}

// ST-8.
TEST(StsRecord, HasAnId) {
  EXPECT_EQ(StsIdOf(Txt({"v=STSv1; id=20160831085700Z;"})), "20160831085700Z");
  EXPECT_EQ(StsIdOf(Txt({"v=STSv1;id=1"})), "1");
  EXPECT_EQ(StsIdOf(Txt({"v=STSv1 ; id=1 ; x-more=a,b"})), "1");
  EXPECT_EQ(StsIdOf(Txt({"v=spf1 -all", "v=STSv1; id=1", "v=STSv10; id=2"})), "1");
}

TEST(StsRecord, IsNoneIfItIsNotExactlyOneWellFormedRecord) {
  for (const std::vector<std::string>& texts : std::vector<std::vector<std::string>>{
           {},
           {"v=STSv1; id=1", "v=STSv1; id=1"},
           {"id=1; v=STSv1"},
           {"V=STSv1; id=1"},
           {" v=STSv1; id=1"},
           {"v=STSv1"},
           {"v=STSv1;"},
           {"v=STSv1; id="},
           {"v=STSv1; id=a-b"},
           {"v=STSv1; id=" + std::string(33, '1')},
           {"v=STSv1; ; id=1"},
           {"v=STSv1; junk; id=1"},
           {"v=STSv1; id=1; id="},
           {"v=STSv1; id=1; x="},
           {"v=STSv2; id=1"},
       }) {
    EXPECT_EQ(StsIdOf(Txt(texts)), std::nullopt) << testing::PrintToString(texts);
  }
  EXPECT_EQ(StsIdOf(Txt({"v=STSv1; id=" + std::string(32, '1')})), std::string(32, '1'));
}

constexpr std::string_view kGood =
    "version: STSv1\r\nmode: enforce\r\nmx: mail.bob.test\r\nmx: *.bob.test\r\nmax_age: 604800\r\n";

TEST(StsPolicy, IsRead) {
  const auto policy = ParseStsPolicy(kGood);
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  EXPECT_EQ(*policy, (StsPolicy{.mode = StsMode::kEnforce, .mx = {"mail.bob.test", "*.bob.test"}, .max_age = 604800}));
}

// ST-9.
TEST(StsPolicy, ToleratesWhatTheStandardTellsItTo) {
  const auto mode = [](std::string_view text) {
    const auto policy = ParseStsPolicy(text);
    return policy ? std::optional(policy->mode) : std::nullopt;
  };
  EXPECT_EQ(mode("mx: a.test\nmax_age: 1\nmode: enforce\nversion: STSv1"), StsMode::kEnforce);
  EXPECT_EQ(mode("version: STSv1\nmode: enforce\nmode: none\nmx: a.test\nmax_age: 1\nmax_age: x\nversion: 2\n"),
            StsMode::kEnforce);
  EXPECT_EQ(mode("version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1\nfuture-field: whatever\n"), StsMode::kTesting);
  EXPECT_EQ(mode("version: STSv1\nmode: none\nmax_age: 86400\n"), StsMode::kNone);
  EXPECT_EQ(mode("version:STSv1\nmode:   enforce  \nmx:\ta.test\nmax_age: 31557600\n\n"), StsMode::kEnforce);
}

TEST(StsPolicy, IsRefusedIfMalformed) {
  const std::string good(kGood);
  const auto without = [&](const std::string& line) {
    std::string text = good;
    return text.erase(text.find(line), text.find('\n', text.find(line)) - text.find(line) + 1);
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text : {std::string(),
                                  without("version"),
                                  without("mode"),
                                  without("max_age"),
                                  with("STSv1", "STSv2"),
                                  with("enforce", "Enforce"),
                                  with("enforce", ""),
                                  with("604800", "-1"),
                                  with("604800", "31557601"),
                                  with("604800", "1 day"),
                                  with("604800", "99999999999999999999"),
                                  with("*.bob.test", "mail.*.test"),
                                  with("*.bob.test", "*"),
                                  with("*.bob.test", "*bob.test"),
                                  with("*.bob.test", ""),
                                  with("*.bob.test", "127.0.0.1"),
                                  with("*.bob.test", "a b"),
                                  with("*.bob.test", "bob.test."),
                                  good + "no colon\r\n",
                                  std::string("<html>not found</html>"),
                                  good + std::string(kMaxStsPolicy, '\n'),
                                  std::string("version: STSv1\nmode: enforce\nmax_age: 1\n")}) {
    const auto policy = ParseStsPolicy(text);
    EXPECT_FALSE(policy.has_value()) << text.substr(0, 200);
    EXPECT_EQ(policy ? certs::ErrorCode::kInternal : policy.error().code, certs::ErrorCode::kBadInput);
  }
}

// ST-4.
TEST(StsPolicy, MatchesHostsExactlyOrByOneLabel) {
  const StsPolicy policy{.mx = {"mail.bob.test", "*.mx.bob.test"}};
  EXPECT_TRUE(MatchesPolicy("mail.bob.test", policy));
  EXPECT_TRUE(MatchesPolicy("Mail.Bob.TEST", policy));
  EXPECT_TRUE(MatchesPolicy("mail.bob.test.", policy));
  EXPECT_TRUE(MatchesPolicy("a.mx.bob.test", policy));
  for (const char* host : {"mx.bob.test", "a.b.mx.bob.test", ".mx.bob.test", "amx.bob.test", "bob.test", "",
                           "mail.bob.test.evil.test", "*.mx.bob.test.", "xmail.bob.test"}) {
    EXPECT_EQ(MatchesPolicy(host, policy), std::string_view(host) == "*.mx.bob.test.") << host;
  }
}

// ------------------------------------------------------------------------------------------------ the cache

const StsPolicy kEnforced{.mode = StsMode::kEnforce, .mx = {"mail.bob.test"}, .max_age = 1000};
const StsPolicy kTested{.mode = StsMode::kTesting, .mx = {"mail.bob.test"}, .max_age = 1000};

class StsDeciding : public testing::Test {
 protected:
  StsDecision Decide(const DnsAnswer& txt, const StsFetch* fetch, int64_t now) {
    return DecideSts("bob.test", txt, fetch, now, cache_);
  }
  StsCache cache_;
  const StsFetch fetched_{.policy = kEnforced};
  const StsFetch failed_{.detail = "404"};
};

TEST_F(StsDeciding, KeepsAPolicyUntilItsTimeIsOver) {
  EXPECT_TRUE(cache_.NeedsFetch("bob.test", "1", 0));
  EXPECT_TRUE(Decide(Txt({"v=STSv1; id=1"}), &fetched_, 0).enforced());
  EXPECT_FALSE(cache_.NeedsFetch("bob.test", "1", 999));
  EXPECT_TRUE(cache_.NeedsFetch("bob.test", "2", 999));
  EXPECT_TRUE(cache_.NeedsFetch("bob.test", "1", 1000));
  // ST-7: DNS and HTTPS are blocked; still enforced, for as long as it was said.
  EXPECT_TRUE(Decide({.status = DnsStatus::kServFail}, nullptr, 999).enforced());
  EXPECT_TRUE(Decide({.status = DnsStatus::kServFail}, nullptr, 999).from_cache);
  EXPECT_FALSE(Decide({.status = DnsStatus::kServFail}, nullptr, 1000).enforced());
  EXPECT_TRUE(Decide(Txt({"v=STSv1; id=2"}), &failed_, 999).enforced());
}

// ST-6.
TEST_F(StsDeciding, WithoutAPolicyNothingIsDemanded) {
  const StsDecision decision = Decide(Txt({"v=STSv1; id=1"}), &failed_, 0);
  EXPECT_FALSE(decision.demands());
  EXPECT_TRUE(decision.failure.has_value());
  EXPECT_FALSE(Decide(Txt({}), nullptr, 0).demands());
}

// ST-10: the domain itself and no other.
TEST_F(StsDeciding, APolicyIsForItsDomainOnly) {
  Decide(Txt({"v=STSv1; id=1"}), &fetched_, 0);
  EXPECT_FALSE(DecideSts("sub.bob.test", Txt({}), nullptr, 1, cache_).demands());
}

TEST_F(StsDeciding, ANewIdReplacesThePolicy) {
  Decide(Txt({"v=STSv1; id=1"}), &fetched_, 0);
  const StsFetch newer{.policy = kTested};
  const StsDecision decision = Decide(Txt({"v=STSv1; id=2"}), &newer, 10);
  EXPECT_TRUE(decision.demands());
  EXPECT_FALSE(decision.enforced());
  EXPECT_EQ(cache_.Find("bob.test", 10)->id, "2");
}

TEST_F(StsDeciding, MaxAgeZeroIsForgottenAtOnce) {
  Decide(Txt({"v=STSv1; id=1"}), &fetched_, 0);
  StsFetch over{.policy = kEnforced};
  over.policy->max_age = 0;
  Decide(Txt({"v=STSv1; id=2"}), &over, 1);
  EXPECT_EQ(cache_.Find("bob.test", 1), nullptr);
}

}  // namespace
}  // namespace verifier

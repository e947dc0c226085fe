#include "certs/verdict.h"

#include <gtest/gtest.h>

#include <set>

namespace certs {
namespace {

TEST(Reason, HasAUniqueNameThatLeadsBackToIt) {
  std::set<std::string_view> names;
  for (int i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(Name(reason)).second) << Name(reason);
    EXPECT_EQ(ReasonByName(Name(reason)), reason) << Name(reason);
  }
}

TEST(Reason, IsNamedInLowerCaseKebabAndSaysItsClause) {
  for (int i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(Name(reason).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    EXPECT_NE(Sentence(reason), "") << Name(reason);
    EXPECT_EQ(Clause(reason).empty(), reason == Reason::kOk) << Name(reason);
  }
}

TEST(Reason, IsNothingForAnUnknownName) {
  EXPECT_EQ(ReasonByName("no-such-reason"), std::nullopt);
  EXPECT_EQ(ReasonByName(""), std::nullopt);
}

TEST(Reason, IsCalledUnknownBeyondTheLast) {
  for (const int number : {kReasonCount, 255}) {
    EXPECT_EQ(Name(static_cast<Reason>(number)), "unknown");
  }
}

TEST(Verdict, IsGoodUnlessItSaysOtherwise) {
  EXPECT_TRUE(Verdict{}.ok());
  EXPECT_FALSE(Verdict{Reason::kExpired}.ok());
}

TEST(Verdict, IsWrittenWithItsDepth) {
  EXPECT_EQ(ToString(Verdict{}), "ok");
  EXPECT_EQ(ToString(Verdict{Reason::kExpired, 1}), "expired@1");
}

}  // namespace
}  // namespace certs

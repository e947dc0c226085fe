// Laws that hold for every name, tried on many: from a fixed seed, so that a failure comes back.
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "certs/bytes.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"

namespace verifier {
namespace {

constexpr uint32_t kSeed = 20250101;
constexpr int kRounds = 5000;

// Draws names that are often valid, often nearly so, and often nearly equal.
class Draw {
 public:
  size_t Below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random_); }

  std::string Name() {
    std::string name = Label();
    for (size_t more = Below(5); more > 0; --more) {
      name += "." + Label();
    }
    return name;
  }

  // A host name without a dot at its end.
  std::string ValidName() {
    for (;;) {
      std::string name = Name();
      if (!name.ends_with('.') && ParseReference(name)) {
        return name;
      }
    }
  }

  // Changes the case of some letters.
  std::string Recased(std::string name) {
    for (char& c : name) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter && Below(2) == 0) {
        c = static_cast<char>(c ^ 0x20);
      }
    }
    return name;
  }

  // Text made of what addresses are made of.
  std::string AddressText() {
    static constexpr std::array kPieces = {"0",  "1",  "ff",      "2001", "db8", "fffff", ":",   ":",
                                           ":",  "::", "::",      ".",    ".",   "127",   "255", "256",
                                           "00", "01", "1.2.3.4", "%1",   "[",   "g",     " "};
    std::string text;
    for (size_t pieces = 1 + Below(18); pieces > 0; --pieces) {
      text += kPieces[Below(kPieces.size())];
    }
    return text;
  }

 private:
  std::string Label() {
    static constexpr std::array kLabels = {"mail",  "bob", "test", "eve", "a", "b",  "a-b", "_smtp", "xn--bcher-kva",
                                           "XN--a", "7",   "42",   "*",   "-", "m*", "",    "x y"};
    return kLabels[Below(kLabels.size())];
  }

  std::mt19937 random_{kSeed};
};

NameDecision Decide(const std::string& presented, const Reference& reference) {
  const certs::Bytes octets = certs::ToBytes(presented);
  return MatchName({PresentedForm::kDns, octets}, reference, NamePolicy{});
}

TEST(NameLaws, AValidNameMatchesItselfInAnyCaseAndOnlyWithoutADot) {
  Draw draw;
  for (int round = 0; round < kRounds; ++round) {
    const std::string name = draw.ValidName();
    const std::string recased = draw.Recased(name);
    SCOPED_TRACE(name);
    const Reference reference = *ParseReference(name);
    EXPECT_EQ(reference, ParseReference(recased));
    EXPECT_EQ(reference, ParseReference(name + "."));
    EXPECT_TRUE(Decide(name, reference).match);
    EXPECT_TRUE(Decide(recased, reference).match);
    EXPECT_FALSE(Decide(name + ".", reference).presented_valid);
  }
}

TEST(NameLaws, CaseNeverChangesADecision) {
  Draw draw;
  for (int round = 0; round < kRounds; ++round) {
    const std::string presented = draw.Name();
    const Reference reference = *ParseReference(draw.ValidName());
    const NameDecision plain = Decide(presented, reference);
    const NameDecision recased = Decide(draw.Recased(presented), reference);
    SCOPED_TRACE(presented + " against " + reference.dns);
    EXPECT_EQ(plain.match, recased.match);
    EXPECT_EQ(plain.presented_valid, recased.presented_valid);
    EXPECT_EQ(plain.reason, recased.reason);
  }
}

TEST(NameLaws, OneMoreLabelOnEitherSideBreaksAMatch) {
  Draw draw;
  for (int round = 0; round < kRounds; ++round) {
    const std::string name = draw.ValidName();
    SCOPED_TRACE(name);
    const Reference longer = *ParseReference("x." + name);
    EXPECT_FALSE(Decide(name, longer).match);
    EXPECT_FALSE(Decide("x." + name, *ParseReference(name)).match);
    // A wildcard goes with one label, not with two and not with none.
    const NameDecision one = Decide("*." + name, longer);
    EXPECT_EQ(one.presented_valid, one.match);
    EXPECT_FALSE(Decide("*." + name, *ParseReference("y.x." + name)).match);
    EXPECT_FALSE(Decide("*." + name, *ParseReference(name)).match);
  }
}

TEST(NameLaws, OneForeignOctetMakesANameInvalid) {
  Draw draw;
  for (int round = 0; round < kRounds; ++round) {
    std::string name = draw.ValidName();
    const Reference reference = *ParseReference(name);
    static constexpr std::array kForeign = {'\0', ' ', '\n', '\x7f', '\x80', '\xff', '@', '[', '`', '{', '/', ':'};
    name.insert(draw.Below(name.size() + 1), 1, kForeign[draw.Below(kForeign.size())]);
    SCOPED_TRACE(certs::Escaped(name));
    EXPECT_FALSE(Decide(name, reference).presented_valid);
  }
}

TEST(NameLaws, AnAsteriskMatchesOnlyAsTheWholeLeftMostLabel) {
  Draw draw;
  for (int round = 0; round < kRounds; ++round) {
    std::string name = draw.ValidName();
    const Reference reference = *ParseReference(name);
    name.replace(draw.Below(name.size()), 1 + draw.Below(3), "*");
    SCOPED_TRACE(name);
    if (Decide(name, reference).match) {
      EXPECT_TRUE(name.starts_with("*."));
      EXPECT_EQ(name.rfind('*'), 0U);
    }
  }
}

TEST(IpLaws, AgreeWithTheStandardReaders) {
  Draw draw;
  int addresses = 0;
  for (int round = 0; round < 40 * kRounds; ++round) {
    const std::string text = draw.AddressText();
    std::array<uint8_t, 16> theirs{};
    uint8_t length = 0;
    if (inet_pton(AF_INET, text.c_str(), theirs.data()) == 1) {
      length = 4;
    } else if (inet_pton(AF_INET6, text.c_str(), theirs.data()) == 1) {
      length = 16;
    }
    const auto ours = ParseIpAddress(text);
    ASSERT_EQ(length != 0, ours.has_value()) << text;
    if (ours) {
      ++addresses;
      EXPECT_EQ(length, ours->length) << text;
      EXPECT_EQ(theirs, ours->octets) << text;
      EXPECT_EQ(*ours, ParseIpAddress(FormatIp(ours->View()))) << text;
    }
  }
  EXPECT_GT(addresses, 1000);  // or the draw tries nothing
}

}  // namespace
}  // namespace verifier

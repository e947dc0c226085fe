// The rules of RFC 9525 as tables: what a certificate presents, what the user configured, and what follows. As long as
// its tables are, which all read one kind of row.
#include "lab/verifier/name_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "certs/bytes.h"

namespace verifier {
namespace {

using namespace std::string_literals;
using enum NameReason;

struct Row {
  std::string presented;
  std::string reference;
  bool match = false;
  bool presented_valid = true;
  NameReason reason = kDifferentName;
};

Row Match(std::string presented, std::string reference, NameReason reason = kMatchExact) {
  return {std::move(presented), std::move(reference), true, true, reason};
}
Row Wild(std::string presented, std::string reference) {
  return {std::move(presented), std::move(reference), true, true, kMatchWildcard};
}
Row Differs(std::string presented, std::string reference, NameReason reason = kDifferentName) {
  return {std::move(presented), std::move(reference), false, true, reason};
}
// The presented name is malformed; an equal reference would be tempting.
Row Bad(std::string presented, NameReason reason, std::string reference = "mail.bob.test") {
  return {std::move(presented), std::move(reference), false, false, reason};
}

NameDecision Decide(PresentedForm form, const std::string& presented, const std::string& reference,
                    const NamePolicy& policy = {}) {
  const auto parsed = ParseReference(reference);
  if (!parsed) {
    ADD_FAILURE() << "the row's reference is no reference: " << certs::Escaped(reference) << " "
                  << Name(parsed.error());
    return {};
  }
  const certs::Bytes octets = certs::ToBytes(presented);
  const Presented identifier{form, octets};
  const NameDecision decision = MatchName(identifier, *parsed, policy);
  EXPECT_EQ(decision.match, NameMatches(identifier, *parsed, policy));
  // What is asked about alone and what is compared must be judged alike.
  if (form != PresentedForm::kCommonName) {
    EXPECT_EQ(CheckPresented(identifier, policy) == kValid, decision.presented_valid);
  }
  return decision;
}

void Check(std::initializer_list<Row> rows, PresentedForm form = PresentedForm::kDns, const NamePolicy& policy = {}) {
  for (const Row& row : rows) {
    SCOPED_TRACE(certs::Escaped(row.presented) + " against " + certs::Escaped(row.reference));
    const NameDecision decision = Decide(form, row.presented, row.reference, policy);
    EXPECT_EQ(row.match, decision.match);
    EXPECT_EQ(row.presented_valid, decision.presented_valid);
    EXPECT_EQ(Name(row.reason), Name(decision.reason));
  }
}

const std::string k63(63, 'a');
const std::string k64(64, 'a');
// 253 octets: three labels of 63, one of 61.
const std::string k253 = k63 + "." + k63 + "." + k63 + "." + std::string(61, 'b');

TEST(NameMatch, ComparesLabelByLabelAsAsciiWithoutCase) {
  Check({
      // Equal, and equal but for case (RFC 9525 6.3, RFC 4343).
      Match("mail.bob.test", "mail.bob.test"),
      Match("MAIL.bob.TEST", "mail.bob.test"),
      Match("mail.bob.test", "Mail.Bob.Test"),
      Match("mAiL.BoB.tEsT", "MaIl.bOb.TeSt"),
      Match("localhost", "localhost"),
      Match("a", "a"),
      Match("a.b.c.d.e.f.g.h", "a.b.c.d.e.f.g.h"),
      // Letters fold, nothing else does: '@' is not '`', '[' not '{', and '_' is not DEL.
      Differs("mail-1.bob.test", "mail_1.bob.test"),
      // Another name: other label, more or fewer labels, prefix and suffix.
      Differs("mail.eve.test", "mail.bob.test"),
      Differs("bob.test", "mail.bob.test"),
      Differs("mail.bob.test", "bob.test"),
      Differs("smtp.mail.bob.test", "mail.bob.test"),
      Differs("mail.bob.test", "mail.bob.tes"),
      Differs("mail.bob.tes", "mail.bob.test"),
      Differs("mail.bob.test", "mail.bob.testx"),
      Differs("xmail.bob.test", "mail.bob.test"),
      Differs("mail.bob.test", "xmail.bob.test"),
      Differs("mailbob.test", "mail.bob.test"),
      Differs("mail.bobtest", "mail.bob.test"),
      Differs("mail.bob.test.eve.test", "mail.bob.test"),
      Differs("mail.bob.test", "mail.bob.test.eve.test"),
      Differs("test.bob.mail", "mail.bob.test"),
      Differs("localhost", "localhost.bob.test"),
      Differs("b", "a"),
  });
}

TEST(NameMatch, TakesEveryOctetForItselfAndForItsOtherCaseOnly) {
  const auto lower = [](int octet) { return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet; };
  // In a short name and in a long one: the matcher takes octets in blocks.
  for (const std::string tail : {"b.t", "b.bob.test"}) {
    for (int theirs = 0; theirs < 0x80; ++theirs) {
      const auto reference = ParseReference("a" + std::string(1, static_cast<char>(theirs)) + tail);
      certs::Bytes presented = certs::ToBytes("a?" + tail);
      for (int ours = 0; reference && ours < 256; ++ours) {
        presented[1] = static_cast<uint8_t>(ours);
        EXPECT_EQ(lower(ours) == lower(theirs), NameMatches({PresentedForm::kDns, presented}, *reference, NamePolicy{}))
            << ours << " against " << theirs;
      }
    }
  }
}

TEST(NameMatch, TakesAWildcardForExactlyOneLabel) {
  Check({
      Wild("*.bob.test", "mail.bob.test"),
      Wild("*.bob.test", "a.bob.test"),
      Wild("*.BOB.test", "mail.bob.TEST"),
      Wild("*.mail.bob.test", "mx1.mail.bob.test"),
      Wild("*.bob.test", k63 + ".bob.test"),
      Wild("*.co.uk", "bob.co.uk"),  // no public-suffix list (RFC 9525 7.1)
      // The label may be an A-label, a service label, digits, or hyphened.
      Wild("*.bob.test", "xn--bcher-kva.bob.test"),
      Wild("*.bob.test",
           "b\xc3\xbc"
           "cher.bob.test"),
      Wild("*.bob.test", "_smtp.bob.test"),
      Wild("*.bob.test", "123.bob.test"),
      Wild("*.bob.test", "a-b.bob.test"),
      Wild("*.xn--bcher-kva.test",
           "mail.b\xc3\xbc"
           "cher.test"),
      // For none it does not.
      Differs("*.bob.test", "bob.test", kDifferentLabelCount),
      Differs("*.mail.bob.test", "mail.bob.test", kDifferentLabelCount),
      // For several it does not.
      Differs("*.bob.test", "a.mail.bob.test", kDifferentLabelCount),
      Differs("*.bob.test", "a.b.c.bob.test", kDifferentLabelCount),
      // Another suffix.
      Differs("*.bob.test", "mail.eve.test"),
      Differs("*.bob.test", "mail.xbob.test"),
      Differs("*.bob.test", "mailbob.test"),
      Differs("*.bob.test", "xbob.test"),
      Differs("*.bob.test", "test"),
      Differs("*.bob.test", "bob.test.eve.test"),
      Differs("*.bob.test", "mail.bob.test.eve.test"),
      Differs("*.bob.test", "mail.bob.tes"),
      Differs("*.mail.bob.test", "bob.test"),
  });
}

TEST(NameMatch, RefusesAnAsteriskAnywhereElse) {
  Check({
      // Part of the left-most label.
      Bad("m*.bob.test", kBadWildcard),
      Bad("*l.bob.test", kBadWildcard),
      Bad("m*l.bob.test", kBadWildcard),
      Bad("mail*.bob.test", kBadWildcard),
      Bad("*mail.bob.test", kBadWildcard),
      Bad("*mail", kBadWildcard, "mail"),
      // Two of them.
      Bad("**.bob.test", kBadWildcard),
      Bad("*a*.bob.test", kBadWildcard),
      Bad("*.*.test", kBadWildcard),
      Bad("*.*.bob.test", kBadWildcard, "a.mail.bob.test"),
      Bad("*.*", kBadWildcard, "bob.test"),
      Bad("**", kBadWildcard, "test"),
      // Further right.
      Bad("mail.*.test", kBadWildcard),
      Bad("mail.b*.test", kBadWildcard),
      Bad("mail.bob.*", kBadWildcard),
      Bad("mail.bob.t*", kBadWildcard),
      Bad("mail.bob.test*", kBadWildcard),
      Bad("mail.bob.test.*", kBadWildcard),
      // Inside an A-label (CVE-2023-28321).
      Bad("x*.bob.test", kBadWildcard, "xn--bcher-kva.bob.test"),
      Bad("xn--*.bob.test", kBadWildcard, "xn--bcher-kva.bob.test"),
      Bad("xn--*-kva.bob.test", kBadWildcard, "xn--bcher-kva.bob.test"),
      Bad("*-kva.bob.test", kBadWildcard, "xn--bcher-kva.bob.test"),
      // Where a label would be digits.
      Bad("mail.bob.1*", kBadWildcard),
      Bad("1*.0.0.1", kBadWildcard, "127.0.0.1"),
  });
}

TEST(NameMatch, RefusesAWildcardWithTooFewLabelsBehindIt) {
  Check({
      Bad("*", kWildcardTooBroad, "localhost"),
      Bad("*", kWildcardTooBroad),
      Bad("*.test", kWildcardTooBroad, "bob.test"),
      Bad("*.com", kWildcardTooBroad, "bob.com"),
      Bad("*.localhost", kWildcardTooBroad, "mail.localhost"),
      Bad("*.xn--p1ai", kWildcardTooBroad, "bob.xn--p1ai"),
      // What is behind it must itself be a name.
      Bad("*.", kTrailingDot, "bob.test"),
      Bad("*..test", kEmptyLabel, "a.b.test"),
      Bad("*.bob..test", kEmptyLabel),
      Bad("*.-bob.test", kEdgeHyphen),
      Bad("*.bob-.test", kEdgeHyphen),
      Bad("*.bob.test.", kTrailingDot),
      Bad("*.bob te.st", kBadCharacter),
      Bad("*." + k64 + ".test", kLabelTooLong),
      Bad("*.0.0.1", kNumericLastLabel, "127.0.0.1"),
      Bad("*.bob.1", kNumericLastLabel),
      Bad("*.1", kNumericLastLabel),
  });
}

TEST(NameMatch, LetsTheLiteralProfileCoverATopLevelDomain) {
  const NamePolicy literal = *ProfileByName("rfc9525-literal");
  Check(
      {
          Wild("*.test", "bob.test"),
          Wild("*.com", "bob.com"),
          Wild("*.bob.test", "mail.bob.test"),
          Differs("*.test", "mail.bob.test", kDifferentLabelCount),
          Differs("*.test", "test", kDifferentLabelCount),
          Bad("*", kWildcardTooBroad, "localhost"),
          Bad("*.", kTrailingDot, "localhost"),
          Bad("*.1", kNumericLastLabel),
          Bad("m*.test", kBadWildcard, "mail.test"),
          Bad("*.*.test", kBadWildcard),
      },
      PresentedForm::kDns, literal);
}

TEST(NameMatch, IgnoresOneDotAtTheEndOfTheReferenceOnly) {
  Check({
      Match("mail.bob.test", "mail.bob.test."),
      Wild("*.bob.test", "mail.bob.test."),
      Match("localhost", "localhost."),
      // Not in what is presented: "mail.bob.test." must not even match itself.
      Bad("mail.bob.test.", kTrailingDot, "mail.bob.test"),
      Bad("mail.bob.test.", kTrailingDot, "mail.bob.test."),
      Bad("mail.bob.test..", kTrailingDot),
      Bad("*.bob.test.", kTrailingDot, "mail.bob.test."),
      Bad("test.", kTrailingDot, "test"),
  });
}

TEST(NameMatch, RefusesEmptyNamesAndLabels) {
  Check({
      Bad("", kEmpty),
      Bad(".", kEmptyLabel),
      Bad("..", kTrailingDot),
      Bad(".bob.test", kEmptyLabel),
      Bad(".mail.bob.test", kEmptyLabel),
      Bad("mail..bob.test", kEmptyLabel),
      Bad("mail.bob..test", kEmptyLabel),
      Bad("..mail.bob.test", kEmptyLabel),
  });
}

TEST(NameMatch, KnowsTheLimitsOfLabelsAndNames) {
  Check({
      // 63 octets a label, exactly, and one more (RFC 1035 2.3.4).
      Match(k63 + ".bob.test", k63 + ".bob.test"),
      Match("mail." + k63, "mail." + k63),
      Bad(k64 + ".bob.test", kLabelTooLong),
      Bad("mail." + k64 + ".test", kLabelTooLong),
      Bad("mail.bob." + k64, kLabelTooLong),
      // 253 octets a name, exactly, and one more.
      Match(k253, k253),
      Match(k253, k253 + "."),
      Bad(k253 + "b", kNameTooLong, k253),
      Bad(std::string(100000, 'a'), kNameTooLong),
      Bad(std::string(100000, '.'), kNameTooLong),
      // A wildcard's own two octets count.
      Wild("*." + k253.substr(2), "b." + k253.substr(2)),
      Bad("*." + k253.substr(1), kNameTooLong),
  });
}

TEST(NameMatch, RefusesCharactersThatNoHostNameHolds) {
  Check({
      // NUL, the oldest trick (CVE-2009-2408): the part before it must not count, nor the part behind it.
      Bad("mail.bob.test\0"s, kBadCharacter),
      Bad("mail.bob.test\0.eve.test"s, kBadCharacter),
      Bad("eve.test\0mail.bob.test"s, kBadCharacter),
      Bad("\0"s, kBadCharacter),
      Bad("*.bob.test\0.eve.test"s, kBadCharacter),
      Bad("*\0.bob.test"s, kBadWildcard),
      // White space and controls.
      Bad(" mail.bob.test", kBadCharacter),
      Bad("mail.bob.test ", kBadCharacter),
      Bad("mail .bob.test", kBadCharacter),
      Bad("mail.bob.test\n", kBadCharacter),
      Bad("mail.bob.test\r\n", kBadCharacter),
      Bad("mail.bob.test\t", kBadCharacter),
      Bad("mail.bob.test\x1b[2J", kBadCharacter),
      Bad("mail.bob.test\x7f", kBadCharacter),
      // Syntax of other things.
      Bad("mail.bob.test:25", kBadCharacter),
      Bad("https://mail.bob.test", kBadCharacter),
      Bad("mail.bob.test/", kBadCharacter),
      Bad("root@mail.bob.test", kBadCharacter),
      Bad("mail.bob.test, DNS:eve.test", kBadCharacter),
      Bad("DNS:mail.bob.test", kBadCharacter),
      Bad("mail.bob.test%00", kBadCharacter),
      Bad("mail.bob.test\\", kBadCharacter),
      Bad("mail.bob.test?", kBadCharacter),
      Bad("[mail.bob.test]", kBadCharacter),
      Bad("mail+1.bob.test", kBadCharacter),
      Bad("mail~.bob.test", kBadCharacter),
      Bad("'mail.bob.test'", kBadCharacter),
      // Neighbours of the letters, which careless folding maps onto each other.
      Bad("mail@.bob.test", kBadCharacter),
      Bad("mail`.bob.test", kBadCharacter),
      Bad("mail[.bob.test", kBadCharacter),
      Bad("mail{.bob.test", kBadCharacter),
      // Octets above 0x7f: a dNSName is an IA5String, so a U-label there is junk even if the reference means the same.
      Bad("b\xc3\xbc"
          "cher.test",
          kBadCharacter,
          "b\xc3\xbc"
          "cher.test"),
      Bad("b\xfc"
          "cher.test",
          kBadCharacter, "xn--bcher-kva.test"),
      Bad("\xff", kBadCharacter),
      Bad("\x80.bob.test", kBadCharacter),
      Bad("mail\xe3\x80\x82"
          "bob.test",
          kBadCharacter),
      // The Kelvin sign and the long s, which Unicode folds to k and s.
      Bad("\xe2\x84\xaa.bob.test", kBadCharacter, "k.bob.test"),
      Bad("\xc5\xbf.bob.test", kBadCharacter, "s.bob.test"),
  });
}

TEST(NameMatch, AllowsUnderscoresAndInnerHyphensButNotAtTheEdges) {
  Check({
      Match("_smtp._tcp.bob.test", "_smtp._tcp.bob.test"),
      Match("mail_1.bob.test", "mail_1.bob.test"),
      Match("mail_.bob.test", "mail_.bob.test"),
      Match("_.bob.test", "_.bob.test"),
      Match("mail.bob._", "mail.bob._"),
      Match("mail-1.bob.test", "mail-1.bob.test"),
      Match("a--b.bob.test", "a--b.bob.test"),
      Match("a-b-c.d-e.f-g", "a-b-c.d-e.f-g"),
      Wild("*._tcp.test", "_smtp._tcp.test"),
      Bad("-mail.bob.test", kEdgeHyphen),
      Bad("mail-.bob.test", kEdgeHyphen),
      Bad("mail.-bob.test", kEdgeHyphen),
      Bad("mail.bob-.test", kEdgeHyphen),
      Bad("mail.bob.-test", kEdgeHyphen),
      Bad("mail.bob.test-", kEdgeHyphen),
      Bad("-", kEdgeHyphen),
      Bad("mail.-.test", kEdgeHyphen),
  });
}

TEST(NameMatch, RefusesALastLabelOfDigits) {
  Check({
      Bad("127.0.0.1", kNumericLastLabel, "127.0.0.1"),
      Bad("1.2.3.256", kNumericLastLabel),
      Bad("127.1", kNumericLastLabel, "127.0.0.1"),
      Bad("2130706433", kNumericLastLabel, "127.0.0.1"),
      Bad("mail.bob.1", kNumericLastLabel),
      Bad("mail.bob.007", kNumericLastLabel),
      Bad("0", kNumericLastLabel),
      // Digits elsewhere, or not only digits, are fine.
      Match("1.2.3.test", "1.2.3.test"),
      Match("127.0.0.1.test", "127.0.0.1.test"),
      Match("mail.bob.1a", "mail.bob.1a"),
      Match("mail.bob.a1", "mail.bob.a1"),
      Match("mail.bob.1-1", "mail.bob.1-1"),
      Match("mail.bob.1_", "mail.bob.1_"),
      Match("0x7f000001", "0x7f000001"),
      Match("4.bob.test", "4.bob.test"),
  });
}

TEST(NameMatch, ComparesALabelsAsTheyAreWritten) {
  Check({
      Match("xn--bcher-kva.test", "xn--bcher-kva.test"),
      Match("XN--BCHER-KVA.test", "xn--bcher-kva.test"),
      Match("xn--bcher-kva.test",
            "b\xc3\xbc"
            "cher.test"),
      Match("xn--bcher-kva.test",
            "B\xc3\x9c"
            "CHER.test"),
      Match("mail.xn--fa-hia.test", "mail.fa\xc3\x9f.test"),
      Match("xn--r8jz45g.xn--zckzah", "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88"),
      // Malformed ones are bytes like any other, and equal bytes are equal.
      Match("xn--a.test", "xn--a.test"),
      Match("xn--0.bob.test", "xn--0.bob.test"),
      Differs("xn--bcher-kva.test", "xn--bcher-kvb.test"),
      Differs("bucher.test",
              "b\xc3\xbc"
              "cher.test"),
      Differs("fass.test", "fa\xc3\x9f.test"),
      // An A-label without its letters is an edge hyphen.
      Bad("xn--.test", kEdgeHyphen),
  });
}

TEST(NameMatch, NeverMatchesANameAgainstAnAddress) {
  Check({
      Differs("mail.bob.test", "127.0.0.1", kKindMismatch),
      Differs("localhost", "::1", kKindMismatch),
      Differs("*.bob.test", "127.0.0.1", kWildcardForbidden),
      Bad("*.0.0.1", kNumericLastLabel, "127.0.0.1"),
      Bad("::1", kBadCharacter, "::1"),
      Bad("[::1]", kBadCharacter, "::1"),
      Bad("2001:db8::1", kBadCharacter, "2001:db8::1"),
  });
}

const std::string kV4 = "\x7f\0\0\x01"s;
const std::string kV6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s;
const std::string kLoopback6 = std::string(15, '\0') + "\x01"s;
const std::string kMapped = std::string(10, '\0') + "\xff\xff"s + kV4;

TEST(NameMatch, ComparesAddressesOctetForOctet) {
  Check(
      {
          Match(kV4, "127.0.0.1", kMatchIp),
          Match("\0\0\0\0"s, "0.0.0.0", kMatchIp),
          Match("\xff\xff\xff\xff", "255.255.255.255", kMatchIp),
          Match(kV6, "2001:db8::1", kMatchIp),
          Match(kV6, "2001:0DB8:0:0:0:0:0:1", kMatchIp),
          Match(kLoopback6, "::1", kMatchIp),
          Match(std::string(16, '\0'), "::", kMatchIp),
          Match(kMapped, "::ffff:127.0.0.1", kMatchIp),
          Match(kMapped, "::ffff:7f00:1", kMatchIp),
          Differs("\x7f\0\0\x02"s, "127.0.0.1", kDifferentIp),
          Differs("\x01\0\0\x7f"s, "127.0.0.1", kDifferentIp),
          Differs(kLoopback6, "2001:db8::1", kDifferentIp),
          // IPv4 and IPv6 are never the same, mapped or compatible or not.
          Differs(kMapped, "127.0.0.1", kDifferentIp),
          Differs(kV4, "::ffff:127.0.0.1", kDifferentIp),
          Differs(kV4, "::127.0.0.1", kDifferentIp),
          Differs(std::string(12, '\0') + kV4, "127.0.0.1", kDifferentIp),
          Differs(kV4 + std::string(12, '\0'), "127.0.0.1", kDifferentIp),
          Differs(std::string(16, '\0'), "0.0.0.0", kDifferentIp),
          // Not against a name, even one that spells the same octets.
          Differs(kV4, "localhost", kKindMismatch),
          Differs("mail", "mail", kKindMismatch),
          // Other lengths are no addresses; 8 and 32 are address and mask, as in name constraints.
          Bad("", kBadIpLength, "127.0.0.1"),
          Bad("\x7f\0\0"s, kBadIpLength, "127.0.0.1"),
          Bad(kV4 + "\0"s, kBadIpLength, "127.0.0.1"),
          Bad(kV4 + "\xff\xff\xff\xff", kBadIpLength, "127.0.0.1"),
          Bad("127.0.0.1", kBadIpLength, "127.0.0.1"),
          Bad(kV6 + "\x01", kBadIpLength, "2001:db8::1"),
          Bad(kV6.substr(1), kBadIpLength, "2001:db8::1"),
          Bad(kV6 + kV6, kBadIpLength, "2001:db8::1"),
          Bad("2001:db8::1", kBadIpLength, "2001:db8::1"),
      },
      PresentedForm::kIp);
}

TEST(NameMatch, NeverLooksAtTheCommonName) {
  Check(
      {
          Differs("mail.bob.test", "mail.bob.test", kCommonNameIgnored),
          Differs("*.bob.test", "mail.bob.test", kCommonNameIgnored),
          Differs("127.0.0.1", "127.0.0.1", kCommonNameIgnored),
          Differs(kV4, "127.0.0.1", kCommonNameIgnored),
          Differs("", "mail.bob.test", kCommonNameIgnored),
          Differs("mail.bob.test\0.eve.test"s, "mail.bob.test", kCommonNameIgnored),
      },
      PresentedForm::kCommonName);
  EXPECT_EQ(kCommonNameIgnored, CheckPresented({PresentedForm::kCommonName, {}}, NamePolicy{}));
}

TEST(NameProfiles, AreKnownByName) {
  EXPECT_EQ(NamePolicy{}, ProfileByName("rfc9525-strict"));
  EXPECT_EQ(NamePolicy{.wildcard_min_suffix_labels = 1}, ProfileByName("rfc9525-literal"));
  EXPECT_EQ(std::nullopt, ProfileByName("RFC9525-strict"));
  EXPECT_EQ(std::nullopt, ProfileByName(""));
  for (const std::string_view name : ProfileNames()) {
    EXPECT_TRUE(ProfileByName(name)) << name;
  }
}

TEST(NameReasons, HaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(kBadIdn); ++i) {
    const auto reason = static_cast<NameReason>(i);
    EXPECT_EQ(names.end(), std::ranges::find(names, Name(reason))) << Name(reason);
    EXPECT_FALSE(Sentence(reason).empty());
    names.push_back(Name(reason));
  }
  EXPECT_EQ(names.end(), std::ranges::find(names, "unknown"));
}

}  // namespace
}  // namespace verifier

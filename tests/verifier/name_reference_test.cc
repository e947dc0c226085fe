// What a user may configure: host names, internationalised names and IP addresses, and what is refused.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "certs/bytes.h"
#include "lab/verifier/idna.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"

namespace verifier {
namespace {

using namespace std::string_literals;
using enum NameReason;

struct HostRow {
  std::string configured;
  std::string dns;
};
void CheckHosts(std::initializer_list<HostRow> rows) {
  for (const HostRow& row : rows) {
    SCOPED_TRACE(certs::Escaped(row.configured));
    const auto reference = ParseReference(row.configured);
    if (!reference) {
      ADD_FAILURE() << Name(reference.error());
      continue;
    }
    EXPECT_EQ(Reference::Kind::kDns, reference->kind);
    EXPECT_EQ(row.dns, reference->dns);
    EXPECT_EQ(0, reference->ip_len);
    // What was normalised once stays as it is.
    EXPECT_EQ(*reference, ParseReference(reference->dns));
  }
}

struct IpRow {
  std::string configured;
  std::string hex;
};
void CheckAddresses(std::initializer_list<IpRow> rows) {
  for (const IpRow& row : rows) {
    SCOPED_TRACE(certs::Escaped(row.configured));
    const auto reference = ParseReference(row.configured);
    if (!reference) {
      ADD_FAILURE() << Name(reference.error());
      continue;
    }
    EXPECT_EQ(Reference::Kind::kIp, reference->kind);
    EXPECT_EQ("", reference->dns);
    const certs::ByteView octets(reference->ip.data(), reference->ip_len);
    EXPECT_EQ(row.hex, certs::ToHex(octets));
    EXPECT_EQ(*reference, ParseReference(FormatIp(octets)));
  }
}

struct BadRow {
  std::string configured;
  NameReason reason;
};
void CheckRefused(std::initializer_list<BadRow> rows) {
  for (const BadRow& row : rows) {
    SCOPED_TRACE(certs::Escaped(row.configured));
    const auto reference = ParseReference(row.configured);
    ASSERT_FALSE(reference);
    EXPECT_EQ(Name(row.reason), Name(reference.error()));
  }
}

const std::string kLongestLabel(63, 'a');
const std::string kLongestName = kLongestLabel + "." + kLongestLabel + "." + kLongestLabel + "." + std::string(61, 'b');

TEST(ParseReference, NormalisesHostNames) {
  CheckHosts({
      {"mail.bob.test", "mail.bob.test"},
      {"MAIL.Bob.TEST", "mail.bob.test"},
      {"mail.bob.test.", "mail.bob.test"},
      {"localhost", "localhost"},
      {"LOCALHOST.", "localhost"},
      {"_submission._tcp.bob.test", "_submission._tcp.bob.test"},
      {"1.2.3.test", "1.2.3.test"},
      {"0x7f.1.test", "0x7f.1.test"},
      {"cafe", "cafe"},
      {"dead.beef", "dead.beef"},
      {"1and1.test", "1and1.test"},
      {kLongestLabel, kLongestLabel},
      {kLongestName, kLongestName},
      {kLongestName + ".", kLongestName},
      // A-labels are kept, valid or not.
      {"XN--bcher-KVA.test", "xn--bcher-kva.test"},
      {"xn--a.test", "xn--a.test"},
      {"xn--zzzz.test", "xn--zzzz.test"},
  });
}

TEST(ParseReference, ConvertsInternationalisedNames) {
  CheckHosts({
      {"b\xc3\xbc"
       "cher.test",
       "xn--bcher-kva.test"},
      {"B\xc3\x9c"
       "CHER.TEST",
       "xn--bcher-kva.test"},
      {"bu\xcc\x88"
       "cher.test",
       "xn--bcher-kva.test"},  // decomposed
      {"b\xc3\xbc"
       "cher.test.",
       "xn--bcher-kva.test"},
      {"_smtp.b\xc3\xbc"
       "cher.test",
       "_smtp.xn--bcher-kva.test"},
      {"xn--bcher-kva.\xc3\xbc.test", "xn--bcher-kva.xn--tda.test"},
      // Non-transitional: the sharp s stays one (UTS #46 4).
      {"fa\xc3\x9f.test", "xn--fa-hia.test"},
      // The other full stops separate labels (UTS #46 maps U+3002, U+FF0E, U+FF61).
      {"mail\xe3\x80\x82"
       "bob\xef\xbc\x8etest",
       "mail.bob.test"},
      {"mail\xef\xbd\xa1"
       "bob.test\xe3\x80\x82",
       "mail.bob.test"},
      // Width and look-alike letters are mapped, soft hyphens vanish.
      {"\xef\xbd\x8d"
       "ail.bob.test",
       "mail.bob.test"},
      {"\xe2\x84\xaa.test", "k.test"},
      {"ma\xc2\xad"
       "il.bob.test",
       "mail.bob.test"},
  });
}

TEST(ParseReference, RefusesWhatIsNotAnInternationalisedName) {
  CheckRefused({
      // Not UTF-8: a lone lead octet, a lone continuation, a surrogate, an overlong slash, beyond U+10FFFF, Latin-1.
      {"\xc3.test", kBadIdn},
      {"\x80.test", kBadIdn},
      {"\xed\xa0\x80.test", kBadIdn},
      {"\xc0\xaf.test", kBadIdn},
      {"\xf4\x90\x80\x80.test", kBadIdn},
      {"b\xfc"
       "cher.test",
       kBadIdn},
      {"bob.test\xc3", kBadIdn},
      // Characters that IDNA2008 disallows: a snowman, an emoji, a heart.
      {"\xe2\x98\x83.test", kBadIdn},
      {"\xf0\x9f\x92\xa9.test", kBadIdn},
      {"i\xe2\x99\xa5you.test", kBadIdn},
      // A low line inside a U-label, hyphens at its edge or in places three and four, a joiner without its context.
      {"_\xc3\xbc.test", kBadIdn},
      {"\xc3\xbc_.test", kBadIdn},
      {"-\xc3\xbc.test", kBadIdn},
      {"\xc3\xbc-.test", kBadIdn},
      {"aa--\xc3\xbc.test", kBadIdn},
      {"a\xe2\x80\x8d"
       "b.test",
       kBadIdn},
      // Beside a U-label an A-label must be one.
      {"xn--a.\xc3\xbc.test", kBadIdn},
      // Mapping makes forbidden characters and empty labels of some; they are caught behind it.
      {"\xef\xbc\x85"
       "00.test",
       kBadCharacter},                           // a full-width %
      {"\xef\xbc\x8a.bob.test", kBadCharacter},  // a full-width *
      {"\xe2\x84\x80.test", kBadCharacter},      // a/c as one sign
      {"\xe3\x80\x82"
       "bob.test",
       kEmptyLabel},
      {"mail.\xe3\x80\x82"
       "bob.test",
       kEmptyLabel},
      {"\xc2\xad.test", kEmptyLabel},
      {"\xc2\xad", kEmpty},
      // Full-width digits are no address, and no name either.
      {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", kNumericLastLabel},
      {"127\xe3\x80\x82"
       "0\xe3\x80\x82"
       "0\xe3\x80\x82"
       "1",
       kNumericLastLabel},
      // What is ASCII and forbidden is refused, never mapped away.
      {"b\xc3\xbc"
       "cher.te st",
       kBadCharacter},
      {"b\xc3\xbc"
       "cher.test\0"s,
       kBadCharacter},
      {"b\xc3\xbc"
       "cher\x1d.test",
       kBadCharacter},
      {"b\xc3\xbc"
       "cher=.test",
       kBadCharacter},
      // Lengths are those of the A-labels.
      {std::string(62, 'a') + "\xc3\xbc.test", kLabelTooLong},
      {"\xc3\xbc." + std::string(1100, 'a'), kNameTooLong},
  });
}

TEST(ParseReference, RefusesWhatIsNotAHostName) {
  CheckRefused({
      {"", kEmpty},
      {".", kEmpty},
      {"..", kEmptyLabel},
      {".bob.test", kEmptyLabel},
      {"mail..bob.test", kEmptyLabel},
      {"mail.bob.test..", kEmptyLabel},
      {kLongestLabel + "a.test", kLabelTooLong},
      {kLongestName + "b", kNameTooLong},
      {std::string(100000, 'a'), kNameTooLong},
      {"-mail.bob.test", kEdgeHyphen},
      {"mail-.bob.test", kEdgeHyphen},
      {"mail.bob.test-", kEdgeHyphen},
      {"xn--.test", kEdgeHyphen},
      {"*", kBadCharacter},
      {"*.bob.test", kBadCharacter},
      {"m*.bob.test", kBadCharacter},
      {"mail.bob.test\0"s, kBadCharacter},
      {"mail.bob.test\0.eve.test"s, kBadCharacter},
      {"\0"s, kBadCharacter},
      {" mail.bob.test", kBadCharacter},
      {"mail.bob.test ", kBadCharacter},
      {"mail.bob.test\n", kBadCharacter},
      {"mail.bob.test:25", kBadCharacter},
      {"smtp://mail.bob.test", kBadCharacter},
      {"mail.bob.test/", kBadCharacter},
      {"bob@bob.test", kBadCharacter},
      {"mail%2ebob.test", kBadCharacter},
      {"mail.bob.test\\", kBadCharacter},
      {"mail.bob.test,eve.test", kBadCharacter},
  });
}

TEST(ParseReference, TakesStrictDottedDecimalForAnAddress) {
  CheckAddresses({
      {"127.0.0.1", "7f000001"},
      {"0.0.0.0", "00000000"},
      {"255.255.255.255", "ffffffff"},
      {"1.2.3.4", "01020304"},
      {"10.20.30.40", "0a141e28"},
      {"192.0.2.1", "c0000201"},
      {"100.100.100.100", "64646464"},
  });
}

TEST(ParseReference, TakesNothingElseForAnIpv4Address) {
  CheckRefused({
      // inet_aton reads all of these.
      {"127.1", kNumericLastLabel},
      {"127.0.1", kNumericLastLabel},
      {"2130706433", kNumericLastLabel},
      {"0", kNumericLastLabel},
      {"0177.0.0.1", kNumericLastLabel},
      {"127.000.000.001", kNumericLastLabel},
      {"127.0.0.01", kNumericLastLabel},
      {"00.0.0.0", kNumericLastLabel},
      {"0x7f.0.0.1", kNumericLastLabel},
      {"127.0.0.1 ", kBadCharacter},
      // Out of range, too many parts, empty parts.
      {"1.2.3.256", kNumericLastLabel},
      {"256.2.3.4", kNumericLastLabel},
      {"1.2.3.4.5", kNumericLastLabel},
      {"1.2.3.1000", kNumericLastLabel},
      {"99999999999.1.1.1", kNumericLastLabel},
      {"1..3.4", kEmptyLabel},
      {".1.2.3.4", kEmptyLabel},
      {"1.2.3.4.", kNumericLastLabel},
      {"1.2.3.4..", kEmptyLabel},
      // With something around it.
      {"+1.2.3.4", kBadCharacter},
      {"-1.2.3.4", kEdgeHyphen},
      {"1.2.3.-4", kEdgeHyphen},
      {"1.2.3.4/24", kBadCharacter},
      {"1.2.3.4:25", kBadCharacter},
      {"1.2.3.4%lo", kBadCharacter},
      {"[1.2.3.4]", kBadIpLiteral},
      {"1.2.3.4\0"s, kBadCharacter},
      {"\xd9\xa1.\xd9\xa2.\xd9\xa3.\xd9\xa4", kBadIdn},  // Arabic-Indic digits
  });
}

TEST(ParseReference, TakesRfc4291TextForAnAddress) {
  CheckAddresses({
      // Form 1: eight groups of one to four hexadecimal digits, either case.
      {"2001:db8:0:0:8:800:200c:417a", "20010db80000000000080800200c417a"},
      {"2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a"},
      {"2001:0db8:0000:0000:0008:0800:200c:417a", "20010db80000000000080800200c417a"},
      {"0:0:0:0:0:0:0:1", "00000000000000000000000000000001"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffffffffffffffffffffffffffffffff"},
      {"1:2:3:4:5:6:7:8", "00010002000300040005000600070008"},
      // Form 2: one "::", in the middle, in front, behind, alone, and for one group only.
      {"2001:db8::8:800:200c:417a", "20010db80000000000080800200c417a"},
      {"ff01::101", "ff010000000000000000000000000101"},
      {"::1", "00000000000000000000000000000001"},
      {"::", "00000000000000000000000000000000"},
      {"fe80::", "fe800000000000000000000000000000"},
      {"1::8", "00010000000000000000000000000008"},
      {"1:2:3:4:5:6:7::", "00010002000300040005000600070000"},
      {"::2:3:4:5:6:7:8", "00000002000300040005000600070008"},
      {"1:2:3::5:6:7:8", "00010002000300000005000600070008"},
      {"::0", "00000000000000000000000000000000"},
      {"0::0", "00000000000000000000000000000000"},
      // Form 3: the last two groups in dotted decimal.
      {"::13.1.68.3", "0000000000000000000000000d014403"},
      {"::ffff:129.144.52.38", "00000000000000000000ffff81903426"},
      {"0:0:0:0:0:ffff:129.144.52.38", "00000000000000000000ffff81903426"},
      {"64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221"},
      {"1:2:3:4:5:6:7.8.9.10", "0001000200030004000500060708090a"},
      {"1:2:3:4:5::7.8.9.10", "0001000200030004000500000708090a"},
  });
}

TEST(ParseReference, TakesNothingElseForAnIpv6Address) {
  CheckRefused({
      // Too few or too many groups; "::" for no group, and twice.
      {"1:2:3:4:5:6:7", kBadIpLiteral},
      {"1:2:3:4:5:6:7:8:9", kBadIpLiteral},
      {"1:2:3:4::5:6:7:8", kBadIpLiteral},
      {"::1:2:3:4:5:6:7:8", kBadIpLiteral},
      {"1:2:3:4:5:6:7:8::", kBadIpLiteral},
      {"1::2::3", kBadIpLiteral},
      {"::1::", kBadIpLiteral},
      {"::::", kBadIpLiteral},
      {":::", kBadIpLiteral},
      {":::1", kBadIpLiteral},
      // Lone colons at the edges.
      {":1:2:3:4:5:6:7:8", kBadIpLiteral},
      {"1:2:3:4:5:6:7:8:", kBadIpLiteral},
      {":1:2:3:4:5:6:7", kBadIpLiteral},
      {"1:2:3:4:5:6:7:", kBadIpLiteral},
      {":2:3:4:5:6:7:8", kBadIpLiteral},
      // Groups that are no groups.
      {"2001:db8::00001", kBadIpLiteral},
      {"12345::", kBadIpLiteral},
      {"2001:db8::g", kBadCharacter},
      {"2001:db8::-1", kBadCharacter},
      {"2001:db8::0x1", kBadCharacter},
      // Dotted decimal in the wrong place or of the wrong kind.
      {"::1.2.3", kBadIpLiteral},
      {"::1.2.3.4.5", kBadIpLiteral},
      {"::1.2.3.256", kBadIpLiteral},
      {"::01.2.3.4", kBadIpLiteral},
      {"::ffff:127.000.000.001", kBadIpLiteral},
      {"1.2.3.4::", kBadIpLiteral},
      {"::1.2.3.4:5", kBadIpLiteral},
      {"1:2:3:4:5:6:7:1.2.3.4", kBadIpLiteral},
      {"1:2:3:4:5:1.2.3.4", kBadIpLiteral},
      {"1:2:3:4:5:6::1.2.3.4", kBadIpLiteral},
      {"::1.2.3.4.", kBadIpLiteral},
      // Brackets, zones, prefixes and ports.
      {"[::1]", kBadIpLiteral},
      {"[::1", kBadIpLiteral},
      {"::1]", kBadCharacter},
      {"[::1]:25", kBadIpLiteral},
      {"[mail.bob.test]", kBadIpLiteral},
      {"[]", kBadIpLiteral},
      {"fe80::1%eth0", kBadIpLiteral},
      {"fe80::1%25eth0", kBadIpLiteral},
      {"::1%", kBadIpLiteral},
      {"::1/128", kBadCharacter},
      {"IPv6:::1", kBadCharacter},
      {"::1 ", kBadCharacter},
      {"::1\0"s, kBadCharacter},
      {"::1.", kBadIpLiteral},
      {"a:b", kBadCharacter},
      {":", kBadCharacter},
      {"\xef\xbc\x9a\xef\xbc\x9a"
       "1",
       kBadCharacter},  // full-width colons
  });
}

TEST(FormatIp, WritesWhatParseIpAddressReads) {
  EXPECT_EQ("127.0.0.1", FormatIp(ParseIpAddress("127.0.0.1")->View()));
  EXPECT_EQ("2001:db8:0:0:0:0:0:a0", FormatIp(ParseIpAddress("2001:db8::a0")->View()));
}

// RFC 5890 2.3.2.1: an A-label and its U-label become each other.
TEST(ToULabels, ConvertsOnlyWhatBecomesTheSameAgain) {
  EXPECT_EQ(ToULabels("Mail.XN--Bcher-KVA.test."), "mail.b\u00fccher.test.");
  EXPECT_EQ(ToULabels("plain.test"), "plain.test");
  // U+037A (GREEK YPOGEGRAMMENI) is disallowed (RFC 5892), U+00DC has a small form that is meant instead.
  for (const char* const name : {"xn--bch-erc7020kva.test", "xn--bcher-2pa.test", "xn--.test", "xn--a-.test"}) {
    EXPECT_EQ(ToULabels(name), name);
  }
  EXPECT_EQ(ToULabels(""), "");
}

}  // namespace
}  // namespace verifier

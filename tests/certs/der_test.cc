// Encoders against bytes written by hand from X.690 and from the examples of RFC 5280.
#include "certs/der.h"

#include <gtest/gtest.h>

#include "certs/der_writer.h"

namespace certs::der {
namespace {

TEST(Tlv, UsesTheShortFormUpTo127Octets) {
  const Bytes encoded = Tlv(0x04, Bytes(127, 0xaa));
  EXPECT_EQ(encoded.size(), 129U);
  EXPECT_EQ(encoded[1], 0x7f);
}

TEST(Tlv, UsesTheShortestLongFormFrom128Octets) {
  const Bytes one = Tlv(0x04, Bytes(128));
  EXPECT_EQ((Bytes{one[0], one[1], one[2]}), (Bytes{0x04, 0x81, 0x80}));
  const Bytes two = Tlv(0x04, Bytes(256));
  EXPECT_EQ((Bytes{two[0], two[1], two[2], two[3]}), (Bytes{0x04, 0x82, 0x01, 0x00}));
  const Bytes three = Tlv(0x04, Bytes(65536));
  EXPECT_EQ((Bytes{three[1], three[2], three[3], three[4]}), (Bytes{0x83, 0x01, 0x00, 0x00}));
}

TEST(TlvWithClaimedLength, Lies) {
  EXPECT_EQ(TlvWithClaimedLength(0x04, 5, Bytes{1, 2}), (Bytes{0x04, 0x05, 1, 2}));
  EXPECT_EQ(TlvWithClaimedLength(0x04, 0x100000000, Bytes{}), (Bytes{0x04, 0x85, 1, 0, 0, 0, 0}));
}

TEST(Integer, KeepsItsSignInTheFewestOctets) {
  EXPECT_EQ(Integer(0), (Bytes{0x02, 1, 0x00}));
  EXPECT_EQ(Integer(127), (Bytes{0x02, 1, 0x7f}));
  EXPECT_EQ(Integer(128), (Bytes{0x02, 2, 0x00, 0x80}));
  EXPECT_EQ(Integer(256), (Bytes{0x02, 2, 0x01, 0x00}));
  EXPECT_EQ(Integer(-1), (Bytes{0x02, 1, 0xff}));
  EXPECT_EQ(Integer(-128), (Bytes{0x02, 1, 0x80}));
  EXPECT_EQ(Integer(-129), (Bytes{0x02, 2, 0xff, 0x7f}));
  EXPECT_EQ(Integer(INT64_MIN), (Bytes{0x02, 8, 0x80, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Integer, TakesAnyContentWhenItIsToldTo) {
  EXPECT_EQ(IntegerWithContent(Bytes{0, 0, 1}), (Bytes{0x02, 3, 0, 0, 1}));
  EXPECT_EQ(IntegerWithContent(Bytes{}), (Bytes{0x02, 0}));
}

TEST(Writer, MakesRoomForTheLengthThatTheContentTurnsOutToHave) {
  for (const size_t size : {0U, 127U, 128U, 255U, 256U, 65536U}) {
    const Bytes content(size, 0xaa);
    Bytes out = {1};
    Writer writer(out);
    writer.Element(kSequence, [&] { writer.Element(kOctetString, [&] { writer.Raw(content); }); });
    EXPECT_EQ(out, Concat({Bytes{1}, Sequence(OctetString(content))})) << size;
  }
}

TEST(Writer, WritesWhatTheEncodersDo) {
  Bytes out;
  Writer writer(out);
  writer.Boolean(true);
  writer.Integer(-129);
  writer.Element(ContextTag(2), Bytes{7});
  writer.Oid("1.2.840.113549.1.1.11");
  EXPECT_TRUE(writer.oids_valid());
  EXPECT_EQ(out, Concat({Boolean(true), Integer(-129), Context(2, Bytes{7}), Oid("1.2.840.113549.1.1.11")}));
}

TEST(Writer, RemembersAnOidThatIsNone) {
  Bytes out;
  Writer writer(out);
  writer.Oid("1.2.");
  writer.Oid("1.2");
  EXPECT_FALSE(writer.oids_valid());
  EXPECT_EQ(out, (Bytes{kOid, 0, kOid, 1, 0x2a}));
}

TEST(Oid, JoinsItsFirstTwoArcsAndSplitsLargeOnes) {
  EXPECT_EQ(Oid("2.5.4.3"), (Bytes{0x06, 3, 0x55, 0x04, 0x03}));
  EXPECT_EQ(Oid("1.2.840.113549.1.1.11"), (Bytes{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b}));
  EXPECT_EQ(Oid("2.999.3"), (Bytes{0x06, 3, 0x88, 0x37, 0x03}));  // the example of X.690 8.19.5
  EXPECT_EQ(Oid("0.0"), (Bytes{0x06, 1, 0x00}));
}

TEST(Oid, IsRefusedWhenTheTextIsNone) {
  for (const char* text : {"", ".", "1", "1.", ".1", "1..2", "3.1", "1.40", "0.40", "01.2", "1.02", "1.2.x", "1.2.-3",
                           "1.2.99999999999999999999", "2.40.9223372036854775808", "2.5.4.3.", " 2.5", "2.5 "}) {
    EXPECT_EQ(OidContent(text), std::nullopt) << text;
  }
  EXPECT_TRUE(OidContent("2.40.9223372036854775807").has_value());
}

TEST(BitString, SaysHowManyBitsItLeavesOut) {
  EXPECT_EQ(BitString(Bytes{0xf0}, 4), (Bytes{0x03, 2, 4, 0xf0}));
  EXPECT_EQ(BitString(Bytes{}), (Bytes{0x03, 1, 0}));
}

TEST(NamedBits, LeaveOutTrailingZeros) {
  EXPECT_EQ(NamedBits(0), (Bytes{0x03, 1, 0}));
  EXPECT_EQ(NamedBits(1 << 0), (Bytes{0x03, 2, 7, 0x80}));
  EXPECT_EQ(NamedBits(1 << 5 | 1 << 6), (Bytes{0x03, 2, 1, 0x06}));  // keyCertSign, cRLSign
  EXPECT_EQ(NamedBits(1 << 8), (Bytes{0x03, 3, 7, 0x00, 0x80}));     // decipherOnly
}

TEST(SetOf, PutsItsElementsInAscendingOrder) {
  EXPECT_EQ(SetOf({Integer(2), Boolean(true), Integer(1)}), (Bytes{0x31, 9, 1, 1, 0xff, 2, 1, 1, 2, 1, 2}));
}

TEST(Context, TagsArePrimitiveOrConstructed) {
  EXPECT_EQ(Context(2, ToBytes("a")), (Bytes{0x82, 1, 'a'}));
  EXPECT_EQ(ContextConstructed(3, Null()), (Bytes{0xa3, 2, 5, 0}));
}

TEST(Strings, CarryTheirTagAndTheirOctetsUnchanged) {
  EXPECT_EQ(Utf8String("a"), (Bytes{0x0c, 1, 'a'}));
  EXPECT_EQ(PrintableString("*"), (Bytes{0x13, 1, '*'}));
  EXPECT_EQ(T61String(Bytes{0xe9}), (Bytes{0x14, 1, 0xe9}));
  EXPECT_EQ(Ia5String(std::string_view("a\0", 2)), (Bytes{0x16, 2, 'a', 0}));
  EXPECT_EQ(BmpString(Bytes{0, 'B'}), (Bytes{0x1e, 2, 0, 'B'}));
  EXPECT_EQ(OctetString(Null()), (Bytes{0x04, 2, 5, 0}));
  EXPECT_EQ(Enumerated(1), (Bytes{0x0a, 1, 1}));
}

struct Moment {
  int64_t seconds;
  Civil civil;
};
// Each line was computed by `date -u -d @SECONDS`.
const Moment kMoments[] = {
    {0, {1970, 1, 1, 0, 0, 0}},
    {-1, {1969, 12, 31, 23, 59, 59}},
    {951782400, {2000, 2, 29, 0, 0, 0}},
    {951868799, {2000, 2, 29, 23, 59, 59}},
    {4107542399, {2100, 2, 28, 23, 59, 59}},
    {4107542400, {2100, 3, 1, 0, 0, 0}},  // 2100 is no leap year
    {2524607999, {2049, 12, 31, 23, 59, 59}},
    {2524608000, {2050, 1, 1, 0, 0, 0}},
    {1700000000, {2023, 11, 14, 22, 13, 20}},
    {-2208988800, {1900, 1, 1, 0, 0, 0}},
    {253402300799, {9999, 12, 31, 23, 59, 59}},
    {-62167219200, {0, 1, 1, 0, 0, 0}},
};

TEST(Calendar, AgreesWithDateInBothDirections) {
  for (const Moment& moment : kMoments) {
    EXPECT_EQ(ToCivil(moment.seconds), moment.civil) << moment.seconds;
    EXPECT_EQ(ToSeconds(moment.civil), moment.seconds);
  }
}

TEST(Calendar, CountsEveryDayOfEveryYearOnce) {
  Civil before = *ToCivil(-62167219200);
  for (int64_t seconds = -62167219200 + 86400; seconds <= 253402300799; seconds += 86400) {
    const Civil today = *ToCivil(seconds);
    ASSERT_EQ(ToSeconds(today), seconds);
    const bool next_day = today.day == before.day + 1 && today.month == before.month && today.year == before.year;
    const bool next_month = today.day == 1 && today.month == before.month + 1 && today.year == before.year;
    const bool next_year = today.day == 1 && today.month == 1 && before.month == 12 && today.year == before.year + 1;
    ASSERT_TRUE(next_day || next_month || next_year) << seconds;
    before = today;
  }
}

TEST(Calendar, EndsAtTheYearsThatFourDigitsCanSay) {
  EXPECT_EQ(ToCivil(253402300800), std::nullopt);
  EXPECT_EQ(ToCivil(-62167219201), std::nullopt);
  EXPECT_EQ(ToCivil(INT64_MAX), std::nullopt);
  EXPECT_EQ(ToCivil(INT64_MIN), std::nullopt);
}

TEST(Times, AreWrittenInSecondsAndZulu) {
  const Civil civil{2023, 1, 2, 3, 4, 5};
  EXPECT_EQ(UtcTimeText(civil), "230102030405Z");
  EXPECT_EQ(GeneralizedTimeText(civil), "20230102030405Z");
  EXPECT_EQ(GeneralizedTimeText(Civil{7, 1, 1, 0, 0, 0}), "00070101000000Z");
  EXPECT_EQ(UtcTime("x"), (Bytes{0x17, 1, 'x'}));
  EXPECT_EQ(GeneralizedTime("x"), (Bytes{0x18, 1, 'x'}));
}

}  // namespace
}  // namespace certs::der

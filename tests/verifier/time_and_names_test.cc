// Dates and distinguished names: small parsers, exact answers.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "certs/der.h"
#include "certs/spec.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/time_parse.h"

namespace {

using certs::Bytes;
using certs::ToBytes;

// ------------------------------------------------------------------------------------------------ dates

std::optional<int64_t> Utc(std::string_view text) { return verifier::ParseUtcTime(ToBytes(text)); }
std::optional<int64_t> Generalized(std::string_view text) { return verifier::ParseGeneralizedTime(ToBytes(text)); }

TEST(Dates, UtcTimeCoversFiftyYearsEachSideOfTheMillennium) {
  EXPECT_EQ(Utc("700101000000Z"), 0);
  EXPECT_EQ(Utc("260101000000Z"), 1767225600);
  EXPECT_EQ(Utc("500101000000Z"), -631152000);
  EXPECT_EQ(Utc("491231235959Z"), 2524607999);
}

TEST(Dates, GeneralizedTimeCoversTenThousandYears) {
  EXPECT_EQ(Generalized("20500101000000Z"), 2524608000);
  EXPECT_EQ(Generalized("99991231235959Z"), 253402300799);
  EXPECT_EQ(Generalized("00000101000000Z"), -62167219200);
}

TEST(Dates, ThatDoNotExistAreNone) {
  for (const char* text : {"260230000000Z", "260431000000Z", "261301000000Z", "260001000000Z", "260100000000Z",
                           "250229000000Z", "260101240000Z", "260101006000Z", "260101000060Z"}) {
    EXPECT_EQ(Utc(text), std::nullopt) << text;
  }
  EXPECT_TRUE(Utc("240229000000Z").has_value());
  EXPECT_EQ(Generalized("21000229000000Z"), std::nullopt);
  EXPECT_TRUE(Generalized("20000229000000Z").has_value());
}

TEST(Dates, InAnyOtherFormAreNone) {
  for (const char* text : {"", "Z", "2601010000Z", "260101000000", "260101000000+0000", "260101000000.5Z",
                           "260101000000z", " 60101000000Z", "2601010000-1Z", "260101000000Z ", "20260101000000Z"}) {
    EXPECT_EQ(Utc(text), std::nullopt) << text;
  }
  for (const char* text : {"260101000000Z", "20260101000000", "20260101000000.0Z", "20260101000000,5Z", "202601010000Z",
                           "20260101000000+0100", "2026010100000Z"}) {
    EXPECT_EQ(Generalized(text), std::nullopt) << text;
  }
  EXPECT_EQ(verifier::ParseUtcTime(Bytes{'2', '6', 0, '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'}), std::nullopt);
}

TEST(Dates, OfTheCommandLineHaveOffsetsAndFractions) {
  EXPECT_EQ(verifier::ParseRfc3339("2026-01-01T00:00:00Z"), 1767225600);
  EXPECT_EQ(verifier::ParseRfc3339("2026-01-01T01:00:00+01:00"), 1767225600);
  EXPECT_EQ(verifier::ParseRfc3339("2025-12-31T19:00:00-05:00"), 1767225600);
  EXPECT_EQ(verifier::ParseRfc3339("2026-01-01T00:00:00.999Z"), 1767225600);
  for (const char* text : {"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-02-30T00:00:00Z",
                           "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00Zjunk"}) {
    EXPECT_EQ(verifier::ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(Dates, AreFormattedAsTheyAreParsed) {
  for (const int64_t seconds :
       {int64_t{0}, int64_t{1767225600}, int64_t{-1}, int64_t{-631152000}, int64_t{253402300799}}) {
    EXPECT_EQ(verifier::ParseRfc3339(verifier::FormatTime(seconds)), seconds);
  }
}

TEST(Dates, BeyondTheCalendarAreNumbers) {
  EXPECT_EQ(verifier::FormatTime(INT64_MIN), "-9223372036854775808 s");
  EXPECT_EQ(verifier::FormatTime(INT64_MAX), "9223372036854775807 s");
}

// ------------------------------------------------------------------------------------------------ names

// A Name of one commonName, in that string type.
Bytes NameOf(uint8_t string_tag, std::string_view text) {
  using namespace certs::der;  // NOLINT: reads as ASN.1 does
  return Sequence({SetOf({Sequence({Oid("2.5.4.3"), Tlv(string_tag, ToBytes(text))})})});
}

TEST(CanonicalName, IgnoresCaseWhiteSpaceAndStringType) {
  const auto plain = verifier::CanonicalName(NameOf(certs::der::kUtf8String, "Lab Root"));
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(verifier::CanonicalName(NameOf(certs::der::kPrintableString, "lab  ROOT ")), plain);
  EXPECT_EQ(verifier::CanonicalName(NameOf(certs::der::kIa5String, " Lab Root")), plain);
}

TEST(CanonicalName, KeepsWhatDiffers) {
  const auto plain = verifier::CanonicalName(NameOf(certs::der::kUtf8String, "Lab Root"));
  EXPECT_NE(verifier::CanonicalName(NameOf(certs::der::kUtf8String, "LabRoot")), plain);
  EXPECT_NE(verifier::CanonicalName(NameOf(certs::der::kT61String, "Lab Root")), plain);
  EXPECT_NE(verifier::CanonicalName(NameOf(certs::der::kUtf8String, std::string_view("Lab Root\0", 9))), plain);
}

TEST(CanonicalName, DoesNotDependOnTheOrderInsideAnRdn) {
  using namespace certs::der;  // NOLINT
  const Bytes a = Sequence({Oid("2.5.4.3"), Utf8String(ToBytes("x"))});
  const Bytes b = Sequence({Oid("2.5.4.10"), Utf8String(ToBytes("y"))});
  const Bytes one = Sequence({Tlv(kSet, Concat({a, b}))});
  const Bytes other = Sequence({Tlv(kSet, Concat({b, a}))});
  EXPECT_EQ(verifier::CanonicalName(one), verifier::CanonicalName(other));
}

TEST(CanonicalName, RefusesWhatIsNoName) {
  using namespace certs::der;  // NOLINT
  EXPECT_EQ(verifier::CanonicalName(Null()), std::nullopt);
  EXPECT_EQ(verifier::CanonicalName(Sequence({Null()})), std::nullopt);
  EXPECT_EQ(verifier::CanonicalName(Sequence({Tlv(kSet, {})})), std::nullopt);
  EXPECT_TRUE(verifier::CanonicalName(Sequence(certs::ByteView{})).has_value());
}

TEST(NameText, ShowsNoControlCharacterAndNoSecondAttribute) {
  const std::string text = verifier::NameText(NameOf(certs::der::kUtf8String, "a\x1b[2J, CN=mail.bob.test"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('"'), 3U);  // CN="...": quoted, so that the comma ends nothing
}

}  // namespace

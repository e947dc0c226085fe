#include "certs/bytes.h"

#include <gtest/gtest.h>

namespace certs {
namespace {

TEST(Bytes, KeepEveryOctetOfTheTextTheyComeFrom) {
  EXPECT_EQ(ToBytes(std::string_view("a\0b", 3)), (Bytes{'a', 0, 'b'}));
  EXPECT_EQ(AsText(Bytes{'a', 0, 'b'}), std::string_view("a\0b", 3));
}

TEST(Bytes, AreWrittenAsTwoHexadecimalDigitsAnOctet) { EXPECT_EQ(ToHex(Bytes{0x00, 0x0f, 0xff}), "000fff"); }

TEST(Escaped, LetsPrintableCharactersAndSpacesStand) { EXPECT_EQ(Escaped("mail.bob.test ~"), "mail.bob.test ~"); }

TEST(Escaped, ShowsWhatATerminalWouldObey) { EXPECT_EQ(Escaped("\x1b[31m\r\n\x7f"), "\\x1b[31m\\x0d\\x0a\\x7f"); }

TEST(Escaped, ShowsNulAndHighOctets) { EXPECT_EQ(Escaped(Bytes{0x00, 0xc3, 0xa9}), "\\x00\\xc3\\xa9"); }

TEST(Escaped, EscapesTheBackslashSoThatNothingImitatesAnEscape) { EXPECT_EQ(Escaped("\\x41"), "\\x5cx41"); }

TEST(Escaped, SaysHowMuchItLeftOut) {
  EXPECT_EQ(Escaped("abcdef", 4), "abcd...(+2)");
  EXPECT_EQ(Escaped("abcd", 4), "abcd");
}

}  // namespace
}  // namespace certs

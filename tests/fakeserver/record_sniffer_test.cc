#include "fakeserver/record_sniffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/client_hello.h"

namespace fakeserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Heard {
  std::vector<std::pair<int, int>> alerts;
  std::string clear;
};

// What is heard of `bytes` when they come `portion` at a time.
Heard Listen(std::string_view bytes, size_t portion) {
  Heard heard;
  RecordSniffer sniffer(
      {.plaintext_alert = [&](uint8_t level, uint8_t what) { heard.alerts.emplace_back(level, what); },
       .clear_bytes = [&](ByteView clear) { heard.clear += certs::AsText(clear); }});
  for (size_t from = 0; from < bytes.size(); from += portion) {
    sniffer.Feed(certs::ToBytes(bytes.substr(from, portion)));
  }
  return heard;
}

const std::string kRecord(
    "\x16\x03\x01\x00\x03"
    "abc",
    8);
const std::string kAlertRecord("\x15\x03\x01\x00\x02\x02\x46", 7);
const std::string kEncryptedAlert("\x15\x03\x03\x00\x03xyz", 8);

TEST(RecordSniffer, HearsAPlaintextAlertInAnyPortions) {
  for (size_t portion = 1; portion < 30; ++portion) {
    const Heard heard = Listen(kRecord + kAlertRecord + kRecord, portion);
    EXPECT_THAT(heard.alerts, ElementsAre(Pair(2, 0x46))) << portion;
    EXPECT_EQ(heard.clear, "") << portion;
  }
}

TEST(RecordSniffer, DoesNotTakeAnEncryptedAlertForAPlainOne) {
  EXPECT_THAT(Listen(kEncryptedAlert, 100).alerts, IsEmpty());
}

TEST(RecordSniffer, FromTheFirstOctetThatIsNoRecordEverythingIsClear) {
  for (size_t portion = 1; portion < 30; ++portion) {
    EXPECT_EQ(Listen(kRecord + "EHLO evil\r\n" + kAlertRecord, portion).clear, "EHLO evil\r\n" + kAlertRecord)
        << portion;
  }
}

TEST(RecordSniffer, AcceptsAnEmptyRecord) {
  EXPECT_EQ(Listen(std::string("\x17\x03\x03\x00\x00", 5) + kRecord, 3).clear, "");
}

TEST(ClientHelloParser, RefusesWhatIsNone) {
  EXPECT_FALSE(ParseClientHello({}).has_value());
  EXPECT_FALSE(ParseClientHello(certs::ToBytes("\x02")).has_value());
  EXPECT_FALSE(ParseClientHello(certs::ToBytes(std::string("\x01\x00\x00\x05hello", 9))).has_value());
}

TEST(ClientHelloParser, ReadsALegacyHelloWithoutExtensions) {
  std::string hello("\x01\x00\x00\x29\x03\x01", 6);
  hello += std::string(32, 'r') + std::string("\x00\x00\x02\x00\x2f\x01\x00", 7);
  const auto parsed = ParseClientHello(certs::ToBytes(hello));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_THAT(parsed->versions, ElementsAre(0x0301));
  EXPECT_THAT(parsed->ciphers, ElementsAre(0x002f));
  EXPECT_EQ(parsed->server_name, "");
}

}  // namespace
}  // namespace fakeserver

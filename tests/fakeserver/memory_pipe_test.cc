#include <gtest/gtest.h>

#include "fakeserver/byte_stream.h"

namespace fakeserver {
namespace {

std::string ReadAll(ByteStream& stream, IoStatus* last = nullptr) {
  std::string all;
  uint8_t buffer[7];
  IoResult result;
  while ((result = stream.Read(buffer)).status == IoStatus::kOk) {
    all += certs::AsText(ByteView(buffer).first(result.count));
  }
  if (last != nullptr) {
    *last = result.status;
  }
  return all;
}

size_t Put(ByteStream& stream, std::string_view text) { return stream.Write(certs::ToBytes(text)).count; }

TEST(MemoryPipe, CarriesBytesBothWays) {
  MemoryPipe pipe;
  Put(pipe.client(), "hello");
  Put(pipe.server(), "welcome");
  EXPECT_EQ(ReadAll(pipe.server()), "hello");
  EXPECT_EQ(ReadAll(pipe.client()), "welcome");
}

TEST(MemoryPipe, IsBoundedAndGoesRound) {
  MemoryPipe pipe(MemoryPipe::kRoom, 10);
  EXPECT_EQ(Put(pipe.client(), "0123456789abc"), 10u);
  EXPECT_EQ(pipe.client().Write(certs::ToBytes("x")).status, IoStatus::kWouldBlock);
  std::string all;
  for (int i = 0; i < 20; ++i) {
    uint8_t buffer[3];
    const size_t count = pipe.server().Read(buffer).count;
    all += certs::AsText(ByteView(buffer).first(count));
    EXPECT_EQ(Put(pipe.client(), std::string_view("xyz").substr(0, count)), count);
  }
  EXPECT_TRUE(all.starts_with("0123456789xyzxyz")) << all;
}

TEST(MemoryPipe, AReadNeverCrossesAWrite) {
  MemoryPipe pipe;
  Put(pipe.server(), "220 go\r\n");
  Put(pipe.server(), "250 evil\r\n");
  uint8_t buffer[100];
  EXPECT_EQ(pipe.client().Read(buffer).count, 8u);
  EXPECT_EQ(pipe.client().Read(buffer).count, 10u);
}

TEST(MemoryPipe, AfterHalfCloseTheOtherDirectionWorks) {
  MemoryPipe pipe;
  Put(pipe.client(), "last");
  pipe.client().Close(CloseKind::kHalf);
  IoStatus last{};
  EXPECT_EQ(ReadAll(pipe.server(), &last), "last");
  EXPECT_EQ(last, IoStatus::kEof);
  EXPECT_EQ(Put(pipe.server(), "reply"), 5u);
  EXPECT_EQ(ReadAll(pipe.client()), "reply");
  EXPECT_EQ(pipe.client().Write(certs::ToBytes("x")).status, IoStatus::kReset);
}

TEST(MemoryPipe, AfterFinThePeerReadsTheRestAndCannotWrite) {
  MemoryPipe pipe;
  Put(pipe.client(), "last");
  pipe.client().Close(CloseKind::kFin);
  EXPECT_EQ(pipe.server().Write(certs::ToBytes("x")).status, IoStatus::kReset);
  IoStatus last{};
  EXPECT_EQ(ReadAll(pipe.server(), &last), "last");
  EXPECT_EQ(last, IoStatus::kEof);
}

TEST(MemoryPipe, AResetComesBehindWhatWasSent) {
  MemoryPipe pipe;
  Put(pipe.server(), "220");
  pipe.server().Close(CloseKind::kReset);
  IoStatus last{};
  EXPECT_EQ(ReadAll(pipe.client(), &last), "220");
  EXPECT_EQ(last, IoStatus::kReset);
}

}  // namespace
}  // namespace fakeserver

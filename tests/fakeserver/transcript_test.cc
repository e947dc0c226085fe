#include "fakeserver/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace fakeserver {
namespace {

TEST(Transcript, KeepsEventsInOrder) {
  Transcript transcript;
  transcript.Add({.kind = EventKind::kConnected});
  transcript.Add({.kind = EventKind::kCommand, .text = "QUIT"});
  ASSERT_EQ(transcript.events().size(), 2u);
  EXPECT_EQ(transcript.events()[1].text, "QUIT");
  EXPECT_TRUE(transcript.Has(EventKind::kCommand));
  EXPECT_FALSE(transcript.Has(EventKind::kSecret));
}

TEST(Transcript, CountsWhatItDrops) {
  Transcript transcript;
  for (size_t i = 0; i < Transcript::kMaxEvents + 5; ++i) {
    transcript.Add({});
  }
  EXPECT_EQ(transcript.events().size(), Transcript::kMaxEvents);
  EXPECT_EQ(transcript.dropped(), 5u);
}

TEST(Transcript, BoundsEachTextAndAllTexts) {
  Transcript transcript;
  for (int i = 0; i < 1000; ++i) {
    transcript.Add({.text = std::string(100'000, 'x')});
  }
  EXPECT_EQ(transcript.events()[0].text.size(), Transcript::kMaxText);
  EXPECT_LE(transcript.kept_text(), Transcript::kMaxTotalText + Transcript::kMaxText);
  EXPECT_GT(transcript.dropped(), 0u);
}

TEST(Transcript, ALineOfItIsFitForATerminal) {
  for (int kind = 0; kind <= static_cast<int>(EventKind::kNote); ++kind) {
    const std::string line = ToString({.kind = static_cast<EventKind>(kind),
                                       .text = std::string("\x1b[2J\r\n\0\x9b", 8) + std::string(100'000, 'x'),
                                       .secret = "\x1b[31m",
                                       .hello = ClientHello{.server_name = "\x1b]0;"}});
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; })) << kind;
    EXPECT_LT(line.size(), 2000u) << kind;
  }
}

TEST(Transcript, EveryKindAndStageHasAName) {
  for (int kind = 0; kind <= static_cast<int>(EventKind::kNote); ++kind) {
    EXPECT_NE(Name(static_cast<EventKind>(kind)), "?");
  }
  for (int stage = 0; stage <= static_cast<int>(Stage::kMessageSeen); ++stage) {
    EXPECT_NE(Name(static_cast<Stage>(stage)), "?");
  }
}

}  // namespace
}  // namespace fakeserver

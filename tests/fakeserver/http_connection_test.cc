// The web server: what it hands out, what it makes of requests that are none, and each of its faults.
#include "fakeserver/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "certs/bytes.h"

namespace fakeserver {
namespace {

using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /crl/0 HTTP/1.1\r\nHost: status.bob.test\r\n\r\n";
const std::string kContent = "ten octets";

// One visit, on virtual time.
class Visit {
 public:
  explicit Visit(HttpFault fault = HttpFault::kNone) : connection_(Site(fault), pipe_.server()) {}

  Visit& Say(std::string_view text) {
    pipe_.client().Write(certs::ToBytes(text));
    Run();
    return *this;
  }
  // As far as it goes without waiting; never more than a little of what has no end.
  void Run() {
    for (int turn = 0; turn < 50 && !connection_.Done() && connection_.Advance(now_); ++turn) {
      Take();
    }
    Take();
  }
  // Lets time pass until nothing more is to come.
  void Wait() {
    while (!connection_.Done() && connection_.NextDeadline()) {
      now_ = *connection_.NextDeadline();
      Run();
    }
  }
  void HangUp() {
    pipe_.client().Close(CloseKind::kFin);
    Run();
  }

  std::string answer;
  bool ended = false, reset = false;
  HttpConnection& connection() { return connection_; }
  Micros now() const { return now_; }

 private:
  static std::shared_ptr<const HttpSite> Site(HttpFault fault) {
    auto site = std::make_shared<HttpSite>();
    site->script.fault = fault;
    site->resources["/crl/0"] = {.type = "application/pkix-crl", .content = certs::ToBytes(kContent)};
    return site;
  }
  void Take() {
    std::array<uint8_t, 4096> block;
    IoResult result = pipe_.client().Read(block);
    for (; result.status == IoStatus::kOk; result = pipe_.client().Read(block)) {
      answer += certs::AsText(ByteView(block).first(result.count));
    }
    ended |= result.status == IoStatus::kEof;
    reset |= result.status == IoStatus::kReset;
  }

  MemoryPipe pipe_;
  HttpConnection connection_;
  Micros now_{0};
};

TEST(HttpConnectionTest, HandsOutWhatIsThere) {
  Visit visit;
  visit.Say(kGet);
  EXPECT_EQ(visit.answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: 10\r\nConnection: close\r\n\r\n" +
                kContent);
  EXPECT_TRUE(visit.ended);
  EXPECT_TRUE(visit.connection().Done());
}

TEST(HttpConnectionTest, KeepsARecordThatIsNoMail) {
  Visit visit;
  visit.Say(kGet);
  const Transcript transcript = visit.connection().TakeTranscript();
  EXPECT_TRUE(transcript.http);
  EXPECT_TRUE(transcript.Has(EventKind::kCommand));
  EXPECT_TRUE(transcript.Has(EventKind::kReply));
}

TEST(HttpConnectionTest, TakesARequestInPieces) {
  Visit visit;
  for (const char c : kGet) {
    visit.Say(std::string(1, c));
  }
  EXPECT_THAT(visit.answer, EndsWith(kContent));
}

TEST(HttpConnectionTest, AnswersForWhatIsBelowAPath) {
  EXPECT_THAT(Visit().Say("GET /crl/0/MEUwQzBBMD8wPTAJ HTTP/1.1\r\n\r\n").answer, EndsWith(kContent));
  EXPECT_THAT(Visit().Say("GET /crl/01 HTTP/1.1\r\n\r\n").answer, StartsWith("HTTP/1.1 404 "));
}

TEST(HttpConnectionTest, UnderstandsATargetInAbsoluteForm) {
  EXPECT_THAT(Visit().Say("GET http://status.bob.test/crl/0 HTTP/1.0\r\n\r\n").answer, EndsWith(kContent));
}

TEST(HttpConnectionTest, WaitsForAllThatIsPosted) {
  Visit visit;
  visit.Say("POST /crl/0 HTTP/1.1\r\nContent-LENGTH: 5\r\n\r\n1234");
  EXPECT_THAT(visit.answer, IsEmpty());
  visit.Say("5");
  EXPECT_THAT(visit.answer, EndsWith(kContent));
}

TEST(HttpConnectionTest, LeavesTheContentOutOfTheAnswerToHead) {
  EXPECT_THAT(Visit().Say("HEAD /crl/0 HTTP/1.1\r\n\r\n").answer, EndsWith("Connection: close\r\n\r\n"));
}

TEST(HttpConnectionTest, RefusesWhatIsNoRequest) {
  EXPECT_THAT(Visit().Say("EHLO client.test\r\n\r\n").answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Visit().Say("GET /crl/0 HTTP/1.1\r\nContent-Length: many\r\n\r\n").answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Visit().Say("BREW /crl/0 HTTP/1.1\r\n\r\n").answer, StartsWith("HTTP/1.1 405 "));
}

TEST(HttpConnectionTest, ReadsNoMoreThanItsBound) {
  Visit endless;
  for (int i = 0; i < 20 && endless.answer.empty(); ++i) {
    endless.Say(std::string(8 * 1024, 'a'));
  }
  EXPECT_THAT(endless.answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Visit().Say("POST /crl/0 HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n").answer,
              StartsWith("HTTP/1.1 413 "));
}

TEST(HttpConnectionTest, EndsWithAVisitorWhoGoes) {
  Visit visit;
  visit.Say("GET /crl");
  visit.HangUp();
  EXPECT_TRUE(visit.connection().Done());
}

// ------------------------------------------------------------------------------------------------ faults

TEST(HttpFaults, SilenceIsSilentUntilTheVisitorGoes) {
  Visit visit(HttpFault::kSilence);
  visit.Say(kGet);
  EXPECT_THAT(visit.answer, IsEmpty());
  EXPECT_EQ(visit.connection().NextDeadline(), std::nullopt);
  EXPECT_FALSE(visit.connection().Done());
  visit.HangUp();
  EXPECT_TRUE(visit.connection().Done());
}

TEST(HttpFaults, DripIsTheRightAnswerOneOctetASecond) {
  Visit visit(HttpFault::kDrip);
  visit.Say(kGet);
  EXPECT_EQ(visit.answer, "H");
  visit.Wait();
  EXPECT_THAT(visit.answer, EndsWith(kContent));
  EXPECT_GE(visit.now(), seconds(visit.answer.size() - 1));
}

TEST(HttpFaults, EndlessSaysNoLengthAndGoesOn) {
  Visit visit(HttpFault::kEndless);
  visit.Say(kGet);
  EXPECT_EQ(visit.answer.find("Content-Length"), std::string::npos);
  EXPECT_GT(visit.answer.size(), 100'000u);
  EXPECT_FALSE(visit.connection().Done());
}

TEST(HttpFaults, HugeSaysSoAndGoesOn) {
  Visit visit(HttpFault::kHuge);
  visit.Say(kGet);
  EXPECT_THAT(visit.answer, HasSubstr("Content-Length: 8589934592\r\n"));
  EXPECT_GT(visit.answer.size(), 100'000u);
}

TEST(HttpFaults, ShortEndsBeforeTheLengthItPromised) {
  Visit visit(HttpFault::kShort);
  visit.Say(kGet);
  EXPECT_THAT(visit.answer, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(visit.answer, EndsWith("\r\n\r\nten o"));
  EXPECT_TRUE(visit.ended);
}

TEST(HttpFaults, ResetIsNoEnd) {
  Visit visit(HttpFault::kReset);
  visit.Say(kGet);
  EXPECT_THAT(visit.answer, IsEmpty());
  EXPECT_TRUE(visit.reset);
}

TEST(HttpFaults, RedirectLoopLeadsToWhereItWasAsked) {
  EXPECT_THAT(Visit(HttpFault::kRedirectLoop).Say(kGet).answer, HasSubstr("\r\nLocation: /crl/0\r\n"));
}

TEST(HttpFaults, AnswersOfNoUseAreWholeAnswers) {
  EXPECT_THAT(Visit(HttpFault::kNotFound).Say(kGet).answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Visit(HttpFault::kServerError).Say(kGet).answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(Visit(HttpFault::kWebPage).Say(kGet).answer, HasSubstr("text/html"));
  EXPECT_THAT(Visit(HttpFault::kEmpty).Say(kGet).answer, EndsWith("Content-Length: 0\r\nConnection: close\r\n\r\n"));
}

}  // namespace
}  // namespace fakeserver

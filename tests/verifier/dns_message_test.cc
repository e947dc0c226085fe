#include "lab/verifier/dns_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/verifier/dns_fake.h"

namespace verifier {
namespace {

using dns_fake::Published;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

Bytes AnswerTo(const fakeserver::DnsZone& zone, const DnsQuestion& question) {
  return fakeserver::AnswerQuery(*Published(zone), *WriteQuery(7, question), "127.0.0.1",
                                 fakeserver::DnsTransport::kTcp)
      .message;
}

DnsAnswer Read(const fakeserver::DnsZone& zone, const DnsQuestion& question) {
  return ReadAnswer(AnswerTo(zone, question), question);
}

TEST(DnsMessage, ReadsEveryTypeOfRecord) {
  fakeserver::DnsZone zone;
  zone.sets.push_back({.name = "mail.bob.test AAAA", .records = {"::1"}});
  zone.sets.push_back({.name = "text.bob.test TXT", .records = {"\"one \" \"two\""}});
  EXPECT_THAT(Read(zone, {"bob.test", DnsType::kMx}).records,
              ElementsAre(DnsRecord{
                  .owner = "bob.test", .type = DnsType::kMx, .ttl = 3600, .name = "mail.bob.test", .preference = 10}));
  EXPECT_THAT(Read(zone, {"mail.bob.test", DnsType::kA}).records,
              ElementsAre(Field(&DnsRecord::address, Bytes{127, 0, 0, 1})));
  EXPECT_THAT(Read(zone, {"mail.bob.test", DnsType::kAaaa}).records,
              ElementsAre(Field(&DnsRecord::address, SizeIs(16))));
  EXPECT_THAT(Read(zone, {"1.0.0.127.in-addr.arpa", DnsType::kPtr}).records,
              ElementsAre(Field(&DnsRecord::name, "mail.bob.test")));
  EXPECT_THAT(Read(zone, {"text.bob.test", DnsType::kTxt}).records, ElementsAre(Field(&DnsRecord::text, "one two")));
  const auto srv = Read(zone, {"_submission._tcp.bob.test", DnsType::kSrv}).records;
  ASSERT_THAT(srv, SizeIs(1));
  EXPECT_EQ(srv[0].port, 587);
  EXPECT_EQ(srv[0].weight, 1);
  const auto tlsa = Read(zone, {"_25._tcp.mail.bob.test", DnsType::kTlsa}).records;
  ASSERT_THAT(tlsa, SizeIs(1));
  EXPECT_EQ(tlsa[0].tlsa.usage, 3);
  EXPECT_THAT(tlsa[0].tlsa.data, SizeIs(32));
}

TEST(DnsMessage, TellsWhatIsMissingAndWhatIsNotKnown) {
  fakeserver::DnsZone zone;
  zone.sets.push_back({.name = "broken.bob.test A", .fate = fakeserver::DnsFate::kServFail});
  zone.sets.push_back({.name = "refused.bob.test A", .fate = fakeserver::DnsFate::kRefused});
  zone.sets.push_back({.name = "torn.bob.test A", .records = {"127.0.0.1"}, .fate = fakeserver::DnsFate::kNxDomain});
  EXPECT_EQ(Read(zone, {"mail.bob.test", DnsType::kMx}).status, DnsStatus::kNoData);
  EXPECT_EQ(Read(zone, {"nobody.bob.test", DnsType::kA}).status, DnsStatus::kNxDomain);
  EXPECT_EQ(Read(zone, {"broken.bob.test", DnsType::kA}).status, DnsStatus::kServFail);
  EXPECT_EQ(Read(zone, {"refused.bob.test", DnsType::kA}).status, DnsStatus::kRefused);
  EXPECT_EQ(Read(zone, {"torn.bob.test", DnsType::kA}).status, DnsStatus::kMalformed) << "records of no name";
  EXPECT_EQ(Read(zone, {"torn.bob.test", DnsType::kA}).records.size(), 0u);
  EXPECT_FALSE(Read(zone, {"broken.bob.test", DnsType::kA}).known());
  EXPECT_TRUE(Read(zone, {"nobody.bob.test", DnsType::kA}).known());
}

TEST(DnsMessage, BelievesTheAdBitOnly) {
  fakeserver::DnsZone zone;
  EXPECT_TRUE(Read(zone, {"bob.test", DnsType::kMx}).secure);
  zone.At("bob.test MX").secure = false;
  EXPECT_FALSE(Read(zone, {"bob.test", DnsType::kMx}).secure);
}

TEST(DnsMessage, GoesAlongAliasesAndForgetsWhatLiesBesideThem) {
  fakeserver::DnsZone zone;
  zone.sets.push_back({.name = "a.bob.test CNAME", .records = {"b.bob.test"}, .ttl = 60});
  zone.sets.push_back({.name = "b.bob.test CNAME", .records = {"mail.bob.test"}});
  const DnsAnswer answer = Read(zone, {"a.bob.test", DnsType::kA});
  EXPECT_THAT(answer.aliases, ElementsAre("b.bob.test", "mail.bob.test"));
  EXPECT_THAT(answer.records, SizeIs(1));
  EXPECT_EQ(answer.ttl, 60U);
  // An answer with a record of another owner, by hand: the question's name is changed in both places.
  const DnsQuestion asked{"evil.bob.test", DnsType::kA};
  Bytes message = AnswerTo(zone, {"mail.bob.test", DnsType::kA});
  EXPECT_EQ(ReadAnswer(message, asked).status, DnsStatus::kMalformed);
  std::copy_n("evil", 4, message.begin() + 13);  // in the question only
  EXPECT_EQ(ReadAnswer(message, asked).status, DnsStatus::kNoData);
}

TEST(DnsMessage, ReadsCompressedNamesAndRefusesPointersThatDoNotGoBack) {
  // bob.test MX 10 mail.<pointer to bob.test>
  const DnsQuestion question{"bob.test", DnsType::kMx};
  Bytes message = {0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 3, 'b', 'o', 'b', 4, 't', 'e', 's', 't', 0, 0, 15, 0, 1};
  const size_t record = message.size();
  certs::Append(message, Bytes{0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 1, 0, 9, 0, 10, 4, 'm', 'a', 'i', 'l', 0xc0, 12});
  EXPECT_THAT(ReadAnswer(message, question).records, ElementsAre(Field(&DnsRecord::name, "mail.bob.test")));
  for (const size_t target : {record + 19, record + 14, message.size(), size_t{0x3fff}}) {
    Bytes looping = message;
    looping[record + 19] = static_cast<uint8_t>(0xc0 | target >> 8);
    looping[record + 20] = static_cast<uint8_t>(target);
    const DnsAnswer answer = ReadAnswer(looping, question);
    EXPECT_TRUE(answer.status == DnsStatus::kMalformed || answer.records.front().name != "mail.bob.test") << target;
  }
  Bytes self = message;
  self[record + 1] = static_cast<uint8_t>(record);  // the owner points to itself
  EXPECT_EQ(ReadAnswer(self, question).status, DnsStatus::kMalformed);
  Bytes forward = message;
  forward[record + 20] = static_cast<uint8_t>(record + 19);
  EXPECT_EQ(ReadAnswer(forward, question).status, DnsStatus::kMalformed);
}

TEST(DnsMessage, OddOctetsNeverMakeAHostName) {
  const DnsQuestion question{"bob.test", DnsType::kMx};
  Bytes message = {0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 3, 'b', 'o', 'b', 4, 't', 'e', 's', 't', 0, 0, 15, 0, 1};
  certs::Append(message,
                Bytes{0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 1, 0, 12, 0, 10, 8, 'm', 'a', 'i', 'l', '.', 'b', 'o', 0, 0});
  // One label with a dot and a NUL inside.
  EXPECT_THAT(ReadAnswer(message, question).records, ElementsAre(Field(&DnsRecord::name, "mail\\046bo\\000")));
}

TEST(DnsMessage, AnswersNothingButItsQuestion) {
  const DnsQuestion question{"mail.bob.test", DnsType::kA};
  Bytes message = AnswerTo({}, question);
  EXPECT_EQ(ReadAnswer(message, {"mail.bob.test", DnsType::kAaaa}).status, DnsStatus::kMalformed);
  EXPECT_EQ(ReadAnswer(message, {"mail.eve.test", DnsType::kA}).status, DnsStatus::kMalformed);
  message[2] &= 0x7f;  // a query
  EXPECT_EQ(ReadAnswer(message, question).status, DnsStatus::kMalformed);
  message = AnswerTo({}, question);
  message[2] |= 0x02;  // truncated
  EXPECT_EQ(ReadAnswer(message, question).status, DnsStatus::kMalformed);
}

TEST(DnsMessage, IsTotalOverEveryCutAndEveryFlippedOctet) {
  const DnsQuestion question{"_25._tcp.mail.bob.test", DnsType::kTlsa};
  const Bytes message = AnswerTo({}, question);
  for (size_t size = 0; size < message.size(); ++size) {
    ReadAnswer(ByteView(message).first(size), question);
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes broken = message;
    for (int edits = 0; edits < 3; ++edits) {
      broken[random() % broken.size()] = static_cast<uint8_t>(random());
    }
    ReadAnswer(broken, question);
  }
}

TEST(DnsMessage, BoundsItsWorkOnPointersThatGoBackStepByStep) {
  // 65535 octets, a chain of pointers each to the one before; a record for each would be quadratic.
  const DnsQuestion question{"bob.test", DnsType::kA};
  Bytes message = {0,   7,   0x81, 0x80, 0,   1,   0xff, 0xff, 0, 0, 0, 0, 3,
                   'b', 'o', 'b',  4,    't', 'e', 's',  't',  0, 0, 1, 0, 1};
  size_t last = 12;
  while (message.size() < 0x3ff0) {
    const size_t here = message.size();
    message.push_back(static_cast<uint8_t>(0xc0 | last >> 8));
    message.push_back(static_cast<uint8_t>(last));
    last = here;
  }
  EXPECT_EQ(ReadAnswer(message, question).status, DnsStatus::kMalformed);
}

TEST(DnsMessage, RefusesQueriesForWhatIsNoName) {
  EXPECT_FALSE(WriteQuery(1, {"", DnsType::kA}));
  EXPECT_FALSE(WriteQuery(1, {"a..b", DnsType::kA}));
  EXPECT_FALSE(WriteQuery(1, {std::string(64, 'a') + ".test", DnsType::kA}));
  std::string name = "a";
  while (name.size() < 253) {
    name += ".a";
  }
  EXPECT_TRUE(WriteQuery(1, {name, DnsType::kA}));
  EXPECT_FALSE(WriteQuery(1, {name + ".a", DnsType::kA}));
}

TEST(DnsMessage, NamesAddressesBackwards) {
  EXPECT_EQ(ReverseName(Bytes{127, 0, 0, 1}), "1.0.0.127.in-addr.arpa");
  Bytes v6(16);
  v6[0] = 0x20;
  v6[15] = 0x1f;
  EXPECT_EQ(ReverseName(v6),
            "f.1." + std::string("0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.") + "0.2.ip6.arpa");
}

}  // namespace
}  // namespace verifier

#include "fakeserver/dns_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakeserver/dns_reader.h"

namespace fakeserver {
namespace {

using dns_reader::Query;
using dns_reader::Read;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kResolver = "127.0.0.1";
constexpr int kNoError = 0, kServFail = 2, kNxDomain = 3, kRefused = 5;

std::shared_ptr<const DnsData> Published(const DnsZone& zone, const certs::ChainSpec& chain = certs::GoodChain()) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), 1'800'000'000);
  auto data = Publish(zone, chain, issuer);
  EXPECT_TRUE(data.has_value()) << data.error().detail;
  return data.value_or(nullptr);
}

dns_reader::Answer Ask(const DnsZone& zone, const std::string& name, DnsType type,
                       DnsTransport transport = DnsTransport::kUdp, std::string_view resolver = kResolver) {
  return Read(AnswerQuery(*Published(zone), Query(name, type), resolver, transport).message);
}

TEST(DnsAnswer, KnowsBobsDomain) {
  const DnsZone zone;
  EXPECT_THAT(Ask(zone, "bob.test", DnsType::kMx).records, ElementsAre("bob.test MX 10 mail.bob.test"));
  EXPECT_THAT(Ask(zone, "mail.bob.test", DnsType::kA).records, ElementsAre("mail.bob.test A 127.0.0.1"));
  EXPECT_THAT(Ask(zone, "_submission._tcp.bob.test", DnsType::kSrv).records,
              ElementsAre("_submission._tcp.bob.test SRV 0 1 587 mail.bob.test"));
  EXPECT_THAT(Ask(zone, "1.0.0.127.in-addr.arpa", DnsType::kPtr).records,
              ElementsAre("1.0.0.127.in-addr.arpa PTR mail.bob.test"));
  EXPECT_THAT(Ask(zone, "_25._tcp.mail.bob.test", DnsType::kTlsa).records, SizeIs(1));
  EXPECT_TRUE(Ask(zone, "bob.test", DnsType::kMx).authenticated);
}

TEST(DnsAnswer, EchoesTheQuestionInItsLetterCase) {
  const DnsZone zone;
  const Bytes query = Query("MaIl.bOb.TEST", DnsType::kA);
  const Bytes answer = AnswerQuery(*Published(zone), query, kResolver, DnsTransport::kUdp).message;
  EXPECT_EQ(Bytes(answer.begin() + 12, answer.begin() + 31), Bytes(query.begin() + 12, query.begin() + 31));
  EXPECT_THAT(Read(answer).records, SizeIs(1));
}

TEST(DnsAnswer, DeniesNamesAndTypesSecurely) {
  const auto no_name = Ask({}, "www.bob.test", DnsType::kA);
  EXPECT_EQ(no_name.code, kNxDomain);
  EXPECT_TRUE(no_name.authenticated);
  EXPECT_EQ(no_name.denials, 1);
  const auto no_type = Ask({}, "mail.bob.test", DnsType::kAaaa);
  EXPECT_EQ(no_type.code, kNoError);
  EXPECT_THAT(no_type.records, IsEmpty());
  // RFC 8020: a name above an owner exists.
  EXPECT_EQ(Ask({}, "_tcp.mail.bob.test", DnsType::kA).code, kNoError);
}

TEST(DnsAnswer, SetsAdOnlyWhereTheZoneIsSecureAndTheAskerKnowsIt) {
  DnsZone zone;
  EXPECT_FALSE(
      Read(AnswerQuery(*Published(zone), Query("bob.test", DnsType::kMx, false), kResolver, {}).message).authenticated);
  EXPECT_TRUE(Read(AnswerQuery(*Published(zone), Query("bob.test", DnsType::kMx, false, 1232), kResolver, {}).message)
                  .authenticated);
  zone.At("bob.test MX").secure = false;
  EXPECT_FALSE(Ask(zone, "bob.test", DnsType::kMx).authenticated);
  EXPECT_TRUE(Ask(zone, "mail.bob.test", DnsType::kA).authenticated);
  zone.secure = false;
  EXPECT_FALSE(Ask(zone, "mail.bob.test", DnsType::kA).authenticated);
  EXPECT_FALSE(Ask(zone, "nowhere.bob.test", DnsType::kA).authenticated);
}

TEST(DnsAnswer, FollowsAliasesAndIsAsSecureAsTheWeakest) {
  DnsZone zone;
  zone.sets.push_back({.name = "smtp.bob.test CNAME", .records = {"mail.bob.test"}});
  EXPECT_THAT(Ask(zone, "smtp.bob.test", DnsType::kA).records,
              ElementsAre("smtp.bob.test CNAME mail.bob.test", "mail.bob.test A 127.0.0.1"));
  EXPECT_TRUE(Ask(zone, "smtp.bob.test", DnsType::kA).authenticated);
  zone.At("smtp.bob.test CNAME").secure = false;
  EXPECT_FALSE(Ask(zone, "smtp.bob.test", DnsType::kA).authenticated);
  zone.At("smtp.bob.test CNAME").records = {"smtp.bob.test"};
  EXPECT_EQ(Ask(zone, "smtp.bob.test", DnsType::kA).code, kServFail);
}

TEST(DnsAnswer, FailsAsToldTo) {
  DnsZone zone;
  DnsSet& set = zone.At("{host} A");
  const auto ask = [&](DnsTransport transport = DnsTransport::kUdp) {
    return Ask(zone, "mail.bob.test", DnsType::kA, transport);
  };
  set.fate = DnsFate::kServFail;
  EXPECT_EQ(ask().code, kServFail);
  EXPECT_FALSE(ask().authenticated);
  set.fate = DnsFate::kRefused;
  EXPECT_EQ(ask().code, kRefused);
  set.fate = DnsFate::kNxDomain;
  EXPECT_EQ(ask().code, kNxDomain);
  set.fate = DnsFate::kSilence;
  EXPECT_THAT(AnswerQuery(*Published(zone), Query("mail.bob.test", DnsType::kA), kResolver, {}).message, IsEmpty());
  set.fate = DnsFate::kGarbage;
  EXPECT_FALSE(ask().parsed);
  set.fate = DnsFate::kTruncated;
  EXPECT_TRUE(ask().truncated);
  EXPECT_THAT(ask().records, IsEmpty());
  EXPECT_FALSE(ask(DnsTransport::kTcp).truncated);
  EXPECT_THAT(ask(DnsTransport::kTcp).records, SizeIs(1));
  set.fate = DnsFate::kTruncatedAlways;
  EXPECT_TRUE(ask(DnsTransport::kTcp).truncated);
}

TEST(DnsAnswer, ForgesIdAndQuestion) {
  DnsZone zone;
  const Bytes query = Query("mail.bob.test", DnsType::kA);
  zone.At("{host} A").fate = DnsFate::kWrongId;
  const Bytes wrong_id = AnswerQuery(*Published(zone), query, kResolver, {}).message;
  EXPECT_NE(Bytes(wrong_id.begin(), wrong_id.begin() + 2), Bytes(query.begin(), query.begin() + 2));
  zone.At("{host} A").fate = DnsFate::kWrongQuestion;
  const Bytes wrong_question = AnswerQuery(*Published(zone), query, kResolver, {}).message;
  EXPECT_TRUE(Read(wrong_question).parsed);
  EXPECT_NE(wrong_question[13], query[13]);
}

TEST(DnsAnswer, LiesAtOneResolver) {
  DnsZone zone;
  zone.At("{host} A").lies = {{.resolver = "127.0.0.2", .records = {"127.0.0.66"}}};
  EXPECT_THAT(Ask(zone, "mail.bob.test", DnsType::kA).records, ElementsAre("mail.bob.test A 127.0.0.1"));
  EXPECT_THAT(Ask(zone, "mail.bob.test", DnsType::kA, {}, "127.0.0.2").records,
              ElementsAre("mail.bob.test A 127.0.0.66"));
}

TEST(DnsAnswer, WaitsAsLongAsItIsTold) {
  DnsZone zone;
  zone.At("{host} A").delay = std::chrono::seconds(3);
  EXPECT_EQ(AnswerQuery(*Published(zone), Query("mail.bob.test", DnsType::kA), kResolver, {}).delay,
            std::chrono::seconds(3));
}

TEST(DnsAnswer, TruncatesWhatUdpCannotCarry) {
  DnsZone zone;
  zone.sets.push_back({.name = "big.bob.test TXT", .records = {std::string(700, 'x')}});
  EXPECT_TRUE(Ask(zone, "big.bob.test", DnsType::kTxt).truncated);
  EXPECT_FALSE(Ask(zone, "big.bob.test", DnsType::kTxt, DnsTransport::kTcp).truncated);
  EXPECT_FALSE(Read(AnswerQuery(*Published(zone), Query("big.bob.test", DnsType::kTxt, true, 1232), kResolver,
                                DnsTransport::kUdp)
                        .message)
                   .truncated);
}

TEST(DnsAnswer, CutsTextIntoStringsOrTakesThemAsTheyAre) {
  DnsZone zone;
  zone.sets.push_back({.name = "a.test TXT", .records = {std::string(256, 'x')}});
  zone.sets.push_back({.name = "b.test TXT", .records = {"\"v=STS\" \"v1\" \"\""}});
  EXPECT_THAT(Ask(zone, "a.test", DnsType::kTxt).records,
              ElementsAre("a.test TXT \"" + std::string(255, 'x') + "\"\"x\""));
  EXPECT_THAT(Ask(zone, "b.test", DnsType::kTxt).records, ElementsAre("b.test TXT \"v=STS\"\"v1\"\"\""));
}

TEST(DnsAnswer, ComputesWhatATlsaRecordVouchesFor) {
  DnsZone zone;
  DnsSet& set = zone.At("_25._tcp.{host} TLSA");
  const auto digits = [&] {
    const auto records = Ask(zone, "_25._tcp.mail.bob.test", DnsType::kTlsa, DnsTransport::kTcp).records;
    return records.empty() ? 0 : records.front().size() - std::string("_25._tcp.mail.bob.test TLSA 3 1 1 ").size();
  };
  EXPECT_EQ(digits(), 64U);
  set.tlsa = {{.usage = 2, .selector = 0, .matching = 2, .of = "root"}};
  EXPECT_EQ(digits(), 128U);
  set.tlsa = {{.selector = 0, .matching = 0}};
  EXPECT_GT(digits(), 400U);
  // A node that is neither presented nor trusted.
  set.tlsa = {{.usage = 2, .selector = 0, .of = "eve-root"}};
  EXPECT_EQ(digits(), 64U);
  set.tlsa = {{.data = Bytes{1, 2}}};
  EXPECT_THAT(Ask(zone, "_25._tcp.mail.bob.test", DnsType::kTlsa).records,
              ElementsAre("_25._tcp.mail.bob.test TLSA 3 1 1 0102"));
  set.tlsa.clear();
  set.records = {"3 1 1 00ff"};
  EXPECT_THAT(Ask(zone, "_25._tcp.mail.bob.test", DnsType::kTlsa).records,
              ElementsAre("_25._tcp.mail.bob.test TLSA 3 1 1 00ff"));
}

TEST(DnsAnswer, RefusesZonesThatCannotBeEncoded) {
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), 0);
  const auto code = [&](const DnsSet& set) {
    DnsZone zone;
    zone.sets = {set};
    const auto data = Publish(zone, certs::GoodChain(), issuer);
    return data ? std::nullopt : std::optional(data.error().code);
  };
  using enum certs::ErrorCode;
  EXPECT_EQ(code({.name = "bob.test"}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test HINFO"}), kBadInput);
  EXPECT_EQ(code({.name = std::string(64, 'a') + ".test A"}), kBadInput);
  EXPECT_EQ(code({.name = "a..test A"}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test A", .records = {"127.0.0"}}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test MX", .records = {"x mail.bob.test"}}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test MX", .records = {"70000 mail.bob.test"}}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test TXT", .records = {"\"open"}}), kBadInput);
  EXPECT_EQ(code({.name = "_25._tcp.bob.test TLSA", .records = {"3 1 1 0"}}), kBadInput);
  EXPECT_EQ(code({.name = "_25._tcp.bob.test TLSA", .tlsa = {{.of = "nobody"}}}), kBadInput);
  EXPECT_EQ(code({.name = "bob.test A", .records = {"127.0.0.1"}}), std::nullopt);
}

TEST(DnsAnswer, SaysNothingToBytesThatAreNoQuery) {
  const auto data = Published({});
  Bytes query = Query("mail.bob.test", DnsType::kA, true, 1232);
  for (size_t size = 0; size < query.size(); ++size) {
    const auto answer = AnswerQuery(*data, ByteView(query).first(size), kResolver, DnsTransport::kUdp).message;
    // The question is whole with its class; what is cut behind it is only the OPT record.
    EXPECT_EQ(answer.empty(), size < 12 + 15 + 4) << size;
  }
  query[2] |= 0x80;  // a response
  EXPECT_THAT(AnswerQuery(*data, query, kResolver, DnsTransport::kUdp).message, IsEmpty());
  Bytes pointer = Query("mail.bob.test", DnsType::kA);
  pointer[12] = 0xc0;  // a name that points
  EXPECT_THAT(AnswerQuery(*data, pointer, kResolver, DnsTransport::kUdp).message, IsEmpty());
}

}  // namespace
}  // namespace fakeserver

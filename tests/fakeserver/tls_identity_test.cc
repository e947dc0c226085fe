// Which leaves and keys can be served, to whom, and how the handshake then ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakeserver/tls_context.h"
#include "tests/fakeserver/test_client.h"

namespace fakeserver {
namespace {

using certs::KeyType;
using enum EventKind;

std::shared_ptr<const certs::IssuedChain> WithLeafKey(KeyType type) {
  certs::ChainSpec spec = certs::GoodChain();
  spec.leaf().key.type = type;
  return Issued(spec);
}

Meeting Serving(std::shared_ptr<const certs::IssuedChain> identity, TlsScript tls = {}) {
  return Meeting({.tls = tls, .identity = std::move(identity)});
}

class Leaf : public ::testing::TestWithParam<std::tuple<KeyType, uint16_t>> {};

TEST_P(Leaf, IsServedToAClientThatTakesIt) {
  const auto [type, version] = GetParam();
  Meeting meeting = Serving(WithLeafKey(type));
  meeting.StartTls(Tolerant(version));
  EXPECT_TRUE(meeting.client.tls_open) << meeting.client.tls_error << "\n" << meeting.Text();
  EXPECT_TRUE(meeting.Has(kHandshakeDone));
}

INSTANTIATE_TEST_SUITE_P(Types, Leaf,
                         ::testing::Combine(::testing::Values(KeyType::kP256, KeyType::kP384, KeyType::kP521,
                                                              KeyType::kEd25519, KeyType::kRsa1024, KeyType::kRsa2048,
                                                              KeyType::kRsa4096),
                                            ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION)));

TEST(SmallLeaf, Of512BitsIsServedInTls12) {
  Meeting meeting = Serving(WithLeafKey(KeyType::kRsa512));
  meeting.StartTls(Tolerant(TLS1_2_VERSION));
  EXPECT_TRUE(meeting.client.tls_open) << meeting.client.tls_error << "\n" << meeting.Text();
}

TEST(SmallLeaf, Of512BitsCapsTheVersionByItself) {
  Meeting meeting = Serving(WithLeafKey(KeyType::kRsa512));
  ClientTls tls = Tolerant(TLS1_3_VERSION);
  tls.min_version = TLS1_2_VERSION;
  meeting.StartTls(tls);
  EXPECT_EQ(meeting.client.version, "TLSv1.2") << meeting.Text();
}

TEST(SmallLeaf, Of768BitsFitsTls13) {
  Meeting meeting = Serving(WithLeafKey(KeyType::kRsa768));
  meeting.StartTls(Tolerant(TLS1_3_VERSION));
  EXPECT_TRUE(meeting.client.tls_open) << meeting.client.tls_error << "\n" << meeting.Text();
}

TEST(SmallLeaf, CannotBePreparedForTls13Alone) {
  const auto prepared = Prepare({.tls = {.min_version = TLS1_3_VERSION}, .identity = WithLeafKey(KeyType::kRsa512)});
  ASSERT_FALSE(prepared.has_value());
  EXPECT_EQ(prepared.error().code, certs::ErrorCode::kUnsupported);
}

TEST(Leaf, OfATypeTheClientDoesNotOfferFails) {
  Meeting meeting = Serving(WithLeafKey(KeyType::kEd25519));
  meeting.StartTls();
  EXPECT_FALSE(meeting.client.tls_open);
  EXPECT_TRUE(meeting.Has(kHandshakeFailed));
}

// ---- keys that do not belong to the leaf

class ForeignKey : public ::testing::TestWithParam<std::tuple<KeyType, KeyType, uint16_t>> {};

TEST_P(ForeignKey, SignsAHandshakeThatTheClientRefuses) {
  const auto [leaf, key, version] = GetParam();
  certs::ChainSpec spec = certs::GoodChain();
  spec.leaf().key.type = leaf;
  spec.handshake_key = certs::KeySpec{key, "eve"};
  Meeting meeting = Serving(Issued(spec));
  meeting.StartTls(Tolerant(version));
  EXPECT_TRUE(meeting.Has(kCertificateSent)) << meeting.Text();
  EXPECT_FALSE(meeting.client.tls_open);
  EXPECT_EQ(meeting.client.chain, std::vector<Bytes>{});
  ASSERT_TRUE(meeting.Has(kAlertIn)) << meeting.Text();
  EXPECT_EQ(meeting.All(kAlertIn)[0].code, SSL_AD_DECRYPT_ERROR);
}

INSTANTIATE_TEST_SUITE_P(Pairs, ForeignKey,
                         ::testing::Combine(::testing::Values(KeyType::kP256, KeyType::kRsa2048, KeyType::kEd25519),
                                            ::testing::Values(KeyType::kP256, KeyType::kP384, KeyType::kRsa1024,
                                                              KeyType::kRsa4096, KeyType::kEd25519),
                                            ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION)));

TEST(ForeignKey, IsRecognisedAsSuch) {
  certs::ChainSpec spec = certs::GoodChain();
  spec.handshake_key = certs::KeySpec{KeyType::kP256, "eve"};
  EXPECT_TRUE((*TlsContext::Make({}, Issued(spec)))->key_is_foreign());
  EXPECT_FALSE((*TlsContext::Make({}, Issued()))->key_is_foreign());
}

// ---- what cannot be served

TEST(CanServe, EveryGoodChain) { EXPECT_TRUE(CanServe(*Issued()).has_value()); }

TEST(CanServe, NotAnEcLeafWithoutDigitalSignature) {
  certs::ChainSpec spec = certs::GoodChain();
  spec.leaf().key_usage = certs::KeyUsage{certs::kKeyEncipherment};
  const auto chain = Issued(spec);
  ASSERT_FALSE(CanServe(*chain).has_value());
  EXPECT_EQ(CanServe(*chain).error().code, certs::ErrorCode::kUnsupported);
  // ... so it is served by hand.
  Meeting meeting = Serving(chain);
  meeting.StartTls();
  EXPECT_TRUE(meeting.Has(kCertificateSent)) << meeting.Text();
}

TEST(CanServe, NotALeafThatDoesNotParse) {
  const auto good = Issued();
  certs::IssuedChain broken{.presented = {certs::ToBytes("no certificate")}, .key = bssl::UpRef(good->key)};
  EXPECT_FALSE(CanServe(broken).has_value());
  EXPECT_FALSE(CanServe({}).has_value());
}

// ---- settings

TEST(TlsSettings, VersionsAreTheScripts) {
  for (const uint16_t version : {uint16_t{TLS1_2_VERSION}, uint16_t{TLS1_3_VERSION}}) {
    Meeting meeting = Serving(Issued(), {.min_version = version, .max_version = version});
    meeting.StartTls();
    EXPECT_EQ(meeting.client.version, version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
  }
}

TEST(TlsSettings, TicketsAreGivenOnlyWhenAsked) {
  constexpr int kNewSessionTicket = 4;
  for (const int tickets : {0, 2}) {
    Meeting meeting = Serving(Issued(), {.tickets = tickets});
    meeting.StartTls();
    const auto messages = meeting.All(kTlsMessage);
    EXPECT_EQ(std::ranges::count(messages, kNewSessionTicket, &Event::code), tickets) << meeting.Text();
  }
}

TEST(TlsSettings, OneContextServesAllVisitsToABehaviour) {
  const Behaviour behaviour = Good();
  const Behaviour copy = behaviour;
  const auto first = behaviour.tls_context.Get(behaviour.tls, behaviour.identity);
  EXPECT_EQ(*first, *behaviour.tls_context.Get(behaviour.tls, behaviour.identity));
  EXPECT_NE(*first, *copy.tls_context.Get(copy.tls, copy.identity));
}

}  // namespace
}  // namespace fakeserver

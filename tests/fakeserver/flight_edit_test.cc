// What an edit makes of a message's bytes.
#include "fakeserver/flight_edit.h"

#include <gtest/gtest.h>

namespace fakeserver {
namespace {

constexpr uint8_t kServerHelloType = 2, kEncryptedExtensionsType = 8, kCertificateType = 11;

// EncryptedExtensions with extension 16 of two octets.
HandshakeMessage Extensions() { return {kEncryptedExtensionsType, {0, 6, 0, 16, 0, 2, 0xaa, 0xbb}}; }

// ServerHello: version, random, no session id, suite, compression, extension 23 of none.
HandshakeMessage Hello() {
  HandshakeMessage hello{kServerHelloType, {3, 3}};
  hello.body.resize(34, 0x11);
  certs::Append(hello.body, Bytes{0, 0xc0, 0x2b, 0, 0, 4, 0, 23, 0, 0});
  return hello;
}

// Certificate of TLS 1.3 with one entry of three octets and no extension.
HandshakeMessage Certificate() { return {kCertificateType, {0, 0, 0, 8, 0, 0, 3, 0x30, 0x01, 0x00, 0, 0}}; }

Bytes Edited(HandshakeMessage message, EditKind kind, int number, Bytes bytes = {}) {
  EXPECT_TRUE(Apply({.kind = kind, .number = number, .bytes = std::move(bytes)}, message));
  return message.body;
}

TEST(FlightEdit, AppendedOctetsAreCounted) {
  HandshakeMessage message{kEncryptedExtensionsType, {0, 0}};
  ASSERT_TRUE(Apply({.kind = EditKind::kAppendToBody, .bytes = {0xff}}, message));
  EXPECT_EQ(message.Encoded(), (Bytes{8, 0, 0, 3, 0, 0, 0xff}));
}

TEST(FlightEdit, AClaimedLengthLeavesTheBodyAlone) {
  HandshakeMessage message{kEncryptedExtensionsType, {0, 0}};
  ASSERT_TRUE(Apply({.kind = EditKind::kClaimLength, .number = -1}, message));
  EXPECT_EQ(message.Encoded(), (Bytes{8, 0, 0, 1, 0, 0}));
}

TEST(FlightEdit, OctetsAreOverwrittenFromEitherEnd) {
  EXPECT_EQ(Edited(Extensions(), EditKind::kOverwrite, 6, {0xcc}), (Bytes{0, 6, 0, 16, 0, 2, 0xcc, 0xbb}));
  EXPECT_EQ(Edited(Extensions(), EditKind::kOverwrite, -1, {0xcc}), (Bytes{0, 6, 0, 16, 0, 2, 0xaa, 0xcc}));
  HandshakeMessage message = Extensions();
  EXPECT_FALSE(Apply({.kind = EditKind::kOverwrite, .number = 8, .bytes = {1}}, message));
  EXPECT_FALSE(Apply({.kind = EditKind::kOverwrite, .number = -9, .bytes = {1}}, message));
}

TEST(FlightEdit, ABodyIsCutOrReplaced) {
  EXPECT_EQ(Edited({8, {1, 2, 3}}, EditKind::kCutBody, 2), (Bytes{1}));
  EXPECT_EQ(Edited({8, {1, 2, 3}}, EditKind::kCutBody, 9), Bytes{});
  EXPECT_EQ(Edited({8, {1, 2, 3}}, EditKind::kSetBody, 0, {7}), (Bytes{7}));
}

TEST(FlightEdit, ExtensionsAreSetAddedAndDropped) {
  EXPECT_EQ(Edited(Extensions(), EditKind::kSetExtension, 16, {1}), (Bytes{0, 5, 0, 16, 0, 1, 1}));
  EXPECT_EQ(Edited(Extensions(), EditKind::kAddExtension, 16), (Bytes{0, 10, 0, 16, 0, 2, 0xaa, 0xbb, 0, 16, 0, 0}));
  EXPECT_EQ(Edited(Extensions(), EditKind::kDropExtension, 16), (Bytes{0, 0}));
  HandshakeMessage message = Extensions();
  EXPECT_FALSE(Apply({.kind = EditKind::kDropExtension, .number = 5}, message));
  EXPECT_TRUE(HasExtension(message, 16));
  EXPECT_FALSE(HasExtension(message, 5));
}

TEST(FlightEdit, AServerHelloHasItsExtensionsAtTheEnd) {
  HandshakeMessage hello = Hello();
  ASSERT_TRUE(HasExtension(hello, 23));
  ASSERT_TRUE(Apply({.kind = EditKind::kDropExtension, .number = 23}, hello));
  EXPECT_FALSE(HasExtension(hello, 23));
  EXPECT_EQ(hello.body.size(), Hello().body.size() - 4);
}

TEST(FlightEdit, AServerHelloNamesAnotherSuiteOrCompression) {
  const Bytes suite = Edited(Hello(), EditKind::kSetSuite, 0x0005), before = Hello().body;
  EXPECT_EQ(Bytes(suite.begin() + 35, suite.begin() + 38), (Bytes{0, 5, 0}));
  HandshakeMessage tls13{kServerHelloType, suite};
  tls13.body[35] = 0x13;
  tls13.body[36] = 0x01;
  EXPECT_EQ(Edited(tls13, EditKind::kSetSuite, -1)[36], 0x03);
  tls13.body[36] = 0x02;
  EXPECT_EQ(Edited(tls13, EditKind::kSetSuite, -1)[36], 0x01);
  const Bytes compression = Edited(Hello(), EditKind::kSetCompression, 1);
  EXPECT_EQ(Bytes(compression.begin() + 35, compression.begin() + 38), (Bytes{0xc0, 0x2b, 1}));
  EXPECT_EQ(suite.size(), before.size());
  HandshakeMessage other{kEncryptedExtensionsType, Bytes(80)};
  EXPECT_FALSE(Apply({.kind = EditKind::kSetSuite, .number = 5}, other));
}

TEST(FlightEdit, AnExtensionOfTheLeafsEntryIsCountedInTheList) {
  EXPECT_EQ(Edited(Certificate(), EditKind::kAddExtension, 5, {9}),
            (Bytes{0, 0, 0, 13, 0, 0, 3, 0x30, 0x01, 0x00, 0, 5, 0, 5, 0, 1, 9}));
}

TEST(FlightEdit, WhatHasNoExtensionsIsLeftAlone) {
  for (HandshakeMessage message : {HandshakeMessage{kServerHelloType, {3, 3}}, HandshakeMessage{20, {1, 2}},
                                   HandshakeMessage{kCertificateType, {0, 0, 0, 0}}}) {
    const Bytes before = message.body;
    EXPECT_FALSE(Apply({.kind = EditKind::kAddExtension, .number = 5}, message));
    EXPECT_EQ(message.body, before);
  }
}

}  // namespace
}  // namespace fakeserver

// The parser, by what it refuses: every truncation, every flipped bit, and the forms DER and RFC 5280 do not allow.
#include "lab/verifier/certificate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "certs/der.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::Bytes;
using certs::ByteView;
using enum certs::Reason;
using verifier::ParseCertificate;
using verifier_test::QuestionOf;

Bytes GoodLeaf() { return QuestionOf(certs::GoodChain()).chain->presented.front(); }

bool HasNote(const verifier::Certificate& certificate, certs::Reason reason) {
  for (const verifier::Note& note : certificate.notes) {
    if (note.reason == reason) {
      return true;
    }
  }
  return false;
}

TEST(ParseCertificate, ReadsWhatTheSpecSays) {
  const Bytes der = GoodLeaf();
  const auto leaf = ParseCertificate(der);
  ASSERT_TRUE(leaf.has_value());
  EXPECT_EQ(leaf->version, 3);
  EXPECT_EQ(*leaf->not_before, verifier_test::kNow - 86400);
  EXPECT_EQ(*leaf->not_after, verifier_test::kNow + 30 * 86400);
  EXPECT_FALSE(leaf->is_ca);
  EXPECT_EQ(leaf->key_usage, uint16_t{1});
  ASSERT_TRUE(leaf->san.has_value());
  ASSERT_EQ(leaf->san->size(), 1U);
  EXPECT_EQ(certs::AsText(leaf->san->front().value), certs::kBobHost);
  EXPECT_NE(leaf->key, nullptr);
  EXPECT_TRUE(leaf->notes.empty());
}

TEST(ParseCertificate, RefusesEveryTruncation) {
  const Bytes der = GoodLeaf();
  for (size_t length = 0; length < der.size(); ++length) {
    const Bytes cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(ParseCertificate(cut).has_value()) << length;
  }
}

TEST(ParseCertificate, RefusesATrailingByte) {
  Bytes der = GoodLeaf();
  der.push_back(0);
  EXPECT_FALSE(ParseCertificate(der).has_value());
}

TEST(ParseCertificate, RefusesAnIndefiniteLength) {
  Bytes der = GoodLeaf();
  der[1] = 0x80;
  EXPECT_FALSE(ParseCertificate(der).has_value());
}

TEST(ParseCertificate, RefusesALengthThatIsNotMinimal) {
  Bytes der = GoodLeaf();
  ASSERT_EQ(der[1], 0x82);
  der[1] = 0x83;
  der.insert(der.begin() + 2, 0x00);
  EXPECT_FALSE(ParseCertificate(der).has_value());
}

TEST(Verify, AcceptsNoCertificateWithAFlippedBit) {
  const auto question = QuestionOf(certs::GoodChain());
  ASSERT_TRUE(Verify(question.request).verdict.ok());
  const Bytes good = question.chain->presented.front();
  for (size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] = static_cast<uint8_t>(bad[at] ^ 1U << at % 8);
    verifier::VerifyRequest request = question.request;
    request.chain.front() = bad;
    EXPECT_FALSE(Verify(request).verdict.ok()) << "octet " << at;
  }
}

TEST(Verify, SurvivesEveryFlippedBitOfAnIntermediateAndAnAnchor) {
  const auto question = QuestionOf(certs::GoodChain());
  const Bytes intermediate = question.chain->presented.at(1);
  for (size_t at = 0; at < intermediate.size(); ++at) {
    Bytes bad = intermediate;
    bad[at] = static_cast<uint8_t>(bad[at] ^ 1U << at % 8);
    verifier::VerifyRequest request = question.request;
    request.chain.at(1) = bad;
    EXPECT_FALSE(Verify(request).verdict.ok()) << "octet " << at;
  }
}

// ------------------------------------------------------------------------------------------------ extensions

struct ExtensionCase {
  const char* name;
  const char* oid;
  bool critical;
  Bytes value;
  certs::Reason expected;  // of the leaf that carries it, or kOk
};

void PrintTo(const ExtensionCase& row, std::ostream* out) { *out << row.name; }

Bytes Seq(std::initializer_list<ByteView> elements) { return certs::der::Sequence(elements); }
Bytes Sized(size_t octets, uint8_t octet) { return Bytes(octets, octet); }

const char* const kBasic = "2.5.29.19";
const char* const kUsage = "2.5.29.15";
const char* const kExtended = "2.5.29.37";
const char* const kAltName = "2.5.29.17";
const char* const kConstraints = "2.5.29.30";
const char* const kAuthorityKey = "2.5.29.35";
const char* const kSubjectKey = "2.5.29.14";
const char* const kAuthorityInfo = "1.3.6.1.5.5.7.1.1";
const char* const kPolicies = "2.5.29.32";
const char* const kPolicyConstraints = "2.5.29.36";
const char* const kInhibitAny = "2.5.29.54";

std::vector<ExtensionCase> ExtensionCases() {
  using namespace certs::der;  // NOLINT: a table reads as ASN.1 does
  const Bytes bob = Context(2, certs::ToBytes(certs::kBobHost));
  const Bytes policy = Sequence({Oid("1.3.6.1.4.1.55738.7")});
  const Bytes description = Sequence({Oid("1.3.6.1.5.5.7.48.2"), Context(6, certs::ToBytes("http://ca.bob.test/"))});
  const Bytes directory = ContextConstructed(4, Sequence(ByteView{}));
  return {
      {"BasicConstraintsEmpty", kBasic, true, Seq({}), kOk},
      {"BasicConstraintsFalseEncoded", kBasic, true, Seq({Boolean(false)}), kMalformedExtension},
      {"BasicConstraintsTrueIsOne", kBasic, true, Seq({Bytes{0x01, 0x01, 0x01}}), kMalformedExtension},
      {"BasicConstraintsNegativePathLen", kBasic, true, Seq({Integer(-1)}), kMalformedExtension},
      {"BasicConstraintsPaddedPathLen", kBasic, true, Seq({Bytes{0x02, 0x02, 0x00, 0x01}}), kMalformedExtension},
      {"BasicConstraintsTrailing", kBasic, true, Concat({Seq({}), Null()}), kMalformedExtension},
      {"KeyUsageTwoOctets", kUsage, true, Bytes{0x03, 0x03, 0x07, 0x80, 0x80}, kOk},
      {"KeyUsageNoBit", kUsage, true, Bytes{0x03, 0x01, 0x00}, kMalformedExtension},
      {"KeyUsageZeroOctet", kUsage, true, Bytes{0x03, 0x02, 0x07, 0x00}, kMalformedExtension},
      {"KeyUsageTrailingZeroBits", kUsage, true, Bytes{0x03, 0x02, 0x00, 0x80}, kMalformedExtension},
      {"KeyUsagePaddingBitSet", kUsage, true, Bytes{0x03, 0x02, 0x07, 0x81}, kMalformedExtension},
      {"KeyUsageUnusedBitsAbsent", kUsage, true, Bytes{0x03, 0x00}, kMalformedExtension},
      {"ExtendedKeyUsageEmpty", kExtended, false, Seq({}), kMalformedExtension},
      {"ExtendedKeyUsageBadOid", kExtended, false, Seq({Bytes{0x06, 0x02, 0x2b, 0x80}}), kMalformedExtension},
      {"ExtendedKeyUsageServerAuth", kExtended, false, Seq({Oid("1.3.6.1.5.5.7.3.1")}), kOk},
      {"SubjectAltNameEmpty", kAltName, false, Seq({}), kMalformedExtension},
      {"SubjectAltNameNotASequence", kAltName, false, certs::ToBytes(certs::kBobHost), kMalformedExtension},
      {"SubjectAltNameUnknownChoice", kAltName, false, Seq({bob, Context(9, Sized(1, 0x41))}), kMalformedExtension},
      {"SubjectAltNameConstructedDns", kAltName, false, Seq({ContextConstructed(2, bob)}), kMalformedExtension},
      {"SubjectAltNamePrimitiveDirectory", kAltName, false, Seq({bob, Context(4, Seq({}))}), kMalformedExtension},
      {"SubjectAltNameDirectory", kAltName, false, Seq({bob, directory}), kOk},
      {"SubjectAltNameBadOtherName", kAltName, false, Seq({bob, ContextConstructed(0, Null())}), kMalformedExtension},
      {"SubjectAltNameTrailing", kAltName, false, Concat({Seq({bob}), Null()}), kMalformedExtension},
      {"NameConstraintsInALeaf", kConstraints, true, Seq({ContextConstructed(0, Seq({bob}))}), kMalformedExtension},
      {"NameConstraintsEmpty", kConstraints, true, Seq({}), kMalformedExtension},
      {"AuthorityKeyIdCritical", kAuthorityKey, true, Seq({Context(0, Sized(20, 1))}), kMalformedExtension},
      {"AuthorityKeyIdIssuerWithoutSerial", kAuthorityKey, false, Seq({ContextConstructed(1, directory)}),
       kMalformedExtension},
      {"AuthorityKeyIdSerialWithoutIssuer", kAuthorityKey, false, Seq({Context(2, Sized(1, 5))}), kMalformedExtension},
      {"AuthorityKeyIdEmpty", kAuthorityKey, false, Seq({}), kOk},
      {"AuthorityKeyIdDiffers", kAuthorityKey, false, Seq({Context(0, Sized(20, 1))}), kOk},
      {"SubjectKeyIdCritical", kSubjectKey, true, OctetString(Sized(20, 1)), kMalformedExtension},
      {"SubjectKeyIdBare", kSubjectKey, false, Sized(20, 1), kMalformedExtension},
      {"AuthorityInfoAccess", kAuthorityInfo, false, Seq({description}), kOk},
      {"AuthorityInfoAccessCritical", kAuthorityInfo, true, Seq({description}), kMalformedExtension},
      {"AuthorityInfoAccessEmpty", kAuthorityInfo, false, Seq({}), kMalformedExtension},
      {"AuthorityInfoAccessGarbage", kAuthorityInfo, false, certs::ToBytes("malformed"), kMalformedExtension},
      {"PoliciesCritical", kPolicies, true, Seq({policy}), kOk},
      {"PoliciesTwice", kPolicies, false, Seq({policy, policy}), kMalformedExtension},
      {"PoliciesEmpty", kPolicies, false, Seq({}), kMalformedExtension},
      {"PolicyConstraintsNotCritical", kPolicyConstraints, false, Seq({Context(0, Sized(1, 9))}), kMalformedExtension},
      {"PolicyConstraintsEmpty", kPolicyConstraints, true, Seq({}), kMalformedExtension},
      {"InhibitAnyNotCritical", kInhibitAny, false, Integer(0), kMalformedExtension},
      {"InhibitAnyCritical", kInhibitAny, true, Integer(0), kOk},
      {"CrlDistributionPointsCritical", "2.5.29.31", true, Seq({}), kUnknownCriticalExtension},
      {"UnknownCritical", "1.3.6.1.4.1.55738.9", true, Null(), kUnknownCriticalExtension},
      {"UnknownNotCritical", "1.3.6.1.4.1.55738.9", false, Null(), kOk},
      {"CertificateTransparencyPoison", "1.3.6.1.4.1.11129.2.4.3", true, Null(), kUnknownCriticalExtension},
  };
}

class Extensions : public testing::TestWithParam<ExtensionCase> {};

TEST_P(Extensions, AreTakenOrRefusedByTheirAsn1AndCriticality) {
  certs::ChainSpec chain = certs::GoodChain();
  certs::CertSpec& leaf = chain.leaf();
  const std::string oid = GetParam().oid;
  leaf.basic_constraints = oid == kBasic ? std::nullopt : leaf.basic_constraints;
  leaf.key_usage = oid == kUsage ? std::nullopt : leaf.key_usage;
  leaf.extended_key_usage = oid == kExtended ? std::nullopt : leaf.extended_key_usage;
  leaf.san = oid == kAltName ? std::nullopt : leaf.san;
  leaf.authority_key_id = oid != kAuthorityKey;
  leaf.subject_key_id = oid != kSubjectKey;
  leaf.extra_extensions.push_back({oid, GetParam().critical, GetParam().value});

  const verifier::VerifyResult result = Verify(QuestionOf(chain).request);

  const certs::Verdict expected{GetParam().expected, 0};
  EXPECT_EQ(result.verdict, expected) << ToString(result.verdict);
  EXPECT_EQ(result.defects.size(), expected.ok() ? 0U : 1U);
}

INSTANTIATE_TEST_SUITE_P(All, Extensions, testing::ValuesIn(ExtensionCases()),
                         [](const testing::TestParamInfo<ExtensionCase>& tested) { return tested.param.name; });

// ------------------------------------------------------------------------------------------------ fields

struct SerialCase {
  const char* name;
  Bytes content;
  certs::Reason expected;
};

void PrintTo(const SerialCase& row, std::ostream* out) { *out << row.name; }

class Serials : public testing::TestWithParam<SerialCase> {};

TEST_P(Serials, AreOneToTwentyOctetsAndPositive) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().serial = GetParam().content;
  EXPECT_EQ(Verify(QuestionOf(chain).request).verdict.reason, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, Serials,
                         testing::Values(SerialCase{"One", {0x01}, kOk}, SerialCase{"Zero", {0x00}, kInvalidSerial},
                                         SerialCase{"Negative", {0xfb}, kInvalidSerial},
                                         SerialCase{"TwentyOctets", Bytes(20, 0x7f), kOk},
                                         SerialCase{"TwentyOneOctets", Bytes(21, 0x7f), kInvalidSerial},
                                         SerialCase{"Padded", {0x00, 0x01}, kMalformedCertificate},
                                         SerialCase{"Empty", {}, kMalformedCertificate}),
                         [](const testing::TestParamInfo<SerialCase>& tested) { return tested.param.name; });

TEST(ParseCertificate, RefusesAnExplicitlyEncodedVersionOne) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().tampers.push_back(
      {Bytes{0xa0, 0x03, 0x02, 0x01, 0x02, 0x02}, Bytes{0xa0, 0x03, 0x02, 0x01, 0x00, 0x02}});
  EXPECT_FALSE(ParseCertificate(QuestionOf(chain).chain->presented.front()).has_value());
}

TEST(ParseCertificate, NotesExtensionsInVersionTwo) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().tampers.push_back(
      {Bytes{0xa0, 0x03, 0x02, 0x01, 0x02, 0x02}, Bytes{0xa0, 0x03, 0x02, 0x01, 0x01, 0x02}});
  const Bytes der = QuestionOf(chain).chain->presented.front();
  const auto leaf = ParseCertificate(der);
  ASSERT_TRUE(leaf.has_value());
  EXPECT_EQ(leaf->version, 2);
  EXPECT_TRUE(HasNote(*leaf, kUnsupportedVersion));
}

TEST(ParseCertificate, NotesACriticalFlagThatIsNotDer) {
  certs::ChainSpec chain = certs::GoodChain();
  // keyUsage, critical TRUE as 0x01 instead of 0xff.
  chain.leaf().tampers.push_back(
      {Bytes{0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff}, Bytes{0x55, 0x1d, 0x0f, 0x01, 0x01, 0x01}});
  const Bytes der = QuestionOf(chain).chain->presented.front();
  const auto leaf = ParseCertificate(der);
  ASSERT_TRUE(leaf.has_value());
  EXPECT_TRUE(HasNote(*leaf, kMalformedExtension));
}

TEST(ParseCertificate, TakesALeafOfSeveralHundredKilobytes) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().extra_extensions.push_back({"1.3.6.1.4.1.55738.9", false, certs::der::OctetString(Bytes(300000, 0x41))});
  EXPECT_TRUE(Verify(QuestionOf(chain).request).verdict.ok());
}

}  // namespace

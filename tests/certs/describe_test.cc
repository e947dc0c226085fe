#include "certs/describe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "certs/der.h"
#include "tests/certs/issuing.h"

namespace certs {
namespace {

// The value of the line that starts with `label`, or "" when there is none.
std::string Line(const std::string& description, const std::string& label) {
  const size_t start = description.find("\n  " + label + " ");
  if (start == std::string::npos) {
    return "";
  }
  const size_t value = description.find_first_not_of(' ', start + 3 + label.size());
  return description.substr(value, description.find('\n', value) - value);
}

bool IsFitForATerminal(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= 0x20 && c <= 0x7e); });
}

TEST(Describe, SaysWhatTheGoodLeafSays) {
  const std::string text = Describe(Leaf(GoodChain()));
  EXPECT_EQ(Line(text, "subject"), "O=Bob's Mail");
  EXPECT_EQ(Line(text, "issuer"), "CN=Lab Intermediate CA");
  EXPECT_EQ(Line(text, "version"), "3");
  EXPECT_EQ(Line(text, "valid"), "2023-11-13 22:13:20 UTC to 2023-12-14 22:13:20 UTC");
  EXPECT_EQ(Line(text, "key"), "EC P-256");
  EXPECT_EQ(Line(text, "constraints"), "not a CA (critical)");
  EXPECT_EQ(Line(text, "key usage"), "digitalSignature (critical)");
  EXPECT_EQ(Line(text, "purposes"), "serverAuth");
  EXPECT_EQ(Line(text, "names"), "dns:mail.bob.test");
  EXPECT_EQ(Line(text, "signature"), "ecdsa-sha256");
  EXPECT_EQ(Line(text, "malformed"), "");
}

TEST(Describe, SaysWhatTheGoodRootMayIssueFor) {
  const std::string text = Describe(IssueNew(GoodChain())->trusted.at(0));
  EXPECT_EQ(Line(text, "may issue for"),
            "permitted dns:test, permitted ip:127.0.0.0/255.0.0.0, "
            "permitted ip:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff (critical)");
  EXPECT_EQ(Line(text, "key usage"), "keyCertSign, cRLSign (critical)");
}

TEST(Describe, NamesEveryKindOfKey) {
  const std::pair<KeyType, const char*> kKeys[] = {{KeyType::kP224, "EC P-224"},
                                                   {KeyType::kP521, "EC P-521"},
                                                   {KeyType::kEd25519, "Ed25519"},
                                                   {KeyType::kRsa512, "RSA 512 bits"},
                                                   {KeyType::kRsa2048, "RSA 2048 bits"}};
  for (const auto& [type, words] : kKeys) {
    ChainSpec spec = GoodChain();
    spec.leaf().key.type = type;
    EXPECT_EQ(Line(Describe(Leaf(spec)), "key"), words);
  }
}

TEST(Describe, SaysThatTheTwoAlgorithmsDiffer) {
  ChainSpec spec = GoodChain();
  spec.leaf().inner_algorithm = SigAlg::kRsaPssSha384;
  EXPECT_EQ(Line(Describe(Leaf(spec)), "signature"), "ecdsa-sha256 (but rsa-pss-sha384 inside)");
}

TEST(Describe, EscapesWhatATerminalWouldObey) {
  ChainSpec spec = GoodChain();
  spec.leaf().subject = CommonName("\x1b[31m\nsubject        forged");
  spec.leaf().san->names = {Dns(std::string_view("mail.bob.test\0.eve.test", 23))};
  const std::string text = Describe(Leaf(spec));
  EXPECT_TRUE(IsFitForATerminal(text));
  EXPECT_EQ(Line(text, "names"), "dns:mail.bob.test\\x00.eve.test");
}

TEST(Describe, ShowsADateThatIsNone) {
  ChainSpec spec = GoodChain();
  spec.leaf().not_after = {.form = TimeForm::kUtc, .raw = ""};
  spec.leaf().not_before.raw = "2311142213Z\x07";
  EXPECT_TRUE(IsFitForATerminal(Describe(Leaf(spec))));
}

TEST(Describe, GoesOnBehindAnExtensionThatDoesNotParse) {
  ChainSpec spec = GoodChain();
  spec.leaf().san.reset();
  spec.leaf().extra_extensions = {{.oid = "2.5.29.17", .value = {0x30, 0x05}}, {.oid = "1.2.3", .critical = true}};
  const std::string text = Describe(Leaf(spec));
  EXPECT_EQ(Line(text, "names"), "(malformed) 0x3005");
  EXPECT_EQ(Line(text, "extension"), "1.2.3, 0 octets (critical)");
}

TEST(Describe, IsBoundedWhateverTheSize) {
  ChainSpec spec = GoodChain();
  spec.leaf().san->names.assign(20000, Dns(std::string(200, 'a')));
  spec.leaf().extra_extensions.assign(5000, {.oid = "1.2.3"});
  EXPECT_LT(Describe(Leaf(spec)).size(), 20000U);
}

TEST(Describe, SurvivesACertificateCutOffAnywhere) {
  for (const Bytes& der : {IssueNew(GoodChain())->presented[0], IssueNew(GoodChain())->trusted[0]}) {
    for (size_t length = 0; length < der.size(); ++length) {
      const Bytes cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(length));  // its own buffer, for ASan
      const std::string text = Describe(cut);
      EXPECT_TRUE(IsFitForATerminal(text));
      EXPECT_NE(Line(text, "malformed"), "") << length;
    }
  }
}

TEST(Describe, SurvivesAnyOneOctetBeingAnother) {
  const Bytes der = Leaf(GoodChain());
  for (size_t i = 0; i < der.size(); ++i) {
    for (uint8_t octet : {uint8_t{0x00}, uint8_t{0x30}, uint8_t{0x80}, uint8_t{0x84}, uint8_t{0xff}}) {
      Bytes changed = der;
      changed[i] = octet;
      ASSERT_TRUE(IsFitForATerminal(Describe(changed))) << i;
    }
  }
}

TEST(Describe, SurvivesLengthsThatLie) {
  for (uint64_t claimed : {uint64_t{0}, uint64_t{1}, uint64_t{200}, uint64_t{0xffffffff}, UINT64_MAX}) {
    EXPECT_NE(Line(Describe(der::TlvWithClaimedLength(0x30, claimed, der::Null())), "malformed"), "");
  }
  EXPECT_NE(Line(Describe({}), "malformed"), "");
}

}  // namespace
}  // namespace certs

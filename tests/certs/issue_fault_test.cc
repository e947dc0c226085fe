// What a spec can make wrong, one member at a time, and what cannot be issued at all.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <functional>
#include <string>

#include "certs/der.h"
#include "certs/issue.h"
#include "tests/certs/issuing.h"

namespace certs {
namespace {

// The good chain with one edit of its leaf.
ChainSpec EditedLeaf(const std::function<void(CertSpec&)>& edit) {
  ChainSpec spec = GoodChain();
  edit(spec.leaf());
  return spec;
}

bool Contains(const Bytes& haystack, const Bytes& needle) { return !std::ranges::search(haystack, needle).empty(); }

// Whether the key of `signer_node` made the leaf's signature.
bool SignedBy(const IssuedChain& chain, const std::string& signer_node) {
  bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(Parse(chain.nodes.at(signer_node)).get()));
  return X509_verify(Parse(chain.presented.at(0)).get(), key.get()) == 1;
}

// ---- signatures ----

TEST(SignatureFault, BreaksTheSignatureAndNothingElse) {
  const Fields good = Split(Leaf(EditedLeaf([](CertSpec& leaf) { leaf.signature_fault = SignatureFault::kNone; })));
  for (SignatureFault fault : {SignatureFault::kFlipBit, SignatureFault::kEmpty, SignatureFault::kZeros}) {
    const auto chain = IssueNew(EditedLeaf([&](CertSpec& leaf) { leaf.signature_fault = fault; }));
    EXPECT_FALSE(SignedBy(*chain, "intermediate")) << Name(fault);
    const Fields fields = Split(chain->presented[0]);
    EXPECT_EQ(fields.algorithm, good.algorithm) << Name(fault);
    EXPECT_EQ(fields.signature.empty(), fault == SignatureFault::kEmpty);
  }
}

TEST(SigningKey, SignsInsteadOfTheIssuersWhichIsStillNamed) {
  ChainSpec spec = EditedLeaf([](CertSpec& leaf) { leaf.signing_key = KeySpec{.label = "eve-intermediate"}; });
  spec.trusted.push_back("eve-intermediate");  // to have its key at hand
  const auto chain = IssueNew(spec);
  EXPECT_FALSE(SignedBy(*chain, "intermediate"));
  EXPECT_TRUE(SignedBy(*chain, "eve-intermediate"));
  const auto leaf = Parse(chain->presented[0]);
  const auto issuer = Parse(chain->presented[1]);
  EXPECT_EQ(X509_NAME_cmp(X509_get_issuer_name(leaf.get()), X509_get_subject_name(issuer.get())), 0);
}

TEST(ClaimedAlgorithms, AreWrittenWhereTheyAreClaimedOnly) {
  const Bytes claimed = der::Sequence(der::Oid("1.3.101.112"));
  const auto inner = IssueNew(EditedLeaf([](CertSpec& leaf) { leaf.inner_algorithm = SigAlg::kEd25519; }));
  EXPECT_TRUE(Contains(Split(inner->presented[0]).tbs, claimed));
  EXPECT_NE(Split(inner->presented[0]).algorithm, claimed);
  const auto outer = IssueNew(EditedLeaf([](CertSpec& leaf) { leaf.outer_algorithm = SigAlg::kEd25519; }));
  EXPECT_FALSE(Contains(Split(outer->presented[0]).tbs, claimed));
  EXPECT_EQ(Split(outer->presented[0]).algorithm, claimed);
}

TEST(UnknownAlgorithm, IsNamedAndSignsNothing) {
  const auto chain = IssueNew(EditedLeaf([](CertSpec& leaf) { leaf.signature = SigAlg::kUnknownOid; }));
  EXPECT_EQ(Split(chain->presented[0]).algorithm, der::Sequence(der::Oid("1.3.6.1.4.1.55738.1.1")));
  EXPECT_FALSE(SignedBy(*chain, "intermediate"));
}

TEST(SwappedKey, LeavesTheSignatureOfTheVictimsCertificate) {
  ChainSpec spec = EditedLeaf([](CertSpec& leaf) { leaf.swapped_key = KeySpec{.label = "eve"}; });
  spec.intermediate().key.type = KeyType::kRsa2048;  // a deterministic signature, so that the two can be compared
  const auto chain = IssueNew(spec);
  const Fields stolen = Split(chain->presented[0]);
  EXPECT_FALSE(SignedBy(*chain, "intermediate"));
  // Put the victim's SubjectPublicKeyInfo back: now the signature holds.
  const Bytes& eve = (*TestRing()->GetKey({.label = "eve"}))->spki;
  const Bytes& victim = (*TestRing()->GetKey({.label = "leaf"}))->spki;
  Bytes repaired = chain->presented[0];
  std::ranges::copy(victim, std::ranges::search(repaired, eve).begin());
  bssl::UniquePtr<EVP_PKEY> issuer(X509_get_pubkey(Parse(chain->presented[1]).get()));
  EXPECT_EQ(X509_verify(Parse(repaired).get(), issuer.get()), 1);
}

TEST(SwappedKey, IsTheOneThatSignsTheHandshake) {
  const auto chain =
      IssueNew(EditedLeaf([](CertSpec& leaf) { leaf.swapped_key = KeySpec{.type = KeyType::kP384, .label = "eve"}; }));
  EXPECT_EQ(X509_check_private_key(Parse(chain->presented[0]).get(), chain->key.get()), 1);
  EXPECT_EQ(chain->key_type, KeyType::kP384);
}

TEST(HandshakeKey, SignsInsteadOfTheLeafs) {
  ChainSpec spec = GoodChain();
  spec.handshake_key = KeySpec{.label = "eve"};
  const auto chain = IssueNew(spec);
  EXPECT_EQ(X509_check_private_key(Parse(chain->presented[0]).get(), chain->key.get()), 0);
}

// ---- fields ----

TEST(Version, IsLeftOutForVersion1AndWrittenAsOneLess) {
  const auto tbs_of = [](int version) {
    return Split(Leaf(EditedLeaf([&](CertSpec& leaf) { leaf.version = version; }))).tbs;
  };
  EXPECT_TRUE(Contains(tbs_of(3), {0xa0, 3, 2, 1, 2}));
  EXPECT_TRUE(Contains(tbs_of(2), {0xa0, 3, 2, 1, 1}));
  EXPECT_TRUE(Contains(tbs_of(4), {0xa0, 3, 2, 1, 3}));
  EXPECT_FALSE(Contains(tbs_of(1), {0xa0, 3, 2, 1}));
}

TEST(Version, OneWithoutExtensionsIsWhatTheLibraryCallsVersion1) {
  const Bytes der = Leaf(EditedLeaf([](CertSpec& leaf) {
    leaf.version = 1;
    leaf.basic_constraints.reset();
    leaf.key_usage.reset();
    leaf.extended_key_usage.reset();
    leaf.san.reset();
    leaf.subject_key_id = leaf.authority_key_id = false;
  }));
  ASSERT_NE(Parse(der), nullptr);
  EXPECT_EQ(X509_get_version(Parse(der).get()), X509_VERSION_1);
  EXPECT_EQ(X509_get_ext_count(Parse(der).get()), 0);
}

TEST(Serial, IsWrittenOctetByOctet) {
  for (const Bytes& serial : {Bytes{}, Bytes{0}, Bytes{0xff}, Bytes{0, 0, 1}, Bytes(21, 0x11)}) {
    const Bytes der = Leaf(EditedLeaf([&](CertSpec& leaf) { leaf.serial = serial; }));
    EXPECT_TRUE(Contains(der, der::IntegerWithContent(serial)));
  }
}

TEST(ClaimedIssuer, ReplacesTheIssuersSubject) {
  const Bytes der = Leaf(EditedLeaf([](CertSpec& leaf) { leaf.claimed_issuer = CommonName("Somebody"); }));
  EXPECT_TRUE(Contains(der, ToBytes("Somebody")));
  EXPECT_FALSE(Contains(der, ToBytes("Lab Intermediate CA")));
}

TEST(Names, CarryEveryOctetAndEveryForm) {
  const Bytes der = Leaf(EditedLeaf([](CertSpec& leaf) {
    leaf.san->names = {
        Dns(std::string_view("a\0b", 3)), Ip("127.0.0.1"),    Ip("::1"), Email("a@b"), Uri("x:y"), SrvName("_smtp.b"),
        DirectoryName(CommonName("d")),   IpOctets({1, 2, 3})};
  }));
  EXPECT_TRUE(Contains(der, {0x82, 3, 'a', 0, 'b', 0x87, 4, 127, 0, 0, 1, 0x87, 16}));
  EXPECT_TRUE(Contains(der, {0x81, 3, 'a', '@', 'b', 0x86, 3, 'x', ':', 'y', 0xa0, 21, 6, 8, 0x2b}));
  EXPECT_TRUE(Contains(der, {0xa0, 9, 0x16, 7, '_', 's', 'm', 't', 'p', '.', 'b', 0xa4, 14, 0x30, 12, 0x31}));
  EXPECT_TRUE(Contains(der, {0x87, 3, 1, 2, 3}));
}

// ---- time ----

Bytes LeafEndingAt(TimeSpec time) {
  return Leaf(EditedLeaf([&](CertSpec& leaf) { leaf.not_after = std::move(time); }));
}

TEST(Times, ChangeTheirFormWith2050) {
  const int64_t last_of_2049 = 2524607999;  // date -u -d @2524607999
  EXPECT_TRUE(
      Contains(LeafEndingAt({.from_now = std::chrono::seconds(last_of_2049 - kNow)}), der::UtcTime("491231235959Z")));
  EXPECT_TRUE(Contains(LeafEndingAt({.from_now = std::chrono::seconds(last_of_2049 + 1 - kNow)}),
                       der::GeneralizedTime("20500101000000Z")));
}

TEST(Times, TakeTheFormTheyAreTold) {
  EXPECT_TRUE(Contains(LeafEndingAt({.form = TimeForm::kGeneralized}), der::GeneralizedTime("20231114221320Z")));
  EXPECT_TRUE(Contains(LeafEndingAt({.form = TimeForm::kUtc}), der::UtcTime("231114221320Z")));
}

TEST(Times, AreWrittenRawAsTheyStand) {
  EXPECT_TRUE(Contains(LeafEndingAt({.raw = "991332000000Z"}), der::UtcTime("991332000000Z")));
  EXPECT_TRUE(Contains(LeafEndingAt({.raw = "20500101000000.5Z"}), der::GeneralizedTime("20500101000000.5Z")));
  EXPECT_TRUE(Contains(LeafEndingAt({.form = TimeForm::kUtc, .raw = ""}), der::UtcTime("")));
}

// ---- key identifiers ----

TEST(KeyIdentifiers, LinkTheLeafToItsIssuer) {
  const auto chain = IssueNew(GoodChain());
  const auto leaf = Parse(chain->presented[0]);
  const auto issuer = Parse(chain->presented[1]);
  ASSERT_NE(X509_get0_authority_key_id(leaf.get()), nullptr);
  EXPECT_EQ(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf.get()), X509_get0_subject_key_id(issuer.get())), 0);
}

TEST(KeyIdentifiers, CanBeLeftOutAndNeverPointFromARootToItself) {
  const Bytes der = Leaf(EditedLeaf([](CertSpec& leaf) { leaf.subject_key_id = leaf.authority_key_id = false; }));
  EXPECT_EQ(X509_get0_subject_key_id(Parse(der).get()), nullptr);
  EXPECT_EQ(X509_get0_authority_key_id(Parse(der).get()), nullptr);
  const auto chain = IssueNew(GoodChain());
  EXPECT_EQ(X509_get0_authority_key_id(Parse(chain->trusted[0]).get()), nullptr);
}

// ---- extra extensions and tampering ----

TEST(ExtraExtensions, StandLastAndInOrder) {
  const Bytes der = Leaf(EditedLeaf([](CertSpec& leaf) {
    leaf.extra_extensions = {{.oid = "1.2.3", .critical = true, .value = {1}}, {.oid = "1.2.4", .value = {}}};
  }));
  EXPECT_TRUE(Contains(Split(der).tbs, {0x30, 10, 6, 2, 0x2a, 3, 1, 1, 0xff, 4, 1, 1, 0x30, 6, 6, 2, 0x2a, 4, 4, 0}));
  EXPECT_EQ(Split(der).tbs.back(), 0);
}

TEST(Tamper, ReplacesItsOneOccurrenceInTheFinishedCertificate) {
  const Tamper tamper{.from = ToBytes("mail.bob.test"), .to = ToBytes("mail.eve.test")};
  const auto chain = IssueNew(EditedLeaf([&](CertSpec& leaf) { leaf.tampers = {tamper}; }));
  EXPECT_TRUE(Contains(chain->presented[0], tamper.to));
  EXPECT_FALSE(SignedBy(*chain, "intermediate"));
}

// ---- chains ----

TEST(Presented, MayBeEmptyAndMayRepeat) {
  ChainSpec spec = GoodChain();
  spec.presented.clear();
  EXPECT_TRUE(IssueNew(spec)->presented.empty());
  EXPECT_NE(IssueNew(spec)->key, nullptr);
  spec.presented = {"leaf", "leaf"};
  EXPECT_EQ(IssueNew(spec)->presented.size(), 2U);
}

TEST(Issuers, MayNameEachOtherInACircle) {
  ChainSpec spec = GoodChain();
  spec.root().issuer = "intermediate";
  EXPECT_EQ(IssueNew(spec)->nodes.size(), 3U);
}

// ---- what cannot be issued ----

struct Refusal {
  const char* name;
  std::function<void(ChainSpec&)> edit;
};
const Refusal kRefusals[] = {
    {"UnknownIssuer", [](ChainSpec& spec) { spec.leaf().issuer = "nobody"; }},
    {"UnknownPresented", [](ChainSpec& spec) { spec.presented.push_back("nobody"); }},
    {"UnknownTrusted", [](ChainSpec& spec) { spec.trusted = {"nobody"}; }},
    {"NameUsedTwice", [](ChainSpec& spec) { spec.certs.push_back(spec.leaf()); }},
    {"TamperThatDoesNotOccur", [](ChainSpec& spec) { spec.leaf().tampers = {{ToBytes("xyzzy"), ToBytes("yzzyx")}}; }},
    {"TamperThatOccursTwice",
     [](ChainSpec& spec) {
       spec.leaf().san->names.push_back(Dns(kBobHost));
       spec.leaf().tampers = {{ToBytes(kBobHost), ToBytes(kEveHost)}};
     }},
    {"TamperThatOverlapsItself",
     [](ChainSpec& spec) {
       spec.leaf().san->names.push_back(Dns("zzzzz"));
       spec.leaf().tampers = {{ToBytes("zzzz"), ToBytes("yyyy")}};
     }},
    {"TamperOfAnotherLength", [](ChainSpec& spec) { spec.leaf().tampers = {{ToBytes(kBobHost), ToBytes("x")}}; }},
    {"TamperOfNothing", [](ChainSpec& spec) { spec.leaf().tampers = {{{}, {}}}; }},
    {"EcKeyThatSignsRsa", [](ChainSpec& spec) { spec.leaf().signature = SigAlg::kRsaSha256; }},
    {"RsaKeyThatSignsEcdsa",
     [](ChainSpec& spec) {
       spec.intermediate().key.type = KeyType::kRsa2048;
       spec.leaf().signature = SigAlg::kEcdsaSha256;
     }},
    {"EcKeyThatSignsMd2", [](ChainSpec& spec) { spec.leaf().signature = SigAlg::kRsaMd2; }},
    {"KeyTooSmallForTheDigest",
     [](ChainSpec& spec) {
       spec.intermediate().key.type = KeyType::kRsa512;
       spec.leaf().signature = SigAlg::kRsaSha512;
     }},
    {"SubjectOid", [](ChainSpec& spec) { spec.leaf().subject = {{.oid = "CN"}}; }},
    {"ClaimedIssuerOid", [](ChainSpec& spec) { spec.leaf().claimed_issuer = {{.oid = "3.1"}}; }},
    {"IssuersSubjectOid", [](ChainSpec& spec) { spec.root().subject = {{.oid = "1"}}; }},
    {"PurposeOid", [](ChainSpec& spec) { spec.leaf().extended_key_usage->purposes = {"1..2"}; }},
    {"ExtensionOid", [](ChainSpec& spec) { spec.leaf().extra_extensions = {{.oid = ""}}; }},
    {"DateBeyondTheCalendar",
     [](ChainSpec& spec) { spec.leaf().not_after.from_now = std::chrono::hours(24 * 366 * 9000LL); }},
    {"DateBeyondArithmetic",
     [](ChainSpec& spec) { spec.leaf().not_before.from_now = std::chrono::seconds(INT64_MAX); }},
};

class CannotBeIssued : public testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(Specs, CannotBeIssued, testing::ValuesIn(kRefusals),
                         [](const auto& test) { return test.param.name; });

TEST_P(CannotBeIssued, IsBadInputAndIsNotRemembered) {
  ChainSpec spec = GoodChain();
  GetParam().edit(spec);
  Issuer issuer(TestRing(), kNow);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto chain = issuer.Issue(spec);
    ASSERT_FALSE(chain);
    EXPECT_EQ(chain.error().code, ErrorCode::kBadInput) << chain.error().detail;
  }
  EXPECT_TRUE(issuer.Issue(GoodChain()));
}

}  // namespace
}  // namespace certs

#include "certs/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "certs/diff.h"
#include "certs/issue.h"

namespace certs {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;

constexpr int64_t kNow = 1'790'000'000;  // 2026-09-21: a lab date

// One issuer for all tests: what two cases share is signed once, so that equal certificates have equal bytes.
Issuer& SharedIssuer() {
  static Issuer issuer(KeyRing::FromSeed(7), kNow);
  return issuer;
}

std::vector<std::string> MembersThatDiffer(const CertCase& from, const CertCase& to) {
  std::vector<std::string> members;
  for (const Difference& difference : Diff(from.chain, to.chain)) {
    members.push_back(difference.member);
  }
  if (from.reference != to.reference) {
    members.push_back("reference");
  }
  return members;
}

// ------------------------------------------------------------------------------------------------ the rows themselves

TEST(CatalogueTest, HasManyCases) { EXPECT_GE(Catalogue().size(), 450u); }

TEST(CatalogueTest, IdsAreUniqueDottedKebabCase) {
  const auto form = MatchesRegex(
      "(control|time|chain|path|trust|strength|usage|name|constraint|policy|encoding|limit|revocation)\\.[a-z0-9]+(-[a-"
      "z0-9]+)*");
  std::set<std::string> seen;
  for (const CertCase& cert_case : Catalogue()) {
    EXPECT_THAT(cert_case.id, form);
    EXPECT_TRUE(seen.insert(cert_case.id).second) << cert_case.id;
  }
}

TEST(CatalogueTest, EveryCaseSaysWhatItIsWhatItServesAndWhoDecidesIt) {
  const auto row = MatchesRegex("[A-P][1-9][0-9]?");
  const auto source = MatchesRegex("(; (RFC [0-9]{4}( [0-9]+(\\.[0-9]+)*( [a-z][0-9]?)?)?|CVE-[0-9]{4}-[0-9]{4,5}))+");
  for (const CertCase& cert_case : Catalogue()) {
    SCOPED_TRACE(cert_case.id);
    EXPECT_THAT(cert_case.summary, Not(IsEmpty()));
    EXPECT_EQ(cert_case.summary.find('\n'), std::string::npos);
    EXPECT_THAT("; " + cert_case.source, source);
    EXPECT_THAT(cert_case.rows, Not(IsEmpty()));
    for (const std::string& name : cert_case.rows) {
      EXPECT_THAT(name, row);
    }
  }
}

TEST(CatalogueTest, SummariesAreUnique) {
  std::map<std::string, std::string> seen;
  for (const CertCase& cert_case : Catalogue()) {
    const auto [other, fresh] = seen.emplace(cert_case.summary, cert_case.id);
    EXPECT_TRUE(fresh) << cert_case.id << " and " << other->second;
  }
}

TEST(CatalogueTest, FindsEveryCaseAndNoOther) {
  for (const CertCase& cert_case : Catalogue()) {
    EXPECT_EQ(FindCase(cert_case.id), &cert_case);
  }
  EXPECT_EQ(FindCase("control.nobody"), nullptr);
  EXPECT_EQ(FindCase(""), nullptr);
}

TEST(CatalogueTest, ControlsComeFirstAndAreAccepted) {
  EXPECT_EQ(Catalogue().front().id, "control.good");
  EXPECT_TRUE(std::ranges::is_partitioned(Catalogue(), IsControl));
  for (const CertCase& cert_case : Catalogue()) {
    if (IsControl(cert_case)) {
      EXPECT_TRUE(cert_case.expected.ok()) << cert_case.id;
      EXPECT_FALSE(cert_case.policy_dependent) << cert_case.id;
    }
  }
}

TEST(CatalogueTest, AcceptedCasesHaveNoDefectAtAll) {
  for (const CertCase& cert_case : Catalogue()) {
    if (cert_case.expected.ok()) {
      EXPECT_THAT(cert_case.also, IsEmpty()) << cert_case.id;
      EXPECT_EQ(cert_case.expected.depth, 0) << cert_case.id;
    }
    EXPECT_THAT(cert_case.also, Not(testing::Contains(Reason::kOk))) << cert_case.id;
    EXPECT_THAT(cert_case.also, Not(testing::Contains(cert_case.expected.reason))) << cert_case.id;
  }
}

// ------------------------------------------------------------------------------------------------ one edit

TEST(CatalogueTest, OnlyTheGoodChainHasNoTwin) {
  for (const CertCase& cert_case : Catalogue()) {
    if (cert_case.id == "control.good") {
      EXPECT_THAT(cert_case.twin, IsEmpty());
      EXPECT_EQ(cert_case.chain, GoodChain());
      continue;
    }
    const CertCase* twin = FindCase(cert_case.twin);
    ASSERT_NE(twin, nullptr) << cert_case.id;
    EXPECT_TRUE(IsControl(*twin)) << cert_case.id;
    EXPECT_LT(twin, &cert_case) << cert_case.id << " stands before its twin";
  }
}

TEST(CatalogueTest, EveryCaseIsOneEditOfItsTwinWithOneDefectOrSaysThatItIsNot) {
  for (const CertCase& cert_case : Catalogue()) {
    if (const CertCase* twin = FindCase(cert_case.twin)) {
      const std::vector<std::string> members = MembersThatDiffer(*twin, cert_case);
      EXPECT_THAT(members, Not(IsEmpty())) << cert_case.id;
      EXPECT_EQ(cert_case.compound, members.size() != 1 || !cert_case.also.empty())
          << cert_case.id << " differs in " << testing::PrintToString(members);
    }
  }
}

TEST(CatalogueTest, CasesDifferFromEachOther) {
  for (auto a = Catalogue().begin(); a != Catalogue().end(); ++a) {
    for (auto b = std::next(a); b != Catalogue().end(); ++b) {
      EXPECT_FALSE(a->chain == b->chain && a->reference == b->reference) << a->id << " and " << b->id;
    }
  }
}

// The anchor's name constraints must not be a second defect: under a constrained root a leaf holds nothing but host
// names of the lab and loopback addresses.
TEST(CatalogueTest, UnderAConstrainedRootEveryNameIsALabName) {
  const auto host = MatchesRegex("([*][.])?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?[.])+[Tt][Ee][Ss][Tt]");
  for (const CertCase& cert_case : Catalogue()) {
    const CertSpec& leaf = cert_case.chain.At("leaf");
    if (!cert_case.chain.At("root").name_constraints || !leaf.san) {
      continue;
    }
    for (const GeneralName& name : leaf.san->names) {
      if (name.form == NameForm::kDns) {
        EXPECT_THAT(std::string(AsText(name.value)), host) << cert_case.id;
      } else if (name.form == NameForm::kIp) {
        const bool loopback = (name.value.size() == 4 && name.value[0] == 127) || name == Ip("::1");
        EXPECT_TRUE(loopback) << cert_case.id;
      }
    }
  }
}

// ------------------------------------------------------------------------------------------------ what is covered

// A: a case must be accepted, R: refused, P: either will do; AR: both must occur.
struct RequiredRow {
  std::string_view row;
  std::string_view expected;
};
constexpr RequiredRow kRequiredRows[] = {
    {"A1", "A"},   {"A2", "A"},   {"A3", "A"},   {"A4", "A"},   {"A5", "A"},   {"A6", "A"},   {"B1", "R"},
    {"B2", "R"},   {"B3", "R"},   {"B4", "R"},   {"B5", "A"},   {"B6", "P"},   {"B7", "R"},   {"B8", "R"},
    {"B9", "AR"},  {"B10", "R"},  {"B11", "R"},  {"B12", "R"},  {"C1", "R"},   {"C2", "R"},   {"C3", "R"},
    {"C4", "R"},   {"C5", "R"},   {"C6", "R"},   {"C7", "R"},   {"C8", "R"},   {"C9", "R"},   {"C10", "R"},
    {"C11", "R"},  {"C12", "R"},  {"C13", "R"},  {"C14", "R"},  {"C15", "R"},  {"C16", "R"},  {"C17", "R"},
    {"D1", "R"},   {"D2", "R"},   {"D3", "R"},   {"D4", "R"},   {"D5", "R"},   {"D6", "R"},   {"D11", "R"},
    {"E1", "R"},   {"E2", "R"},   {"E3", "A"},   {"E4", "AR"},  {"E5", "AR"},  {"E6", "R"},   {"E8", "R"},
    {"E9", "R"},   {"E10", "R"},  {"E11", "R"},  {"E12", "R"},  {"F1", "R"},   {"F2", "R"},   {"F3", "R"},
    {"F4", "R"},   {"F5", "R"},   {"F6", "P"},   {"F7", "R"},   {"F8", "A"},   {"F9", "R"},   {"F10", "R"},
    {"F11", "R"},  {"F12", "R"},  {"F13", "P"},  {"F14", "R"},  {"F15", "AR"}, {"F16", "AR"}, {"F17", "A"},
    {"F18", "R"},  {"F19", "AR"}, {"F20", "R"},  {"F21", "R"},  {"A7", "A"},   {"A8", "R"},   {"B13", "A"},
    {"B14", "A"},  {"C18", "R"},  {"C22", "AR"}, {"C23", "AR"}, {"C24", "AR"}, {"C25", "AR"}, {"C26", "AR"},
    {"C27", "AR"}, {"C28", "AR"}, {"C29", "A"},  {"C31", "AR"}, {"C32", "AR"}, {"C33", "AR"}, {"C34", "R"},
    {"C35", "R"},  {"C36", "R"},  {"C37", "P"},  {"C38", "R"},  {"C39", "A"},  {"D7", "R"},   {"D8", "R"},
    {"D9", "AR"},  {"D10", "AR"}, {"D12", "R"},  {"D13", "AR"}, {"E13", "AR"}, {"E14", "R"},  {"E15", "R"},
    {"E16", "AR"}, {"F22", "AR"}, {"F23", "R"},  {"F24", "R"},  {"F25", "AR"}, {"F26", "AR"}, {"F28", "R"},
    {"F29", "R"},  {"G1", "AR"},  {"G2", "AR"},  {"G3", "AR"},  {"G4", "AR"},  {"G5", "AR"},  {"G6", "AR"},
    {"G7", "R"},   {"G8", "AR"},  {"G9", "AR"},  {"H1", "AR"},  {"I1", "AR"},  {"I2", "AR"},  {"I3", "R"},
    {"I4", "AR"},  {"I5", "AR"},  {"I7", "A"},   {"J1", "AR"},  {"J2", "AR"},  {"J4", "R"},   {"J5", "AR"},
    {"J6", "AR"},  {"J7", "AR"},  {"J8", "AR"},  {"J9", "AR"},  {"J10", "AR"}, {"J11", "AR"}, {"J3", "A"},
    {"J12", "A"},  {"J13", "AR"}, {"J14", "A"},
};

TEST(CatalogueTest, CoversEveryRequiredRowWithTheVerdictItAsksFor) {
  std::map<std::string, std::set<char>> covered;
  for (const CertCase& cert_case : Catalogue()) {
    for (const std::string& row : cert_case.rows) {
      covered[row].insert(cert_case.expected.ok() ? 'A' : 'R');
    }
  }
  for (const RequiredRow& required : kRequiredRows) {
    const std::set<char>& verdicts = covered[std::string(required.row)];
    EXPECT_THAT(verdicts, Not(IsEmpty())) << required.row;
    for (const char verdict : required.expected) {
      EXPECT_TRUE(verdict == 'P' || verdicts.contains(verdict)) << required.row << " lacks " << verdict;
    }
  }
}

// Whatever can be wrong with one certificate of the path is wrong with each of them in turn.
TEST(CatalogueTest, FaultsOfIssuersStandBesideThoseOfTheLeaf) {
  std::map<Reason, std::set<int>> depths;
  for (const CertCase& cert_case : Catalogue()) {
    depths[cert_case.expected.reason].insert(cert_case.expected.depth);
  }
  const std::set<int> everywhere = {0, 1, 2};
  EXPECT_THAT(depths[Reason::kExpired], IsSupersetOf(everywhere));
  EXPECT_THAT(depths[Reason::kNotYetValid], IsSupersetOf(everywhere));
  EXPECT_THAT(depths[Reason::kWeakKey], IsSupersetOf(everywhere));
  EXPECT_THAT(depths[Reason::kExtendedKeyUsage], IsSupersetOf(everywhere));
  EXPECT_THAT(depths[Reason::kUnknownCriticalExtension], IsSupersetOf(everywhere));
  EXPECT_THAT(depths[Reason::kUnknownIssuer], IsSupersetOf(everywhere));
  const std::set<int> below_the_anchor = {0, 1};
  EXPECT_EQ(depths[Reason::kMalformedTime], below_the_anchor);
  EXPECT_EQ(depths[Reason::kInvalidValidity], below_the_anchor);
  EXPECT_EQ(depths[Reason::kSignatureInvalid], below_the_anchor);
  EXPECT_EQ(depths[Reason::kWeakSignature], below_the_anchor);
  EXPECT_EQ(depths[Reason::kSignatureAlgorithmMismatch], below_the_anchor);
  EXPECT_EQ(depths[Reason::kUnsupportedVersion], below_the_anchor);
  EXPECT_EQ(depths[Reason::kDuplicateExtension], below_the_anchor);
  const std::set<int> issuers = {1, 2};
  EXPECT_EQ(depths[Reason::kNotACa], issuers);
  EXPECT_EQ(depths[Reason::kCaKeyUsage], issuers);
}

// What is asked of an anchor beyond its name and key is policy (RFC 5280 6.1.1 d).
TEST(CatalogueTest, WhatIsWrongWithAnAnchorIsMarkedAsPolicy) {
  for (const CertCase& cert_case : Catalogue()) {
    const bool usual =
        cert_case.chain.At("intermediate").issuer == "root" && cert_case.chain.At("leaf").issuer == "intermediate";
    if (usual && cert_case.expected.depth == 2 && cert_case.expected.reason != Reason::kUnknownIssuer) {
      EXPECT_TRUE(cert_case.policy_dependent) << cert_case.id;
    }
  }
}

// ------------------------------------------------------------------------------------------------ boundaries

TEST(CatalogueTest, BoundariesComeInPairs) {
  constexpr std::string_view kExact = "-exact", kLate = "-one-second-late", kEarly = "-one-second-early";
  int pairs = 0;
  for (const CertCase& cert_case : Catalogue()) {
    const std::string_view id = cert_case.id;
    if (id.ends_with(kExact)) {
      const std::string stem(id.substr(0, id.size() - kExact.size()));
      const CertCase* late = FindCase(stem + std::string(kLate));
      const CertCase* early = FindCase(stem + std::string(kEarly));
      ASSERT_NE(late == nullptr, early == nullptr) << id;
      EXPECT_TRUE(cert_case.expected.ok()) << id;
      EXPECT_FALSE((late != nullptr ? late : early)->expected.ok()) << id;
      EXPECT_THAT(MembersThatDiffer(cert_case, late != nullptr ? *late : *early), SizeIs(1)) << id;
      ++pairs;
    }
    for (const std::string_view end : {kLate, kEarly}) {
      if (id.ends_with(end)) {
        EXPECT_NE(FindCase(std::string(id.substr(0, id.size() - end.size())) + std::string(kExact)), nullptr) << id;
      }
    }
  }
  EXPECT_EQ(pairs, 6);  // both ends, of leaf, intermediate and root
}

// Whether what is said about the status says something else within `soon`.
bool StatementsAge(const RevocationSpec& revocation, seconds soon) {
  const auto ends = [&](const std::optional<TimeSpec>& time) {
    return time && !time->raw && time->from_now >= seconds(0) && time->from_now <= soon;
  };
  const auto begins = [&](const TimeSpec& time) { return ends(time) && time.from_now > seconds(0); };
  return std::ranges::any_of(revocation.staples,
                             [&](const OcspSpec& staple) {
                               return begins(staple.produced_at) ||
                                      std::ranges::any_of(staple.singles, [&](const SingleStatus& single) {
                                        return begins(single.this_update) || ends(single.next_update);
                                      });
                             }) ||
         std::ranges::any_of(revocation.crls,
                             [&](const CrlSpec& crl) { return begins(crl.this_update) || ends(crl.next_update); });
}

// A case that a minute makes another case cannot be shown to a client on a real clock.
TEST(CatalogueTest, VerdictsThatAgeNeedAnExactClock) {
  const seconds soon = hours(1);
  for (const CertCase& cert_case : Catalogue()) {
    bool ages = false;
    for (const std::string_view node : {"leaf", "intermediate", "root"}) {
      const CertSpec& cert = cert_case.chain.At(node);
      const seconds begin = cert.not_before.from_now, end = cert.not_after.from_now;
      ages |= !cert.not_before.raw && begin > seconds(0) && begin <= soon;
      ages |= !cert.not_after.raw && end >= seconds(0) && end <= soon;
    }
    EXPECT_EQ(cert_case.exact_clock, ages || StatementsAge(cert_case.chain.revocation, soon)) << cert_case.id;
  }
}

// ------------------------------------------------------------------------------------------------ the bytes

TEST(CatalogueTest, EveryChainCanBeIssued) {
  for (const CertCase& cert_case : Catalogue()) {
    const auto chain = SharedIssuer().Issue(cert_case.chain);
    ASSERT_TRUE(chain) << cert_case.id << ": " << chain.error().detail;
    EXPECT_THAT((*chain)->presented, SizeIs(cert_case.chain.presented.size())) << cert_case.id;
    EXPECT_THAT((*chain)->trusted, SizeIs(cert_case.chain.trusted.size())) << cert_case.id;
    EXPECT_NE((*chain)->key, nullptr) << cert_case.id;
  }
}

TEST(CatalogueTest, EveryEditOfAChainShowsInTheBytesTheClientSees) {
  for (const CertCase& cert_case : Catalogue()) {
    const CertCase* twin = FindCase(cert_case.twin);
    if (twin == nullptr || twin->chain == cert_case.chain) {
      continue;
    }
    const auto good = SharedIssuer().Issue(twin->chain);
    const auto bad = SharedIssuer().Issue(cert_case.chain);
    ASSERT_TRUE(good && bad) << cert_case.id;
    const bool same_statements = (*good)->staples == (*bad)->staples && (*good)->crls == (*bad)->crls;
    EXPECT_FALSE((*good)->presented == (*bad)->presented && (*good)->trusted == (*bad)->trusted && same_statements)
        << cert_case.id;
  }
}

// ------------------------------------------------------------------------------------------------ a second opinion

bssl::UniquePtr<X509> Parse(const Bytes& der) {
  const uint8_t* data = der.data();
  return bssl::UniquePtr<X509>(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
}

// What BoringSSL's own verifier says: an X509_V_ code, or -1 if it could not be asked.
int AskBoringSsl(const IssuedChain& chain, const std::string& reference) {
  bssl::UniquePtr<X509_STORE> store(X509_STORE_new());
  bssl::UniquePtr<STACK_OF(X509)> others(sk_X509_new_null());
  bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  for (const Bytes& der : chain.trusted) {
    const bssl::UniquePtr<X509> anchor = Parse(der);
    if (!anchor || !X509_STORE_add_cert(store.get(), anchor.get())) {
      return -1;
    }
  }
  for (const Bytes& der : chain.presented) {
    bssl::UniquePtr<X509> certificate = Parse(der);
    if (!certificate || !bssl::PushToStack(others.get(), std::move(certificate))) {
      return -1;
    }
  }
  X509* leaf = sk_X509_value(others.get(), 0);
  if (!X509_STORE_CTX_init(context.get(), store.get(), leaf, others.get()) ||
      !X509_STORE_CTX_set_default(context.get(), "ssl_server")) {
    return -1;
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(kNow));
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (!X509_VERIFY_PARAM_set1_ip_asc(param, reference.c_str())) {
    ERR_clear_error();
    if (!X509_VERIFY_PARAM_set1_host(param, reference.data(), reference.size())) {
      return -1;
    }
  }
  const bool accepted = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return accepted ? X509_V_OK : error;
}

// Where the witness is wrong, or does not try; checked against Debian's library of 2022.
const std::map<std::string_view, std::string_view> kWitnessCannotJudge = {
    {"control.ip4", "knows no iPAddress constraints, so it refuses every leaf that has an address under some"},
    {"control.ip6", "the same"},
    {"time.leaf-not-after-exact", "takes notAfter itself for too late; RFC 5280 4.1.2.5 says inclusive"},
    {"time.intermediate-not-after-exact", "the same"},
    {"time.root-not-after-exact", "the same"},
    {"usage.intermediate-eku-any-only", "lets anyExtendedKeyUsage of a CA count for nothing, which is policy"},
    {"name.reference-u-label", "compares bytes; converting is its caller's business"},
    {"name.reference-trailing-dot", "compares bytes; stripping the dot is its caller's business"},
    {"control.bridge", "takes the first certificate of a name and never goes back for another (RFC 4158 2.4)"},
    {"path.bridge-permitted", "the same"},
    {"path.cross-expired", "the same"},
    {"path.cross-not-yet-valid", "the same"},
    {"path.cross-signature", "the same"},
    {"path.cross-constrained", "the same"},
    {"path.cross-unknown-critical", "the same"},
    {"trust.intermediate-is-anchor", "trusts self-signed CAs only, unless told otherwise"},
    {"trust.intermediate-is-anchor-not-sent", "the same"},
    {"trust.leaf-is-anchor", "the same"},
    {"trust.self-signed-leaf-is-anchor", "the same"},
    {"trust.other-authority-key-id", "takes a key identifier for a condition; RFC 4158 3.5.12 orders by it"},
    {"constraint.ip4-permitted-address", "knows no iPAddress constraints, as above"},
    {"constraint.ip4-permitted-net", "the same"},
    {"constraint.ip4-permitted-odd-net", "the same"},
    {"constraint.ip4-permitted-all", "the same"},
    {"constraint.ip4-permitted-host-bits", "the same"},
    {"constraint.ip4-excluded-neighbour", "the same"},
    {"constraint.ip4-excluded-ip6", "the same"},
    {"constraint.ip4-dns-only", "the same"},
    {"constraint.ip6-permitted-address", "the same"},
    {"constraint.ip6-permitted-net", "the same"},
    {"constraint.ip6-permitted-odd-net", "the same"},
    {"constraint.ip6-excluded-other", "the same"},
    {"constraint.ip6-excluded-ip4", "the same"},
    {"encoding.truncated-unrelated", "cannot be asked: its parser does not take the certificate that nobody needs"},
    {"encoding.half-unrelated", "the same"},
    {"encoding.garbage-unrelated", "the same"},
    {"encoding.text-unrelated", "the same"},
    {"encoding.empty-sequence-unrelated", "the same"},
    {"encoding.claims-four-gigabytes-unrelated", "the same"},
    {"encoding.indefinite-length-unrelated", "the same"},
    {"usage.netscape-client", "still minds Netscape's type"},
    {"control.must-staple-critical", "knows no TLS features, so it refuses a critical one"},
};

TEST(CatalogueTest, BoringSslAcceptsWhatMustBeAccepted) {
  int accepted = 0;
  for (const CertCase& cert_case : Catalogue()) {
    const auto chain = SharedIssuer().Issue(cert_case.chain);
    ASSERT_TRUE(chain) << cert_case.id;
    if (!cert_case.expected.ok() || kWitnessCannotJudge.contains(cert_case.id)) {
      continue;
    }
    const int verdict = AskBoringSsl(**chain, cert_case.reference);
    EXPECT_EQ(verdict, X509_V_OK) << cert_case.id << ": " << X509_verify_cert_error_string(verdict);
    ++accepted;
  }
  RecordProperty("accepted", accepted);
  const auto good = std::ranges::count_if(Catalogue(), [](const CertCase& c) { return c.expected.ok(); });
  EXPECT_EQ(accepted + static_cast<int>(kWitnessCannotJudge.size()), static_cast<int>(good));
}

// What it lets pass although it checks such things.
const std::map<std::string_view, std::string_view> kWitnessForgives = {
    {"trust.issuer-t61", "converts T61String before it compares names"},
    {"trust.issuer-bmp", "converts BMPString before it compares names"},
    {"strength.key-long-length-intermediate", "this library of 2022 reads BER lengths"},
    {"encoding.long-length-intermediate", "the same"},
    {"encoding.trailing-intermediate", "whoever calls its parser must look for what is left"},
};

// It is lenient, but in these things it is an honest witness of the other side.
TEST(CatalogueTest, BoringSslRefusesWhatItChecksToo) {
  const std::set<Reason> checked = {Reason::kSelfSigned, Reason::kUnknownIssuer, Reason::kSignatureInvalid,
                                    Reason::kExpired,    Reason::kNotYetValid,   Reason::kNameMismatch};
  for (const CertCase& cert_case : Catalogue()) {
    if (!checked.contains(cert_case.expected.reason)) {
      continue;
    }
    const auto chain = SharedIssuer().Issue(cert_case.chain);
    ASSERT_TRUE(chain) << cert_case.id;
    const bool refused = AskBoringSsl(**chain, cert_case.reference) != X509_V_OK;
    EXPECT_NE(refused, kWitnessForgives.contains(cert_case.id)) << cert_case.id;
  }
}

}  // namespace
}  // namespace certs

#include "certs/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <tuple>

#include "certs/canonical.h"
#include "certs/diff_engine.h"

namespace certs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The paths of what an edit of the good chain changes.
std::vector<std::string> Changed(const std::function<void(ChainSpec&)>& edit) {
  ChainSpec edited = GoodChain();
  edit(edited);
  std::vector<std::string> members;
  for (const Difference& difference : Diff(GoodChain(), edited)) {
    members.push_back(difference.member);
  }
  return members;
}

TEST(Diff, IsEmptyBetweenEqualChains) {
  EXPECT_THAT(Changed([](ChainSpec&) {}), IsEmpty());
}

TEST(Diff, NamesOneMemberOfOneNode) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.leaf().not_after.from_now = std::chrono::seconds(-1); }),
              ElementsAre("leaf.not_after"));
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.root().version = 1; }), ElementsAre("root.version"));
}

TEST(Diff, EntersSpecsInsideOptionals) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.intermediate().basic_constraints->ca = false; }),
              ElementsAre("intermediate.basic_constraints.ca"));
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.leaf().san->names = {Dns(kEveHost)}; }),
              ElementsAre("leaf.san.names"));
}

TEST(Diff, CallsAMissingOptionalOneDifference) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.leaf().san.reset(); }), ElementsAre("leaf.san"));
}

TEST(Diff, CallsAKeyOrADateOneValue) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.leaf().key = {KeyType::kRsa2048, "other"}; }),
              ElementsAre("leaf.key"));
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.leaf().not_after = {.form = TimeForm::kUtc, .raw = "x"}; }),
              ElementsAre("leaf.not_after"));
}

TEST(Diff, MatchesNodesByNameWhereverTheyStand) {
  EXPECT_THAT(Changed([](ChainSpec& spec) {
                std::swap(spec.certs[0], spec.certs[1]);
                spec.leaf().version = 1;
              }),
              ElementsAre("leaf.version"));
}

TEST(Diff, SaysThatOnlyTheOrderDiffers) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { std::swap(spec.certs[0], spec.certs[1]); }), ElementsAre("certs"));
}

TEST(Diff, NamesANodeThatOnlyOneChainHas) {
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.certs.erase(spec.certs.begin() + 5); }), ElementsAre("fake-root"));
  EXPECT_THAT(Changed([](ChainSpec& spec) { spec.certs.push_back({.name = "mallory"}); }), ElementsAre("mallory"));
}

TEST(Diff, EntersVectorsOfSpecsOfOneLength) {
  ChainSpec one = GoodChain();
  one.leaf().extra_extensions = {{.oid = "1.2.3"}, {.oid = "1.2.4"}};
  ChainSpec other = one;
  other.leaf().extra_extensions[1].critical = true;
  EXPECT_EQ(Diff(one, other)[0].member, "leaf.extra_extensions[1].critical");
  EXPECT_EQ(Diff(GoodChain(), other)[0].member, "leaf.extra_extensions");
}

TEST(Diff, FollowsTheOrderOfDeclaration) {
  EXPECT_THAT(Changed([](ChainSpec& spec) {
                spec.handshake_key = KeySpec{};
                spec.trusted.clear();
                spec.leaf().san.reset();
                spec.leaf().serial = Bytes{1};
              }),
              ElementsAre("leaf.serial", "leaf.san", "trusted", "handshake_key"));
}

TEST(Words, SayValuesAsPeopleDo) {
  using diff_internal::Words;
  EXPECT_EQ(Words(true), "true");
  EXPECT_EQ(Words(-3), "-3");
  EXPECT_EQ(Words(std::string("a\n")), "\"a\\x0a\"");
  EXPECT_EQ(Words(ToBytes("abc")), "\"abc\"");
  EXPECT_EQ(Words(Bytes{0, 1}), "0x0001");
  EXPECT_EQ(Words(Bytes{}), "0x");
  EXPECT_EQ(Words(std::optional<int>{}), "none");
  EXPECT_EQ(Words(std::vector<int>{1, 2}), "[1, 2]");
  EXPECT_EQ(Words(KeyType::kRsa2048), "rsa2048");
  EXPECT_EQ(Words(static_cast<NameForm>(9)), "unknown(9)");
  EXPECT_EQ(Words(BasicConstraints{.ca = true}), "{ca: true}");
  EXPECT_EQ(Words(std::chrono::milliseconds(250)), "250 ms");
  EXPECT_EQ(Words(std::chrono::milliseconds(2000)), "2 s");
  EXPECT_EQ(Words(std::chrono::hours(-25)), "-1 d 1 h");
}

TEST(Words, SayDatesKeysAndNames) {
  EXPECT_EQ(InWords(TimeSpec{std::chrono::days(30)}), "+30 d");
  EXPECT_EQ(InWords(TimeSpec{std::chrono::seconds(-1)}), "-1 s");
  EXPECT_EQ(InWords(TimeSpec{std::chrono::seconds::min()}).front(), '-');
  EXPECT_EQ(InWords(KeySpec{KeyType::kP384, "eve"}), "p384/eve");
  EXPECT_EQ(InWords(Ip("127.0.0.1")), "ip:127.0.0.1");
  EXPECT_EQ(InWords(IpOctets({127, 0, 0, 0, 255, 0, 0, 0})), "ip:127.0.0.0/255.0.0.0");
  EXPECT_EQ(InWords(IpOctets({1, 2, 3})), "ip:0x010203");
  EXPECT_EQ(InWords(Dns(std::string_view("a\0", 2))), "dns:a\\x00");
  EXPECT_EQ(InWords(CommonName("x")[0]), "CN=x");
}

TEST(Words, AreBoundedWhateverTheValue) {
  const auto longest = [](const auto& value) { return diff_internal::Words(value).size(); };
  EXPECT_LT(longest(std::string(100000, 'a')), 300U);
  EXPECT_LT(longest(Bytes(100000, 0)), 300U);
  EXPECT_LT(longest(std::vector<std::string>(100000, "abc")), 300U);
  EXPECT_LT(longest(std::vector<GeneralName>(3, Dns(std::string(100000, '\n')))), 300U);
  EXPECT_LT(longest(GoodChain()), 300U);
}

TEST(Canonical, DiffersWhereverValuesDiffer) {
  const auto text = [](const auto& value) {
    std::string out;
    AppendCanonical(out, value);
    return out;
  };
  EXPECT_EQ(text(GoodChain()), text(GoodChain()));
  EXPECT_NE(text(std::vector<std::string>{"a", "b"}), text(std::vector<std::string>{"ab", ""}));
  EXPECT_NE(text(std::optional<int>{}), text(std::optional<int>{0}));
  ChainSpec edited = GoodChain();
  edited.leaf().authority_key_id = false;
  EXPECT_NE(text(edited), text(GoodChain()));
}

// A member that kMembers forgets would be ignored by Diff and, worse, by what an Issuer remembers. A structured binding
// must name every member, so a new one fails to compile here until it is listed in both places.
template <typename T, typename... Bound>
constexpr bool Lists(const Bound&...) {
  return std::tuple_size_v<decltype(T::kMembers)> == sizeof...(Bound);
}

TEST(Members, AreAllListed) {
  const auto& [chain1, chain2, chain3, chain4] = ChainSpec{};
  EXPECT_TRUE(Lists<ChainSpec>(chain1, chain2, chain3, chain4));
  const auto& [c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23,
               c24] = CertSpec{};
  EXPECT_TRUE(Lists<CertSpec>(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20,
                              c21, c22, c23, c24));
  const auto& [key1, key2] = KeySpec{};
  EXPECT_TRUE(Lists<KeySpec>(key1, key2));
  const auto& [attribute1, attribute2, attribute3] = Attribute{};
  EXPECT_TRUE(Lists<Attribute>(attribute1, attribute2, attribute3));
  const auto& [name1, name2] = GeneralName{};
  EXPECT_TRUE(Lists<GeneralName>(name1, name2));
  const auto& [time1, time2, time3] = TimeSpec{};
  EXPECT_TRUE(Lists<TimeSpec>(time1, time2, time3));
  const auto& [basic1, basic2, basic3] = BasicConstraints{};
  EXPECT_TRUE(Lists<BasicConstraints>(basic1, basic2, basic3));
  const auto& [usage1, usage2] = KeyUsage{};
  EXPECT_TRUE(Lists<KeyUsage>(usage1, usage2));
  const auto& [purpose1, purpose2] = ExtendedKeyUsage{};
  EXPECT_TRUE(Lists<ExtendedKeyUsage>(purpose1, purpose2));
  const auto& [san1, san2] = SubjectAltName{};
  EXPECT_TRUE(Lists<SubjectAltName>(san1, san2));
  const auto& [constraint1, constraint2, constraint3] = NameConstraints{};
  EXPECT_TRUE(Lists<NameConstraints>(constraint1, constraint2, constraint3));
  const auto& [raw1, raw2, raw3] = RawExtension{};
  EXPECT_TRUE(Lists<RawExtension>(raw1, raw2, raw3));
  const auto& [tamper1, tamper2] = Tamper{};
  EXPECT_TRUE(Lists<Tamper>(tamper1, tamper2));
}

}  // namespace
}  // namespace certs

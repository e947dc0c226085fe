#include "certs/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <typeinfo>
#include <utility>

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
    Canonical out(0);
    AppendCanonical(out, value);
    return Bytes(out.octets().begin(), out.octets().end());
  };
  EXPECT_EQ(text(GoodChain()), text(GoodChain()));
  EXPECT_NE(text(std::vector<std::string>{"a", "b"}), text(std::vector<std::string>{"ab", ""}));
  EXPECT_NE(text(std::optional<int>{}), text(std::optional<int>{0}));
  ChainSpec edited = GoodChain();
  edited.leaf().authority_key_id = false;
  EXPECT_NE(text(edited), text(GoodChain()));
}

// A member that kMembers forgets would be ignored by Diff and, worse, by what an Issuer remembers. So the members of
// every struct that a chain is made of are counted by the compiler: an aggregate takes as many initialisers as it has.
struct Anything {
  template <typename T>
  operator T&() const;
};

template <typename T, size_t... I>
constexpr bool Takes(std::index_sequence<I...>) {
  return requires { T{((void)I, Anything{})...}; };
}

template <typename T, size_t N = 0>
constexpr size_t MemberCount() {
  if constexpr (Takes<T>(std::make_index_sequence<N + 1>{})) {
    return MemberCount<T, N + 1>();
  } else {
    return N;
  }
}

struct OneMemberListed {
  int listed = 0;
  std::optional<std::string> forgotten;
  static constexpr auto kMembers = Members{Member{"listed", &OneMemberListed::listed}};
};

template <typename T>
constexpr bool ListsAll() {
  return T::kMembers.kSize == MemberCount<T>();
}

// T, and whatever specs T holds.
template <typename T>
void ExpectAllListed(const T& value) {
  if constexpr (HasMembers<T>) {
    EXPECT_TRUE(ListsAll<T>()) << typeid(T).name();
    ForEachMember(value, [](std::string_view, const auto& member) { ExpectAllListed(member); });
  } else if constexpr (requires { typename T::value_type; }) {
    ExpectAllListed(typename T::value_type{});  // of a vector or an optional
  }
}

TEST(Members, AreAllListed) { ExpectAllListed(ChainSpec{}); }

TEST(Members, AreMissedWhenOneIsForgotten) { EXPECT_FALSE(ListsAll<OneMemberListed>()); }

}  // namespace
}  // namespace certs

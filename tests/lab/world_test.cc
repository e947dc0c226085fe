#include "lab/scenario/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "lab/scenario/compose.h"

namespace lab {
namespace {

using fakeserver::Verb;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> EditedMembers(const World& from, const World& to) {
  std::vector<std::string> members;
  for (const certs::Difference& difference : Diff(from, to)) {
    members.push_back(difference.member);
  }
  return members;
}

TEST(World, TheGoodWorldDoesNotDifferFromItself) { EXPECT_THAT(Diff(GoodWorld(), GoodWorld()), IsEmpty()); }

TEST(World, TheReferenceIsAMember) {
  World world;
  world.reference = "mail.eve.test";
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("reference"));
}

TEST(World, ACertificateIsNamedByItsNode) {
  World world;
  world.chain.intermediate().version = 1;
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("chain.intermediate.version"));
}

TEST(World, EveryAnswerThatChangesIsOneEdit) {
  World world;
  world.smtp.replies[Verb::kStartTls] = {.code = 454, .lines = {"Not now"}};
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("smtp.replies[STARTTLS]"));
  EXPECT_EQ(Diff(GoodWorld(), world).front().to, "454 Not now");
  world.smtp.replies[Verb::kMail] = {.code = 550};
  EXPECT_THAT(EditedMembers(GoodWorld(), world), UnorderedElementsAre("smtp.replies[STARTTLS]", "smtp.replies[MAIL]"));
}

TEST(World, AnAnswerTakenBackIsAnEditToo) {
  World world;
  world.smtp.replies[Verb::kStartTls] = {.code = 454};
  EXPECT_THAT(EditedMembers(world, GoodWorld()), ElementsAre("smtp.replies[STARTTLS]"));
}

TEST(World, AnInjectionIsOneEditAlthoughItHasTwoMembers) {
  World world;
  world.smtp.injection = {fakeserver::Placement::kSameSegment, certs::ToBytes("250 \x1b[2J\r\n")};
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("smtp.injection"));
  EXPECT_EQ(Diff(GoodWorld(), world).front().to.find('\x1b'), std::string::npos) << "hostile bytes are escaped";
}

TEST(World, ACutConnectionIsOneEditAlthoughItHasTwoMembers) {
  World world;
  world.link = {fakeserver::CutKind::kReset, fakeserver::Stage::kStartTlsAnswered};
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("link"));
}

TEST(World, TwoEditsAreTwoDifferences) {
  World world;
  world.chain.leaf().version = 1;
  world.tls.max_version = 0x0303;
  EXPECT_THAT(EditedMembers(GoodWorld(), world), ElementsAre("chain.leaf.version", "tls.max_version"));
}

TEST(OnVisit, TheFirstVisitsAreTheEarlierOnes) {
  World world;
  world.earlier = {Visit{.smtp = {.host = "first.bob.test"}, .tls = {}, .link = {}}};
  world.smtp.host = "later.bob.test";
  EXPECT_EQ(OnVisit(world, 0).smtp.host, "first.bob.test");
  EXPECT_EQ(OnVisit(world, 1).smtp.host, "later.bob.test");
  EXPECT_EQ(OnVisit(world, 9).smtp.host, "later.bob.test");
  EXPECT_EQ(OnVisit(world, 1).chain, world.chain);
}

// ------------------------------------------------------------------------------------------------ what worlds share

TEST(SharedPart, IsOneValueUntilACopyIsChanged) {
  const World good = GoodWorld();
  World world = good;
  EXPECT_EQ(&*world.policy_host, &*good.policy_host);
  world.policy_host.Change([](PolicyHost& host) { host.door = fakeserver::Door::kRefused; });
  EXPECT_EQ(good.policy_host->door, fakeserver::Door::kOpen);
  EXPECT_EQ(world.policy_host->door, fakeserver::Door::kRefused);
  EXPECT_NE(world, good);
  world.policy_host.Change([](PolicyHost& host) { host.door = fakeserver::Door::kOpen; });
  EXPECT_EQ(world, good);  // another value, and the same
}

TEST(SharedPart, IsEditedMemberByMember) {
  World one = GoodWorld(), two = GoodWorld();
  one.policy_host.Change([](PolicyHost& host) { host.policy.status = 404; });
  two.policy_host.Change([](PolicyHost& host) { host.door = fakeserver::Door::kRefused; });
  const std::optional<World> both = Compose({&one, &two});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->policy_host->policy.status, 404);
  EXPECT_EQ(both->policy_host->door, fakeserver::Door::kRefused);
  EXPECT_EQ(CountEdits(GoodWorld(), *both), 2U);
  EXPECT_EQ(KeepEdits(GoodWorld(), *both, {true, false}), one);
  EXPECT_EQ(KeepEdits(GoodWorld(), *both, {false, true}), two);
  EXPECT_EQ(KeepEdits(GoodWorld(), *both, {true, true}), *both);
}

}  // namespace
}  // namespace lab

// One name against one constraint, by tables.
#include "lab/verifier/constraint_match.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "certs/der.h"
#include "certs/spec.h"

namespace {

using certs::Bytes;
using certs::ToBytes;
using verifier::Fit;
using verifier::FitDirectory;
using verifier::FitDns;
using verifier::FitEmail;
using verifier::FitIp;
using verifier::FitUri;
using verifier::Subtree;
using enum verifier::Fit;

struct DnsRow {
  std::string_view name, constraint;
  Fit permitted;  // against a permitted subtree
  Fit excluded;   // against an excluded one
};

constexpr DnsRow kDnsRows[] = {
    // zero or more labels on the left
    {"bob.test", "bob.test", kInside, kInside},
    {"mail.bob.test", "bob.test", kInside, kInside},
    {"a.mail.bob.test", "bob.test", kInside, kInside},
    {"MAIL.Bob.Test", "bOB.tEST", kInside, kInside},
    {"notbob.test", "bob.test", kOutside, kOutside},
    {"test", "bob.test", kOutside, kOutside},
    {"mail.eve.test", "", kInside, kInside},
    // a leading dot: one label or more
    {"mail.bob.test", ".bob.test", kInside, kInside},
    {"bob.test", ".bob.test", kOutside, kOutside},
    // wildcards: wholly inside a permitted subtree, not meeting an excluded one
    {"*.bob.test", "bob.test", kInside, kInside},
    {"*.bob.test", "mail.bob.test", kOutside, kInside},
    {"*.bob.test", "a.mail.bob.test", kOutside, kOutside},
    {"*.bob.test", ".mail.bob.test", kOutside, kOutside},
    {"*.bob.test", ".bob.test", kInside, kInside},
    {"*.mail.bob.test", "bob.test", kInside, kInside},
    {"*.test", "bob.test", kOutside, kInside},
    {"*.eve.test", "bob.test", kOutside, kOutside},
    {"*.bob.test", "", kInside, kInside},
    // names nobody can place
    {".bob.test", "bob.test", kBadName, kBadName},
    {"mail.bob.test.", "bob.test", kBadName, kBadName},
    {"mail..bob.test", "bob.test", kBadName, kBadName},
    {"m*.bob.test", "bob.test", kBadName, kBadName},
    {"mail.*.test", "bob.test", kBadName, kBadName},
    {"*", "bob.test", kBadName, kBadName},
    {"", "bob.test", kBadName, kBadName},
    {"mail bob.test", "bob.test", kBadName, kBadName},
    {"-mail.bob.test", "bob.test", kBadName, kBadName},
    {"mail-.bob.test", "bob.test", kBadName, kBadName},
    {"a_b.bob.test", "bob.test", kInside, kInside},
    {std::string_view("mail.eve.test\0.bob.test", 23), "bob.test", kBadName, kBadName},
    // constraints nobody can apply
    {"mail.bob.test", "*.bob.test", kBadConstraint, kBadConstraint},
    {"mail.bob.test", "bob.test.", kBadConstraint, kBadConstraint},
    {"mail.bob.test", ".", kBadConstraint, kBadConstraint},
    {"mail.bob.test", "bob..test", kBadConstraint, kBadConstraint},
    {"mail.bob.test", ".-bob.test", kBadConstraint, kBadConstraint},
};

TEST(FitDns, FollowsTheTable) {
  for (const DnsRow& row : kDnsRows) {
    const Bytes name = ToBytes(row.name);
    const Bytes constraint = ToBytes(row.constraint);
    EXPECT_EQ(FitDns(name, constraint, Subtree::kPermitted, true), row.permitted)
        << row.name << " / " << row.constraint;
    EXPECT_EQ(FitDns(name, constraint, Subtree::kExcluded, true), row.excluded) << row.name << " / " << row.constraint;
  }
}

TEST(FitDns, RefusesALeadingDotWhereRfc5280IsTakenToTheLetter) {
  const Bytes name = ToBytes("mail.bob.test");
  EXPECT_EQ(FitDns(name, ToBytes(".bob.test"), Subtree::kPermitted, false), kBadConstraint);
  EXPECT_EQ(FitDns(name, ToBytes("bob.test"), Subtree::kPermitted, false), kInside);
}

TEST(FitIp, ComparesUnderAMaskWithoutHoles) {
  const Bytes loopback = {127, 0, 0, 1};
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 0, 255, 0, 0, 0}), kInside);
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 1, 255, 255, 255, 255}), kInside);
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 2, 255, 255, 255, 255}), kOutside);
  EXPECT_EQ(FitIp(loopback, Bytes{0, 0, 0, 0, 0, 0, 0, 0}), kInside);
  EXPECT_EQ(FitIp(loopback, Bytes{126, 0, 0, 0, 254, 0, 0, 0}), kInside);
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 0, 255, 0, 255, 0}), kBadConstraint);
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 0, 0x7f, 0, 0, 0}), kBadConstraint);
  EXPECT_EQ(FitIp(loopback, Bytes{127, 0, 0, 1}), kBadConstraint);
  EXPECT_EQ(FitIp(loopback, Bytes(32, 0)), kOutside);  // no IPv4 address is among the IPv6 addresses
  EXPECT_EQ(FitIp(Bytes{127, 0, 0}, Bytes{127, 0, 0, 0, 255, 0, 0, 0}), kBadName);
  EXPECT_EQ(FitIp(Bytes{127, 0, 0, 0, 255, 0, 0, 0}, Bytes{127, 0, 0, 0, 255, 0, 0, 0}), kBadName);
}

struct TextRow {
  std::string_view name, constraint;
  Fit fit;
};

constexpr TextRow kMailRows[] = {
    {"bob@bob.test", "bob@bob.test", kInside},
    {"bob@BOB.test", "bob@bob.TEST", kInside},
    {"Bob@bob.test", "bob@bob.test", kOutside},
    {"bob@bob.test", "bob.test", kInside},
    {"bob@mail.bob.test", "bob.test", kOutside},
    {"bob@mail.bob.test", ".bob.test", kInside},
    {"bob@bob.test", ".bob.test", kOutside},
    {"bob@bob.test", "", kInside},
    {"bob@eve@bob.test", "bob.test", kBadName},
    {"bob", "bob.test", kBadName},
    {"@bob.test", "bob.test", kBadName},
    {"bob@", "bob.test", kBadName},
    // all quoted forms are equivalent (RFC 5321 4.1.2)
    {"\"a b\"@bob.test", "bob.test", kInside},
    {"\"bob\"@bob.test", "bob@bob.test", kInside},
    {"\"\\b\\ob\"@bob.test", "bob@bob.test", kInside},
    {"bob@bob.test", "\"bob\"@bob.test", kInside},
    {"\"Bob\"@bob.test", "bob@bob.test", kOutside},
    // qtext and quoted-pair of RFC 2822, which know control characters
    {"\"\x02\x7f\"@bob.test", "bob.test", kInside},
    {"\"\\\t\"@bob.test", "bob.test", kInside},
    {"\"\t\"@bob.test", "bob.test", kBadName},
    {"\"\r\n\"@bob.test", "bob.test", kBadName},
    {"\"\\\n\"@bob.test", "bob.test", kBadName},
    {"\"\xc3\xb6\"@bob.test", "bob.test", kBadName},
    {"\"bob@bob.test", "bob.test", kBadName},
    {"\"bob\\", "bob.test", kBadName},
    {"bob smith@bob.test", "bob.test", kBadName},
    {".bob@bob.test", "bob.test", kBadName},
    {"bob@127.0.0.1", "bob.test", kBadName},
    {"bob@[127.0.0.1]", "bob.test", kBadName},
    {"bob@bob.test", "\"bob\"x@bob.test", kBadConstraint},
    {"bob@bob.test", "bob@.bob.test", kBadConstraint},
    {"bob", "*.bob.test", kBadConstraint},  // whatever the name
    {"bob@bob.test", "a@b@bob.test", kBadConstraint},
    {"bob@bob.test", "*.bob.test", kBadConstraint},
    {"bob@bob.test", "@bob.test", kBadConstraint},
};

TEST(FitEmail, FollowsTheTable) {
  for (const TextRow& row : kMailRows) {
    EXPECT_EQ(FitEmail(ToBytes(row.name), ToBytes(row.constraint)), row.fit) << row.name << " / " << row.constraint;
  }
}

constexpr TextRow kUriRows[] = {
    {"https://bob.test/x", "bob.test", kInside},
    {"https://mail.bob.test", "bob.test", kOutside},
    {"https://mail.bob.test?q", ".bob.test", kInside},
    {"https://bob.test", ".bob.test", kOutside},
    {"https://eve.test@bob.test:443/", "bob.test", kInside},
    {"https://bob.test@eve.test/", "bob.test", kOutside},
    {"urn:bob.test", "bob.test", kBadName},
    {"https://127.0.0.1/", "bob.test", kBadName},
    {"https://[::1]/", "bob.test", kBadName},
    {"https:///x", "bob.test", kBadName},
    {"https://-mail.bob.test/", "bob.test", kBadName},
    {"https://bob.test/", "127.0.0.1", kBadConstraint},
    {"https://bob.test/", "*.bob.test", kBadConstraint},
};

TEST(FitUri, FollowsTheTable) {
  for (const TextRow& row : kUriRows) {
    EXPECT_EQ(FitUri(ToBytes(row.name), ToBytes(row.constraint)), row.fit) << row.name << " / " << row.constraint;
  }
}

// A Name of these organizationNames, one RDN each.
Bytes NameOf(std::initializer_list<std::string_view> values) {
  using namespace certs::der;  // NOLINT: reads as ASN.1 does
  Bytes rdns;
  for (const std::string_view value : values) {
    certs::Append(rdns, SetOf({Sequence({Oid("2.5.4.10"), Utf8String(ToBytes(value))})}));
  }
  return Sequence(rdns);
}

TEST(FitDirectory, IsAPrefixOfRdns) {
  EXPECT_EQ(FitDirectory(NameOf({"Bob", "Mail"}), NameOf({"Bob"})), kInside);
  EXPECT_EQ(FitDirectory(NameOf({"bob"}), NameOf({"BOB"})), kInside);
  EXPECT_EQ(FitDirectory(NameOf({"Bob"}), NameOf({"Bob", "Mail"})), kOutside);
  EXPECT_EQ(FitDirectory(NameOf({"Bobby"}), NameOf({"Bob"})), kOutside);
  EXPECT_EQ(FitDirectory(NameOf({"Mail", "Bob"}), NameOf({"Bob"})), kOutside);
  EXPECT_EQ(FitDirectory(NameOf({"Bob"}), NameOf({})), kInside);
  EXPECT_EQ(FitDirectory(NameOf({"Bob"}), Bytes{0x05, 0x00}), kBadConstraint);
}

}  // namespace

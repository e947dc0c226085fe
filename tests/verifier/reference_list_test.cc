// Reference identifiers from what a user configured (RFC 7817 3; name policy 1).
#include "lab/verifier/reference_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/general_name.h"

namespace verifier {
namespace {

using Kind = Reference::Kind;

NameReason FaultOf(const ReferenceSources& sources) {
  const auto references = BuildReferences(sources);
  return references ? NameReason::kValid : references.error().reason;
}

TEST(References, OfAHostAreThatHost) {
  const auto references = BuildReferences({.host = "Mail.Bob.test."});
  ASSERT_TRUE(references);
  ASSERT_EQ(1U, references->size());
  EXPECT_EQ(Kind::kDns, references->front().kind);
  EXPECT_EQ("mail.bob.test", references->front().dns);
}

TEST(References, OfAnAddressAreAnIpId) {
  const auto references = BuildReferences({.host = "127.0.0.1"});
  ASSERT_TRUE(references);
  EXPECT_EQ(Kind::kIp, references->front().kind);
}

TEST(References, OfAServerFoundBySrvAreTheServiceAtTheDomainAndTheDomain) {
  const auto references = BuildReferences({.mail_domain = "bob.test", .srv_service = "submission"});
  ASSERT_TRUE(references);
  ASSERT_EQ(2U, references->size());
  EXPECT_EQ(Kind::kSrv, references->at(0).kind);
  EXPECT_EQ("submission", references->at(0).service);
  EXPECT_EQ("bob.test", references->at(0).dns);
  EXPECT_EQ(Kind::kDns, references->at(1).kind);
  EXPECT_EQ("bob.test", references->at(1).dns);
}

TEST(References, TakeNamesThatDnssecVouchesForAndNameEachOnce) {
  const auto references = BuildReferences({.host = "bob.test",
                                           .mail_domain = "bob.test",
                                           .dnssec_names = {"mx1.bob.test", "MX1.bob.test", "mx2.bob.test"}});
  ASSERT_TRUE(references);
  EXPECT_EQ(3U, references->size());
}

TEST(References, FailBeforeAnythingIsConnected) {
  EXPECT_EQ(NameReason::kEmpty, FaultOf({}));
  EXPECT_EQ(NameReason::kEmptyLabel, FaultOf({.host = "mail..bob.test"}));
  EXPECT_EQ(NameReason::kBadCharacter, FaultOf({.host = "mail.bob.test", .mail_domain = "bob@bob.test"}));
  EXPECT_EQ(NameReason::kKindMismatch, FaultOf({.mail_domain = "127.0.0.1"}));
  EXPECT_EQ(NameReason::kBadService, FaultOf({.mail_domain = "bob.test", .srv_service = "http"}));
  EXPECT_EQ(NameReason::kEmpty, FaultOf({.host = "mail.bob.test", .srv_service = "imap"}));
  EXPECT_EQ(NameReason::kEmpty, FaultOf({.host = "mail.bob.test", .dnssec_names = {""}}));
}

TEST(References, OneOfThemSuffices) {
  const auto references = BuildReferences({.host = "mail.bob.test", .mail_domain = "bob.test"});
  ASSERT_TRUE(references);
  const certs::Bytes domain = certs::ToBytes("bob.test");
  const certs::Bytes eve = certs::ToBytes("eve.test");
  const std::vector<GeneralNameView> matching = {{kDnsName, eve}, {kDnsName, domain}};
  const std::vector<GeneralNameView> other = {{kDnsName, eve}};
  EXPECT_EQ(1, MatchAnyReference({.has_san = true, .san = matching}, *references, NamePolicy{}));
  EXPECT_EQ(-1, MatchAnyReference({.has_san = true, .san = other}, *references, NamePolicy{}));
}

}  // namespace
}  // namespace verifier

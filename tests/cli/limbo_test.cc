// The x509-limbo contract of the verb `verify`, in process.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "certs/spec.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/verify.h"
#include "tests/verifier/issued_chain.h"

namespace {

using nlohmann::json;
using verifier_test::kNow;

json Strings(const std::vector<certs::Bytes>& certificates) {
  json list = json::array();
  for (const certs::Bytes& certificate : certificates) {
    list.push_back(certs::ToPem("CERTIFICATE", certificate));
  }
  return list;
}

// A case as the suite writes it, for the host mail.bob.test.
json Case(const std::string& id, const certs::ChainSpec& spec) {
  const auto chain = verifier_test::QuestionOf(spec).chain;
  return {{"id", id},
          {"features", json::array()},
          {"description", "of this test"},
          {"validation_kind", "SERVER"},
          {"trusted_certs", Strings(chain->trusted)},
          {"untrusted_intermediates", Strings({chain->presented.begin() + 1, chain->presented.end()})},
          {"peer_certificate", certs::ToPem("CERTIFICATE", chain->presented.front())},
          {"peer_certificate_key", nullptr},
          {"validation_time", "2026-01-01T00:00:00+00:00"},
          {"signature_algorithms", json::array()},
          {"key_usage", json::array()},
          {"extended_key_usage", json::array()},
          {"expected_result", "SUCCESS"},
          {"expected_peer_name", {{"kind", "DNS"}, {"value", "mail.bob.test"}}},
          {"expected_peer_names", json::array()},
          {"max_chain_depth", nullptr}};
}

int RunDocument(const std::string& document, json* results) {
  std::istringstream in(document);
  std::ostringstream out;
  std::ostringstream err;
  const int code = lab::RunVerify({.limbo = true, .now = kNow}, in, out, err);
  *results = json::parse(out.str(), nullptr, false);
  return code;
}

// The result of one case.
std::string ResultOf(const json& testcase) {
  json results;
  EXPECT_EQ(RunDocument(json{{"version", 1}, {"testcases", {testcase}}}.dump(), &results), lab::kExitOk);
  EXPECT_EQ(results["version"], 1);
  EXPECT_EQ(results["results"][0]["id"], testcase["id"]);
  EXPECT_TRUE(results["results"][0]["context"].is_string());
  return results["results"][0]["actual_result"];
}

TEST(Limbo, AnswersACaseEachInOrder) {
  certs::ChainSpec expired = certs::GoodChain();
  expired.leaf().not_before = {std::chrono::hours(-48)};
  expired.leaf().not_after = {std::chrono::hours(-24)};
  json results;
  const json document{{"version", 1}, {"testcases", {Case("a::good", certs::GoodChain()), Case("a::bad", expired)}}};
  EXPECT_EQ(RunDocument(document.dump(), &results), lab::kExitOk);
  ASSERT_EQ(results["results"].size(), 2U);
  EXPECT_EQ(results["results"][0]["actual_result"], "SUCCESS");
  EXPECT_EQ(results["results"][1]["actual_result"], "FAILURE");
  EXPECT_EQ(results["results"][1]["id"], "a::bad");
}

TEST(Limbo, TakesTheOlderSchemaWithNullLists) {
  json testcase = Case("a::old", certs::GoodChain());
  for (const char* member :
       {"features", "signature_algorithms", "key_usage", "extended_key_usage", "expected_peer_names"}) {
    testcase[member] = nullptr;
  }
  testcase["validation_time"] = nullptr;
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
}

TEST(Limbo, ValidatesAtTheTimeOfTheCase) {
  json testcase = Case("a::time", certs::GoodChain());
  testcase["validation_time"] = "2031-01-01T00:00:00+00:00";
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, CountsIntermediatesAgainstTheDepth) {
  json testcase = Case("a::depth", certs::GoodChain());
  testcase["max_chain_depth"] = 1;
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["max_chain_depth"] = 0;
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, AsksForTheUsagesOfTheCase) {
  json testcase = Case("a::usage", certs::GoodChain());
  testcase["extended_key_usage"] = {"serverAuth"};
  testcase["key_usage"] = {"digitalSignature"};
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["key_usage"] = {"keyEncipherment"};
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
  testcase["key_usage"] = json::array();
  testcase["extended_key_usage"] = {"clientAuth"};
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
  testcase["validation_kind"] = "CLIENT";
  testcase["extended_key_usage"] = json::array();
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, MatchesEachKindOfPeerName) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().san->names = {certs::Dns("mail.bob.test"), certs::Ip("127.0.0.1"), certs::Email("Bob@bob.test")};
  json testcase = Case("a::names", chain);
  const auto result = [&](const char* kind, const char* value) {
    testcase["expected_peer_name"] = {{"kind", kind}, {"value", value}};
    return ResultOf(testcase);
  };
  EXPECT_EQ(result("DNS", "MAIL.bob.test"), "SUCCESS");
  EXPECT_EQ(result("DNS", "mail.eve.test"), "FAILURE");
  EXPECT_EQ(result("IP", "127.0.0.1"), "SUCCESS");
  EXPECT_EQ(result("IP", "127.0.0.2"), "FAILURE");
  EXPECT_EQ(result("IP", "mail.bob.test"), "FAILURE");
  EXPECT_EQ(result("RFC822", "Bob@BOB.test"), "SUCCESS");
  EXPECT_EQ(result("RFC822", "bob@bob.test"), "FAILURE");
  EXPECT_EQ(result("RFC822", "bob.test"), "FAILURE");
  EXPECT_EQ(result("X400", "bob"), "SKIPPED");
  testcase["expected_peer_name"] = nullptr;
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["expected_peer_names"] = {{{"kind", "DNS"}, {"value", "mail.bob.test"}},
                                     {{"kind", "DNS"}, {"value", "eve.test"}}};
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, SkipsOnlyWhatItCannotDo) {
  json testcase = Case("a::skip", certs::GoodChain());
  testcase["features"] = {"pedantic-rfc5280", "max-chain-depth", "name-constraint-dn", "denial-of-service"};
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["features"] = {"pedantic-public-suffix-wildcard"};
  EXPECT_EQ(ResultOf(testcase), "SKIPPED");
  testcase["features"] = {"has-mldsa"};
  EXPECT_EQ(ResultOf(testcase), "SKIPPED");
}

TEST(Limbo, HoldsCasToTheWholeProfile) {
  const auto result = [](void (*edit)(certs::ChainSpec&)) {
    certs::ChainSpec chain = certs::GoodChain();
    edit(chain);
    return ResultOf(Case("a::profile", chain));
  };
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.leaf().authority_key_id = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.intermediate().authority_key_id = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.intermediate().subject_key_id = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.root().subject_key_id = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.root().basic_constraints->critical = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.root().name_constraints->critical = false; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.leaf().not_after.form = certs::TimeForm::kGeneralized; }), "FAILURE");
  EXPECT_EQ(result([](certs::ChainSpec& c) { c.leaf().subject_key_id = false; }), "SUCCESS");
}

// Lists by the intermediate and the root of `chain`, as PEM; the chain is issued with them.
json WithLists(certs::ChainSpec chain, const std::vector<certs::CrlSpec>& lists) {
  chain.revocation.crls = lists;
  json testcase = Case("crl::case", chain);
  testcase["crls"] = json::array();
  for (const certs::Bytes& list : verifier_test::QuestionOf(chain).chain->crls) {
    testcase["crls"].push_back(certs::ToPem("X509 CRL", list));
  }
  return testcase;
}

TEST(Limbo, WantsEveryCertificateKnownToBeGoodWhereThereAreLists) {
  const certs::ChainSpec chain = certs::GoodChain();
  const certs::CrlSpec of_leaf{.issuer = "intermediate"}, of_intermediate{.issuer = "root"};
  EXPECT_EQ(ResultOf(WithLists(chain, {of_leaf, of_intermediate})), "SUCCESS");
  EXPECT_EQ(ResultOf(WithLists(chain, {of_leaf})), "FAILURE") << "nobody speaks for the intermediate";
  EXPECT_EQ(ResultOf(WithLists(chain, {of_intermediate})), "FAILURE");
  certs::CrlSpec revoking = of_leaf;
  revoking.entries = {{.certificate = "leaf"}};
  EXPECT_EQ(ResultOf(WithLists(chain, {revoking, of_intermediate})), "FAILURE");
  json testcase = WithLists(chain, {of_leaf, of_intermediate});
  testcase["crls"][0] = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
  testcase["crls"] = json::array();
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
}

// RFC 5280 5.2.3.
TEST(Limbo, HoldsListsToTheWholeProfile) {
  const certs::CrlSpec of_leaf{.issuer = "intermediate"}, of_intermediate{.issuer = "root"};
  certs::CrlSpec odd = of_leaf;
  odd.number = std::nullopt;
  EXPECT_EQ(ResultOf(WithLists(certs::GoodChain(), {odd, of_intermediate})), "FAILURE") << "none";
  odd.extensions = {{.oid = "2.5.29.20", .critical = true, .value = {0x02, 0x01, 0x07}}};
  EXPECT_EQ(ResultOf(WithLists(certs::GoodChain(), {odd, of_intermediate})), "FAILURE") << "critical";
  odd.extensions.front().critical = false;
  EXPECT_EQ(ResultOf(WithLists(certs::GoodChain(), {odd, of_intermediate})), "SUCCESS");
}

// RFC 5280 4.2.1.12: what is consistent with serverAuth, since nobody shakes hands here.
TEST(Limbo, TakesEveryUsageThatIsConsistentWithThePurpose) {
  const auto result = [](uint16_t bits) {
    certs::ChainSpec chain = certs::GoodChain();
    chain.leaf().key_usage->bits = bits;
    return ResultOf(Case("a::usage", chain));
  };
  EXPECT_EQ(result(certs::kDigitalSignature), "SUCCESS");
  EXPECT_EQ(result(certs::kKeyEncipherment), "SUCCESS");
  EXPECT_EQ(result(certs::kKeyAgreement), "SUCCESS");
  EXPECT_EQ(result(certs::kCrlSign), "FAILURE");
}

TEST(Limbo, LetsAConsistentCaStandAsTheLeaf) {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().basic_constraints->ca = true;
  EXPECT_EQ(ResultOf(Case("a::inconsistent", chain)), "FAILURE");
  chain.leaf().key_usage->bits = certs::kKeyCertSign;
  chain.leaf().extended_key_usage = std::nullopt;
  EXPECT_EQ(ResultOf(Case("a::consistent", chain)), "SUCCESS");
}

TEST(Limbo, ConstrainsSignatureAlgorithms) {
  json testcase = Case("a::algorithms", certs::GoodChain());
  testcase["signature_algorithms"] = {"ECDSA_WITH_SHA256", "RSA_WITH_SHA256"};
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["signature_algorithms"] = {"RSA_WITH_SHA256"};
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, FailsMalformedCertificatesAndIgnoresMalformedAnchors) {
  json testcase = Case("a::malformed", certs::GoodChain());
  testcase["trusted_certs"].insert(testcase["trusted_certs"].begin(), "garbage");
  EXPECT_EQ(ResultOf(testcase), "SUCCESS");
  testcase["peer_certificate"] = "garbage";
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
  testcase["peer_certificate"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(ResultOf(testcase), "FAILURE");
}

TEST(Limbo, RefusesWhatIsNoDocument) {
  json results;
  for (const char* document : {"", "{", "[]", "3", "{}", R"({"testcases": 3})", "\xff\xfe"}) {
    EXPECT_EQ(RunDocument(document, &results), lab::kExitUsage) << document;
  }
  EXPECT_EQ(RunDocument(R"({"version":1,"testcases":[3, {}, {"id": 7, "trusted_certs": {}}]})", &results),
            lab::kExitOk);
  EXPECT_EQ(results["results"].size(), 3U);
}

}  // namespace

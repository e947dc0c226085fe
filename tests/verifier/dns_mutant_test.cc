// The same honesty for trust from the DNS as mutant_test.cc has for certificates: without one rule exactly the
// questions of that rule get a wrong answer.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/dane.h"
#include "lab/verifier/dane_plan.h"
#include "lab/verifier/mta_sts.h"
#include "lab/verifier/rules.h"
#include "tests/verifier/dns_fake.h"
#include "tests/verifier/issued_chain.h"

namespace {

using certs::Reason;
using fakeserver::DnsFate;
using fakeserver::DnsZone;
using verifier::Rule;
using verifier::StsMode;
using verifier::StsPolicy;
using verifier::TlsaRecord;
using verifier::TrustMode;

// The whole key as a record, which needs no digest; and SHA-256 and SHA-512 that match nothing.
const TlsaRecord kWrong256{.usage = 3, .selector = 1, .matching = 1, .data = certs::Bytes(32)};
const TlsaRecord kWrong512{.usage = 3, .selector = 1, .matching = 2, .data = certs::Bytes(64)};

certs::Verdict Judge(std::vector<TlsaRecord> records, bool with_right_key, const std::string& reference) {
  verifier_test::Question question = verifier_test::QuestionOf(certs::GoodChain(), reference);
  if (with_right_key) {
    const auto leaf = verifier::ParseCertificate(question.request.chain.front());
    records.push_back({.matching = 0, .data = certs::Bytes(leaf->spki.begin(), leaf->spki.end())});
  }
  question.request.trust = {.mode = TrustMode::kDane, .tlsa = std::move(records)};
  return Verify(question.request).verdict;
}

verifier::MailHost Host(const DnsZone& zone) {
  const auto plan =
      dns_fake::Resolve(zone, [](verifier::DnsTable& table) { return verifier::PlanDane("bob.test", 25, table); });
  return plan.hosts.empty() ? verifier::MailHost{} : plan.hosts.front();
}

verifier::DnsAnswer Txt(int records) {
  verifier::DnsAnswer answer{.status = verifier::DnsStatus::kAnswer};
  answer.records.assign(static_cast<size_t>(records), {.type = verifier::DnsType::kTxt, .text = "v=STSv1; id=1"});
  return answer;
}

// A question whose answer one rule decides, and whether it was answered right.
struct Probe {
  Rule rule;
  const char* what;
  std::function<bool()> right;
};

const StsPolicy kPolicy{.mode = StsMode::kEnforce, .mx = {"*.bob.test"}, .max_age = 100};

std::vector<Probe> Probes() {
  return {
      {Rule::kDaneMatch, "a record of another key",
       [] { return Judge({kWrong256}, false, "mail.bob.test").reason == Reason::kTlsaMismatch; }},
      {Rule::kDaneUsable, "PKIX-TA only",
       [] { return Judge({{.usage = 0, .data = certs::Bytes(32)}}, false, "mail.bob.test").ok(); }},
      {Rule::kDaneAgility, "a weaker digest beside a stronger one",
       [] { return verifier::EffectiveRecords({kWrong256, kWrong512}) == std::vector{kWrong512}; }},
      {Rule::kDaneEeIgnoresNames, "the right key under another name",
       [] { return Judge({}, true, "mail.eve.test").ok(); }},
      {Rule::kDaneInsecure, "an MX that is not validated",
       [] {
         DnsZone zone;
         zone.At("bob.test MX").secure = false;
         return Host(zone).trust.mode == TrustMode::kUnauthenticated;
       }},
      {Rule::kDaneLookupFailure, "TLSA records that cannot be had",
       [] {
         DnsZone zone;
         zone.At("_25._tcp.{host} TLSA").fate = DnsFate::kServFail;
         return Host(zone).verdict.reason == Reason::kLookupFailed;
       }},
      {Rule::kStsMx, "a host of another domain", [] { return !MatchesPolicy("mail.eve.test", kPolicy); }},
      {Rule::kStsWildcard, "a host two labels below",
       [] { return !MatchesPolicy("a.b.bob.test", kPolicy) && MatchesPolicy("mail.bob.test", kPolicy); }},
      {Rule::kStsSyntax, "a policy with a line of junk",
       [] {
         return !verifier::ParseStsPolicy("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 1\n<html>\n")
                     .has_value();
       }},
      {Rule::kStsMode, "mode testing",
       [] {
         verifier::StsCache cache;
         verifier::StsFetch fetch{.policy = kPolicy};
         fetch.policy->mode = StsMode::kTesting;
         return !DecideSts("bob.test", Txt(1), &fetch, 0, cache).enforced();
       }},
      {Rule::kStsRecord, "two records", [] { return !verifier::StsIdOf(Txt(2)).has_value(); }},
      {Rule::kStsCache, "a policy whose time is over",
       [] {
         verifier::StsCache cache;
         cache.Put("bob.test", {.policy = kPolicy, .id = "1", .fetched = 0});
         return cache.Find("bob.test", 50) != nullptr && cache.Find("bob.test", 100) == nullptr;
       }},
  };
}

// kStsMx switched off lets every host in, the one two labels below too.
bool AlsoTouches(Rule off, Rule probed) { return off == Rule::kStsMx && probed == Rule::kStsWildcard; }

TEST(DnsMutant, EveryQuestionIsAnsweredRight) {
  for (const Probe& probe : Probes()) {
    EXPECT_TRUE(probe.right()) << probe.what;
  }
}

TEST(DnsMutant, WithoutARuleExactlyItsQuestionIsAnsweredWrong) {
  for (const Probe& mutant : Probes()) {
    verifier::SetRuleOn(mutant.rule, false);
    for (const Probe& probe : Probes()) {
      if (!AlsoTouches(mutant.rule, probe.rule)) {
        EXPECT_EQ(probe.right(), probe.rule != mutant.rule) << probe.what << " without " << Name(mutant.rule);
      }
    }
    verifier::SetRuleOn(mutant.rule, true);
  }
}

}  // namespace

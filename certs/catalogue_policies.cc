// Row H1: certificate policies. What a client that follows RFC 5280 6.1 with the initial set any-policy must do.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kOne = "1.3.6.1.4.1.55738.5.1";
constexpr const char* kTwo = "1.3.6.1.4.1.55738.5.2";
constexpr Verdict kUnsatisfied = {kPolicyUnsatisfied, 0};

CertificatePolicies Policies(std::vector<std::string> oids) { return {.oids = std::move(oids)}; }
CertificatePolicies Any() { return Policies({std::string(kAnyPolicy)}); }

void AddRequired(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* twin, const char* source, Verdict expected,
                       const Edit& edit, bool policy = false) {
    list.Add({.id = std::string("policy.") + id,
              .summary = summary,
              .rows = {"H1"},
              .source = source,
              .twin = twin,
              .expected = expected,
              .policy_dependent = policy || !expected.ok(),
              .severity = Severity::kLow},
             edit);
  };
  constexpr const char* kRequired = "control.policy-required";
  constexpr const char* kMapped = "control.policy-mapped";
  constexpr const char* kFinal = "RFC 5280 6.1.5 g";
  const auto leaf_says = [](std::vector<std::string> oids) {
    return [oids](ChainSpec& chain) { chain.leaf().policies = CertificatePolicies{.oids = oids}; };
  };

  add("required-none", "a policy is required, and the leaf has none", kRequired, kFinal, kUnsatisfied,
      [](ChainSpec& chain) { chain.leaf().policies.reset(); });
  add("required-other", "a policy is required, and the leaf has another", kRequired, kFinal, kUnsatisfied,
      leaf_says({kTwo}));
  add("required-among", "a policy is required, and the leaf has it among others", kRequired, kFinal, {},
      leaf_says({kTwo, kOne}));
  add("required-ca-none", "a policy is required below a CA that has none itself", kRequired, "RFC 5280 6.1.3 e",
      kUnsatisfied, [](ChainSpec& chain) { chain.intermediate().policies.reset(); });
  add("required-later-none", "a policy is required one certificate further down, and the leaf has none",
      "control.policy-required-later", kFinal, kUnsatisfied, [](ChainSpec& chain) { chain.leaf().policies.reset(); });
  add("required-too-late-none",
      "a policy is required two certificates further down, where there is none, and the leaf has no policy",
      "control.policy-required-too-late", kFinal, {}, [](ChainSpec& chain) { chain.leaf().policies.reset(); });
  add("required-by-leaf", "the leaf itself requires a policy, and has the intermediate's", "control.policy",
      "RFC 5280 6.1.5 b", {},
      [](ChainSpec& chain) { chain.leaf().policy_constraints = PolicyConstraints{.require_explicit_policy = 0}; });
  add("not-required-other", "no policy is required, and the leaf has another than the intermediate", "control.policy",
      kFinal, {}, leaf_says({kTwo}));
  add("not-required-none", "no policy is required, and the leaf has none", "control.policy", kFinal, {},
      [](ChainSpec& chain) { chain.leaf().policies.reset(); });

  add("any-inhibited", "a policy is required, any does not count, and the leaf has any", "control.policy-any-inhibited",
      "RFC 5280 6.1.3 d2", kUnsatisfied, leaf_says({std::string(kAnyPolicy)}));
  add("any-inhibited-later", "a policy is required, any does not count further down, and the leaf has any",
      "control.policy-any", "RFC 5280 6.1.4 j", {},
      [](ChainSpec& chain) { chain.intermediate().inhibit_any_policy = InhibitAnyPolicy{.skip_certs = 1}; });
  add("mapped-not-translated", "the intermediate maps its policy to another, and the leaf has the first", kMapped,
      "RFC 5280 6.1.4 b1", kUnsatisfied, leaf_says({kOne}));
  add("mapping-inhibited", "the intermediate maps its policy to the leaf's, and the anchor forbids mapping", kMapped,
      "RFC 5280 6.1.4 b2", kUnsatisfied,
      [](ChainSpec& chain) { chain.root().policy_constraints = PolicyConstraints{.inhibit_policy_mapping = 0}; });
  add("mapping-of-any", "the intermediate maps any policy to the leaf's", kMapped, "RFC 5280 6.1.4 a", kUnsatisfied,
      [](ChainSpec& chain) { chain.intermediate().policy_mappings.front().issuer_domain = kAnyPolicy; });
  add("mapping-to-any", "the intermediate maps its policy to any", kMapped, "RFC 5280 6.1.4 a", kUnsatisfied,
      [](ChainSpec& chain) { chain.intermediate().policy_mappings.front().subject_domain = kAnyPolicy; });
  add("anchor-requires", "the anchor requires a policy, and nobody has one", "control.good", "RFC 5937 3.2",
      kUnsatisfied,
      [](ChainSpec& chain) { chain.root().policy_constraints = PolicyConstraints{.require_explicit_policy = 0}; });
}

void AddForms(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* twin, const char* source, Verdict expected,
                       const Edit& edit) {
    list.Add({.id = std::string("policy.") + id,
              .summary = summary,
              .rows = {"H1"},
              .source = source,
              .twin = twin,
              .expected = expected,
              .policy_dependent = true,
              .severity = Severity::kLow},
             edit);
  };
  const Verdict leaf_malformed = {kMalformedExtension, 0}, ca_malformed = {kMalformedExtension, 1};
  add("critical", "the leaf's policies are critical, and every client must know them", "control.policy",
      "RFC 5280 4.2.1.4", {}, [](ChainSpec& chain) { chain.leaf().policies->critical = true; });
  add("twice", "the leaf has one policy twice", "control.policy", "RFC 5280 4.2.1.4", leaf_malformed,
      [](ChainSpec& chain) { chain.leaf().policies = Policies({kOne, kOne}); });
  add("empty", "the leaf's policies are an empty list", "control.policy", "RFC 5280 4.2.1.4", leaf_malformed,
      [](ChainSpec& chain) { chain.leaf().policies = Policies({}); });
  add("garbage", "the leaf's policies do not parse, and nobody must take that for none", "control.good",
      "RFC 5280 4.2.1.4; CVE-2023-0465", leaf_malformed, [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {
            {.oid = "2.5.29.32", .value = der::TlvWithClaimedLength(0x30, 90, Bytes(3, 0x30))}};
      });
  add("constraints-empty", "the intermediate's policyConstraints say nothing", "control.policy", "RFC 5280 4.2.1.11",
      ca_malformed, [](ChainSpec& chain) { chain.intermediate().policy_constraints = PolicyConstraints{}; });
  add("constraints-not-critical", "the intermediate's policyConstraints are not critical, as they must be",
      "control.policy-required", "RFC 5280 4.2.1.11", ca_malformed,
      [](ChainSpec& chain) { chain.intermediate().policy_constraints->critical = false; });
  add("constraints-negative", "the intermediate's policyConstraints say -1", "control.policy-required",
      "RFC 5280 4.2.1.11", ca_malformed,
      [](ChainSpec& chain) { chain.intermediate().policy_constraints->require_explicit_policy = -1; });
  add("inhibit-any-not-critical", "the intermediate's inhibitAnyPolicy is not critical, as it must be",
      "control.policy-any-inhibited", "RFC 5280 4.2.1.14", ca_malformed,
      [](ChainSpec& chain) { chain.intermediate().inhibit_any_policy->critical = false; });
  add("inhibit-any-negative", "the intermediate's inhibitAnyPolicy says -1", "control.policy-any-inhibited",
      "RFC 5280 4.2.1.14", ca_malformed,
      [](ChainSpec& chain) { chain.intermediate().inhibit_any_policy->skip_certs = -1; });
}

// Every CA maps each of five policies to each of five: as a tree, nodes without end.
void AddBombs(CaseList& list) {
  constexpr const char* kBomb = "RFC 9618 1; CVE-2023-0464";
  const auto build = [](ChainSpec& chain, bool leaf_has_one) {
    std::vector<std::string> oids;
    for (int i = 1; i <= 5; ++i) {
      oids.push_back("1.3.6.1.4.1.55738.5." + std::to_string(10 + i));
    }
    std::vector<PolicyMapping> mappings;
    for (const std::string& from : oids) {
      for (const std::string& to : oids) {
        mappings.push_back({from, to});
      }
    }
    for (int i = 1; i <= 10; ++i) {
      CertSpec& ca = chain.At("ca" + std::to_string(i));
      ca.policies = CertificatePolicies{.oids = oids};
      ca.policy_mappings = mappings;
      ca.policy_constraints = PolicyConstraints{.require_explicit_policy = 0};
    }
    chain.leaf().policies = leaf_has_one ? Policies({oids.front()}) : Policies({kOne});
  };
  const auto add = [&](const char* id, const char* summary, Verdict expected, bool leaf_has_one) {
    list.Add({.id = std::string("policy.bomb") + id,
              .summary = std::string(summary) + " (it takes all of them)",
              .rows = {"H1"},
              .source = kBomb,
              .twin = "control.ten-intermediates",
              .expected = expected,
              .compound = true,
              .policy_dependent = true,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { build(chain, leaf_has_one); });
  };
  add("", "ten CAs map five policies to five, which grows a tree of millions of nodes; the leaf has one of the five",
      {}, true);
  add("-unsatisfied",
      "ten CAs map five policies to five, which grows a tree of millions of nodes; the leaf has a sixth", kUnsatisfied,
      false);
}

}  // namespace

void AddPolicyControls(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* twin, bool compound, const Edit& edit) {
    list.Add({.id = id,
              .summary = summary,
              .rows = {"H1"},
              .source = "RFC 5280 6.1.5 g",
              .twin = twin,
              .compound = compound,
              .severity = Severity::kLow},
             edit);
  };
  add("control.policy", "intermediate and leaf have one policy (each of them says it)", "control.good", true,
      [](ChainSpec& chain) {
        chain.intermediate().policies = Policies({kOne});
        chain.leaf().policies = Policies({kOne});
      });
  const auto require = [](int skip) {
    return [skip](ChainSpec& chain) {
      chain.intermediate().policy_constraints = PolicyConstraints{.require_explicit_policy = skip};
    };
  };
  add("control.policy-required", "the intermediate requires a policy, and the leaf has it", "control.policy", false,
      require(0));
  add("control.policy-required-later",
      "the intermediate requires a policy of what is below the next, and the leaf has it", "control.policy", false,
      require(1));
  add("control.policy-required-too-late",
      "the intermediate requires a policy of what is two below, and the leaf has it", "control.policy", false,
      require(2));
  add("control.policy-any", "the intermediate requires a policy, and the leaf has any", "control.policy-required",
      false, [](ChainSpec& chain) { chain.leaf().policies = Any(); });
  add("control.policy-any-inhibited", "the intermediate requires a policy by its name, and the leaf has it",
      "control.policy-required", false,
      [](ChainSpec& chain) { chain.intermediate().inhibit_any_policy = InhibitAnyPolicy{}; });
  add("control.policy-mapped",
      "the intermediate requires a policy and maps it to the leaf's (mapping and leaf belong together)",
      "control.policy-required", true, [](ChainSpec& chain) {
        chain.intermediate().policy_mappings = {{kOne, kTwo}};
        chain.leaf().policies = Policies({kTwo});
      });
}

void AddPolicyCases(CaseList& list) {
  AddRequired(list);
  AddForms(list);
  AddBombs(list);
}

}  // namespace certs::catalogue

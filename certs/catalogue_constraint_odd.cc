// Rows G4, G6, G7 and G9: constraints of several CAs, over common names, odd subtrees, and very many of them.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

// ------------------------------------------------------------------------------------------------ G6: several CAs

void AddCombinations(CaseList& list) {
  struct Combination {
    const char* id;
    const char* summary;
    NameConstraints upper;  // of the intermediate
    NameConstraints lower;  // of the CA below it
    Verdict expected;
    const char* source = kConstraintClause;
  };
  const std::vector<Combination> combinations = {
      {"narrowed",
       "a CA permits the domain, the one below it the host",
       {.permitted = {Dns("bob.test")}},
       {.permitted = {Dns("mail.bob.test")}},
       kInside},
      {"narrowed-away",
       "a CA permits the domain, the one below it another host of it",
       {.permitted = {Dns("bob.test")}},
       {.permitted = {Dns("imap.bob.test")}},
       kOutside},
      {"widened",
       "a CA permits another domain, the one below it every .test",
       {.permitted = {Dns("eve.test")}},
       {.permitted = {Dns("test")}},
       kOutside},
      {"replaced",
       "a CA permits another domain, the one below it the host's",
       {.permitted = {Dns("eve.test")}},
       {.permitted = {Dns("bob.test")}},
       kOutside},
      {"permitted-again",
       "a CA excludes the domain, the one below it permits it",
       {.excluded = {Dns("bob.test")}},
       {.permitted = {Dns("bob.test")}},
       kOutside},
      {"forgotten",
       "a CA permits another domain, the one below it only excludes something",
       {.permitted = {Dns("eve.test")}},
       {.excluded = {Dns("imap.bob.test")}},
       kOutside,
       "RFC 5280 4.2.1.10; CVE-2026-42011"},
      {"excluded-below",
       "a CA permits the domain, the one below it excludes the host",
       {.permitted = {Dns("bob.test")}},
       {.excluded = {Dns("mail.bob.test")}},
       kOutside},
      {"excluded-beside",
       "a CA permits the domain, the one below it excludes another host",
       {.permitted = {Dns("bob.test")}},
       {.excluded = {Dns("imap.bob.test")}},
       kInside},
      {"other-form-below",
       "a CA permits the domain, the one below it some addresses",
       {.permitted = {Dns("bob.test")}},
       {.permitted = {IpOctets({10, 0, 0, 0, 255, 0, 0, 0})}},
       kInside},
  };
  for (const Combination& combination : combinations) {
    list.Add({.id = std::string("constraint.two-cas-") + combination.id,
              .summary = std::string(combination.summary) + " (two CAs' constraints make the case)",
              .rows = {"G6"},
              .source = combination.source,
              .twin = "control.two-intermediates",
              .expected = combination.expected,
              .compound = true,
              .severity = Severity::kHigh},
             [&](ChainSpec& chain) {
               chain.intermediate().name_constraints = combination.upper;
               chain.At("sub").name_constraints = combination.lower;
             });
  }
  list.Add({.id = "constraint.intermediate-name-outside",
            .summary = "the CA below a constrained CA has a subjectAltName of its own, outside",
            .rows = {"G6"},
            .source = "RFC 5280 6.1.3 b",
            .twin = "control.constrained-two-intermediates",
            .expected = {kNameConstraintViolation, 1},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.At("sub").san = SubjectAltName{.names = {Dns("ca.eve.test")}}; });
  list.Add({.id = "constraint.self-issued-exempt",
            .summary = "a self-issued CA certificate has a name outside, which does not matter",
            .rows = {"G6"},
            .source = "RFC 5280 6.1.3 b",
            .twin = "control.constrained-self-issued",
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.At("rolled").san = SubjectAltName{.names = {Dns("ca.eve.test")}}; });
}

// ------------------------------------------------------------------------------------------------ G4, G7, G9

void AddConstrainedCommonNames(CaseList& list) {
  const auto row = [](const char* id, const char* summary, Verdict expected, const char* source) {
    return CertCase{.id = id,
                    .summary = summary,
                    .rows = {"G4"},
                    .source = source,
                    .twin = "control.constrained-cn-and-san",
                    .expected = expected,
                    .policy_dependent = true,
                    .severity = Severity::kMedium};
  };
  list.Add(
      row("constraint.cn-outside",
          "the common name is a host outside, which is no identifier; the subjectAltName is inside", {}, "RFC 9525 2"),
      [](ChainSpec& chain) { chain.leaf().subject = CommonName(kEveHost); });
  list.Add(row("constraint.cn-only", "under a constrained CA, the host stands in the common name only",
               {kNoPresentedIdentifier, 0}, "RFC 9525 2; CVE-2026-42790"),
           [](ChainSpec& chain) { chain.leaf().san.reset(); });
}

void AddOddSubtrees(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, Verdict expected, const char* twin, const Edit& edit,
                       bool policy = false) {
    list.Add({.id = std::string("constraint.") + id,
              .summary = summary,
              .rows = {"G7"},
              .source = kConstraintClause,
              .twin = twin,
              .expected = expected,
              .policy_dependent = policy,
              .severity = Severity::kMedium},
             edit);
  };
  add("not-critical", "the intermediate's constraints permit another domain, and are not critical", kOutside,
      "control.good", [](ChainSpec& chain) {
        chain.intermediate().name_constraints = NameConstraints{.permitted = {Dns("eve.test")}, .critical = false};
      });
  add("in-leaf", "the leaf has name constraints, and is no CA", {kMalformedExtension, 0}, "control.good",
      [](ChainSpec& chain) { chain.leaf().name_constraints = NameConstraints{.permitted = {Dns("bob.test")}}; });
  add("empty", "the intermediate's constraints have no subtree", {kMalformedExtension, 1}, "control.good",
      [](ChainSpec& chain) { chain.intermediate().name_constraints = NameConstraints{}; });
  add(
      "minimum-zero", "a subtree says its minimum of 0, which is the default and not to be written", kUnreadable,
      "control.constrained", [](ChainSpec& chain) { chain.intermediate().name_constraints->minimum = 0; }, true);
  add(
      "minimum-one", "a subtree has a minimum of 1", kUnreadable, "control.constrained",
      [](ChainSpec& chain) { chain.intermediate().name_constraints->minimum = 1; }, true);
  add(
      "maximum", "a subtree has a maximum of 5", kUnreadable, "control.constrained",
      [](ChainSpec& chain) { chain.intermediate().name_constraints->maximum = 5; }, true);
  add("garbage", "the intermediate's constraints do not parse", {kMalformedExtension, 1}, "control.good",
      [](ChainSpec& chain) {
        chain.intermediate().extra_extensions = {
            {.oid = "2.5.29.30", .critical = true, .value = der::TlvWithClaimedLength(0x30, 90, Bytes(5, 0xa0))}};
      });
  const auto beside = [&](const char* id, const char* summary, const char* name, const char* excluded,
                          const char* source) {
    list.Add({.id = std::string("constraint.") + id,
              .summary = std::string(summary) + " (name and constraint make the case)",
              .rows = {"G7"},
              .source = source,
              .twin = "control.unconstrained-anchor",
              .expected = kOutside,
              .compound = true,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) {
               chain.leaf().san->names = {Dns(name), Dns(kBobHost)};
               chain.intermediate().name_constraints = NameConstraints{.excluded = {Dns(excluded)}};
             });
  };
  beside("empty-name", "an empty dNSName meets an excluded subtree", "", "eve.test",
         "RFC 5280 4.2.1.10; CVE-2026-27138");
  beside("trailing-dot-name", "a dNSName with a dot behind it would slip past what excludes it without",
         "mail.eve.test.", "mail.eve.test", kConstraintClause);
  beside("malformed-name", "a dNSName that is no host meets an excluded subtree", "mail..eve.test", "eve.test",
         kConstraintClause);
}

void AddMany(CaseList& list) {
  const auto many = [&](const char* id, const char* summary, int count, Verdict expected) {
    list.Add({.id = std::string("constraint.") + id,
              .summary = summary,
              .rows = {"G9"},
              .source = "RFC 5280 4.2.1.10; CVE-2024-12243",
              .twin = "control.good",
              .expected = expected,
              .compound = true,
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) {
               NameConstraints constraints;
               std::vector<GeneralName> names;
               for (int i = 0; i < count; ++i) {
                 const std::string number = std::to_string(i);
                 constraints.excluded.push_back(Dns("x" + number + ".eve.test"));
                 names.push_back(Dns("y" + number + ".bob.test"));
               }
               names.push_back(Dns(kBobHost));
               chain.leaf().san->names = std::move(names);
               chain.intermediate().name_constraints = std::move(constraints);
             });
  };
  many("many", "150 names meet 150 excluded subtrees: work, and no more than a client can do", 150, {});
  many("quadratic", "1500 names meet 1500 excluded subtrees, more work than a client need do", 1500, {kPathBudget, 0});
}

}  // namespace

void AddOddConstraintCases(CaseList& list) {
  AddCombinations(list);
  AddConstrainedCommonNames(list);
  AddOddSubtrees(list);
  AddMany(list);
}

}  // namespace certs::catalogue

#include <algorithm>

#include "certs/catalogue.h"
#include "lab/scenario/catalogue.h"

namespace lab {
namespace {

using certs::CertCase;

// Row M21 is "the same bad certificates on an implicit-TLS port": every certificate scenario is served there too.
bool CountsForImplicitTls(const CertCase& from) {
  return !from.expected.ok() && std::ranges::any_of(from.rows, [](const std::string& row) {
    return !row.empty() && row.front() >= 'B' && row.front() <= 'J';
  });
}

std::map<Policy, Expectation> ExpectationsOf(const CertCase& from) {
  Expectation strict{
      .demand = from.expected.ok() ? Demand::kAccept : Demand::kRefuse, .verdict = from.expected, .also = from.also};
  if (from.expected.reason == certs::Reason::kInvalidReference) {
    strict.must_reach = Rung::kConnected;  // refused before anything is connected
  }
  Expectation opportunistic = strict;
  if (!from.expected.ok()) {
    opportunistic.demand = Demand::kAnything;  // RFC 7435 3: unauthenticated encryption is better than none
  }
  return {{Policy::kSubmission, strict}, {Policy::kRelayOpportunistic, opportunistic}, {Policy::kRelayMtaSts, strict}};
}

Scenario FromCase(const CertCase& from) {
  Scenario scenario{.id = from.id,
                    .summary = from.summary,
                    .rows = from.rows,
                    .source = from.source,
                    .twin = from.twin,
                    .world = GoodWorld(),
                    .expect = ExpectationsOf(from),
                    .compound = from.compound,
                    .policy_dependent = from.policy_dependent,
                    .exact_clock = from.exact_clock,
                    .severity = from.severity};
  scenario.world.chain = from.chain;
  scenario.world.reference = from.reference;
  if (CountsForImplicitTls(from)) {
    scenario.rows.emplace_back("M21");
  }
  return scenario;
}

}  // namespace

std::vector<Scenario> CertificateScenarios() {
  std::vector<Scenario> scenarios;
  scenarios.reserve(certs::Catalogue().size());
  for (const CertCase& from : certs::Catalogue()) {
    scenarios.push_back(FromCase(from));
  }
  return scenarios;
}

}  // namespace lab

#include <algorithm>
#include <chrono>

#include "certs/catalogue.h"
#include "lab/scenario/catalogue.h"

namespace lab {
namespace {

using certs::CertCase;

// A boundary that passes while the run is going on: on a clock that moves the case would change its meaning. Boundaries
// that lie behind stay behind.
bool PassesDuringTheRun(const CertCase& from) {
  using std::chrono::seconds;
  constexpr seconds kRun = std::chrono::hours(1);
  return std::ranges::any_of(from.chain.certs, [&](const certs::CertSpec& cert) {
    return (!cert.not_before.raw && cert.not_before.from_now > seconds(0) && cert.not_before.from_now < kRun) ||
           (!cert.not_after.raw && cert.not_after.from_now >= seconds(0) && cert.not_after.from_now < kRun);
  });
}

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
                    .exact_clock = PassesDuringTheRun(from),
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

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
  // How much work a client does before it gives up is its own affair; that it gives up, and tells nothing, is not.
  if (from.expected.reason == certs::Reason::kPathBudget || from.expected.reason == certs::Reason::kPathTooLong) {
    strict.demand = Demand::kAnything;
  }
  Expectation opportunistic = strict;
  if (!from.expected.ok()) {
    opportunistic.demand = Demand::kAnything;  // RFC 7435 3: unauthenticated encryption is better than none
  }
  return {{Policy::kSubmission, strict}, {Policy::kRelayOpportunistic, opportunistic}, {Policy::kRelayMtaSts, strict}};
}

Scenario FromCase(const CertCase& from) {
  // The good chain would be copied a thousand times only to be replaced.
  static const World without_chain = [] {
    World world = GoodWorld();
    world.chain = {};
    return world;
  }();
  Scenario scenario{.id = from.id,
                    .summary = from.summary,
                    .rows = from.rows,
                    .source = from.source,
                    .twin = from.twin,
                    .world = without_chain,
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

// Row D14: right certificates, and a handshake that somebody else signed, which no look at the certificates shows.
void AddForeignHandshakes(std::vector<Scenario>& scenarios) {
  struct Signer {
    const char* id;
    const char* summary;
    certs::KeySpec key;
  };
  for (const Signer& signer : {
           Signer{"", "of the same type", {.type = certs::KeyType::kP256, .label = "eve"}},
           {"-rsa", "an RSA key", {.type = certs::KeyType::kRsa2048, .label = "eve"}},
           {"-ed25519", "an Ed25519 key", {.type = certs::KeyType::kEd25519, .label = "eve"}},
       }) {
    CertCase from = *certs::FindCase("control.good");
    from.id = std::string("chain.handshake-by-stranger") + signer.id;
    from.summary = std::string("Bob's real chain, but the handshake is signed with another key, ") + signer.summary;
    from.rows = {"D14"};
    from.source = "RFC 9846 4.4.3";
    from.twin = "control.good";
    from.chain.handshake_key = signer.key;
    from.expected = {certs::Reason::kTlsFailed, 0};
    from.severity = certs::Severity::kCritical;
    scenarios.push_back(FromCase(from));
  }
}

// In TLS 1.2 a staple comes in a message of its own (RFC 6066 8), in TLS 1.3 beside its certificate: two ways through a
// client. Each of these is its namesake without "-tls12" on the old way.
void AddStaplesOfTls12(std::vector<Scenario>& scenarios) {
  constexpr uint16_t kTls12 = 0x0303;
  for (const char* id : {"control.ocsp", "control.must-staple", "revocation.ocsp-revoked", "revocation.ocsp-expired",
                         "revocation.ocsp-other-serial", "revocation.ocsp-flipped", "revocation.ocsp-garbage",
                         "revocation.ocsp-try-later", "revocation.ocsp-60-kilobytes",
                         "revocation.must-staple-leaf-none", "revocation.must-staple-leaf-revoked"}) {
    Scenario scenario = FromCase(*certs::FindCase(id));
    const bool control = scenario.id.starts_with("control.");
    scenario.id += "-tls12";
    scenario.summary += ", in TLS 1.2";
    scenario.source += "; RFC 6066 8";
    scenario.twin = control ? "control.good" : scenario.twin + "-tls12";
    scenario.compound |= control;
    scenario.world.tls.max_version = kTls12;
    scenarios.push_back(std::move(scenario));
  }
}

// A staple of no octets is no OCSPResponse of any kind: its vector has at least one (RFC 6066 8), and what cannot be
// decoded ends the handshake (RFC 5246 7.2.2, RFC 9846 6.2). No look at the certificates shows it.
void AddEmptyStaples(std::vector<Scenario>& scenarios) {
  struct Row {
    const char* id;
    const char* twin;
    const char* summary;
    const char* row;
    size_t place = 0;
  };
  const Row rows[] = {
      {"ocsp-empty", "control.ocsp", "the staple has no octets", "J5"},
      {"ocsp-intermediate-empty", "control.ocsp-both", "the staple of the intermediate has no octets", "J13", 1},
  };
  constexpr uint16_t kTls12 = 0x0303;
  for (const Row& row : rows) {
    for (const bool old : {false, true}) {
      if (old && row.place > 0) {
        continue;  // only TLS 1.3 has room for it
      }
      CertCase from = *certs::FindCase(row.twin);
      from.id = std::string("revocation.") + row.id + (old ? "-tls12" : "");
      from.summary = std::string(row.summary) + (old ? ", in TLS 1.2" : "");
      from.rows = {row.row};
      from.source = old ? "RFC 6066 8; RFC 5246 7.2.2" : "RFC 6066 8; RFC 9846 4.4.2.1, 6.2";
      from.twin = std::string(row.twin) + (old ? "-tls12" : "");
      from.compound = false;
      from.chain.revocation.staples[row.place].raw = certs::Bytes{};
      from.expected = {certs::Reason::kTlsFailed, 0};
      from.policy_dependent = true;
      Scenario scenario = FromCase(from);
      scenario.world.tls.max_version = old ? kTls12 : scenario.world.tls.max_version;
      scenarios.push_back(std::move(scenario));
    }
  }
}

}  // namespace

std::vector<Scenario> CertificateScenarios() {
  std::vector<Scenario> scenarios;
  scenarios.reserve(certs::Catalogue().size());
  for (const CertCase& from : certs::Catalogue()) {
    scenarios.push_back(FromCase(from));
  }
  AddForeignHandshakes(scenarios);
  AddStaplesOfTls12(scenarios);
  AddEmptyStaples(scenarios);
  return scenarios;
}

}  // namespace lab

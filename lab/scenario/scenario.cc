#include "lab/scenario/scenario.h"

#include <utility>

#include "lab/scenario/catalogue.h"
#include "lab/scenario/oracle.h"

namespace lab {

std::string_view Name(Demand demand) {
  switch (demand) {
    case Demand::kAccept:
      return "accept";
    case Demand::kRefuse:
      return "refuse";
    case Demand::kIgnoreOrRefuse:
      return "ignore or refuse";
    case Demand::kAnything:
      return "anything";
  }
  return "unknown";
}

std::string_view Name(Rung rung) {
  switch (rung) {
    case Rung::kConnected:
      return "connected";
    case Rung::kGreeted:
      return "greeted";
    case Rung::kEhloInClear:
      return "EHLO in clear";
    case Rung::kStartTlsSent:
      return "STARTTLS sent";
    case Rung::kClientHello:
      return "ClientHello";
    case Rung::kCertificateSent:
      return "certificate sent";
    case Rung::kTlsEstablished:
      return "TLS established";
    case Rung::kEhloInTls:
      return "EHLO in TLS";
    case Rung::kAuthStarted:
      return "AUTH started";
    case Rung::kSecretDisclosed:
      return "secret disclosed";
    case Rung::kEnvelope:
      return "envelope";
    case Rung::kMessageBody:
      return "message body";
  }
  return "unknown";
}

std::string_view Name(Modes modes) {
  switch (modes) {
    case Modes::kBoth:
      return "both";
    case Modes::kStartTlsOnly:
      return "starttls";
    case Modes::kImplicitOnly:
      return "implicit";
  }
  return "unknown";
}

bool Scenario::good() const {
  const auto found = expect.find(Policy::kSubmission);
  return found != expect.end() && found->second.demand == Demand::kAccept;
}

namespace {

// What relays must do follows from the zone, the policy and the certificate, and rows say it only where they are about
// that. Everything else comes from the oracle; the verifier, which shares nothing with it, must agree.
void AddRelays(Scenario& scenario) {
  using fakeserver::TlsMode;
  const TlsMode mode = scenario.modes == Modes::kImplicitOnly ? TlsMode::kImplicit : TlsMode::kStartTls;
  for (const Policy policy : AllPolicies()) {
    if (!scenario.expect.contains(policy)) {
      const Prediction prediction = Predict(scenario.world, policy, mode);
      scenario.expect[policy] = prediction.expectation;
      if (!prediction.uncertain.empty()) {
        scenario.expect[policy].demand = Demand::kAnything;
        scenario.expect[policy].verdict = {certs::Reason::kTlsFailed, 0};
      }
    }
  }
}

}  // namespace

const std::vector<Scenario>& AllScenarios() {
  // Controls first: whoever reads a report meets what must work before what must not. Never destroyed, as the catalogue
  // of certificates is not.
  static const std::vector<Scenario>& all = *new std::vector<Scenario>([] {
    std::vector<Scenario> controls, others;
    for (auto catalogue : {&CertificateScenarios, &MixedScenarios, &ConversationScenarios, &TlsScenarios, &DnsScenarios,
                           &OnlineScenarios}) {
      for (Scenario& scenario : catalogue()) {
        AddRelays(scenario);
        (scenario.id.starts_with("control.") ? controls : others).push_back(std::move(scenario));
      }
    }
    controls.insert(controls.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    return controls;
  }());
  return all;
}

const Scenario* FindScenario(std::string_view id) {
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.id == id) {
      return &scenario;
    }
  }
  return nullptr;
}

std::vector<std::string> EditInWords(const Scenario& scenario) {
  std::vector<std::string> lines;
  if (const Scenario* twin = FindScenario(scenario.twin)) {
    for (const certs::Difference& difference : Diff(twin->world, scenario.world)) {
      lines.push_back(ToString(difference));
    }
  }
  return lines;
}

bool Serves(const Scenario& scenario, fakeserver::TlsMode mode) {
  return scenario.modes == Modes::kBoth ||
         scenario.modes == (mode == fakeserver::TlsMode::kStartTls ? Modes::kStartTlsOnly : Modes::kImplicitOnly);
}

}  // namespace lab

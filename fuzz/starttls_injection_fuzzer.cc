// Property: whatever is said in clear before TLS, in the EHLO reply or injected around the 220, a client either ends
// there or does inside TLS exactly what it does when nothing was: no clear byte is believed. And it does what the
// oracle demands.
//
// Input: an octet that places the injection, an octet that slices it, a keyword more in the clear EHLO reply up to the
// first newline, the injected octets.
#include <optional>
#include <vector>

#include "certs/issue.h"
#include "fuzz/fuzz.h"
#include "lab/runner/fuzz_input.h"
#include "lab/runner/run.h"
#include "lab/scenario/compose.h"

namespace {

certs::Issuer& Issuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), lab::kLabNow);
  return issuer;
}

lab::RunRecord Run(const lab::World& world) {
  // One name for all, so that the secrets are the same, too.
  const lab::Composed composed = lab::ScenarioOf(world, lab::Modes::kStartTlsOnly, "fuzz.injection", "injected");
  const auto policy = lab::Policy::kSubmission;
  lab::RunRecord record =
      lab::RunInMemory(composed.scenario, fakeserver::TlsMode::kStartTls, policy, Issuer(), 1, false);
  const bool sure = composed.doubt.at(policy).empty();
  if (sure && !lab::AsExpected(record.outcome)) {
    std::fprintf(stderr, "\n%s: %s\n", std::string(Name(record.outcome)).c_str(), record.sentence.c_str());
  }
  fuzz::Require(!sure || lab::AsExpected(record.outcome), "the client does what the oracle demands");
  const lab::Observation& seen = record.observation;
  fuzz::Require(!seen.secret_in_clear && !seen.envelope_in_clear && !seen.body_in_clear && !seen.auth_in_clear,
                "nothing is given away in clear");
  fuzz::Require(!seen.spoke_early, "inside TLS the client waits for what TLS says");
  return record;
}

std::vector<std::string> CommandsInTls(const lab::RunRecord& record) {
  std::vector<std::string> commands;
  for (const fakeserver::Transcript& transcript : record.transcripts) {
    for (const fakeserver::Event& event : transcript.events()) {
      if (event.in_tls && event.kind == fakeserver::EventKind::kCommand && event.verb != fakeserver::Verb::kQuit) {
        commands.push_back(event.text);
      }
    }
  }
  return commands;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::string> good = CommandsInTls(Run(lab::GoodWorld()));
  fuzz::Require(good.size() > 3, "a good server is told everything");
  const lab::World world = lab::InjectedWorld(certs::AsText(certs::ByteView(data, size)));
  const std::vector<std::string> commands = CommandsInTls(Run(world));
  fuzz::Require(commands.empty() || commands == good, "inside TLS nothing depends on what was said in clear");
  return 0;
}

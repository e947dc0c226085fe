#include "lab/runner/campaign_meet.h"

#include "certs/issue.h"
#include "certs/keys.h"
#include "lab/runner/judge.h"
#include "lab/runner/run.h"

namespace lab {
namespace {

// Where the oracle knows what must be done but not for which reason, the client's reason is not looked at.
CampaignOutcome WithoutReason(const DrawnWorld& world, const RunRecord& record) {
  ClientReport report = record.report;
  report.verdict.reset();
  const Judgement judgement = Judge(world.composed.scenario, world.composed.scenario.expect.at(world.policy),
                                    world.policy, record.observation, report);
  return {judgement.outcome, judgement.sentence};
}

CampaignOutcome OutcomeOf(const DrawnWorld& world, const RunRecord& record) {
  const bool judged = record.outcome != Outcome::kError && record.outcome != Outcome::kSkip;
  if (judged && !world.composed.doubt.at(world.policy).empty()) {
    return WithoutReason(world, record);
  }
  return {record.outcome, record.sentence};
}

// In memory, in virtual time: every defect must be found, and nothing else.
class BuiltInClient : public CampaignClient {
 public:
  explicit BuiltInClient(uint64_t seed) : seed_(seed), issuer_(certs::KeyRing::FromSeed(seed), kLabNow) {}

  certs::Result<CampaignOutcome> Meet(const DrawnWorld& world) override {
    return OutcomeOf(world, RunInMemory(world.composed.scenario, world.mode, world.policy, issuer_, seed_, true));
  }

 private:
  uint64_t seed_;
  certs::Issuer issuer_;
};

// A program, over sockets. What it is known for plays no part: the parts were chosen so that it is known for none.
class ProgramClient : public CampaignClient {
 public:
  ProgramClient(const CampaignOptions& options, const std::atomic<bool>& stop)
      : command_(*options.command), seed_(options.seed), stop_(stop) {
    command_.expected.clear();
  }

  certs::Result<CampaignOutcome> Meet(const DrawnWorld& world) override {
    RunOptions run;
    run.scenarios = {&world.composed.scenario};
    run.commands = {command_};
    run.built_in = false;
    run.policy = world.policy;
    run.starttls = world.mode == fakeserver::TlsMode::kStartTls;
    run.implicit = !run.starttls;
    run.wire = Wire::kTcp;
    run.jobs = 1;
    run.seed = seed_;
    run.bracket = false;
    CampaignOutcome outcome;
    const auto take = [&](const RunRecord& record) { outcome = OutcomeOf(world, record); };
    if (const auto summary = Run(run, take, stop_); !summary) {
      return std::unexpected(summary.error());
    }
    return outcome;
  }

 private:
  CommandSpec command_;
  uint64_t seed_;
  const std::atomic<bool>& stop_;
};

}  // namespace

std::unique_ptr<CampaignClient> CampaignClient::Make(const CampaignOptions& options, const std::atomic<bool>& stop) {
  if (options.command != nullptr) {
    return std::make_unique<ProgramClient>(options, stop);
  }
  return std::make_unique<BuiltInClient>(options.seed);
}

}  // namespace lab

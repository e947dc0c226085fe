#include "lab/cli/campaign.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <filesystem>
#include <memory>

#include "certs/bytes.h"
#include "lab/cli/choose_clients.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/runner/campaign.h"
#include "lab/runner/clock.h"
#include "lab/runner/command_client.h"
#include "lab/runner/launcher.h"
#include "lab/runner/versions.h"
#include "lab/scenario/scenario_file.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using std::chrono::milliseconds;

// "60s", "10m", "2h"; a bare number is seconds.
std::optional<milliseconds> ReadDuration(const std::string& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  constexpr uint64_t kMost = 1000000;
  if (error != std::errc() || number == 0 || number > kMost) {
    return std::nullopt;
  }
  if (unit.empty() || unit == "s") {
    return std::chrono::seconds(number);
  }
  if (unit == "m") {
    return std::chrono::minutes(number);
  }
  return unit == "h" ? std::optional<milliseconds>(std::chrono::hours(number)) : std::nullopt;
}

certs::Result<CampaignOptions> ToCampaign(const CampaignVerbOptions& options, const CommandSpec* command) {
  CampaignOptions campaign{.command = command,
                           .policy = std::nullopt,
                           .mode = std::nullopt,
                           .seed = options.seed,
                           .first = options.first,
                           .count = options.count,
                           .duration = std::nullopt,
                           .jobs = options.jobs,
                           .most_findings = options.findings};
  if (!options.duration.empty()) {
    campaign.duration = ReadDuration(options.duration);
    if (!campaign.duration) {
      return Fail(ErrorCode::kBadInput, fmt::format("--for takes a time such as 60s, 10m or 2h, not \"{}\"",
                                                    certs::Escaped(options.duration)));
    }
  }
  if (options.findings == 0) {
    return Fail(ErrorCode::kBadInput, "--findings takes a number from 1 on");
  }
  if (!options.policy.empty()) {
    campaign.policy = PolicyByName(options.policy);
    if (!campaign.policy) {
      return Fail(ErrorCode::kBadInput, fmt::format("there is no policy \"{}\"", certs::Escaped(options.policy)));
    }
  }
  if (options.mode == "starttls") {
    campaign.mode = fakeserver::TlsMode::kStartTls;
  } else if (options.mode == "implicit") {
    campaign.mode = fakeserver::TlsMode::kImplicit;
  } else if (!options.mode.empty()) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("--mode takes starttls or implicit, not \"{}\"", certs::Escaped(options.mode)));
  }
  return campaign;
}

// The one client that is meant; null is the built-in one.
certs::Result<std::unique_ptr<CommandSpec>> ChooseOne(const std::string& name) {
  auto chosen = ChooseClients({name});
  if (!chosen) {
    return std::unexpected(chosen.error());
  }
  if (chosen->built_in) {
    return nullptr;
  }
  if (chosen->commands.size() > 1) {
    return Fail(ErrorCode::kBadInput, fmt::format("a campaign has one client, and \"{}\" are {}", certs::Escaped(name),
                                                  chosen->commands.size()));
  }
  FindVersions(chosen->commands);
  if (const std::string missing = MissingProgram(chosen->commands.front()); !missing.empty()) {
    return Fail(ErrorCode::kIo, missing);
  }
  return std::make_unique<CommandSpec>(std::move(chosen->commands.front()));
}

// The most that this process has had in memory.
long MegabytesUsed() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  constexpr long kKilobytes = 1024;
  return (used.ru_maxrss + kKilobytes - 1) / kKilobytes;
}

// Writes the scenario file of a finding, and says what it is about.
class Reporter {
 public:
  Reporter(const CampaignVerbOptions& options, const CampaignOptions& campaign)
      : options_(options),
        campaign_(campaign),
        out_(DescribeTerminal(stdout, options.common.color)),
        started_(SteadyNow()) {}

  void Progress(const CampaignSummary& summary) {
    if (options_.common.quiet) {
      return;
    }
    if (!progress_) {  // without a number of worlds, time is what fills the line, or the pairs of rows
      total_ = campaign_.count.value_or(campaign_.duration ? static_cast<uint64_t>(campaign_.duration->count())
                                                           : summary.all_pairs);
      progress_ = std::make_unique<ProgressLine>(stderr, DescribeTerminal(stderr, options_.common.color), total_);
    }
    const auto elapsed = std::chrono::duration_cast<milliseconds>(SteadyNow() - started_);
    const uint64_t drawn = summary.worlds + summary.unmixed + summary.unmade;
    const uint64_t done = campaign_.count || !campaign_.duration ? drawn : static_cast<uint64_t>(elapsed.count());
    progress_->Update(std::min(done, total_), found_, elapsed,
                      fmt::format("{} worlds, {} pairs of rows", summary.worlds, summary.pairs));
  }

  void Found(const CampaignFinding& finding) {
    ++found_;
    if (progress_) {
      progress_->Clear();
    }
    const std::string path = fmt::format("{}/found-{}.toml", options_.out, finding.number);
    fmt::print("{}  world {}: {} edits of the good one\n", Badge(out_, finding.outcome), finding.number, finding.edits);
    for (const std::string& edit : EditInWords(finding.scenario)) {
      fmt::print("    {}\n", edit);
    }
    fmt::print("    {}\n    drawn from: {}\n", certs::Escaped(finding.sentence, 600), fmt::join(finding.parts, ", "));
    std::error_code ignored;
    std::filesystem::create_directories(options_.out, ignored);
    if (const auto written = ReplaceWholeFile(path, PrintScenario(finding.scenario)); !written) {
      Complain(written.error());
    } else {
      fmt::print("    again: starttls-lab run --client {} --filter {} --mode {} --policy {} --seed {}{}\n",
                 options_.client, certs::Escaped(path, 300), fakeserver::Name(finding.mode), Name(finding.policy),
                 options_.seed, campaign_.command == nullptr ? " --collect-all" : "");
    }
    fmt::print("    before it was cut down: {}\n", CampaignRepro(campaign_, finding.number));
  }

  int Close(const CampaignSummary& summary) {
    progress_.reset();
    const auto elapsed = std::chrono::duration_cast<milliseconds>(SteadyNow() - started_);
    const double seconds = std::max(static_cast<double>(elapsed.count()) / 1000, 0.001);
    fmt::print(
        "Seed {}: {} worlds in {:.1f} s ({:.0f}/s), at most {} MB; to be accepted {}, to be refused {}, any safe "
        "outcome "
        "{}.\n",
        options_.seed, summary.worlds, seconds, static_cast<double>(summary.worlds) / seconds, MegabytesUsed(),
        summary.accept, summary.refuse, summary.safe);
    fmt::print(
        "Rows met: {} of {}; pairs of rows: {} of {}. Drawn in vain: {} that do not mix, {} that cannot be made.\n",
        summary.rows, summary.all_rows, summary.pairs, summary.all_pairs, summary.unmixed, summary.unmade);
    fmt::print("{} worlds, {} disagreements{}\n", summary.worlds, found_,
               summary.repeated > 0 ? fmt::format(", {} more that are the same", summary.repeated) : "");
    if (summary.interrupted) {
      return InterruptedExitCode().value_or(kExitInterrupted);
    }
    return found_ > 0 ? kExitUnexpected : kExitOk;
  }

 private:
  const CampaignVerbOptions& options_;
  const CampaignOptions& campaign_;
  Terminal out_;
  std::chrono::microseconds started_;
  std::unique_ptr<ProgressLine> progress_;
  uint64_t total_ = 0;
  size_t found_ = 0;
};

}  // namespace

int CampaignVerb(const CampaignVerbOptions& options) {
  StartLauncher();  // while this process is small
  const auto command = ChooseOne(options.client);
  if (!command) {
    return Complain(command.error());
  }
  const auto campaign = ToCampaign(options, command->get());
  if (!campaign) {
    return Complain(campaign.error());
  }
  Reporter reporter(options, *campaign);
  const auto summary = RunCampaign(*campaign,
                                   {.on_progress = [&](const CampaignSummary& so_far) { reporter.Progress(so_far); },
                                    .on_finding = [&](const CampaignFinding& finding) { reporter.Found(finding); }},
                                   StopRequested());
  if (!summary) {
    return Complain(summary.error());
  }
  return reporter.Close(*summary);
}

}  // namespace lab

#include "lab/runner/campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "lab/runner/campaign_meet.h"
#include "lab/runner/clock.h"
#include "lab/runner/expectations.h"
#include "lab/runner/shrink.h"

namespace lab {
namespace {

// What became of one number.
struct Met {
  std::optional<DrawnWorld> world;
  CampaignOutcome outcome;
  std::optional<certs::Error> error;
};

bool Disagrees(const CampaignOutcome& outcome) {
  return !AsExpected(outcome.outcome) && outcome.outcome != Outcome::kError;
}

// How bad it is. A world is cut down as long as that gets no better.
int Weight(Outcome outcome) {
  switch (outcome) {
    case Outcome::kLeak:
    case Outcome::kCrash:
      return 4;
    case Outcome::kAcceptBad:
      return 3;
    case Outcome::kHang:
    case Outcome::kRejectGood:
      return 2;
    case Outcome::kInconsistent:
    case Outcome::kNotReached:
      return 1;
    default:
      return 0;
  }
}

// Findings that cut down to the same edits are one.
std::string KeyOf(const CampaignFinding& finding) {
  std::string key(Name(finding.outcome));
  for (const std::string& edit : EditInWords(finding.scenario)) {
    key += "\n" + edit.substr(0, edit.find(':'));
  }
  return key;
}

class CampaignRunner {
 public:
  CampaignRunner(const CampaignOptions& options, const Deck& deck, const CampaignEvents& events,
                 const std::atomic<bool>& stop)
      : options_(options), deck_(deck), events_(events), stop_(stop), client_(CampaignClient::Make(options, stop)) {
    summary_.all_rows = deck.rows().size();
    summary_.all_pairs = deck.pairs().size();
    last_ = options.first + options.count.value_or(options.duration ? UINT64_MAX - options.first : deck.pairs().size());
    if (options.duration) {
      deadline_ = SteadyNow() + *options.duration;
    }
  }

  certs::Result<CampaignSummary> Do() {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const auto jobs = static_cast<size_t>(std::clamp(options_.jobs > 0 ? options_.jobs : cores, 1, 64));
    std::vector<std::jthread> threads;
    next_ = taken_ = options_.first;
    for (size_t i = 0; i < jobs; ++i) {
      threads.emplace_back([this] { Work(); });
    }
    // Worlds are taken in the order of their numbers, so that what is found does not depend on the threads.
    for (uint64_t number = options_.first; number < last_; ++number) {
      Met met;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return done_.contains(number) || Ended(); });
        const auto found = done_.find(number);
        if (found == done_.end()) {
          break;
        }
        met = std::move(found->second);
        done_.erase(found);
        taken_ = number + 1;
        changed_.notify_all();
      }
      if (met.error) {
        error_ = met.error;
        break;
      }
      Take(met);
      if (findings_.size() >= options_.most_findings) {
        break;
      }
    }
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    threads.clear();
    summary_.interrupted = stop_;
    if (error_) {
      return std::unexpected(*error_);
    }
    return summary_;
  }

 private:
  bool Ended() const { return ended_ || stop_ || (deadline_ && SteadyNow() >= *deadline_); }

  // How far ahead of what has been taken the threads may be: what they did cannot be held without bound.
  static constexpr uint64_t kAhead = 256;

  void Work() {
    for (;;) {
      uint64_t number = 0;
      {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::milliseconds(100),
                          [&] { return Ended() || next_ < std::min(last_, taken_ + kAhead); });
        if (Ended() || next_ >= last_) {
          changed_.notify_all();
          return;
        }
        if (next_ >= taken_ + kAhead) {
          continue;
        }
        number = next_++;
      }
      Met met = MeetOne(number);
      const std::lock_guard lock(mutex_);
      done_[number] = std::move(met);
      changed_.notify_all();
    }
  }

  Met MeetOne(uint64_t number) {
    Met met{.world = deck_.Draw(number), .outcome = {}, .error = std::nullopt};
    if (met.world) {
      if (auto outcome = client_->Meet(*met.world)) {
        met.outcome = std::move(*outcome);
      } else {
        met.error = outcome.error();
      }
    }
    return met;
  }

  void Take(const Met& met) {
    if (!met.world) {
      ++summary_.unmixed;
    } else if (met.outcome.outcome == Outcome::kError) {
      ++summary_.unmade;
    } else {
      Count(*met.world);
      if (Disagrees(met.outcome)) {
        Found(*met.world, met.outcome);
      }
    }
    if (events_.on_progress) {
      events_.on_progress(summary_);
    }
  }

  void Count(const DrawnWorld& world) {
    ++summary_.worlds;
    switch (world.composed.scenario.expect.at(world.policy).demand) {
      case Demand::kAccept:
        ++summary_.accept;
        break;
      case Demand::kRefuse:
        ++summary_.refuse;
        break;
      case Demand::kIgnoreOrRefuse:
      case Demand::kAnything:
        ++summary_.safe;
    }
    std::set<std::string> rows;
    for (const Scenario* part : world.parts) {
      rows.insert(part->rows.begin(), part->rows.end());
    }
    for (auto a = rows.begin(); a != rows.end(); ++a) {
      rows_.insert(*a);
      for (auto b = std::next(a); b != rows.end(); ++b) {
        pairs_.insert({*a, *b});
      }
    }
    summary_.rows = rows_.size();
    summary_.pairs = pairs_.size();
  }

  void Found(const DrawnWorld& world, const CampaignOutcome& outcome) {
    CampaignOutcome last = outcome;
    const auto still_fails = [&](const DrawnWorld& smaller) {
      const auto met = client_->Meet(smaller);
      if (!met || !Disagrees(*met) || Weight(met->outcome) < Weight(last.outcome)) {
        return false;
      }
      last = *met;
      return true;
    };
    const Shrunk shrunk = Shrink(deck_, world, still_fails, stop_);
    const Scenario& small = shrunk.world.composed.scenario;
    CampaignFinding finding{.number = world.number,
                            .parts = {},
                            .scenario = ScenarioOf(small.world, small.modes, small.id, small.summary).scenario,
                            .mode = world.mode,
                            .policy = world.policy,
                            .outcome = last.outcome,
                            .sentence = last.sentence,
                            .edits = shrunk.edits};
    for (const Scenario* part : world.parts) {
      finding.parts.push_back(part->id);
    }
    if (!findings_.insert(KeyOf(finding)).second) {
      ++summary_.repeated;
    } else if (events_.on_finding) {
      events_.on_finding(finding);
    }
  }

  const CampaignOptions& options_;
  const Deck& deck_;
  const CampaignEvents& events_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<CampaignClient> client_;
  CampaignSummary summary_;
  std::set<std::string> rows_, findings_;
  std::set<std::pair<std::string, std::string>> pairs_;
  std::optional<std::chrono::microseconds> deadline_;
  std::optional<certs::Error> error_;
  uint64_t last_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Met> done_;
  uint64_t next_ = 0, taken_ = 0;
  bool ended_ = false;
};

// What the client is not known to get wrong.
std::vector<const Scenario*> PartsFor(const CampaignOptions& options) {
  std::vector<const Scenario*> parts = CampaignParts();
  if (options.command == nullptr) {
    return parts;
  }
  const CommandSpec& client = *options.command;
  std::erase_if(parts, [&](const Scenario* part) {
    const auto demanded = part->expect.find(client.policy);
    if (demanded == part->expect.end() || part->exact_clock) {
      return true;
    }
    return std::ranges::any_of(
        std::array{fakeserver::TlsMode::kStartTls, fakeserver::TlsMode::kImplicit}, [&](fakeserver::TlsMode mode) {
          const Expected* known = ExpectationFor(client, *part, demanded->second, mode, UnixNow());
          return known != nullptr && known->outcome != Name(Outcome::kPass);
        });
  });
  return parts;
}

}  // namespace

certs::Result<CampaignSummary> RunCampaign(const CampaignOptions& options, const CampaignEvents& events,
                                           const std::atomic<bool>& stop) {
  std::optional<Policy> policy = options.policy;
  std::optional<fakeserver::TlsMode> mode = options.mode;
  if (options.command != nullptr) {
    policy = policy.value_or(options.command->policy);
    if (options.command->starttls != options.command->implicit) {
      mode = options.command->starttls ? fakeserver::TlsMode::kStartTls : fakeserver::TlsMode::kImplicit;
    }
  }
  const Deck deck(PartsFor(options), options.seed, policy, mode);
  if (deck.rows().empty()) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       "there is nothing to draw: this client is known to get every part of the catalogue wrong");
  }
  return CampaignRunner(options, deck, events, stop).Do();
}

std::string CampaignRepro(const CampaignOptions& options, uint64_t number) {
  std::string line = fmt::format("starttls-lab campaign --seed {} --first {} --count 1", options.seed, number);
  if (options.command != nullptr) {
    line += " --client " + options.command->name;
  }
  if (options.policy) {
    line += fmt::format(" --policy {}", Name(*options.policy));
  }
  return line;
}

}  // namespace lab

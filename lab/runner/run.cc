#include "lab/runner/run.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "certs/keys.h"
#include "fakeserver/server.h"
#include "lab/runner/clock.h"
#include "lab/runner/command_client.h"
#include "lab/runner/meet.h"
#include "lab/runner/plan.h"
#include "lab/runner/process.h"
#include "lab/runner/run_group.h"
#include "lab/runner/sandbox_probe.h"

namespace lab {
namespace {

using OnRecord = std::function<void(const RunRecord&)>;

// Puts the records of groups that overlap into the order of the plan, and counts them.
class Ledger {
 public:
  Ledger(size_t groups, const OnRecord& on_record) : waiting_(groups), finished_(groups), on_record_(on_record) {}

  void Take(size_t group, RunRecord&& record) {
    const std::lock_guard lock(mutex_);
    if (group == turn_) {
      Publish(record);
    } else {
      waiting_[group].push_back(std::move(record));
    }
  }
  void Finish(size_t group) {
    const std::lock_guard lock(mutex_);
    finished_[group] = true;
    while (turn_ < finished_.size() && finished_[turn_]) {
      ++turn_;
      if (turn_ < waiting_.size()) {
        std::ranges::for_each(waiting_[turn_], [this](const RunRecord& record) { Publish(record); });
        waiting_[turn_].clear();
      }
    }
  }
  // Once every group that was begun is finished.
  const RunSummary& summary() const { return summary_; }

 private:
  // A bracketing run counts only when it fails: the totals are those of the scenarios that were asked for.
  void Publish(const RunRecord& record) {
    summary_.harness_error |= record.outcome == Outcome::kError;
    const bool bracket_holds = !record.sanity.empty() && SanityHolds(record);
    summary_.harness_error |= !record.sanity.empty() && !bracket_holds;
    if (record.outcome == Outcome::kSkip && !bracket_holds) {
      ++summary_.skipped;
    } else if (!bracket_holds) {
      ++(AsExpected(record.outcome) ? summary_.passed : summary_.failed);
    }
    on_record_(record);
  }

  std::mutex mutex_;
  size_t turn_ = 0;
  std::vector<std::vector<RunRecord>> waiting_;
  std::vector<bool> finished_;
  const OnRecord& on_record_;
  RunSummary summary_;
};

// The groups one after the other, but that the next client begins when the last runs of the one before it are under
// way: what waits for a server that says nothing leaves the machine idle.
class Campaign {
 public:
  Campaign(const Lab& lab, const std::vector<PlannedGroup>& plan, const OnRecord& on_record)
      : lab_(lab), plan_(plan), ledger_(plan.size(), on_record), slots_(CommandsAtATime(lab.options)) {}

  RunSummary Do() {
    std::vector<std::jthread> running;
    for (size_t i = 0; i < plan_.size(); ++i) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return alive_ == 0 || (alive_ == 1 && handed_out_ == i && MayOverlap(i)); });
      if (interrupted_) {
        break;
      }
      ++alive_;
      running.emplace_back([this, i] { RunOne(i); });
    }
    running.clear();  // waits for them
    RunSummary summary = ledger_.summary();
    summary.interrupted = interrupted_;
    return summary;
  }

 private:
  bool MayOverlap(size_t i) const {
    return plan_[i - 1].command != nullptr && plan_[i].command != nullptr && CommandsAtATime(lab_.options) > 1;
  }

  void RunOne(size_t i) {
    const bool whole = RunGroup(
        lab_, plan_[i], slots_, [&](RunRecord&& record) { ledger_.Take(i, std::move(record)); },
        [&] {
          const std::lock_guard lock(mutex_);
          handed_out_ = i + 1;
          changed_.notify_one();
        });
    ledger_.Finish(i);
    const std::lock_guard lock(mutex_);
    interrupted_ |= !whole;
    handed_out_ = std::max(handed_out_, i + 1);
    --alive_;
    changed_.notify_one();
  }

  const Lab& lab_;
  const std::vector<PlannedGroup>& plan_;
  Ledger ledger_;
  Slots slots_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t alive_ = 0, handed_out_ = 0;  // groups: of which some run is under way; of which all have begun
  bool interrupted_ = false;
};

bool Uses(const std::vector<PlannedGroup>& plan, Wire wire) {
  const auto runs = [](const PlannedRun& run) { return !run.skip_reason; };
  return std::ranges::any_of(
      plan, [&](const PlannedGroup& group) { return group.wire == wire && std::ranges::any_of(group.body, runs); });
}

// What the plan needs to know: only commands are sandboxed, and only one attempt tells what is permitted.
SandboxKind Probe(const RunOptions& options) {
  return options.commands.empty() ? SandboxKind::kNone : ProbeSandbox().kind;
}

}  // namespace

std::string_view Name(Wire wire) {
  switch (wire) {
    case Wire::kMemory:
      return "memory";
    case Wire::kTcp:
      return "tcp";
  }
  return "?";
}

std::string_view Name(Claim claim) {
  switch (claim) {
    case Claim::kNothing:
      return "nothing";
    case Claim::kDelivered:
      return "delivered";
    case Claim::kRefused:
      return "refused";
    case Claim::kUnsupported:
      return "unsupported";
  }
  return "?";
}

certs::Result<RunSummary> Run(const RunOptions& options, const OnRecord& on_record, const std::atomic<bool>& stop) {
  const SandboxKind sandbox = Probe(options);
  const std::vector<PlannedGroup> plan = MakePlan(options, sandbox);
  Lab lab{.options = options, .sandbox = sandbox != SandboxKind::kNone, .stop = stop};
  std::optional<certs::Issuer> memory_issuer, tcp_issuer;
  std::optional<fakeserver::ServerHandle> server;
  if (Uses(plan, Wire::kMemory)) {
    lab.memory_issuer = &memory_issuer.emplace(certs::KeyRing::FromSeed(options.seed), options.now.value_or(kLabNow));
  }
  if (Uses(plan, Wire::kTcp)) {
    // On a socket the trust anchor is nobody's but this run's.
    lab.tcp_issuer = &tcp_issuer.emplace(certs::KeyRing::Random(), options.now.value_or(UnixNow()));
    auto started = fakeserver::Start({});
    if (!started) {
      return std::unexpected(started.error());
    }
    lab.server = &server.emplace(std::move(*started));
  }
  return Campaign(lab, plan, on_record).Do();
}

size_t CountRuns(const RunOptions& options) {
  size_t count = 0;
  for (const PlannedGroup& group : MakePlan(options, Probe(options))) {
    count += group.first.size() + group.body.size() + group.last.size();
  }
  return count;
}

}  // namespace lab

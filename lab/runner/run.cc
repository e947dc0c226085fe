#include "lab/runner/run.h"

#include <fmt/format.h>

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
#include "lab/runner/sandbox_probe.h"

namespace lab {
namespace {

using OnRecord = std::function<void(const RunRecord&)>;

// How many runs of a group at a time. Over TCP the built-in client spends its time waiting for servers that do not
// answer; a program is busy starting.
size_t Workers(const RunOptions& options, const PlannedGroup& group) {
  const int cores = std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
  const int usual = group.command == nullptr && group.wire == Wire::kTcp ? 8 * cores : cores;
  return static_cast<size_t>(std::clamp(options.jobs > 0 ? options.jobs : usual, 1, 64));
}

bool IsGoodCase(const RunRecord& record) { return record.scenario->id == kSanityGood; }

// Whether a bracketing run shows that client and lab understand each other. A client that accepts everything, or that
// delivers in clear, is no client one would want, but its answers are answers; and what is declared of it is
// understood.
bool SanityHolds(const RunRecord& record) {
  const Outcome outcome = record.outcome;
  if (outcome == Outcome::kXfail) {
    return true;
  }
  if (IsGoodCase(record)) {
    return outcome == Outcome::kPass || (outcome == Outcome::kLeak && record.observation.delivered_in_clear);
  }
  return outcome != Outcome::kNotReached && outcome != Outcome::kHang && outcome != Outcome::kCrash &&
         outcome != Outcome::kError && outcome != Outcome::kSkip;
}

// It came to an end without having got its mail through: whatever was declared of it.
bool CameToNothing(const RunRecord& record) {
  const Observation& seen = record.observation;
  const bool through = seen.delivered_in_tls || seen.delivered_in_clear || seen.mail_accepted_in_tls ||
                       (record.report.goal == Goal::kHello && record.report.claim == Claim::kDelivered);
  return record.report.started && !through;
}

// Why the rest is not worth running: every further run would cost the client's whole time limit, or cannot be started.
bool EndsTheGroup(const RunRecord& record) {
  return record.outcome == Outcome::kHang || record.outcome == Outcome::kError;
}

class Campaign {
 public:
  Campaign(const Lab& lab, const OnRecord& on_record) : lab_(lab), on_record_(on_record) {}

  RunSummary Do(const std::vector<PlannedGroup>& plan) {
    for (const PlannedGroup& group : plan) {
      if (!summary_.interrupted) {
        RunGroup(group);
      }
    }
    return summary_;
  }

 private:
  void RunGroup(const PlannedGroup& group) {
    const std::string missing = group.command != nullptr ? MissingProgram(*group.command) : "";
    if (!missing.empty()) {
      Refuse(group, Outcome::kError, missing);
      return;
    }
    give_up_.clear();
    refuses_all_ = good_was_refused_ = false;
    RunAll(group, group.first);
    refuses_all_ = good_was_refused_;
    if (!give_up_.empty() && !lab_.options.keep_going_after_bad_sanity) {
      Refuse(group, Outcome::kNotReached, fmt::format("not run, because {}", give_up_));
      return;
    }
    RunAll(group, group.body);
    RunAll(group, group.last);
  }

  // Records every run of the body as not having taken place.
  void Refuse(const PlannedGroup& group, Outcome outcome, const std::string& sentence) {
    for (const PlannedRun& run : group.body) {
      if (lab_.stop) {
        summary_.interrupted = true;
        return;
      }
      Publish(run.skip_reason ? NotRun(lab_, group, run, Outcome::kSkip, *run.skip_reason)
                              : NotRun(lab_, group, run, outcome, sentence));
    }
  }

  // Runs on several threads; publishes in the order of `runs`, on this one.
  void RunAll(const PlannedGroup& group, const std::vector<PlannedRun>& runs) {
    std::vector<std::optional<RunRecord>> done(runs.size());
    std::atomic<size_t> next = 0;
    size_t working = std::min(runs.size(), Workers(lab_.options, group));
    const auto work = [&] {
      for (size_t i; (i = next++) < runs.size() && !lab_.stop;) {
        RunRecord record = runs[i].skip_reason ? NotRun(lab_, group, runs[i], Outcome::kSkip, *runs[i].skip_reason)
                                               : Meet(lab_, group, runs[i], refuses_all_);
        const std::lock_guard lock(mutex_);
        // A run that was cut short says nothing about the client.
        if (!lab_.stop) {
          done[i] = std::move(record);
        }
        changed_.notify_one();
      }
      const std::lock_guard lock(mutex_);
      --working;
      changed_.notify_one();
    };
    std::vector<std::jthread> threads;
    for (size_t i = working; i > 0; --i) {
      threads.emplace_back(work);
    }
    for (std::optional<RunRecord>& slot : done) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return slot.has_value() || working == 0; });
      if (!slot) {
        summary_.interrupted = true;
        return;
      }
      lock.unlock();
      Publish(*slot);
      slot.reset();  // transcripts are large
    }
  }

  void Publish(const RunRecord& record) {
    good_was_refused_ |= record.sanity == "first" && IsGoodCase(record) && CameToNothing(record);
    Count(record);
    on_record_(record);
  }

  // A bracketing run counts only when it fails: the totals are those of the scenarios that were asked for.
  void Count(const RunRecord& record) {
    summary_.harness_error |= record.outcome == Outcome::kError;
    if (!record.sanity.empty() && SanityHolds(record)) {
      return;
    }
    if (!record.sanity.empty()) {
      summary_.harness_error = true;
      if (EndsTheGroup(record)) {
        give_up_ = fmt::format("the sanity case {} ended as \"{}\"", record.scenario->id, Name(record.outcome));
      }
    }
    if (record.outcome == Outcome::kSkip) {
      ++summary_.skipped;
    } else {
      ++(AsExpected(record.outcome) ? summary_.passed : summary_.failed);
    }
  }

  const Lab& lab_;
  const OnRecord& on_record_;
  RunSummary summary_;
  std::string give_up_;
  bool refuses_all_ = false;       // the client whose turn it is; only changed while no thread runs
  bool good_was_refused_ = false;  // in its first bracket
  std::mutex mutex_;
  std::condition_variable changed_;
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
  return Campaign(lab, on_record).Do(plan);
}

size_t CountRuns(const RunOptions& options) {
  size_t count = 0;
  for (const PlannedGroup& group : MakePlan(options, Probe(options))) {
    count += group.first.size() + group.body.size() + group.last.size();
  }
  return count;
}

}  // namespace lab

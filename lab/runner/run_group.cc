#include "lab/runner/run_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lab/runner/command_client.h"

namespace lab {
namespace {

int Cores() { return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1); }

// How many runs of a group at a time. Over TCP the built-in client spends its time waiting for servers that do not
// answer.
size_t Workers(const RunOptions& options, const PlannedGroup& group) {
  const int usual = group.wire == Wire::kTcp ? 8 * Cores() : Cores();
  return static_cast<size_t>(group.command != nullptr
                                 ? CommandsAtATime(options)
                                 : std::clamp(options.jobs > 0 ? options.jobs : usual, 1, kMostAtATime));
}

bool IsGoodCase(const RunRecord& record) { return record.scenario->id == kSanityGood; }

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

class Group {
 public:
  Group(const Lab& lab, const PlannedGroup& group, Slots& slots, const std::function<void(RunRecord&&)>& publish,
        const std::function<void()>& on_handed_out)
      : lab_(lab), group_(group), slots_(slots), publish_(publish), on_handed_out_(on_handed_out) {}

  bool Do() {
    const std::string missing = group_.command != nullptr ? MissingProgram(*group_.command) : "";
    if (!missing.empty()) {
      Refuse(Outcome::kError, missing);
      return !interrupted_;
    }
    RunAll(group_.first, {});
    refuses_all_ = good_was_refused_;
    if (!give_up_.empty() && !lab_.options.keep_going_after_bad_sanity) {
      Refuse(Outcome::kNotReached, fmt::format("not run, because {}", give_up_));
      return !interrupted_;
    }
    RunAll(group_.body, on_handed_out_);
    RunAll(group_.last, {});
    return !interrupted_;
  }

 private:
  // Records every run of the body as not having taken place.
  void Refuse(Outcome outcome, const std::string& sentence) {
    for (const PlannedRun& run : group_.body) {
      if (lab_.stop) {
        interrupted_ = true;
        return;
      }
      Publish(run.skip_reason ? NotRun(lab_, group_, run, Outcome::kSkip, *run.skip_reason)
                              : NotRun(lab_, group_, run, outcome, sentence));
    }
  }

  RunRecord RunOne(const PlannedRun& run) {
    if (run.skip_reason) {
      return NotRun(lab_, group_, run, Outcome::kSkip, *run.skip_reason);
    }
    if (group_.command == nullptr) {
      return Meet(lab_, group_, run, refuses_all_);
    }
    slots_.acquire();
    RunRecord record = Meet(lab_, group_, run, refuses_all_);
    slots_.release();
    return record;
  }

  // Runs on several threads; publishes in the order of `runs`, on this one.
  void RunAll(const std::vector<PlannedRun>& runs, const std::function<void()>& on_handed_out) {
    std::vector<std::optional<RunRecord>> done(runs.size());
    std::atomic<size_t> next = 0;
    size_t working = std::min(runs.size(), Workers(lab_.options, group_));
    const auto work = [&] {
      for (size_t i; (i = next++) < runs.size() && !lab_.stop;) {
        if (i + 1 == runs.size() && on_handed_out) {
          on_handed_out();
        }
        RunRecord record = RunOne(runs[i]);
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
        interrupted_ = true;
        return;
      }
      lock.unlock();
      Publish(std::move(*slot));
      slot.reset();  // transcripts are large
    }
  }

  void Publish(RunRecord&& record) {
    good_was_refused_ |= record.sanity == "first" && IsGoodCase(record) && CameToNothing(record);
    if (!record.sanity.empty() && !SanityHolds(record) && EndsTheGroup(record)) {
      give_up_ = fmt::format("the sanity case {} ended as \"{}\"", record.scenario->id, Name(record.outcome));
    }
    publish_(std::move(record));
  }

  const Lab& lab_;
  const PlannedGroup& group_;
  Slots& slots_;
  const std::function<void(RunRecord&&)>& publish_;
  const std::function<void()>& on_handed_out_;
  std::string give_up_;
  bool interrupted_ = false;
  bool refuses_all_ = false;       // only changed while no thread runs
  bool good_was_refused_ = false;  // in its first bracket
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace

int CommandsAtATime(const RunOptions& options) {
  return std::clamp(options.jobs > 0 ? options.jobs : Cores() + (Cores() + 1) / 2, 1, kMostAtATime);
}

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

bool RunGroup(const Lab& lab, const PlannedGroup& group, Slots& slots, const std::function<void(RunRecord&&)>& publish,
              const std::function<void()>& on_handed_out) {
  return Group(lab, group, slots, publish, on_handed_out).Do();
}

}  // namespace lab

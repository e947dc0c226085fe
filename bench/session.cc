#include "bench/session.h"

#include <algorithm>
#include <map>
#include <memory>
#include <regex>

namespace bench {
namespace {

double MedianOf(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// What the rounds have come to so far, for one case.
struct Gathered {
  std::vector<double> costs, clients, servers, octets, allocations, floors, floor_ratios, yardstick_ratios;
  std::map<std::string, std::vector<double>> counters;
  Histogram times;
  uint64_t calls = 0;
  std::string label, error;
};

// Takes what the harness says, and says nothing itself.
class Listener : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) {
        label = run.report_label;
        error = run.error_occurred ? run.error_message : "";
        counters = run.counters;
      }
    }
  }

  std::string label, error = "the harness did not run it";
  benchmark::UserCounters counters;
};

std::string Quoted(std::string_view name) {
  std::string quoted;
  for (const char c : name) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted;
}

class Runner {
 public:
  Runner(const std::vector<Case>& cases, const SessionOptions& options, Report& report)
      : cases_(cases), options_(options), report_(report), gathered_(cases.size()), floors_(cases.size()) {
    for (size_t i = 0; i < cases_.size(); ++i) {
      index_[cases_[i].name] = i;
      report_.rows.push_back({.name = cases_[i].name, .yardstick = cases_[i].yardstick, .goal = cases_[i].goal});
      Register(cases_[i]);
    }
  }
  ~Runner() { benchmark::ClearRegisteredBenchmarks(); }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  void Measure(size_t i) {
    Configure(cases_[i]);
    Listener listener;
    probe_ = Probe();
    // The harness shows things on standard output unless it has a reporter for it, too.
    benchmark::RunSpecifiedBenchmarks(&listener, "^" + Quoted(cases_[i].name) + Suffix(cases_[i]) + "$");
    Gathered& all = gathered_[i];
    all.label = listener.label;
    all.error = listener.error;
    if (all.error.empty() && probe_.calls() > 0) {
      Gather(all, listener.counters);
      MeasureFloor(i);
      CompareWithYardstick(i);
    }
    WriteRow(i);
  }

 private:
  // What the harness adds to a name whose number of iterations is given.
  static std::string Suffix(const Case& one) { return one.once ? "/iterations:1" : ""; }

  // By flags: what is set for one benchmark becomes part of its name. What takes long needs no warming up.
  void Configure(const Case& one) const {
    std::string arguments[] = {"bench", "--benchmark_min_time=" + std::to_string(options_.seconds),
                               "--benchmark_min_warmup_time=" + std::to_string(one.once ? 0 : options_.warm_up)};
    char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
    int argc = 3;
    benchmark::Initialize(&argc, argv);
  }

  void Register(const Case& one) {
    auto* registered = benchmark::RegisterBenchmark(one.name.c_str(), [this, &one](benchmark::State& state) {
      probe_ = Probe();  // the harness calls several times until it knows how often
      one.run(state, probe_);
    });
    if (one.once) {
      registered->Iterations(1);
    }
  }

  void Gather(Gathered& all, const benchmark::UserCounters& counters) {
    all.costs.push_back(probe_.cost());
    all.clients.push_back(probe_.client());
    all.servers.push_back(probe_.server());
    all.octets.push_back(probe_.octets());
    all.allocations.push_back(probe_.allocations());
    all.times.Merge(probe_.times());
    all.calls += static_cast<uint64_t>(probe_.calls());
    for (const auto& [name, counter] : counters) {
      all.counters[name].push_back(counter.value);
    }
  }

  void MeasureFloor(size_t i) {
    if (cases_[i].floor.empty()) {
      return;
    }
    if (floors_[i] == nullptr) {
      floors_[i] = std::make_unique<RawCrypto>(cases_[i].floor);
    }
    const double floor = floors_[i]->Measure(options_.seconds * 1e9 / 4);
    gathered_[i].floors.push_back(floor);
    gathered_[i].floor_ratios.push_back(probe_.cost() / floor);
  }

  // The yardstick of the same round; it stands before those that are held against it.
  void CompareWithYardstick(size_t i) {
    const auto found = index_.find(cases_[i].yardstick);
    if (found != index_.end() && gathered_[found->second].costs.size() == gathered_[i].costs.size()) {
      gathered_[i].yardstick_ratios.push_back(gathered_[i].costs.back() / gathered_[found->second].costs.back());
    }
  }

  void WriteRow(size_t i) {
    const Gathered& all = gathered_[i];
    Row& row = report_.rows[i];
    row.label = all.label;
    row.error = all.error;
    row.calls = all.calls;
    row.rounds = static_cast<int>(all.costs.size());
    if (all.costs.empty()) {
      return;
    }
    row.cost = MedianOf(all.costs);
    row.least = std::ranges::min(all.costs);
    row.greatest = std::ranges::max(all.costs);
    row.client = MedianOf(all.clients);
    row.server = MedianOf(all.servers);
    row.octets = MedianOf(all.octets);
    row.allocations = CountsAllocations() ? MedianOf(all.allocations) : -1;
    row.p50 = static_cast<double>(all.times.Quantile(0.5));
    row.p90 = static_cast<double>(all.times.Quantile(0.9));
    row.p99 = static_cast<double>(all.times.Quantile(0.99));
    row.max = static_cast<double>(all.times.max());
    row.histogram.clear();
    for (const Histogram::Bucket& bucket : all.times.Buckets()) {
      row.histogram.emplace_back(static_cast<double>(bucket.upper), bucket.count);
    }
    row.floor_text = cases_[i].floor.empty() ? "" : Describe(cases_[i].floor);
    row.floor = MedianOf(all.floors);
    row.floor_ratio = MedianOf(all.floor_ratios);
    row.yardstick_ratio = MedianOf(all.yardstick_ratios);
    for (const auto& [name, values] : all.counters) {
      row.counters[name] = MedianOf(values);
    }
  }

  const std::vector<Case>& cases_;
  const SessionOptions& options_;
  Report& report_;
  std::vector<Gathered> gathered_;
  std::vector<std::unique_ptr<RawCrypto>> floors_;
  std::map<std::string, size_t> index_;
  Probe probe_;
};

}  // namespace

certs::Result<std::vector<Case>> Choose(const std::vector<Case>& all, const std::string& filter, bool quick) {
  std::vector<char> chosen(all.size(), 0);
  try {
    const std::regex expression(filter);
    for (size_t i = 0; i < all.size(); ++i) {
      chosen[i] = (filter.empty() ? all[i].quick || !quick : std::regex_search(all[i].name, expression)) ? 1 : 0;
    }
  } catch (const std::regex_error&) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       "\"" + certs::Escaped(filter, 200) + "\" is no regular expression (ECMAScript's form)");
  }
  // A yardstick stands before what is held against it, so that going backwards finds yardsticks of yardsticks.
  for (size_t i = all.size(); i-- > 0;) {
    if (chosen[i] == 0 || all[i].yardstick.empty()) {
      continue;
    }
    const auto yardstick = std::ranges::find(all, all[i].yardstick, &Case::name);
    if (yardstick != all.end()) {
      chosen[static_cast<size_t>(yardstick - all.begin())] = 1;
    }
  }
  std::vector<Case> cases;
  for (size_t i = 0; i < all.size(); ++i) {
    if (chosen[i] != 0) {
      cases.push_back(all[i]);
    }
  }
  return cases;
}

void Run(const std::vector<Case>& cases, const SessionOptions& options, Report& report, const std::atomic<bool>& stop,
         const std::function<void(const std::string& name)>& on_change) {
  Runner runner(cases, options, report);
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < cases.size(); ++i) {
      if (stop) {
        return;
      }
      runner.Measure(i);
      on_change(cases[i].name);
    }
  }
  report.complete = true;
}

}  // namespace bench

// What a run of the benchmarks came to, as a value: the file that bench/run writes, and all that the table and the page
// are made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certs/result.h"

namespace bench {

struct Row {
  std::string name, label;
  std::string error;  // why it could not be measured; the figures then say nothing
  uint64_t calls = 0;
  int rounds = 0;
  // Nanoseconds of processor time a call: the rounds' median, least and greatest mean.
  double cost = 0, least = 0, greatest = 0;
  // Of single calls, over all rounds; 0: not looked at.
  double p50 = 0, p90 = 0, p99 = 0, max = 0;
  std::vector<std::pair<double, uint64_t>> histogram;  // upper end of a bucket, and how many calls fell into it
  double client = 0, server = 0;                       // the two ends' parts of `cost`; 0: not told apart
  double octets = 0, allocations = -1;                 // a call; -1: not counted
  std::string floor_text;                              // the raw operations of the floor
  double floor = 0, floor_ratio = 0;                   // medians; 0: there is none
  std::string yardstick;
  double yardstick_ratio = 0;  // the median of the rounds'; 0: there is none
  std::optional<double> goal;  // the most the ratio may be: to the yardstick if there is one, else to the floor
  std::map<std::string, double> counters;

  double judged_ratio() const { return yardstick.empty() ? floor_ratio : yardstick_ratio; }
};

struct Report {
  static constexpr char kSchema[] = "starttls-lab-bench/1";

  bool complete = false;                       // false: interrupted, or still running
  std::map<std::string, std::string> context;  // "date", "boringssl", "processor", "governor", "clock", ...
  std::vector<std::string> remarks;            // what could not be run, and why
  std::vector<Row> rows;
};

std::string ToJson(const Report& report);

// kBadInput says what is wrong with the text: no JSON, another schema, a member of the wrong kind. Members that are
// missing stay at their defaults.
certs::Result<Report> FromJson(std::string_view text);

// "1.23 µs": three digits and a unit.
std::string TimeText(double nanoseconds);
// "1.12 ×", or for a part of one "21 × faster".
std::string RatioText(double ratio);

// For people: one line a row, the goals at the end, and whether they hold.
std::string TableOf(const Report& report);

}  // namespace bench

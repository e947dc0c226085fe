#include "bench/report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"

namespace bench {
namespace {

using nlohmann::json;

json JsonOf(const Row& row) {
  json out = {{"name", row.name},    {"label", row.label},    {"calls", row.calls},         {"rounds", row.rounds},
              {"cost_ns", row.cost}, {"least_ns", row.least}, {"greatest_ns", row.greatest}};
  const auto put = [&out](const char* key, const auto& value, bool present) {
    if (present) {
      out[key] = value;
    }
  };
  put("error", row.error, !row.error.empty());
  put("p50_ns", row.p50, row.max > 0);
  put("p90_ns", row.p90, row.max > 0);
  put("p99_ns", row.p99, row.max > 0);
  put("max_ns", row.max, row.max > 0);
  put("histogram", row.histogram, !row.histogram.empty());
  put("client_ns", row.client, row.client > 0);
  put("server_ns", row.server, row.server > 0);
  put("octets", row.octets, row.octets > 0);
  put("allocations", row.allocations, row.allocations >= 0);
  put("floor", row.floor_text, row.floor > 0);
  put("floor_ns", row.floor, row.floor > 0);
  put("floor_ratio", row.floor_ratio, row.floor > 0);
  put("yardstick", row.yardstick, !row.yardstick.empty());
  put("yardstick_ratio", row.yardstick_ratio, row.yardstick_ratio > 0);
  put("goal", row.goal.value_or(0), row.goal.has_value());
  put("counters", row.counters, !row.counters.empty());
  return out;
}

template <typename T>
void Get(const json& from, const char* key, T* to) {
  if (const auto found = from.find(key); found != from.end()) {
    found->get_to(*to);
  }
}

Row RowOf(const json& from) {
  Row row;
  from.at("name").get_to(row.name);
  Get(from, "label", &row.label);
  Get(from, "error", &row.error);
  Get(from, "calls", &row.calls);
  Get(from, "rounds", &row.rounds);
  Get(from, "cost_ns", &row.cost);
  Get(from, "least_ns", &row.least);
  Get(from, "greatest_ns", &row.greatest);
  Get(from, "p50_ns", &row.p50);
  Get(from, "p90_ns", &row.p90);
  Get(from, "p99_ns", &row.p99);
  Get(from, "max_ns", &row.max);
  Get(from, "histogram", &row.histogram);
  Get(from, "client_ns", &row.client);
  Get(from, "server_ns", &row.server);
  Get(from, "octets", &row.octets);
  Get(from, "allocations", &row.allocations);
  Get(from, "floor", &row.floor_text);
  Get(from, "floor_ns", &row.floor);
  Get(from, "floor_ratio", &row.floor_ratio);
  Get(from, "yardstick", &row.yardstick);
  Get(from, "yardstick_ratio", &row.yardstick_ratio);
  Get(from, "counters", &row.counters);
  if (const auto goal = from.find("goal"); goal != from.end()) {
    row.goal = goal->get<double>();
  }
  return row;
}

// Labels come from servers.
std::string Clean(std::string_view text) { return certs::Escaped(text, 500); }

std::string LineOf(const Row& row, size_t width) {
  if (!row.error.empty()) {
    return fmt::format("{:<{}}  not measured: {}\n", Clean(row.name), width, Clean(row.error));
  }
  std::string line = fmt::format("{:<{}} {:>9}", Clean(row.name), width, TimeText(row.cost));
  line += row.max > 0 ? fmt::format(" {:>9} {:>9} {:>9} {:>9}", TimeText(row.p50), TimeText(row.p90), TimeText(row.p99),
                                    TimeText(row.max))
                      : fmt::format(" {:>39}", "");
  line += row.client > 0 && row.server > 0 ? fmt::format(" {:>9} {:>9}", TimeText(row.client), TimeText(row.server))
          : row.server > 0                 ? fmt::format(" {:>9} {:>9}", "", TimeText(row.server))
                                           : fmt::format(" {:>19}", "");
  line += row.floor_ratio > 0 ? fmt::format(" {:>6.2f}", row.floor_ratio) : fmt::format(" {:>6}", "");
  line += row.allocations >= 0 ? fmt::format(" {:>7.0f}", row.allocations) : fmt::format(" {:>7}", "");
  line += "  " + Clean(row.label);
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  return line + "\n";
}

std::string GoalsOf(const Report& report) {
  std::string text;
  for (const Row& row : report.rows) {
    if (!row.goal || !row.error.empty()) {
      continue;
    }
    const double ratio = row.judged_ratio();
    const std::string than = row.yardstick.empty() ? "the raw operations: " + row.floor_text : row.yardstick;
    const char* mark = ratio <= 0 ? "?" : ratio <= *row.goal ? "\u2713" : "\u2717";
    text +=
        fmt::format("{} {:>12} (goal {:>12})  {}  against  {}\n", mark, ratio > 0 ? RatioText(ratio) : "not measured",
                    RatioText(*row.goal), Clean(row.name), Clean(than));
  }
  return text.empty() ? "" : "\nGoals\n" + text;
}

}  // namespace

std::string ToJson(const Report& report) {
  json out = {{"schema", Report::kSchema},
              {"complete", report.complete},
              {"context", report.context},
              {"remarks", report.remarks},
              {"benchmarks", json::array()}};
  for (const Row& row : report.rows) {
    out["benchmarks"].push_back(JsonOf(row));
  }
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

certs::Result<Report> FromJson(std::string_view text) {
  try {
    const json in = json::parse(text);
    if (!in.is_object() || in.value("schema", "") != Report::kSchema) {
      return certs::Fail(certs::ErrorCode::kBadInput,
                         fmt::format("this is no file of benchmarks (its schema is not {})", Report::kSchema));
    }
    Report report;
    Get(in, "complete", &report.complete);
    Get(in, "context", &report.context);
    Get(in, "remarks", &report.remarks);
    if (const auto rows = in.find("benchmarks"); rows != in.end()) {
      for (const json& row : *rows) {
        report.rows.push_back(RowOf(row));
      }
    }
    return report;
  } catch (const json::exception& e) {
    return certs::Fail(certs::ErrorCode::kBadInput, certs::Escaped(e.what(), 200));
  }
}

std::string TimeText(double nanoseconds) {
  constexpr const char* kUnits[] = {"ns", "\u00b5s", "ms", "s"};
  size_t unit = 0;
  while (unit + 1 < std::size(kUnits) && nanoseconds >= 999.5) {
    nanoseconds /= 1000;
    ++unit;
  }
  const int decimals = nanoseconds < 9.995 ? 2 : nanoseconds < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", nanoseconds, decimals, kUnits[unit]);
}

std::string RatioText(double ratio) {
  return ratio < 0.5 ? fmt::format("{:.1f} \u00d7 faster", 1 / ratio) : fmt::format("{:.2f} \u00d7", ratio);
}

std::string TableOf(const Report& report) {
  size_t width = 20;
  for (const Row& row : report.rows) {
    width = std::max(width, row.name.size());
  }
  std::string text =
      fmt::format("{:<{}} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>6} {:>7}  {}\n", "processor time a call", width,
                  "mean", "p50", "p90", "p99", "max", "client", "server", "floor", "allocs", "what was negotiated");
  for (const Row& row : report.rows) {
    text += LineOf(row, width);
  }
  text += GoalsOf(report);
  for (const std::string& remark : report.remarks) {
    text += "\n" + Clean(remark);
  }
  return text + (report.remarks.empty() ? "" : "\n");
}

}  // namespace bench

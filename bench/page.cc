#include "bench/page.h"

#include <fmt/format.h>
#include <openssl/base64.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"

namespace bench {
namespace {

using nlohmann::json;

// Printable first, then harmless in HTML, between tags and in quoted attributes.
std::string Html(std::string_view text, size_t limit = 300) {
  std::string html;
  for (const char c : certs::Escaped(text, limit)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

// JSON that cannot end the element it stands in, nor begin a comment there.
std::string ForScript(const json& value) {
  std::string text;
  for (const char c : value.dump(-1, ' ', true, json::error_handler_t::replace)) {
    text += c == '<' ? "\\u003c" : std::string(1, c);
  }
  return text;
}

std::string GroupOf(const Row& row) { return row.name.substr(0, row.name.find('/')); }
std::string WithoutGroup(const Row& row) { return row.name.substr(std::min(row.name.size(), GroupOf(row).size() + 1)); }

std::string HeaderOf(const Report& report) {
  std::string html = "<h1>starttls-lab benchmarks</h1>\n<dl class=\"context\">\n";
  for (const auto& [key, value] : report.context) {
    html += "<dt>" + Html(key) + "</dt><dd>" + Html(value) + "</dd>\n";
  }
  html += "</dl>\n";
  if (!report.complete) {
    html += "<p class=\"remark\">The run was interrupted: some figures come from fewer rounds, or are missing.</p>\n";
  }
  for (const std::string& remark : report.remarks) {
    html += "<p class=\"remark\">" + Html(remark, 500) + "</p>\n";
  }
  return html;
}

std::string GoalTable(const Report& report) {
  std::string rows;
  for (const Row& row : report.rows) {
    if (!row.goal || !row.error.empty()) {
      continue;
    }
    const double ratio = row.judged_ratio();
    const bool holds = ratio > 0 && ratio <= *row.goal;
    rows += fmt::format("<tr><td>{}</td><td class=\"{}\">{} {}</td><td>{}</td><td class=\"text\">{}</td></tr>\n",
                        Html(row.name), holds ? "holds" : "fails", holds ? "\u2713" : "\u2717",
                        ratio > 0 ? RatioText(ratio) : "not measured", RatioText(*row.goal),
                        Html(row.yardstick.empty() ? "raw operations: " + row.floor_text : row.yardstick));
  }
  if (rows.empty()) {
    return "";
  }
  return "<h2>Goals</h2>\n<div class=\"scroll\"><table><thead><tr><th>benchmark</th><th>measured</th><th>goal</th>"
         "<th class=\"text\">of what</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string TimeCell(double nanoseconds) {
  return "<td>" + (nanoseconds > 0 ? TimeText(nanoseconds) : std::string()) + "</td>";
}

// A bar as long as the ratio, which ends at four times the floor.
std::string RatioCell(const Row& row) {
  if (row.floor_ratio <= 0) {
    return "<td></td>";
  }
  const double width = std::clamp(row.floor_ratio / 4, 0.0, 1.0) * 90;
  return fmt::format("<td class=\"ratio\" title=\"{}\"><i style=\"width:{:.0f}%\"></i><b>{:.2f} \u00d7</b></td>",
                     Html(row.floor_text), width, row.floor_ratio);
}

std::string TableRow(const Row& row, size_t index, bool chosen) {
  const std::string box = fmt::format("<label><input class=\"js-only\" type=\"checkbox\" data-row=\"{}\"{}>{}</label>",
                                      index, chosen ? " checked" : "", Html(WithoutGroup(row)));
  if (!row.error.empty()) {
    return "<tr><td>" + Html(WithoutGroup(row)) +
           "</td><td class=\"text\" colspan=\"11\">not measured: " + Html(row.error) + "</td></tr>\n";
  }
  std::string html = "<tr><td>" + box + "</td>";
  for (const double time : {row.cost, row.p50, row.p90, row.p99, row.max, row.client, row.server}) {
    html += TimeCell(time);
  }
  html += RatioCell(row);
  html += fmt::format("<td>{}</td>", row.allocations >= 0 ? fmt::format("{:.0f}", row.allocations) : "");
  html += fmt::format("<td>{}</td>", row.octets > 0 ? fmt::format("{:.0f}", row.octets) : "");
  return html + "<td class=\"text\">" + Html(row.label) + "</td></tr>\n";
}

constexpr size_t kChosenAtFirst = 4;

std::string TablesOf(const Report& report) {
  std::vector<std::pair<std::string, std::string>> groups;  // in order of appearance
  std::map<std::string, size_t> counts;
  size_t chosen = 0;
  for (size_t i = 0; i < report.rows.size(); ++i) {
    const Row& row = report.rows[i];
    const std::string group = GroupOf(row);
    if (++counts[group] == 1) {
      groups.emplace_back(group, "");
    }
    const bool choose = chosen < kChosenAtFirst && !row.histogram.empty() && row.error.empty();
    chosen += choose ? 1 : 0;
    std::ranges::find(groups, group, &std::pair<std::string, std::string>::first)->second += TableRow(row, i, choose);
  }
  std::string html;
  for (const auto& [group, rows] : groups) {
    html += fmt::format(
        "<details{}><summary>{} <span>{} row{}</span></summary><div "
        "class=\"scroll\"><table><thead><tr><th>benchmark</th>"
        "<th>mean</th><th>p50</th><th>p90</th><th>p99</th><th>max</th><th>client</th><th>server</th><th>to the "
        "floor</th>"
        "<th>allocations</th><th>octets</th><th class=\"text\">what was negotiated</th></tr></thead><tbody>\n{}"
        "</tbody></table></div></details>\n",
        counts[group] <= 40 ? " open" : "", Html(group), counts[group], counts[group] == 1 ? "" : "s", rows);
  }
  return html;
}

// "2026-01-31T12:00:00Z" as seconds since the epoch; nothing for anything else.
std::optional<int64_t> SecondsOf(const Report& report) {
  const auto date = report.context.find("date");
  std::tm time{};
  if (date == report.context.end() || strptime(date->second.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time) == nullptr) {
    return std::nullopt;
  }
  return timegm(&time);
}

json HistoryOf(const Report& report, const std::vector<Report>& earlier) {
  std::map<int64_t, json> runs;
  const auto add = [&runs](const Report& run) {
    const std::optional<int64_t> at = SecondsOf(run);
    if (!at) {
      return;
    }
    json rows = json::object();
    for (const Row& row : run.rows) {
      if (row.error.empty()) {
        rows[row.name] = {row.cost, row.floor_ratio > 0 ? row.floor_ratio : row.yardstick_ratio};
      }
    }
    runs[*at] = {{"at", *at}, {"rows", std::move(rows)}};
  };
  std::ranges::for_each(earlier, add);
  add(report);
  json all = json::array();
  for (auto& [at, run] : runs) {
    all.push_back(std::move(run));
  }
  return all;
}

json DataOf(const Report& report, const std::vector<Report>& earlier) {
  json rows = json::array();
  for (const Row& row : report.rows) {
    rows.push_back({{"name", row.name}, {"histogram", row.histogram}});
  }
  return {{"rows", std::move(rows)}, {"history", HistoryOf(report, earlier)}};
}

std::string HashOf(std::string_view script) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const uint8_t*>(script.data()), script.size(), digest.data());
  std::array<uint8_t, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> text{};
  const size_t size = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return "sha256-" + std::string(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

std::string_view Between(std::string_view text, std::string_view open, std::string_view close) {
  const size_t start = text.find(open) + open.size();
  return text.substr(start, text.find(close, start) - start);
}

}  // namespace

std::string PageOf(const Report& report, const std::vector<Report>& history) {
  const std::string_view page = PageTemplate();
  const std::string body = HeaderOf(report) + GoalTable(report) +
                           "<div class=\"js-only\"><h2>Distributions</h2>\n<p class=\"hint\">Of the rows chosen below, "
                           "eight at most: which share of "
                           "the calls took how long.</p>\n<div class=\"chart\" id=\"distributions\"></div>\n<div "
                           "id=\"history\" hidden><h2>History</h2>"
                           "<p class=\"hint\">The same rows in earlier runs: what a call cost, and how many times its "
                           "floor or yardstick.</p>"
                           "<div class=\"chart\" id=\"costs\"></div><div class=\"chart\" "
                           "id=\"ratios\"></div></div></div>\n<h2>Results</h2>\n"
                           "<p class=\"hint\">Processor time a call. The floor is the sum of the raw public-key "
                           "operations that it cannot do "
                           "without, measured in the same round (over the bar: which).</p>\n" +
                           TablesOf(report);
  const std::pair<std::string_view, std::string> parts[] = {
      {"{{HASH}}", HashOf(Between(page, "<script>", "</script>"))},
      {"{{BODY}}", body},
      {"{{DATA}}", ForScript(DataOf(report, history))}};
  // From the template's text only: what is put in is not looked through again.
  std::string out;
  size_t at = 0;
  for (const auto& [mark, text] : parts) {
    const size_t found = page.find(mark, at);
    out.append(page.substr(at, found - at)).append(text);
    at = found + mark.size();
  }
  return out.append(page.substr(at));
}

}  // namespace bench

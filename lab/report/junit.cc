#include <fmt/format.h>

#include <algorithm>

#include "lab/report/escape.h"
#include "lab/report/formats.h"

namespace lab {
namespace {

// The end of a transcript is where things went wrong.
constexpr size_t kJunitTail = 60;

std::string Story(const ResultCell& cell) {
  std::string story = MarkupEscaped(cell.sentence) + "\n";
  const auto add = [&](std::string_view what, const std::string& text) {
    if (!text.empty()) {
      story += fmt::format("{}: {}\n", what, MarkupEscaped(text));
    }
  };
  add("expected", cell.expected);
  add("the server saw", cell.server_saw);
  add("the client said", cell.client_said);
  add("its output", cell.client_output);
  add("scenario", cell.summary);
  add("source", cell.source);
  add("chain, SHA-256", cell.chain_sha256);
  add("again", cell.repro);
  return story;
}

std::string SystemOut(const ResultCell& cell) {
  std::string html;
  for (size_t i = 0; i < cell.transcripts.size(); ++i) {
    const auto& lines = cell.transcripts[i];
    html += fmt::format("connection {}\n", i + 1);
    for (size_t line = lines.size() - std::min(lines.size(), kJunitTail); line < lines.size(); ++line) {
      html += MarkupEscaped(lines[line], 1000) + "\n";
    }
    if (i == 7) {
      html += fmt::format("{} more connections\n", cell.transcripts.size() - i - 1);
      break;
    }
  }
  return html.empty() ? "" : "<system-out>" + html + "</system-out>";
}

std::string TestCase(const Grid::Family& family, const Grid::Row& row, const Grid::Cell& cell) {
  const ResultCell& result = *cell.result;
  const std::string head = fmt::format(
      "<testcase classname=\"{}.{}\" name=\"{} ({}, {}, {})\" time=\"{}.{:06}\">", MarkupEscaped(result.client, 200),
      MarkupEscaped(family.name, 200), MarkupEscaped(row.label, 300), MarkupEscaped(result.mode, 40),
      MarkupEscaped(result.wire, 40), MarkupEscaped(result.policy, 40),
      std::max<int64_t>(result.duration_us, 0) / 1'000'000, std::max<int64_t>(result.duration_us, 0) % 1'000'000);
  const std::string sentence = MarkupEscaped(result.sentence, 1000);
  std::string body;
  switch (cell.outcome) {
    case Outcome::kPass:
      break;
    case Outcome::kSkip:
      body = fmt::format("<skipped type=\"skip\" message=\"{}\"/>", sentence);
      break;
    case Outcome::kXfail:
      body = fmt::format("<skipped type=\"xfail\" message=\"xfail: {}\"/>", MarkupEscaped(result.known, 1000));
      break;
    case Outcome::kError:
      body =
          fmt::format("<error type=\"error\" message=\"{}\">{}</error>", sentence, Story(result)) + SystemOut(result);
      break;
    case Outcome::kAcceptBad:
    case Outcome::kRejectGood:
    case Outcome::kLeak:
    case Outcome::kLax:
    case Outcome::kHang:
    case Outcome::kCrash:
    case Outcome::kNotReached:
    case Outcome::kInconsistent:
    case Outcome::kXpass:
      body =
          fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", Name(cell.outcome), sentence, Story(result)) +
          SystemOut(result);
      break;
  }
  return head + body + "</testcase>\n";
}

std::string Properties(const Grid& grid) {
  std::string xml = "<properties>\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    xml += fmt::format("<property name=\"{}\" value=\"{}\"/>\n", name, MarkupEscaped(value, 200));
  };
  for (const Results& run : grid.runs) {
    add("suite", run.header.suite);
    add("suite_hash", run.header.suite_hash);
    add("crypto", run.header.crypto);
    add("seed", std::to_string(run.header.seed));
    add("started", run.header.started);
    add("complete", run.complete ? "true" : "false");
  }
  return xml + "</properties>\n";
}

std::string TestSuite(const Grid& grid, size_t index) {
  const Grid::Column& column = grid.columns[index];
  std::string cases;
  int64_t duration_us = 0;
  size_t tests = 0;
  for (const Grid::Family& family : grid.families) {
    for (const Grid::Row& row : family.rows) {
      for (const Grid::Cell& cell : row.cells[index]) {
        cases += TestCase(family, row, cell);
        // Saturates: a forged file may claim ages.
        duration_us += std::clamp<int64_t>(cell.result->duration_us, 0, int64_t{1} << 40);
        ++tests;
      }
    }
  }
  const size_t errors = column.counts.of(Outcome::kError);
  return fmt::format(
             "<testsuite name=\"{} {} ({}, {})\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
             "time=\"{}.{:06}\">\n",
             MarkupEscaped(column.client, 200), MarkupEscaped(column.version, 200), MarkupEscaped(column.mode, 40),
             MarkupEscaped(column.wire, 40), tests, column.counts.failed() - errors, errors,
             column.counts.skipped() + column.counts.of(Outcome::kXfail), duration_us / 1'000'000,
             duration_us % 1'000'000) +
         Properties(grid) + cases + "</testsuite>\n";
}

}  // namespace

std::string JunitReport(const Grid& grid) {
  std::string suites;
  size_t tests = 0;
  for (size_t i = 0; i < grid.columns.size(); ++i) {
    suites += TestSuite(grid, i);
    tests += grid.columns[i].counts.passed() + grid.columns[i].counts.failed() + grid.columns[i].counts.skipped();
  }
  const size_t errors = grid.counts.of(Outcome::kError);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"starttls-lab\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\">\n{}</testsuites>\n",
      tests, grid.counts.failed() - errors, errors, suites);
}

}  // namespace lab

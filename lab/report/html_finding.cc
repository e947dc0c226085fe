#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lab/report/escape.h"
#include "lab/report/html_parts.h"
#include "lab/report/tls_alert.h"

namespace lab {
namespace {

// A transcript of no more lines than that is open from the beginning.
constexpr size_t kShortTranscript = 60;

// A term and what is said of it; nothing if nothing is said. `description` is markup already.
void AddFact(std::string& html, std::string_view term, const std::string& description) {
  if (!description.empty()) {
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, description);
  }
}

std::string ServerSaw(const ResultCell& cell) {
  std::string saw = MarkupEscaped(cell.server_saw);
  saw += fmt::format("<br/><small>highest rung: {} · {} connection{}", MarkupEscaped(cell.reached), cell.connections,
                     cell.connections == 1 ? "" : "s");
  if (!cell.server_name.empty()) {
    saw += fmt::format(" · server name (SNI) <code>{}</code>", MarkupEscaped(cell.server_name));
  }
  if (cell.client_alert) {
    saw += fmt::format(" · the client's alert: {} {}", *cell.client_alert, TlsAlertName(*cell.client_alert));
  }
  return saw + "</small>";
}

std::string ClientSaid(const ResultCell& cell) {
  std::string said = MarkupEscaped(cell.client_said);
  if (!cell.client_output.empty()) {
    said += fmt::format("<pre>{}</pre>", MarkupEscaped(cell.client_output));
  }
  return said;
}

std::string AboutScenario(const ResultCell& cell) {
  std::string about = fmt::format("{}<br/><small>{} · severity {}", MarkupEscaped(cell.summary),
                                  MarkupEscaped(cell.source), MarkupEscaped(cell.severity));
  for (size_t i = 0; i < cell.rows.size(); ++i) {
    about += fmt::format("{}{}", i == 0 ? " · coverage row " : ", ", MarkupEscaped(cell.rows[i], 64));
  }
  return about + "</small>";
}

// Whose line it is, for its colour: of the server, of the client, or of neither.
std::string_view Speaker(std::string_view line) {
  const size_t said = line.find(" s  ");
  const std::string_view what = said == std::string_view::npos ? line : line.substr(said + 4);
  if (what.starts_with("fault")) {
    return "fault";
  }
  if (what.starts_with("C: ") || what.starts_with("C (TLS): ")) {
    return what[1] == ' ' ? "client tls" : "client";
  }
  if (what.starts_with("S: ") || what.starts_with("S (TLS): ")) {
    return what[1] == ' ' ? "server tls" : "server";
  }
  return "lab";
}

std::string TranscriptLine(const std::string& line) {
  return fmt::format("<li class=\"{}\">{}</li>\n", Speaker(line), MarkupEscaped(line, 1000));
}

// Long transcripts lose their middle: how it began and how it ended is what explains an outcome.
std::string TranscriptLines(const std::vector<std::string>& lines) {
  constexpr size_t kHead = kMostTranscriptLines * 3 / 4;
  std::string html;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines.size() > kMostTranscriptLines && i == kHead) {
      const size_t left_out = lines.size() - kMostTranscriptLines;
      html += fmt::format("<li class=\"cut\">{} lines are left out here; results.json has them</li>\n", left_out);
      i += left_out;
    }
    html += TranscriptLine(lines[i]);
  }
  return html;
}

std::string Transcripts(const ResultCell& cell, size_t& budget) {
  std::string html;
  for (size_t i = 0; i < cell.transcripts.size(); ++i) {
    const std::vector<std::string>& lines = cell.transcripts[i];
    const std::string text = budget == 0 ? "" : TranscriptLines(lines);
    if (budget == 0 || text.size() > budget) {
      budget = 0;
      return html +
             "<p class=\"cut\">The report is long: further transcripts are left out here; results.json has "
             "them.</p>\n";
    }
    budget -= text.size();
    html +=
        fmt::format("<details class=\"wire\"{}><summary>Connection {}, {} events</summary><ol>\n{}</ol></details>\n",
                    lines.size() <= kShortTranscript ? " open=\"open\"" : "", i + 1, lines.size(), text);
  }
  return html;
}

}  // namespace

std::string HtmlBadge(Outcome outcome, std::string_view word) {
  return fmt::format("<span class=\"o o-{}\">{} {}</span>", Name(outcome), Symbol(outcome), word);
}

std::string HtmlFinding(const Grid& grid, const Grid::Cell& cell, size_t& budget) {
  const ResultCell& result = *cell.result;
  const Grid::Column& column = grid.columns[cell.column];
  std::string html = fmt::format(
      "<details class=\"finding\" id=\"f{0}\"><summary>{1} <code>{2}</code> <small>{3} · {4} · {5} · {6}</small>"
      "</summary><div id=\"c{0}\">\n<p class=\"sentence\">{7}</p>\n<dl>\n",
      cell.id, HtmlBadge(cell.outcome, Name(cell.outcome)),
      MarkupEscaped(result.sanity.empty() ? result.scenario : result.scenario + ", " + result.sanity),
      MarkupEscaped(result.client), MarkupEscaped(result.mode), MarkupEscaped(result.wire),
      MarkupEscaped(result.policy), MarkupEscaped(result.sentence));
  AddFact(html, "Known", MarkupEscaped(result.known));
  AddFact(html, "Expected", MarkupEscaped(result.expected));
  AddFact(html, "Observed", MarkupEscaped(result.deed));
  AddFact(html, "The server saw", ServerSaw(result));
  AddFact(html, "The client said", ClientSaid(result));
  AddFact(html, "Scenario", AboutScenario(result));
  AddFact(
      html, "Client",
      fmt::format("{}<br/><small>{}</small>", MarkupEscaped(column.title, 300), MarkupEscaped(column.version, 300)));
  if (!result.chain_sha256.empty()) {
    AddFact(html, "Chain, SHA-256", fmt::format("<code>{}</code>", MarkupEscaped(result.chain_sha256)));
  }
  AddFact(html, "Took", fmt::format("{} µs", result.duration_us));
  if (!result.repro.empty()) {
    AddFact(html, "Run it again", fmt::format("<pre>{}</pre>", MarkupEscaped(result.repro)));
  }
  return html + "</dl>\n" + Transcripts(result, budget) + "</div></details>\n";
}

}  // namespace lab

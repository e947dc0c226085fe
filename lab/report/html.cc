#include "lab/report/html.h"

#include <fmt/format.h>
#include <openssl/base64.h>
#include <openssl/sha.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "certs/bytes.h"
#include "lab/report/escape.h"
#include "lab/report/html_parts.h"
#include "lab/report/outcome_words.h"

namespace lab {
namespace {

// Families of longer reports are closed at first if nothing unexpected is in them.
constexpr size_t kRowsAllOpen = 80;

// The source expression of Content Security Policy Level 3, 2.3.1, for what stands between a pair of tags.
std::string HashSource(std::string_view text) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest);
  uint8_t base64[(SHA256_DIGEST_LENGTH + 2) / 3 * 4 + 1];
  const size_t length = EVP_EncodeBlock(base64, digest, sizeof digest);
  return fmt::format("'sha256-{}'", certs::AsText({base64, length}));
}

std::string Head(const Grid& grid) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; "
      "base-uri 'none'; form-action 'none'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>starttls-lab: {}</title>\n"
      "<style>{}</style>\n</head>\n",
      HashSource(kReportStyle), HashSource(kReportScript), CountsText(grid.counts), kReportStyle);
}

// "✓ 12 ▲ 3": every outcome that came up.
std::string Totals(const OutcomeCounts& counts) {
  std::string html;
  for (const Outcome outcome : AllOutcomes()) {
    if (counts.of(outcome) > 0) {
      html += fmt::format("<span class=\"o o-{0}\" title=\"{0}\">{1} {2}</span> ", Name(outcome), Symbol(outcome),
                          counts.of(outcome));
    }
  }
  return html;
}

std::string Runs(const Grid& grid) {
  std::string html =
      "<table class=\"runs\"><thead><tr><th>started</th><th>suite</th><th>scenarios</th><th>TLS and "
      "crypto</th><th>seed</th><th>dates in memory, on TCP</th><th>complete</th></tr></thead><tbody>\n";
  for (const Results& run : grid.runs) {
    const ResultsHeader& header = run.header;
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}<br/>{}</td><td>{}</td></tr>\n",
        MarkupEscaped(header.started, 64), MarkupEscaped(header.suite, 200), MarkupEscaped(header.suite_hash, 12),
        MarkupEscaped(header.crypto, 200), header.seed, MarkupEscaped(header.now_memory, 64),
        MarkupEscaped(header.now_tcp, 64), run.complete ? "yes" : "no");
  }
  return html + "</tbody></table>\n";
}

// What a reader must know before believing a single cell.
std::string Warnings(const Grid& grid) {
  std::string html;
  std::set<std::string> suites;
  bool complete = true;
  for (const Results& run : grid.runs) {
    suites.insert(run.header.suite_hash);
    complete = complete && run.complete;
  }
  if (!complete) {
    html += "<p class=\"warning\">A run was interrupted, or is still going on: what is missing was not asked.</p>\n";
  }
  if (suites.size() > 1) {
    html += "<p class=\"warning\">These runs did not ask the same questions: their scenarios differ.</p>\n";
  }
  const bool sane = std::ranges::none_of(
      grid.families, [](const Grid::Family& family) { return family.name == "sanity" && family.counts.failed() > 0; });
  if (!sane) {
    html += "<p class=\"warning\">A sanity case failed: what that client did elsewhere proves nothing.</p>\n";
  }
  return html;
}

std::string Intro(const Grid& grid) {
  return fmt::format(
      "<header>\n<h1>Is it really Bob's server?</h1>\n<p class=\"counts\">{}</p>\n<p>{}</p>\n{}"
      "<details class=\"about\"><summary>{}, {} scenarios, {} columns</summary>\n{}</details>\n</header>\n",
      CountsText(grid.counts), Totals(grid.counts), Warnings(grid),
      grid.runs.size() == 1 ? "1 run" : fmt::format("{} runs", grid.runs.size()), grid.rows, grid.columns.size(),
      Runs(grid));
}

std::string Chip(std::string_view facet, std::string_view value, std::string_view label) {
  return fmt::format(
      "<button type=\"button\" aria-pressed=\"false\" data-facet=\"{}\" data-value=\"{}\">{} "
      "<small></small></button>\n",
      facet, MarkupEscaped(value), label);
}

std::string ChipGroup(std::string_view title, size_t count, const std::string& chips) {
  constexpr size_t kFew = 14;
  return fmt::format("<details class=\"chips\"{}><summary>{}</summary>\n{}</details>\n",
                     count <= kFew ? " open=\"open\"" : "", title, chips);
}

// Without a script there is nothing to filter with: the script takes `hidden` away.
std::string Filters(const Grid& grid) {
  std::string clients, outcomes, families;
  size_t outcome_count = 0;
  std::set<std::string> seen;
  for (const Grid::Column& column : grid.columns) {
    if (seen.insert(column.client).second) {
      clients += Chip("client", column.client, MarkupEscaped(column.client, 80));
    }
  }
  for (const Outcome outcome : AllOutcomes()) {
    if (grid.counts.of(outcome) > 0) {
      ++outcome_count;
      outcomes += Chip("outcome", Name(outcome), fmt::format("{} {}", Symbol(outcome), Name(outcome)));
    }
  }
  for (const Grid::Family& family : grid.families) {
    families += Chip("family", family.name, MarkupEscaped(family.name, 80));
  }
  return "<form id=\"filters\" hidden=\"hidden\" role=\"search\">\n"
         "<p><label>Search <input id=\"q\" type=\"search\" autocomplete=\"off\" placeholder=\"id, words, clause\"/>"
         "</label> <button type=\"reset\">Show all</button> <output id=\"shown\"></output></p>\n" +
         ChipGroup("Outcomes", outcome_count, outcomes) + ChipGroup("Clients", seen.size(), clients) +
         ChipGroup("Families", grid.families.size(), families) + "</form>\n";
}

std::string ColumnHeads(const Grid& grid) {
  std::string html = "<thead><tr><th scope=\"col\" class=\"corner\">scenario</th>";
  for (const Grid::Column& column : grid.columns) {
    html += fmt::format(
        "\n<th scope=\"col\" data-client=\"{}\"><b>{}</b><span class=\"how\">{} · {}</span>"
        "<span class=\"version\">{}</span><span class=\"totals\">{}</span></th>",
        MarkupEscaped(column.client), MarkupEscaped(column.client, 80), MarkupEscaped(column.mode, 40),
        MarkupEscaped(column.wire, 40), MarkupEscaped(column.version, 120), Totals(column.counts));
  }
  return html + "</tr></thead>\n";
}

std::string CellMarkup(const Grid::Cell& cell, bool says_policy) {
  const std::string policy =
      says_policy ? fmt::format(" <small>{}</small>", MarkupEscaped(cell.result->policy, 40)) : "";
  const std::string text = fmt::format("{} {}{}", Symbol(cell.outcome), Name(cell.outcome), policy);
  return cell.outcome == Outcome::kPass
             ? fmt::format("<span class=\"o o-pass\">{}</span>", text)
             : fmt::format("<a class=\"o o-{}\" href=\"#c{}\">{}</a>", Name(cell.outcome), cell.id, text);
}

std::string RowMarkup(const Grid::Row& row) {
  std::string html = fmt::format(
      "<tr data-row=\"\"><th scope=\"row\"><code>{}</code><span class=\"title\">{}</span> "
      "<span class=\"source\">{} · {}</span></th>",
      MarkupEscaped(row.label, 200), MarkupEscaped(row.any->summary, 400), MarkupEscaped(row.any->source, 200),
      MarkupEscaped(row.any->severity, 40));
  for (const auto& cells : row.cells) {
    html += "<td>";
    for (const Grid::Cell& cell : cells) {
      html += CellMarkup(cell, cells.size() > 1);
    }
    html += "</td>";
  }
  return html + "</tr>\n";
}

std::string MatrixMarkup(const Grid& grid) {
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results\">\n<table id=\"matrix\">\n" +
      ColumnHeads(grid);
  for (const Grid::Family& family : grid.families) {
    const bool open = grid.rows <= kRowsAllOpen || family.counts.failed() > 0;
    html += fmt::format(
        "<tbody data-family=\"{}\"><tr class=\"family\"><th colspan=\"{}\" scope=\"rowgroup\"><details{}><summary>{} "
        "<small>{} scenario{}</small> {}</summary></details></th></tr>\n",
        MarkupEscaped(family.name), grid.columns.size() + 1, open ? " open=\"open\"" : "",
        MarkupEscaped(family.name, 80), family.rows.size(), family.rows.size() == 1 ? "" : "s", Totals(family.counts));
    for (const Grid::Row& row : family.rows) {
      html += RowMarkup(row);
    }
    html += "</tbody>\n";
  }
  return html + "</table>\n</div>\n";
}

std::string Findings(const Grid& grid, const HtmlOptions& options) {
  std::string html;
  size_t budget = options.transcript_budget;
  for (const Grid::Family& family : grid.families) {
    for (const Grid::Row& row : family.rows) {
      for (const auto& cells : row.cells) {
        for (const Grid::Cell& cell : cells) {
          html += cell.outcome == Outcome::kPass ? "" : HtmlFinding(grid, cell, budget);
        }
      }
    }
  }
  return html.empty() ? "<section id=\"findings\"><p>Every client did what is right.</p></section>\n"
                      : "<section id=\"findings\">\n<h2>What was not a pass</h2>\n" + html + "</section>\n";
}

std::string LegendMarkup() {
  std::string html = "<footer><ul class=\"legend\">\n";
  for (const Outcome outcome : AllOutcomes()) {
    html += fmt::format("<li>{} {}</li>\n", HtmlBadge(outcome, Name(outcome)), Meaning(outcome));
  }
  return html + "</ul></footer>\n";
}

}  // namespace

std::string HtmlReport(const Grid& grid, const HtmlOptions& options) {
  std::string html = Head(grid) + "<body>\n" + Intro(grid) + Filters(grid) + "<main>\n";
  html += MatrixMarkup(grid);
  html += Findings(grid, options);
  html += "</main>\n" + LegendMarkup();
  return html + fmt::format("<script>{}</script>\n</body>\n</html>\n", kReportScript);
}

}  // namespace lab

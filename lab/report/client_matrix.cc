#include "lab/report/client_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "lab/scenario/outcome.h"

namespace lab {
namespace {

constexpr size_t kMostExamples = 3;

// Client and mode.
using Line = std::pair<std::string, std::string>;

struct Count {
  int right = 0, wrong = 0, unclear = 0;
};

// One thing that a family of clients does, wherever it showed.
struct Finding {
  int severity = 0, cells = 0;
  std::set<std::string> configurations;
  std::vector<std::string> scenarios;  // the first ones
  std::set<std::string> all;
  std::string repro;
};

struct Page {
  std::vector<Line> lines;
  std::map<std::pair<Line, char>, Count> counts;
  std::map<std::tuple<std::string, std::string, std::string>, Finding> findings;  // by family, what, outcome
  std::map<std::string, ResultsHeader::Client> clients;
  std::string suite, crypto, first_day, last_day;
  size_t cells = 0;
};

std::string Markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("|\\`*_<>[]&#").contains(c)) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

// Between backquotes, where nothing can be escaped.
std::string Code(std::string_view text) {
  std::string code(text);
  std::ranges::replace(code, '`', '\'');
  std::ranges::replace(code, '|', '!');
  return "`" + code + "`";
}

int Weight(std::string_view severity) {
  static constexpr std::string_view kOrder[] = {"low", "medium", "high", "critical"};
  return static_cast<int>(std::ranges::find(kOrder, severity) - std::begin(kOrder));
}

// Nothing can be said of the client: it did not come that far, or what it did says neither.
bool IsUnclear(const std::string& outcome) {
  return outcome == Name(Outcome::kNotReached) || outcome == Name(Outcome::kError) ||
         outcome == Name(Outcome::kInconsistent) || outcome == Name(Outcome::kHang);
}

void TakeFinding(const ResultCell& cell, Page& page) {
  if (cell.outcome == Name(Outcome::kPass) || cell.outcome == Name(Outcome::kSkip)) {
    return;
  }
  const std::string family = cell.client.substr(0, cell.client.find('.'));
  const std::string what = cell.known.empty() ? "not declared: " + cell.sentence : cell.known;
  Finding& finding = page.findings[{family, what, cell.known.empty() ? cell.outcome : ""}];
  finding.severity = std::max(finding.severity, Weight(cell.severity));
  ++finding.cells;
  finding.configurations.insert(cell.client);
  if (finding.all.insert(cell.scenario).second && finding.scenarios.size() < kMostExamples) {
    finding.scenarios.push_back(cell.scenario);
  }
  if (finding.repro.empty()) {
    finding.repro = fmt::format("lab/run run --client {} --filter {} --mode {}", cell.client, cell.scenario, cell.mode);
  }
}

void Take(const ResultCell& cell, Page& page) {
  if (!cell.sanity.empty() || cell.outcome == Name(Outcome::kSkip)) {
    return;
  }
  const Line line{cell.client, cell.mode};
  if (std::ranges::find(page.lines, line) == page.lines.end()) {
    page.lines.push_back(line);
  }
  ++page.cells;
  std::set<char> tables;
  for (const std::string& row : cell.rows) {
    tables.insert(row.empty() ? '?' : row.front());
  }
  for (const char table : tables) {
    Count& count = page.counts[{line, table}];
    ++(cell.outcome == Name(Outcome::kPass) ? count.right : IsUnclear(cell.outcome) ? count.unclear : count.wrong);
  }
  TakeFinding(cell, page);
}

Page MakePage(const std::vector<Results>& runs) {
  Page page;
  std::map<std::string, const ResultCell*> latest;
  std::vector<std::string> order;
  for (const Results& run : runs) {
    page.suite = run.header.suite;
    page.crypto = run.header.crypto;
    const std::string day = run.header.started.substr(0, run.header.started.find('T'));
    page.first_day = page.first_day.empty() ? day : std::min(page.first_day, day);
    page.last_day = std::max(page.last_day, day);
    for (const ResultsHeader::Client& client : run.header.clients) {
      page.clients[client.name] = client;
    }
    for (const ResultCell& cell : run.cells) {
      if (latest.insert_or_assign(cell.Key(), &cell).second) {
        order.push_back(cell.Key());
      }
    }
  }
  for (const std::string& key : order) {
    Take(*latest.at(key), page);
  }
  std::ranges::stable_sort(page.lines);
  return page;
}

std::string CountText(const Count* count) {
  if (count == nullptr) {
    return "";
  }
  const int asked = count->right + count->wrong + count->unclear;
  if (count->wrong > 0) {
    return fmt::format("✗ {}/{}", count->wrong, asked);
  }
  return count->unclear > 0 ? fmt::format("? {}/{}", count->unclear, asked) : fmt::format("✓ {}", asked);
}

std::string GridText(const Page& page, const std::vector<MatrixTable>& tables) {
  std::string text = "| configuration | mode |", rule = "|---|---|";
  for (const MatrixTable& table : tables) {
    text += fmt::format(" {} |", table.letter);
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const Line& line : page.lines) {
    text += fmt::format("| {} | {} |", Code(line.first), line.second == "implicit" ? "implicit" : "STARTTLS");
    for (const MatrixTable& table : tables) {
      const auto count = page.counts.find({line, table.letter});
      text += fmt::format(" {} |", CountText(count == page.counts.end() ? nullptr : &count->second));
    }
    text += "\n";
  }
  return text;
}

std::string FindingsText(const Page& page) {
  std::vector<std::pair<std::string, std::string>> sentences;  // by family, in order
  std::vector<std::tuple<std::string, int, int, std::string>> lines;
  for (const auto& [key, finding] : page.findings) {
    const auto& [family, what, outcome] = key;
    std::string examples;
    for (const std::string& scenario : finding.scenarios) {
      examples += (examples.empty() ? "" : ", ") + Code(scenario);
    }
    if (finding.all.size() > finding.scenarios.size()) {
      examples += fmt::format(" and {} more", finding.all.size() - finding.scenarios.size());
    }
    std::string configurations;
    for (const std::string& configuration : finding.configurations) {
      configurations += (configurations.empty() ? "" : ", ") + Code(configuration);
    }
    lines.emplace_back(family, -finding.severity, -finding.cells,
                       fmt::format("- {}: {}{} ({}). {}\n", configurations, outcome.empty() ? "" : outcome + ", ",
                                   Markdown(what), examples, Code(finding.repro)));
  }
  std::ranges::sort(lines);
  std::string text, family;
  for (const auto& line : lines) {
    if (std::get<0>(line) != family) {
      family = std::get<0>(line);
      text += fmt::format("\n**{}**\n\n", Markdown(family));
    }
    text += std::get<3>(line);
  }
  return text.empty() ? "\nNothing: every client did what it must.\n" : text;
}

std::string VersionsText(const Page& page) {
  std::map<std::string, std::string> versions;  // a family's configurations are one program
  for (const auto& [name, client] : page.clients) {
    if (std::ranges::any_of(page.lines, [&](const Line& line) { return line.first == name; })) {
      versions.try_emplace(name.substr(0, name.find('.')), client.version);
    }
  }
  std::string text;
  for (const auto& [family, version] : versions) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : " · ", Code(family), Markdown(version));
  }
  return text;
}

}  // namespace

std::string ClientMatrix(const std::vector<Results>& runs, const std::vector<MatrixTable>& tables) {
  const Page page = MakePage(runs);
  std::set<std::string> families;
  for (const Line& line : page.lines) {
    families.insert(line.first.substr(0, line.first.find('.')));
  }
  std::string text =
      fmt::format("{} families, {} lines, {} runs; {}{}; {}, {}.\n\n", families.size(), page.lines.size(), page.cells,
                  page.first_day, page.first_day == page.last_day ? "" : " to " + page.last_day, Markdown(page.suite),
                  Markdown(page.crypto));
  text +=
      "✓ n: right in all n scenarios. ✗ m/n: wrong in m of n. ? m/n: in m of n nothing can be said, because the client "
      "did not come that far, hung, or said one thing and did another. A scenario can stand in several tables.\n\n";
  std::string legend;
  for (const MatrixTable& table : tables) {
    legend += fmt::format("{}{} {}", legend.empty() ? "" : " · ", table.letter, table.title);
  }
  text += legend + "\n\n" + GridText(page, tables) + "\n### What was found\n" + FindingsText(page);
  return text + "\n### Versions\n\n" + VersionsText(page) + "\n";
}

certs::Result<std::string> PutBetweenMarks(const std::string& text, const std::string& part) {
  const size_t begin = text.find(kMatrixBegin), end = text.find(kMatrixEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       fmt::format("it has not the lines \"{}\" and \"{}\"", kMatrixBegin, kMatrixEnd));
  }
  return text.substr(0, begin + kMatrixBegin.size()) + "\n\n" + part + "\n" + text.substr(end);
}

}  // namespace lab

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"
#include "lab/report/escape.h"
#include "lab/report/formats.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

struct SeverityRow {
  std::string_view name;
  const char* score;  // of GitHub's property "security-severity": above 9.0 critical, from 7.0 high, from 4.0 medium
};

// The gravest first.
constexpr SeverityRow kSeverities[] = {{"critical", "9.5"}, {"high", "8.0"}, {"medium", "5.5"}, {"low", "2.0"}};

size_t SeverityRank(const ResultCell& cell) {
  return static_cast<size_t>(std::ranges::find(kSeverities, cell.severity, &SeverityRow::name) -
                             std::begin(kSeverities));
}

const char* Score(const ResultCell& cell) {
  const size_t rank = SeverityRank(cell);
  return rank < std::size(kSeverities) ? kSeverities[rank].score : kSeverities[1].score;
}

// Stays the same from run to run as long as client and scenario do.
std::string Fingerprint(const ResultCell& cell) {
  const std::string key = cell.Key();
  certs::Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const uint8_t*>(key.data()), key.size(), digest.data());
  return certs::ToHex(digest);
}

std::vector<const Grid::Cell*> AcceptedBad(const Grid& grid) {
  std::vector<const Grid::Cell*> accepted;
  for (const Grid::Family& family : grid.families) {
    for (const Grid::Row& row : family.rows) {
      for (const auto& cells : row.cells) {
        for (const Grid::Cell& cell : cells) {
          if (cell.outcome == Outcome::kAcceptBad) {
            accepted.push_back(&cell);
          }
        }
      }
    }
  }
  std::ranges::stable_sort(accepted, {}, [](const Grid::Cell* cell) { return SeverityRank(*cell->result); });
  return accepted;
}

// RFC 3986 2.1: whatever is not unreserved or a slash is percent-encoded.
std::string UriReference(const std::string& path) {
  std::string uri;
  for (const char c : path) {
    const auto octet = static_cast<uint8_t>(c);
    const bool plain = (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
                       (octet >= 'A' && octet <= 'Z') || std::string_view("-._~/").contains(c);
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", octet);
  }
  return uri;
}

Json Text(const std::string& text, size_t limit = 1000) { return {{"text", PrintableUtf8(text, limit)}}; }

Json RuleOf(const ResultCell& cell) {
  return {{"id", PrintableUtf8(cell.scenario, 255)},
          {"shortDescription", Text(cell.summary)},
          {"fullDescription", Text("A client must refuse this server: " + cell.summary)},
          {"help", Text("Decided by: " + cell.source)},
          {"properties", {{"security-severity", Score(cell)}, {"tags", Json::array({"security", "starttls"})}}}};
}

Json ResultOf(const ResultCell& cell, size_t rule, const std::string& uri) {
  const std::string message = fmt::format("{} ({}, {}): {}; expected {}; again: {}", cell.client, cell.mode, cell.wire,
                                          cell.sentence, cell.expected, cell.repro);
  const Json place = {{"artifactLocation", {{"uri", uri}}}, {"region", {{"startLine", 1}}}};
  const Json location = {{"physicalLocation", place}};
  return {{"ruleId", PrintableUtf8(cell.scenario, 255)},
          {"ruleIndex", rule},
          {"level", "error"},
          {"message", Text(message, 2000)},
          {"locations", Json::array({location})},
          {"partialFingerprints", {{"clientAndScenario/v1", Fingerprint(cell)}}}};
}

}  // namespace

std::string SarifReport(const Grid& grid, const std::string& location) {
  const std::vector<const Grid::Cell*> accepted = AcceptedBad(grid);
  const std::string uri = UriReference(location);
  Json rules = Json::array(), results = Json::array(), notes = Json::array();
  std::map<std::string, size_t> rule_of;
  for (const Grid::Cell* cell : accepted) {
    if (results.size() == kMostSarifResults) {
      notes.push_back({{"level", "warning"},
                       {"message", Text(fmt::format("{} results more than GitHub keeps are left out",
                                                    accepted.size() - kMostSarifResults))}});
      break;
    }
    const auto [rule, is_new] = rule_of.try_emplace(cell->result->scenario, rules.size());
    if (is_new) {
      rules.push_back(RuleOf(*cell->result));
    }
    results.push_back(ResultOf(*cell->result, rule->second, uri));
  }
  const bool complete = std::ranges::all_of(grid.runs, &Results::complete);
  const Json driver = {{"name", "starttls-lab"}, {"rules", rules}};
  const Json invocation = {{"executionSuccessful", complete}, {"toolExecutionNotifications", notes}};
  const Json run = {{"tool", {{"driver", driver}}}, {"invocations", Json::array({invocation})}, {"results", results}};
  const Json log = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return log.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lab

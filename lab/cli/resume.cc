#include "lab/cli/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "certs/bytes.h"

namespace lab {
namespace {

// What makes the two runs' questions different; empty: nothing.
std::string Difference(const ResultsHeader& then, const ResultsHeader& now, bool date_was_given) {
  if (then.suite_hash != now.suite_hash) {
    return "it asked another version's scenarios";
  }
  if (then.seed != now.seed) {
    return fmt::format("its seed was {}", then.seed);
  }
  if (then.now_memory != now.now_memory || (date_was_given && then.now_tcp != now.now_tcp)) {
    return fmt::format("its certificates were made for another date ({})", certs::Escaped(then.now_memory));
  }
  return "";
}

// The clients of both runs that are not what they were.
std::set<std::string> ChangedClients(const ResultsHeader& then, const ResultsHeader& now) {
  std::set<std::string> changed;
  for (const ResultsHeader::Client& client : now.clients) {
    const auto before = std::ranges::find(then.clients, client.name, &ResultsHeader::Client::name);
    if (before != then.clients.end() && (before->version != client.version || before->title != client.title)) {
      fmt::print(stderr, "starttls-lab: {} is now \"{}\", it was \"{}\": its runs are done again\n", client.name,
                 client.version, certs::Escaped(before->version));
      changed.insert(client.name);
    }
  }
  return changed;
}

const Scenario* Meant(const RunOptions& run, const std::string& id) {
  const auto asked = std::ranges::find(run.scenarios, id, &Scenario::id);
  return asked != run.scenarios.end() ? *asked : FindScenario(id);
}

}  // namespace

certs::Result<Recorder::Earlier> LoadEarlier(const std::string& out, const RunOptions& run,
                                             const ResultsHeader& header) {
  const std::string path = out + "/results.json";
  Recorder::Earlier earlier;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return earlier;
  }
  auto results = ReadResults(path);
  if (!results) {
    return std::unexpected(results.error());
  }
  if (const std::string difference = Difference(results->header, header, run.now.has_value()); !difference.empty()) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       fmt::format("cannot go on with {}: {}; leave out --resume, or choose another folder with --out",
                                   certs::Escaped(path), difference));
  }
  const std::set<std::string> changed = ChangedClients(results->header, header);
  for (ResultCell& cell : results->cells) {
    const Scenario* const scenario = Meant(run, cell.scenario);
    if (scenario != nullptr && cell.sanity.empty() && cell.outcome != Name(Outcome::kError) &&
        !changed.contains(cell.client)) {
      earlier.cells.push_back(std::move(cell));
      earlier.scenarios.push_back(scenario);
    }
  }
  return earlier;
}

}  // namespace lab

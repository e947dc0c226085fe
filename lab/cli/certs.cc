#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"
#include "certs/describe.h"
#include "certs/issue.h"
#include "lab/cli/catalogue_verbs.h"
#include "lab/cli/cell.h"
#include "lab/cli/exit_code.h"
#include "lab/runner/clock.h"
#include "lab/scenario/scenario.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using Json = nlohmann::ordered_json;

certs::Result<void> WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    return Fail(ErrorCode::kIo, fmt::format("cannot write {}", certs::Escaped(path.string())));
  }
  return {};
}

// PEM blocks, each under a summary that says what to look at. Lines outside the armour are ignored by every PEM reader.
std::string Annotated(const std::vector<certs::Bytes>& certificates) {
  std::string text;
  for (const certs::Bytes& der : certificates) {
    text += certs::Describe(der) + "\n" + certs::ToPem("CERTIFICATE", der) + "\n";
  }
  return text;
}

certs::Result<Json> Export(const Scenario& scenario, const std::filesystem::path& folder, certs::Issuer& issuer) {
  auto chain = issuer.Issue(scenario.world.chain);
  if (!chain) {
    return std::unexpected(chain.error());
  }
  auto key = certs::PrivateKeyToPem((*chain)->key.get());
  if (!key) {
    return std::unexpected(key.error());
  }
  const std::pair<const char*, std::string> files[] = {
      {".chain.pem", Annotated((*chain)->presented)}, {".ca.pem", Annotated((*chain)->trusted)}, {".key.pem", *key}};
  for (const auto& [suffix, text] : files) {
    if (auto written = WriteFile(folder / (scenario.id + suffix), text); !written) {
      return std::unexpected(written.error());
    }
  }
  Json expect = Json::object();
  for (const auto& [policy, expectation] : scenario.expect) {
    expect[std::string(Name(policy))] = ToWords(expectation);
  }
  return Json{{"id", scenario.id},
              {"summary", certs::Escaped(scenario.summary)},
              {"rows", scenario.rows},
              {"source", scenario.source},
              {"host", certs::Escaped(scenario.world.reference)},
              {"time", ToRfc3339(issuer.now())},
              {"chain", scenario.id + ".chain.pem"},
              {"ca", scenario.id + ".ca.pem"},
              {"key", scenario.id + ".key.pem"},
              {"expect", expect}};
}

}  // namespace

int CertsVerb(const CertsOptions& options) {
  const auto scenarios = Select(options.filter);
  if (!scenarios) {
    return Complain(scenarios.error());
  }
  std::optional<int64_t> now = options.now.empty() ? std::optional(UnixNow()) : FromRfc3339(options.now);
  if (!now) {
    return Complain({ErrorCode::kBadInput, fmt::format("--now takes a date such as 2026-01-01T00:00:00Z, not \"{}\"",
                                                       certs::Escaped(options.now))});
  }
  std::error_code error;
  const std::filesystem::path folder(options.folder);
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_directory(folder, error)) {
    return Complain({ErrorCode::kBadInput, fmt::format("{} is not a folder", certs::Escaped(options.folder))});
  }
  if (!options.force && std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
    return Complain({ErrorCode::kBadInput, fmt::format("{} is not empty; name a new folder, or say --force",
                                                       certs::Escaped(options.folder))});
  }
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Complain({ErrorCode::kIo,
                     fmt::format("cannot make the folder {}: {}", certs::Escaped(options.folder), error.message())});
  }
  certs::Issuer issuer(certs::KeyRing::Random(), *now);
  Json cases = Json::array();
  size_t written = 0;
  for (const Scenario* scenario : *scenarios) {
    // A conversation's chain is the good one: nothing to export beyond it.
    if (scenario->id.starts_with("smtp.")) {
      continue;
    }
    auto one = Export(*scenario, folder, issuer);
    if (!one) {
      return Complain(one.error());
    }
    cases.push_back(std::move(*one));
    ++written;
  }
  const Json manifest = {{"version", "1.0"}, {"suite", "starttls-lab " STARTTLS_LAB_VERSION}, {"cases", cases}};
  if (auto done =
          WriteFile(folder / "manifest.json", manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
      !done) {
    return Complain(done.error());
  }
  fmt::print("{} chains with their keys and anchors, and manifest.json, in {}\n", written,
             certs::Escaped(options.folder));
  return kExitOk;
}

}  // namespace lab

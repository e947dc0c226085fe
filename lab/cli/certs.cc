#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "certs/bytes.h"
#include "certs/describe.h"
#include "certs/issue.h"
#include "certs/revocation.h"
#include "lab/cli/catalogue_verbs.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/limbo_export.h"
#include "lab/cli/scenario_json.h"
#include "lab/runner/clock.h"
#include "lab/scenario/online.h"
#include "lab/scenario/scenario.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using Json = nlohmann::ordered_json;

// ------------------------------------------------------------------------------------------------ what to write

// PEM blocks, each under a summary that says what to look at. Lines outside the armour are ignored by every PEM reader.
std::string Annotated(const std::vector<certs::Bytes>& certificates) {
  std::string text;
  for (const certs::Bytes& der : certificates) {
    text += certs::Describe(der) + "\n" + certs::ToPem("CERTIFICATE", der) + "\n";
  }
  return text;
}

// A conversation's chain is the good one: nothing to export beyond it. What several visits are about is more than one
// chain, and no verifier alone can answer it.
bool HasCertificatesOfItsOwn(const Scenario& scenario) {
  static const World good = GoodWorld();
  if (!scenario.world.earlier.empty()) {
    return false;
  }
  return scenario.twin.empty() || scenario.world.chain != good.chain || scenario.world.reference != good.reference;
}

struct File {
  std::string role;  // its name in the manifest
  std::string suffix;
  std::string text;
};

// What the world's web server has, beside what is said without asking.
certs::Result<void> AddOnline(const World& world, certs::Issuer& issuer, std::vector<File>& files) {
  const auto site = IssueSite(world, issuer);
  if (!site) {
    return std::unexpected(site.error());
  }
  for (const auto& [path, resource] : (*site)->resources) {  // "/crl/0" is "online-crl-0.crl.der"
    std::string role = "online" + path + (path.starts_with("/crl/") ? ".crl.der" : ".ocsp.der");
    std::ranges::replace(role, '/', '-');
    files.push_back({role, "." + role, std::string(certs::AsText(resource.content))});
  }
  return {};
}

certs::Result<std::vector<File>> FilesOf(const IssuedCase& one, certs::Issuer& issuer) {
  const certs::IssuedChain& chain = *one.chain;
  std::vector<File> files = {{"chain", ".chain.pem", Annotated(chain.presented)},
                             {"ca", ".ca.pem", Annotated(chain.trusted)}};
  if (chain.key) {
    auto key = certs::PrivateKeyToPem(chain.key.get());
    if (!key) {
      return std::unexpected(key.error());
    }
    files.push_back({"key", ".key.pem", *std::move(key)});
  }
  for (const certs::RevocationFile& file : certs::RevocationFiles(chain)) {
    files.push_back({file.name, "." + file.name, std::string(certs::AsText(file.bytes))});
  }
  if (auto done = AddOnline(one.scenario->world, issuer, files); !done) {
    return std::unexpected(done.error());
  }
  return files;
}

Json ManifestCase(const Scenario& scenario, const std::vector<File>& files, int64_t now) {
  Json names = Json::object();
  for (const File& file : files) {
    names[file.role] = scenario.id + file.suffix;
  }
  return {{"id", scenario.id},
          {"summary", scenario.summary},
          {"rows", scenario.rows},
          {"source", scenario.source},
          {"severity", certs::Name(scenario.severity)},
          {"twin", scenario.twin},
          {"host", scenario.world.reference},
          {"time", ToRfc3339(now)},
          {"exact_clock", scenario.exact_clock},
          {"policy_dependent", scenario.policy_dependent},
          {"offline", DecidedByCertificates(scenario)},
          {"revocation", certs::Name(scenario.world.chain.revocation.check)},
          {"expect", ExpectToJson(scenario.expect)},
          {"files", std::move(names)}};
}

// ------------------------------------------------------------------------------------------------ writing it

certs::Result<void> WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    return Fail(ErrorCode::kIo, fmt::format("cannot write {}", certs::Escaped(path.string())));
  }
  return {};
}

certs::Result<void> PrepareFolder(const CertsOptions& options) {
  std::error_code error;
  const std::filesystem::path folder(options.folder);
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_directory(folder, error)) {
    return Fail(ErrorCode::kBadInput, fmt::format("{} is not a folder", certs::Escaped(options.folder)));
  }
  if (!options.force && std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("{} is not empty; name a new folder, or say --force", certs::Escaped(options.folder)));
  }
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kIo,
                fmt::format("cannot make the folder {}: {}", certs::Escaped(options.folder), error.message()));
  }
  return {};
}

certs::Result<void> WriteFolder(const CertsOptions& options, const std::vector<IssuedCase>& cases,
                                certs::Issuer& issuer) {
  if (auto prepared = PrepareFolder(options); !prepared) {
    return prepared;
  }
  const std::filesystem::path folder(options.folder);
  Json listed = Json::array();
  for (const IssuedCase& one : cases) {
    const auto files = FilesOf(one, issuer);
    if (!files) {
      return Fail(files.error().code, one.scenario->id + ": " + files.error().detail);
    }
    for (const File& file : *files) {
      if (auto written = WriteFile(folder / (one.scenario->id + file.suffix), file.text); !written) {
        return written;
      }
    }
    listed.push_back(ManifestCase(*one.scenario, *files, issuer.now()));
  }
  const Json manifest = {{"version", "1.0"}, {"suite", "starttls-lab " STARTTLS_LAB_VERSION}, {"cases", listed}};
  return WriteFile(folder / "manifest.json", manifest.dump(2, ' ', true, Json::error_handler_t::replace) + "\n");
}

certs::Result<void> WriteLimbo(const CertsOptions& options, const std::vector<IssuedCase>& cases, int64_t now) {
  if (options.limbo == "-") {
    std::cout << LimboDocument(cases, now) << std::flush;
    return {};
  }
  std::error_code error;
  if (!options.force && std::filesystem::exists(options.limbo, error)) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("{} exists; name a new file, or say --force", certs::Escaped(options.limbo)));
  }
  return WriteFile(options.limbo, LimboDocument(cases, now));
}

// Everything is issued before anything is written: a case that cannot be is an error without half a folder.
certs::Result<std::vector<IssuedCase>> IssueAll(const std::vector<const Scenario*>& scenarios, certs::Issuer& issuer) {
  std::vector<IssuedCase> cases;
  for (const Scenario* scenario : scenarios) {
    if (!HasCertificatesOfItsOwn(*scenario)) {
      continue;
    }
    auto chain = issuer.Issue(scenario->world.chain);
    if (!chain) {
      return Fail(chain.error().code, scenario->id + ": " + chain.error().detail);
    }
    cases.push_back({scenario, *std::move(chain)});
  }
  return cases;
}

}  // namespace

int CertsVerb(const CertsOptions& options) {
  const auto scenarios = Select(options.filter);
  if (!scenarios) {
    return Complain(scenarios.error());
  }
  const std::optional<int64_t> now = options.now.empty() ? std::optional(UnixNow()) : FromRfc3339(options.now);
  if (!now) {
    return Complain({ErrorCode::kBadInput, fmt::format("--now takes a date such as 2026-01-01T00:00:00Z, not \"{}\"",
                                                       certs::Escaped(options.now))});
  }
  if (options.folder.empty() && options.limbo.empty()) {
    return Complain({ErrorCode::kBadInput, "certs takes a FOLDER, or --limbo FILE, or both"});
  }
  certs::Issuer issuer(certs::KeyRing::Random(), *now);
  const auto cases = IssueAll(*scenarios, issuer);
  if (!cases) {
    return Complain(cases.error());
  }
  if (!options.folder.empty()) {
    if (auto done = WriteFolder(options, *cases, issuer); !done) {
      return Complain(done.error());
    }
  }
  if (!options.limbo.empty()) {
    if (auto done = WriteLimbo(options, *cases, *now); !done) {
      return Complain(done.error());
    }
  }
  std::FILE* said = options.limbo == "-" ? stderr : stdout;  // where the document goes, no word may stand between
  if (!options.folder.empty()) {
    fmt::print(said, "{} chains with their keys and anchors, and manifest.json, in {}\n", cases->size(),
               certs::Escaped(options.folder));
  }
  if (!options.limbo.empty()) {
    fmt::print(
        said, "{} x509-limbo test cases in {}\n",
        std::ranges::count_if(*cases, [](const IssuedCase& one) { return DecidedByCertificates(*one.scenario); }),
        certs::Escaped(options.limbo));
  }
  return kExitOk;
}

}  // namespace lab

#include "lab/cli/limbo_export.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "certs/catalogue.h"
#include "lab/cli/context.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

// The suite's tag for what a verifier may lack, by the row of the coverage table.
struct RowFeature {
  std::string_view row;
  std::string_view feature;
};
constexpr RowFeature kRowFeatures[] = {
    {"H1", "has-policy-constraints"}, {"H1", "has-cert-policies"}, {"C26", "max-chain-depth"},
    {"I1", "pedantic-serial-number"}, {"A7", "denial-of-service"}, {"C25", "denial-of-service"},
    {"E16", "denial-of-service"},     {"G9", "denial-of-service"},
};

bool ConstrainsDirectoryNames(const certs::ChainSpec& chain) {
  const auto directory = [](const certs::GeneralName& name) { return name.form == certs::NameForm::kDirectory; };
  return std::ranges::any_of(chain.certs, [&](const certs::CertSpec& cert) {
    return cert.name_constraints && (std::ranges::any_of(cert.name_constraints->permitted, directory) ||
                                     std::ranges::any_of(cert.name_constraints->excluded, directory));
  });
}

Json FeaturesOf(const Scenario& scenario) {
  Json features = Json::array();
  const auto add = [&](std::string_view feature) {
    if (std::find(features.begin(), features.end(), feature) == features.end()) {
      features.push_back(feature);
    }
  };
  for (const auto& [row, feature] : kRowFeatures) {
    if (std::ranges::find(scenario.rows, row) != scenario.rows.end()) {
      add(feature);
    }
  }
  if (ConstrainsDirectoryNames(scenario.world.chain)) {
    add("name-constraint-dn");
  }
  if (scenario.policy_dependent) {
    add("pedantic-rfc5280");
  }
  return features;
}

Json PeerName(const std::string& reference) {
  const auto parsed = verifier::ParseReference(reference);
  const bool ip = parsed && parsed->kind == verifier::Reference::Kind::kIp;
  return {{"kind", ip ? "IP" : "DNS"}, {"value", reference}};
}

Json PemList(auto begin, auto end) {
  Json list = Json::array();
  for (; begin != end; ++begin) {
    list.push_back(certs::ToPem("CERTIFICATE", *begin));
  }
  return list;
}

Json Testcase(const IssuedCase& one, const std::string& time) {
  const Scenario& scenario = *one.scenario;
  const Expectation& expected = scenario.expect.at(Policy::kSubmission);
  Json own = {{"profile", "mail-client"}, {"rows", scenario.rows}};
  if (!expected.verdict.ok()) {
    own["reason"] = certs::Name(expected.verdict.reason);
    own["depth"] = expected.verdict.depth;
  }
  const Json features = FeaturesOf(scenario);
  const bool depth = std::ranges::find(features, "max-chain-depth") != features.end();
  const auto& presented = one.chain->presented;
  const auto key = certs::PrivateKeyToPem(one.chain->key.get());
  return {{"id", "starttls-lab::" + scenario.id},
          {"conflicts_with", Json::array()},
          {"features", features},
          {"importance", certs::Name(scenario.severity)},
          {"description", scenario.summary + " (" + scenario.source + ")"},
          {"validation_kind", "SERVER"},
          {"trusted_certs", PemList(one.chain->trusted.begin(), one.chain->trusted.end())},
          {"untrusted_intermediates", PemList(presented.begin() + 1, presented.end())},
          {"peer_certificate", certs::ToPem("CERTIFICATE", presented.front())},
          {"peer_certificate_key", key ? Json(*key) : Json(nullptr)},
          {"validation_time", time},
          {"signature_algorithms", Json::array()},
          {"key_usage", Json::array()},
          {"extended_key_usage", Json::array()},
          {"expected_result", expected.demand == Demand::kAccept ? "SUCCESS" : "FAILURE"},
          {"expected_peer_name", PeerName(scenario.world.reference)},
          {"expected_peer_names", Json::array()},
          {"max_chain_depth", depth ? Json(verifier::VerifyRequest{}.max_intermediates) : Json(nullptr)},
          {"starttls_lab", own}};
}

}  // namespace

bool DecidedByCertificates(const Scenario& scenario) {
  const certs::CertCase* one = certs::FindCase(scenario.id);
  // What is said of the certificates' status, or promised to be said, a verifier of files is not told.
  return one != nullptr && !one->chain.presented.empty() && one->chain.revocation == certs::RevocationSpec{} &&
         one->expected.reason != certs::Reason::kMustStaple;
}

std::string LimboDocument(const std::vector<IssuedCase>& cases, int64_t now) {
  std::string time = ToRfc3339(now);
  time.replace(time.size() - 1, 1, "+00:00");  // the suite's spelling of Z
  Json testcases = Json::array();
  for (const IssuedCase& one : cases) {
    if (DecidedByCertificates(*one.scenario)) {
      testcases.push_back(Testcase(one, time));
    }
  }
  const Json document = {{"version", 1}, {"testcases", std::move(testcases)}};
  return document.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace lab

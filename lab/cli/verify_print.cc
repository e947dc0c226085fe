#include "lab/cli/verify_print.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/cli/chain_facts.h"
#include "lab/verifier/time_parse.h"

namespace lab {
namespace {

bool IsAnchor(const verifier::VerifyRequest& request, int index) {
  return index >= static_cast<int>(request.chain.size());
}

// Of a certificate of the path, as VerifyResult::path counts.
CertificateFacts FactsAt(const verifier::VerifyRequest& request, int index) {
  const size_t place = static_cast<size_t>(index);
  return FactsOf(IsAnchor(request, index) ? request.anchors[place - request.chain.size()] : request.chain[place],
                 request.now);
}

}  // namespace

std::string PathText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  std::string text;
  for (size_t depth = 0; depth < result.path.size(); ++depth) {
    const int index = result.path[depth];
    text +=
        FactsText(FactsAt(request, index), std::to_string(depth), IsAnchor(request, index) ? "  [trust anchor]" : "");
  }
  return text.empty() ? "  none\n" : text;
}

nlohmann::ordered_json PathJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  nlohmann::ordered_json path = nlohmann::ordered_json::array();
  for (const int index : result.path) {
    nlohmann::ordered_json row{{"index", index}, {"anchor", IsAnchor(request, index)}};
    row.update(FactsJson(FactsAt(request, index)));
    path.push_back(std::move(row));
  }
  return path;
}

std::string VerifyReportText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  std::string text = fmt::format("{} \"{}\" at {}: {}\n", result.verdict.ok() ? "VERIFIED" : "REFUSED",
                                 certs::Escaped(request.reference, 300), verifier::FormatTime(request.now),
                                 certs::ToString(result.verdict));
  text += "path\n" + PathText(request, result);
  text += "names\n" + NamesText(NamesOf(request));
  if (!result.defects.empty()) {
    text += "defects\n" + DefectsText(result.defects);
  }
  return text;
}

std::string VerifyReportJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  const nlohmann::ordered_json report{{"host", certs::Escaped(request.reference, 300)},
                                      {"time", verifier::FormatTime(request.now)},
                                      {"ok", result.verdict.ok()},
                                      {"verdict", certs::ToString(result.verdict)},
                                      {"reason", certs::Name(result.verdict.reason)},
                                      {"depth", result.verdict.depth},
                                      {"matched_name", result.matched_name},
                                      {"names", NamesJson(NamesOf(request))},
                                      {"signature_checks", result.signature_checks},
                                      {"path", PathJson(request, result)},
                                      {"defects", DefectsJson(result.defects)}};
  return report.dump(2) + "\n";
}

}  // namespace lab

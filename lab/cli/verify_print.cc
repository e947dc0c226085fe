#include "lab/cli/verify_print.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/signature.h"
#include "lab/verifier/time_parse.h"

namespace lab {
namespace {

using verifier::Certificate;

// One certificate of the path in words.
struct VerifiedRow {
  int index = 0;  // as VerifyResult::path counts
  bool anchor = false;
  std::string subject, issuer, not_before, not_after, key, algorithm;
  std::vector<std::string> names;
  size_t more_names = 0;
};

std::string DateText(const std::optional<int64_t>& date) {
  return date ? verifier::FormatTime(*date) : std::string("malformed");
}

VerifiedRow RowOf(const verifier::VerifyRequest& request, int index) {
  constexpr size_t kMostNames = 20;
  const int presented = static_cast<int>(request.chain.size());
  VerifiedRow row{.index = index, .anchor = index >= presented};
  const certs::ByteView der =
      row.anchor ? request.anchors[static_cast<size_t>(index - presented)] : request.chain[static_cast<size_t>(index)];
  const certs::Result<Certificate> parsed = verifier::ParseCertificate(der);
  if (!parsed) {
    row.subject = parsed.error().detail;
    return row;
  }
  row.subject = verifier::NameText(parsed->subject);
  row.issuer = verifier::NameText(parsed->issuer);
  row.not_before = DateText(parsed->not_before);
  row.not_after = DateText(parsed->not_after);
  row.key = parsed->key_detail;
  row.algorithm = verifier::ReadSignatureAlgorithm(parsed->outer_algorithm).name;
  for (const verifier::GeneralNameView& name : parsed->san.value_or(std::vector<verifier::GeneralNameView>{})) {
    if (row.names.size() == kMostNames) {
      ++row.more_names;
      continue;
    }
    row.names.push_back(verifier::GeneralNameText(name));
  }
  return row;
}

std::vector<VerifiedRow> RowsOf(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  std::vector<VerifiedRow> rows;
  for (const int index : result.path) {
    rows.push_back(RowOf(request, index));
  }
  return rows;
}

std::string RowText(const VerifiedRow& row, size_t depth) {
  std::string names;
  for (const std::string& name : row.names) {
    names += names.empty() ? name : ", " + name;
  }
  if (row.more_names > 0) {
    names += fmt::format(" and {} more", row.more_names);
  }
  std::string text = fmt::format("  {} {}{}\n", depth, row.subject, row.anchor ? "  [trust anchor]" : "");
  text += fmt::format("      issuer  {}\n", row.issuer);
  if (!names.empty()) {
    text += fmt::format("      names   {}\n", names);
  }
  text += fmt::format("      valid   {} to {}\n", row.not_before, row.not_after);
  text += fmt::format("      key     {}, signed with {}\n", row.key, row.algorithm);
  return text;
}

}  // namespace

std::string VerifyReportText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  const std::string host = certs::Escaped(request.reference, 300);
  const bool ok = result.verdict.ok();
  std::string text = fmt::format("{} \"{}\" at {}: {}\n", ok ? "VERIFIED" : "REFUSED", host,
                                 verifier::FormatTime(request.now), certs::ToString(result.verdict));
  text += "path\n";
  const std::vector<VerifiedRow> rows = RowsOf(request, result);
  for (size_t depth = 0; depth < rows.size(); ++depth) {
    text += RowText(rows[depth], depth);
  }
  if (rows.empty()) {
    text += "  none\n";
  }
  if (!result.matched_name.empty()) {
    text += fmt::format("matched name\n  {}\n", result.matched_name);
  }
  if (!result.defects.empty()) {
    text += "defects\n";
  }
  for (const verifier::Defect& defect : result.defects) {
    text += fmt::format("  {}: {} ({})\n      {}\n", certs::ToString(defect.verdict),
                        certs::Sentence(defect.verdict.reason), certs::Clause(defect.verdict.reason), defect.detail);
  }
  return text;
}

std::string VerifyReportJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result) {
  using nlohmann::ordered_json;
  ordered_json path = ordered_json::array();
  for (const VerifiedRow& row : RowsOf(request, result)) {
    path.push_back(ordered_json{{"index", row.index},
                                {"anchor", row.anchor},
                                {"subject", row.subject},
                                {"issuer", row.issuer},
                                {"names", row.names},
                                {"more_names", row.more_names},
                                {"not_before", row.not_before},
                                {"not_after", row.not_after},
                                {"key", row.key},
                                {"signature_algorithm", row.algorithm}});
  }
  ordered_json defects = ordered_json::array();
  for (const verifier::Defect& defect : result.defects) {
    defects.push_back(ordered_json{{"reason", certs::Name(defect.verdict.reason)},
                                   {"depth", defect.verdict.depth},
                                   {"clause", certs::Clause(defect.verdict.reason)},
                                   {"sentence", certs::Sentence(defect.verdict.reason)},
                                   {"detail", defect.detail}});
  }
  const ordered_json report{{"host", certs::Escaped(request.reference, 300)},
                            {"time", verifier::FormatTime(request.now)},
                            {"ok", result.verdict.ok()},
                            {"verdict", certs::ToString(result.verdict)},
                            {"reason", certs::Name(result.verdict.reason)},
                            {"depth", result.verdict.depth},
                            {"matched_name", result.matched_name},
                            {"signature_checks", result.signature_checks},
                            {"path", path},
                            {"defects", defects}};
  return report.dump(2) + "\n";
}

}  // namespace lab

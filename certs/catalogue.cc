#include "certs/catalogue.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs {
namespace catalogue {

CertCase& CaseList::Start(CertCase row) {
  if (row.twin.empty()) {
    row.chain = GoodChain();
  } else {
    const auto twin = std::ranges::find(cases_, row.twin, &CertCase::id);
    assert(twin != cases_.end());
    row.chain = twin->chain;
    row.reference = twin->reference;
  }
  return cases_.emplace_back(std::move(row));
}

void CaseList::Add(CertCase row, const Edit& edit) { edit(Start(std::move(row)).chain); }

void CaseList::AddFor(CertCase row, std::string_view reference, const Edit& edit) {
  CertCase& added = Start(std::move(row));
  added.reference = reference;
  if (edit) {
    edit(added.chain);
  }
}

RawExtension UnknownExtension(bool critical) {
  return {.oid = "1.3.6.1.4.1.55738.3.1", .critical = critical, .value = der::Utf8String("nobody reads this")};
}

// Versions 1 and 2 have no extensions.
void ToOldVersion(CertSpec& cert, int version) {
  cert.version = version;
  cert.basic_constraints.reset();
  cert.key_usage.reset();
  cert.extended_key_usage.reset();
  cert.san.reset();
  cert.name_constraints.reset();
  cert.subject_key_id = false;
  cert.authority_key_id = false;
}

CertSpec AnotherCa(const ChainSpec& chain, std::string_view name, std::string_view issuer,
                   std::string_view common_name) {
  CertSpec ca = chain.At("intermediate");
  ca.name = name;
  ca.issuer = issuer;
  ca.subject = CommonName(common_name);
  ca.key.label = name;
  ca.basic_constraints->path_len.reset();
  return ca;
}

}  // namespace catalogue

std::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
    case Severity::kCritical:
      return "critical";
  }
  return "unknown";
}

const std::vector<CertCase>& Catalogue() {
  // Never destroyed: taking that many values apart at the end of a program is a part of its time that nobody needs.
  static const std::vector<CertCase>& cases = *new std::vector<CertCase>([] {
    catalogue::CaseList list;
    catalogue::AddControls(list);
    catalogue::AddTimeCases(list);
    catalogue::AddChainCases(list);
    catalogue::AddStrengthCases(list);
    catalogue::AddUsageCases(list);
    catalogue::AddNameCases(list);
    catalogue::AddPathCases(list);
    catalogue::AddTrustCases(list);
    catalogue::AddConstraintCases(list);
    catalogue::AddPolicyCases(list);
    catalogue::AddEncodingCases(list);
    catalogue::AddLimitCases(list);
    catalogue::AddRevocationCases(list);
    return std::move(list).Take();
  }());
  return cases;
}

const CertCase* FindCase(std::string_view id) {
  const auto found = std::ranges::find(Catalogue(), id, &CertCase::id);
  return found == Catalogue().end() ? nullptr : &*found;
}

bool IsControl(const CertCase& cert_case) { return cert_case.id.starts_with("control."); }

}  // namespace certs

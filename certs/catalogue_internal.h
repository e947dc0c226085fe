// What the files of the catalogue share: a list that turns a row and an edit into a case. For catalogue*.cc only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/catalogue.h"
#include "certs/revocation.h"

namespace certs::catalogue {

using Edit = std::function<void(ChainSpec&)>;

// Cases in the making. Twins must be added before their edits.
class CaseList {
 public:
  // Adds `row` with the chain and reference of its twin (of GoodChain() if it names none), the chain edited by `edit`.
  void Add(CertCase row, const Edit& edit);
  // The same for another reference, with or without an edit of the chain.
  void AddFor(CertCase row, std::string_view reference, const Edit& edit = nullptr);

  std::vector<CertCase> Take() && { return std::move(cases_); }

 private:
  CertCase& Start(CertCase row);

  std::vector<CertCase> cases_;
};

// A certificate of the chain, and the depth at which a verifier sees it.
struct Place {
  const char* node;
  int depth;
  bool anchor;  // what is demanded of an anchor beyond its name and key is policy (RFC 5280 6.1.1 d)
};
inline constexpr Place kLeafPlace{"leaf", 0, false};
inline constexpr Place kIntermediatePlace{"intermediate", 1, false};
inline constexpr Place kRootPlace{"root", 2, true};
inline constexpr Place kEveryPlace[] = {kLeafPlace, kIntermediatePlace, kRootPlace};

// One certificate whose subjectAltName does not name the host.
struct Mismatch {
  const char* id;
  const char* summary;
  std::vector<GeneralName> names;
  std::vector<std::string> rows;
  const char* source = "RFC 9525 6.6";
  Severity severity = Severity::kCritical;
  bool policy_dependent = false;
};
// Adds name-mismatch cases, "name." before each id, as edits of one twin's subjectAltName.
void AddMismatches(CaseList& list, const char* twin, const std::vector<Mismatch>& mismatches);

// An extension of the lab's own that nobody understands, and must not need to.
RawExtension UnknownExtension(bool critical);

// The A-label form of a host with an umlaut, and its two spellings.
inline constexpr std::string_view kALabelHost = "xn--bcher-kva.bob.test";
inline constexpr std::string_view kULabelHost =
    "b\xc3\xbc"
    "cher.bob.test";

// What name constraints can mean for a leaf, and the clause that says so.
// Clauses that several families cite.
inline constexpr const char* kIdentity = "RFC 9525 6.6";
inline constexpr const char* kNoCommonName = "RFC 9525 2";
inline constexpr const char* kAnchors = "RFC 5280 6.1.1 d";
inline constexpr const char* kConstraintClause = "RFC 5280 4.2.1.10";
inline constexpr const char* kCrlProcessing = "RFC 5280 6.3.3";
inline constexpr Verdict kInside = {};
inline constexpr Verdict kOutside = {Reason::kNameConstraintViolation, 0};
inline constexpr Verdict kUnreadable = {Reason::kNameConstraintUnsupported, 0};

// What some CA's name constraints permit and exclude, and what that means for a leaf.
struct Limits {
  const char* id;
  const char* summary;  // behind the CA's name
  std::vector<GeneralName> permitted, excluded;
  Verdict expected;
  const char* source = kConstraintClause;
  bool policy_dependent = false;
};
// One good leaf, and which CA above it is to be limited.
struct LimitedFamily {
  const char* prefix;  // of the ids, behind "constraint."
  const char* row;     // of the intermediate; the anchor's is G8
  const char* twin;
  Place place;
};
// Adds one case a row of `all`, as edits of the CA's name_constraints.
void AddLimits(CaseList& list, const LimitedFamily& family, const std::vector<Limits>& all);

// Makes it a certificate of version 1 or 2, which has no extensions.
void ToOldVersion(CertSpec& cert, int version);

// A CA as the chain's intermediate is one, but without a path length, of its own name and key.
CertSpec AnotherCa(const ChainSpec& chain, std::string_view name, std::string_view issuer,
                   std::string_view common_name);

// The node that answers about status for the leaf's issuer; not in every chain.
inline constexpr const char* kResponder = "responder";

// One function a family, in the order of the catalogue. The first adds the twins of all others.
void AddControls(CaseList& list);
void AddTimeCases(CaseList& list);
void AddChainCases(CaseList& list);
void AddStrengthCases(CaseList& list);
void AddUsageCases(CaseList& list);
void AddNameCases(CaseList& list);
void AddConstraintCases(CaseList& list);
void AddPathCases(CaseList& list);
void AddTrustCases(CaseList& list);
void AddPolicyCases(CaseList& list);
void AddEncodingCases(CaseList& list);
void AddLimitCases(CaseList& list);
void AddRevocationCases(CaseList& list);
// Parts of the above, in files of their own.
void AddNameControls(CaseList& list);
void AddNameFormCases(CaseList& list);
void AddNamePlaceCases(CaseList& list);
void AddConstraintFormCases(CaseList& list);
void AddOddConstraintCases(CaseList& list);
void AddKeyCases(CaseList& list);
void AddOcspCases(CaseList& list);
void AddCrlCases(CaseList& list);
// The twins of the above.
void AddPathControls(CaseList& list);
void AddTrustControls(CaseList& list);
void AddConstraintControls(CaseList& list);
void AddConstraintFormControls(CaseList& list);
void AddPolicyControls(CaseList& list);
void AddNamePlaceControls(CaseList& list);
void AddRevocationControls(CaseList& list);

}  // namespace certs::catalogue

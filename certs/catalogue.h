// Every bad (and every control) certificate the lab knows: the one place to add one. A row is an edit of a good twin and
// what a right verifier must answer; tests, served scenarios, documentation and fuzz seeds derive from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "certs/spec.h"
#include "certs/verdict.h"

namespace certs {

// How bad it is to get the case wrong, for sorting reports.
enum class Severity : uint8_t { kLow, kMedium, kHigh, kCritical };
std::string_view Name(Severity severity);

// One certificate case.
struct CertCase {
  std::string id;       // stable, lowercase: "time.leaf-expired"
  std::string summary;  // what is wrong (or right), one line
  std::vector<std::string> rows;  // the rows of the coverage table it serves: "B1"
  std::string source;   // the clause or CVE that decides it: "RFC 5280 4.1.2.5"
  std::string twin;     // id of the control it is one edit of; empty only for "control.good" itself
  ChainSpec chain;      // the edited chain
  std::string reference = std::string(kBobHost);  // what the client is told to connect to: host name or IP literal
  Verdict expected;     // of a client that must authenticate its server, first defect
  std::vector<Reason> also;  // further defects that cannot be kept apart from the intended one (compound cases only)
  bool compound = false;     // differs from its twin in more than one member, and `summary` says why it must
  bool policy_dependent = false;  // standards leave it to policy; `expected` is what the strict verifier must do
  Severity severity = Severity::kHigh;
};

// All cases, controls first, in the order of the coverage table. Built once, on first use; thread-safe.
const std::vector<CertCase>& Catalogue();

// The case of that id, or nullptr.
const CertCase* FindCase(std::string_view id);

}  // namespace certs

// Every bad (and every control) certificate the lab knows: the one place to add one. A row is an edit of a good twin
// and what a right verifier must answer; tests, served scenarios, documentation and fuzz seeds derive from it.
//
// To add a case, add a row to the file of its family (catalogue_time.cc, catalogue_chain.cc, ...): id, summary, rows,
// source, twin and expectation, and the edit. If no control differs from it in one member only, add that control first.
//
// What is expected is what the standards demand of a strict client, and never what some program was seen to do. The
// depth of a verdict, and what counts as one defect, follow lab/verifier/README.md; for kUnknownIssuer it is the depth
// of the last certificate that could be reached: leaf only 0, leaf and intermediate without their root 1, and 2 if the
// (untrusted) root is sent as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/spec.h"
#include "certs/verdict.h"

namespace certs {

// How bad it is to get the case wrong, for sorting reports. kCritical: anyone on the path can impersonate the server.
enum class Severity : uint8_t { kLow, kMedium, kHigh, kCritical };
std::string_view Name(Severity severity);  // "low" ...

// One certificate case.
struct CertCase {
  std::string id;                 // stable for ever: family, dot, kebab-case: "time.leaf-expired"
  std::string summary;            // what is wrong (or right), one line
  std::vector<std::string> rows;  // the rows of the coverage table it serves: "B1"
  std::string source;             // the clause or CVE that decides it: "RFC 5280 4.1.2.5"
  std::string twin;               // id of the control it is one edit of; empty only for "control.good" itself
  ChainSpec chain;                // the edited chain
  std::string reference = std::string(kBobHost);  // what the client is told to connect to: host name or IP literal
  Verdict expected;                               // of a client that must authenticate its server, first defect
  std::vector<Reason> also;                       // further defects that cannot be kept apart from the intended one
  // True if it differs from its twin (chain and reference) in more than one member, or if `also` holds anything;
  // `summary` says why.
  bool compound = false;
  bool policy_dependent = false;  // standards leave it to policy; `expected` is what the strict verifier must do
  // The verdict holds only while the verifier's clock stands at the issuer's `now`: frozen clocks only, never a real
  // client on a real clock.
  bool exact_clock = false;
  Severity severity = Severity::kHigh;
  // The TLS library will not load the leaf, or no leaf is to be sent: the fake server writes the handshake by hand. A
  // test holds this against the library.
  bool needs_forger = false;
};

// All cases, controls first, then family by family. Built once, on first use; thread-safe.
const std::vector<CertCase>& Catalogue();

// The case of that id, or nullptr.
const CertCase* FindCase(std::string_view id);

// Whether the case is one of the good twins, "control.*": a client that refuses it refuses good mail servers.
bool IsControl(const CertCase& cert_case);

}  // namespace certs

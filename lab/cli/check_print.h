// The answer of the verb `check`, for people and for machines. Everything from the server is escaped.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lab/cli/live.h"
#include "lab/cli/signals.h"

namespace lab {

struct CheckReport {
  const Live& live;
  verifier::VerifyRequest request;         // borrows from `live`; an empty chain: no certificate was seen
  verifier::VerifyResult all;              // every defect of the certificate
  std::vector<verifier::Defect> refusals;  // those, and what else the client refused for; empty: verified
  std::vector<Signal> signals;
};
CheckReport ReportOf(const Live& live);

std::string CheckText(const CheckReport& report);
// One JSON object: host, port, mode, address, time, judged_by (anchors, dane, nothing), ok, verdict, reason, depth,
// tlsrpt, refusals[], stage, tls, names, presented[], path[], signals[], dialogue[].
std::string CheckJson(const CheckReport& report);

// A TLS report (RFC 8460 4.4) on this one session, as a sender's of that day might be.
std::string TlsReportOf(const CheckReport& report);

// The dialogue, a line each: who spoke, and whether inside TLS.
std::string DialogueText(const Live& live);
nlohmann::ordered_json TlsJson(const verifier::TlsFacts& tls);

}  // namespace lab

// The answer of the verb `verify`, for people and for machines.
#pragma once

#include <string>

#include "lab/verifier/verify.h"

namespace lab {

// Each certificate of the path with its names and dates, every defect with its clause, the name that matched.
// Everything from the certificates is escaped.
std::string VerifyReportText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);

// One JSON object: host, time, ok, verdict, reason, depth, matched_name, signature_checks, path[], defects[].
std::string VerifyReportJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);

}  // namespace lab

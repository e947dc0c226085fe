// The answer of the verb `verify`, for people and for machines. Everything from the certificates is escaped.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lab/verifier/verify.h"

namespace lab {

// Every fact of each certificate of the path, the names, every defect with its clause.
std::string VerifyReportText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);

// One JSON object: host, time, ok, verdict, reason, depth, matched_name, names, signature_checks, path[], defects[].
std::string VerifyReportJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);

// The path alone.
std::string PathText(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);
nlohmann::ordered_json PathJson(const verifier::VerifyRequest& request, const verifier::VerifyResult& result);

}  // namespace lab

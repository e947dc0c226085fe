// The verb `verify`: any chain, offline, all defects listed; and the x509-limbo harness contract.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "lab/cli/statements.h"

namespace lab {

struct VerifyOptions {
  bool limbo = false;             // one x509-limbo document on standard input, results on standard output
  std::string chain_file;         // PEM, the server's certificate first
  std::string ca_file;            // PEM, the trust anchors
  std::string host;               // reference identifier
  std::optional<int64_t> now;     // seconds since the epoch; default: the current time
  StatementOptions status;        // default: soft if there is a file of either kind, else off
  std::string profile;            // of name matching; empty: the default
  std::vector<std::string> tlsa;  // "3 1 1 <hex>": these decide (RFC 7672), and not the anchors; then there may be none
  bool json = false;
};

// Runs the verb; returns kExitOk (verified), kExitUnexpected (refused), kExitUsage (unreadable or malformed file, with
// a sentence on `err`). With `limbo`: kExitOk whenever every case got an answer.
int RunVerify(const VerifyOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace lab

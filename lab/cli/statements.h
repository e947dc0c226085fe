// What a verb is told about the status of certificates: revocation lists, an OCSP response, and how much they matter.
#pragma once

#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/verifier/revocation.h"

namespace lab {

struct StatementOptions {
  std::vector<std::string> crl_files;  // PEM or DER
  std::string ocsp_file;               // of the response stapled to the server's certificate, PEM or DER; empty: none
  std::string revocation;              // "off", "soft", "hard"; empty: the verb's default
};

struct Statements {
  verifier::RevocationMode mode = verifier::RevocationMode::kOff;
  std::vector<certs::Bytes> crls, staples;  // DER
};

// Reads the files. kBadInput: one that cannot be read or has nothing of its kind in it, a mode that nobody knows.
certs::Result<Statements> ReadStatements(const StatementOptions& options, verifier::RevocationMode usual);

}  // namespace lab

// What a verb is told beside the chain: what is said of certificates' status and how much it matters, whose rules of
// names hold, TLSA records.
#pragma once

#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/verifier/name_policy.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/trust.h"

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

// The rules of that name; empty: the default. kBadInput names those that there are.
certs::Result<verifier::NamePolicy> ReadProfile(const std::string& name);

// A TLSA record as a zone file has it: "3 1 1 d2ab...", the data in hexadecimal. kBadInput.
certs::Result<verifier::TlsaRecord> ReadTlsa(const std::string& text);

}  // namespace lab

// tests/witness/disagreements.toml: every case of the catalogue on which another verifier and the lab differ, and why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace witness {

struct Disagreement {
  std::string witness;             // "openssl", "gnutls", "openssl-crl", ...
  std::vector<std::string> cases;  // globs on ids
  bool of_some_releases = false;   // patch releases of the listed version differ; either answer is right
  bool accepts = false;            // what the witness says; only cases whose expectation is the opposite are meant
  std::string right;   // "lab", "witness", "policy": standards leave it open; "question": it was not asked the same
  std::string clause;  // the RFC clause that decides, or why none does
  std::string why;     // one sentence

  // Whether the entry is about this case, for the witness's answer `accepted`.
  bool Covers(std::string_view id, bool accepted) const;
};

struct Disagreements {
  std::string openssl_version, gnutls_version;  // what the list is for: "3.0"
  std::vector<Disagreement> all;
};

bool GlobMatches(const std::string& glob, std::string_view id);

// Reads the file; a mistake in it fails the running test.
Disagreements ReadDisagreements();

}  // namespace witness

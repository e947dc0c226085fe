// Everything a certificate says of itself, for the verbs that print certificates of servers. From the verifier's own
// parser; escaped and bounded, whatever the bytes are.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/verifier/verify.h"

namespace lab {

struct ExtensionFacts {
  std::string name;  // "key usage"; "extension" if the lab has no word for it
  std::string oid;   // "2.5.29.15"
  bool critical = false;
  std::string text;  // what it says, in words; cut short
};

struct CertificateFacts {
  bool parsed = false;  // false: `subject` says why not, and only the fingerprint is known beside it
  std::string subject, issuer;
  std::string subject_hash;  // of the subject as OpenSSL has it, eight hexadecimal digits: the name of a file in a
                             // folder of trusted certificates; empty if the library cannot read the certificate
  int version = 0;
  std::string serial;  // hexadecimal
  std::string not_before, not_after;
  std::optional<int64_t> seconds_left;  // of the validity at the time asked about; negative: over
  std::vector<std::string> names;       // of the subjectAltName: "DNS:mail.bob.test"
  size_t more_names = 0;                // beyond those shown
  std::string key, algorithm;           // "RSA 2048 bits", "sha256WithRSAEncryption"
  std::vector<ExtensionFacts> extensions;
  size_t more_extensions = 0;
  std::string sha256;       // of the certificate, hexadecimal
  std::string spki_sha256;  // of its SubjectPublicKeyInfo: what a TLSA record "3 1 1" holds (RFC 7671 5.1)
};

CertificateFacts FactsOf(certs::ByteView der, int64_t now);

// Indented lines, each ending in a newline. `heading` stands before the subject, `remark` behind it.
std::string FactsText(const CertificateFacts& facts, const std::string& heading, const std::string& remark);
nlohmann::ordered_json FactsJson(const CertificateFacts& facts);

// The reference identifier, and every presented identifier of the leaf with what the matcher makes of it.
struct NameFacts {
  std::string reference;  // "DNS-ID mail.bob.test"; empty: it is none
  struct Presented {
    std::string text;    // "DNS:*.bob.test"
    bool counts = true;  // false: of a form that identifies no server
    bool match = false;
    std::string reason, sentence;  // "match-wildcard"
  };
  std::vector<Presented> presented;
  size_t more = 0;
};
NameFacts NamesOf(const verifier::VerifyRequest& request);
std::string NamesText(const NameFacts& names);
nlohmann::ordered_json NamesJson(const NameFacts& names);

// Every defect with its clause, and the facts behind it.
std::string DefectsText(const std::vector<verifier::Defect>& defects);
nlohmann::ordered_json DefectsJson(const std::vector<verifier::Defect>& defects);

}  // namespace lab

// Is any certificate of a path revoked? What was stapled, what lists are at hand, and how sure the caller wants to be.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/crl.h"
#include "lab/verifier/status.h"

namespace verifier {

struct Path;
struct Defect;

enum class RevocationMode : uint8_t {
  kOff,   // nothing is asked
  kSoft,  // what is said counts; a certificate nobody says anything about passes
  kHard,  // every certificate below the anchor must be known to be good
};
std::string_view Name(RevocationMode mode);  // "off", "soft", "hard"
std::optional<RevocationMode> RevocationModeByName(std::string_view name);

// Borrowed.
struct RevocationInput {
  RevocationMode mode = RevocationMode::kOff;
  std::vector<ByteView> staples;    // OCSPResponse stapled to the chain's certificate of that index; empty: none
  std::vector<ByteView> crls;       // DER, of any issuers, in any order
  std::vector<ByteView> responses;  // OCSPResponse from elsewhere, about any certificate
  // Path validation beyond what a mail client asks: nor is a list relied upon that RFC 5280 forbids a CA to issue
  // (5.2.3: without a CRL number, or with a critical one). VerifyRequest::ca_profile does the same for certificates.
  bool list_profile = false;
};

// Judges paths of one request: RFC 5280 6.1.3 a 3, RFC 6960 3.2, RFC 6066 8, RFC 7633. Of every certificate below the
// anchor, from the top:
//   it has every TLS feature that its issuer has                       kTlsFeatureMissing, in any mode (RFC 7633 4.2.2)
//   somebody says that it is revoked                                   kRevoked
//   what is stapled to it is not satisfactory                          as the staple's fault says, in soft mode too:
//   who
//     asked "MUST check the OCSP response" (RFC 6066 8); an error of the responder says nothing, so soft passes it
//   the leaf must be stapled to, and is not                            kMustStaple
//   hard, and nobody says that it is good                              the first fault met, or kRevocationUnknown
// A list that cannot be relied upon is no answer: hard refuses, soft passes.
class RevocationChecker {
 public:
  // `chain` and `input` must outlive the checker.
  RevocationChecker(const RevocationInput& input, const std::vector<ByteView>& chain, int64_t now);

  // Appends the defects of the path; does nothing unless it reaches an anchor.
  void Judge(const Path& path, std::vector<Defect>* defects);

  int signature_checks() const { return signature_checks_; }

 private:
  std::optional<StatusAnswer> Refusal(const Certificate& certificate, const Certificate& issuer, bool is_leaf);
  ByteView StapledTo(const Certificate& certificate) const;
  StatusAnswer AskStaple(const StatusQuestion& question) const;

  const RevocationInput& input_;
  const std::vector<ByteView>& chain_;
  const int64_t now_;
  int signature_checks_ = 0;
  std::vector<Crl> crls_;                  // those that parse
  std::optional<StatusAnswer> malformed_;  // the first that does not
  std::map<std::pair<const Certificate*, const Certificate*>, std::optional<StatusAnswer>> known_;
};

}  // namespace verifier

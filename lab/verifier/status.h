// What one statement about revocation says of one certificate: the common answer of OCSP responses and CRLs.
#pragma once

#include <cstdint>
#include <string>

#include "lab/verifier/certificate.h"

namespace verifier {

// Of which certificate, by whom issued, and when. The issuer's key has made the certificate's signature.
struct StatusQuestion {
  const Certificate& certificate;
  const Certificate& issuer;
  int64_t now = 0;                  // seconds since the epoch
  int* signature_checks = nullptr;  // counted up
  bool list_profile = false;        // RevocationInput::list_profile
};

struct StatusAnswer {
  enum class Kind : uint8_t {
    kSilent,   // says nothing of this certificate
    kGood,     // authentic, current, and not revoked
    kRevoked,  // authentic, and revoked; however old it is
    kFault,    // cannot be relied upon, for `reason`
  };
  Kind kind = Kind::kSilent;
  Reason reason = Reason::kOk;
  std::string detail;  // the facts, escaped and bounded
};

inline StatusAnswer StatusFault(Reason reason, std::string detail) {
  return {StatusAnswer::Kind::kFault, reason, std::move(detail)};
}

// A statement that does not say when it will be replaced is believed for this long: no longer than public CAs may let
// one live (CA/Browser Forum Baseline Requirements 4.9.10).
inline constexpr int64_t kLongestStatusAge = 10 * 86400;

}  // namespace verifier

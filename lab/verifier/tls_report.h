// SMTP TLS Reporting (RFC 8460): what a sending system tells a domain about the TLS of its servers. Which result type
// every refusal of this verifier is reported as, and the report itself. No clock, no transport: signing it by DKIM and
// sending it is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/verdict.h"
#include "lab/verifier/mta_sts.h"
#include "lab/verifier/smtp_client.h"

namespace verifier {

// RFC 8460 4.3, with the names that stand in reports. kNone: the refusal is not about TLS and is not reported.
enum class TlsResultType : uint8_t {
  kNone,
  // 4.3.1 negotiation
  kStartTlsNotSupported,
  kCertificateHostMismatch,
  kCertificateExpired,
  kCertificateNotTrusted,
  kValidationFailure,
  // 4.3.2 policy: DANE, then MTA-STS
  kTlsaInvalid,
  kDnssecInvalid,
  kDaneRequired,
  kStsPolicyFetchError,
  kStsPolicyInvalid,
  kStsWebpkiInvalid,
};
// "certificate-host-mismatch"; empty for kNone.
std::string_view Name(TlsResultType type);

// What a refusal is reported as, by its verdict and how far the client had come. The reason's own name then goes into
// failure-reason-code (4.4), which tells apart what one type lumps together. Total: what Verify() says of a
// certificate, and has no type of its own, is "certificate-not-trusted" (4.3.1).
TlsResultType TlsResultTypeOf(const certs::Verdict& verdict, Stage stage);
// Likewise, of the fetching of an MTA-STS policy (4.3.2.2); kNone where one came of it.
TlsResultType TlsResultTypeOf(const StsFetch& fetch);

// 4.2: under which policy the sessions were held.
enum class TlsReportPolicy : uint8_t { kNoPolicyFound, kTlsa, kSts };

// One row of failure-details: sessions that failed alike. Empty members are left out.
struct TlsFailureDetail {
  TlsResultType type = TlsResultType::kValidationFailure;
  std::string sending_mta_ip, receiving_mx_hostname, receiving_mx_helo, receiving_ip;
  uint64_t failed_sessions = 1;
  std::string additional_information;  // a URI
  std::string failure_reason_code;

  bool operator==(const TlsFailureDetail&) const = default;
};

struct TlsPolicyReport {
  TlsReportPolicy policy = TlsReportPolicy::kNoPolicyFound;
  std::vector<std::string> policy_strings;  // the policy as found: lines of the STS policy, or TLSA records
  std::string policy_domain;
  std::vector<std::string> mx_hosts;  // the patterns of an STS policy
  uint64_t successful_sessions = 0, failed_sessions = 0;
  std::vector<TlsFailureDetail> failures;
};

struct TlsReport {
  std::string organization, contact, id;
  int64_t begin = 0, end = 0;  // seconds since the epoch; 4.4: a day, by UTC
  std::vector<TlsPolicyReport> policies;
};

// Counts sessions into a policy's row: a success, or failures, which join the detail that they equal in everything but
// their number. A failure of kNone is none of TLS, and a success here.
void CountSuccess(TlsPolicyReport* policy);
void CountFailure(TlsPolicyReport* policy, const TlsFailureDetail& failure);

// The JSON of 4.4 (I-JSON, RFC 7493: octets that are no UTF-8 become U+FFFD). Ends in a newline.
std::string ToJson(const TlsReport& report);
// The file name of 5.1, without ".gz": "sender!policy-domain!begin!end!unique-id.json"; characters that may not be in
// it become "_".
std::string FileName(const TlsReport& report, std::string_view sender, std::string_view policy_domain);

}  // namespace verifier

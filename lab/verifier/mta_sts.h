// MTA-STS (RFC 8461): what a domain says of its mail hosts by HTTPS, announced in the DNS. Pure: records, policy text
// and a cache go in, a decision comes out; who fetches is mta_sts_fetch.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/result.h"
#include "certs/verdict.h"
#include "lab/verifier/dns_message.h"

namespace verifier {

// The id of the domain's STS record, from the answer to TXT _mta-sts.<domain> (3.1). Nothing if there is none, more
// than one, or one that is malformed: then the domain has no policy that is new.
std::optional<std::string> StsIdOf(const DnsAnswer& txt);

enum class StsMode : uint8_t { kNone, kTesting, kEnforce };
std::string_view Name(StsMode mode);

struct StsPolicy {
  StsMode mode = StsMode::kNone;
  std::vector<std::string> mx;  // patterns, lower case
  uint32_t max_age = 0;         // seconds

  bool operator==(const StsPolicy&) const = default;
};

inline constexpr size_t kMaxStsPolicy = 64 * 1024;  // octets; 3.3 lets a client limit them
inline constexpr uint32_t kMaxStsAge = 31'557'600;  // seconds, 3.2

// Reads a policy (3.2). Lines of CRLF or LF; unknown fields are ignored, of repeated ones the first counts, mx
// excepted. kBadInput: no version STSv1, no or an unknown mode, no max_age or one beyond a year, an mx that is no
// pattern, none where the mode needs one, a line without a colon, more than kMaxStsPolicy octets.
certs::Result<StsPolicy> ParseStsPolicy(std::string_view text);

// Whether the host is one of the policy's (4.1): exactly, or with "*." for exactly one label. Case does not matter.
bool MatchesPolicy(std::string_view mx_host, const StsPolicy& policy);

// Policies by domain, for as long as they may be kept (3.3, 5.1).
class StsCache {
 public:
  struct Entry {
    StsPolicy policy;
    std::string id;
    int64_t fetched = 0;  // seconds since the epoch
  };
  static constexpr size_t kMaxEntries = 100'000;

  // The entry, unless its max_age is over at `now`.
  const Entry* Find(const std::string& domain, int64_t now) const;
  // Whether the domain's policy must be fetched: there is none that is fresh, or its id is another one (5.1).
  bool NeedsFetch(const std::string& domain, const std::string& id, int64_t now) const;
  // Keeps a policy. One with max_age 0 is not kept. Beyond kMaxEntries the oldest goes.
  void Put(const std::string& domain, Entry entry);

 private:
  std::map<std::string, Entry> entries_;
};

// What came of fetching a policy. Only `policy` distinguishes success.
struct StsFetch {
  std::optional<StsPolicy> policy;
  bool malformed = false;  // it was fetched, and is no policy: sts-policy-invalid rather than sts-policy-fetch-error
  certs::Verdict verdict;  // of the policy host's certificate, where that was the reason: sts-webpki-invalid
  std::string detail;      // why there is none, escaped
};

// What applies to mail for a domain now.
struct StsDecision {
  std::optional<StsPolicy> policy;  // none, or of mode none: MTA-STS demands nothing
  bool from_cache = false;
  std::optional<StsFetch> failure;  // of a fetch that was tried: to be reported (RFC 8460 4.3.2.2)

  bool demands() const { return policy && policy->mode != StsMode::kNone; }
  bool enforced() const { return policy && policy->mode == StsMode::kEnforce; }
};

// Puts together what the DNS says, what a fetch brought (null: none was needed) and what is cached; and keeps what is
// new (5.1: a cached policy applies when DNS or HTTPS fail, until it is over).
StsDecision DecideSts(const std::string& domain, const DnsAnswer& txt, const StsFetch* fetch, int64_t now,
                      StsCache& cache);

}  // namespace verifier

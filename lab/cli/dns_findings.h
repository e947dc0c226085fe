// What the DNS says about a server before anybody connects to it: addresses, advice (S5, S6 of advice.h), TLSA records,
// and whether the domain's MTA-STS policy names it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/verifier/advice.h"
#include "lab/verifier/dane_plan.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/resolver.h"

namespace lab {

struct DnsOptions {
  bool signals = false;                // look everything up that speaks for or against the server
  bool dane = false;                   // have validated TLSA records decide instead of the anchors
  std::vector<std::string> resolvers;  // addresses, with or without a port; none: the system's
  std::string domain;                  // whose mail the server takes; empty: what follows the host's first label
  verifier::ResolverTimes times;
  uint16_t policy_port = 443;  // where hosts of MTA-STS policies listen (RFC 8461 3.3)

  bool wanted() const { return signals || dane || !resolvers.empty(); }
  // With a resolver of the user's choice, or DANE, the host's addresses come from the DNS as well.
  bool decides_addresses() const { return dane || !resolvers.empty(); }
};

struct DnsFindings {
  std::vector<std::string> addresses;      // of the host, as text; from the first resolver that knows any
  std::vector<verifier::Signal> signals;   // in a fixed order
  std::optional<verifier::MailHost> host;  // what DANE demands of it; none: it has no name
  std::string resolver;                    // by whose word
};

struct DnsSubject {
  const verifier::Reference& reference;
  uint16_t port = 0;
  const std::vector<certs::Bytes>& anchors;  // for the policy host's certificate
  int64_t now = 0;                           // seconds since the epoch
};

// Asks. Errors: kBadInput (a resolver that is no address, a domain that is none), kIo: the addresses are needed, and no
// resolver knows one. Whatever else fails is a signal.
certs::Result<DnsFindings> AskTheDns(const DnsSubject& subject, const DnsOptions& options,
                                     const std::atomic<bool>& stop);

}  // namespace lab

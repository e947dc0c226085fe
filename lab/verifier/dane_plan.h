// From a mail domain to the hosts that take its mail, and by what each must be judged: RFC 7672 2.2 and 3.1 as a
// function of what the DNS says. Where DNSSEC says nothing, DANE says nothing either, and the relay falls back to
// opportunistic TLS; where a look-up *fails*, nothing may be sent: an attacker who can drop answers must not win by it
// (2.1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/verdict.h"
#include "lab/verifier/dns_table.h"
#include "lab/verifier/trust.h"

namespace verifier {

// A host that takes mail, in the order in which hosts must be tried (RFC 5321 5.1): by preference, and for no other
// reason: a host is not passed over because another one has TLSA records.
struct MailHost {
  std::string name;       // as the MX record has it; the reference identifier without DANE
  std::string reference;  // the name to verify and to put into SNI: with DANE the TLSA base domain
  uint16_t preference = 0;
  certs::Verdict verdict;               // not kOk: the host cannot be used at all now (kLookupFailed, kConnectFailed)
  std::string why;                      // of the verdict or of the trust, one sentence, escaped
  bool secure_mx = false;               // the way from the domain to this name was validated
  TrustDecision trust;                  // kDane, or kUnauthenticated
  std::vector<certs::Bytes> addresses;  // 4 or 16 octets
};

struct RelayPlan {
  certs::Verdict verdict;  // not kOk: there is no host at all
  std::string why;
  std::vector<MailHost> hosts;
};

// The plan for mail to anyone at `domain`, delivered to `port`; nothing as long as the table lacks answers.
std::optional<RelayPlan> PlanDane(const std::string& domain, uint16_t port, DnsTable& table);

// The same for a host that was configured, and not found by MX records (RFC 7672 2.2.2): a smart host, a submission
// server. Its own name needs nobody's word; its addresses and TLSA records do. `host` is a host name in A-labels.
std::optional<MailHost> PlanDaneHost(const std::string& host, uint16_t port, DnsTable& table);

// PlanDane without DANE: hosts and addresses only, whatever the AD bits say.
std::optional<RelayPlan> PlanMx(const std::string& domain, DnsTable& table);

}  // namespace verifier

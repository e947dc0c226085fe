// Which names to look for, from what the user configured and before any certificate is seen (RFC 7817 3): the host, the
// domain of the mail address, the service if it was found by SRV records (RFC 6186), and names that DNSSEC vouches for.
// Never a name out of insecure DNS: whoever forges the answer would choose the name that is checked.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "lab/verifier/identity.h"
#include "lab/verifier/name_match.h"

namespace verifier {

// What is known before connecting. Empty members are not given.
struct ReferenceSources {
  std::string host;         // the server as the user named it: a host name or an IP literal
  std::string mail_domain;  // what follows the @ of the user's address
  // The service whose SRV records of `mail_domain` led to the server: imap, imaps, pop3, pop3s, submission, submissions
  // or sieve. Their targets are not among the references.
  std::string srv_service;
  // MX or SRV targets, aliases: only if every step to them was validated by DNSSEC (RFC 7672 2.2.1, RFC 7673 3.2).
  std::vector<std::string> dnssec_names;
};

// Which source is at fault, and why.
struct ReferenceFault {
  std::string source;  // as it was given
  NameReason reason = NameReason::kEmpty;
};

// Builds the list: SRV-ID `_service.mail_domain`, then DNS-IDs (or the IP-ID) of host, mail_domain and dnssec_names,
// each once. Fails if there is no source at all, a name is invalid, or the service is unknown or has no domain.
std::expected<std::vector<Reference>, ReferenceFault> BuildReferences(const ReferenceSources& sources,
                                                                      const NamePolicy& policy = {});

// Whether an identifier matches any of the references; the index of the reference that one did, or -1. One presented
// identifier matching one reference suffices (RFC 9525 6.6).
int MatchAnyReference(const PresentedIdentifiers& presented, std::span<const Reference> references,
                      const NamePolicy& policy);

}  // namespace verifier

// What speaks for or against a server beside its certificate: advice, and never a proof. Reverse look-ups, a shared
// mail exchanger, a banner, resolvers that agree: each can be arranged by whoever can forge an answer, and honest
// servers fail each of them. So nothing here changes a verdict. (What DNSSEC vouches for is no advice: dane_plan.h.)
//
// Decisions about the DNS are functions of a table (dns_table.h): nothing as long as it lacks answers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lab/verifier/dns_table.h"

namespace verifier {

enum class Standing : uint8_t { kFor, kAgainst, kUnknown };
std::string_view Name(Standing standing);  // "for", "against", "unknown"

struct Signal {
  std::string name;  // stable: "banner", "reverse", "shared-mx", "dnssec", "resolvers"
  Standing standing = Standing::kUnknown;
  std::string detail;  // one escaped sentence

  bool operator==(const Signal&) const = default;
};

// What follows the first label of a host, if that still has a dot: "bob.test" for "mail.bob.test". Empty otherwise.
std::string_view ParentDomain(std::string_view host);

// Whether the first word behind 220, which should be the server's name (RFC 5321 4.2), is the host or in its domain.
// Nothing if the line is no such greeting.
std::optional<Signal> BannerSignal(std::string_view greeting, std::string_view host);

// Whether one of the host's addresses resolves back to the host: forward-confirmed reverse DNS. Shared hosts
// legitimately fail.
std::optional<Signal> ReverseSignal(std::string_view host, DnsTable& table);

// Whether one of the host's addresses is also one of a mail exchanger of `domain`. Large providers legitimately fail.
std::optional<Signal> SharedMxSignal(std::string_view host, std::string_view domain, DnsTable& table);

// Whether the resolver says that the host's addresses were validated: the AD bit.
std::optional<Signal> DnssecSignal(std::string_view host, DnsTable& table);

// What one resolver said.
struct ResolverWord {
  std::string resolver;  // "127.0.0.1:53"
  const DnsAnswer* answer = nullptr;
};
// Whether several resolvers say the same of one question; the order of records and their TTL are of no account. One may
// be poisoned; but names that are served differently by place or in turn differ honestly. At least one word.
Signal ResolversSignal(const DnsQuestion& question, std::span<const ResolverWord> words);

// "3 1 1 aa00...": as a zone file has it, the data cut short after 64 octets.
std::string InWords(const TlsaRecord& record);

// "mail.bob.test A: 127.0.0.1, 127.0.0.2", "...: no such name": what an answer says, without its TTL. Escaped, cut
// short.
std::string InWords(const DnsQuestion& question, const DnsAnswer& answer);

}  // namespace verifier

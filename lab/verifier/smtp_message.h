// What a message asks of the server that is to take it, and what the client must say with MAIL.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "lab/verifier/smtp_text.h"
#include "lab/verifier/trust.h"

namespace verifier {

struct Message {
  std::string from;             // address without angle brackets; empty: the null reverse-path
  std::vector<std::string> to;  // at least one
  std::string body;             // RFC 5322 text; lines of CRLF, LF or CR, sent dot-stuffed
  // RFC 8689: no relay may pass the message on without verified TLS. Sent only to a server that offers REQUIRETLS
  // inside TLS; otherwise the message is not sent at all.
  bool require_tls = false;
};

// RFC 5321 4.5.3.1.6: a line of text with its CRLF.
inline constexpr size_t kMaxTextLine = 1000;

struct MessageFacts {
  size_t octets = 0;        // as RFC 1870 3 counts: with every CRLF, without the doubled dots
  size_t longest_line = 0;  // with its CRLF
  bool eight_bit = false;   // an octet above 127
  bool nul = false;
  bool utf8_header = false;  // an octet above 127 in the header: RFC 6532
};
MessageFacts FactsOf(std::string_view body);

// Why no server could be given this message; empty if one could.
std::string WhyUnsendable(const Message& message);

// What follows MAIL FROM:<...>, with its leading space; or why this server must not be given the message: it is larger
// than SIZE (RFC 1870 6.1), has 8-bit octets without 8BITMIME (RFC 6152 3), an internationalised address or header
// without SMTPUTF8 (RFC 6531 3.2), or needs REQUIRETLS (RFC 8689 4.2.1).
std::expected<std::string, std::string> MailParameters(const Message& message, const EhloOffers& offers);

// Whether the message's header says "TLS-Required: No" (RFC 8689 3): its sender would rather have it arrive than be
// protected. Not so where REQUIRETLS is asked for, which outweighs it, nor where the field is there twice or says
// anything else.
bool TlsIsOptional(const Message& message);

// What a relay goes by for this message, given what the domain's policies demand: where TLS is optional to the sender,
// neither DANE nor MTA-STS may keep the message from arriving (RFC 8689 4.2.2), and any certificate will do. Nothing is
// ever sent in clear all the same. For relays only: a user's submission server must be verified whatever the message.
TrustDecision TrustFor(const Message& message, TrustDecision demanded);

}  // namespace verifier

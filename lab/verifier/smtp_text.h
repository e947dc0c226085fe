// The texts of an SMTP client: what an EHLO reply offers, what may stand in a command, how a message body is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/sasl.h"
#include "lab/verifier/smtp_reply.h"

namespace verifier {

// What the client needs to know of an EHLO reply (RFC 5321 4.1.1.1). The first line is the server's name and offers
// nothing.
struct EhloOffers {
  bool starttls = false;            // the keyword STARTTLS, any case, without parameters (RFC 3207 2)
  std::vector<SaslMechanism> auth;  // those of RFC 4954 that are known here
  std::optional<uint64_t> size;     // RFC 1870; without a number: 0, as no limit
  bool eight_bit_mime = false;      // RFC 6152
  bool smtp_utf8 = false;           // RFC 6531
  bool require_tls = false;         // RFC 8689; in clear it means nothing (2)

  bool operator==(const EhloOffers&) const = default;
};
EhloOffers ParseEhlo(const Reply& reply);

// True if `text` may be a path in MAIL or RCPT: UTF-8 (RFC 6531 3.3) without spaces, control characters and angle
// brackets, at most 254 octets (RFC 5321 4.5.3.1.3). Empty is the null reverse-path.
bool IsSafePath(std::string_view text);
// True if `text` may follow EHLO: 1 to 255 printable octets without space.
bool IsSafeDomain(std::string_view text);
// True if `text` may be a user name or password: no NUL (RFC 4616 2), at most 1000 octets.
bool IsSafeCredential(std::string_view text);

// Returns the body as it follows 354, end of data included: every line ends in CRLF whatever ended it before (CRLF, LF
// or a lone CR, so that no server reads two messages where there is one), a dot at the start of a line is doubled (RFC
// 5321 4.5.2), and the last line is a single dot.
std::string DataBlock(std::string_view body);

// Base64 as RFC 4648 4 has it, without line breaks.
std::string Base64(std::string_view text);
// The octets behind base64 in that form (the empty text has none); nothing if `text` is not that, as a 334 challenge
// must be (RFC 4954 4).
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace verifier

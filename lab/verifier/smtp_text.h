// The texts of an SMTP client: what an EHLO reply offers, what may stand in a command, how a message body is sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.h"
#include "lab/verifier/smtp_reply.h"

namespace verifier {

// What the client needs to know of an EHLO reply (RFC 5321 4.1.1.1). The first line is the server's name and offers
// nothing.
struct EhloOffers {
  bool starttls = false;  // the keyword STARTTLS, any case, without parameters (RFC 3207 2)
  bool auth_plain = false, auth_login = false;

  bool operator==(const EhloOffers&) const = default;
};
EhloOffers ParseEhlo(const Reply& reply);

// True if `text` may be a path in MAIL or RCPT: printable ASCII without space and angle brackets, at most 254 octets
// (RFC 5321 4.5.3.1.3). Empty is the null reverse-path.
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
// True if `text` is base64 in that form (the empty text is): what a 334 challenge must be (RFC 4954 4).
bool IsBase64(std::string_view text);

}  // namespace verifier

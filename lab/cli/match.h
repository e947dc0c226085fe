// The verb `match`: explains one name decision, or answers a table of them.
#pragma once

#include <iosfwd>
#include <string>

namespace lab {

struct MatchOptions {
  bool batch = false;  // read a table from standard input
  std::string profile = "rfc9525-strict";
  // What the certificate says: a dNSName, or the text of an IP address (then an iPAddress). A prefix chooses: "dns:",
  // "ip:" (an address) or "cn:" (a certificate with this common name and no subjectAltName). \xNN escapes allowed.
  std::string presented;
  std::string reference;  // what a user would configure; \xNN escapes allowed
};

// Runs the verb. Returns kExitOk for a match and for a table that was read to its end; kExitUnexpected for no match;
// kExitUsage for an unknown profile or a malformed line or escape (one sentence on `err`; the answers before that line
// are written).
//
// The table, one question a line: kind TAB presented TAB reference [TAB ignored ...]. Empty lines and lines that begin
// with # are skipped; a carriage return at the end of a line is no part of it.
// - kind: `dns` one dNSName; `ip` the octets of one iPAddress; `cn` a certificate with only that common name;
// - in both fields \xNN is an octet, so a backslash is \x5c; octets outside 0x21..0x7e are written like that;
// - an empty field is the empty string; a lone - is "not given", and a hyphen itself is \x2d. Not both may be missing.
//
// The answer, one line a question: verdict TAB reason. The verdict is `match`, `nomatch`, `invalid-presented` or
// `invalid-reference`; with one side not given `valid-presented` or `valid-reference`, or the invalid one. When both
// are malformed it is `invalid-reference`: a client checks what was configured before it sees any certificate. A common
// name with a valid reference is `nomatch`; asked about alone it is `invalid-presented`: it identifies nothing. The
// reason is verifier::Name(NameReason).
int RunMatch(const MatchOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace lab

// The verb `match`: explains one name decision, or answers a table of them.
#pragma once

#include <iosfwd>
#include <string>

namespace lab {

struct MatchOptions {
  bool batch = false;  // read a table from standard input
  std::string profile = "rfc9525-strict";
  // What the certificate says: a dNSName, or the text of an IP address (then an iPAddress). A prefix chooses: "dns:",
  // "ip:" (an address), "cn:" (a certificate with this common name and no subjectAltName), "srv:" or "uri:". \xNN
  // escapes allowed.
  std::string presented;
  std::string reference;  // what a user would configure; \xNN escapes allowed
};

// Runs the verb. Returns kExitOk for a match and for a table that was read to its end; kExitUnexpected for no match;
// kExitUsage for an unknown profile or a malformed line or escape (one sentence on `err`; the answers before that line
// are written).
//
// The table, one question a line: kind TAB presented TAB reference [TAB ignored ...]. Empty lines and lines that begin
// with # are skipped; a carriage return at the end of a line is no part of it.
// - kind: `dns` one dNSName; `ip` the octets of one iPAddress; `cn` a certificate with only that common name; `srv` one
//   SRVName, the reference `_service.name`; `uri` one URI, the reference a URI; for both a reference that is a host is
//   possible, and never matches; `cert` and `nameconstraint` see below;
// - in both fields \xNN is an octet, so a backslash is \x5c; octets outside 0x21..0x7e are written like that;
// - an empty field is the empty string; a lone - is "not given", and a hyphen itself is \x2d. Not both may be missing.
//
// `cert`: the presented field is all the names of a certificate,
//   SUBJECT=CN=a/CN=b;DNS=..;IP=\x..;SRV=..;URI=..;EMAIL=..;DIRNAME=C=US/O=x;OTHERNAME;NOSAN|EMPTYSAN|SANEXT-INVALID-DER
// in the order of the subjectAltName; SUBJECT has one RDN a "/", "+" joins the attributes of one. A backslash takes its
// meaning from ; | , / + and =. The reference is a host, `_service.name` if the certificate has an SRVName, or a URI.
//
// `nameconstraint`: presented as in `cert`, or - to judge the constraints' own syntax; the reference is the constraints
// of the issuing CAs, one level a CA from the root down, separated by " | " (- : it has none; alternatives for one
// level, any of which may serve, separated by " OR "), each level permitted=TYPE=value,TYPE=value;excluded=TYPE=value
// with the types DNS, IP (address octets, then mask octets), EMAIL, URI, DN, UNKNOWN. `match`: the chain passes;
// `nomatch`: a name lies outside; `invalid-presented`: a name is malformed; `invalid-reference`: a constraint that a
// name meets is malformed, or of a form that is not processed (both fail closed). Among several, the first level that
// fails decides.
//
// The answer, one line a question: verdict TAB reason. The verdict is `match`, `nomatch`, `invalid-presented` or
// `invalid-reference`; with one side not given `valid-presented` or `valid-reference`, or the invalid one. When both
// are malformed it is `invalid-reference`: a client checks what was configured before it sees any certificate. A common
// name with a valid reference is `nomatch`; asked about alone it is `invalid-presented`: it identifies nothing. The
// reason is verifier::Name(NameReason).
int RunMatch(const MatchOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace lab

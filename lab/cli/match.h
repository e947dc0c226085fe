// The verb `match`: explains one name decision, or answers a table of them.
#pragma once

#include <iosfwd>
#include <string>

namespace lab {

struct MatchOptions {
  bool batch = false;       // read a table from standard input
  std::string profile = "rfc9525-strict";
  std::string presented;    // a dNSName, or an IP literal (then an iPAddress); \xNN escapes allowed
  std::string reference;    // what a user would configure
};

// Runs the verb; returns an exit code: kExitOk for a match (and for --batch that could be read to its end),
// kExitUnexpected for no match, kExitUsage for an unknown profile or a malformed line (message on `err`).
int RunMatch(const MatchOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace lab

// The verb `send`: delivers a message through a real server, once it is verified, and never otherwise.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "lab/cli/live.h"

namespace lab {

struct SendOptions {
  LiveOptions live;
  std::string from;             // empty: the null reverse-path
  std::vector<std::string> to;  // at least one
  std::string user;
  std::string password_file;  // its first line; empty: $STARTTLS_LAB_PASSWORD. Never an argument: others can see those
  std::string message = "-";  // a file with an RFC 5322 message; "-": standard input
  bool require_tls = false;   // RFC 8689
  bool json = false;
  bool verbose = false;  // print the dialogue
};

// Returns kExitOk (delivered to every recipient), kExitUnexpected (the server was not verified, or refused something),
// kExitUsage (arguments, files), kExitHarness (no connection).
int RunSend(const SendOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace lab

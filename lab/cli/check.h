// The verb `check`: one honest look at a live server. Connects, takes it as far as a client would that is about to log
// in, and says everything that was seen and why it would go on or not.
#pragma once

#include <iosfwd>

#include "lab/cli/live.h"

namespace lab {

struct CheckOptions {
  LiveOptions live;
  bool json = false;
  std::string tlsrpt;  // a file to write a TLS report on this session to (RFC 8460)
};

// Returns kExitOk (verified), kExitUnexpected (refused), kExitUsage (arguments, files), kExitHarness (no connection).
int RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace lab

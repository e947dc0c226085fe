// The command line's exit codes: documented, never a count.
#pragma once

#include "certs/result.h"

namespace lab {

enum ExitCode : int {
  kExitOk = 0,          // everything as expected
  kExitUnexpected = 1,  // an unexpected result; for match, verify, check and send: refused
  kExitUsage = 2,       // wrong arguments or a malformed input file
  kExitHarness = 3,     // the lab itself failed: could not bind or connect, client program missing, sanity case failed
  kExitNothingMatched = 4,
  kExitStale = 5,  // an expectation file names scenarios that no longer exist
  kExitInterrupted = 130,
  kExitTerminated = 143,
};

// The code an error ends the program with.
inline int ExitCodeOf(const certs::Error& error) {
  switch (error.code) {
    case certs::ErrorCode::kBadInput:
      return kExitUsage;
    case certs::ErrorCode::kUnknownId:
      return kExitNothingMatched;
    case certs::ErrorCode::kIo:
    case certs::ErrorCode::kUnsupported:
    case certs::ErrorCode::kCrypto:
    case certs::ErrorCode::kInternal:
      return kExitHarness;
  }
  return kExitHarness;
}

}  // namespace lab

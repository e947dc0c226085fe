// How fallible functions answer. Programmer errors are assert(); everything a file, a peer or a machine can cause is a
// Result.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace certs {

// What kind of thing went wrong; the command line maps it to an exit code.
enum class ErrorCode {
  kBadInput,     // the caller's data is malformed: a name, a spec, a PEM, a JSON
  kUnknownId,    // no scenario, certificate, client or profile of that name
  kIo,           // a file or socket could not be read, written or bound
  kUnsupported,  // well-formed, but beyond what this build or this library can do
  kCrypto,       // the crypto library refused an operation it should do
  kInternal,     // a bug of ours
};

// One sentence for a person: what, where, and how to go on. Never parsed, never asserted on.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;
};

template <typename T>
using Result = std::expected<T, Error>;

// Builds the failure half of a Result: `return Fail(ErrorCode::kIo, "cannot open ...");`
inline std::unexpected<Error> Fail(ErrorCode code, std::string detail) {
  return std::unexpected(Error{code, std::move(detail)});
}

}  // namespace certs

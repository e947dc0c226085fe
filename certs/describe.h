// A certificate in words, for people.
#pragma once

#include <string>

#include "certs/bytes.h"

namespace certs {

// Returns a readable summary of one certificate: some twenty lines, each ending in a newline; names, dates, key,
// extensions, algorithms and the SHA-256 fingerprint. Total: whatever the bytes are, it describes what it can read and
// then says at which octet it stopped and why. Escaped, and bounded whatever the size of the input. The reading is this
// function's own and lenient; it is no verdict on the certificate.
std::string Describe(ByteView der);

}  // namespace certs

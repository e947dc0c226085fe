// What a ClientHello says (RFC 8446 4.1.2, RFC 6066), read without a TLS library: also for one that nobody answers.
#pragma once

#include <optional>

#include "fakeserver/transcript.h"

namespace fakeserver {

// Parses a handshake message, its four-octet header included. Nothing when the bytes are no ClientHello; an extension
// that does not parse is left out, the rest is kept.
std::optional<ClientHello> ParseClientHello(ByteView message);

}  // namespace fakeserver

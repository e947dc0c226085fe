// Digests so old that the crypto library has no, or no complete, support for them: a lab must be able to sign with what
// a client must refuse. For nothing else.
#pragma once

#include <array>
#include <cstdint>

#include "certs/bytes.h"

namespace certs {

// MD2 (RFC 1319).
std::array<uint8_t, 16> Md2(ByteView message);
// MD4 (RFC 1320).
std::array<uint8_t, 16> Md4(ByteView message);

}  // namespace certs

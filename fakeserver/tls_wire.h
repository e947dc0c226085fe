// Pieces of TLS's presentation language (RFC 8446 3) that several readers and writers share.
#pragma once

#include <openssl/bytestring.h>

#include <cstdint>
#include <vector>

#include "certs/bytes.h"

namespace fakeserver {

// The 16-bit numbers of a list, up to its end; a last octet alone is left out.
std::vector<uint16_t> ReadNumbers(CBS list);

// Appends an Extension (RFC 8446 4.2): type, length and `data`, which is under 2^16 octets long.
void AppendExtension(certs::Bytes& block, uint16_t type, certs::ByteView data);

}  // namespace fakeserver

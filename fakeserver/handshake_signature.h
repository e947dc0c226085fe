// Signatures over handshakes (RFC 8446 4.2.3, 4.4.3), true ones and such as no right server would make.
#pragma once

#include <openssl/base.h>

#include <vector>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

// The algorithm a server with this key signs with: the first the client offers, or, if it offers none that the key can
// do, the key's own.
uint16_t ChooseAlgorithm(const EVP_PKEY* key, bool tls13, const std::vector<uint16_t>& offered);

// A true signature of `key` over `in`, as near to `algorithm` as a key of its type can come; empty if it cannot at all.
Bytes SignHandshake(EVP_PKEY* key, uint16_t algorithm, ByteView in);

}  // namespace fakeserver

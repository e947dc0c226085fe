// Handshake signatures by a key that is not the certificate's. BoringSSL refuses such a key outright, but takes any
// SSL_PRIVATE_KEY_METHOD. It picks the signature algorithm by the leaf; the key then signs as well as it can.
#pragma once

#include <openssl/ssl.h>

namespace fakeserver {

// The method; it signs with the TlsContext that the SSL's TlsEndpoint (its app data) holds.
const SSL_PRIVATE_KEY_METHOD* ForeignKeyMethod();

}  // namespace fakeserver

// What differs between Debian's BoringSSL (API version 17, 2022) and current upstream, as far as the verifier is
// concerned. Asks the headers themselves, not a version number.
#pragma once

#include <openssl/ssl.h>

namespace verifier {

// Has the TLS layer refuse an RSA certificate whose keyUsage does not fit the key exchange (RFC 5280 4.2.1.3). Old
// versions do so on request; upstream removed the switch in 2026 because it does so always.
template <typename Ssl>
void EnforceRsaKeyUsage(Ssl* ssl) {
  if constexpr (requires { SSL_set_enforce_rsa_key_usage(ssl, 1); }) {
    SSL_set_enforce_rsa_key_usage(ssl, 1);
  }
}

}  // namespace verifier

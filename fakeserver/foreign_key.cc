#include "fakeserver/foreign_key.h"

#include <openssl/err.h>

#include <algorithm>

#include "fakeserver/handshake_signature.h"
#include "fakeserver/tls_endpoint.h"

namespace fakeserver {
namespace {

ssl_private_key_result_t Sign(SSL* ssl, uint8_t* out, size_t* out_len, size_t max_out, uint16_t algorithm,
                              const uint8_t* in, size_t in_len) {
  Bytes signature = SignHandshake(TlsEndpoint::Of(ssl).context().key(), algorithm, ByteView(in, in_len));
  ERR_clear_error();
  if (signature.empty()) {
    signature.assign(max_out, 0);  // a key too small for the algorithm: no signature of it can exist
  }
  // The leaf's key bounds the length. A longer signature is cut: it would not verify in any case.
  *out_len = std::min(signature.size(), max_out);
  std::copy_n(signature.begin(), *out_len, out);
  return ssl_private_key_success;
}

// RSA key exchange: without the leaf's key there is nothing to decrypt with.
ssl_private_key_result_t Decrypt(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) {
  return ssl_private_key_failure;
}

ssl_private_key_result_t Complete(SSL*, uint8_t*, size_t*, size_t) { return ssl_private_key_failure; }

}  // namespace

const SSL_PRIVATE_KEY_METHOD* ForeignKeyMethod() {
  static constexpr SSL_PRIVATE_KEY_METHOD kMethod = {Sign, Decrypt, Complete};
  return &kMethod;
}

}  // namespace fakeserver

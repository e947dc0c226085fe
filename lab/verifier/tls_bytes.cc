#include "lab/verifier/tls_bytes.h"

#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace verifier {
namespace {

using certs::Bytes;
using certs::ByteView;

int WireRead(BIO* bio, char* out, int length) {
  auto* wire = static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const size_t taken = std::min(static_cast<size_t>(std::max(length, 0)), wire->in.size() - wire->in_pos);
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(out, wire->in.data() + wire->in_pos, taken);
  wire->in_pos += taken;
  return static_cast<int>(taken);
}

int WireWrite(BIO* bio, const char* bytes, int length) {
  auto* wire = static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  wire->out.insert(wire->out.end(), bytes, bytes + std::max(length, 0));
  return length;
}

long WireControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* WireMethod() {
  static const bssl::UniquePtr<BIO_METHOD> method = [] {
    bssl::UniquePtr<BIO_METHOD> made(BIO_meth_new(0, "bytes"));
    BIO_meth_set_read(made.get(), WireRead);
    BIO_meth_set_write(made.get(), WireWrite);
    BIO_meth_set_ctrl(made.get(), WireControl);
    return made;
  }();
  return method.get();
}

}  // namespace

bssl::UniquePtr<BIO> MakeWireBio(TlsWire* wire) {
  bssl::UniquePtr<BIO> bio(BIO_new(WireMethod()));
  if (bio) {
    BIO_set_data(bio.get(), wire);
    BIO_set_init(bio.get(), 1);
  }
  return bio;
}

std::optional<std::vector<Bytes>> ParseCertificateMessage(ByteView body, bool tls13) {
  CBS message, context, list;
  CBS_init(&message, body.data(), body.size());
  if ((tls13 && !CBS_get_u8_length_prefixed(&message, &context)) || !CBS_get_u24_length_prefixed(&message, &list) ||
      CBS_len(&message) != 0) {
    return std::nullopt;
  }
  std::vector<Bytes> chain;
  while (CBS_len(&list) > 0) {
    CBS certificate, extensions;
    if (!CBS_get_u24_length_prefixed(&list, &certificate) ||
        (tls13 && !CBS_get_u16_length_prefixed(&list, &extensions))) {
      return std::nullopt;
    }
    chain.emplace_back(CBS_data(&certificate), CBS_data(&certificate) + CBS_len(&certificate));
  }
  return chain;
}

std::string TakeLibraryReason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason != nullptr ? certs::Escaped(std::string_view(reason)) : "no reason given";
  ERR_clear_error();
  return text;
}

}  // namespace verifier

#include "lab/verifier/tls_bytes.h"

#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

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

// struct { CertificateStatusType status_type (ocsp = 1); opaque OCSPResponse<1..2^24-1>; } CertificateStatus;
Bytes StapleOf(CBS extensions) {
  constexpr uint16_t kExtension = 5;  // status_request
  constexpr uint8_t kOcsp = 1;
  while (CBS_len(&extensions) > 0) {
    uint16_t type = 0;
    uint8_t status_type = 0;
    CBS body, response;
    if (!CBS_get_u16(&extensions, &type) || !CBS_get_u16_length_prefixed(&extensions, &body)) {
      return {};
    }
    if (type == kExtension && CBS_get_u8(&body, &status_type) && status_type == kOcsp &&
        CBS_get_u24_length_prefixed(&body, &response)) {
      return {CBS_data(&response), CBS_data(&response) + CBS_len(&response)};
    }
  }
  return {};
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

std::optional<CertificateMessage> ParseCertificateMessage(ByteView body, bool tls13) {
  CBS message, context, list;
  CBS_init(&message, body.data(), body.size());
  if ((tls13 && !CBS_get_u8_length_prefixed(&message, &context)) || !CBS_get_u24_length_prefixed(&message, &list) ||
      CBS_len(&message) != 0) {
    return std::nullopt;
  }
  CertificateMessage parsed;
  while (CBS_len(&list) > 0) {
    CBS certificate, extensions;
    CBS_init(&extensions, nullptr, 0);
    if (!CBS_get_u24_length_prefixed(&list, &certificate) ||
        (tls13 && !CBS_get_u16_length_prefixed(&list, &extensions))) {
      return std::nullopt;
    }
    parsed.chain.emplace_back(CBS_data(&certificate), CBS_data(&certificate) + CBS_len(&certificate));
    parsed.staples.push_back(StapleOf(extensions));
  }
  return parsed;
}

Bytes AlpnList(const std::vector<std::string>& names) {
  Bytes list;
  for (const std::string& name : names) {
    if (!name.empty() && name.size() <= 255) {
      list.push_back(static_cast<uint8_t>(name.size()));
      list.insert(list.end(), name.begin(), name.end());
    }
  }
  return list;
}

bool IsMessageOutOfTurn() {
  const uint32_t error = ERR_peek_error();
  return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_MESSAGE;
}

std::string TakeLibraryReason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason != nullptr ? certs::Escaped(std::string_view(reason)) : "no reason given";
  ERR_clear_error();
  return text;
}

}  // namespace verifier

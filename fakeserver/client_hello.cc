#include "fakeserver/client_hello.h"

#include <openssl/bytestring.h>

#include "fakeserver/tls_wire.h"

namespace fakeserver {
namespace {

constexpr uint8_t kClientHelloType = 1;
enum Extension : uint16_t {
  kServerName = 0,
  kStatusRequest = 5,
  kSignatureAlgorithms = 13,
  kAlpn = 16,
  kSupportedVersions = 43,
};

std::string ToString(const CBS& cbs) { return std::string(certs::AsText(ByteView(CBS_data(&cbs), CBS_len(&cbs)))); }

// struct { NameType name_type; HostName host_name<1..2^16-1>; } ServerName; ServerNameList<1..2^16-1>
void ReadServerName(CBS body, ClientHello& hello) {
  CBS list, name;
  uint8_t type = 0;
  if (CBS_get_u16_length_prefixed(&body, &list) && CBS_get_u8(&list, &type) && type == 0 &&
      CBS_get_u16_length_prefixed(&list, &name)) {
    hello.server_name = ToString(name);
  }
}

void ReadAlpn(CBS body, ClientHello& hello) {
  CBS list, protocol;
  if (!CBS_get_u16_length_prefixed(&body, &list)) {
    return;
  }
  while (CBS_get_u8_length_prefixed(&list, &protocol)) {
    hello.alpn.push_back(ToString(protocol));
  }
}

void ReadExtension(uint16_t type, CBS body, ClientHello& hello) {
  CBS list;
  switch (type) {
    case kServerName:
      ReadServerName(body, hello);
      break;
    case kStatusRequest:
      hello.asked_for_ocsp = CBS_len(&body) > 0 && CBS_data(&body)[0] == 1;
      break;
    case kSignatureAlgorithms:
      if (CBS_get_u16_length_prefixed(&body, &list)) {
        hello.signature_algorithms = ReadNumbers(list);
      }
      break;
    case kAlpn:
      ReadAlpn(body, hello);
      break;
    case kSupportedVersions:
      if (CBS_get_u8_length_prefixed(&body, &list)) {
        hello.versions = ReadNumbers(list);
      }
      break;
    default:
      break;
  }
}

}  // namespace

std::optional<ClientHello> ParseClientHello(ByteView message) {
  CBS cbs, body, random, session_id, ciphers, compression, extensions, extension;
  CBS_init(&cbs, message.data(), message.size());
  uint8_t type = 0;
  uint16_t version = 0, extension_type = 0;
  if (!CBS_get_u8(&cbs, &type) || type != kClientHelloType || !CBS_get_u24_length_prefixed(&cbs, &body) ||
      !CBS_get_u16(&body, &version) || !CBS_get_bytes(&body, &random, 32) ||
      !CBS_get_u8_length_prefixed(&body, &session_id) || !CBS_get_u16_length_prefixed(&body, &ciphers) ||
      !CBS_get_u8_length_prefixed(&body, &compression)) {
    return std::nullopt;
  }
  ClientHello hello;
  hello.ciphers = ReadNumbers(ciphers);
  if (CBS_get_u16_length_prefixed(&body, &extensions)) {
    while (CBS_get_u16(&extensions, &extension_type) && CBS_get_u16_length_prefixed(&extensions, &extension)) {
      ReadExtension(extension_type, extension, hello);
    }
  }
  if (hello.versions.empty()) {
    hello.versions = {version};
  }
  return hello;
}

}  // namespace fakeserver

#include "fakeserver/client_offer.h"

#include <openssl/bytestring.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "fakeserver/tls_wire.h"

namespace fakeserver {
namespace {

Bytes ToBytes(const CBS& cbs) { return Bytes(CBS_data(&cbs), CBS_data(&cbs) + CBS_len(&cbs)); }

// The numbers of an extension that is one list of them.
std::vector<uint16_t> ListOf(const ClientOffer& offer, uint16_t extension, bool one_octet_length) {
  const auto found = offer.extensions.find(extension);
  CBS body, list;
  if (found == offer.extensions.end()) {
    return {};
  }
  CBS_init(&body, found->second.data(), found->second.size());
  const bool read =
      one_octet_length ? CBS_get_u8_length_prefixed(&body, &list) : CBS_get_u16_length_prefixed(&body, &list);
  return read ? ReadNumbers(list) : std::vector<uint16_t>{};
}

}  // namespace

std::vector<uint16_t> ClientOffer::Versions() const {
  std::vector<uint16_t> versions = ListOf(*this, TLSEXT_TYPE_supported_versions, true);
  if (versions.empty()) {
    // Later versions are offered by the extension only (RFC 8446 4.1.2), whatever the field says.
    for (uint16_t version = std::min<uint16_t>(legacy_version, TLS1_2_VERSION); version >= SSL3_VERSION; --version) {
      versions.push_back(version);
    }
  }
  return versions;
}

std::vector<uint16_t> ClientOffer::Groups() const { return ListOf(*this, TLSEXT_TYPE_supported_groups, false); }

std::vector<uint16_t> ClientOffer::SignatureAlgorithms() const {
  return ListOf(*this, TLSEXT_TYPE_signature_algorithms, false);
}

std::optional<Bytes> ClientOffer::Share(uint16_t group) const {
  const auto found = extensions.find(TLSEXT_TYPE_key_share);
  CBS body, list, value;
  if (found == extensions.end()) {
    return std::nullopt;
  }
  CBS_init(&body, found->second.data(), found->second.size());
  uint16_t of = 0;
  if (!CBS_get_u16_length_prefixed(&body, &list)) {
    return std::nullopt;
  }
  while (CBS_get_u16(&list, &of) && CBS_get_u16_length_prefixed(&list, &value)) {
    if (of == group) {
      return ToBytes(value);
    }
  }
  return std::nullopt;
}

std::optional<ClientOffer> ParseClientOffer(ByteView message) {
  CBS cbs, body, random, session_id, ciphers, compression, extensions, extension;
  CBS_init(&cbs, message.data(), message.size());
  uint8_t type = 0;
  uint16_t extension_type = 0;
  ClientOffer offer;
  if (!CBS_get_u8(&cbs, &type) || type != SSL3_MT_CLIENT_HELLO || !CBS_get_u24_length_prefixed(&cbs, &body) ||
      !CBS_get_u16(&body, &offer.legacy_version) || !CBS_get_bytes(&body, &random, SSL3_RANDOM_SIZE) ||
      !CBS_get_u8_length_prefixed(&body, &session_id) || CBS_len(&session_id) > SSL3_SESSION_ID_SIZE ||
      !CBS_get_u16_length_prefixed(&body, &ciphers) || !CBS_get_u8_length_prefixed(&body, &compression)) {
    return std::nullopt;
  }
  offer.random = ToBytes(random);
  offer.session_id = ToBytes(session_id);
  offer.ciphers = ReadNumbers(ciphers);
  CBS_init(&extensions, nullptr, 0);
  if (CBS_len(&body) > 0 && !CBS_get_u16_length_prefixed(&body, &extensions)) {
    return std::nullopt;
  }
  while (CBS_get_u16(&extensions, &extension_type)) {
    if (!CBS_get_u16_length_prefixed(&extensions, &extension)) {
      return std::nullopt;
    }
    offer.extensions.emplace(extension_type, ToBytes(extension));
  }
  return offer;
}

}  // namespace fakeserver

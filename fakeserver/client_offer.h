// What a server must know of a ClientHello to answer it (RFC 8446 4.1.2). client_hello.h is what the record keeps of
// one.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

struct ClientOffer {
  uint16_t legacy_version = 0;
  Bytes random;
  Bytes session_id;
  std::vector<uint16_t> ciphers;
  std::map<uint16_t, Bytes> extensions;  // the first of each type

  bool Has(uint16_t extension) const { return extensions.contains(extension); }
  // Of supported_versions, or what the legacy version includes.
  std::vector<uint16_t> Versions() const;
  std::vector<uint16_t> Groups() const;
  std::vector<uint16_t> SignatureAlgorithms() const;
  // The public value offered for a group.
  std::optional<Bytes> Share(uint16_t group) const;
};

// Nothing when the message, its header included, is no ClientHello.
std::optional<ClientOffer> ParseClientOffer(ByteView message);

}  // namespace fakeserver

// The record layer of TLS 1.2 and 1.3 with AEAD suites (RFC 5246 6.2.3.3, RFC 5288, RFC 7905, RFC 8446 5.2), both
// directions, for whoever writes a handshake by hand.
#pragma once

#include <openssl/base.h>

#include <memory>
#include <optional>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

inline constexpr size_t kMaxPlaintext = size_t{1} << 14;
inline constexpr size_t kRecordHeaderSize = 5;

// A cipher suite that can be spoken, not only named.
struct CipherSuite {
  uint16_t id;
  const EVP_AEAD* (*aead)();
  const EVP_MD* (*md)();
  size_t key_size;
  size_t implicit_iv;  // TLS 1.2: octets of the nonce that are not on the wire; 12 means that none is
};
// nullptr if it is none of them.
const CipherSuite* FindSuite(uint16_t id);

struct Record {
  uint8_t type = 0;
  Bytes content;
};

// One direction's protection: none at first.
class RecordProtection {
 public:
  // RFC 8446 7.3; counts records anew.
  static RecordProtection Tls13(const CipherSuite& suite, ByteView traffic_secret);
  // `iv` has `suite.implicit_iv` octets.
  static RecordProtection Tls12(const CipherSuite& suite, ByteView key, ByteView iv);

  RecordProtection();
  ~RecordProtection();
  RecordProtection(RecordProtection&&) noexcept;
  RecordProtection& operator=(RecordProtection&&) noexcept;

  bool active() const;
  // A whole record. `version` stands in the header of a record in clear; that of a protected one is authenticated, and
  // right. `padding` zeros follow the content (TLS 1.3 only).
  Bytes Seal(uint8_t type, ByteView content, uint16_t version = 0x0303, size_t padding = 0);
  // The content of a record of `type` (as its header says) and `body`; nothing if it is not authentic or has no type.
  std::optional<Record> Open(uint8_t type, ByteView body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fakeserver

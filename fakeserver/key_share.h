// The server's ephemeral half of an (EC)DH key exchange (RFC 8446 4.2.8.2, RFC 8422 5.4, 5.7).
#pragma once

#include <openssl/base.h>

#include <memory>
#include <optional>
#include <vector>

#include "certs/bytes.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;

// NamedGroup (RFC 8446 4.2.7).
inline constexpr uint16_t kX25519 = 29, kSecp256r1 = 23, kSecp384r1 = 24, kSecp521r1 = 25;

// One ephemeral key.
class KeyShare {
 public:
  // Nothing for a group that is none of the four above.
  static std::optional<KeyShare> Make(uint16_t group);
  // The groups Make() knows, best first.
  static const std::vector<uint16_t>& Groups();

  KeyShare(KeyShare&&) noexcept;
  KeyShare& operator=(KeyShare&&) noexcept;
  ~KeyShare();

  uint16_t group() const;
  const Bytes& public_value() const;
  // The shared secret with the peer's public value; nothing if that is no point of the group.
  std::optional<Bytes> Agree(ByteView peer) const;

 private:
  struct State;
  KeyShare();
  std::unique_ptr<State> state_;
};

}  // namespace fakeserver

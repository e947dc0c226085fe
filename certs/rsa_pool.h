// The committed, published RSA keys of certs/pool/, embedded by the build (certs/CMakeLists.txt writes rsa_pool.cc).
#pragma once

#include <span>
#include <string_view>

namespace certs {

// One key of the pool. Static storage.
struct PoolKey {
  int bits;
  int index;             // 0.. within its size
  std::string_view pem;  // PKCS #8, unencrypted
};

// All keys of the pool.
std::span<const PoolKey> RsaPool();

}  // namespace certs

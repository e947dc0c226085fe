// Where keys come from. EC and Ed25519 keys are derived from the ring's secret and the label, so a seed gives the same
// keys again and a random secret gives keys nobody else has. RSA keys are slow to make: leaf and intermediate keys come
// from a committed pool of published lab keys (certs/pool/), which is why they vouch for nothing: a root's never do
// on a ring with a random secret.
#pragma once

#include <openssl/base.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// The keys of one run. Thread-safe; keys are made on first use and kept.
class KeyRing {
 public:
  // A ring whose keys are a function of `seed`: for reproducible runs in memory. Never for a root on a socket.
  static std::shared_ptr<KeyRing> FromSeed(uint64_t seed);
  // A ring with a fresh random secret: RSA keys whose label contains "root" are generated, not taken from the pool.
  static std::shared_ptr<KeyRing> Random();

  // Returns the key, which the ring owns as long as it lives (callers may bssl::UpRef it).
  Result<EVP_PKEY*> Get(const KeySpec& spec);

  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

 private:
  KeyRing(Bytes secret, bool published);

  const Bytes secret_;
  const bool published_;  // the secret is a seed that anyone can type
  std::mutex mutex_;
  std::map<std::string, bssl::UniquePtr<EVP_PKEY>> keys_;  // by "type/label"
};

}  // namespace certs

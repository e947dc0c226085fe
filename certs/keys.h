// Where keys come from. EC and Ed25519 keys are derived from the ring's secret and the label, so a seed gives the same
// keys again and a random secret gives keys nobody else has. RSA keys are slow to make: leaf and intermediate keys come
// from a committed pool of published lab keys (certs/pool/), which is why they vouch for nothing: a root's never do
// on a ring with a random secret.
//
// The pool has a handful of keys per size. "leaf", "intermediate" and "root" never share one (but for 8192 bits, where
// only the leaf has its own), and for 2048 bits "eve", "eve-intermediate", "eve-root" and "fake-root" have their own
// too; any other label shares a key with some label other than those first three, where the size has enough keys.
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

// A key and what certificates say about it.
struct Key {
  bssl::UniquePtr<EVP_PKEY> pkey;
  Bytes spki;        // SubjectPublicKeyInfo
  Bytes identifier;  // SHA-1 of the subjectPublicKey bits (RFC 5280 4.2.1.2 (1))
};

// The keys of one run. Thread-safe; keys are made on first use and kept.
class KeyRing {
 public:
  // A ring whose keys are a function of `seed`: for reproducible runs in memory. Never for a root on a socket.
  static std::shared_ptr<KeyRing> FromSeed(uint64_t seed);
  // A ring with a fresh random secret: RSA keys whose label contains "root" are generated, not taken from the pool.
  static std::shared_ptr<KeyRing> Random();

  // Returns the key, which the ring owns as long as it lives (callers may bssl::UpRef it). Never null on success.
  Result<EVP_PKEY*> Get(const KeySpec& spec);
  // The same with its encodings; valid as long as the ring lives.
  Result<const Key*> GetKey(const KeySpec& spec);

  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

 private:
  struct Order {
    bool operator()(const KeySpec& a, const KeySpec& b) const {
      return a.type != b.type ? a.type < b.type : a.label < b.label;
    }
  };

  KeyRing(Bytes secret, bool published);

  Result<bssl::UniquePtr<EVP_PKEY>> Make(const KeySpec& spec) const;
  Bytes Derive(const std::string& name) const;

  const Bytes secret_;
  const bool published_;  // the secret is a seed that anyone can type
  std::mutex mutex_;
  std::map<KeySpec, Key, Order> keys_;
};

}  // namespace certs

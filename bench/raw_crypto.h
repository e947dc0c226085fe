// The floor: what the public-key operations that a thing cannot do without would cost alone, by the same keys, in the
// same library, at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "certs/keys.h"
#include "certs/spec.h"

namespace bench {

// The keys of everything that is timed: the same in every run.
certs::KeyRing& Keys();

// One key of a kind that a floor is made of, as handshakes and certificates use it.
enum class Operation : uint8_t {
  kSign,    // a handshake signature
  kVerify,  // a handshake signature, with a key that is at hand
  // A certificate's signature: with a key that comes as octets, as every certificate's does, and has been used for
  // nothing yet.
  kLoadAndVerify,
  kX25519,  // one side's share of a key exchange: a key pair and a secret
};

struct RawOperation {
  Operation operation = Operation::kVerify;
  certs::KeyType key = certs::KeyType::kP256;
  // The signature's algorithm; certificates and handshakes use different ones with RSA.
  certs::SigAlg algorithm = certs::SigAlg::kEcdsaSha256;
  int times = 1;
};

// "2 x p256 verify + x25519"; "none" if there are none.
std::string Describe(const std::vector<RawOperation>& floor);

// A floor ready to be run. The keys' one-time work is done when it is made.
class RawCrypto {
 public:
  explicit RawCrypto(const std::vector<RawOperation>& floor);
  // Runs the whole sum again and again for about this long (thread CPU time); returns the nanoseconds that one took.
  double Measure(double nanoseconds) const;

 private:
  std::vector<std::function<void()>> operations_;
};

}  // namespace bench

// The chains that are timed, and which raw operations a handshake with each cannot do without.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/raw_crypto.h"
#include "certs/issue.h"

namespace bench {

struct KeyRow {
  const char* name;
  certs::KeyType type;
};
inline constexpr KeyRow kKeyRows[] = {{"rsa2048", certs::KeyType::kRsa2048},
                                      {"rsa4096", certs::KeyType::kRsa4096},
                                      {"p256", certs::KeyType::kP256},
                                      {"p384", certs::KeyType::kP384},
                                      {"ed25519", certs::KeyType::kEd25519}};

// Of fixed keys, at the lab's own date.
certs::Issuer& LabIssuer();

// Bob's good chain with every key of one kind and `presented` certificates, which are the leaf and the CAs between it
// and the root. Issued once; ends the program if it cannot be.
std::shared_ptr<const certs::IssuedChain> ChainOf(certs::KeyType type, int presented);
certs::ChainSpec ChainSpecOf(certs::KeyType type, int presented);

enum class Verifying : uint8_t { kNone, kProduct, kBoringSsl };
std::string_view Name(Verifying verifying);

struct HandshakeKind {
  bool tls13 = true;
  KeyRow key = kKeyRows[2];
  int presented = 2;
  bool resume = false;
  Verifying verifying = Verifying::kProduct;

  // "tls13/p256/chain2/full/verify:product"
  std::string Text() const;
};

// Both ends' operations.
std::vector<RawOperation> FloorOf(const HandshakeKind& kind);
// The server's alone.
std::vector<RawOperation> ServerFloorOf(const HandshakeKind& kind);
// "chains FOLDER": writes the chains that instructions are counted with. An exit code.
inline constexpr char kChainsVerb[] = "chains";
int ChainsMain(int argc, char** argv);

// A certificate's signature by a key of that kind, checked so often.
RawOperation CertificateChecks(certs::KeyType type, int times);

}  // namespace bench

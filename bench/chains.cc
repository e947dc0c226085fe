#include "bench/chains.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "bench/files.h"
#include "certs/sign.h"
#include "lab/runner/run.h"

namespace bench {
namespace {

// What a server signs handshakes with: PSS where certificates have PKCS #1 (RFC 8446 4.2.3), in TLS 1.2 by preference.
certs::SigAlg HandshakeAlgorithm(certs::KeyType type) {
  return type == certs::KeyType::kRsa2048 || type == certs::KeyType::kRsa4096 ? certs::SigAlg::kRsaPssSha256
                                                                              : certs::DefaultSignature(type);
}

}  // namespace

certs::Issuer& LabIssuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), lab::kLabNow);
  return issuer;
}

certs::ChainSpec ChainSpecOf(certs::KeyType type, int presented) {
  certs::ChainSpec spec = certs::GoodChain();
  for (const char* node : {"leaf", "intermediate", "root"}) {
    spec.At(node).key.type = type;
  }
  if (presented == 1) {
    spec.leaf().issuer = "root";
    spec.presented = {"leaf"};
    return spec;
  }
  // "intermediate" stays the leaf's issuer; the others are put above it.
  for (int above = 1; above < presented - 1; ++above) {
    certs::CertSpec ca = spec.intermediate();
    ca.name = "ca" + std::to_string(above);
    ca.subject = certs::CommonName("Lab CA " + std::to_string(above));
    ca.basic_constraints->path_len = above;
    ca.issuer = "root";
    spec.At(spec.presented.back()).issuer = ca.name;
    spec.presented.push_back(ca.name);
    spec.certs.push_back(std::move(ca));
  }
  return spec;
}

std::shared_ptr<const certs::IssuedChain> ChainOf(certs::KeyType type, int presented) {
  static std::map<std::pair<certs::KeyType, int>, std::shared_ptr<const certs::IssuedChain>> issued;
  auto& chain = issued[{type, presented}];
  if (chain == nullptr) {
    const auto made = LabIssuer().Issue(ChainSpecOf(type, presented));
    if (!made) {
      std::fprintf(stderr, "starttls-lab-bench: a chain of %d certificates cannot be issued: %s\n", presented,
                   made.error().detail.c_str());
      std::exit(3);
    }
    chain = *made;
  }
  return chain;
}

std::string_view Name(Verifying verifying) {
  switch (verifying) {
    case Verifying::kNone:
      return "none";
    case Verifying::kProduct:
      return "product";
    case Verifying::kBoringSsl:
      break;
  }
  return "boringssl";
}

std::string HandshakeKind::Text() const {
  return std::string(tls13 ? "tls13" : "tls12") + "/" + key.name + "/chain" + std::to_string(presented) + "/" +
         (resume ? "resume" : "full") + "/verify:" + std::string(Name(verifying));
}

RawOperation CertificateChecks(certs::KeyType type, int times) {
  return {Operation::kLoadAndVerify, type, certs::DefaultSignature(type), times};
}

std::vector<RawOperation> ServerFloorOf(const HandshakeKind& kind) {
  std::vector<RawOperation> floor;
  if (!kind.resume || kind.tls13) {  // TLS 1.2 resumes without any exchange of keys
    floor.push_back({.operation = Operation::kX25519});
  }
  if (!kind.resume) {
    floor.push_back({Operation::kSign, kind.key.type, HandshakeAlgorithm(kind.key.type)});
  }
  return floor;
}

std::vector<RawOperation> FloorOf(const HandshakeKind& kind) {
  std::vector<RawOperation> floor = ServerFloorOf(kind);
  if (!floor.empty()) {
    floor.front().times = 2;  // the client's half of the exchange
  }
  if (!kind.resume) {
    floor.push_back({Operation::kVerify, kind.key.type, HandshakeAlgorithm(kind.key.type)});
  }
  // Who verifies checks every certificate up to the root's key; the project's client does so on resumption, too.
  const bool verifies =
      kind.verifying == Verifying::kProduct || (kind.verifying == Verifying::kBoringSsl && !kind.resume);
  if (verifies) {
    floor.push_back(CertificateChecks(kind.key.type, kind.presented));
  }
  return floor;
}

int ChainsMain(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "Usage: starttls-lab-bench chains FOLDER\n");
    return 2;
  }
  for (const KeyRow& key : {kKeyRows[0], kKeyRows[2]}) {
    const auto chain = ChainOf(key.type, 2);
    const std::string path = std::string(argv[2]) + "/" + key.name;
    for (const auto& [suffix, all] : {std::pair{".chain.pem", chain->presented}, {".ca.pem", chain->trusted}}) {
      if (const auto written = WriteFile(path + suffix, certs::CertificatesToPem(all)); !written) {
        std::fprintf(stderr, "%s%s: %s\n", path.c_str(), suffix, written.error().detail.c_str());
        return 2;
      }
    }
  }
  return 0;
}

}  // namespace bench

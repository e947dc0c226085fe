#include "bench/raw_crypto.h"

#include <benchmark/benchmark.h>
#include <openssl/bytestring.h>
#include <openssl/curve25519.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "bench/clocks.h"
#include "certs/sign.h"

namespace bench {
namespace {

// Of a size with what is signed: in a handshake, and in a certificate beside its key.
constexpr size_t kMessage = 500;
constexpr size_t kBesideKey = 290;

std::string_view NameOf(Operation operation) {
  switch (operation) {
    case Operation::kSign:
      return "sign";
    case Operation::kVerify:
      return "verify";
    case Operation::kLoadAndVerify:
      return "load and verify";
    case Operation::kX25519:
      break;
  }
  return "x25519";
}

const EVP_MD* DigestOf(certs::SigAlg algorithm) {
  switch (algorithm) {
    case certs::SigAlg::kEd25519:
      return nullptr;
    case certs::SigAlg::kEcdsaSha384:
      return EVP_sha384();
    default:
      return EVP_sha256();
  }
}

// Padding as the algorithm wants it.
bool Prepare(EVP_PKEY_CTX* context, certs::SigAlg algorithm) {
  return algorithm != certs::SigAlg::kRsaPssSha256 ||
         (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(context, -1 /* the hash's length */) == 1);
}

bool Sign(EVP_PKEY* key, certs::SigAlg algorithm, certs::ByteView message, certs::Bytes& signature) {
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* key_context = nullptr;
  size_t size = signature.size();
  const bool ok = EVP_DigestSignInit(context.get(), &key_context, DigestOf(algorithm), nullptr, key) == 1 &&
                  Prepare(key_context, algorithm) &&
                  EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
  signature.resize(ok ? size : 0);
  return ok;
}

bool Verify(EVP_PKEY* key, certs::SigAlg algorithm, certs::ByteView message, certs::ByteView signature) {
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* key_context = nullptr;
  return EVP_DigestVerifyInit(context.get(), &key_context, DigestOf(algorithm), nullptr, key) == 1 &&
         Prepare(key_context, algorithm) &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

[[noreturn]] void Broken(const RawOperation& operation) {
  std::fprintf(stderr, "starttls-lab-bench: the library cannot %s with a key of the kind %s.\n",
               std::string(NameOf(operation.operation)).c_str(), std::string(certs::Name(operation.key)).c_str());
  std::exit(3);
}

void ExchangeHalf() {
  static const auto peer = [] {
    std::array<uint8_t, 32> public_value{}, private_key{};
    X25519_keypair(public_value.data(), private_key.data());
    return public_value;
  }();
  std::array<uint8_t, 32> public_value{}, private_key{}, secret{};
  X25519_keypair(public_value.data(), private_key.data());
  benchmark::DoNotOptimize(X25519(secret.data(), private_key.data(), peer.data()));
}

std::function<void()> Ready(const RawOperation& raw) {
  if (raw.operation == Operation::kX25519) {
    return ExchangeHalf;
  }
  const auto key = Keys().Get({.type = raw.key, .label = "leaf"});
  const auto encoded = Keys().GetKey({.type = raw.key, .label = "leaf"});
  const certs::Bytes spki = encoded ? (*encoded)->spki : certs::Bytes();
  const certs::Bytes message(raw.operation == Operation::kLoadAndVerify ? kBesideKey + spki.size() : kMessage, 0x2a);
  certs::Bytes signature(1024);
  if (!key || !Sign(*key, raw.algorithm, message, signature) || !Verify(*key, raw.algorithm, message, signature)) {
    Broken(raw);
  }
  EVP_PKEY* const handle = *key;
  if (raw.operation == Operation::kLoadAndVerify) {
    return [raw, message, signature, spki] {
      CBS octets;
      CBS_init(&octets, spki.data(), spki.size());
      const bssl::UniquePtr<EVP_PKEY> loaded(EVP_parse_public_key(&octets));
      benchmark::DoNotOptimize(Verify(loaded.get(), raw.algorithm, message, signature));
    };
  }
  if (raw.operation == Operation::kVerify) {
    return [handle, raw, message, signature] {
      benchmark::DoNotOptimize(Verify(handle, raw.algorithm, message, signature));
    };
  }
  return [handle, raw, message, made = certs::Bytes()]() mutable {
    made.resize(1024);
    benchmark::DoNotOptimize(Sign(handle, raw.algorithm, message, made));
  };
}

}  // namespace

certs::KeyRing& Keys() {
  static const std::shared_ptr<certs::KeyRing> ring = certs::KeyRing::FromSeed(1);
  return *ring;
}

std::string Describe(const std::vector<RawOperation>& floor) {
  std::string text;
  for (const RawOperation& raw : floor) {
    if (raw.times == 0) {
      continue;
    }
    text += text.empty() ? "" : " + ";
    text += raw.times == 1 ? "" : std::to_string(raw.times) + " x ";
    if (raw.operation != Operation::kX25519) {
      text += std::string(certs::Name(raw.key)) + " ";
    }
    text += NameOf(raw.operation);
  }
  return text.empty() ? "none" : text;
}

RawCrypto::RawCrypto(const std::vector<RawOperation>& floor) {
  for (const RawOperation& raw : floor) {
    const std::function<void()> ready = Ready(raw);
    operations_.insert(operations_.end(), static_cast<size_t>(raw.times), ready);
  }
}

double RawCrypto::Measure(double nanoseconds) const {
  if (operations_.empty()) {
    return 0;
  }
  const auto all = [this] {
    for (const std::function<void()>& operation : operations_) {
      operation();
    }
  };
  all();  // the library's tables and the processor's caches
  const int64_t began = ThreadCpu();
  int64_t rounds = 0;
  int64_t now = began;
  do {
    all();
    ++rounds;
    now = ThreadCpu();
  } while (static_cast<double>(now - began) < nanoseconds);
  // Every round reads the clock once. What is held against the floor does not pay for its clock (SpentSince), nor does
  // the floor.
  return static_cast<double>(now - began) / static_cast<double>(rounds) - static_cast<double>(ClockCost());
}

}  // namespace bench

// What the tests of issuing share: one ring, one point in time, and readers that are not the lab's own.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bytestring.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "certs/issue.h"

namespace certs {

inline constexpr int64_t kNow = 1700000000;  // 2023-11-14 22:13:20 UTC

// One ring for all tests: RSA keys are parsed once.
inline std::shared_ptr<KeyRing> TestRing() {
  static const std::shared_ptr<KeyRing> ring = KeyRing::FromSeed(1);
  return ring;
}

inline bssl::UniquePtr<X509> Parse(const Bytes& der) {
  const uint8_t* at = der.data();
  bssl::UniquePtr<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

// The three fields of a Certificate. Empty where the bytes do not parse.
struct Fields {
  Bytes tbs;        // the whole element: what is signed
  Bytes algorithm;  // the outer AlgorithmIdentifier, whole
  Bytes signature;  // the bits
};

inline Fields Split(const Bytes& der) {
  CBS input, certificate, tbs, algorithm, signature;
  uint8_t unused = 0;
  CBS_init(&input, der.data(), der.size());
  if (!CBS_get_asn1(&input, &certificate, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1_element(&certificate, &tbs, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1_element(&certificate, &algorithm, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&certificate, &signature, CBS_ASN1_BITSTRING) || !CBS_get_u8(&signature, &unused)) {
    return {};
  }
  const auto bytes = [](const CBS& cbs) { return Bytes(CBS_data(&cbs), CBS_data(&cbs) + CBS_len(&cbs)); };
  return {bytes(tbs), bytes(algorithm), bytes(signature)};
}

// Issues with a new issuer, so that nothing is remembered; fails the test when it cannot.
inline std::shared_ptr<const IssuedChain> IssueNew(const ChainSpec& spec, std::shared_ptr<KeyRing> ring = TestRing(),
                                                   int64_t now = kNow) {
  auto chain = Issuer(std::move(ring), now).Issue(spec);
  if (!chain) {
    ADD_FAILURE() << chain.error().detail;
    return std::make_shared<IssuedChain>();
  }
  return *chain;
}

inline Bytes Leaf(const ChainSpec& spec) {
  const auto chain = IssueNew(spec);
  return chain->presented.empty() ? Bytes{} : chain->presented.front();
}

}  // namespace certs

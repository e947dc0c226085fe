// Rows C38, D7 to D10, D13 and D14: keys and signature algorithms that are odd rather than weak.

#include <string>
#include <string_view>
#include <utility>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kKeyClause = "RFC 5280 4.1.2.7";
constexpr const char* kAlgorithmClause = "RFC 5280 4.1.1.2";
constexpr const char* kRsaChain = "control.rsa-chain";

Bytes Spki(const Bytes& algorithm, const Bytes& bits) { return der::Sequence({algorithm, der::BitString(bits)}); }

// ------------------------------------------------------------------------------------------------ C38: CurveBall

void AddCurveBalls(CaseList& list) {
  // The forger's root has the trusted root's name and public point, and parameters that make 1 its private key.
  const auto forge = [](ChainSpec& chain) {
    CertSpec forged = chain.root();
    forged.name = "forged-root";
    forged.issuer = "forged-root";
    forged.spki_form = SpkiForm::kCurveBall;
    chain.certs.push_back(std::move(forged));
  };
  const auto add = [&](const char* id, const char* summary, const char* twin, int depth, const Edit& edit) {
    list.Add({.id = std::string("trust.curve-ball") + id,
              .summary = std::string(summary) + " (the forged root and who it signs make the case)",
              .rows = {"C38"},
              .source = "RFC 5480 2.1.1; CVE-2020-0601",
              .twin = twin,
              .expected = {kSignatureInvalid, depth},
              .compound = true,
              .severity = Severity::kCritical},
             edit);
  };
  add("",
      "a root with the trusted root's public point and a generator of the forger's choice issued the leaf, and is sent",
      "control.leaf-under-root", 0, [&](ChainSpec& chain) {
        forge(chain);
        chain.leaf().issuer = "forged-root";
        chain.presented = {"leaf", "forged-root"};
      });
  add("-intermediate",
      "a root with the trusted root's public point and a generator of the forger's choice issued the intermediate, and "
      "is sent",
      "control.good", 1, [&](ChainSpec& chain) {
        forge(chain);
        chain.intermediate().issuer = "forged-root";
        chain.presented = {"leaf", "intermediate", "forged-root"};
      });
}

// ------------------------------------------------------------------------------------------------ D7, D8, D10: kinds

// ECParameters by name, and a point of the right length that need not be on the curve.
Bytes EcSpki(std::string_view curve, size_t coordinate) {
  Bytes point(1 + 2 * coordinate, 0x5a);
  point[0] = 0x04;
  return Spki(der::Sequence({der::Oid("1.2.840.10045.2.1"), der::Oid(curve)}), point);
}

// DSAPublicKey ::= INTEGER; Dss-Parms ::= SEQUENCE { p, q, g INTEGER } (RFC 3279 2.3.2). Numbers of the right length.
Bytes DsaSpki() {
  const auto number = [](size_t octets) { return der::IntegerWithContent(Bytes(octets, 0x5b)); };
  return Spki(der::Sequence({der::Oid("1.2.840.10040.4.1"), der::Sequence({number(256), number(32), number(256)})}),
              number(256));
}

void AddKinds(CaseList& list) {
  struct Kind {
    const char* id;
    const char* summary;
    Verdict expected;
    const char* row;
    Bytes spki;
    const char* source = kKeyClause;
  };
  // What the key of the handshake is does not matter: no client gets that far.
  for (const Kind& kind : {
           Kind{
               "p192", "is on the curve P-192", {kWeakKey, 0}, "D8", EcSpki("1.2.840.10045.3.1.1", 24), "RFC 9325 4.5"},
           {"brainpool",
            "is on the curve brainpoolP256r1, which TLS 1.3 took out",
            {kUnsupportedAlgorithm, 0},
            "D8",
            EcSpki("1.3.36.3.3.2.8.1.1.7", 32),
            "RFC 8446 4.2.7"},
           {"off-curve",
            "is a point that is not on its curve P-256",
            {kUnsupportedAlgorithm, 0},
            "D13",
            EcSpki("1.2.840.10045.3.1.7", 32)},
           {"dsa", "is for DSA", {kUnsupportedAlgorithm, 0}, "D8", DsaSpki(), "RFC 8446 4.2.3"},
           {"ml-dsa",
            "is for ML-DSA-65, which no TLS client can be asked for yet",
            {kUnsupportedAlgorithm, 0},
            "D10",
            Spki(der::Sequence(der::Oid("2.16.840.1.101.3.4.3.18")), Bytes(1952, 0x5c)),
            kKeyClause},
           {"garbage",
            "is no SubjectPublicKeyInfo inside",
            {kUnsupportedAlgorithm, 0},
            "D13",
            der::Sequence(der::Null())},
       }) {
    list.Add({.id = std::string("strength.key-") + kind.id + "-leaf",
              .summary = std::string("the leaf's key ") + kind.summary,
              .rows = {kind.row},
              .source = kind.source,
              .twin = "control.good",
              .expected = kind.expected,
              .policy_dependent = std::string_view(kind.id) == "ml-dsa",
              .severity = Severity::kMedium,
              .needs_forger = true},
             [&](ChainSpec& chain) { chain.leaf().raw_spki = kind.spki; });
  }
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    list.Add({.id = "strength.rsa2052-" + node,
              .summary = "the " + node + "'s key is RSA of 2052 bits, no whole number of octets",
              .rows = {"D7"},
              .source = "RFC 8017 4.1",
              .twin = kRsaChain,
              .expected = {kWeakKey, place.depth},
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { chain.At(node).key.type = KeyType::kRsa2052; });
    list.Add({.id = "strength.p224-" + node,
              .summary = "the " + node + "'s key is on P-224, for which TLS 1.3 has no signature",
              .rows = {"D8"},
              .source = "RFC 8446 4.2.3",
              .twin = "control.good",
              .expected = {kUnsupportedAlgorithm, place.depth},
              .severity = Severity::kMedium,
              .needs_forger = place.depth == 0},
             [&](ChainSpec& chain) { chain.At(node).key.type = KeyType::kP224; });
    list.Add({.id = "strength.explicit-curve-" + node,
              .summary = "the " + node + "'s key gives P-256's parameters instead of its name",
              .rows = {"D8"},
              .source = "RFC 5480 2.1.1",
              .twin = "control.good",
              .expected = {kUnsupportedAlgorithm, place.depth},
              .severity = Severity::kHigh,
              .needs_forger = place.depth == 0},
             [&](ChainSpec& chain) { chain.At(node).spki_form = SpkiForm::kExplicitCurve; });
    list.Add({.id = "strength.key-without-null-" + node,
              .summary = "the " + node + "'s RSA key lacks the NULL behind its algorithm",
              .rows = {"D13"},
              .source = "RFC 3279 2.3.1",
              .twin = kRsaChain,
              .expected = {kUnsupportedAlgorithm, place.depth},
              .policy_dependent = true,
              .severity = Severity::kLow,
              .needs_forger = place.depth == 0},
             [&](ChainSpec& chain) { chain.At(node).spki_form = SpkiForm::kNoParameters; });
    list.Add({.id = "strength.ed25519-" + node,
              .summary = "the " + node + "'s key is Ed25519",
              .rows = {"D10"},
              .source = "RFC 8410 3",
              .twin = "control.good",
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { chain.At(node).key.type = KeyType::kEd25519; });
  }
  list.Add({.id = "strength.p521-intermediate",
            .summary = "the intermediate's key is on P-521",
            .rows = {"D10"},
            .source = "RFC 5480 2.1.1",
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.intermediate().key.type = KeyType::kP521; });
  // An intermediate that does not parse is as good as not sent.
  list.Add({.id = "strength.key-long-length-intermediate",
            .summary =
                "the intermediate's key is encoded with a longer length than DER allows, so the certificate is no DER",
            .rows = {"D13"},
            .source = "RFC 5280 4.1",
            .twin = "control.good",
            .expected = {kUnknownIssuer, 0},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.intermediate().spki_form = SpkiForm::kLongLength; });
}

// ------------------------------------------------------------------------------------------------ D9, D13: algorithms

void AddSignatureParameters(CaseList& list) {
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    const auto pss = [&](SigAlg alg, const char* what) {
      list.Add({.id = "strength." + std::string(Name(alg)) + "-" + node,
                .summary = "the " + node + " is signed with RSA-PSS, SHA-256 and " + what,
                .rows = {"D9"},
                .source = "RFC 8446 4.2.3",
                .twin = kRsaChain,
                .expected = {kUnsupportedAlgorithm, place.depth},
                .policy_dependent = true,
                .severity = Severity::kMedium},
               [&](ChainSpec& chain) { chain.At(node).signature = alg; });
    };
    pss(SigAlg::kRsaPssSalt20, "a salt of 20 octets");
    pss(SigAlg::kRsaPssMgf1Sha1, "a mask from SHA-1");
  }
  const auto add = [&](const char* id, const char* summary, const char* twin, const char* source, Verdict expected,
                       const Bytes& algorithm) {
    list.Add({.id = std::string("strength.parameters-") + id,
              .summary = summary,
              .rows = {"D13"},
              .source = source,
              .twin = twin,
              .expected = expected,
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { chain.leaf().raw_algorithm = algorithm; });
  };
  const Bytes ecdsa = der::Oid("1.2.840.10045.4.3.2"), rsa = der::Oid("1.2.840.113549.1.1.11");
  const Verdict unsupported = {kUnsupportedAlgorithm, 0};
  add("ecdsa-null", "the leaf's ECDSA algorithm has a NULL behind it, where nothing may stand", "control.good",
      "RFC 5758 3.2", unsupported, der::Sequence({ecdsa, der::Null()}));
  add("rsa-absent", "the leaf's RSA algorithm lacks its NULL, which verifiers must put up with", kRsaChain,
      "RFC 4055 5", {}, der::Sequence(rsa));
  add("rsa-integer", "the leaf's RSA algorithm has a number for its NULL", kRsaChain, "RFC 4055 5", unsupported,
      der::Sequence({rsa, der::Integer(5)}));
  const auto mismatch = [&](const char* id, const char* summary, const char* twin, SigAlg claimed) {
    list.Add({.id = std::string("strength.claimed-") + id,
              .summary = std::string(summary) + " (the algorithm is said twice)",
              .rows = {"D13"},
              .source = kAlgorithmClause,
              .twin = twin,
              .expected = {kSignatureInvalid, 0},
              .compound = true},
             [&](ChainSpec& chain) { chain.leaf().inner_algorithm = chain.leaf().outer_algorithm = claimed; });
  };
  mismatch("rsa-under-ec", "the leaf says it is signed with RSA, and its issuer's key is EC", "control.good",
           SigAlg::kRsaSha256);
  mismatch("ecdsa-under-rsa", "the leaf says it is signed with ECDSA, and its issuer's key is RSA", kRsaChain,
           SigAlg::kEcdsaSha256);
  mismatch("ed25519-under-ec", "the leaf says it is signed with Ed25519, and its issuer's key is P-256", "control.good",
           SigAlg::kEd25519);
  mismatch("longer-digest", "the leaf says it is signed with SHA-512, and it was SHA-256", "control.good",
           SigAlg::kEcdsaSha512);
}

}  // namespace

void AddKeyCases(CaseList& list) {
  AddCurveBalls(list);
  AddKinds(list);
  AddSignatureParameters(list);
}

}  // namespace certs::catalogue

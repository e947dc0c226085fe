// Rows D: digests and keys too weak to trust, and signature algorithms that do not add up.

#include <string>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kStrength = "RFC 9325 4.5";

const char* DigestRow(const char* leaf_row, const Place& place) { return place.depth == 0 ? leaf_row : "D4"; }

void AddWeakDigests(CaseList& list) {
  struct Digest {
    const char* id;
    const char* name;
    SigAlg alg;
    const char* row;
    const char* source;
    const char* twin;
    Severity severity;
  };
  constexpr const char* kRsaTwin = "control.rsa-chain";
  constexpr Digest kDigests[] = {
      {"md5", "RSA and MD5", SigAlg::kRsaMd5, "D1", "RFC 9325 4.5; RFC 6151 2", kRsaTwin, Severity::kHigh},
      {"md4", "RSA and MD4", SigAlg::kRsaMd4, "D2", "RFC 6150", kRsaTwin, Severity::kHigh},
      {"md2", "RSA and MD2", SigAlg::kRsaMd2, "D2", "RFC 6149; CVE-2009-2409", kRsaTwin, Severity::kHigh},
      {"sha1", "RSA and SHA-1", SigAlg::kRsaSha1, "D3", kStrength, kRsaTwin, Severity::kMedium},
      {"ecdsa-sha1", "ECDSA and SHA-1", SigAlg::kEcdsaSha1, "D3", kStrength, "control.good", Severity::kMedium},
  };
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    for (const Digest& digest : kDigests) {
      list.Add({.id = std::string("strength.") + digest.id + "-" + node,
                .summary = "the " + node + " is signed with " + digest.name,
                .rows = {DigestRow(digest.row, place)},
                .source = digest.source,
                .twin = digest.twin,
                .expected = {kWeakSignature, place.depth},
                .severity = digest.severity},
               [&](ChainSpec& chain) { chain.At(node).signature = digest.alg; });
    }
  }
  for (const Digest& digest : kDigests) {
    list.Add(
        {.id = std::string("strength.") + digest.id + "-root",
         .summary = std::string("the trusted root signed itself with ") + digest.name + ", which nobody needs to check",
         .rows = {"D4"},
         .source = "RFC 5280 6.1.1 d",
         .twin = digest.twin,
         .policy_dependent = true,
         .severity = Severity::kLow},
        [&](ChainSpec& chain) { chain.root().signature = digest.alg; });
  }
}

void AddWeakKeys(CaseList& list) {
  for (const Place& place : kEveryPlace) {
    const std::string node = place.node;
    for (const KeyType type : {KeyType::kRsa512, KeyType::kRsa768, KeyType::kRsa1024}) {
      const std::string key(Name(type));
      list.Add({.id = "strength." + key + "-" + node,
                .summary = "the " + node + "'s key is " + key,
                .rows = {place.depth == 0 ? "D5" : "D6"},
                .source = kStrength,
                .twin = "control.rsa-chain",
                .expected = {kWeakKey, place.depth},
                .policy_dependent = place.anchor,
                .severity = type == KeyType::kRsa1024 ? Severity::kMedium : Severity::kHigh},
               [&](ChainSpec& chain) { chain.At(node).key.type = type; });
    }
  }
}

void AddAlgorithmMismatch(CaseList& list) {
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    list.Add(
        {.id = "strength.algorithm-mismatch-" + node,
         .summary = "the " + node + " says ecdsa-sha384 inside the signature and ecdsa-sha256, the truth, beside it",
         .rows = {"D11"},
         .source = "RFC 5280 4.1.1.2",
         .twin = "control.good",
         .expected = {kSignatureAlgorithmMismatch, place.depth},
         .severity = Severity::kMedium},
        [&](ChainSpec& chain) { chain.At(node).inner_algorithm = SigAlg::kEcdsaSha384; });
  }
  list.Add(
      {.id = "strength.algorithm-mismatch-outer-leaf",
       .summary = "the leaf says ecdsa-sha384 beside the signature and ecdsa-sha256, the truth, inside it; by what it "
                  "says outside, the signature does not verify either",
       .rows = {"D11"},
       .source = "RFC 5280 4.1.1.2",
       .twin = "control.good",
       .expected = {kSignatureAlgorithmMismatch, 0},
       .also = {kSignatureInvalid},
       .compound = true,
       .severity = Severity::kMedium},
      [](ChainSpec& chain) { chain.leaf().outer_algorithm = SigAlg::kEcdsaSha384; });
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    list.Add({.id = "strength.unknown-algorithm-" + node,
              .summary = "the " + node + " is signed with an algorithm nobody knows",
              .rows = {"D12"},
              .source = "RFC 5280 4.1.1.2",
              .twin = "control.good",
              .expected = {kUnsupportedAlgorithm, place.depth},
              .severity = Severity::kHigh},
             [&](ChainSpec& chain) { chain.At(node).signature = SigAlg::kUnknownOid; });
  }
}

}  // namespace

void AddStrengthCases(CaseList& list) {
  AddWeakDigests(list);
  AddWeakKeys(list);
  AddAlgorithmMismatch(list);
}

}  // namespace certs::catalogue

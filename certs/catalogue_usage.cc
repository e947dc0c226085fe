// Rows E: what a certificate may be used for, and extensions that must stop a verifier.

#include <string>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kEku = "RFC 5280 4.2.1.12";
constexpr const char* kKu = "RFC 5280 4.2.1.3";
constexpr const char* kBasicConstraints = "RFC 5280 4.2.1.9";

constexpr const char* kCodeSigning = "1.3.6.1.5.5.7.3.3";
constexpr const char* kOcspSigning = "1.3.6.1.5.5.7.3.9";
constexpr const char* kStepUp = "2.16.840.1.113730.4.1";  // Netscape's old "server gated crypto"
constexpr const char* kUnknownPurpose = "1.3.6.1.4.1.55738.4.1";

// ------------------------------------------------------------------------------------------------ E1-E5: extKeyUsage

void AddLeafPurposes(CaseList& list) {
  struct Purposes {
    const char* id;
    const char* summary;
    std::vector<std::string> oids;
  };
  const std::vector<Purposes> wrong = {
      {"client-only", "clients only", {std::string(kClientAuth)}},
      {"email-only", "e-mail only", {std::string(kEmailProtection)}},
      {"code-signing-only", "code signing only", {kCodeSigning}},
      {"ocsp-signing-only", "OCSP responses only", {kOcspSigning}},
      {"client-and-email", "clients and e-mail", {std::string(kClientAuth), std::string(kEmailProtection)}},
      {"step-up-only", "Netscape's step-up only", {kStepUp}},
      {"unknown-only", "a purpose nobody knows", {kUnknownPurpose}},
  };
  for (const bool critical : {false, true}) {
    for (const Purposes& purposes : wrong) {
      list.Add({.id = std::string("usage.eku-") + purposes.id + (critical ? "-critical" : ""),
                .summary = std::string("the leaf is for ") + purposes.summary + (critical ? ", and critically so" : ""),
                .rows = {critical ? "E2" : "E1"},
                .source = kEku,
                .twin = critical ? "control.eku-critical" : "control.good",
                .expected = {kExtendedKeyUsage, 0},
                .severity = Severity::kHigh},
               [&](ChainSpec& chain) { chain.leaf().extended_key_usage->purposes = purposes.oids; });
    }
  }
  list.Add({.id = "usage.eku-any-only",
            .summary = "the leaf is for any purpose and names no other; an application may insist on serverAuth",
            .rows = {"E4"},
            .source = kEku,
            .twin = "control.good",
            .expected = {kExtendedKeyUsage, 0},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().extended_key_usage->purposes = {std::string(kAnyPurpose)}; });
  list.Add({.id = "usage.eku-empty",
            .summary = "the leaf's extKeyUsage names no purpose at all, which its syntax forbids",
            .rows = {"E4"},
            .source = kEku,
            .twin = "control.good",
            .expected = {kMalformedExtension, 0},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().extended_key_usage->purposes.clear(); });
}

// No clause makes extKeyUsage of a CA a constraint; every root programme does, and so do most verifiers.
void AddCaPurposes(CaseList& list) {
  struct Purpose {
    const char* id;
    const char* summary;
    std::string oid;
    bool allowed;
  };
  const std::vector<Purpose> purposes = {
      {"client-only", "clients only", std::string(kClientAuth), false},
      {"email-only", "e-mail only", std::string(kEmailProtection), false},
      {"any-only", "any purpose", std::string(kAnyPurpose), true},
  };
  const auto add = [&](const Place& place, const char* twin, const Purpose& purpose) {
    const std::string node = place.node;
    list.Add(
        {.id = "usage." + node + "-eku-" + purpose.id,
         .summary = "the " + node + " may vouch for " + purpose.summary,
         .rows = {"E5"},
         .source = kEku,
         .twin = twin,
         .expected = purpose.allowed ? Verdict{} : Verdict{kExtendedKeyUsage, place.depth},
         .policy_dependent = true,
         .severity = place.anchor ? Severity::kLow : Severity::kMedium},
        [&](ChainSpec& chain) { chain.At(node).extended_key_usage = ExtendedKeyUsage{.purposes = {purpose.oid}}; });
  };
  for (const Purpose& purpose : purposes) {
    add(kIntermediatePlace, "control.ca-constrained-eku", purpose);
  }
  add(kRootPlace, "control.good", purposes.front());
}

// ------------------------------------------------------------------------------------------------ E6-E10: keyUsage, CA

// RSA: the TLS library refuses to serve an EC certificate that may not sign.
void AddLeafKeyUsages(CaseList& list) {
  struct Usage {
    const char* id;
    const char* summary;
    uint16_t bits;
    const char* row;
  };
  for (const Usage& usage : {
           Usage{"crl-sign-only", "sign revocation lists", kCrlSign, "E6"},
           {"non-repudiation-only", "sign what must not be denied", kNonRepudiation, "E6"},
           {"data-encipherment-only", "encrypt data", kDataEncipherment, "E6"},
           {"key-agreement-only", "agree on keys", kKeyAgreement, "E6"},
           {"key-encipherment-only", "encrypt keys, and cannot sign an (EC)DHE handshake", kKeyEncipherment, "E7"},
       }) {
    list.Add({.id = std::string("usage.ku-") + usage.id,
              .summary = std::string("the leaf's key may only ") + usage.summary,
              .rows = {usage.row},
              .source = kKu,
              .twin = "control.leaf-rsa2048",
              .expected = {kKeyUsage, 0},
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().key_usage->bits = usage.bits; });
  }
  list.Add({.id = "usage.ku-empty",
            .summary = "the leaf's keyUsage has no bit set, which is forbidden",
            .rows = {"E6"},
            .source = kKu,
            .twin = "control.leaf-rsa2048",
            .expected = {kMalformedExtension, 0},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().key_usage->bits = 0; });
}

void AddCaAsServer(CaseList& list) {
  list.Add({.id = "usage.leaf-is-ca",
            .summary = "the leaf says it is a CA",
            .rows = {"E8"},
            .source = kBasicConstraints,
            .twin = "control.good",
            .expected = {kLeafIsCa, 0},
            .policy_dependent = true,
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().basic_constraints->ca = true; });
  list.Add(
      {.id = "usage.ca-certificate-as-server",
       .summary = "the server presents the certificate of a working CA as its own (cA and keyCertSign belong together)",
       .rows = {"E8"},
       .source = kBasicConstraints,
       .twin = "control.good",
       .expected = {kLeafIsCa, 0},
       .compound = true,
       .policy_dependent = true,
       .severity = Severity::kMedium},
      [](ChainSpec& chain) {
        chain.leaf().basic_constraints->ca = true;
        chain.leaf().key_usage->bits = kDigitalSignature | kKeyCertSign;
      });
  list.Add({.id = "usage.cert-sign-without-ca",
            .summary = "the leaf's keyUsage has keyCertSign, and the leaf is no CA",
            .rows = {"E9"},
            .source = kKu,
            .twin = "control.good",
            .expected = {kCertSignWithoutCa, 0},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().key_usage->bits = kDigitalSignature | kKeyCertSign; });
  list.Add({.id = "usage.path-len-without-ca",
            .summary = "the leaf has a path length, and is no CA",
            .rows = {"E10"},
            .source = kBasicConstraints,
            .twin = "control.good",
            .expected = {kPathLenWithoutCa, 0},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().basic_constraints->path_len = 0; });
}

// ------------------------------------------------------------------------------------------------ E11, E12, E14

void AddCriticalExtensions(CaseList& list) {
  for (const Place& place : kEveryPlace) {
    const std::string node = place.node;
    list.Add({.id = "usage.unknown-critical-" + node,
              .summary = "the " + node + " carries a critical extension nobody knows",
              .rows = {"E11"},
              .source = "RFC 5280 4.2",
              .twin = place.depth == 0 ? "control.unknown-noncritical-extension" : "control.good",
              .expected = {kUnknownCriticalExtension, place.depth},
              .policy_dependent = place.anchor,
              .severity = place.anchor ? Severity::kLow : Severity::kMedium},
             [&](ChainSpec& chain) { chain.At(node).extra_extensions = {UnknownExtension(true)}; });
  }
  list.Add(
      {.id = "usage.precertificate",
       .summary = "the leaf is a precertificate: its critical poison extension forbids to use it",
       .rows = {"E14"},
       .source = "RFC 6962 3.1",
       .twin = "control.good",
       .expected = {kUnknownCriticalExtension, 0},
       .severity = Severity::kMedium},
      [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {{.oid = "1.3.6.1.4.1.11129.2.4.3", .critical = true, .value = der::Null()}};
      });
}

// The second copy stands last. Where it says something else than the first, whoever takes the last one falls for it.
void AddDuplicates(CaseList& list) {
  const auto sequence = [](ByteView content) { return der::Sequence(content); };
  const RawExtension basic_constraints = {.oid = "2.5.29.19", .critical = true, .value = sequence(Bytes{})};
  const RawExtension basic_constraints_of_ca = {
      .oid = "2.5.29.19", .critical = true, .value = sequence(der::Boolean(true))};
  const RawExtension key_usage = {.oid = "2.5.29.15", .critical = true, .value = der::NamedBits(kDigitalSignature)};
  const RawExtension eku = {.oid = "2.5.29.37", .value = sequence(der::Oid(kServerAuth))};
  const auto san = [&](std::string_view host) {
    return RawExtension{.oid = "2.5.29.17", .value = sequence(der::Context(2, ToBytes(host)))};
  };

  const auto add = [&](const char* id, const char* summary, const Place& place, const char* twin,
                       std::vector<RawExtension> extensions) {
    list.Add({.id = std::string("usage.duplicate-") + id,
              .summary = summary,
              .rows = {"E12"},
              .source = "RFC 5280 4.2",
              .twin = twin,
              .expected = {kDuplicateExtension, place.depth},
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.At(place.node).extra_extensions = std::move(extensions); });
  };
  add("san", "the leaf has two equal subjectAltNames", kLeafPlace, "control.good", {san(kBobHost)});
  add("san-other-host", "the leaf has two subjectAltNames, the second for another host", kLeafPlace, "control.good",
      {san(kEveHost)});
  add("basic-constraints", "the leaf has two equal basicConstraints", kLeafPlace, "control.good", {basic_constraints});
  add("key-usage", "the leaf has two equal keyUsages", kLeafPlace, "control.good", {key_usage});
  add("eku", "the leaf has two equal extKeyUsages", kLeafPlace, "control.good", {eku});
  add("unknown", "the leaf has the same unknown extension twice", kLeafPlace, "control.unknown-noncritical-extension",
      {UnknownExtension(false), UnknownExtension(false)});
  add("intermediate-basic-constraints", "the intermediate has two basicConstraints", kIntermediatePlace, "control.good",
      {basic_constraints_of_ca});
}

}  // namespace

void AddUsageCases(CaseList& list) {
  AddLeafPurposes(list);
  AddCaPurposes(list);
  AddLeafKeyUsages(list);
  AddCaAsServer(list);
  AddCriticalExtensions(list);
  AddDuplicates(list);
}

}  // namespace certs::catalogue

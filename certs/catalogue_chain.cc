// Rows C: whom the chain leads to, and who may issue.

#include <string>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kSignature = "RFC 5280 6.1.3 a1";
constexpr const char* kNameChaining = "RFC 5280 6.1.3 a4";
constexpr const char* kBasic = "RFC 5280 6.1.4 k";
constexpr const char* kCertSign = "RFC 5280 6.1.4 n";

// ------------------------------------------------------------------------------------------------ C1-C5, C17: trust

void AddSelfSigned(CaseList& list) {
  list.Add({.id = "chain.self-signed",
            .summary = "the leaf signed itself, for the right name",
            .rows = {"C1"},
            .source = kAnchors,
            .twin = "control.leaf-under-root",
            .expected = {kSelfSigned, 0},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.leaf().issuer = "leaf"; });
  list.Add({.id = "chain.self-signed-wrong-host",
            .summary = "the leaf signed itself, and for another host: both defects are the case",
            .rows = {"C2"},
            .source = kAnchors,
            .twin = "control.leaf-under-root",
            .expected = {kSelfSigned, 0},
            .also = {kNameMismatch},
            .compound = true,
            .severity = Severity::kCritical},
           [](ChainSpec& chain) {
             chain.leaf().issuer = "leaf";
             chain.leaf().san->names = {Dns(kEveHost)};
           });
  list.Add({.id = "chain.self-signed-ca",
            .summary = "the leaf signed itself and says it is a CA, as much home-made software does: both are the case",
            .rows = {"C3"},
            .source = kAnchors,
            .twin = "control.leaf-under-root",
            .expected = {kSelfSigned, 0},
            .also = {kLeafIsCa},
            .compound = true,
            .severity = Severity::kCritical},
           [](ChainSpec& chain) {
             chain.leaf().issuer = "leaf";
             chain.leaf().basic_constraints->ca = true;
           });
}

void AddUnknownIssuers(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source, const char* twin,
                       int depth, const Edit& edit) {
    list.Add({.id = id,
              .summary = summary,
              .rows = {row},
              .source = source,
              .twin = twin,
              .expected = {kUnknownIssuer, depth},
              .severity = Severity::kCritical},
             edit);
  };
  add("chain.unknown-root", "the intermediate was issued by a root nobody trusts, which is not sent", "C4", kAnchors,
      "control.good", 1, [](ChainSpec& chain) { chain.intermediate().issuer = "eve-root"; });
  add("chain.unknown-root-on-wire", "the intermediate was issued by a root nobody trusts, which is sent", "C4",
      kAnchors, "control.two-roots-on-wire", 2, [](ChainSpec& chain) { chain.intermediate().issuer = "eve-root"; });
  add("chain.unknown-root-issued-leaf", "a root nobody trusts issued the leaf itself", "C4", kAnchors,
      "control.leaf-under-root", 0, [](ChainSpec& chain) { chain.leaf().issuer = "eve-root"; });
  add("chain.other-anchor-only", "of the two roots, the client trusts only the other one", "C21", kAnchors,
      "control.two-anchors", 1, [](ChainSpec& chain) { chain.trusted = {"eve-root"}; });
  add("chain.other-anchor-root-on-wire", "the client trusts another root than the one that is sent", "C4", kAnchors,
      "control.root-on-wire", 2, [](ChainSpec& chain) { chain.trusted = {"eve-root"}; });
  add("chain.unknown-issuer-name", "the leaf names an issuer that nobody is", "C4", kNameChaining, "control.good", 0,
      [](ChainSpec& chain) { chain.leaf().claimed_issuer = CommonName("Nobody CA"); });
  add("chain.missing-intermediate", "only the leaf is sent", "C17", kNameChaining, "control.good", 0,
      [](ChainSpec& chain) { chain.presented = {"leaf"}; });
  add("chain.wrong-intermediate", "an intermediate of somebody else is sent in place of the leaf's issuer", "C17",
      kNameChaining, "control.good", 0, [](ChainSpec& chain) { chain.presented = {"leaf", "eve-intermediate"}; });
  add("chain.missing-intermediate-root-on-wire", "leaf and root are sent, the intermediate between them is not", "C17",
      kNameChaining, "control.root-on-wire", 0, [](ChainSpec& chain) { chain.presented = {"leaf", "root"}; });
}

void AddLookAlikes(CaseList& list) {
  struct LookAlike {
    const char* id;
    const char* summary;
    const char* twin;
  };
  for (const LookAlike& look_alike :
       {LookAlike{"chain.look-alike-root", "a root of the trusted root's name but another key issued the intermediate",
                  "control.good"},
        {"chain.look-alike-root-no-key-id",
         "the same without an authorityKeyIdentifier, so that only the signature tells the two roots apart",
         "control.no-authority-key-id"},
        {"chain.look-alike-root-trusted-on-wire", "the same, and the trusted root is sent along to lend its name",
         "control.root-on-wire"}}) {
    list.Add({.id = look_alike.id,
              .summary = look_alike.summary,
              .rows = {"C5"},
              .source = kSignature,
              .twin = look_alike.twin,
              .expected = {kSignatureInvalid, 1},
              .severity = Severity::kCritical},
             [](ChainSpec& chain) { chain.intermediate().issuer = "fake-root"; });
  }
}

void AddOrder(CaseList& list) {
  list.Add({.id = "chain.out-of-order",
            .summary = "leaf, root, intermediate: in the wrong order; a client should sort it out",
            .rows = {"C19"},
            .source = "RFC 8446 4.4.2",
            .twin = "control.root-on-wire",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.presented = {"leaf", "root", "intermediate"}; });
}

// ------------------------------------------------------------------------------------------------ C8-C14, C30: issuers

void AddLeafAsCa(CaseList& list) {
  struct Variant {
    const char* id;
    const char* summary;
    const char* twin;
  };
  for (const Variant& variant :
       {Variant{"chain.leaf-signed-by-leaf", "Mallory's own server certificate (cA false) issued the leaf",
                "control.spare-leaf"},
        {"chain.leaf-signed-by-leaf-no-basic-constraints",
         "Mallory's own server certificate, without basicConstraints, issued the leaf",
         "control.spare-leaf-no-basic-constraints"},
        {"chain.leaf-signed-by-leaf-key-usage",
         "Mallory's own server certificate, whose keyUsage does not allow it either, issued the leaf",
         "control.spare-leaf-key-usage"}}) {
    list.Add({.id = variant.id,
              .summary = variant.summary,
              .rows = {"C8"},
              .source = "RFC 5280 6.1.4 k; CVE-2002-0862",
              .twin = variant.twin,
              .expected = {kNotACa, 1},
              .severity = Severity::kCritical},
             [](ChainSpec& chain) { chain.leaf().issuer = "mallory"; });
  }
}

void AddBadIssuers(CaseList& list) {
  struct Fault {
    const char* id;       // behind the node's name
    const char* summary;  // behind the node's name
    const char* row;      // of the intermediate; the root's is C30
    const char* twin;     // of the intermediate; the root's is control.good
    Reason reason;
    void (*edit)(CertSpec&);
  };
  constexpr Fault kFaults[] = {
      {"ca-false", "says it is no CA", "C9", "control.ca-no-path-len", kNotACa,
       [](CertSpec& ca) { ca.basic_constraints->ca = false; }},
      {"no-basic-constraints", "has no basicConstraints; its keyUsage has keyCertSign", "C11", "control.good", kNotACa,
       [](CertSpec& ca) { ca.basic_constraints.reset(); }},
      {"no-cert-sign", "may sign revocation lists only", "C12", "control.good", kCaKeyUsage,
       [](CertSpec& ca) { ca.key_usage->bits = kCrlSign; }},
      {"key-usage-of-a-leaf", "has the keyUsage of a server", "C12", "control.good", kCaKeyUsage,
       [](CertSpec& ca) { ca.key_usage->bits = kDigitalSignature; }},
  };
  for (const Place& place : {kIntermediatePlace, kRootPlace}) {
    const std::string node = place.node;
    for (const Fault& fault : kFaults) {
      list.Add({.id = "chain." + node + "-" + fault.id,
                .summary = "the " + node + " " + fault.summary,
                .rows = {place.anchor ? "C30" : fault.row},
                .source = fault.reason == kNotACa ? kBasic : kCertSign,
                .twin = place.anchor ? "control.good" : fault.twin,
                .expected = {fault.reason, place.depth},
                .policy_dependent = place.anchor,
                .severity = place.anchor ? Severity::kLow : Severity::kHigh},
               [&](ChainSpec& chain) { fault.edit(chain.At(node)); });
    }
  }
  list.Add({.id = "chain.intermediate-no-basic-constraints-no-key-usage",
            .summary = "the intermediate says neither that it is a CA nor that it may sign",
            .rows = {"C10"},
            .source = kBasic,
            .twin = "control.ca-no-key-usage",
            .expected = {kNotACa, 1},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.intermediate().basic_constraints.reset(); });
  list.Add({.id = "chain.intermediate-basic-constraints-not-critical",
            .summary =
                "the intermediate's basicConstraints are not critical; a CA must write them so, a client need not mind",
            .rows = {"C30"},
            .source = "RFC 5280 4.2.1.9",
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.intermediate().basic_constraints->critical = false; });
}

void AddOldVersions(CaseList& list) {
  for (const int version : {1, 2}) {
    const std::string text = std::to_string(version);
    list.Add(
        {.id = "chain.leaf-v" + text,
         .summary = "the leaf is of X.509 version " + text + ", which has no extensions, so the only name is the CN",
         .rows = {"C14"},
         .source = "RFC 5280 4.1.2.1",
         .twin = "control.cn-and-san",
         .expected = {kUnsupportedVersion, 0},
         .also = {kNoPresentedIdentifier},
         .compound = true,
         .severity = Severity::kMedium},
        [&](ChainSpec& chain) { ToOldVersion(chain.leaf(), version); });
    list.Add({.id = "chain.intermediate-v" + text,
              .summary = "the intermediate is of X.509 version " + text +
                         ", which has no extensions, so it cannot say that it is a CA",
              .rows = {"C13"},
              .source = "RFC 5280 6.1.4 k; CVE-2014-1959",
              .twin = "control.good",
              .expected = {kUnsupportedVersion, 1},
              .compound = true,
              .severity = Severity::kCritical},
             [&](ChainSpec& chain) { ToOldVersion(chain.intermediate(), version); });
  }
  list.Add(
      {.id = "chain.root-v1",
       .summary = "the root is of X.509 version 1, as old roots are; who configured it vouches for it (no extensions "
                  "in version 1)",
       .rows = {"C30"},
       .source = kBasic,
       .twin = "control.good",
       .compound = true,
       .policy_dependent = true,
       .severity = Severity::kLow},
      [](ChainSpec& chain) { ToOldVersion(chain.root(), 1); });
}

// ------------------------------------------------------------------------------------------------ C6, C15, C16:
// signatures

void AddBadSignatures(CaseList& list) {
  struct Fault {
    const char* id;
    const char* summary;
    SignatureFault fault;
  };
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    for (const Fault& fault : {Fault{"flipped", "has one bit wrong", SignatureFault::kFlipBit},
                               {"zeros", "is all zeros", SignatureFault::kZeros},
                               {"empty", "has no bits", SignatureFault::kEmpty}}) {
      list.Add({.id = "chain." + node + "-signature-" + fault.id,
                .summary = "the " + node + "'s signature " + fault.summary,
                .rows = {place.depth == 0 ? "C15" : "C16"},
                .source = kSignature,
                .twin = "control.good",
                .expected = {kSignatureInvalid, place.depth},
                .severity = Severity::kCritical},
               [&](ChainSpec& chain) { chain.At(node).signature_fault = fault.fault; });
    }
    list.Add({.id = "chain." + node + "-signed-by-stranger",
              .summary = "the " + node + " names its issuer, but Eve's key signed it",
              .rows = {place.depth == 0 ? "C15" : "C16"},
              .source = kSignature,
              .twin = "control.good",
              .expected = {kSignatureInvalid, place.depth},
              .severity = Severity::kCritical},
             [&](ChainSpec& chain) { chain.At(node).signing_key = KeySpec{.label = "eve"}; });
  }
  list.Add({.id = "chain.cloned-leaf",
            .summary = "Bob's real certificate with Eve's key put into it, under Bob's real chain",
            .rows = {"C6"},
            .source = kSignature,
            .twin = "control.good",
            .expected = {kSignatureInvalid, 0},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.leaf().swapped_key = KeySpec{.label = "eve"}; });
  list.Add({.id = "chain.leaf-tampered",
            .summary = "the leaf's subject was changed after signing",
            .rows = {"C15"},
            .source = kSignature,
            .twin = "control.good",
            .expected = {kSignatureInvalid, 0},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.leaf().tampers = {{ToBytes("Bob's Mail"), ToBytes("Eve's Mail")}}; });
  list.Add(
      {.id = "chain.leaf-tampered-name",
       .summary = "Eve wrote Bob's host over hers in her own certificate (her name and the change belong together)",
       .rows = {"C15"},
       .source = kSignature,
       .twin = "control.good",
       .expected = {kSignatureInvalid, 0},
       .compound = true,
       .severity = Severity::kCritical},
      [](ChainSpec& chain) {
        chain.leaf().san->names = {Dns(kEveHost)};
        chain.leaf().tampers = {{ToBytes(kEveHost), ToBytes(kBobHost)}};
      });
  list.Add({.id = "chain.root-signature-flipped",
            .summary = "the trusted root's own signature is broken; as an anchor it is a name and a key, not a claim",
            .rows = {"C30"},
            .source = kAnchors,
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.root().signature_fault = SignatureFault::kFlipBit; });
}

}  // namespace

void AddChainCases(CaseList& list) {
  AddSelfSigned(list);
  AddUnknownIssuers(list);
  AddLookAlikes(list);
  AddOrder(list);
  AddLeafAsCa(list);
  AddBadIssuers(list);
  AddOldVersions(list);
  AddBadSignatures(list);
}

}  // namespace certs::catalogue

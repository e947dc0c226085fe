// Good chains. Every one of them must be accepted, and every bad case is one edit of one of them. Those with special
// names are in catalogue_name_controls.cc.

#include <chrono>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using std::chrono::days;

constexpr const char* kPath = "RFC 5280 6.1";

// ------------------------------------------------------------------------------------------------ A: the usual ones

void AddUsual(CaseList& list) {
  list.Add({.id = "control.good",
            .summary = "leaf and intermediate are sent, the root is trusted, the name is right (P-256, SHA-256)",
            .rows = {"A2", "A4"},
            .source = kPath,
            .severity = Severity::kCritical},
           [](ChainSpec&) {});
  list.Add({.id = "control.leaf-under-root",
            .summary = "the trusted root issued the leaf itself; the leaf alone is sent (its issuer and what is sent "
                       "change together)",
            .rows = {"A1"},
            .source = kPath,
            .twin = "control.good",
            .compound = true},
           [](ChainSpec& chain) {
             chain.leaf().issuer = "root";
             chain.presented = {"leaf"};
           });
  list.Add({.id = "control.no-subject",
            .summary = "the leaf's subject is empty and all it says is a subjectAltName, critical as it then must be",
            .rows = {"A3", "F25"},
            .source = "RFC 5280 4.2.1.6",
            .twin = "control.good",
            .compound = true},
           [](ChainSpec& chain) {
             chain.leaf().subject.clear();
             chain.leaf().san->critical = true;
           });
  list.Add({.id = "control.cn-and-san",
            .summary = "the host name stands in the common name and in the subjectAltName",
            .rows = {"A2"},
            .source = "RFC 5280 4.2.1.6",
            .twin = "control.good"},
           [](ChainSpec& chain) { chain.leaf().subject = CommonName(kBobHost); });
  list.Add({.id = "control.unknown-noncritical-extension",
            .summary = "the leaf carries an extension nobody knows, not critical",
            .rows = {"A6"},
            .source = "RFC 5280 4.2",
            .twin = "control.good"},
           [](ChainSpec& chain) { chain.leaf().extra_extensions = {UnknownExtension(false)}; });
  list.Add({.id = "control.thousand-names",
            .summary = "the right name is the last of a thousand",
            .rows = {"A7"},
            .source = kIdentity,
            .twin = "control.good",
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             std::vector<GeneralName> names;
             for (int i = 1; i < 1000; ++i) {
               names.push_back(Dns("host" + std::to_string(i) + ".bob.test"));
             }
             names.push_back(Dns(kBobHost));
             chain.leaf().san->names = std::move(names);
           });
}

// ------------------------------------------------------------------------------------------------ A4, A5: algorithms

void AddAlgorithms(CaseList& list) {
  struct LeafKey {
    KeyType type;
    const char* row;
  };
  for (const LeafKey& key : {LeafKey{KeyType::kP384, "A4"},
                             {KeyType::kRsa2048, "A5"},
                             {KeyType::kRsa3072, "A5"},
                             {KeyType::kRsa4096, "A5"},
                             {KeyType::kRsa8192, "A5"}}) {
    const std::string name(Name(key.type));
    list.Add({.id = "control.leaf-" + name,
              .summary = "the leaf's key is " + name,
              .rows = {key.row},
              .source = "RFC 9325 4.5",
              .twin = "control.good",
              .severity = key.type == KeyType::kRsa8192 ? Severity::kLow : Severity::kHigh},
             [&](ChainSpec& chain) { chain.leaf().key.type = key.type; });
  }

  const auto every_key = [&](const char* id, KeyType type, const char* row) {
    list.Add({.id = id,
              .summary = "every key of the chain is " + std::string(Name(type)) + " (they change together)",
              .rows = {row},
              .source = "RFC 9325 4.5",
              .twin = "control.good",
              .compound = true},
             [&](ChainSpec& chain) {
               for (const Place& place : kEveryPlace) {
                 chain.At(place.node).key.type = type;
               }
             });
  };
  every_key("control.p384-chain", KeyType::kP384, "A4");
  every_key("control.rsa-chain", KeyType::kRsa2048, "A5");

  struct Signature {
    SigAlg alg;
    const char* twin;
    const char* row;
    const char* source;
  };
  constexpr const char* kRsaChain = "control.rsa-chain";
  for (const Signature& signature : {
           Signature{SigAlg::kEcdsaSha384, "control.good", "A5", "RFC 5758 3.2"},
           {SigAlg::kEcdsaSha512, "control.good", "A5", "RFC 5758 3.2"},
           {SigAlg::kRsaSha384, kRsaChain, "A5", "RFC 4055 5"},
           {SigAlg::kRsaSha512, kRsaChain, "A5", "RFC 4055 5"},
           {SigAlg::kRsaPssSha256, kRsaChain, "D9", "RFC 4055 3"},
           {SigAlg::kRsaPssSha384, kRsaChain, "D9", "RFC 4055 3"},
           {SigAlg::kRsaPssSha512, kRsaChain, "D9", "RFC 4055 3"},
       }) {
    const std::string name(Name(signature.alg));
    list.Add({.id = "control." + name,
              .summary = "the leaf is signed with " + name,
              .rows = {signature.row},
              .source = signature.source,
              .twin = signature.twin,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().signature = signature.alg; });
  }
}

// ------------------------------------------------------------------------------------------------ B: dates

void AddDates(CaseList& list) {
  list.Add({.id = "control.long-lived",
            .summary = "the leaf has been valid for twenty days",
            .rows = {"B1"},
            .source = "RFC 5280 4.1.2.5",
            .twin = "control.good"},
           [](ChainSpec& chain) { chain.leaf().not_before.from_now = days(-20); });
  list.Add({.id = "control.since-1961",
            .summary = "every certificate of the chain has been valid since 1961, before any epoch (all three, so that "
                       "each can be made to end)",
            .rows = {"B7"},
            .source = "RFC 5280 4.1.2.5.1",
            .twin = "control.good",
            .compound = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             for (const Place& place : kEveryPlace) {
               chain.At(place.node).not_before.raw = "610101000000Z";
             }
           });
  list.Add({.id = "control.utc-time",
            .summary = "the leaf ends with the last UTCTime there is, at the end of 2049",
            .rows = {"B9"},
            .source = "RFC 5280 4.1.2.5.1",
            .twin = "control.good",
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().not_after = {.form = TimeForm::kUtc, .raw = "491231235959Z"}; });
  list.Add(
      {.id = "control.generalized-time",
       .summary = "the leaf ends in 2050, as a GeneralizedTime",
       .rows = {"B9"},
       .source = "RFC 5280 4.1.2.5.2",
       .twin = "control.good",
       .severity = Severity::kMedium},
      [](ChainSpec& chain) { chain.leaf().not_after = {.form = TimeForm::kGeneralized, .raw = "20501231235959Z"}; });
  list.Add({.id = "control.no-well-defined-expiry",
            .summary = "the leaf ends at 99991231235959Z, which means: never",
            .rows = {"B9"},
            .source = "RFC 5280 4.1.2.5",
            .twin = "control.generalized-time",
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().not_after.raw = "99991231235959Z"; });
}

// ------------------------------------------------------------------------------------------------ C: chains

// A server's certificate of Mallory, valid for her own host; as a CA, worth nothing. Without keyUsage, so that it lacks
// no more than basicConstraints does.
CertSpec MalloryLeaf(const CertSpec& like) {
  CertSpec mallory = like;
  mallory.name = "mallory";
  mallory.subject = Organization("Mallory's Mail");
  mallory.key.label = "mallory";
  mallory.key_usage.reset();
  mallory.san->names = {Dns("mail.mallory.test")};
  return mallory;
}

void AddChains(CaseList& list) {
  struct Sent {
    const char* id;
    const char* summary;
    std::vector<std::string> presented;
  };
  for (const Sent& sent : {
           Sent{"control.root-on-wire", "the trusted root is sent too", {"leaf", "intermediate", "root"}},
           {"control.two-roots-on-wire",
            "two roots are sent, one of them trusted",
            {"leaf", "intermediate", "root", "eve-root"}},
           {"control.unrelated-on-wire",
            "an intermediate of somebody else is sent too",
            {"leaf", "intermediate", "eve-intermediate"}},
           {"control.duplicate-on-wire", "the intermediate is sent twice", {"leaf", "intermediate", "intermediate"}},
       }) {
    list.Add({.id = sent.id,
              .summary = sent.summary,
              .rows = {"C20"},
              .source = "RFC 8446 4.4.2",
              .twin = "control.good",
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.presented = sent.presented; });
  }
  list.Add({.id = "control.two-anchors",
            .summary = "two roots are trusted; the chain leads to the second",
            .rows = {"C21"},
            .source = "RFC 5280 6.1.1 d",
            .twin = "control.good"},
           [](ChainSpec& chain) { chain.trusted = {"eve-root", "root"}; });
  list.Add({.id = "control.no-authority-key-id",
            .summary = "the intermediate has no authorityKeyIdentifier",
            .rows = {"C31"},
            .source = "RFC 5280 4.2.1.1",
            .twin = "control.good",
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.intermediate().authority_key_id = false; });
  list.Add({.id = "control.ca-no-key-usage",
            .summary = "the intermediate has no keyUsage, so nothing forbids it to sign",
            .rows = {"C12"},
            .source = "RFC 5280 6.1.4 n",
            .twin = "control.good",
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.intermediate().key_usage.reset(); });

  struct Spare {
    const char* id;
    const char* summary;
    void (*edit)(CertSpec&);
  };
  for (const Spare& spare : {
           Spare{"control.spare-leaf", "Mallory's valid certificate is sent too", [](CertSpec&) {}},
           {"control.spare-leaf-no-basic-constraints",
            "Mallory's valid certificate, without basicConstraints, is sent too",
            [](CertSpec& mallory) { mallory.basic_constraints.reset(); }},
           {"control.spare-leaf-key-usage", "Mallory's valid certificate, with a keyUsage, is sent too",
            [](CertSpec& mallory) { mallory.key_usage = KeyUsage{}; }},
       }) {
    list.Add({.id = spare.id,
              .summary = std::string(spare.summary) +
                         ", and the intermediate's pathLen leaves room for one more CA (one certificate more, sent)",
              .rows = {"C20"},
              .source = "RFC 8446 4.4.2",
              .twin = "control.good",
              .compound = true,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) {
               chain.certs.push_back(MalloryLeaf(chain.leaf()));
               spare.edit(chain.certs.back());
               chain.intermediate().basic_constraints->path_len = 1;
               chain.presented = {"leaf", "mallory", "intermediate"};
             });
  }
}

// ------------------------------------------------------------------------------------------------ E: usage

void AddUsages(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source, const Edit& edit) {
    list.Add({.id = id,
              .summary = summary,
              .rows = {row},
              .source = source,
              .twin = "control.good",
              .severity = Severity::kMedium},
             edit);
  };
  constexpr const char* kEku = "RFC 5280 4.2.1.12";
  add("control.eku-critical", "the leaf's extKeyUsage serverAuth is critical", "E3", kEku,
      [](ChainSpec& chain) { chain.leaf().extended_key_usage->critical = true; });
  add("control.no-eku", "the leaf has no extKeyUsage, so none is excluded", "E4", kEku,
      [](ChainSpec& chain) { chain.leaf().extended_key_usage.reset(); });
  add("control.eku-client-and-server", "the leaf may be a client and a server", "E1", kEku, [](ChainSpec& chain) {
    chain.leaf().extended_key_usage->purposes = {std::string(kClientAuth), std::string(kServerAuth)};
  });
  add("control.eku-any-and-server", "the leaf names any purpose, and serverAuth", "E4", kEku, [](ChainSpec& chain) {
    chain.leaf().extended_key_usage->purposes = {std::string(kAnyPurpose), std::string(kServerAuth)};
  });
  add("control.ca-no-path-len", "the intermediate's basicConstraints set no path length", "C9", "RFC 5280 4.2.1.9",
      [](ChainSpec& chain) { chain.intermediate().basic_constraints->path_len.reset(); });
  add("control.ca-constrained-eku", "the intermediate may vouch for TLS servers only", "E5", kEku,
      [](ChainSpec& chain) {
        chain.intermediate().extended_key_usage = ExtendedKeyUsage{.purposes = {std::string(kServerAuth)}};
      });
  add("control.no-key-usage", "the leaf has no keyUsage, so nothing is excluded", "E6", "RFC 5280 4.2.1.3",
      [](ChainSpec& chain) { chain.leaf().key_usage.reset(); });
  add("control.no-basic-constraints", "the leaf has no basicConstraints, as a server needs none", "E8",
      "RFC 5280 4.2.1.9", [](ChainSpec& chain) { chain.leaf().basic_constraints.reset(); });
}

}  // namespace

void AddControls(CaseList& list) {
  AddUsual(list);
  AddAlgorithms(list);
  AddDates(list);
  AddChains(list);
  AddUsages(list);
  AddNameControls(list);
  AddNamePlaceControls(list);
  AddPathControls(list);
  AddTrustControls(list);
  AddConstraintControls(list);
  AddPolicyControls(list);
  AddRevocationControls(list);
}

}  // namespace certs::catalogue

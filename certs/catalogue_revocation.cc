// Rows J: what is said about the status of certificates, and promises that it will be said. Here the controls of all of
// them, and must-staple; the responses and the lists have files of their own.

#include <string>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;
using std::chrono::hours;

constexpr const char* kStaple = "RFC 6960 3.2";
constexpr const char* kFeature = "RFC 7633 4.2.3.1";
constexpr const char* kFeatureOfCa = "RFC 7633 4.2.2";

void AddControl(CaseList& list, const char* id, const char* summary, std::vector<std::string> rows, const char* source,
                const char* twin, bool compound, const Edit& edit) {
  list.Add({.id = id,
            .summary = summary,
            .rows = std::move(rows),
            .source = source,
            .twin = twin,
            .compound = compound,
            .severity = Severity::kMedium},
           edit);
}

// A certificate that the leaf's issuer made for nothing but answering about status.
CertSpec Responder(const ChainSpec& chain) {
  CertSpec responder = chain.At("leaf");
  responder.name = kResponder;
  responder.subject = CommonName("Lab OCSP Responder");
  responder.key.label = kResponder;
  responder.san.reset();
  responder.extended_key_usage = ExtendedKeyUsage{.purposes = {std::string(kOcspSigning)}};
  return responder;
}

void DemandHard(ChainSpec& chain) {
  chain.revocation.check = RevocationCheck::kHard;
  chain.revocation.crls = {CrlSpec{}, CrlSpec{.issuer = "root"}};
}

}  // namespace

void AddRevocationControls(CaseList& list) {
  AddControl(list, "control.ocsp", "a good status is stapled", {"J5"}, kStaple, "control.good", false,
             [](ChainSpec& chain) { chain.revocation.staples = {OcspSpec{}}; });
  AddControl(list, "control.ocsp-no-next-update", "a fresh status is stapled that does not say when a newer one comes",
             {"J5"}, kStaple, "control.ocsp", false,
             [](ChainSpec& chain) { chain.revocation.staples[0].singles[0].next_update.reset(); });
  AddControl(list, "control.ocsp-delegated",
             "a good status is stapled, signed by a responder the issuer certified; new certificate and new staple",
             {"J10"}, "RFC 6960 4.2.2.2", "control.good", true, [](ChainSpec& chain) {
               chain.certs.push_back(Responder(chain));
               chain.revocation.staples = {OcspSpec{.responder = kResponder}};
             });
  AddControl(list, "control.ocsp-both", "good statuses are stapled to leaf and intermediate (TLS 1.3)", {"J13"},
             "RFC 8446 4.4.2.1", "control.ocsp", false, [](ChainSpec& chain) {
               chain.revocation.staples.push_back(
                   OcspSpec{.certificate = "intermediate", .singles = {SingleStatus{.certificate = "intermediate"}}});
             });
  AddControl(list, "control.ocsp-hard",
             "a good status is stapled, a list covers the intermediate, and the client insists on both", {"J5"},
             kStaple, "control.good", true, [](ChainSpec& chain) {
               chain.revocation.check = RevocationCheck::kHard;
               chain.revocation.staples = {OcspSpec{}};
               chain.revocation.crls = {CrlSpec{.issuer = "root"}};
             });
  AddControl(list, "control.crl",
             "fresh lists of both CAs are configured, nobody is on them, and the client insists on them", {"J1"},
             kCrlProcessing, "control.good", true, DemandHard);
  AddControl(list, "control.crl-soft", "fresh lists of both CAs are configured, and nobody is on them", {"J1"},
             kCrlProcessing, "control.good", false,
             [](ChainSpec& chain) { chain.revocation.crls = {CrlSpec{}, CrlSpec{.issuer = "root"}}; });
  AddControl(list, "control.crl-no-next-update",
             "as control.crl, but the leaf's list does not say when the next one comes", {"J2"}, "RFC 5280 5.1.2.5",
             "control.crl", false, [](ChainSpec& chain) { chain.revocation.crls[0].next_update.reset(); });
  AddControl(list, "control.crl-point",
             "as control.crl, and the leaf names the distribution point that its list is of; both name it", {"J2"},
             "RFC 5280 6.3.3 b", "control.crl", true, [](ChainSpec& chain) {
               const std::vector<GeneralName> point = {Uri("http://crl.bob.test/one.crl")};
               chain.leaf().extra_extensions = {CrlDistributionPoint(point)};
               chain.revocation.crls[0].distribution_point = IssuingDistributionPoint{.full_name = point};
             });
  AddControl(list, "control.crl-point-x400",
             "as control.crl-point, and the point is called by an X.400 address, in leaf and list", {"J2"},
             "CVE-2023-0286", "control.crl", true, [](ChainSpec& chain) {
               const std::vector<GeneralName> point = {X400Address(der::Sequence(Bytes{}))};
               chain.leaf().extra_extensions = {CrlDistributionPoint(point)};
               chain.revocation.crls[0].distribution_point = IssuingDistributionPoint{.full_name = point};
             });
  AddControl(list, "control.crl-indirect",
             "as control.crl, and the leaf's list speaks for several issuers and says of whom", {"J2"},
             "RFC 5280 5.2.5", "control.crl", false, [](ChainSpec& chain) {
               chain.revocation.crls[0].distribution_point = IssuingDistributionPoint{.indirect = true};
             });
  AddControl(list, "control.crl-delta", "as control.crl, with a delta list beside the complete one", {"J2"},
             "RFC 5280 5.2.4", "control.crl", false,
             [](ChainSpec& chain) { chain.revocation.crls.push_back(CrlSpec{.number = 2, .delta_base = 1}); });
  AddControl(list, "control.must-staple", "the leaf promises a staple, and a good one comes: a promise and its keeping",
             {"J11"}, kFeature, "control.good", true, [](ChainSpec& chain) {
               chain.leaf().extra_extensions = {TlsFeatures({kStatusRequest})};
               chain.revocation.staples = {OcspSpec{}};
             });
  AddControl(list, "control.must-staple-critical", "as control.must-staple, and the promise is critical", {"J11"},
             "RFC 7633 4.1", "control.must-staple", false,
             [](ChainSpec& chain) { chain.leaf().extra_extensions[0].critical = true; });
  AddControl(list, "control.must-staple-chain",
             "intermediate and leaf promise a staple, and a good one comes for the leaf", {"J11"}, kFeatureOfCa,
             "control.must-staple", false,
             [](ChainSpec& chain) { chain.intermediate().extra_extensions = {TlsFeatures({kStatusRequest})}; });
  AddControl(list, "control.must-staple-not-asked", "the leaf promises a staple, and the client asks for none", {"J11"},
             kFeature, "control.good", true, [](ChainSpec& chain) {
               chain.leaf().extra_extensions = {TlsFeatures({kStatusRequest})};
               chain.revocation.check = RevocationCheck::kOff;
             });
}

namespace {

void AddPromise(CaseList& list, const char* id, const char* summary, const char* source, const char* twin,
                Verdict expected, const Edit& edit, bool policy_dependent = false) {
  list.Add({.id = std::string("revocation.") + id,
            .summary = summary,
            .rows = {"J11"},
            .source = source,
            .twin = twin,
            .expected = expected,
            .policy_dependent = policy_dependent},
           edit);
}

// What a promise is worth: everything that soft clients shrug off otherwise must stop them.
void AddBrokenPromises(CaseList& list) {
  for (const auto& [twin, place] :
       {std::pair("control.must-staple", "leaf"), std::pair("control.must-staple-chain", "chain"),
        std::pair("control.must-staple-critical", "critical")}) {
    const std::string id = std::string("must-staple-") + place;
    const std::string how = std::string(" (") + twin + ")";
    const auto add = [&](const char* what, const char* summary, Reason reason, const Edit& edit) {
      AddPromise(list, (id + what).c_str(), (summary + how).c_str(), kFeature, twin, {reason, 0}, edit);
    };
    add("-none", "a staple is promised, and none comes", kMustStaple,
        [](ChainSpec& chain) { chain.revocation.staples.clear(); });
    add("-empty", "a staple is promised, and one without any status comes", kStatusMismatch,
        [](ChainSpec& chain) { chain.revocation.staples[0].singles.clear(); });
    add("-expired", "a staple is promised, and an old one comes", kStatusExpired,
        [](ChainSpec& chain) { chain.revocation.staples[0].singles[0].next_update = TimeSpec{hours(-1)}; });
    add("-revoked", "a staple is promised, and says that the leaf is revoked", kRevoked,
        [](ChainSpec& chain) { chain.revocation.staples[0].singles[0].status = CertStatus::kRevoked; });
    add("-try-later", "a staple is promised, and the responder's \"try later\" comes", kStatusError,
        [](ChainSpec& chain) { chain.revocation.staples[0].status = OcspResponseStatus::kTryLater; });
    add("-garbage", "a staple is promised, and garbage comes", kMalformedStatus,
        [](ChainSpec& chain) { chain.revocation.staples[0].raw = ToBytes("good"); });
    add("-other-serial", "a staple is promised, and one for another certificate comes", kStatusMismatch,
        [](ChainSpec& chain) { chain.revocation.staples[0].singles[0].serial = Bytes{0x2a}; });
    add("-signature", "a staple is promised, and one with a broken signature comes", kStatusSignature,
        [](ChainSpec& chain) { chain.revocation.staples[0].signature_fault = SignatureFault::kFlipBit; });
  }
}

void AddFeatures(CaseList& list) {
  AddPromise(list, "feature-of-intermediate-only", "the intermediate demands a staple of its leaves; the leaf does not",
             kFeatureOfCa, "control.good", {kTlsFeatureMissing, 0},
             [](ChainSpec& chain) { chain.intermediate().extra_extensions = {TlsFeatures({kStatusRequest})}; });
  AddPromise(list, "feature-of-intermediate-only-stapled",
             "the intermediate demands a staple of its leaves; the leaf does not, though it has one", kFeatureOfCa,
             "control.ocsp", {kTlsFeatureMissing, 0},
             [](ChainSpec& chain) { chain.intermediate().extra_extensions = {TlsFeatures({kStatusRequest})}; });
  AddPromise(list, "feature-subset", "the intermediate has one more TLS feature than its leaf, one nobody knows",
             kFeatureOfCa, "control.must-staple", {kTlsFeatureMissing, 0},
             [](ChainSpec& chain) { chain.intermediate().extra_extensions = {TlsFeatures({kStatusRequest, 0x4242})}; });
  AddPromise(
      list, "feature-of-root-only", "the root demands a staple below it; the intermediate does not", kFeatureOfCa,
      "control.good", {kTlsFeatureMissing, 1},
      [](ChainSpec& chain) { chain.root().extra_extensions = {TlsFeatures({kStatusRequest})}; }, true);
  AddPromise(list, "feature-unknown", "the leaf has TLS features nobody knows", kFeature, "control.good", {},
             [](ChainSpec& chain) { chain.leaf().extra_extensions = {TlsFeatures({0x4242, 60000})}; });
  AddPromise(list, "feature-none", "the leaf has an empty list of TLS features", "RFC 7633 4.1", "control.good", {},
             [](ChainSpec& chain) { chain.leaf().extra_extensions = {TlsFeatures({})}; });
  const std::pair<const char*, Bytes> malformed[] = {
      {"feature-boolean", der::Sequence(der::Boolean(true))},
      {"feature-bare", der::Integer(kStatusRequest)},
      {"feature-negative", der::Sequence(der::Integer(-5))},
      {"feature-trailing", der::Concat({der::Sequence(der::Integer(kStatusRequest)), Bytes{0x05, 0x00}})},
  };
  for (const auto& [id, value] : malformed) {
    AddPromise(list, id, (std::string("the leaf's TLS features cannot be read: ") + id).c_str(), "RFC 7633 4.1",
               "control.good", {kMalformedExtension, 0}, [&value](ChainSpec& chain) {
                 chain.leaf().extra_extensions = {{.oid = std::string(kTlsFeature), .value = value}};
               });
  }
}

// Only TLS 1.3 has room for them.
void AddStaplesOfIntermediates(CaseList& list) {
  struct Row {
    const char* id;
    const char* summary;
    Reason reason;
    void (*edit)(OcspSpec&);
  };
  constexpr Row kRows[] = {
      {"revoked", "is revoked", kRevoked, [](OcspSpec& staple) { staple.singles[0].status = CertStatus::kRevoked; }},
      {"expired", "was good until an hour ago", kStatusExpired,
       [](OcspSpec& staple) { staple.singles[0].next_update = TimeSpec{hours(-1)}; }},
      {"flipped", "is good, by a signature with a bit flipped", kStatusSignature,
       [](OcspSpec& staple) { staple.signature_fault = SignatureFault::kFlipBit; }},
      {"of-leaf", "is good, but it is the leaf that it names", kStatusMismatch,
       [](OcspSpec& staple) { staple.singles[0].certificate = "leaf"; }},
      {"try-later", "will be known later", kOk,
       [](OcspSpec& staple) { staple.status = OcspResponseStatus::kTryLater; }},
      {"garbage", "cannot be read", kMalformedStatus, [](OcspSpec& staple) { staple.raw = ToBytes("good"); }},
  };
  for (const Row& row : kRows) {
    list.Add({.id = std::string("revocation.ocsp-intermediate-") + row.id,
              .summary = std::string("the staple of the intermediate says that it ") + row.summary,
              .rows = {"J13"},
              .source = "RFC 8446 4.4.2.1; RFC 6960 3.2",
              .twin = "control.ocsp-both",
              .expected = {row.reason, row.reason == kOk ? 0 : 1},
              .policy_dependent = true},
             [&](ChainSpec& chain) { row.edit(chain.revocation.staples[1]); });
  }
}

// Certificate transparency binds who takes part in it and knows some logs; a verifier that knows none neither misses
// timestamps nor minds them.
void AddTimestamps(CaseList& list) {
  struct Via {
    const char* id;
    const char* summary;
    std::vector<SctSpec>& (*place)(ChainSpec&);
    const char* twin;
  };
  const Via ways[] = {
      {"embedded", "in the leaf", [](ChainSpec& chain) -> std::vector<SctSpec>& { return chain.leaf().scts; },
       "control.good"},
      {"tls", "in the handshake", [](ChainSpec& chain) -> std::vector<SctSpec>& { return chain.revocation.scts; },
       "control.good"},
      {"ocsp", "in the staple",
       [](ChainSpec& chain) -> std::vector<SctSpec>& { return chain.revocation.staples[0].singles[0].scts; },
       "control.ocsp"},
  };
  const std::pair<const char*, std::vector<SctSpec>> lists[] = {
      {"one", {SctSpec{}}},
      {"two-logs", {SctSpec{}, SctSpec{.log = "other-log"}}},
      {"flipped", {SctSpec{.signature_fault = SignatureFault::kFlipBit}}},
      {"unsigned", {SctSpec{.signature_fault = SignatureFault::kEmpty}}},
      {"future", {SctSpec{.timestamp = TimeSpec{hours(24)}}}},
  };
  for (const Via& way : ways) {
    for (const auto& [id, scts] : lists) {
      list.Add({.id = std::string("revocation.sct-") + way.id + "-" + id,
                .summary = std::string("certificate timestamps ") + way.summary + ", of a log nobody knows: " + id,
                .rows = {"J14"},
                .source = "RFC 6962 3.3",
                .twin = way.twin,
                .policy_dependent = true,
                .severity = Severity::kLow},
               [&](ChainSpec& chain) { way.place(chain) = scts; });
    }
  }
  list.Add({.id = "revocation.sct-embedded-garbage",
            .summary = "the leaf's certificate timestamps are garbage",
            .rows = {"J14"},
            .source = "RFC 6962 3.3",
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             chain.leaf().extra_extensions = {
                 {.oid = "1.3.6.1.4.1.11129.2.4.2", .value = der::OctetString(Bytes{0xff, 0xff, 0x00})}};
           });
}

// Where a client that fetches would look, and finds nobody: a port of its own machine that nothing listens on. To wait
// or to crash there is the fault; whether no answer is reason enough to refuse is policy.
void AddDeadServers(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source, const char* twin,
                       Reason reason, const RawExtension& extension) {
    list.Add({.id = std::string("revocation.") + id,
              .summary = summary,
              .rows = {row},
              .source = source,
              .twin = twin,
              .expected = {reason, 0},
              .policy_dependent = true,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().extra_extensions = {extension}; });
  };
  const RawExtension crl = CrlDistributionPoint({Uri("http://127.0.0.1:1/bob.crl")});
  const RawExtension ocsp = AuthorityInfoAccess("1.3.6.1.5.5.7.48.1", "http://127.0.0.1:1/ocsp");
  add("crl-server-down", "the leaf's list is on a server that is down", "J3", "RFC 5280 4.2.1.13", "control.good", kOk,
      crl);
  add("ocsp-server-down", "the leaf's OCSP responder is down", "J12", "RFC 6960 3.1", "control.good", kOk, ocsp);
  add("ocsp-server-down-stapled", "the leaf's OCSP responder is down, and a good status is stapled", "J12",
      "RFC 6960 3.1", "control.ocsp", kOk, ocsp);
}

}  // namespace

void AddRevocationCases(CaseList& list) {
  AddOcspCases(list);
  AddCrlCases(list);
  AddBrokenPromises(list);
  AddFeatures(list);
  AddStaplesOfIntermediates(list);
  AddTimestamps(list);
  AddDeadServers(list);
}

}  // namespace certs::catalogue

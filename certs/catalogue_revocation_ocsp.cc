// Rows J4 to J10: stapled OCSP responses.

#include <algorithm>
#include <string>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr const char* kAccept = "RFC 6960 3.2";
constexpr const char* kDates = "RFC 6960 4.2.2.1";
constexpr const char* kOcspForm = "RFC 6960 4.2.1";
constexpr const char* kAuthority = "RFC 6960 4.2.2.2";

using OcspEdit = void (*)(OcspSpec&);

struct OcspRow {
  const char* id;
  const char* summary;
  const char* row;
  const char* source;
  Reason reason;
  OcspEdit edit;
  bool policy_dependent = false;
  bool exact_clock = false;
};

void Add(CaseList& list, const OcspRow& row, const char* twin, Reason reason, const char* suffix = "",
         const char* how = "") {
  list.Add({.id = std::string("revocation.ocsp-") + row.id + suffix,
            .summary = std::string(row.summary) + how,
            .rows = {row.row},
            .source = row.source,
            .twin = twin,
            .expected = {reason, 0},
            .policy_dependent = row.policy_dependent,
            .exact_clock = row.exact_clock,
            .severity = reason == kRevoked ? Severity::kCritical : Severity::kHigh},
           [&](ChainSpec& chain) { row.edit(chain.revocation.staples[0]); });
}

SingleStatus& First(OcspSpec& staple) { return staple.singles[0]; }

// ------------------------------------------------------------------------------------------------ status and dates

constexpr OcspRow kStatus[] = {
    {"revoked", "the staple says that the leaf is revoked", "J4", "RFC 5280 6.1.3 a3", kRevoked,
     [](OcspSpec& staple) { First(staple).status = CertStatus::kRevoked; }},
    {"unknown", "the responder does not know the leaf", "J6", "RFC 6960 2.2", kStatusUnknown,
     [](OcspSpec& staple) { First(staple).status = CertStatus::kUnknown; }, true},
    {"expired", "the staple's nextUpdate was an hour ago", "J6", kDates, kStatusExpired,
     [](OcspSpec& staple) { First(staple).next_update = TimeSpec{hours(-1)}; }, true},
    {"next-update-now", "the staple's nextUpdate is this very second, which is not later than now", "J6", kAccept,
     kStatusExpired, [](OcspSpec& staple) { First(staple).next_update = TimeSpec{seconds(0)}; }, true, true},
    {"next-update-in-a-second", "the staple's nextUpdate comes in a second", "J6", kAccept, kOk,
     [](OcspSpec& staple) { First(staple).next_update = TimeSpec{seconds(1)}; }, true, true},
    {"future", "the staple's thisUpdate is tomorrow", "J6", kDates, kStatusNotYetValid,
     [](OcspSpec& staple) { First(staple).this_update = TimeSpec{days(1)}; }, true},
    {"this-update-now", "the staple's thisUpdate is this very second", "J6", kDates, kOk,
     [](OcspSpec& staple) { First(staple).this_update = TimeSpec{seconds(0)}; }},
    {"produced-in-future", "the staple was made tomorrow", "J6", kDates, kStatusNotYetValid,
     [](OcspSpec& staple) { staple.produced_at = TimeSpec{days(1)}; }, true},
    {"produced-before-leaf", "the staple was made before the leaf's validity began", "J6", kAccept, kStatusExpired,
     [](OcspSpec& staple) { staple.produced_at = TimeSpec{days(-2)}; }, true},
};

// The same for a client that insists on a status, which has a list for the intermediate.
void AddStatus(CaseList& list) {
  for (const OcspRow& row : kStatus) {
    Add(list, row, "control.ocsp", row.reason);
  }
  for (const char* id : {"revoked", "unknown", "expired", "future"}) {
    const auto* row = std::ranges::find_if(kStatus, [&](const OcspRow& r) { return std::string_view(r.id) == id; });
    Add(list, *row, "control.ocsp-hard", row->reason, "-hard", ", and the client insists on a status");
  }
  Add(list,
      {"long-ago", "the staple is eleven days old and does not say when a newer one comes", "J6", kAccept,
       kStatusExpired, [](OcspSpec& staple) { First(staple).this_update = TimeSpec{days(-11)}; }, true},
      "control.ocsp-no-next-update", kStatusExpired);
  Add(list,
      {"nine-days-ago", "the staple is nine days old and does not say when a newer one comes", "J6", kAccept, kOk,
       [](OcspSpec& staple) { First(staple).this_update = TimeSpec{days(-9)}; }, true},
      "control.ocsp-no-next-update", kOk);
  list.Add({.id = "revocation.ocsp-none-hard",
            .summary = "nothing is stapled and there is no list of the leaf's issuer; the client insists on a status",
            .rows = {"J2", "J5"},
            .source = "RFC 5280 6.1.3 a3",
            .twin = "control.ocsp-hard",
            .expected = {kRevocationUnknown, 0},
            .policy_dependent = true},
           [](ChainSpec& chain) { chain.revocation.staples.clear(); });
}

// A revocation does not go away: with a reason, and in a response that should have been replaced.
void AddRevoked(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const Edit& edit) {
    list.Add({.id = std::string("revocation.ocsp-revoked-") + id,
              .summary = summary,
              .rows = {"J4"},
              .source = "RFC 5280 6.1.3 a3",
              .twin = "control.ocsp",
              .expected = {kRevoked, 0},
              .compound = true,
              .severity = Severity::kCritical},
             edit);
  };
  for (const int reason : {kKeyCompromise, kCertificateHold, kRemoveFromCrl}) {
    add(("reason-" + std::to_string(reason)).c_str(),
        ("the staple says that the leaf is revoked, and why (two facts): reason " + std::to_string(reason)).c_str(),
        [reason](ChainSpec& chain) {
          First(chain.revocation.staples[0]).status = CertStatus::kRevoked;
          First(chain.revocation.staples[0]).reason = reason;
        });
  }
  add("and-expired", "the staple says that the leaf is revoked, and it is out of date (two facts)",
      [](ChainSpec& chain) {
        First(chain.revocation.staples[0]).status = CertStatus::kRevoked;
        First(chain.revocation.staples[0]).next_update = TimeSpec{hours(-1)};
      });
}

// ------------------------------------------------------------------------------------------------ about whom

constexpr OcspRow kAbout[] = {
    {"sha256-id", "the staple names the issuer by SHA-256", "J5", "RFC 9919", kOk,
     [](OcspSpec& staple) { First(staple).digest = CertIdDigest::kSha256; }},
    {"unknown-digest", "the staple names the issuer by a digest nobody knows", "J7", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { First(staple).digest = CertIdDigest::kUnknown; }},
    {"other-serial", "the staple is about another serial number", "J7", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { First(staple).serial = Bytes{0x2a}; }},
    {"other-certificate", "the staple is about the intermediate", "J7", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { First(staple).certificate = "intermediate"; }},
    {"other-issuer-name", "the staple names another issuer", "J7", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { First(staple).issuer_name_of = "eve-intermediate"; }},
    {"other-issuer-key", "the staple names another issuer's key", "J7", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { First(staple).issuer_key_of = "eve-intermediate"; }},
    {"no-status", "the staple has no status in it at all", "J5", kAccept, kStatusMismatch,
     [](OcspSpec& staple) { staple.singles.clear(); }},
    {"several", "the staple is about two certificates, the leaf last", "J7", kOcspForm, kOk,
     [](OcspSpec& staple) {
       staple.singles.insert(staple.singles.begin(), SingleStatus{.certificate = "intermediate"});
     }},
    {"several-others", "the staple is about a hundred certificates, none of them the leaf", "J7", kAccept,
     kStatusMismatch,
     [](OcspSpec& staple) {
       staple.singles.clear();
       for (uint8_t serial = 1; serial <= 100; ++serial) {
         staple.singles.push_back(SingleStatus{.serial = Bytes{serial}});
       }
     }},
    {"good-and-revoked", "the staple says twice how the leaf is: good, and revoked", "J4", "RFC 5280 6.1.3 a3",
     kRevoked, [](OcspSpec& staple) { staple.singles.push_back(SingleStatus{.status = CertStatus::kRevoked}); }},
    {"old-and-good", "the staple says twice that the leaf is good, and the first word is out of date", "J6", kDates,
     kOk,
     [](OcspSpec& staple) {
       staple.singles.insert(staple.singles.begin(), SingleStatus{.next_update = TimeSpec{hours(-1)}});
     }},
};

// ------------------------------------------------------------------------------------------------ errors

struct Error {
  const char* id;
  OcspResponseStatus status;
};
constexpr Error kErrors[] = {
    {"malformed-request", OcspResponseStatus::kMalformedRequest},
    {"internal-error", OcspResponseStatus::kInternalError},
    {"try-later", OcspResponseStatus::kTryLater},
    {"undefined-error", static_cast<OcspResponseStatus>(4)},
    {"sig-required", OcspResponseStatus::kSigRequired},
    {"unauthorized", OcspResponseStatus::kUnauthorized},
};

// Nobody signs an error, so it is worth as much as no staple (RFC 6960 2.3).
void AddErrors(CaseList& list) {
  for (const Error& error : kErrors) {
    for (const bool hard : {false, true}) {
      list.Add({.id = std::string("revocation.ocsp-") + error.id + (hard ? "-hard" : ""),
                .summary = std::string("the staple is the responder's error \"") + error.id + "\"" +
                           (hard ? ", and the client insists on a status" : ""),
                .rows = {"J8"},
                .source = "RFC 6960 2.3; CVE-2024-8096",
                .twin = hard ? "control.ocsp-hard" : "control.ocsp",
                .expected = hard ? Verdict{kStatusError, 0} : Verdict{},
                .policy_dependent = true,
                .severity = Severity::kMedium},
               [&](ChainSpec& chain) { chain.revocation.staples[0].status = error.status; });
    }
  }
}

// ------------------------------------------------------------------------------------------------ form and signature

RawExtension Padding(size_t size) {
  return {.oid = "1.3.6.1.4.1.55738.3.2", .value = der::OctetString(Bytes(size, 0x2a))};
}

const std::vector<OcspRow>& Form() {
  static const std::vector<OcspRow> rows = {
      {"garbage", "the staple is text", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw = ToBytes("this is no OCSP response"); }},
      {"one-octet", "the staple is one octet long", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw = Bytes{0x30}; }},
      {"empty-sequence", "the staple is an empty SEQUENCE", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw = der::Sequence(Bytes{}); }},
      {"claims-four-gigabytes", "the staple claims to be four gigabytes long", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw = Bytes{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x0a, 0x01, 0x00}; }},
      {"certificate", "the staple is a bare SEQUENCE of two numbers", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw = der::Sequence({der::Integer(1), der::Integer(2)}); }},
      {"cut", "the staple's last octet is missing", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.cut = 1; }},
      {"trailing", "there is an octet behind the staple", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.trailing = Bytes{0}; }},
      {"no-body", "the staple says \"successful\" and nothing else", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.body = false; }},
      {"body-garbage", "the staple is of the right type with garbage in it", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.raw_body = ToBytes("good"); }},
      {"other-type", "the staple is of a type nobody knows", "J9", kOcspForm, kStatusUnsupported,
       [](OcspSpec& staple) { staple.type = "1.3.6.1.5.5.7.48.1.42"; }},
      {"version-2", "the staple is of a version that does not exist", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { staple.version = 2; }},
      {"undefined-status", "the staple says something that is neither good, revoked nor unknown", "J9", kOcspForm,
       kMalformedStatus, [](OcspSpec& staple) { First(staple).status = static_cast<CertStatus>(3); }},
      {"utc-time", "the staple's date is an UTCTime", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { First(staple).this_update.form = TimeForm::kUtc; }},
      {"no-date", "the staple's date is the 31st of February", "J9", kOcspForm, kMalformedStatus,
       [](OcspSpec& staple) { First(staple).this_update.raw = "20260231000000Z"; }},
      {"flipped", "the staple's signature has a bit flipped", "J9", kAccept, kStatusSignature,
       [](OcspSpec& staple) { staple.signature_fault = SignatureFault::kFlipBit; }},
      {"unsigned", "the staple's signature is empty", "J9", kAccept, kStatusSignature,
       [](OcspSpec& staple) { staple.signature_fault = SignatureFault::kEmpty; }},
      {"zeros", "the staple's signature is all zeros", "J9", kAccept, kStatusSignature,
       [](OcspSpec& staple) { staple.signature_fault = SignatureFault::kZeros; }},
      {"other-key", "the staple is signed with Eve's key in the issuer's name", "J9", kAccept, kStatusSignature,
       [](OcspSpec& staple) { staple.signing_key = KeySpec{.label = "eve"}; }},
      {"unknown-algorithm", "the staple is signed with an algorithm nobody knows", "J9", kAccept, kStatusSignature,
       [](OcspSpec& staple) { staple.signature = SigAlg::kUnknownOid; }},
      {"sha1", "the staple is signed with SHA-1", "J9", "RFC 9325 4.5", kStatusWeak,
       [](OcspSpec& staple) { staple.signature = SigAlg::kEcdsaSha1; }},
      {"sha512", "the staple is signed with SHA-512", "J5", kAccept, kOk,
       [](OcspSpec& staple) { staple.signature = SigAlg::kEcdsaSha512; }},
      {"by-name", "the responder is the issuer, called by its name", "J5", kOcspForm, kOk,
       [](OcspSpec& staple) { staple.responder_id = ResponderIdForm::kByName; }},
      {"nonce", "the staple has a nonce that nobody asked for", "J9", "RFC 9654 2.1", kOk,
       [](OcspSpec& staple) { staple.extensions = {OcspNonce(Bytes(32, 0x17))}; }},
      {"unknown-extension", "the staple has an extension nobody knows, not critical", "J9", "RFC 6960 4.4", kOk,
       [](OcspSpec& staple) { staple.extensions = {UnknownExtension(false)}; }},
      {"critical-extension", "the staple has a critical extension nobody knows", "J9", "RFC 6960 4.4",
       kStatusUnsupported, [](OcspSpec& staple) { staple.extensions = {UnknownExtension(true)}; }},
      {"critical-single-extension", "the leaf's status has a critical extension nobody knows", "J9", "RFC 6960 4.4",
       kStatusUnsupported, [](OcspSpec& staple) { First(staple).extensions = {UnknownExtension(true)}; }},
      {"15-kilobytes", "the staple is some 15 kilobytes long", "J9", kOcspForm, kOk,
       [](OcspSpec& staple) { staple.extensions = {Padding(15000)}; }},
      {"60-kilobytes", "the staple is some 60 kilobytes long", "J9", kOcspForm, kOk,
       [](OcspSpec& staple) { staple.extensions = {Padding(60000)}; }},
  };
  return rows;
}

// ------------------------------------------------------------------------------------------------ responders

// Who answers instead of the issuer: edits of the staple.
constexpr OcspRow kImpostors[] = {
    {"by-leaf", "the leaf vouches for itself", "J10", kAuthority, kStatusResponder,
     [](OcspSpec& staple) { staple.responder = "leaf"; }},
    {"by-root", "the issuer's issuer answers", "J10", kAuthority, kStatusResponder,
     [](OcspSpec& staple) { staple.responder = "root"; }},
    {"by-eve", "another CA answers", "J7", kAuthority, kStatusResponder,
     [](OcspSpec& staple) { staple.responder = "eve-intermediate"; }},
};

struct ResponderRow {
  const char* id;
  const char* summary;
  Reason reason;
  void (*edit)(CertSpec&);
  bool policy_dependent = false;
};

const std::vector<ResponderRow>& Responders() {
  static const std::vector<ResponderRow> rows = {
      {"no-eku", "is for no purpose in particular", kStatusResponder,
       [](CertSpec& responder) { responder.extended_key_usage.reset(); }},
      {"server-eku", "is for servers", kStatusResponder,
       [](CertSpec& responder) { responder.extended_key_usage->purposes = {std::string(kServerAuth)}; }},
      {"any-eku", "is for any purpose", kStatusResponder,
       [](CertSpec& responder) { responder.extended_key_usage->purposes = {std::string(kAnyPurpose)}; }},
      {"two-ekus", "is for servers and for OCSP", kOk,
       [](CertSpec& responder) { responder.extended_key_usage->purposes.emplace_back(kServerAuth); }},
      {"expired", "expired yesterday", kStatusResponder,
       [](CertSpec& responder) { responder.not_after = TimeSpec{-hours(2)}; }},
      {"not-yet-valid", "will be valid from tomorrow on", kStatusResponder,
       [](CertSpec& responder) { responder.not_before = TimeSpec{days(1)}; }},
      {"of-root", "was issued by the issuer's issuer", kStatusResponder,
       [](CertSpec& responder) { responder.issuer = "root"; }},
      {"of-eve", "was issued by another CA", kStatusResponder,
       [](CertSpec& responder) { responder.issuer = "eve-intermediate"; }},
      {"self-signed", "was issued by itself", kStatusResponder,
       [](CertSpec& responder) { responder.issuer = kResponder; }},
      {"of-leaf", "was issued by the leaf", kStatusResponder, [](CertSpec& responder) { responder.issuer = "leaf"; }},
      {"signature", "has a broken signature", kStatusResponder,
       [](CertSpec& responder) { responder.signature_fault = SignatureFault::kFlipBit; }},
      {"sha1", "is signed with SHA-1", kStatusResponder,
       [](CertSpec& responder) { responder.signature = SigAlg::kEcdsaSha1; }},
      {"weak-key", "has an RSA key of 1024 bits", kStatusWeak,
       [](CertSpec& responder) { responder.key.type = KeyType::kRsa1024; }},
      {"rsa-key", "has an RSA key of 2048 bits", kOk,
       [](CertSpec& responder) { responder.key.type = KeyType::kRsa2048; }},
      {"key-usage", "has a keyUsage without digitalSignature", kStatusResponder,
       [](CertSpec& responder) { responder.key_usage->bits = kKeyAgreement; }, true},
      {"critical-extension", "has a critical extension nobody knows", kStatusResponder,
       [](CertSpec& responder) { responder.extra_extensions = {UnknownExtension(true)}; }},
  };
  return rows;
}

void AddResponders(CaseList& list) {
  for (const OcspRow& row : kImpostors) {
    Add(list, row, "control.ocsp", row.reason);
  }
  for (const ResponderRow& row : Responders()) {
    list.Add({.id = std::string("revocation.responder-") + row.id,
              .summary = std::string("the responder's certificate ") + row.summary,
              .rows = {"J10"},
              .source = kAuthority,
              .twin = "control.ocsp-delegated",
              .expected = {row.reason, 0},
              .policy_dependent = row.policy_dependent},
             [&](ChainSpec& chain) { row.edit(chain.At(kResponder)); });
  }
  Add(list,
      {"delegated-missing", "the responder's certificate is not in the staple", "J10", kAuthority, kStatusResponder,
       [](OcspSpec& staple) { staple.attach_responder = false; }},
      "control.ocsp-delegated", kStatusResponder);
  Add(list,
      {"delegated-by-name", "the responder is called by its name", "J10", kOcspForm, kOk,
       [](OcspSpec& staple) { staple.responder_id = ResponderIdForm::kByName; }},
      "control.ocsp-delegated", kOk);
  Add(list,
      {"delegated-revoked", "a responder the issuer certified says that the leaf is revoked", "J4", "RFC 5280 6.1.3 a3",
       kRevoked, [](OcspSpec& staple) { First(staple).status = CertStatus::kRevoked; }},
      "control.ocsp-delegated", kRevoked);
}

}  // namespace

void AddOcspCases(CaseList& list) {
  AddStatus(list);
  AddRevoked(list);
  for (const OcspRow& row : kAbout) {
    Add(list, row, "control.ocsp", row.reason);
  }
  AddErrors(list);
  for (const OcspRow& row : Form()) {
    Add(list, row, "control.ocsp", row.reason);
  }
  AddResponders(list);
}

}  // namespace certs::catalogue

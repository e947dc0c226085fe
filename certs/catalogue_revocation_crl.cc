// Rows J1 and J2: certificate revocation lists that the client is configured with.

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

constexpr const char* kCrlForm = "RFC 5280 5.1";
constexpr const char* kScope = "RFC 5280 6.3.3 b";

// The leaf's list and the intermediate's.
CrlSpec& Own(ChainSpec& chain) { return chain.revocation.crls[0]; }
CrlSpec& Roots(ChainSpec& chain) { return chain.revocation.crls[1]; }

using ChainEdit = void (*)(ChainSpec&);

// ------------------------------------------------------------------------------------------------ on the list

struct Listed {
  const char* id;
  const char* summary;
  Verdict expected;
  ChainEdit edit;
};
constexpr Listed kListed[] = {
    {"leaf-listed",
     "the leaf is on its issuer's list",
     {kRevoked, 0},
     [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{}}; }},
    {"intermediate-listed",
     "the intermediate is on the root's list",
     {kRevoked, 1},
     [](ChainSpec& chain) { Roots(chain).entries = {CrlEntry{.certificate = "intermediate"}}; }},
    {"leaf-on-hold",
     "the leaf is on its issuer's list, on hold",
     {kRevoked, 0},
     [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{.reason = kCertificateHold}}; }},
    {"leaf-key-compromised",
     "the leaf is on its issuer's list, its key compromised",
     {kRevoked, 0},
     [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{.reason = kKeyCompromise}}; }},
    {"leaf-removed",
     "the leaf is on its issuer's complete list as removed from it, which only a delta may say",
     {kRevoked, 0},
     [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{.reason = kRemoveFromCrl}}; }},
    {"leaf-listed-from-tomorrow",
     "the leaf is on its issuer's list, to be revoked tomorrow",
     {kRevoked, 0},
     [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{.revoked_at = TimeSpec{days(1)}}}; }},
    {"leaf-listed-third",
     "the leaf is the third on its issuer's list",
     {kRevoked, 0},
     [](ChainSpec& chain) {
       Own(chain).entries = {CrlEntry{.serial = Bytes{0x2a}}, CrlEntry{.serial = Bytes{0x2b}}, CrlEntry{}};
     }},
    {"others-listed",
     "the issuer's list has others on it",
     {},
     [](ChainSpec& chain) {
       Own(chain).entries = {CrlEntry{.serial = Bytes{0x2a}}, CrlEntry{.certificate = "intermediate"}};
     }},
    {"leaf-on-the-roots-list",
     "the leaf's number is on the root's list, who did not issue it",
     {},
     [](ChainSpec& chain) { Roots(chain).entries = {CrlEntry{}}; }},
};

void AddListed(CaseList& list) {
  for (const bool hard : {true, false}) {
    for (const Listed& row : kListed) {
      list.Add({.id = std::string("revocation.crl-") + row.id + (hard ? "" : "-soft"),
                .summary = std::string(row.summary) + (hard ? "" : "; the client does not insist on lists"),
                .rows = {"J1"},
                .source = "RFC 5280 6.1.3 a3",
                .twin = hard ? "control.crl" : "control.crl-soft",
                .expected = row.expected,
                .severity = row.expected.ok() ? Severity::kMedium : Severity::kCritical},
               row.edit);
    }
  }
  list.Add({.id = "revocation.crl-listed-and-expired",
            .summary = "the leaf is on its issuer's list, and the list is out of date (two facts)",
            .rows = {"J1"},
            .source = "RFC 5280 6.1.3 a3",
            .twin = "control.crl",
            .expected = {kRevoked, 0},
            .compound = true,
            .severity = Severity::kCritical},
           [](ChainSpec& chain) {
             Own(chain).entries = {CrlEntry{}};
             Own(chain).next_update = TimeSpec{hours(-1)};
           });
  list.Add({.id = "revocation.crl-against-staple",
            .summary = "the staple says good, and the issuer's list has the leaf on it",
            .rows = {"J1"},
            .source = "RFC 5280 6.1.3 a3",
            .twin = "control.ocsp",
            .expected = {kRevoked, 0},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.revocation.crls = {CrlSpec{.entries = {CrlEntry{}}}}; });
}

// ------------------------------------------------------------------------------------------------ bad lists

struct BadList {
  const char* id;
  const char* summary;
  const char* source;
  Reason reason;  // hard
  ChainEdit edit;
  bool policy_dependent = false;
  bool exact_clock = false;
};

GeneralName RawDirectoryName(const ChainSpec& chain) { return DirectoryName(chain.At("intermediate").subject); }

const std::vector<BadList>& BadLists() {
  static const std::vector<BadList> rows = {
      {"flipped", "the list's signature has a bit flipped", kCrlProcessing, kStatusSignature,
       [](ChainSpec& chain) { Own(chain).signature_fault = SignatureFault::kFlipBit; }},
      {"unsigned", "the list's signature is empty", kCrlProcessing, kStatusSignature,
       [](ChainSpec& chain) { Own(chain).signature_fault = SignatureFault::kEmpty; }},
      {"other-key", "the list is signed with Eve's key in the issuer's name", kCrlProcessing, kStatusSignature,
       [](ChainSpec& chain) { Own(chain).signing_key = KeySpec{.label = "eve"}; }},
      {"unknown-algorithm", "the list is signed with an algorithm nobody knows", kCrlProcessing, kStatusSignature,
       [](ChainSpec& chain) { Own(chain).signature = SigAlg::kUnknownOid; }},
      {"sha1", "the list is signed with SHA-1", "RFC 9325 4.5", kStatusWeak,
       [](ChainSpec& chain) { Own(chain).signature = SigAlg::kEcdsaSha1; }},
      {"other-issuer", "the list is of another CA", kCrlProcessing, kRevocationUnknown,
       [](ChainSpec& chain) { Own(chain).issuer = "eve-intermediate"; }},
      {"expired", "the list should have been replaced an hour ago", "RFC 5280 5.1.2.5", kStatusExpired,
       [](ChainSpec& chain) { Own(chain).next_update = TimeSpec{hours(-1)}; }},
      {"next-update-now", "the list is in the last second of its time", kCrlProcessing, kOk,
       [](ChainSpec& chain) { Own(chain).next_update = TimeSpec{seconds(0)}; }, false, true},
      {"next-update-a-second-ago", "the list should have been replaced a second ago", kCrlProcessing, kStatusExpired,
       [](ChainSpec& chain) { Own(chain).next_update = TimeSpec{seconds(-1)}; }},
      {"future", "the list is of tomorrow", "RFC 5280 5.1.2.4", kStatusNotYetValid,
       [](ChainSpec& chain) { Own(chain).this_update = TimeSpec{days(1)}; }, true},
      {"critical-extension", "the list has a critical extension nobody knows", "RFC 5280 5.2", kStatusUnsupported,
       [](ChainSpec& chain) { Own(chain).extensions = {UnknownExtension(true)}; }},
      {"unknown-extension", "the list has an extension nobody knows, not critical", "RFC 5280 5.2", kOk,
       [](ChainSpec& chain) { Own(chain).extensions = {UnknownExtension(false)}; }},
      {"critical-entry-extension", "an entry, not the leaf's, has a critical extension nobody knows", "RFC 5280 5.3",
       kStatusUnsupported,
       [](ChainSpec& chain) {
         Own(chain).entries = {CrlEntry{.serial = Bytes{0x2a}, .extensions = {UnknownExtension(true)}}};
       }},
      {"users-only", "the list covers end entities only", kScope, kOk,
       [](ChainSpec& chain) { Own(chain).distribution_point = IssuingDistributionPoint{.only_user_certs = true}; }},
      {"cas-only", "the leaf's list covers CAs only", kScope, kStatusMismatch,
       [](ChainSpec& chain) { Own(chain).distribution_point = IssuingDistributionPoint{.only_ca_certs = true}; }},
      {"attributes-only", "the list covers attribute certificates only", kScope, kStatusMismatch,
       [](ChainSpec& chain) {
         Own(chain).distribution_point = IssuingDistributionPoint{.only_attribute_certs = true};
       }},
      {"some-reasons", "the list covers compromised keys only", kScope, kStatusUnsupported,
       [](ChainSpec& chain) {
         Own(chain).distribution_point = IssuingDistributionPoint{.only_some_reasons = uint16_t{1 << kKeyCompromise}};
       }},
      {"other-point", "the list is of a distribution point, and the leaf names none", kScope, kStatusMismatch,
       [](ChainSpec& chain) {
         Own(chain).distribution_point = IssuingDistributionPoint{.full_name = {Uri("http://crl.bob.test/two.crl")}};
       }},
      {"point-is-issuer", "the list is of a distribution point with the issuer's name", kScope, kOk,
       [](ChainSpec& chain) {
         Own(chain).distribution_point = IssuingDistributionPoint{.full_name = {RawDirectoryName(chain)}};
       }},
      {"point-x400", "the list is of a distribution point with an X.400 address", "CVE-2023-0286", kStatusMismatch,
       [](ChainSpec& chain) {
         Own(chain).distribution_point =
             IssuingDistributionPoint{.full_name = {X400Address(der::Sequence(Bytes{0x13, 0x01, 'x'}))}};
       }},
      {"point-not-critical", "the list covers CAs only, and does not say so critically", kScope, kStatusMismatch,
       [](ChainSpec& chain) {
         Own(chain).distribution_point = IssuingDistributionPoint{.only_ca_certs = true, .critical = false};
       }},
      {"delta-alone", "the list says only what is new", "RFC 5280 5.2.4", kStatusUnsupported,
       [](ChainSpec& chain) { Own(chain).delta_base = 1; }},
      {"no-number", "the list has no number", "RFC 5280 5.2.3", kOk,
       [](ChainSpec& chain) { Own(chain).number.reset(); }},
      {"version-1", "the list is of version 1, which has no extensions", "RFC 5280 5.1.2.1", kOk,
       [](ChainSpec& chain) { Own(chain).version = 1; }},
      {"version-3", "the list is of a version that does not exist", "RFC 5280 5.1.2.1", kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).version = 3; }},
      {"other-algorithm-inside", "the list names another algorithm inside than beside its signature",
       "RFC 5280 5.1.1.2", kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).inner_algorithm = SigAlg::kEcdsaSha384; }},
      {"garbage", "the list is text", kCrlForm, kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).raw = ToBytes("nobody is revoked"); }},
      {"empty-sequence", "the list is an empty SEQUENCE", kCrlForm, kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).raw = der::Sequence(Bytes{}); }},
      {"cut", "the list's last octet is missing", kCrlForm, kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).cut = 1; }},
      {"trailing", "there is an octet behind the list", kCrlForm, kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).trailing = Bytes{0}; }},
      {"no-date", "the list's date is the 31st of February", "RFC 5280 5.1.2.4", kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).this_update.raw = "260231000000Z"; }},
      {"extension-twice", "the list has its number twice", "RFC 5280 5.2", kMalformedStatus,
       [](ChainSpec& chain) { Own(chain).extensions = {{.oid = "2.5.29.20", .value = der::Integer(1)}}; }},
      {"issuer-may-not-sign-lists", "the issuer's keyUsage lacks cRLSign", "RFC 5280 6.3.3 f", kStatusResponder,
       [](ChainSpec& chain) { chain.intermediate().key_usage->bits = kKeyCertSign; }},
      {"ten-thousand", "the list has ten thousand others on it", kCrlProcessing, kOk,
       [](ChainSpec& chain) { Own(chain).filler = 10000; }},
  };
  return rows;
}

// Whoever insists on lists must refuse; for others a list that cannot be relied upon is as good as none.
void AddBadLists(CaseList& list) {
  for (const bool hard : {true, false}) {
    for (const BadList& row : BadLists()) {
      if (!hard && row.reason == kOk) {
        continue;
      }
      list.Add({.id = std::string("revocation.crl-") + row.id + (hard ? "" : "-soft"),
                .summary = std::string(row.summary) + (hard ? "" : "; the client does not insist on lists"),
                .rows = {"J2"},
                .source = row.source,
                .twin = hard ? "control.crl" : "control.crl-soft",
                .expected = hard ? Verdict{row.reason, 0} : Verdict{},
                .policy_dependent = row.policy_dependent || !hard,
                .exact_clock = row.exact_clock},
               row.edit);
    }
  }
  list.Add({.id = "revocation.crl-missing-for-intermediate",
            .summary = "there is no list of the intermediate's issuer",
            .rows = {"J2"},
            .source = kCrlProcessing,
            .twin = "control.crl",
            .expected = {kRevocationUnknown, 1}},
           [](ChainSpec& chain) { chain.revocation.crls.pop_back(); });
  list.Add({.id = "revocation.crl-flipped-for-intermediate",
            .summary = "the root's list has a bit of its signature flipped",
            .rows = {"J2"},
            .source = kCrlProcessing,
            .twin = "control.crl",
            .expected = {kStatusSignature, 1}},
           [](ChainSpec& chain) { Roots(chain).signature_fault = SignatureFault::kFlipBit; });
  list.Add(
      {.id = "revocation.crl-users-only-for-intermediate",
       .summary = "the root's list covers end entities only, which the intermediate is not",
       .rows = {"J2"},
       .source = kScope,
       .twin = "control.crl",
       .expected = {kStatusMismatch, 1}},
      [](ChainSpec& chain) { Roots(chain).distribution_point = IssuingDistributionPoint{.only_user_certs = true}; });
}

// Edits of other twins than the plain lists.
void AddOddLists(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* source, const char* twin, Reason reason,
                       const Edit& edit) {
    list.Add({.id = std::string("revocation.crl-") + id,
              .summary = summary,
              .rows = {"J2"},
              .source = source,
              .twin = twin,
              .expected = {reason, 0}},
             edit);
  };
  add("long-ago", "the list is eleven days old and does not say when the next one comes", "RFC 5280 5.1.2.5",
      "control.crl-no-next-update", kStatusExpired,
      [](ChainSpec& chain) { Own(chain).this_update = TimeSpec{days(-11)}; });
  add("leaf-of-other-point", "the leaf names another distribution point than its list", kScope, "control.crl-point",
      kStatusMismatch, [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {CrlDistributionPoint({Uri("http://crl.bob.test/two.crl")})};
      });
  add("leaf-of-two-points", "the leaf's distribution point has two names, one of them its list's", kScope,
      "control.crl-point", kOk, [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {
            CrlDistributionPoint({Uri("http://crl.bob.test/two.crl"), Uri("http://crl.bob.test/one.crl")})};
      });
  add("leaf-x400-list-uri", "the leaf's distribution point is an X.400 address, its list's is a URI", "CVE-2023-0286",
      "control.crl-point", kStatusMismatch, [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {CrlDistributionPoint({X400Address(der::Sequence(Bytes{}))})};
      });
  add("leaf-other-x400", "leaf and list have different X.400 addresses for a distribution point", "CVE-2023-0286",
      "control.crl-point-x400", kStatusMismatch, [](ChainSpec& chain) {
        chain.leaf().extra_extensions = {CrlDistributionPoint({X400Address(der::Sequence(Bytes(300, 0x13)))})};
      });
  add("indirect-leaf-listed", "the list speaks for several issuers, and the leaf is on it", "RFC 5280 5.3.3",
      "control.crl-indirect", kRevoked, [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{}}; });
  add("indirect-namesake-listed", "the list speaks for several issuers, and the leaf's number of another is on it",
      "RFC 5280 5.3.3", "control.crl-indirect", kOk,
      [](ChainSpec& chain) { Own(chain).entries = {CrlEntry{.issuer_of = "root"}}; });
  add("indirect-behind-namesake", "the list speaks for several issuers, and the leaf stands behind another's entry",
      "RFC 5280 5.3.3", "control.crl-indirect", kRevoked, [](ChainSpec& chain) {
        Own(chain).entries = {CrlEntry{.serial = Bytes{0x2a}, .issuer_of = "root"},
                              CrlEntry{.issuer_of = "intermediate"}};
      });
  add("indirect-issuer-stays", "the list speaks for several issuers, and another's entry stands before the number",
      "RFC 5280 5.3.3", "control.crl-indirect", kOk, [](ChainSpec& chain) {
        Own(chain).entries = {CrlEntry{.serial = Bytes{0x2a}, .issuer_of = "root"}, CrlEntry{}};
      });
  add("delta-listed", "the leaf is on the delta list", "RFC 5280 5.2.4", "control.crl-delta", kRevoked,
      [](ChainSpec& chain) { chain.revocation.crls[2].entries = {CrlEntry{}}; });
  add("delta-removed", "the delta list takes the leaf off a list it was not on", "RFC 5280 5.2.4", "control.crl-delta",
      kOk, [](ChainSpec& chain) { chain.revocation.crls[2].entries = {CrlEntry{.reason = kRemoveFromCrl}}; });
  add("delta-without-number", "the delta list has no number of its own", "RFC 5280 5.2.4; CVE-2026-28388",
      "control.crl-delta", kOk, [](ChainSpec& chain) { chain.revocation.crls[2].number.reset(); });
}

}  // namespace

void AddCrlCases(CaseList& list) {
  AddListed(list);
  AddBadLists(list);
  AddOddLists(list);
}

}  // namespace certs::catalogue

// Rows I, E13 and E15: certificates that are no DER, or that DER allows and RFC 5280 does not.
//
// An intermediate that does not parse is as good as not sent, so the leaf's issuer is unknown; a leaf that does not
// parse mostly cannot even be loaded by a TLS library.

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kForm = "RFC 5280 4.1";
constexpr const char* kAia = "1.3.6.1.5.5.7.1.1";

// What a fault of the form makes of the path: of the leaf, a leaf that does not parse; of the intermediate, one that is
// not there.
Verdict Unparseable(const Place& place) {
  return place.depth == 0 ? Verdict{kMalformedCertificate, 0} : Verdict{kUnknownIssuer, 0};
}

// ------------------------------------------------------------------------------------------------ I1: serials

void AddSerials(CaseList& list) {
  struct Serial {
    const char* id;
    const char* summary;
    Bytes content;
    bool parses;
  };
  for (const Serial& serial : {
           Serial{"zero", "is zero", {0}, true},
           {"negative", "is -5", {0xfb}, true},
           {"negative-long", "has twenty octets and is negative", Bytes(20, 0x81), true},
           {"21-octets", "has twenty-one octets", Bytes(21, 0x42), true},
           {"1000-octets", "has a thousand octets", Bytes(1000, 0x42), true},
           {"padded", "begins with a zero octet that DER does not allow", {0x00, 0x42}, false},
           {"padded-negative", "is -1 in two octets, where DER allows one", {0xff, 0xff}, false},
           {"empty", "has no octet at all", {}, false},
       }) {
    for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
      const std::string node = place.node;
      list.Add({.id = std::string("encoding.serial-") + serial.id + "-" + node,
                .summary = "the " + node + "'s serial number " + serial.summary,
                .rows = {"I1"},
                .source = serial.parses ? "RFC 5280 4.1.2.2" : kForm,
                .twin = "control.good",
                .expected = serial.parses ? Verdict{kInvalidSerial, place.depth} : Unparseable(place),
                .policy_dependent = true,
                .severity = Severity::kLow},
               [&](ChainSpec& chain) { chain.At(node).serial = serial.content; });
    }
  }
  const auto good = [&](const char* id, const char* summary, Bytes content) {
    list.Add({.id = std::string("encoding.serial-") + id,
              .summary = summary,
              .rows = {"I1"},
              .source = "RFC 5280 4.1.2.2",
              .twin = "control.good",
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().serial = std::move(content); });
  };
  good("one", "the leaf's serial number is one", {1});
  good("20-octets", "the leaf's serial number has twenty octets, as many as it may", Bytes(20, 0x7f));
  good("high-bit", "the leaf's serial number has its highest bit set, with the zero octet that this needs",
       {0x00, 0x80});
  list.Add({.id = "encoding.serial-zero-root",
            .summary = "the root's serial number is zero, as old roots' are",
            .rows = {"I1"},
            .source = "RFC 5280 4.1.2.2",
            .twin = "control.good",
            .expected = {kInvalidSerial, 2},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.root().serial = Bytes{0}; });
}

// ------------------------------------------------------------------------------------------------ I2-I4: no DER

void AddBroken(CaseList& list) {
  struct Break {
    const char* id;
    const char* summary;
    const char* row;
    void (*edit)(CertSpec&);
  };
  for (const Break& fault : {
           Break{"truncated", "lacks its last octet", "I2", [](CertSpec& cert) { cert.cut = 1; }},
           {"half", "ends two hundred octets too early", "I2", [](CertSpec& cert) { cert.cut = 200; }},
           {"garbage", "is a hundred octets of nothing", "I2",
            [](CertSpec& cert) { cert.raw_certificate = Bytes(100, 0xa5); }},
           {"text", "is PEM, where DER is due", "I2",
            [](CertSpec& cert) {
              cert.raw_certificate = ToBytes("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
            }},
           {"empty-sequence", "is an empty SEQUENCE", "I2",
            [](CertSpec& cert) { cert.raw_certificate = Bytes{0x30, 0x00}; }},
           {"claims-four-gigabytes", "says that it is four gigabytes long", "I2",
            [](CertSpec& cert) { cert.raw_certificate = Bytes{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x00}; }},
           {"trailing", "has an octet behind it", "I4", [](CertSpec& cert) { cert.trailing = {0x00}; }},
           {"long-length", "has a longer length than DER allows", "I4",
            [](CertSpec& cert) { cert.length_form = LengthForm::kLong; }},
           {"indefinite-length", "is of indefinite length, as BER allows", "I4",
            [](CertSpec& cert) { cert.length_form = LengthForm::kIndefinite; }},
       }) {
    for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
      const std::string node = place.node;
      list.Add({.id = std::string("encoding.") + fault.id + "-" + node,
                .summary = "the " + node + " " + fault.summary,
                .rows = {fault.row},
                .source = kForm,
                .twin = "control.good",
                .expected = Unparseable(place),
                .severity = Severity::kMedium,
                .needs_forger = place.depth == 0},
               [&](ChainSpec& chain) { fault.edit(chain.At(node)); });
    }
    list.Add({.id = std::string("encoding.") + fault.id + "-unrelated",
              .summary = std::string("a certificate that nobody needs ") + fault.summary,
              .rows = {fault.row},
              .source = kForm,
              .twin = "control.unrelated-on-wire",
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { fault.edit(chain.At("eve-intermediate")); });
  }
  list.Add({.id = "encoding.no-entry",
            .summary = "the list of certificates is empty",
            .rows = {"I3"},
            .source = "RFC 8446 4.4.2",
            .twin = "control.good",
            .expected = {kNoCertificate, 0},
            .needs_forger = true},
           [](ChainSpec& chain) { chain.presented.clear(); });
  list.Add({.id = "encoding.empty-entry",
            .summary = "the leaf's entry in the list has no octet",
            .rows = {"I3"},
            .source = "RFC 8446 4.4.2",
            .twin = "control.good",
            .expected = {kMalformedCertificate, 0},
            .needs_forger = true},
           [](ChainSpec& chain) { chain.leaf().raw_certificate = Bytes{}; });
}

// ------------------------------------------------------------------------------------------------ I5: versions

void AddVersions(CaseList& list) {
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    for (const int version : {1, 2, 4, 5, 255}) {
      list.Add({.id = "encoding.version-" + std::to_string(version) + "-" + node,
                .summary = "the " + node + " says it is of version " + std::to_string(version) + ", and has extensions",
                .rows = {"I5"},
                .source = "RFC 5280 4.1.2.1",
                .twin = "control.good",
                .expected = {kUnsupportedVersion, place.depth},
                .severity = Severity::kMedium},
               [&](ChainSpec& chain) { chain.At(node).version = version; });
    }
    list.Add({.id = "encoding.version-negative-" + node,
              .summary = "the " + node + "'s version is encoded as -1",
              .rows = {"I5"},
              .source = "RFC 5280 4.1.2.1",
              .twin = "control.good",
              .expected = Unparseable(place),
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.At(node).version = 0; });
    list.Add({.id = "encoding.unique-ids-" + node,
              .summary = "the " + node +
                         " has unique identifiers, which version 3 allows and nobody should use (both of them)",
              .rows = {"I5"},
              .source = "RFC 5280 4.1.2.8",
              .twin = "control.good",
              .compound = true,
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) {
               chain.At(node).issuer_unique_id = chain.At(node).subject_unique_id = Bytes{0x42, 0x42};
             });
  }
  const auto old = [&](const char* id, const char* summary, const char* row, Verdict expected, std::vector<Reason> also,
                       const Edit& edit) {
    list.Add({.id = std::string("encoding.") + id,
              .summary = std::string(summary) + " (no extensions in version 1)",
              .rows = {row},
              .source = "RFC 5280 4.1.2.1",
              .twin = "control.cn-and-san",
              .expected = expected,
              .also = std::move(also),
              .compound = true,
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) {
               ToOldVersion(chain.leaf(), 1);
               edit(chain);
             });
  };
  old("explicit-default-version", "the leaf is of version 1 and says so, as DER forbids", "I4",
      {kMalformedCertificate, 0}, {}, [](ChainSpec& chain) { chain.leaf().explicit_version = true; });
  old("unique-id-in-version-1", "the leaf is of version 1 and has a unique identifier, which came with version 2", "I5",
      {kUnsupportedVersion, 0}, {kNoPresentedIdentifier},
      [](ChainSpec& chain) { chain.leaf().subject_unique_id = Bytes{0x42}; });
}

// ------------------------------------------------------------------------------------------------ extensions

void AddFlags(CaseList& list) {
  struct Flag {
    const char* id;
    const char* summary;
    uint8_t octet;
    Verdict expected;
  };
  for (const Flag& flag :
       {Flag{"false", "is written FALSE, which is the default and not to be written", 0x00, {kMalformedExtension, 0}},
        {"one", "is a TRUE of 0x01, where DER knows 0xff only", 0x01, {kMalformedExtension, 0}}}) {
    list.Add({.id = std::string("encoding.critical-") + flag.id,
              .summary = std::string("the flag of an extension that must be known ") + flag.summary,
              .rows = {"I4"},
              .source = "RFC 5280 4.2",
              .twin = "control.aia-http",
              .expected = flag.expected,
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { chain.leaf().extra_extensions.front().critical_octet = flag.octet; });
  }
  const auto flip = [&](const char* id, const char* summary, const char* source, const Edit& edit) {
    list.Add({.id = std::string("encoding.flipped-") + id,
              .summary = summary,
              .rows = {"I7"},
              .source = source,
              .twin = "control.good",
              .policy_dependent = true,
              .severity = Severity::kLow},
             edit);
  };
  flip("key-usage", "the leaf's keyUsage is not critical, as it should be", "RFC 5280 4.2.1.3",
       [](ChainSpec& chain) { chain.leaf().key_usage->critical = false; });
  flip("ca-key-usage", "the intermediate's keyUsage is not critical, as it should be", "RFC 5280 4.2.1.3",
       [](ChainSpec& chain) { chain.intermediate().key_usage->critical = false; });
  flip("san", "the leaf's subjectAltName is critical, and it has a subject", "RFC 5280 4.2.1.6",
       [](ChainSpec& chain) { chain.leaf().san->critical = true; });
  flip("basic-constraints", "the leaf's basicConstraints are not critical, as a leaf's need not be", "RFC 5280 4.2.1.9",
       [](ChainSpec& chain) { chain.leaf().basic_constraints->critical = false; });
}

void AddInfoAccess(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, bool critical, Bytes value) {
    list.Add({.id = std::string("usage.aia-") + id,
              .summary = std::string("the leaf's authorityInfoAccess ") + summary,
              .rows = {"E15"},
              .source = "RFC 5280 4.2.2.1",
              .twin = "control.good",
              .expected = {kMalformedExtension, 0},
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) {
               chain.leaf().extra_extensions = {{.oid = kAia, .critical = critical, .value = std::move(value)}};
             });
  };
  const Bytes good = AuthorityInfoAccess("1.3.6.1.5.5.7.48.1", "http://ocsp.bob.test/").value;
  add("critical", "is critical, as it must not be", true, good);
  add("empty", "is an empty list", false, der::Sequence(Bytes{}));
  add("garbage", "does not parse", false, ToBytes("http://ocsp.bob.test/"));
  add("trailing", "has an octet behind it", false, der::Concat({good, Bytes{0}}));
  add("lying-length", "is longer than its extension says", false, der::TlvWithClaimedLength(0x30, 200, good));
}

// Netscape's certificate type: BIT STRING { SSL client (0), SSL server (1), ... }
void AddNetscapeTypes(CaseList& list) {
  for (const bool critical : {false, true}) {
    for (const auto& [id, who, bit] : {std::tuple{"client", "clients", 0}, {"server", "servers", 1}}) {
      list.Add({.id = std::string("usage.netscape-") + id + (critical ? "-critical" : ""),
                .summary = std::string("the leaf has Netscape's old type, for ") + who + (critical ? ", critical" : ""),
                .rows = {"E13"},
                .source = "RFC 5280 4.2",
                .twin = "control.good",
                .expected = critical ? Verdict{kUnknownCriticalExtension, 0} : Verdict{},
                .policy_dependent = true,
                .severity = Severity::kLow},
               [&, b = bit](ChainSpec& chain) {
                 chain.leaf().extra_extensions = {{.oid = "2.16.840.1.113730.1.1",
                                                   .critical = critical,
                                                   .value = der::NamedBits(static_cast<uint16_t>(1 << b))}};
               });
    }
  }
}

}  // namespace

void AddEncodingCases(CaseList& list) {
  AddSerials(list);
  AddBroken(list);
  AddVersions(list);
  AddFlags(list);
  AddInfoAccess(list);
  AddNetscapeTypes(list);
}

}  // namespace certs::catalogue

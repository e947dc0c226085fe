// Rows A8, C18, C29 and C33 to C38: what the client was told to trust, and names that must be matched to find it.

#include <string>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kCaIssuers = "1.3.6.1.5.5.7.48.2";

DistinguishedName InOrganization(const char* organization, const char* common_name) {
  DistinguishedName name = Organization(organization);
  name.push_back(CommonName(common_name).front());
  return name;
}

// ------------------------------------------------------------------------------------------------ A8, C35, C36: whom

void AddForeignRoots(CaseList& list) {
  list.Add(
      {.id = "trust.public-root-not-configured",
       .summary = "the chain leads to a root of a public CA's name, and the client was told to trust another root only",
       .rows = {"A8"},
       .source = kAnchors,
       .twin = "control.public-root",
       .expected = {kUnknownIssuer, 1},
       .severity = Severity::kCritical},
      [](ChainSpec& chain) { chain.trusted = {"eve-root"}; });
  list.Add({.id = "trust.no-anchor",
            .summary = "the client was told to trust nobody",
            .rows = {"A8"},
            .source = kAnchors,
            .twin = "control.good",
            .expected = {kUnknownIssuer, 1},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.trusted.clear(); });
  struct Published {
    const char* id;
    const char* organization;
    const char* common_name;
    std::vector<std::string> rows;
  };
  for (const Published& root : {
           Published{"superfish", "Superfish, Inc.", "Superfish, Inc.", {"C35", "C36"}},
           {"edellroot", "Dell Inc.", "eDellRoot", {"C35"}},
           {"dsd-test-provider", "Dell Inc.", "DSDTestProvider", {"C35"}},
           {"preact-cli", "preact-cli", "preact-cli", {"C35"}},
           {"webpack-dev-server", "Example Org", "webpack-dev-server", {"C35"}},
           {"komodia", "Komodia Inc.", "Komodia SSL Filter", {"C36"}},
           {"antivirus", "Lab Antivirus", "Web and Mail Shield Root", {"C36"}},
       }) {
    list.Add({.id = std::string("trust.published-") + root.id,
              .summary = std::string("the chain leads to a root named ") + root.common_name +
                         ", like one that was once installed on many computers (issuer and its name make the case)",
              .rows = root.rows,
              .source = kAnchors,
              .twin = "control.two-roots-on-wire",
              .expected = {kUnknownIssuer, 2},
              .compound = true,
              .severity = Severity::kCritical},
             [&](ChainSpec& chain) {
               chain.intermediate().issuer = "eve-root";
               chain.At("eve-root").subject = InOrganization(root.organization, root.common_name);
             });
  }
  list.Add({.id = "trust.captive-portal",
            .summary = "a captive portal answers in the host's place, with a chain nobody trusts and a name of its own "
                       "(both are the case)",
            .rows = {"C36"},
            .source = kAnchors,
            .twin = "control.good",
            .expected = {kUnknownIssuer, 1},
            .also = {kNameMismatch},
            .compound = true,
            .severity = Severity::kCritical},
           [](ChainSpec& chain) {
             chain.intermediate().issuer = "eve-root";
             chain.leaf().san->names = {Dns("login.portal.test")};
           });
}

void AddAnchorKinds(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source, const char* twin,
                       const Edit& edit) {
    list.Add({.id = std::string("trust.") + id,
              .summary = summary,
              .rows = {row},
              .source = source,
              .twin = twin,
              .policy_dependent = true,
              .severity = Severity::kLow},
             edit);
  };
  add("intermediate-is-anchor", "the client was told to trust the intermediate, which is sent", "C29", kAnchors,
      "control.good", [](ChainSpec& chain) { chain.trusted = {"intermediate"}; });
  add("leaf-is-anchor", "the client was told to trust the leaf itself", "C29", kAnchors, "control.good",
      [](ChainSpec& chain) { chain.trusted = {"leaf"}; });
  list.Add({.id = "trust.self-signed-leaf-is-anchor",
            .summary = "the client was told to trust the leaf, which signed itself (both make the case)",
            .rows = {"C29"},
            .source = kAnchors,
            .twin = "control.leaf-under-root",
            .compound = true,
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             chain.leaf().issuer = "leaf";
             chain.trusted = {"leaf"};
           });
  list.Add({.id = "trust.intermediate-is-anchor-not-sent",
            .summary = "the client was told to trust the intermediate, and only the leaf is sent (both make the case)",
            .rows = {"C29"},
            .source = kAnchors,
            .twin = "control.good",
            .compound = true,
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             chain.trusted = {"intermediate"};
             chain.presented = {"leaf"};
           });
  list.Add(
      {.id = "trust.other-key-same-names",
       .summary =
           "everything is right, with another key than before: who has pinned the old one refuses, who has not accepts",
       .rows = {"C37"},
       .source = "RFC 7469 2.6",
       .twin = "control.good",
       .policy_dependent = true,
       .severity = Severity::kLow},
      [](ChainSpec& chain) { chain.leaf().key.label = "leaf-renewed"; });
}

// ------------------------------------------------------------------------------------------------ C18: AIA

struct Location {
  const char* id;
  const char* uri;
};
constexpr Location kLocations[] = {{"http", "http://aia.bob.test/intermediate.cer"},
                                   {"ldap", "ldap://aia.bob.test/cn=Lab%20Intermediate%20CA"},
                                   {"file", "file:///etc/ssl/certs/intermediate.pem"},
                                   {"loopback", "http://127.0.0.1:25/QUIT"}};

void AddIssuerLocations(CaseList& list) {
  for (const Location& location : kLocations) {
    list.Add({.id = std::string("trust.missing-intermediate-aia-") + location.id,
              .summary =
                  std::string("only the leaf is sent, which says that its issuer's certificate is at ") + location.uri,
              .rows = {"C18"},
              .source = "RFC 5280 4.2.2.1",
              .twin = std::string("control.aia-") + location.id,
              .expected = {kUnknownIssuer, 0},
              .policy_dependent = true,
              .severity = Severity::kMedium},
             [](ChainSpec& chain) { chain.presented = {"leaf"}; });
  }
}

// ------------------------------------------------------------------------------------------------ C31, C33, C34: names

void AddNormalised(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, Verdict expected, StringType type, Bytes value) {
    list.Add(
        {.id = std::string("trust.issuer-") + id,
         .summary = std::string("the leaf writes its issuer's name ") + summary,
         .rows = {"C33"},
         .source = "RFC 5280 7.1",
         .twin = "control.good",
         .expected = expected,
         .policy_dependent = true,
         .severity = Severity::kLow},
        [&](ChainSpec& chain) { chain.leaf().claimed_issuer = {Attribute{.type = type, .value = std::move(value)}}; });
  };
  const Verdict unknown = {kUnknownIssuer, 0};
  constexpr const char* kName = "Lab Intermediate CA";
  add("capitals", "in capitals", {}, StringType::kUtf8, ToBytes("LAB INTERMEDIATE CA"));
  add("small", "in small letters", {}, StringType::kUtf8, ToBytes("lab intermediate ca"));
  add("two-spaces", "with two spaces in the middle", {}, StringType::kUtf8, ToBytes("Lab  Intermediate CA"));
  add("outer-spaces", "with spaces around it", {}, StringType::kUtf8, ToBytes(" Lab Intermediate CA "));
  add("printable", "as a PrintableString", {}, StringType::kPrintable, ToBytes(kName));
  add("ia5", "as an IA5String", {}, StringType::kIa5, ToBytes(kName));
  add("t61", "as a T61String, which is compared as it stands", unknown, StringType::kT61, ToBytes(kName));
  Bytes bmp;
  for (const char c : std::string(kName)) {
    bmp.insert(bmp.end(), {0, static_cast<uint8_t>(c)});
  }
  add("bmp", "as a BMPString, which is compared as it stands", unknown, StringType::kBmp, bmp);
  add("no-space", "without its spaces, which is another name", unknown, StringType::kUtf8,
      ToBytes("LabIntermediateCA"));
}

void AddEmptyNames(CaseList& list) {
  list.Add({.id = "trust.empty-issuer",
            .summary = "the leaf's issuer field is empty, so that nobody can be found either",
            .rows = {"C34"},
            .source = "RFC 5280 4.1.2.4",
            .twin = "control.good",
            .expected = {kUnknownIssuer, 0},
            .also = {kEmptyIssuer},
            .compound = true},
           [](ChainSpec& chain) { chain.leaf().claimed_issuer = DistinguishedName{}; });
  list.Add({.id = "trust.empty-ca-subject",
            .summary = "the intermediate's subject is empty, and so is the issuer field of the leaf below it",
            .rows = {"C34"},
            .source = "RFC 5280 4.1.2.6",
            .twin = "control.good",
            .expected = {kEmptyCaSubject, 1},
            .also = {kEmptyIssuer},
            .compound = true},
           [](ChainSpec& chain) { chain.intermediate().subject.clear(); });
}

void AddKeyIds(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* source, Verdict expected, const char* twin,
                       bool policy, const Edit& edit) {
    list.Add({.id = std::string("trust.") + id,
              .summary = summary,
              .rows = {"C31"},
              .source = source,
              .twin = twin,
              .expected = expected,
              .policy_dependent = policy,
              .severity = Severity::kLow},
             edit);
  };
  const Bytes identifier(20, 0x42);
  const Bytes authority = der::Sequence(der::Context(0, identifier)), subject = der::OctetString(identifier);
  add("no-subject-key-id", "the intermediate has no subjectKeyIdentifier", "RFC 5280 4.2.1.2", {}, "control.good", true,
      [](ChainSpec& chain) { chain.intermediate().subject_key_id = false; });
  add("other-authority-key-id",
      "the intermediate's authorityKeyIdentifier is not its issuer's; it only orders the candidates", "RFC 4158 3.5.12",
      {}, "control.no-authority-key-id", true,
      [&](ChainSpec& chain) { chain.intermediate().extra_extensions = {{.oid = "2.5.29.35", .value = authority}}; });
  add("critical-authority-key-id", "the intermediate's authorityKeyIdentifier is critical, as it must not be",
      "RFC 5280 4.2.1.1", {kMalformedExtension, 1}, "control.no-authority-key-id", true, [&](ChainSpec& chain) {
        chain.intermediate().extra_extensions = {{.oid = "2.5.29.35", .critical = true, .value = authority}};
      });
  add("critical-subject-key-id", "the leaf's subjectKeyIdentifier is critical, as it must not be", "RFC 5280 4.2.1.2",
      {kMalformedExtension, 0}, "control.no-subject-key-id", true, [&](ChainSpec& chain) {
        chain.leaf().extra_extensions = {{.oid = "2.5.29.14", .critical = true, .value = subject}};
      });
}

}  // namespace

void AddTrustControls(CaseList& list) {
  list.Add({.id = "control.public-root",
            .summary = "the trusted root bears the name of a public CA",
            .rows = {"A8"},
            .source = kAnchors,
            .twin = "control.good"},
           [](ChainSpec& chain) {
             chain.root().subject = InOrganization("Internet Security Research Group", "ISRG Root X1");
           });
  for (const Location& location : kLocations) {
    list.Add(
        {.id = std::string("control.aia-") + location.id,
         .summary =
             std::string("the leaf says that its issuer's certificate is at ") + location.uri + ", and it is sent",
         .rows = {"C18"},
         .source = "RFC 5280 4.2.2.1",
         .twin = "control.good",
         .severity = Severity::kLow},
        [&](ChainSpec& chain) { chain.leaf().extra_extensions = {AuthorityInfoAccess(kCaIssuers, location.uri)}; });
  }
  list.Add({.id = "control.no-subject-key-id",
            .summary = "the leaf has no subjectKeyIdentifier",
            .rows = {"C31"},
            .source = "RFC 5280 4.2.1.2",
            .twin = "control.good",
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().subject_key_id = false; });
}

void AddTrustCases(CaseList& list) {
  AddForeignRoots(list);
  AddAnchorKinds(list);
  AddIssuerLocations(list);
  AddNormalised(list);
  AddEmptyNames(list);
  AddKeyIds(list);
  AddKeyCases(list);
}

}  // namespace certs::catalogue

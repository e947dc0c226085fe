// Row G3: name constraints of other forms of name.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

DistinguishedName Joined(DistinguishedName head, const DistinguishedName& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}
GeneralName Organized(std::string_view name) { return DirectoryName(Organization(name)); }
GeneralName OtherName(std::string_view oid, const Bytes& value) {
  return {.form = NameForm::kOther, .value = der::Concat({der::Oid(oid), der::ContextConstructed(0, value)})};
}
GeneralName RegisteredId(std::string_view oid) {
  return {.form = NameForm::kRegisteredId, .value = der::OidContent(oid).value_or(Bytes{})};
}
// ORAddress ::= SEQUENCE { built-in-standard-attributes SEQUENCE { }, ... } (RFC 5280 A.1)
GeneralName X400() { return {.form = NameForm::kX400, .value = der::Sequence(Bytes{})}; }
// EDIPartyName ::= SEQUENCE { nameAssigner [0] OPTIONAL, partyName [1] DirectoryString }
GeneralName Edi(std::string_view party) {
  return {.form = NameForm::kEdi, .value = der::ContextConstructed(1, der::Utf8String(party))};
}

// ------------------------------------------------------------------------------------------------ the twins

// Good leaves that have a name of some form beside their host name.
struct Named {
  const char* id;
  const char* summary;
  GeneralName name;
};

void AddNamedLeaves(CaseList& list) {
  const std::vector<Named> leaves = {
      {"control.directory-name", "the leaf has a directoryName, Bob's Backup, beside its host",
       Organized("Bob's Backup")},
      {"control.uri-without-host", "the leaf has a URI without a host beside its host", Uri("urn:uuid:0b0b")},
      {"control.uri-with-address", "the leaf has a URI with an address beside its host", Uri("https://127.0.0.1/")},
      {"control.registered-id", "the leaf has a registeredID beside its host", RegisteredId("1.3.6.1.4.1.55738.6.1")},
      {"control.x400-address", "the leaf has an x400Address beside its host", X400()},
      {"control.edi-party-name", "the leaf has an ediPartyName beside its host", Edi("Bob")},
      {"control.unknown-other-name", "the leaf has an otherName of a type nobody knows beside its host",
       OtherName("1.3.6.1.4.1.55738.6.2", der::Integer(1))},
      {"control.utf8-mailbox", "the leaf has an internationalised mailbox beside its host",
       OtherName("1.3.6.1.5.5.7.8.9", der::Utf8String("b\xc3\xb6"
                                                      "b@bob.test"))},
  };
  for (const Named& leaf : leaves) {
    list.Add({.id = leaf.id,
              .summary = leaf.summary,
              .rows = {"F22"},
              .source = "RFC 5280 4.2.1.6",
              .twin = "control.good",
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().san->names.insert(chain.leaf().san->names.begin(), leaf.name); });
  }
  list.Add({.id = "control.email-in-subject",
            .summary = "the leaf's subject has an e-mail address",
            .rows = {"G3"},
            .source = "RFC 5280 4.1.2.6",
            .twin = "control.good",
            .severity = Severity::kLow},
           [](ChainSpec& chain) {
             chain.leaf().subject = {
                 {.oid = "1.2.840.113549.1.9.1", .type = StringType::kIa5, .value = ToBytes("postmaster@bob.test")}};
           });
}

// ------------------------------------------------------------------------------------------------ G3: the forms

void AddDirectoryNames(CaseList& list) {
  const DistinguishedName bob = Organization("Bob's Mail");
  AddLimits(
      list, {"directory", "G3", "control.good", kIntermediatePlace},
      {
          {"permitted", "permits the leaf's subject as directoryName", {DirectoryName(bob)}, {}, kInside},
          {"permitted-capitals",
           "permits the leaf's subject in capitals",
           {Organized("BOB'S  MAIL")},
           {},
           kInside,
           "RFC 5280 7.1"},
          {"permitted-all", "permits the empty directoryName, below which all are", {DirectoryName({})}, {}, kInside},
          {"permitted-other", "permits another organisation only", {Organized("Eve's Mail")}, {}, kOutside},
          {"permitted-below",
           "permits what is below the leaf's subject only",
           {DirectoryName(Joined(bob, CommonName("x")))},
           {},
           kOutside},
          {"permitted-half", "permits the beginning of the organisation's name only", {Organized("Bob")}, {}, kOutside},
          {"excluded", "excludes the leaf's subject", {}, {DirectoryName(bob)}, kOutside},
          {"excluded-all", "excludes the empty directoryName, and with it all", {}, {DirectoryName({})}, kOutside},
          {"excluded-capitals",
           "excludes the leaf's subject in capitals",
           {},
           {Organized("BOB'S MAIL")},
           kOutside,
           "RFC 5280 7.1"},
          {"excluded-other", "excludes another organisation", {}, {Organized("Eve's Mail")}, kInside},
      });
  AddLimits(list, {"directory-san", "G3", "control.directory-name", kIntermediatePlace},
            {{"outside",
              "permits the leaf's subject, and not the directoryName in its subjectAltName",
              {DirectoryName(bob)},
              {},
              kOutside},
             {"excluded",
              "excludes the directoryName in the leaf's subjectAltName",
              {},
              {Organized("Bob's Backup")},
              kOutside},
             {"both",
              "permits both directoryNames of the leaf",
              {DirectoryName(bob), Organized("Bob's Backup")},
              {},
              kInside}});
  AddLimits(list, {"directory-no-subject", "G3", "control.no-subject", kIntermediatePlace},
            {{"permitted-other",
              "permits some organisation, and the leaf has no subject that could be another's",
              {Organized("Eve's Mail")},
              {},
              kInside}});
}

// Against postmaster@bob.test.
void AddMailboxes(CaseList& list) {
  constexpr const char* kLast = "RFC 5280 4.2.1.10; CVE-2026-27137";
  AddLimits(
      list, {"email", "G3", "control.other-name-forms", kIntermediatePlace},
      {
          {"permitted-host", "permits mailboxes on the host bob.test", {Email("bob.test")}, {}, kInside},
          {"permitted-host-capitals", "permits mailboxes on the host BOB.TEST", {Email("BOB.TEST")}, {}, kInside},
          {"permitted-mailbox", "permits the leaf's very mailbox", {Email("postmaster@bob.test")}, {}, kInside},
          {"permitted-domain", "permits mailboxes below the domain .test", {Email(".test")}, {}, kInside},
          {"permitted-first",
           "permits mailboxes on two hosts, the first the leaf's",
           {Email("bob.test"), Email("eve.test")},
           {},
           kInside},
          {"permitted-second",
           "permits mailboxes on two hosts, the second the leaf's",
           {Email("eve.test"), Email("bob.test")},
           {},
           kInside},
          {"permitted-other", "permits mailboxes on another host only", {Email("eve.test")}, {}, kOutside},
          {"permitted-below",
           "permits mailboxes below .bob.test only, which bob.test is not",
           {Email(".bob.test")},
           {},
           kOutside},
          {"permitted-other-mailbox", "permits another mailbox only", {Email("root@bob.test")}, {}, kOutside},
          {"permitted-mailbox-capitals",
           "permits POSTMASTER@bob.test, which is another mailbox",
           {Email("POSTMASTER@bob.test")},
           {},
           kOutside,
           "RFC 5280 7.5",
           true},
          {"permitted-parent", "permits mailboxes on the host test only", {Email("test")}, {}, kOutside},
          {"excluded-host", "excludes mailboxes on the host bob.test", {}, {Email("bob.test")}, kOutside},
          {"excluded-first",
           "excludes mailboxes on two hosts, the first the leaf's",
           {},
           {Email("bob.test"), Email("eve.test")},
           kOutside,
           kLast},
          {"excluded-mailbox", "excludes the leaf's very mailbox", {}, {Email("postmaster@bob.test")}, kOutside},
          {"excluded-other", "excludes mailboxes on another host", {}, {Email("eve.test")}, kInside},
          {"malformed", "permits @bob.test, which is no mailbox and no host", {Email("@bob.test")}, {}, kUnreadable},
      });
  AddLimits(list, {"email-subject", "G3", "control.email-in-subject", kIntermediatePlace},
            {{"outside",
              "permits mailboxes on another host than that in the leaf's subject",
              {Email("eve.test")},
              {},
              kOutside,
              kConstraintClause,
              true},
             {"inside", "permits mailboxes on the host in the leaf's subject", {Email("bob.test")}, {}, kInside}});
  AddLimits(list, {"utf8-mailbox", "G3", "control.utf8-mailbox", kIntermediatePlace},
            {{"email",
              "permits mailboxes on bob.test, and the leaf has an internationalised one",
              {Email("bob.test")},
              {},
              kUnreadable,
              "RFC 9598 6",
              true}});
}

// Against https://www.bob.test/.
void AddUris(CaseList& list) {
  AddLimits(list, {"uri", "G3", "control.other-name-forms", kIntermediatePlace},
            {
                {"permitted-host", "permits URIs on the host www.bob.test", {Uri("www.bob.test")}, {}, kInside},
                {"permitted-domain", "permits URIs on hosts below .bob.test", {Uri(".bob.test")}, {}, kInside},
                {"permitted-parent",
                 "permits URIs on the host bob.test only, which www.bob.test is not",
                 {Uri("bob.test")},
                 {},
                 kOutside},
                {"permitted-other", "permits URIs on another host only", {Uri("www.eve.test")}, {}, kOutside},
                {"excluded-host", "excludes URIs on the host www.bob.test", {}, {Uri("www.bob.test")}, kOutside},
                {"excluded-capitals", "excludes URIs on the host WWW.BOB.TEST", {}, {Uri("WWW.BOB.TEST")}, kOutside},
                {"excluded-domain", "excludes URIs on hosts below .bob.test", {}, {Uri(".bob.test")}, kOutside},
                {"excluded-other", "excludes URIs on another host", {}, {Uri("www.eve.test")}, kInside},
                {"malformed",
                 "permits URIs by a whole URI instead of a host",
                 {Uri("https://www.bob.test/")},
                 {},
                 kUnreadable},
            });
  AddLimits(list, {"uri-without-host", "G3", "control.uri-without-host", kIntermediatePlace},
            {{"permitted",
              "permits URIs on hosts below .bob.test, and the leaf's has no host",
              {Uri(".bob.test")},
              {},
              kOutside},
             {"excluded", "excludes URIs on a host, and the leaf's has none", {}, {Uri("www.eve.test")}, kOutside}});
  AddLimits(list, {"uri-with-address", "G3", "control.uri-with-address", kIntermediatePlace},
            {{"permitted",
              "permits URIs on hosts below .bob.test, and the leaf's names an address",
              {Uri(".bob.test")},
              {},
              kOutside}});
}

// Forms that nobody processes: a verifier may only refuse, and only where there is a name of the form.
void AddOtherForms(CaseList& list) {
  struct Form {
    const char* id;
    const char* twin;
    GeneralName name;
  };
  for (const Form& form :
       {Form{"srv", "control.other-name-forms", SrvName("_submission.bob.test")},
        {"other-name", "control.unknown-other-name", OtherName("1.3.6.1.4.1.55738.6.2", der::Integer(1))},
        {"registered-id", "control.registered-id", RegisteredId("1.3.6.1.4.1.55738.6")},
        {"x400", "control.x400-address", X400()},
        {"edi", "control.edi-party-name", Edi("Bob")}}) {
    const std::string prefix = form.id;
    AddLimits(list, {prefix.c_str(), "G3", form.twin, kIntermediatePlace},
              {{"permitted",
                "permits a name of a form that is not processed, and the leaf has one",
                {form.name},
                {},
                kUnreadable,
                kConstraintClause,
                true},
               {"excluded",
                "excludes a name of a form that is not processed, and the leaf has one",
                {},
                {form.name},
                kUnreadable,
                kConstraintClause,
                true}});
    AddLimits(list, {(prefix + "-absent").c_str(), "G3", "control.good", kIntermediatePlace},
              {{"excluded",
                (std::string("excludes ") + form.id + ", a form that is not processed, and the leaf has none").c_str(),
                {},
                {form.name},
                kInside,
                kConstraintClause,
                true}});
  }
}

}  // namespace

void AddConstraintFormControls(CaseList& list) { AddNamedLeaves(list); }

void AddConstraintFormCases(CaseList& list) {
  AddDirectoryNames(list);
  AddMailboxes(list);
  AddUris(list);
  AddOtherForms(list);
}

}  // namespace certs::catalogue

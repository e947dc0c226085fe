// Rows F22, F26 and F28, and more of F15: names in places and of types where a client must not look, or may.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

// ------------------------------------------------------------------------------------------------ F22: every tag

void AddTags(CaseList& list) {
  const Bytes host = ToBytes(kBobHost);
  struct Tag {
    int number;
    const char* what;
    Bytes value;
  };
  for (const Tag& tag :
       {Tag{0, "otherName of an unknown type",
            der::Concat({der::Oid("1.3.6.1.4.1.55738.6.2"), der::ContextConstructed(0, der::Utf8String(kBobHost))})},
        {3, "x400Address", der::PrintableString(kBobHost)},
        {5, "ediPartyName", der::ContextConstructed(1, der::Utf8String(kBobHost))},
        {6, "URI without a scheme", host},
        {7, "iPAddress of thirteen octets", host},
        {8, "registeredID", host}}) {
    const std::string summary =
        "the host stands in the subjectAltName as " + std::string(tag.what) + ", and nowhere else";
    const std::string id = "tag-" + std::to_string(tag.number);
    AddMismatches(list, "control.unconstrained-anchor",
                  {{id.c_str(),
                    summary.c_str(),
                    {{static_cast<NameForm>(tag.number), tag.value}},
                    {"F22"},
                    "RFC 9525 6.2",
                    Severity::kHigh}});
  }
  for (int number = 9; number <= 15; ++number) {
    list.Add(
        {.id = "name.tag-" + std::to_string(number),
         .summary = "the host stands in the subjectAltName under tag " + std::to_string(number) + ", which no name has",
         .rows = {"F22"},
         .source = "RFC 5280 4.2.1.6",
         .twin = "control.unconstrained-anchor",
         .expected = {kMalformedExtension, 0},
         .severity = Severity::kHigh},
        [&](ChainSpec& chain) { chain.leaf().san->names = {{static_cast<NameForm>(number), host}}; });
  }
  list.Add({.id = "name.tag-15-beside",
            .summary = "beside the right name the subjectAltName has one under tag 15, which no name has",
            .rows = {"F22"},
            .source = "RFC 5280 4.2.1.6",
            .twin = "control.unconstrained-anchor",
            .expected = {kMalformedExtension, 0},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [&](ChainSpec& chain) { chain.leaf().san->names.push_back({static_cast<NameForm>(15), host}); });
}

// ------------------------------------------------------------------------------------------------ F26: common names

struct Common {
  const char* id;
  const char* summary;
  DistinguishedName subject;
};

std::vector<Common> CommonNames() {
  const auto typed = [](StringType type) { return DistinguishedName{{.type = type, .value = ToBytes(kBobHost)}}; };
  Bytes bmp;
  for (const char c : kBobHost) {
    bmp.insert(bmp.end(), {0, static_cast<uint8_t>(c)});
  }
  DistinguishedName first = CommonName(kBobHost), last = CommonName(kEveHost), hundred;
  first.push_back(CommonName(kEveHost).front());
  last.push_back(CommonName(kBobHost).front());
  for (int i = 1; i < 100; ++i) {
    hundred.push_back(CommonName("host" + std::to_string(i) + ".bob.test").front());
  }
  hundred.push_back(CommonName(kBobHost).front());
  return {
      {"printable", "a PrintableString", typed(StringType::kPrintable)},
      {"ia5", "an IA5String", typed(StringType::kIa5)},
      {"t61", "a T61String", typed(StringType::kT61)},
      {"bmp", "a BMPString", {{.type = StringType::kBmp, .value = bmp}}},
      {"first-of-two", "the first of two", first},
      {"last-of-two", "the last of two", last},
      {"last-of-hundred", "the last of a hundred", hundred},
      {"wildcard", "a wildcard that covers it", CommonName("*.bob.test")},
  };
}

void AddCommonNamePlaces(CaseList& list) {
  for (const Common& common : CommonNames()) {
    list.Add({.id = std::string("name.cn-only-") + common.id,
              .summary = std::string("no subjectAltName, and the host's common name is ") + common.summary,
              .rows = {"F26"},
              .source = "RFC 9525 2",
              .twin = std::string("control.cn-") + common.id,
              .expected = {kNoPresentedIdentifier, 0},
              .policy_dependent = true,
              .severity = Severity::kMedium},
             [](ChainSpec& chain) { chain.leaf().san.reset(); });
  }
}

// ------------------------------------------------------------------------------------------------ F28, F15

void AddReferences(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* twin, const char* reference, Verdict expected) {
    list.AddFor({.id = std::string("name.") + id,
                 .summary = summary,
                 .rows = {"F28"},
                 .source = "RFC 7817 3; RFC 8314 5.3",
                 .twin = twin,
                 .expected = expected,
                 .policy_dependent = true,
                 .severity = Severity::kHigh},
                reference);
  };
  const Verdict mismatch = {kNameMismatch, 0};
  add("mx-host-for-domain", "the client wants the mail domain, and the leaf names its MX host only", "control.good",
      "bob.test", mismatch);
  add("srv-for-domain", "the client wants the mail domain, and the leaf names it in an SRV name only",
      "control.other-name-forms", "bob.test", mismatch);
  AddMismatches(list, "control.good",
                {{"domain-for-mx-host",
                  "the client wants the MX host, and the leaf names the mail domain and an SRV name below it",
                  {Dns("bob.test"), SrvName("_submission.bob.test")},
                  {"F28"},
                  "RFC 7817 3; RFC 8314 5.3",
                  Severity::kHigh,
                  true},
                 {"srv-of-host",
                  "the client wants the MX host, and the leaf names it in the SRV name of the right service only",
                  {SrvName("_submission.mail.bob.test")},
                  {"F28"},
                  "RFC 9525 6.5; RFC 6186 6",
                  Severity::kMedium,
                  true},
                 {"srv-only-for-domain-service",
                  "the client wants the MX host, and the leaf names the domain's service only",
                  {SrvName("_submission.bob.test")},
                  {"F28"},
                  "RFC 9525 6.5; RFC 6186 6",
                  Severity::kMedium,
                  true}});
  AddMismatches(list, "control.good",
                {{"homograph",
                  "the leaf names a host that looks like the one that was meant, with a Cyrillic letter",
                  {Dns("xn--mil-5cd.bob.test")},
                  {"F15"},
                  "RFC 9525 7.2"}});
  AddMismatches(list, "control.unconstrained-anchor",
                {{"a-label-of-ascii",
                  "the leaf names the host as an A-label that stands for no U-label",
                  {Dns("xn--mail-.bob.test")},
                  {"F15"},
                  "RFC 5891 5.4"}});
}

}  // namespace

void AddNamePlaceControls(CaseList& list) {
  for (const Common& common : CommonNames()) {
    list.Add(
        {.id = std::string("control.cn-") + common.id,
         .summary = std::string("the host stands in the subjectAltName, and in the common name as ") + common.summary,
         .rows = {"F26"},
         .source = "RFC 9525 2",
         .twin = "control.good",
         .severity = Severity::kLow},
        [&](ChainSpec& chain) { chain.leaf().subject = common.subject; });
  }
}

void AddNamePlaceCases(CaseList& list) {
  AddTags(list);
  AddCommonNamePlaces(list);
  AddReferences(list);
}

}  // namespace certs::catalogue

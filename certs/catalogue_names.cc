// Rows F: whose certificate is it? RFC 9525 decides; name-matching choices beyond it are marked policy-dependent. How
// names are written (wildcards, spelling, addresses) is in catalogue_name_forms.cc.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;
using namespace std::string_literals;

constexpr const char* kNoMatch = "RFC 9525 6.6";

// ------------------------------------------------------------------------------------------------ F1-F4: another host

void AddOtherHosts(CaseList& list) {
  AddMismatches(
      list, "control.good",
      {
          {"wrong-host",
           "Eve's perfectly valid certificate: it names her host and no other",
           {Dns(kEveHost)},
           {"C7", "F1", "F2"}},
          {"wrong-hosts",
           "the leaf names three hosts, and not the one that was meant",
           {Dns("imap.bob.test"), Dns("www.bob.test"), Dns(kEveHost)},
           {"F1"}},
          {"sibling-host", "the leaf names another host of the same domain", {Dns("imap.bob.test")}, {"F1"}},
          {"host-as-prefix",
           "the leaf names a host of Eve's that begins with Bob's name",
           {Dns("mail.bob.test.eve.test")},
           {"F1"}},
          {"host-as-suffix",
           "the leaf names a host whose first label ends like Bob's",
           {Dns("evilmail.bob.test")},
           {"F1"}},
          {"shorter-host", "the leaf names a host whose first label begins like Bob's", {Dns("mai.bob.test")}, {"F1"}},
          {"parent-domain", "the leaf names the domain above the host only", {Dns("bob.test")}, {"F3", "F28"}},
          {"child-host", "the leaf names a host below the one that was meant", {Dns("smtp.mail.bob.test")}, {"F4"}},
          {"ip-for-host", "the leaf names an address only, and a host was meant", {Ip("127.0.0.1")}, {"F19"}},
      });
}

// ------------------------------------------------------------------------------------------------ F5-F7: common name

void AddCommonNames(CaseList& list) {
  const auto source = "RFC 9525 2; RFC 9525 6.6";
  AddMismatches(list, "control.cn-and-san",
                {
                    {"cn-right-san-wrong",
                     "the common name is right, the subjectAltName names another host",
                     {Dns(kEveHost)},
                     {"F5"},
                     source},
                    {"cn-right-san-ip",
                     "the common name is right, the subjectAltName holds only an address",
                     {Ip("127.0.0.1")},
                     {"F5"},
                     source,
                     Severity::kHigh},
                    {"cn-right-san-email",
                     "the common name is right, the subjectAltName holds only an e-mail address",
                     {Email("postmaster@eve.test")},
                     {"F5"},
                     source,
                     Severity::kHigh},
                    {"cn-right-san-uri",
                     "the common name is right, the subjectAltName holds only a URI (CVE-2026-42012)",
                     {Uri("https://mail.eve.test/")},
                     {"F5"},
                     source,
                     Severity::kHigh},
                    {"cn-right-san-srv",
                     "the common name is right, the subjectAltName holds only an SRV name (CVE-2026-42012)",
                     {SrvName("_submission.eve.test")},
                     {"F5"},
                     source,
                     Severity::kHigh},
                });
  list.Add(
      {.id = "name.cn-only",
       .summary = "the common name is right, and there is no subjectAltName; older rules let the common name count",
       .rows = {"F6"},
       .source = kNoCommonName,
       .twin = "control.cn-and-san",
       .expected = {kNoPresentedIdentifier, 0},
       .policy_dependent = true,
       .severity = Severity::kMedium},
      [](ChainSpec& chain) { chain.leaf().san.reset(); });
  list.Add({.id = "name.no-name",
            .summary = "neither a subjectAltName nor a common name",
            .rows = {"F1"},
            .source = kNoMatch,
            .twin = "control.good",
            .expected = {kNoPresentedIdentifier, 0},
            .severity = Severity::kCritical},
           [](ChainSpec& chain) { chain.leaf().san.reset(); });
}

// Eve owns whatever ends in her domain; a program whose strings end at a NUL reads Bob's host.
std::string NulHost() { return std::string(kBobHost) + "\0."s + std::string(kEveHost); }

void AddNuls(CaseList& list) {
  constexpr const char* kNul = "RFC 9525 6.3; CVE-2009-2408";
  AddMismatches(list, "control.unconstrained-anchor",
                {{"nul-in-san", "the subjectAltName is Bob's host, NUL, Eve's host", {Dns(NulHost())}, {"F7"}, kNul},
                 {"nul-at-end-of-san",
                  "the subjectAltName is Bob's host and a NUL",
                  {Dns(std::string(kBobHost) + "\0"s)},
                  {"F7"},
                  kNul,
                  Severity::kMedium}});
  list.Add(
      {.id = "name.nul-in-cn",
       .summary =
           "the common name is Bob's host, NUL, Eve's host, and there is no subjectAltName (which would outrank it)",
       .rows = {"F7"},
       .source = "RFC 9525 2; CVE-2009-2408",
       .twin = "control.cn-and-san",
       .expected = {kNoPresentedIdentifier, 0},
       .compound = true,
       .severity = Severity::kCritical},
      [](ChainSpec& chain) {
        chain.leaf().subject = CommonName(NulHost());
        chain.leaf().san.reset();
      });
  list.Add(
      {.id = "name.nul-in-cn-and-san",
       .summary = "the common name and the subjectAltName are Bob's host, NUL, Eve's host (both, for who reads either)",
       .rows = {"F7"},
       .source = kNul,
       .twin = "control.unconstrained-cn-and-san",
       .expected = {kNameMismatch, 0},
       .compound = true,
       .severity = Severity::kCritical},
      [](ChainSpec& chain) {
        chain.leaf().subject = CommonName(NulHost());
        chain.leaf().san->names = {Dns(NulHost())};
      });
}

// ------------------------------------------------------------------------------------------------ F22-F29: other
// places

void AddOtherPlaces(CaseList& list) {
  const char* const forms = "RFC 9525 6.2";
  const Severity high = Severity::kHigh;
  AddMismatches(
      list, "control.good",
      {
          {"only-in-uri", "the host stands in a URI only", {Uri("smtp://mail.bob.test/")}, {"F22"}, forms, high},
          {"only-in-email",
           "the host stands in an e-mail address only",
           {Email("postmaster@mail.bob.test")},
           {"F22", "F29"},
           forms,
           high},
          {"only-as-email",
           "the host stands where an e-mail address belongs",
           {Email(kBobHost)},
           {"F22", "F29"},
           forms,
           high},
          {"only-in-srv",
           "the host stands in the SRV name of another service only",
           {SrvName("_imap.mail.bob.test")},
           {"F22"},
           forms,
           high},
          {"only-in-directory-name",
           "the host stands in the common name of a directoryName only",
           {DirectoryName(CommonName(kBobHost))},
           {"F22"},
           forms,
           high},
      });
  constexpr const char* kSmuggling = "RFC 9525 6.3; CVE-2021-44532";
  AddMismatches(list, "control.unconstrained-anchor",
                {
                    {"smuggled-dns",
                     "one dNSName reads like a printed list that holds Bob's host",
                     {Dns("mail.eve.test, DNS:mail.bob.test")},
                     {"F23"},
                     kSmuggling,
                     high},
                    {"smuggled-comma",
                     "one dNSName holds both hosts and a comma",
                     {Dns("mail.eve.test,mail.bob.test")},
                     {"F23"},
                     kSmuggling,
                     high},
                    {"smuggled-line",
                     "one dNSName holds both hosts and a line feed",
                     {Dns("mail.eve.test\nmail.bob.test")},
                     {"F23"},
                     kSmuggling,
                     high},
                    {"smuggled-space",
                     "one dNSName holds both hosts and a space",
                     {Dns("mail.eve.test mail.bob.test")},
                     {"F23"},
                     kSmuggling,
                     high},
                });
  list.Add({.id = "name.san-empty",
            .summary = "the subjectAltName holds no name at all, which its syntax forbids",
            .rows = {"F24"},
            .source = "RFC 5280 4.2.1.6",
            .twin = "control.cn-and-san",
            .expected = {kMalformedExtension, 0},
            .severity = high},
           [](ChainSpec& chain) { chain.leaf().san->names.clear(); });
  list.Add(
      {.id = "name.san-malformed",
       .summary = "the subjectAltName does not parse, and the common name is right (one extension in place of another)",
       .rows = {"F24"},
       .source = "RFC 5280 4.2.1.6",
       .twin = "control.cn-and-san",
       .expected = {kMalformedExtension, 0},
       .compound = true,
       .severity = high},
      [](ChainSpec& chain) {
        chain.leaf().san.reset();
        const Bytes short_name = der::TlvWithClaimedLength(0x82, 200, ToBytes(kBobHost));
        chain.leaf().extra_extensions = {{.oid = "2.5.29.17", .value = der::Sequence(short_name)}};
      });
  list.Add({.id = "name.san-not-critical-without-subject",
            .summary = "the subject is empty, and the subjectAltName is not critical as it then must be",
            .rows = {"F25"},
            .source = "RFC 5280 4.2.1.6",
            .twin = "control.no-subject",
            .expected = {kSanNotCritical, 0},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().san->critical = false; });
}

}  // namespace

void AddMismatches(CaseList& list, const char* twin, const std::vector<Mismatch>& mismatches) {
  for (const Mismatch& mismatch : mismatches) {
    list.Add({.id = std::string("name.") + mismatch.id,
              .summary = mismatch.summary,
              .rows = mismatch.rows,
              .source = mismatch.source,
              .twin = twin,
              .expected = {kNameMismatch, 0},
              .policy_dependent = mismatch.policy_dependent,
              .severity = mismatch.severity},
             [&](ChainSpec& chain) { chain.leaf().san->names = mismatch.names; });
  }
}

void AddNameCases(CaseList& list) {
  AddOtherHosts(list);
  AddCommonNames(list);
  AddNuls(list);
  AddNameFormCases(list);
  AddOtherPlaces(list);
  AddNamePlaceCases(list);
}

}  // namespace certs::catalogue

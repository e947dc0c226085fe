// Rows F: whose certificate is it? RFC 9525 decides; name-matching choices beyond it are marked policy-dependent.

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
constexpr const char* kDnsMatch = "RFC 9525 6.3";
constexpr const char* kIpMatch = "RFC 9525 6.4";
constexpr const char* kNoCommonName = "RFC 9525 2";

// One certificate whose subjectAltName does not name the host.
struct Mismatch {
  const char* id;
  const char* summary;
  std::vector<GeneralName> names;
  std::vector<std::string> rows;
  const char* source = kNoMatch;
  Severity severity = Severity::kCritical;
  bool policy_dependent = false;
};

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
          {"parent-domain", "the leaf names the domain above the host only", {Dns("bob.test")}, {"F3"}},
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

// ------------------------------------------------------------------------------------------------ F9-F14: wildcards

void AddWildcards(CaseList& list) {
  struct OtherHost {
    const char* id;
    const char* summary;
    const char* host;
  };
  for (const OtherHost& other :
       {OtherHost{"wildcard-two-labels", "*.bob.test would have to stand for two labels", "a.mail.bob.test"},
        {"wildcard-no-label", "*.bob.test would have to stand for no label", "bob.test"},
        {"wildcard-other-domain", "*.bob.test does not reach into another domain", "mail.eve.test"}}) {
    list.AddFor({.id = std::string("name.") + other.id,
                 .summary = other.summary,
                 .rows = {"F9"},
                 .source = kDnsMatch,
                 .twin = "control.wildcard",
                 .expected = {kNameMismatch, 0}},
                other.host);
  }
  struct Pattern {
    const char* id;
    const char* pattern;
    const char* row;
  };
  const auto add = [&](const char* twin, std::vector<Pattern> patterns, const char* source) {
    for (const Pattern& pattern : patterns) {
      const std::string summary =
          std::string("the leaf names ") + pattern.pattern + ", which is no wildcard and no host";
      AddMismatches(list, twin,
                    {{pattern.id, summary.c_str(), {Dns(pattern.pattern)}, {pattern.row}, source, Severity::kHigh}});
    }
  };
  add("control.unconstrained-anchor",
      {
          {"wildcard-second-label", "mail.*.test", "F10"},
          {"wildcard-last-label", "mail.bob.*", "F10"},
          {"wildcard-partial-left", "m*.bob.test", "F11"},
          {"wildcard-partial-right", "*l.bob.test", "F11"},
          {"wildcard-partial-middle", "m*l.bob.test", "F11"},
          {"wildcard-partial-twice", "m*i*l.bob.test", "F11"},
          {"wildcard-before-whole-label", "*mail.bob.test", "F11"},
          {"wildcard-behind-whole-label", "mail*.bob.test", "F11"},
          {"wildcard-doubled", "**.bob.test", "F11"},
          {"wildcard-bare", "*", "F12"},
          {"wildcard-two-stars", "*.*.test", "F12"},
          {"wildcard-all-stars", "*.*.*", "F12"},
      },
      kDnsMatch);
  AddMismatches(list, "control.unconstrained-anchor",
                {{"wildcard-top-level-two-labels",
                  "*.test would have to stand for two labels",
                  {Dns("*.test")},
                  {"F12"},
                  kDnsMatch,
                  Severity::kHigh}});
  AddMismatches(
      list, "control.unconstrained-two-label-host",
      {{"wildcard-public-suffix",
        "*.test stands for everybody's domain; RFC 9525 alone would let it match, a public suffix list would not",
        {Dns("*.test")},
        {"F12", "F13"},
        "RFC 9525 7.1",
        Severity::kMedium,
        true}});
  add("control.unconstrained-a-label",
      {
          {"wildcard-partial-a-label", "x*.bob.test", "F14"},
          {"wildcard-behind-ace-prefix", "xn--*.bob.test", "F14"},
          {"wildcard-inside-a-label", "xn--bcher-*.bob.test", "F14"},
          {"wildcard-before-a-label-tail", "*-kva.bob.test", "F14"},
      },
      "RFC 9525 6.3; CVE-2023-28321");
}

// ------------------------------------------------------------------------------------------------ F15-F18: spelling

void AddSpellings(CaseList& list) {
  AddMismatches(list, "control.unconstrained-a-label",
                {{"u-label-in-san",
                  "the leaf names the host in UTF-8, where only an A-label may stand",
                  {Dns(kULabelHost)},
                  {"F15"},
                  "RFC 9525 6.3; RFC 5280 7.2",
                  Severity::kMedium},
                 {"latin1-in-san",
                  "the leaf names the host in ISO 8859-1, where only an A-label may stand",
                  {Dns("b\xfc"
                       "cher.bob.test")},
                  {"F15"},
                  "RFC 9525 6.3; RFC 5280 7.2",
                  Severity::kMedium}});
  const auto add_reference = [&](const char* id, const char* summary, const char* row, const char* source,
                                 const char* twin, Verdict expected, std::string_view reference) {
    list.AddFor({.id = id,
                 .summary = summary,
                 .rows = {row},
                 .source = source,
                 .twin = twin,
                 .expected = expected,
                 .policy_dependent = true,
                 .severity = Severity::kLow},
                reference);
  };
  add_reference("name.reference-u-label", "the client was told the host with its umlaut, and converts it", "F15",
                kDnsMatch, "control.a-label", {}, kULabelHost);
  add_reference("name.reference-trailing-dot", "the client was told the host with the root's dot, which names the same",
                "F16", "RFC 9525 6.1", "control.good", {}, "mail.bob.test.");
  const Verdict invalid = {kInvalidReference, 0};
  add_reference("name.reference-double-dot", "the client was told a host with an empty label at its end: no host name",
                "F16", "RFC 9525 6.1", "control.good", invalid, "mail.bob.test..");
  add_reference("name.reference-leading-dot", "the client was told a host with an empty label in front: no host name",
                "F18", "RFC 9525 6.1", "control.wildcard", invalid, ".bob.test");
  AddMismatches(list, "control.unconstrained-anchor",
                {
                    {"trailing-dot-in-san",
                     "the leaf names the host with a dot behind it, which no dNSName has",
                     {Dns("mail.bob.test.")},
                     {"F16"},
                     "RFC 5280 4.2.1.6",
                     Severity::kLow,
                     true},
                    {"leading-dot-in-san",
                     "the leaf names the domain with a dot in front, as if for all its hosts",
                     {Dns(".bob.test")},
                     {"F18"},
                     "RFC 5280 4.2.1.6",
                     Severity::kMedium},
                    {"empty-label-in-san",
                     "the leaf names the host with two dots in a row",
                     {Dns("mail..bob.test")},
                     {"F18"},
                     "RFC 5280 4.2.1.6",
                     Severity::kMedium},
                    {"empty-name-in-san",
                     "the leaf names the empty string",
                     {Dns("")},
                     {"F18"},
                     "RFC 5280 4.2.1.6",
                     Severity::kMedium},
                    {"space-behind-san",
                     "the leaf names the host and a space",
                     {Dns("mail.bob.test ")},
                     {"F18"},
                     "RFC 5280 4.2.1.6",
                     Severity::kMedium},
                });
  list.AddFor({.id = "name.underscore",
               .summary = "host and leaf agree on a name with an underscore, which is a DNS name if no host name "
                          "(reference and subjectAltName change together)",
               .rows = {"F18"},
               .source = kDnsMatch,
               .twin = "control.good",
               .compound = true,
               .policy_dependent = true,
               .severity = Severity::kLow},
              "_mail.bob.test", [](ChainSpec& chain) { chain.leaf().san->names = {Dns("_mail.bob.test")}; });
}

// ------------------------------------------------------------------------------------------------ F19-F21: addresses

void AddAddresses(CaseList& list) {
  const Severity medium = Severity::kMedium;
  AddMismatches(
      list, "control.ip4",
      {{"ip4-other", "the leaf names another address", {Ip("127.0.0.2")}, {"F19"}, kIpMatch},
       {"host-for-ip", "the leaf names a host, and an address was meant", {Dns(kBobHost)}, {"F19"}, kIpMatch}});
  AddMismatches(
      list, "control.unconstrained-ip4",
      {
          {"ip4-mapped",
           "the leaf names the address as an IPv4-mapped IPv6 address",
           {Ip("::ffff:127.0.0.1")},
           {"F19"},
           kIpMatch,
           medium},
          {"ip4-with-mask",
           "the leaf's iPAddress is address and mask, as in a constraint",
           {IpOctets({127, 0, 0, 1, 255, 255, 255, 255})},
           {"F19"},
           "RFC 5280 4.2.1.6",
           medium},
          {"ip4-three-octets",
           "the leaf's iPAddress ends after three octets",
           {IpOctets({127, 0, 0})},
           {"F19"},
           "RFC 5280 4.2.1.6",
           medium},
          {"ip4-five-octets",
           "the leaf's iPAddress has a fifth octet",
           {IpOctets({127, 0, 0, 1, 0})},
           {"F19"},
           "RFC 5280 4.2.1.6",
           medium},
          {"ip4-as-text",
           "the leaf's iPAddress is the address as text",
           {IpOctets(ToBytes("127.0.0.1"))},
           {"F19"},
           "RFC 5280 4.2.1.6",
           medium},
          {"ip4-in-dns", "the address stands in a dNSName", {Dns("127.0.0.1")}, {"F20"}, kIpMatch, medium},
          {"ip4-in-dns-padded",
           "the address stands in a dNSName, with leading zeros",
           {Dns("127.000.000.001")},
           {"F20"},
           kIpMatch,
           medium},
          {"ip4-in-dns-hex",
           "the address stands in a dNSName, in hexadecimal",
           {Dns("0x7f000001")},
           {"F20"},
           kIpMatch,
           medium},
          {"ip4-in-dns-number",
           "the address stands in a dNSName, as one number",
           {Dns("2130706433")},
           {"F20"},
           kIpMatch,
           medium},
          {"ip4-in-uri", "the address stands in a URI", {Uri("smtp://127.0.0.1/")}, {"F20"}, kIpMatch, medium},
          {"ip4-wildcard-left",
           "a dNSName is the address with * for its first number",
           {Dns("*.0.0.1")},
           {"F21"},
           "RFC 9525 6.4; CVE-2014-0139"},
          {"ip4-wildcard-right",
           "a dNSName is the address with * for its last number",
           {Dns("127.0.0.*")},
           {"F21"},
           "RFC 9525 6.4; CVE-2014-0139"},
          {"ip4-wildcard-bare", "a dNSName is a lone *", {Dns("*")}, {"F21"}, kIpMatch},
      });
  AddMismatches(
      list, "control.unconstrained-ip6",
      {
          {"ip6-other", "the leaf names another IPv6 address", {Ip("::2")}, {"F19"}, kIpMatch},
          {"ip6-fifteen-octets",
           "the leaf's iPAddress lacks its last octet",
           {IpOctets(Bytes(15, 0))},
           {"F19"},
           "RFC 5280 4.2.1.6",
           medium},
          {"ip6-in-dns", "the IPv6 address stands in a dNSName", {Dns("::1")}, {"F20"}, kIpMatch, medium},
          {"ip6-in-dns-long",
           "the IPv6 address stands in a dNSName, written out",
           {Dns("0000:0000:0000:0000:0000:0000:0000:0001")},
           {"F20"},
           kIpMatch,
           medium},
          {"ip6-wildcard", "a dNSName is the IPv6 address with a * in it", {Dns("*:1")}, {"F21"}, kIpMatch, medium},
      });
  list.Add({.id = "name.ip4-in-cn",
            .summary = "the address stands in the common name, and there is no subjectAltName",
            .rows = {"F20"},
            .source = kNoCommonName,
            .twin = "control.unconstrained-ip4-cn",
            .expected = {kNoPresentedIdentifier, 0},
            .severity = medium},
           [](ChainSpec& chain) { chain.leaf().san.reset(); });
  AddMismatches(list, "control.unconstrained-ip4-cn",
                {{"ip4-in-cn-san-wrong",
                  "the address stands in the common name, the subjectAltName names a host",
                  {Dns(kEveHost)},
                  {"F20"},
                  kNoCommonName,
                  medium}});
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

void AddNameCases(CaseList& list) {
  AddOtherHosts(list);
  AddCommonNames(list);
  AddNuls(list);
  AddWildcards(list);
  AddSpellings(list);
  AddAddresses(list);
  AddOtherPlaces(list);
}

}  // namespace certs::catalogue

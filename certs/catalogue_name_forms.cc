// Rows F9 to F21: wildcards, the spelling of host names, and IP addresses.

#include <string>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr const char* kDnsMatch = "RFC 9525 6.3";
constexpr const char* kIpMatch = "RFC 9525 6.4";

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

void AddAddressForms(CaseList& list) {
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

}  // namespace

void AddNameFormCases(CaseList& list) {
  AddWildcards(list);
  AddSpellings(list);
  AddAddressForms(list);
}

}  // namespace certs::catalogue

// Rows G: name constraints of DNS names and IP addresses, in an intermediate and in the anchor. Other forms of name are
// in catalogue_constraint_forms.cc, everything that is odd about constraints in catalogue_constraint_odd.cc.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using enum Reason;

// ------------------------------------------------------------------------------------------------ G1, G8: DNS names

// Against mail.bob.test.
const std::vector<Limits>& DnsLimits() {
  static const std::vector<Limits> limits = {
      {"permitted-host", "permits the host itself", {Dns("mail.bob.test")}, {}, kInside},
      {"permitted-domain", "permits the host's domain", {Dns("bob.test")}, {}, kInside},
      {"permitted-top", "permits the top-level domain", {Dns("test")}, {}, kInside},
      {"permitted-all", "permits the empty name, below which every name is", {Dns("")}, {}, kInside},
      {"permitted-capitals", "permits the host's domain in capitals", {Dns("BOB.TEST")}, {}, kInside},
      {"permitted-second",
       "permits two domains, the second the host's",
       {Dns("eve.test"), Dns("bob.test")},
       {},
       kInside},
      {"permitted-first", "permits two domains, the first the host's", {Dns("bob.test"), Dns("eve.test")}, {}, kInside},
      {"permitted-leading-dot",
       "permits .bob.test, as many write it",
       {Dns(".bob.test")},
       {},
       kInside,
       kConstraintClause,
       true},
      {"permitted-other", "permits another domain only", {Dns("eve.test")}, {}, kOutside},
      {"permitted-below", "permits a host below the host only", {Dns("smtp.mail.bob.test")}, {}, kOutside},
      {"permitted-half-label",
       "permits what the host's name ends in, from the middle of a label on",
       {Dns("ail.bob.test")},
       {},
       kOutside},
      {"permitted-prefix", "permits what the host's name begins with", {Dns("mail.bob")}, {}, kOutside},
      {"permitted-leading-dot-host",
       "permits what lies below the host, with a dot in front",
       {Dns(".mail.bob.test")},
       {},
       kOutside,
       kConstraintClause,
       true},
      {"excluded-host", "excludes the host itself", {}, {Dns("mail.bob.test")}, kOutside},
      {"excluded-domain", "excludes the host's domain", {}, {Dns("bob.test")}, kOutside},
      {"excluded-capitals",
       "excludes the host's domain in capitals",
       {},
       {Dns("BOB.TEST")},
       kOutside,
       "RFC 5280 4.2.1.10; CVE-2026-3833"},
      {"excluded-all", "excludes the empty name, and with it every name", {}, {Dns("")}, kOutside},
      {"excluded-second",
       "excludes two domains, the second the host's",
       {},
       {Dns("eve.test"), Dns("bob.test")},
       kOutside},
      {"excluded-leading-dot",
       "excludes .bob.test, as many write it",
       {},
       {Dns(".bob.test")},
       kOutside,
       kConstraintClause,
       true},
      {"excluded-other", "excludes another domain", {}, {Dns("eve.test")}, kInside},
      {"excluded-sibling", "excludes another host of the domain", {}, {Dns("imap.bob.test")}, kInside},
      {"excluded-half-label",
       "excludes what the host's name ends in, from the middle of a label on",
       {},
       {Dns("ail.bob.test")},
       kInside},
      {"excluded-below", "excludes a host below the host", {}, {Dns("smtp.mail.bob.test")}, kInside},
      {"both-host-out",
       "permits the domain and excludes the host",
       {Dns("bob.test")},
       {Dns("mail.bob.test")},
       kOutside},
      {"both-host-in",
       "permits the domain and excludes another host of it",
       {Dns("bob.test")},
       {Dns("imap.bob.test")},
       kInside},
      {"both-equal",
       "permits and excludes the same domain: excluded wins",
       {Dns("bob.test")},
       {Dns("bob.test")},
       kOutside},
      {"malformed-wildcard", "permits *.bob.test, and a subtree is no wildcard", {Dns("*.bob.test")}, {}, kUnreadable},
      {"malformed-trailing-dot", "permits bob.test. with a dot behind it", {Dns("bob.test.")}, {}, kUnreadable},
      {"malformed-two-dots", "excludes a name with two dots in a row", {}, {Dns("eve..test")}, kUnreadable},
      {"malformed-space", "excludes a name with a space in it", {}, {Dns("eve .test")}, kUnreadable},
      {"malformed-u-label", "excludes a name in UTF-8", {}, {Dns(kULabelHost)}, kUnreadable},
      {"ip-only",
       "permits addresses only, of which the leaf has none",
       {IpOctets({10, 0, 0, 0, 255, 0, 0, 0})},
       {},
       kInside},
  };
  return limits;
}

// ------------------------------------------------------------------------------------------------ G2: addresses

GeneralName Net4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint32_t mask) {
  return IpOctets({a, b, c, d, static_cast<uint8_t>(mask >> 24), static_cast<uint8_t>(mask >> 16),
                   static_cast<uint8_t>(mask >> 8), static_cast<uint8_t>(mask)});
}

GeneralName Net6(std::string_view address, size_t bits) {
  Bytes octets = Ip(address).value;
  for (size_t i = 0; i < 128; i += 8) {
    octets.push_back(bits >= i + 8 ? uint8_t{0xff}
                     : bits <= i   ? uint8_t{0}
                                   : static_cast<uint8_t>(0xff << (i + 8 - bits)));
  }
  return IpOctets(std::move(octets));
}

// Against 127.0.0.1.
std::vector<Limits> Ip4Limits() {
  return {
      {"permitted-address", "permits the address itself", {Net4(127, 0, 0, 1, 0xffffffff)}, {}, kInside},
      {"permitted-net", "permits the address's network", {Net4(127, 0, 0, 0, 0xff000000)}, {}, kInside},
      {"permitted-odd-net", "permits a network of four addresses", {Net4(127, 0, 0, 0, 0xfffffffc)}, {}, kInside},
      {"permitted-all", "permits every IPv4 address", {Net4(0, 0, 0, 0, 0)}, {}, kInside},
      {"permitted-host-bits",
       "permits a network written with the host's bits set",
       {Net4(127, 1, 2, 3, 0xff000000)},
       {},
       kInside,
       kConstraintClause,
       true},
      {"permitted-other", "permits another network only", {Net4(10, 0, 0, 0, 0xff000000)}, {}, kOutside},
      {"permitted-neighbour",
       "permits the two addresses behind the address only",
       {Net4(127, 0, 0, 2, 0xfffffffe)},
       {},
       kOutside},
      {"permitted-ip6", "permits an IPv6 network only", {Net6("::", 0)}, {}, kOutside},
      {"permitted-mapped",
       "permits the address's network as IPv4-mapped IPv6 only",
       {Net6("::ffff:127.0.0.0", 104)},
       {},
       kOutside},
      {"excluded-address", "excludes the address itself", {}, {Net4(127, 0, 0, 1, 0xffffffff)}, kOutside},
      {"excluded-net", "excludes the address's network", {}, {Net4(127, 0, 0, 0, 0xff000000)}, kOutside},
      {"excluded-all", "excludes every IPv4 address", {}, {Net4(0, 0, 0, 0, 0)}, kOutside},
      {"excluded-neighbour", "excludes the next address", {}, {Net4(127, 0, 0, 2, 0xffffffff)}, kInside},
      {"excluded-ip6", "excludes every IPv6 address", {}, {Net6("::", 0)}, kInside},
      {"both",
       "permits the network and excludes the address",
       {Net4(127, 0, 0, 0, 0xff000000)},
       {Net4(127, 0, 0, 1, 0xffffffff)},
       kOutside},
      {"dns-only", "permits host names only, of which the leaf has none", {Dns("eve.test")}, {}, kInside},
      {"malformed-mask",
       "permits a network whose mask has a hole",
       {Net4(127, 0, 0, 0, 0xff00ff00)},
       {},
       kUnreadable,
       "RFC 5280 4.2.1.10; RFC 4632 3.1",
       true},
      {"malformed-seven-octets",
       "permits a network of seven octets",
       {IpOctets({127, 0, 0, 0, 255, 0, 0})},
       {},
       kUnreadable},
      {"malformed-no-mask", "permits an address without a mask", {Ip("127.0.0.1")}, {}, kUnreadable},
      {"malformed-excluded",
       "excludes a network of nine octets",
       {},
       {IpOctets({10, 0, 0, 0, 255, 0, 0, 0, 0})},
       kUnreadable},
  };
}

// Against ::1.
std::vector<Limits> Ip6Limits() {
  return {
      {"permitted-address", "permits the address itself", {Net6("::1", 128)}, {}, kInside},
      {"permitted-net", "permits the address's network", {Net6("::", 64)}, {}, kInside},
      {"permitted-odd-net", "permits a network of two addresses", {Net6("::", 127)}, {}, kInside},
      {"permitted-other", "permits the link-local network only", {Net6("fe80::", 10)}, {}, kOutside},
      {"permitted-ip4", "permits every IPv4 address and no other", {Net4(0, 0, 0, 0, 0)}, {}, kOutside},
      {"excluded-address", "excludes the address itself", {}, {Net6("::1", 128)}, kOutside},
      {"excluded-all", "excludes every IPv6 address", {}, {Net6("::", 0)}, kOutside},
      {"excluded-other", "excludes the link-local network", {}, {Net6("fe80::", 10)}, kInside},
      {"excluded-ip4", "excludes every IPv4 address", {}, {Net4(0, 0, 0, 0, 0)}, kInside},
      {"malformed-thirty-one-octets",
       "permits a network of thirty-one octets",
       {IpOctets(Bytes(31, 0))},
       {},
       kUnreadable},
  };
}

// ------------------------------------------------------------------------------------------------ G5: wildcards

// Against *.bob.test, which stands for mail.bob.test.
std::vector<Limits> WildcardLimits() {
  constexpr const char* kEscape = "RFC 5280 4.2.1.10; CVE-2025-61727";
  return {
      {"permitted-domain", "permits the wildcard's domain", {Dns("bob.test")}, {}, kInside},
      {"permitted-top", "permits the top-level domain", {Dns("test")}, {}, kInside},
      {"permitted-host",
       "permits one of the hosts the wildcard stands for",
       {Dns("mail.bob.test")},
       {},
       kOutside,
       kEscape},
      {"permitted-below",
       "permits hosts below those the wildcard stands for",
       {Dns("smtp.mail.bob.test")},
       {},
       kOutside,
       kEscape},
      {"permitted-other", "permits another domain only", {Dns("eve.test")}, {}, kOutside},
      {"excluded-domain", "excludes the wildcard's domain", {}, {Dns("bob.test")}, kOutside},
      {"excluded-host",
       "excludes the host that is meant, for which the wildcard stands too",
       {},
       {Dns("mail.bob.test")},
       kOutside,
       kEscape},
      {"excluded-other-host",
       "excludes another of the hosts the wildcard stands for",
       {},
       {Dns("imap.bob.test")},
       kOutside,
       kEscape},
      {"excluded-leading-dot", "excludes .bob.test, as many write it", {}, {Dns(".bob.test")}, kOutside, kEscape, true},
      {"excluded-below",
       "excludes hosts below those the wildcard stands for",
       {},
       {Dns("smtp.mail.bob.test")},
       kInside},
      {"excluded-other", "excludes another domain", {}, {Dns("eve.test")}, kInside},
  };
}

void AddTwoPlaces(CaseList& list, const char* prefix, const char* row, const char* twin,
                  const std::vector<Limits>& all) {
  AddLimits(list, {prefix, row, twin, kIntermediatePlace}, all);
}

}  // namespace

void AddLimits(CaseList& list, const LimitedFamily& family, const std::vector<Limits>& all) {
  const std::string node = family.place.node;
  const std::string where = family.place.anchor ? "anchor-" : "";
  for (const Limits& limits : all) {
    list.Add({.id = "constraint." + where + family.prefix + "-" + limits.id,
              .summary = std::string("the ") + node + " " + limits.summary + " (" + family.twin + ")",
              .rows = {family.place.anchor ? "G8" : family.row},
              .source = limits.source,
              .twin = family.twin,
              .expected = limits.expected,
              .policy_dependent = limits.policy_dependent || family.place.anchor,
              .severity = limits.expected.ok() ? Severity::kMedium : Severity::kHigh},
             [&](ChainSpec& chain) {
               chain.At(node).name_constraints =
                   NameConstraints{.permitted = limits.permitted, .excluded = limits.excluded};
             });
  }
}

void AddConstraintControls(CaseList& list) {
  const auto limit = [](const char* id, const char* summary, const char* twin) {
    return CertCase{.id = id, .summary = summary, .rows = {"G1"}, .source = kConstraintClause, .twin = twin};
  };
  list.Add(limit("control.constrained-two-intermediates", "of two CAs the upper one may issue for bob.test only",
                 "control.two-intermediates"),
           [](ChainSpec& chain) {
             chain.intermediate().name_constraints = NameConstraints{.permitted = {Dns("bob.test")}};
           });
  list.Add(limit("control.constrained-self-issued", "a CA that has renewed its key may issue for bob.test only",
                 "control.self-issued"),
           [](ChainSpec& chain) {
             chain.intermediate().name_constraints = NameConstraints{.permitted = {Dns("bob.test")}};
           });
  list.Add(limit("control.constrained-cn-and-san",
                 "the intermediate may issue for bob.test only, and the common name is a host", "control.cn-and-san"),
           [](ChainSpec& chain) {
             chain.intermediate().name_constraints = NameConstraints{.permitted = {Dns("bob.test")}};
           });
  list.Add(limit("control.constrained", "the intermediate may issue for bob.test and carol.test only", "control.good"),
           [](ChainSpec& chain) {
             chain.intermediate().name_constraints = NameConstraints{.permitted = {Dns("bob.test"), Dns("carol.test")}};
           });
  AddConstraintFormControls(list);
}

void AddConstraintCases(CaseList& list) {
  AddTwoPlaces(list, "dns", "G1", "control.good", DnsLimits());
  AddLimits(list, {"dns", "G8", "control.unconstrained-anchor", kRootPlace}, DnsLimits());
  AddTwoPlaces(list, "ip4", "G2", "control.ip4", Ip4Limits());
  AddTwoPlaces(list, "ip6", "G2", "control.ip6", Ip6Limits());
  AddTwoPlaces(list, "wildcard", "G5", "control.wildcard", WildcardLimits());
  AddTwoPlaces(list, "several", "G1", "control.several-names",
               {{"one-outside",
                 "permits the host that is meant, and not the leaf's other two",
                 {Dns("mail.bob.test")},
                 {},
                 kOutside},
                {"one-excluded",
                 "excludes one of the leaf's three hosts, not the one that is meant",
                 {},
                 {Dns("imap.bob.test")},
                 kOutside},
                {"all-inside", "permits the domain of the leaf's three hosts", {Dns("bob.test")}, {}, kInside}});
  AddTwoPlaces(
      list, "a-label", "G1", "control.a-label",
      {{"permitted", "permits the host by its A-label in capitals", {Dns("XN--BCHER-KVA.bob.test")}, {}, kInside},
       {"excluded", "excludes the host by its A-label in capitals", {}, {Dns("XN--BCHER-KVA.bob.test")}, kOutside},
       {"permitted-u-label",
        "permits the host by its U-label, which is no dNSName",
        {Dns(kULabelHost)},
        {},
        kUnreadable}});
  AddConstraintFormCases(list);
  AddOddConstraintCases(list);
}

}  // namespace certs::catalogue

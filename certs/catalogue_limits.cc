// Rows A7 and E16: everything that has a length, made very long. Nothing here is forbidden to the byte; a client may
// have its limits, and must neither hang nor crash nor give anything away.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"
#include "certs/der.h"

namespace certs::catalogue {
namespace {

using enum Reason;

constexpr size_t kLong = 20'000;

std::string Long(char character = 'a') { return std::string(kLong, character); }

Attribute LongAttribute(const char* oid, StringType type = StringType::kUtf8) {
  return {.oid = oid, .type = type, .value = ToBytes(Long())};
}

struct Field {
  const char* id;
  const char* summary;  // behind "the leaf's"
  Verdict expected;
  void (*edit)(CertSpec& leaf);
};

void AddExtension(CertSpec& leaf, const char* oid, Bytes value) {
  leaf.extra_extensions = {{.oid = oid, .value = std::move(value)}};
}

// SEQUENCE of `count` times the same.
Bytes Many(size_t count, const Bytes& element) {
  Bytes content;
  for (size_t i = 0; i < count; ++i) {
    Append(content, element);
  }
  return der::Sequence(content);
}

constexpr Field kFields[] = {
    {"common-name",
     "common name has 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.3")}; }},
    {"organization",
     "organisation has 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.10")}; }},
    {"organizational-unit",
     "organisational unit has 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.11")}; }},
    {"locality", "locality has 20,000 characters", {}, [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.7")}; }},
    {"country",
     "country has 20,000 characters instead of two",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.6", StringType::kPrintable)}; }},
    {"subject-serial",
     "subject's serialNumber has 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("2.5.4.5", StringType::kPrintable)}; }},
    {"email-in-subject",
     "subject's e-mail address has 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("1.2.840.113549.1.9.1", StringType::kIa5)}; }},
    {"unknown-attribute",
     "subject has an unknown attribute of 20,000 characters",
     {},
     [](CertSpec& c) { c.subject = {LongAttribute("1.3.6.1.4.1.55738.7.1")}; }},
    {"many-attributes",
     "subject has 1,000 attributes",
     {},
     [](CertSpec& c) { c.subject.assign(1000, Attribute{.oid = "2.5.4.11", .value = ToBytes("Mail")}); }},
    {"serial",
     "serial number has 20,000 octets",
     {kInvalidSerial, 0},
     [](CertSpec& c) { c.serial = Bytes(kLong, 0x42); }},
    {"email",
     "e-mail address in the subjectAltName has 20,000 characters",
     {},
     [](CertSpec& c) { c.san->names.insert(c.san->names.begin(), Email(Long() + "@bob.test")); }},
    {"uri",
     "URI in the subjectAltName has 20,000 characters",
     {},
     [](CertSpec& c) { c.san->names.insert(c.san->names.begin(), Uri("https://bob.test/" + Long())); }},
    {"directory-name",
     "directoryName in the subjectAltName has 20,000 characters",
     {},
     [](CertSpec& c) { c.san->names.insert(c.san->names.begin(), DirectoryName({LongAttribute("2.5.4.10")})); }},
    {"dns-name",
     "first dNSName has 20,000 characters in one label",
     {},
     [](CertSpec& c) { c.san->names.insert(c.san->names.begin(), Dns(Long() + ".bob.test")); }},
    {"dns-labels",
     "first dNSName has 10,000 labels",
     {},
     [](CertSpec& c) {
       std::string name = Long();
       for (size_t i = 1; i < name.size(); i += 2) {
         name[i] = '.';
       }
       c.san->names.insert(c.san->names.begin(), Dns(name + "test"));
     }},
    {"ip",
     "iPAddress has 20,000 octets",
     {},
     [](CertSpec& c) { c.san->names.insert(c.san->names.begin(), IpOctets(Bytes(kLong, 127))); }},
    {"purposes",
     "extKeyUsage names 2,000 purposes, the last serverAuth",
     {},
     [](CertSpec& c) {
       c.extended_key_usage->purposes.assign(1999, "1.3.6.1.4.1.55738.4.1");
       c.extended_key_usage->purposes.emplace_back(kServerAuth);
     }},
    {"unknown-extension",
     "unknown extension has 60,000 octets",
     {},
     [](CertSpec& c) { AddExtension(c, "1.3.6.1.4.1.55738.3.1", Bytes(3 * kLong, 0x42)); }},
    {"extensions",
     "list of extensions has 1,000 unknown ones",
     {},
     [](CertSpec& c) {
       for (int i = 0; i < 1000; ++i) {
         c.extra_extensions.push_back({.oid = "1.3.6.1.4.1.55738.8." + std::to_string(i), .value = der::Null()});
       }
     }},
    {"aia",
     "authorityInfoAccess has a URI of 20,000 characters",
     {},
     [](CertSpec& c) {
       c.extra_extensions = {AuthorityInfoAccess("1.3.6.1.5.5.7.48.1", "http://ocsp.bob.test/" + Long())};
     }},
    {"aia-list",
     "authorityInfoAccess has 500 locations",
     {},
     [](CertSpec& c) {
       AddExtension(c, "1.3.6.1.5.5.7.1.1",
                    Many(500, der::Sequence({der::Oid("1.3.6.1.5.5.7.48.1"),
                                             der::Context(6, ToBytes("http://ocsp.bob.test/"))})));
     }},
    {"crl-points",
     "cRLDistributionPoints name one URI of 20,000 characters",
     {},
     [](CertSpec& c) {
       const Bytes name = der::ContextConstructed(
           0, der::ContextConstructed(0, der::Context(6, ToBytes("http://crl.bob.test/" + Long()))));
       AddExtension(c, "2.5.29.31", der::Sequence(der::Sequence(name)));
     }},
};

void AddLongFields(CaseList& list) {
  for (const Field& field : kFields) {
    list.Add({.id = std::string("limit.long-") + field.id,
              .summary = std::string("the leaf's ") + field.summary,
              .rows = {"E16"},
              .source = "RFC 5280 4.2",
              .twin = "control.unconstrained-anchor",
              .expected = field.expected,
              .policy_dependent = true,
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { field.edit(chain.leaf()); });
  }
}

// Labels "a", "b" ... "aa" ...: as many different hosts as fit into few octets.
std::string ShortLabel(int number) {
  std::string label;
  for (++number; number > 0; number = (number - 1) / 26) {
    label.insert(label.begin(), static_cast<char>('a' + (number - 1) % 26));
  }
  return label;
}

void AddManyNames(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* source, Verdict expected,
                       std::vector<GeneralName> names) {
    list.Add({.id = std::string("limit.") + id,
              .summary = summary,
              .rows = {"A7"},
              .source = source,
              .twin = "control.unconstrained-anchor",
              .expected = expected,
              .policy_dependent = expected.ok(),
              .severity = Severity::kLow},
             [&](ChainSpec& chain) { chain.leaf().san->names = std::move(names); });
  };
  constexpr int kThousand = 1000;
  std::vector<GeneralName> addresses, hosts, few;
  for (int i = 0; i < 10 * kThousand - 1; ++i) {
    addresses.push_back(IpOctets({127, 1, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)}));
  }
  addresses.push_back(Dns(kBobHost));
  for (int i = 0; i < 10 * kThousand; ++i) {
    hosts.push_back(Dns(ShortLabel(i) + ".b"));
  }
  for (int i = 0; i < kThousand; ++i) {
    few.push_back(Dns("host" + std::to_string(i) + ".bob.test"));
  }
  add("ten-thousand-names", "the right name is the last of ten thousand, the others addresses", "RFC 9525 6.6", {},
      std::move(addresses));
  add("ten-thousand-names-none", "ten thousand hosts, and none of them right", "RFC 9525 6.6; CVE-2025-61729",
      {kNameMismatch, 0}, std::move(hosts));
  add("thousand-names-none", "a thousand hosts, and none of them right", "RFC 9525 6.6; CVE-2026-27145",
      {kNameMismatch, 0}, std::move(few));
  list.Add({.id = "limit.huge-san-and-cn",
            .summary = "the common name is the host, and the subjectAltName is one name of 60,000 characters: nobody "
                       "must fall back to the former",
            .rows = {"A7", "F5"},
            .source = "RFC 9525 2; CVE-2026-42013",
            .twin = "control.unconstrained-cn-and-san",
            .expected = {kNameMismatch, 0},
            .severity = Severity::kHigh},
           [](ChainSpec& chain) { chain.leaf().san->names = {Dns(std::string(3 * kLong, 'a') + ".eve.test")}; });
}

}  // namespace

void AddLimitCases(CaseList& list) {
  AddLongFields(list);
  AddManyNames(list);
}

}  // namespace certs::catalogue

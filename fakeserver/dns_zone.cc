#include "fakeserver/dns_zone.h"

#include <algorithm>
#include <cassert>

namespace fakeserver {
namespace {

struct TypeName {
  DnsType type;
  std::string_view name;
};
constexpr TypeName kTypes[] = {
    {DnsType::kA, "A"},     {DnsType::kNs, "NS"},     {DnsType::kCname, "CNAME"}, {DnsType::kSoa, "SOA"},
    {DnsType::kPtr, "PTR"}, {DnsType::kMx, "MX"},     {DnsType::kTxt, "TXT"},     {DnsType::kAaaa, "AAAA"},
    {DnsType::kSrv, "SRV"}, {DnsType::kTlsa, "TLSA"},
};

}  // namespace

std::string_view Name(DnsType type) {
  const auto* const found = std::ranges::find(kTypes, type, &TypeName::type);
  return found == std::end(kTypes) ? "?" : found->name;
}

std::optional<DnsType> DnsTypeByName(std::string_view name) {
  const auto* const found = std::ranges::find(kTypes, name, &TypeName::name);
  return found == std::end(kTypes) ? std::nullopt : std::optional(found->type);
}

std::string_view Name(DnsFate fate) {
  switch (fate) {
    case DnsFate::kAnswer:
      return "answer";
    case DnsFate::kNxDomain:
      return "nxdomain";
    case DnsFate::kServFail:
      return "servfail";
    case DnsFate::kRefused:
      return "refused";
    case DnsFate::kSilence:
      return "silence";
    case DnsFate::kTruncated:
      return "truncated";
    case DnsFate::kTruncatedAlways:
      return "truncated-always";
    case DnsFate::kGarbage:
      return "garbage";
    case DnsFate::kWrongId:
      return "wrong-id";
    case DnsFate::kWrongQuestion:
      return "wrong-question";
  }
  return "?";
}

std::string InWords(const TlsaSpec& tlsa) {
  const std::string numbers =
      std::to_string(tlsa.usage) + " " + std::to_string(tlsa.selector) + " " + std::to_string(tlsa.matching);
  if (tlsa.data) {
    return numbers + " 0x" + certs::ToHex(certs::ByteView(*tlsa.data).first(std::min<size_t>(tlsa.data->size(), 32)));
  }
  return numbers + " of " + certs::Escaped(tlsa.of);
}

std::string_view DnsSet::owner() const { return std::string_view(name).substr(0, name.rfind(' ')); }

std::optional<DnsType> DnsSet::type() const {
  const size_t space = name.rfind(' ');
  return space == std::string::npos ? std::nullopt : DnsTypeByName(std::string_view(name).substr(space + 1));
}

std::vector<DnsSet> BobsZone() {
  return {
      {.name = "bob.test MX", .records = {"10 {host}"}},
      {.name = "{host} A", .records = {"127.0.0.1"}},
      {.name = "_25._tcp.{host} TLSA", .tlsa = {TlsaSpec{}}},
      {.name = "_mta-sts.bob.test TXT", .records = {"v=STSv1; id=20260101000000Z;"}},
      {.name = "mta-sts.bob.test A", .records = {"127.0.0.1"}},
      {.name = "_smtp._tls.bob.test TXT", .records = {"v=TLSRPTv1; rua=mailto:tls-reports@bob.test"}},
      {.name = "_submission._tcp.bob.test SRV", .records = {"0 1 587 {host}"}},
      {.name = "_submissions._tcp.bob.test SRV", .records = {"0 1 465 {host}"}},
      {.name = "1.0.0.127.in-addr.arpa PTR", .records = {"{host}"}},
      {.name = "mail.eve.test A", .records = {"127.0.0.1"}},
      {.name = " NS", .records = {"ns.test"}},  // the root's: what Postfix asks to see whether anything is validated
  };
}

DnsSet& DnsZone::At(std::string_view name) {
  const auto found = std::ranges::find(sets, name, &DnsSet::name);
  assert(found != sets.end());
  return *found;
}

const DnsSet* DnsZone::Find(std::string_view name) const {
  const auto found = std::ranges::find(sets, name, &DnsSet::name);
  return found == sets.end() ? nullptr : &*found;
}

void DnsZone::Remove(std::string_view name) {
  [[maybe_unused]] const size_t removed = std::erase_if(sets, [&](const DnsSet& set) { return set.name == name; });
  assert(removed == 1);
}

}  // namespace fakeserver

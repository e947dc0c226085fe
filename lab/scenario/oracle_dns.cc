// What the DNS and the policy host of a world lead a relay to believe: RFC 7672 2 and RFC 8461 4, 5, read from the
// description of the zone.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using certs::ChainSpec;
using certs::Reason;
using fakeserver::DnsFate;
using fakeserver::DnsSet;
using fakeserver::DnsZone;
using fakeserver::PolicyScript;
using fakeserver::TlsaSpec;

// ------------------------------------------------------------------------------------------------ the DNS

// A resolver is waited for less long than this.
constexpr auto kPatience = std::chrono::seconds(2);

struct Found {
  bool known = true, secure = true;
  std::vector<std::string> records;
  std::vector<TlsaSpec> tlsa;
  std::vector<std::string> aliases;
  bool empty() const { return records.empty() && tlsa.empty(); }
};

// A zone seen for one host.
class Dns {
 public:
  Dns(const DnsZone& zone, std::string host) : zone_(zone), host_(std::move(host)) {}

  std::string Filled(std::string text) const {
    constexpr std::string_view kHost = "{host}";
    for (size_t at = text.find(kHost); at != std::string::npos; at = text.find(kHost, at + host_.size())) {
      text.replace(at, kHost.size(), host_);
    }
    return text;
  }

  Found LookUp(std::string name, std::string_view type) const {
    constexpr int kMostAliases = 16;
    Found found{.secure = zone_.secure};
    auto delay = kPatience - kPatience;
    for (int i = 0; i < kMostAliases; ++i) {
      const DnsSet* set = Find(name + " " + std::string(type));
      const DnsSet* alias = set == nullptr ? Find(name + " CNAME") : nullptr;
      const DnsSet* either = set != nullptr ? set : alias;
      if (either == nullptr) {
        return found;
      }
      delay += std::chrono::ceil<std::chrono::seconds>(either->delay);
      found.secure = found.secure && either->secure;
      found.known = Answers(*either) && delay < kPatience;
      if (!found.known || either->fate == DnsFate::kNxDomain) {
        return found;
      }
      if (set != nullptr) {
        std::ranges::transform(set->records, std::back_inserter(found.records),
                               [&](const std::string& record) { return Filled(record); });
        found.tlsa = set->tlsa;
        return found;
      }
      name = Filled(alias->records.front());
      found.aliases.push_back(name);
    }
    return {.known = false};
  }

 private:
  const DnsSet* Find(const std::string& name) const {
    const auto set = std::ranges::find_if(zone_.sets, [&](const DnsSet& s) { return Filled(s.name) == name; });
    return set == zone_.sets.end() ? nullptr : &*set;
  }
  static bool Answers(const DnsSet& set) {
    return set.fate == DnsFate::kAnswer || set.fate == DnsFate::kNxDomain || set.fate == DnsFate::kTruncated;
  }

  const DnsZone& zone_;
  const std::string host_;
};

struct Mx {
  int preference = 0;
  std::string name;
};

// RFC 5321 5.1: by preference; where there are none, the domain itself.
std::vector<Mx> MailHosts(const Found& found) {
  std::vector<Mx> hosts;
  for (const std::string& record : found.records) {
    const size_t space = record.find(' ');
    Mx host{.name = record.substr(space + 1)};
    std::from_chars(record.data(), record.data() + space, host.preference);
    hosts.push_back(std::move(host));
  }
  std::ranges::stable_sort(hosts, {}, &Mx::preference);
  if (hosts.empty()) {
    hosts.push_back({.name = std::string(kDomain)});
  }
  return hosts;
}

// ------------------------------------------------------------------------------------------------ DANE

Trust ByTlsa(const Dns& dns, const Mx& host, const std::vector<std::string>& aliases) {
  std::vector<std::string> bases = {host.name};
  if (!aliases.empty()) {
    bases.insert(bases.begin(), aliases.back());
  }
  for (const std::string& base : bases) {
    const Found found = dns.LookUp("_25._tcp." + base, "TLSA");
    if (!found.known) {
      return {.kind = Trust::Kind::kNothing, .why = Reason::kLookupFailed};
    }
    if (found.empty() || !found.secure) {
      continue;
    }
    Trust trust{.kind = Trust::Kind::kTlsa, .reference = base, .tlsa = found.tlsa};
    trust.names = {base, std::string(kDomain), host.name};
    trust.names.insert(trust.names.end(), aliases.begin(), aliases.end());
    if (!found.records.empty()) {
      trust.uncertain = "TLSA records given as text";
    }
    return trust;
  }
  return {.kind = Trust::Kind::kOpportunistic, .reference = host.name};
}

Trust OfHost(const Dns& dns, const Mx& host, bool secure_mx) {
  const Found v4 = dns.LookUp(host.name, "A"), v6 = dns.LookUp(host.name, "AAAA");
  if (!v4.known || !v6.known) {
    return {.kind = Trust::Kind::kNothing, .why = Reason::kLookupFailed};
  }
  if (v4.empty() && v6.empty()) {
    return {.kind = Trust::Kind::kNothing, .why = Reason::kConnectFailed};
  }
  if (!secure_mx || !v4.secure || !v6.secure) {
    return {.kind = Trust::Kind::kOpportunistic, .reference = host.name};
  }
  return ByTlsa(dns, host, v4.aliases.empty() ? v6.aliases : v4.aliases);
}

bool IsUsable(const TlsaSpec& tlsa) {
  const size_t digest = tlsa.matching == 1 ? 32 : tlsa.matching == 2 ? 64 : 0;
  const bool length = !tlsa.data || (tlsa.matching == 0 ? !tlsa.data->empty() : tlsa.data->size() == digest);
  return (tlsa.usage == 2 || tlsa.usage == 3) && tlsa.selector <= 1 && tlsa.matching <= 2 && length;
}

// RFC 7671 9.
bool IsOutdone(const TlsaSpec& tlsa, const std::vector<TlsaSpec>& usable) {
  return tlsa.matching == 1 && std::ranges::any_of(usable, [&](const TlsaSpec& other) {
           return other.usage == tlsa.usage && other.selector == tlsa.selector && other.matching == 2;
         });
}

bool Matches(const TlsaSpec& tlsa, const ChainSpec& chain, const CertSpec& cert) {
  if (tlsa.data) {
    return false;  // octets of nobody's
  }
  if (tlsa.selector == 0) {
    return tlsa.of == cert.name;
  }
  const certs::KeySpec published{.type = chain.At(tlsa.of).key.type, .label = tlsa.of};
  return published == CertifiedKey(cert) && !HasOddKeyForm(cert) && !HasRawKey(cert);
}

bool AnyMatches(const std::vector<TlsaSpec>& records, uint8_t usage, const ChainSpec& chain, const CertSpec& cert) {
  return std::ranges::any_of(records,
                             [&](const TlsaSpec& tlsa) { return tlsa.usage == usage && Matches(tlsa, chain, cert); });
}

// RFC 7672 3.2.2: any of the names will do.
Findings JudgeByNames(const ChainSpec& chain, const std::vector<std::string>& names) {
  const Findings first = JudgeChain(chain, names.front());
  if (!first.Has(Reason::kNameMismatch, 0)) {
    return first;
  }
  for (const std::string& name : names) {
    Findings findings = JudgeChain(chain, name);
    if (!findings.Has(Reason::kNameMismatch, 0)) {
      return findings;
    }
  }
  return first;
}

// ------------------------------------------------------------------------------------------------ MTA-STS

bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A record as the rows write it: fields between semicolons and blanks.
std::optional<std::string> IdIn(std::string record) {
  std::erase(record, '"');  // strings are joined without anything between them
  constexpr std::string_view kVersion = "v=STSv1;", kId = "id=";
  if (!record.starts_with(kVersion)) {
    return std::nullopt;
  }
  const size_t at = record.find(kId, kVersion.size());
  if (at == std::string::npos) {
    return std::nullopt;
  }
  const std::string id = record.substr(at + kId.size(), record.find(';', at) - at - kId.size());
  return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, IsAlnum) ? std::optional(id) : std::nullopt;
}

std::optional<std::string> StsId(const Found& txt) {
  std::vector<std::string> candidates;
  for (std::string record : txt.records) {
    // A zone file's blanks between quoted strings are not part of them.
    for (size_t at = record.find("\" \""); at != std::string::npos; at = record.find("\" \"")) {
      record.erase(at, 3);
    }
    std::erase(record, '"');
    if (record.starts_with("v=STSv1;")) {
      candidates.push_back(record);
    }
  }
  return txt.known && candidates.size() == 1 ? IdIn(candidates.front()) : std::nullopt;
}

bool IsWellFormed(const PolicyScript& policy) {
  constexpr uint32_t kYear = 31'557'600;
  constexpr size_t kLongest = 60'000;
  uint32_t age = 0;
  const char* end = policy.max_age.data() + policy.max_age.size();
  const auto [read, error] = std::from_chars(policy.max_age.data(), end, age);
  const bool known_mode = policy.mode == "enforce" || policy.mode == "testing" || policy.mode == "none";
  return !policy.body && policy.padding < kLongest && policy.version == "STSv1" && known_mode && error == std::errc() &&
         read == end && age <= kYear && (!policy.mx.empty() || policy.mode == "none") &&
         std::ranges::all_of(policy.more, [](const std::string& line) { return line.find(':') != std::string::npos; });
}

bool IsFetched(const Dns& dns, const PolicyHost& host) {
  const Found address = dns.LookUp("mta-sts." + std::string(kDomain), "A");
  return address.known && !address.records.empty() && host.link.cut == fakeserver::CutKind::kNone &&
         host.door == fakeserver::Door::kOpen &&
         JudgeChain(host.chain, "mta-sts." + std::string(kDomain)).defects.empty() && host.policy.status == 200 &&
         host.policy.media_type == "text/plain" && IsWellFormed(host.policy);
}

bool IsListed(const Dns& dns, const std::string& name, const PolicyScript& policy) {
  return std::ranges::any_of(policy.mx, [&](const std::string& pattern) {
    const std::string filled = dns.Filled(pattern);
    const size_t dot = name.find('.');
    return filled == name || (filled.starts_with("*.") && dot != std::string::npos && dot > 0 &&
                              name.substr(dot + 1) == filled.substr(2));
  });
}

Trust ByPolicy(const Dns& dns, const PolicyScript* policy) {
  const Found mx = dns.LookUp(std::string(kDomain), "MX");
  if (!mx.known) {
    return {.kind = Trust::Kind::kNothing, .why = Reason::kLookupFailed};
  }
  const bool enforced = policy != nullptr && policy->mode == "enforce";
  for (const Mx& host : MailHosts(mx)) {
    const Found v4 = dns.LookUp(host.name, "A"), v6 = dns.LookUp(host.name, "AAAA");
    if ((v4.empty() && v6.empty()) || (enforced && !IsListed(dns, host.name, *policy))) {
      continue;
    }
    return {.kind = enforced ? Trust::Kind::kAnchors : Trust::Kind::kOpportunistic, .reference = host.name};
  }
  return {.kind = Trust::Kind::kNothing, .why = enforced ? Reason::kMxNotInPolicy : Reason::kLookupFailed};
}

}  // namespace

Trust TrustByDane(const World& world, const std::string& host) {
  const Dns dns(world.dns, host);
  const Found mx = dns.LookUp(std::string(kDomain), "MX");
  if (!mx.known) {
    return {.kind = Trust::Kind::kNothing, .why = Reason::kLookupFailed};
  }
  Trust first;
  const std::vector<Mx> hosts = MailHosts(mx);
  for (const Mx& tried : hosts) {
    Trust trust = OfHost(dns, tried, mx.secure);
    if (trust.kind != Trust::Kind::kNothing) {
      return trust;
    }
    first = &tried == hosts.data() ? trust : first;
  }
  return first;
}

bool FindsNoHost(const World& world, const std::string& host) {
  const Dns dns(world.dns, host);
  const Found mx = dns.LookUp(std::string(kDomain), "MX");
  return !mx.known || std::ranges::none_of(MailHosts(mx), [&](const Mx& tried) {
    return !dns.LookUp(tried.name, "A").empty() || !dns.LookUp(tried.name, "AAAA").empty();
  });
}

Trust TrustBySts(const World& world, const std::string& host) {
  const Dns dns(world.dns, host);
  const std::optional<std::string> id = StsId(dns.LookUp("_mta-sts." + std::string(kDomain), "TXT"));
  const auto& cached = world.policy_host->cached;
  const auto max_age = [](const PolicyScript& policy) {
    int64_t age = 0;
    std::from_chars(policy.max_age.data(), policy.max_age.data() + policy.max_age.size(), age);
    return std::chrono::seconds(age);
  };
  const bool fresh = cached && cached->age < max_age(cached->policy);
  if (fresh && (!id || *id == cached->id)) {
    return ByPolicy(dns, &cached->policy);
  }
  if (id && IsFetched(dns, *world.policy_host)) {
    return ByPolicy(dns, &world.policy_host->policy);
  }
  return ByPolicy(dns, fresh ? &cached->policy : nullptr);
}

namespace {

// DANE-EE asks nothing of the certificate but its key (RFC 7671 5.1), TLS does: it must allow the key to sign
// (RFC 8446 4.4.2.2), and TLS must have its curve. No RFC says which of them yields.
std::string WhatTlsAsksFor(const CertSpec& leaf) {
  if (leaf.key_usage && (leaf.key_usage->bits & certs::kDigitalSignature) == 0) {
    return "a key that DANE vouches for and that may not sign";
  }
  if (HasRawKey(leaf) || HasOddKeyForm(leaf)) {
    return "a key that is not given in the usual form, before TLS";
  }
  return leaf.key.type == certs::KeyType::kP224 ? "a key that DANE vouches for, on a curve that TLS has not" : "";
}

}  // namespace

Findings JudgeByTlsa(const ChainSpec& chain, const Trust& trust) {
  std::vector<TlsaSpec> records;
  std::ranges::copy_if(trust.tlsa, std::back_inserter(records), IsUsable);
  const std::vector<TlsaSpec> usable = records;
  std::erase_if(records, [&](const TlsaSpec& tlsa) { return IsOutdone(tlsa, usable); });
  const CertSpec& leaf = chain.At(chain.presented.front());
  if (records.empty()) {  // RFC 7672 2.2: TLS, and any certificate
    return {.defects = {},
            .uncertain =
                JudgeUnparseable(leaf) ? "whether any certificate means one that can be read" : WhatTlsAsksFor(leaf)};
  }
  if (std::optional<Findings> unparseable = JudgeUnparseable(leaf)) {
    return *std::move(unparseable);
  }
  if (AnyMatches(records, 3, chain, leaf)) {
    return {.defects = {}, .uncertain = WhatTlsAsksFor(leaf)};
  }
  ChainSpec anchored = chain;
  anchored.trusted.clear();
  for (size_t i = 1; i < chain.presented.size(); ++i) {
    const CertSpec& cert = chain.At(chain.presented[i]);
    if (!IsUnparseable(cert) && AnyMatches(records, 2, chain, cert)) {
      anchored.trusted.push_back(chain.presented[i]);
    }
  }
  if (anchored.trusted.empty()) {
    return {.defects = {{Reason::kTlsaMismatch, 0}}};
  }
  return JudgeByNames(anchored, trust.names);
}

}  // namespace lab::oracle

#include "lab/verifier/dane_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/rules.h"

namespace verifier {
namespace {

using certs::Reason;

constexpr size_t kMaxHosts = 32;  // of one domain; more are not tried

// Whether a failed look-up counts as one. (Without the rule it counts as "no such records".)
bool Failed(const DnsAnswer& answer) { return !answer.known() && RuleOn(Rule::kDaneLookupFailure); }
bool Secure(const DnsAnswer& answer) { return answer.secure || !RuleOn(Rule::kDaneInsecure); }

std::string About(std::string_view name, DnsType type, std::string_view what) {
  return fmt::format("{} {}: {}", certs::Escaped(name, 300), Name(type), what);
}

RelayPlan NoHosts(Reason reason, std::string why) { return {.verdict = {reason, 0}, .why = std::move(why)}; }

void Fail(MailHost& host, Reason reason, std::string why) {
  host.verdict = {reason, 0};
  host.why = std::move(why);
}

void Opportunistic(MailHost& host, std::string why) {
  host.trust = {.mode = TrustMode::kUnauthenticated};
  host.why = std::move(why);
}

// The hosts of the domain, without their addresses (RFC 5321 5.1, RFC 7505).
std::optional<RelayPlan> HostsOf(const std::string& domain, DnsTable& table) {
  const DnsAnswer* mx = table.Look(domain, DnsType::kMx);
  if (mx == nullptr) {
    return std::nullopt;
  }
  if (!mx->known()) {
    return NoHosts(Reason::kLookupFailed, About(domain, DnsType::kMx, Name(mx->status)));
  }
  if (mx->status == DnsStatus::kNxDomain) {
    return NoHosts(Reason::kLookupFailed, About(domain, DnsType::kMx, "there is no such domain"));
  }
  RelayPlan plan;
  if (mx->status == DnsStatus::kNoData) {
    const std::string host = mx->aliases.empty() ? domain : mx->aliases.back();
    plan.hosts.push_back({.name = host, .reference = host, .secure_mx = Secure(*mx)});
    return plan;
  }
  for (const DnsRecord& record : mx->records) {
    if (record.name.empty()) {
      return NoHosts(Reason::kServiceRefused, About(domain, DnsType::kMx, "the domain takes no mail (RFC 7505)"));
    }
    plan.hosts.push_back(
        {.name = record.name, .reference = record.name, .preference = record.preference, .secure_mx = Secure(*mx)});
  }
  std::ranges::stable_sort(plan.hosts, {}, &MailHost::preference);
  plan.hosts.resize(std::min(plan.hosts.size(), kMaxHosts));
  return plan;
}

// What is known of a host's addresses.
struct Addresses {
  const DnsAnswer *v4 = nullptr, *v6 = nullptr;

  bool complete() const { return v4 != nullptr && v6 != nullptr; }
  bool failed() const { return Failed(*v4) || Failed(*v6); }
  // RFC 7672 2.2.2: both of them, so that neither hides an alias that was not validated.
  bool secure() const { return Secure(*v4) && Secure(*v6); }
  const std::vector<std::string>& aliases() const { return v4->aliases.empty() ? v6->aliases : v4->aliases; }
};

Addresses LookUpAddresses(MailHost& host, DnsTable& table) {
  const Addresses found{table.Look(host.name, DnsType::kA), table.Look(host.name, DnsType::kAaaa)};
  for (const DnsAnswer* answer : {found.v4, found.v6}) {
    if (answer != nullptr) {
      std::ranges::transform(answer->records, std::back_inserter(host.addresses), &DnsRecord::address);
    }
  }
  return found;
}

std::string TlsaName(uint16_t port, std::string_view base) { return fmt::format("_{}._tcp.{}", port, base); }

// The host's TLSA records: at the end of its aliases first, then at its own name (RFC 7672 2.2.2, RFC 7671 7). False:
// not all answers are there.
bool DecideByTlsa(const std::string& domain, uint16_t port, const std::vector<std::string>& aliases, MailHost& host,
                  DnsTable& table) {
  std::vector<std::string> bases = {host.name};
  if (!aliases.empty()) {
    bases.insert(bases.begin(), aliases.back());
  }
  for (const std::string& base : bases) {
    const std::string name = TlsaName(port, base);
    const DnsAnswer* tlsa = table.Look(name, DnsType::kTlsa);
    if (tlsa == nullptr) {
      return false;
    }
    if (Failed(*tlsa)) {
      Fail(host, Reason::kLookupFailed, About(name, DnsType::kTlsa, Name(tlsa->status)));
      return true;
    }
    if (tlsa->records.empty() || !Secure(*tlsa)) {
      Opportunistic(host, About(name, DnsType::kTlsa, Secure(*tlsa) ? "none is published" : "not validated"));
      continue;
    }
    host.reference = base;
    host.trust = {.mode = TrustMode::kDane};
    std::ranges::transform(tlsa->records, std::back_inserter(host.trust.tlsa), &DnsRecord::tlsa);
    host.trust.further_names = {domain, host.name};
    host.trust.further_names.insert(host.trust.further_names.end(), aliases.begin(), aliases.end());
    host.why = About(name, DnsType::kTlsa, fmt::format("{} records", tlsa->records.size()));
    return true;
  }
  return true;
}

// False: not all answers are there.
bool Decide(const std::string& domain, uint16_t port, MailHost& host, DnsTable& table) {
  const Addresses addresses = LookUpAddresses(host, table);
  if (!addresses.complete()) {
    return false;
  }
  if (addresses.failed()) {
    Fail(host, Reason::kLookupFailed, About(host.name, DnsType::kA, "the addresses could not be looked up"));
    return true;
  }
  if (host.addresses.empty()) {
    Fail(host, Reason::kConnectFailed, About(host.name, DnsType::kA, "the host has no address"));
    return true;
  }
  if (!host.secure_mx || !addresses.secure()) {
    // Whoever can forge the name or the address need not care about the TLSA records of the real one (2.2.1, 2.2.2).
    Opportunistic(host, About(host.name, DnsType::kA, host.secure_mx ? "not validated" : "the MX is not validated"));
    return true;
  }
  return DecideByTlsa(domain, port, addresses.aliases(), host, table);
}

template <typename DecideHost>
std::optional<RelayPlan> Plan(const std::string& domain, DnsTable& table, DecideHost decide) {
  std::optional<RelayPlan> plan = HostsOf(domain, table);
  bool complete = plan.has_value();
  for (size_t i = 0; plan && i < plan->hosts.size(); ++i) {
    complete = decide(plan->hosts[i]) && complete;  // every question at once, so that they are asked together
  }
  return complete ? plan : std::nullopt;
}

}  // namespace

std::optional<RelayPlan> PlanDane(const std::string& domain, uint16_t port, DnsTable& table) {
  return Plan(domain, table, [&](MailHost& host) { return Decide(domain, port, host, table); });
}

std::optional<MailHost> PlanDaneHost(const std::string& host, uint16_t port, DnsTable& table) {
  MailHost planned{.name = host, .reference = host, .secure_mx = true};
  return Decide(host, port, planned, table) ? std::optional(std::move(planned)) : std::nullopt;
}

std::optional<RelayPlan> PlanMx(const std::string& domain, DnsTable& table) {
  return Plan(domain, table, [&](MailHost& host) {
    const Addresses addresses = LookUpAddresses(host, table);
    if (!addresses.complete()) {
      return false;
    }
    if (host.addresses.empty()) {
      const bool failed = !addresses.v4->known() || !addresses.v6->known();
      Fail(host, failed ? Reason::kLookupFailed : Reason::kConnectFailed,
           About(host.name, DnsType::kA, "the host has no address"));
    }
    return true;
  });
}

}  // namespace verifier

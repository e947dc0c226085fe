#include "lab/cli/dns_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "certs/bytes.h"
#include "lab/cli/look_up.h"
#include "lab/runner/dial.h"
#include "lab/runner/tcp_wire.h"
#include "lab/verifier/https_get.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/mta_sts.h"

namespace lab {
namespace {

using certs::ErrorCode;
using verifier::DnsAnswer;
using verifier::DnsQuestion;
using verifier::DnsTable;
using verifier::DnsType;
using verifier::Signal;
using verifier::Standing;

constexpr size_t kShownName = 300;
constexpr DnsType kAddressTypes[] = {DnsType::kA, DnsType::kAaaa};
constexpr std::chrono::seconds kPolicyLimit{60};  // RFC 8461 3.3 suggests one minute

std::vector<std::string> AddressesBy(Resolvers& dns, size_t resolver, const std::string& host) {
  std::vector<std::string> addresses;
  for (const DnsType type : kAddressTypes) {
    for (const verifier::DnsRecord& record : dns.Ask(resolver, {host, type}).records) {
      addresses.push_back(verifier::FormatIp(record.address));
    }
  }
  return addresses;
}

// The first resolver that knows an address, so that one which is down or denies everything does not decide.
size_t ChooseResolver(Resolvers& dns, const std::string& host) {
  for (size_t i = 0; i < dns.size(); ++i) {
    if (!AddressesBy(dns, i, host).empty()) {
      return i;
    }
  }
  return 0;
}

std::string WhyNoAddress(Resolvers& dns, const std::string& host) {
  std::string why;
  for (size_t i = 0; i < dns.size(); ++i) {
    for (const DnsType type : kAddressTypes) {
      const DnsAnswer& answer = dns.Ask(i, {host, type});
      why +=
          fmt::format("{}{} says of {}", why.empty() ? "" : "; ", dns.name(i), verifier::InWords({host, type}, answer));
    }
  }
  return why;
}

void CompareResolvers(Resolvers& dns, const std::vector<DnsQuestion>& questions, std::vector<Signal>& signals) {
  for (const DnsQuestion& question : questions) {
    std::vector<verifier::ResolverWord> words;
    for (size_t i = 0; i < dns.size(); ++i) {
      words.push_back({.resolver = dns.name(i), .answer = &dns.Ask(i, question)});
    }
    signals.push_back(verifier::ResolversSignal(question, words));
  }
}

// Fetches the policy of `domain` from the first of the addresses that answers.
verifier::StsFetch FetchPolicy(const std::string& domain, std::vector<std::string> addresses, const DnsSubject& subject,
                               const DnsOptions& options, const std::atomic<bool>& stop) {
  verifier::HttpsConfig at = verifier::StsPolicyAt(domain);
  if (addresses.empty()) {
    return {.detail = "the policy host has no address"};
  }
  auto dialled = Dial({.host = at.host, .addresses = std::move(addresses), .port = options.policy_port}, stop);
  if (!dialled) {
    return {.detail = dialled.error().detail};
  }
  at.anchors = subject.anchors;
  at.now = subject.now;
  verifier::HttpsGet get(std::move(at));
  RunOnSocket(get, std::move(dialled->socket), kPolicyLimit, stop);
  return ToStsFetch(get.result());
}

// What the domain's policy says of the host, as a relay would have it that has no policy cached.
Signal PolicySignal(Resolvers& dns, size_t resolver, const std::string& domain, const DnsSubject& subject,
                    const DnsOptions& options, const std::atomic<bool>& stop) {
  if (domain.empty()) {
    return {"mta-sts", Standing::kUnknown, "the host is in no domain"};
  }
  const DnsQuestion question{"_mta-sts." + domain, DnsType::kTxt};
  const DnsAnswer& txt = dns.Ask(resolver, question);
  const auto id = verifier::StsIdOf(txt);
  if (!id) {
    return {"mta-sts", Standing::kUnknown,
            txt.records.empty() ? verifier::InWords(question, txt)
                                : verifier::InWords(question, txt) + " announces no policy (RFC 8461 3.1)"};
  }
  const verifier::StsFetch fetch =
      FetchPolicy(domain, AddressesBy(dns, resolver, "mta-sts." + domain), subject, options, stop);
  if (!fetch.policy) {
    const bool ours = fetch.verdict.ok();
    return {"mta-sts", Standing::kUnknown,
            fmt::format("{} announces a policy that {}: {}", certs::Escaped(domain, kShownName),
                        fetch.malformed ? "is none" : "cannot be fetched",
                        ours ? fetch.detail : fmt::format("{} ({})", fetch.detail, certs::ToString(fetch.verdict)))};
  }
  const std::string mode =
      fmt::format("the policy of {}, mode {},", certs::Escaped(domain, kShownName), Name(fetch.policy->mode));
  if (fetch.policy->mode == verifier::StsMode::kNone) {
    return {"mta-sts", Standing::kUnknown, mode + " demands nothing"};
  }
  const bool named = verifier::MatchesPolicy(subject.reference.dns, *fetch.policy);
  return {"mta-sts", named ? Standing::kFor : Standing::kAgainst,
          mode + (named ? " names the host" : " does not name the host (RFC 8461 4.1)")};
}

certs::Result<std::string> DomainOf(const DnsOptions& options, const std::string& host) {
  if (options.domain.empty()) {
    return std::string(verifier::ParentDomain(host));
  }
  const auto domain = verifier::ParseReference(options.domain);
  if (!domain || domain->kind != verifier::Reference::Kind::kDns) {
    return certs::Fail(ErrorCode::kBadInput,
                       fmt::format("\"{}\" is no domain", certs::Escaped(options.domain, kShownName)));
  }
  return domain->dns;
}

}  // namespace

certs::Result<DnsFindings> AskTheDns(const DnsSubject& subject, const DnsOptions& options,
                                     const std::atomic<bool>& stop) {
  auto dns = Resolvers::Make(options.resolvers, options.times, stop);
  if (!dns) {
    return std::unexpected(dns.error());
  }
  DnsFindings findings;
  if (subject.reference.kind != verifier::Reference::Kind::kDns) {
    findings.signals.push_back({"dns", Standing::kUnknown, "an address has no name to be looked up"});
    return findings;
  }
  const std::string& host = subject.reference.dns;
  const auto domain = DomainOf(options, host);
  if (!domain) {
    return std::unexpected(domain.error());
  }
  const size_t chosen = ChooseResolver(*dns, host);
  findings.resolver = dns->name(chosen);
  findings.addresses = AddressesBy(*dns, chosen, host);
  if (findings.addresses.empty() && options.decides_addresses()) {
    return certs::Fail(ErrorCode::kIo, fmt::format("no address of {} is known: {}", certs::Escaped(host, kShownName),
                                                   WhyNoAddress(*dns, host)));
  }
  const auto resolve = [&](auto decide) { return dns->Resolve(chosen, decide); };
  findings.host = resolve([&](DnsTable& table) { return verifier::PlanDaneHost(host, subject.port, table); });
  findings.signals.push_back(resolve([&](DnsTable& table) { return verifier::ReverseSignal(host, table); }));
  findings.signals.push_back(resolve([&](DnsTable& table) { return verifier::SharedMxSignal(host, *domain, table); }));
  findings.signals.push_back(resolve([&](DnsTable& table) { return verifier::DnssecSignal(host, table); }));
  if (dns->size() > 1) {
    std::vector<DnsQuestion> questions = {{host, DnsType::kA}, {host, DnsType::kAaaa}};
    if (!domain->empty()) {
      questions.push_back({*domain, DnsType::kMx});
    }
    CompareResolvers(*dns, questions, findings.signals);
  }
  findings.signals.push_back(PolicySignal(*dns, chosen, *domain, subject, options, stop));
  return findings;
}

}  // namespace lab

#include "lab/verifier/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/ascii_text.h"
#include "lab/verifier/ip_literal.h"

namespace verifier {
namespace {

// How many addresses and mail exchangers are looked into: whoever answers decides how much is asked.
constexpr size_t kMostAddresses = 8, kMostExchangers = 8;
constexpr size_t kShown = 300, kShownRecords = 8;

std::string Shown(std::string_view name) { return certs::Escaped(name, kShown); }

// The addresses of a name, as far as they are known; nothing as long as answers are missing.
std::optional<std::vector<Bytes>> AddressesOf(std::string_view name, DnsTable& table) {
  const DnsAnswer* const answers[] = {table.Look(name, DnsType::kA), table.Look(name, DnsType::kAaaa)};
  std::vector<Bytes> addresses;
  for (const DnsAnswer* answer : answers) {
    if (answer == nullptr) {
      return std::nullopt;
    }
    std::ranges::transform(answer->records, std::back_inserter(addresses), &DnsRecord::address);
  }
  addresses.resize(std::min(addresses.size(), kMostAddresses));
  return addresses;
}

// A name from the DNS, where octets that no host name has are spelt out, against one that was configured.
bool SameName(std::string_view one, std::string_view other) { return AsciiLower(one) == AsciiLower(other); }

std::string RecordInWords(DnsType type, const DnsRecord& record) {
  switch (type) {
    case DnsType::kA:
    case DnsType::kAaaa:
      return FormatIp(record.address);
    case DnsType::kMx:
      return fmt::format("{} {}", record.preference, record.name.empty() ? "." : Shown(record.name));
    case DnsType::kSrv:
      return fmt::format("{} {} {} {}", record.preference, record.weight, record.port, Shown(record.name));
    case DnsType::kTlsa:
      return InWords(record.tlsa);
    case DnsType::kTxt:
      return fmt::format("\"{}\"", Shown(record.text));
    case DnsType::kCname:
    case DnsType::kPtr:
      return Shown(record.name);
  }
  return "?";
}

std::string StatusInWords(DnsStatus status) {
  switch (status) {
    case DnsStatus::kAnswer:
      return "an answer";
    case DnsStatus::kNoData:
      return "no such record";
    case DnsStatus::kNxDomain:
      return "no such name";
    case DnsStatus::kServFail:
      return "the resolver could not (SERVFAIL, which also stands for bogus data)";
    case DnsStatus::kRefused:
      return "the resolver refused";
    case DnsStatus::kTimeout:
      return "no answer in time";
    case DnsStatus::kMalformed:
      return "bytes that are no answer to the question";
  }
  return "?";
}

// The records as texts that compare, whatever their order.
std::vector<std::string> Sorted(DnsType type, const DnsAnswer& answer) {
  std::vector<std::string> all;
  for (const DnsRecord& record : answer.records) {
    all.push_back(RecordInWords(type, record));
  }
  std::ranges::sort(all);
  return all;
}

std::string Said(DnsType type, const DnsAnswer& answer) {
  if (answer.status != DnsStatus::kAnswer) {
    return StatusInWords(answer.status);
  }
  std::vector<std::string> all = Sorted(type, answer);
  const size_t more = all.size() - std::min(all.size(), kShownRecords);
  all.resize(all.size() - more);
  return more == 0 ? fmt::format("{}", fmt::join(all, ", "))
                   : fmt::format("{} and {} more", fmt::join(all, ", "), more);
}

}  // namespace

std::string_view Name(Standing standing) {
  switch (standing) {
    case Standing::kFor:
      return "for";
    case Standing::kAgainst:
      return "against";
    case Standing::kUnknown:
      return "unknown";
  }
  return "?";
}

std::string_view ParentDomain(std::string_view host) {
  const size_t dot = host.find('.');
  const std::string_view domain = dot == host.npos ? std::string_view() : host.substr(dot + 1);
  return domain.find('.') == domain.npos ? std::string_view() : domain;
}

std::optional<Signal> BannerSignal(std::string_view greeting, std::string_view host) {
  if (greeting.size() < 5 || !greeting.starts_with("220")) {
    return std::nullopt;
  }
  const std::string said = AsciiLower(greeting.substr(4, greeting.find(' ', 4) - 4));
  const std::string meant = AsciiLower(host);
  const std::string_view domain = ParentDomain(meant);
  const std::string shown = Shown(said);
  if (said == meant) {
    return Signal{"banner", Standing::kFor, fmt::format("the greeting names the host, {}", shown)};
  }
  if (!domain.empty() && (said == domain || said.ends_with("." + std::string(domain)))) {
    return Signal{"banner", Standing::kFor, fmt::format("the greeting names the host's domain: {}", shown)};
  }
  return Signal{"banner", Standing::kAgainst, fmt::format("the greeting names {}", shown)};
}

std::optional<Signal> ReverseSignal(std::string_view host, DnsTable& table) {
  const auto addresses = AddressesOf(host, table);
  if (!addresses) {
    return std::nullopt;
  }
  if (addresses->empty()) {
    return Signal{"reverse", Standing::kUnknown, fmt::format("no address of {} is known", Shown(host))};
  }
  bool complete = true, failed = false;
  std::vector<std::string> others;
  for (const Bytes& address : *addresses) {
    const DnsAnswer* const back = table.Look(ReverseName(address), DnsType::kPtr);
    complete = complete && back != nullptr;  // every question at once
    if (back == nullptr) {
      continue;
    }
    failed = failed || !back->known();
    for (const DnsRecord& record : back->records) {
      if (SameName(record.name, host)) {
        return Signal{"reverse", Standing::kFor, fmt::format("{} resolves back to {}", FormatIp(address), Shown(host))};
      }
      if (others.size() < kShownRecords) {
        others.push_back(fmt::format("{} to {}", FormatIp(address), Shown(record.name)));
      }
    }
  }
  if (!complete) {
    return std::nullopt;
  }
  if (!others.empty()) {
    return Signal{
        "reverse", Standing::kAgainst,
        fmt::format("no address resolves back to the host: {}; shared hosts are like that", fmt::join(others, ", "))};
  }
  return Signal{"reverse", failed ? Standing::kUnknown : Standing::kAgainst,
                failed ? "the addresses could not be looked up backwards" : "no address resolves back to any name"};
}

std::optional<Signal> SharedMxSignal(std::string_view host, std::string_view domain, DnsTable& table) {
  if (domain.empty()) {
    return Signal{"shared-mx", Standing::kUnknown, fmt::format("{} is in no domain", Shown(host))};
  }
  const auto own = AddressesOf(host, table);
  const DnsAnswer* const mx = table.Look(domain, DnsType::kMx);
  if (!own || mx == nullptr) {
    return std::nullopt;
  }
  if (mx->status != DnsStatus::kAnswer) {
    return Signal{"shared-mx", Standing::kUnknown, InWords({std::string(domain), DnsType::kMx}, *mx)};
  }
  bool complete = true;
  for (size_t i = 0; i < std::min(mx->records.size(), kMostExchangers); ++i) {
    const std::string& name = mx->records[i].name;
    const auto addresses = name.empty() ? std::vector<Bytes>() : AddressesOf(name, table);
    complete = complete && addresses.has_value();
    if (!addresses) {
      continue;
    }
    const auto shared = std::ranges::find_first_of(*own, *addresses);
    if (shared != own->end()) {
      return Signal{"shared-mx", Standing::kFor,
                    fmt::format("{} is an address of {}, which takes mail for {}", FormatIp(*shared), Shown(name),
                                Shown(domain))};
    }
  }
  if (!complete) {
    return std::nullopt;
  }
  return Signal{
      "shared-mx", Standing::kAgainst,
      fmt::format("no address is shared with a mail exchanger of {}; large providers are like that", Shown(domain))};
}

std::optional<Signal> DnssecSignal(std::string_view host, DnsTable& table) {
  const DnsAnswer* const v4 = table.Look(host, DnsType::kA);
  const DnsAnswer* const v6 = table.Look(host, DnsType::kAaaa);
  if (v4 == nullptr || v6 == nullptr) {
    return std::nullopt;
  }
  const bool known = v4->known() && v6->known();
  if (known && v4->secure && v6->secure) {
    return Signal{"dnssec", Standing::kFor, "the resolver says that the addresses are validated"};
  }
  return Signal{"dnssec", Standing::kUnknown,
                known ? "the addresses are not validated: whoever can forge an answer chooses them"
                      : "not all look-ups of the addresses were answered"};
}

Signal ResolversSignal(const DnsQuestion& question, std::span<const ResolverWord> words) {
  std::string all;
  const DnsAnswer* first = nullptr;  // of those that know
  bool same = true, known = true;
  for (const ResolverWord& word : words) {
    all +=
        fmt::format("{}{} says {}", all.empty() ? "" : "; ", Shown(word.resolver), Said(question.type, *word.answer));
    if (!word.answer->known()) {
      known = false;
      continue;
    }
    first = first == nullptr ? word.answer : first;
    same = same && Sorted(question.type, *word.answer) == Sorted(question.type, *first);
  }
  const std::string about = fmt::format("{} {}: {}", Shown(question.name), Name(question.type), all);
  if (!same) {
    return {"resolvers", Standing::kAgainst, "they disagree about " + about};
  }
  if (!known) {
    return {"resolvers", Standing::kUnknown, about};
  }
  return {"resolvers", Standing::kFor, fmt::format("{} agree on {}", words.size(), InWords(question, *first))};
}

std::string InWords(const TlsaRecord& record) {
  constexpr size_t kShownData = 64;
  return fmt::format("{} {} {} {}", record.usage, record.selector, record.matching,
                     certs::ToHex(ByteView(record.data).first(std::min(record.data.size(), kShownData))));
}

std::string InWords(const DnsQuestion& question, const DnsAnswer& answer) {
  return fmt::format("{} {}: {}", Shown(question.name), Name(question.type), Said(question.type, answer));
}

}  // namespace verifier

#include "fakeserver/dns_answer.h"

#include <fmt/core.h>
#include <openssl/sha.h>

#include <algorithm>
#include <set>

namespace fakeserver {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr uint8_t kNoError = 0, kServFail = 2, kNxDomain = 3, kRefused = 5;
constexpr int kMaxCnames = 16;
constexpr size_t kTcpLimit = 0xffff;

std::string Lower(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

// ------------------------------------------------------------------------------------------------ publishing

Bytes Digest(const Bytes& data, uint8_t matching) {
  Bytes digest;
  if (matching == 1) {
    digest.resize(SHA256_DIGEST_LENGTH);
    SHA256(data.data(), data.size(), digest.data());
  } else if (matching == 2) {
    digest.resize(SHA512_DIGEST_LENGTH);
    SHA512(data.data(), data.size(), digest.data());
  } else {
    return data;
  }
  return digest;
}

// What the record vouches for, before it is digested.
certs::Result<Bytes> Associated(const TlsaSpec& tlsa, const certs::ChainSpec& spec, certs::Issuer& issuer) {
  const certs::CertSpec* node = spec.Find(tlsa.of);
  if (node == nullptr) {
    return Fail(ErrorCode::kBadInput, fmt::format("the chain has no node \"{}\"", certs::Escaped(tlsa.of, 100)));
  }
  if (tlsa.selector == 1) {
    const auto key = issuer.keys().GetKey({.type = node->key.type, .label = node->name});
    return key ? certs::Result<Bytes>((*key)->spki) : std::unexpected(key.error());
  }
  certs::ChainSpec wanted = spec;
  if (std::ranges::find(wanted.presented, tlsa.of) == wanted.presented.end() &&
      std::ranges::find(wanted.trusted, tlsa.of) == wanted.trusted.end()) {
    wanted.trusted.push_back(tlsa.of);
  }
  const auto issued = issuer.Issue(wanted);
  return issued ? certs::Result<Bytes>((*issued)->nodes.at(tlsa.of)) : std::unexpected(issued.error());
}

// A zone on its way into bytes.
struct Publisher {
  const certs::ChainSpec& chain;
  certs::Issuer& issuer;
  std::string_view host;

  std::string Filled(std::string text) const {
    constexpr std::string_view kHost = "{host}";
    for (size_t at = text.find(kHost); at != std::string::npos; at = text.find(kHost, at + host.size())) {
      text.replace(at, kHost.size(), host);
    }
    return text;
  }

  certs::Result<Bytes> Encode(const TlsaSpec& tlsa) const {
    Bytes data = {tlsa.usage, tlsa.selector, tlsa.matching};
    if (tlsa.data) {
      certs::Append(data, *tlsa.data);
      return data;
    }
    const auto associated = Associated(tlsa, chain, issuer);
    if (!associated) {
      return associated;
    }
    certs::Append(data, Digest(*associated, tlsa.matching));
    return data;
  }

  certs::Result<std::vector<Bytes>> EncodeAll(DnsType type, const std::vector<std::string>& records) const;
  certs::Result<DnsData::Set> Encode(const DnsSet& spec) const;
};

certs::Result<std::vector<Bytes>> Publisher::EncodeAll(DnsType type, const std::vector<std::string>& records) const {
  std::vector<Bytes> encoded;
  for (const std::string& record : records) {
    auto data = EncodeRecord(type, Filled(record));
    if (!data) {
      return std::unexpected(data.error());
    }
    encoded.push_back(std::move(*data));
  }
  return encoded;
}

certs::Result<DnsData::Set> Publisher::Encode(const DnsSet& spec) const {
  const std::string owner = Lower(Filled(std::string(spec.owner())));
  if (!spec.type() || !EncodeName(owner)) {
    return Fail(ErrorCode::kBadInput, "a set is called by owner and type, like \"bob.test MX\"");
  }
  DnsData::Set set{.spec = spec, .owner = owner, .type = *spec.type()};
  auto records = EncodeAll(set.type, spec.records);
  if (!records) {
    return std::unexpected(records.error());
  }
  set.records = std::move(*records);
  for (const TlsaSpec& tlsa : spec.tlsa) {
    auto data = Encode(tlsa);
    if (!data) {
      return std::unexpected(data.error());
    }
    set.records.push_back(std::move(*data));
  }
  for (const DnsLie& lie : spec.lies) {
    auto lied = EncodeAll(set.type, lie.records);
    if (!lied) {
      return std::unexpected(lied.error());
    }
    set.lies.push_back(std::move(*lied));
  }
  return set;
}

// ------------------------------------------------------------------------------------------------ answering

const DnsData::Set* Find(const DnsData& data, std::string_view owner, DnsType type) {
  const auto found =
      std::ranges::find_if(data.sets, [&](const auto& set) { return set.type == type && set.owner == owner; });
  return found == data.sets.end() ? nullptr : &*found;
}

// A name exists if it, or a name below it, owns anything (RFC 8020 2).
bool Exists(const DnsData& data, std::string_view name) {
  return std::ranges::any_of(data.sets, [&](const auto& set) {
    const std::string_view owner = set.owner;
    return set.spec.fate != DnsFate::kNxDomain &&
           (owner == name || (owner.size() > name.size() && owner.ends_with(name) &&
                              (name.empty() || owner[owner.size() - name.size() - 1] == '.')));
  });
}

const std::vector<Bytes>& RecordsAt(const DnsData::Set& set, std::string_view resolver) {
  for (size_t i = 0; i < set.lies.size(); ++i) {
    if (set.spec.lies[i].resolver == resolver) {
      return set.lies[i];
    }
  }
  return set.records;
}

// The name that a CNAME's data spells.
std::string TargetOf(const Bytes& data) {
  std::string name;
  for (size_t at = 0; at < data.size() && data[at] != 0; at += size_t{data[at]} + 1) {
    name += (name.empty() ? "" : ".") + std::string(certs::AsText(ByteView(data).subspan(at + 1, data[at])));
  }
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

// What has been gathered for an answer on the way along the aliases.
struct Gathered {
  DnsMessage message;
  bool secure = true;
  DnsFate fate = DnsFate::kAnswer;
  Micros delay{0};
};

void Take(const DnsData::Set& set, std::string_view resolver, Gathered& gathered) {
  gathered.secure = gathered.secure && set.spec.secure;
  gathered.delay += set.spec.delay;
  gathered.fate = set.spec.fate;
  for (const Bytes& record : RecordsAt(set, resolver)) {
    gathered.message.answers.push_back({set.owner, set.type, set.spec.ttl, record});
  }
}

Gathered Gather(const DnsData& data, const DnsQuestion& question, std::string_view resolver) {
  Gathered gathered{.secure = data.secure};
  const auto type = static_cast<DnsType>(question.type);
  std::string name = question.name;
  for (int i = 0; i < kMaxCnames; ++i) {
    if (const DnsData::Set* set = Find(data, name, type)) {
      Take(*set, resolver, gathered);
      return gathered;
    }
    const DnsData::Set* alias = Find(data, name, DnsType::kCname);
    if (alias == nullptr) {
      gathered.fate = Exists(data, name) ? DnsFate::kAnswer : DnsFate::kNxDomain;
      return gathered;
    }
    Take(*alias, resolver, gathered);
    if (gathered.fate != DnsFate::kAnswer || RecordsAt(*alias, resolver).empty()) {
      return gathered;
    }
    name = TargetOf(RecordsAt(*alias, resolver).front());
  }
  gathered.fate = DnsFate::kServFail;  // aliases without end
  return gathered;
}

// RFC 2308 3: a denial carries the SOA of the zone that denies.
void PutSoa(DnsMessage& message) {
  constexpr uint32_t kNegativeTtl = 60;
  if (auto soa = EncodeRecord(DnsType::kSoa, "ns.test hostmaster.test 1 3600 600 86400 60")) {
    message.authority.push_back({"test", DnsType::kSoa, kNegativeTtl, std::move(*soa)});
  }
}

}  // namespace

certs::Result<std::shared_ptr<const DnsData>> Publish(const DnsZone& zone, const certs::ChainSpec& spec,
                                                      certs::Issuer& issuer, std::string_view host) {
  const Publisher publisher{spec, issuer, host};
  auto data = std::make_shared<DnsData>();
  data->secure = zone.secure;
  std::set<std::string_view> names;
  for (const DnsSet& set : zone.sets) {
    auto published = publisher.Encode(set);
    if (!published) {
      return Fail(published.error().code,
                  fmt::format("{}: {}", certs::Escaped(set.name, 300), published.error().detail));
    }
    if (!names.insert(set.name).second) {
      return Fail(ErrorCode::kBadInput, fmt::format("{}: twice in one zone", certs::Escaped(set.name, 300)));
    }
    data->sets.push_back(std::move(*published));
  }
  return data;
}

DnsAnswer AnswerQuery(const DnsData& data, ByteView query, std::string_view resolver, DnsTransport transport) {
  const std::optional<DnsQuestion> question = ParseQuestion(query);
  if (!question) {
    return {};
  }
  Gathered gathered = Gather(data, *question, resolver);
  DnsMessage& message = gathered.message;
  DnsQuestion answered = *question;
  switch (gathered.fate) {
    case DnsFate::kSilence:
      return {};
    case DnsFate::kGarbage:
      return {.message = certs::ToBytes("HTTP/1.1 400 Bad Request\r\n\r\n"), .delay = gathered.delay};
    case DnsFate::kServFail:
    case DnsFate::kRefused:
      message = {.code = gathered.fate == DnsFate::kServFail ? kServFail : kRefused};
      gathered.secure = false;
      break;
    case DnsFate::kNxDomain:
      message.code = kNxDomain;
      break;
    case DnsFate::kTruncated:
      message.truncated = transport == DnsTransport::kUdp;
      break;
    case DnsFate::kTruncatedAlways:
      message.truncated = true;
      break;
    case DnsFate::kWrongId:
      answered.id = static_cast<uint16_t>(answered.id + 1);
      break;
    case DnsFate::kWrongQuestion:
      answered.question = EncodeName("not-asked.test").value_or(Bytes{0});
      certs::Append(answered.question, Bytes{0, 1, 0, 1});
      break;
    case DnsFate::kAnswer:
      break;
  }
  // RFC 6840 5.8: AD is for those who said that they understand it.
  message.authenticated = gathered.secure && question->wants_ad;
  if (message.answers.empty() && (message.code == kNoError || message.code == kNxDomain)) {
    PutSoa(message);
  }
  const size_t limit = transport == DnsTransport::kTcp ? kTcpLimit : question->udp_size;
  return {.message = WriteAnswer(answered, message, limit), .delay = gathered.delay};
}

}  // namespace fakeserver

#include "lab/verifier/dns_message.h"

#include <fmt/format.h>
#include <openssl/bytestring.h>

#include <algorithm>
#include <ranges>

#include "lab/verifier/ascii_text.h"
#include "lab/verifier/der_reader.h"

namespace verifier {
namespace {

constexpr size_t kHeader = 12, kLongestName = 255, kLongestLabel = 63;
constexpr size_t kMostRecords = 1000;  // of one section; more than any message of use has
constexpr size_t kMaxAliases = 16;
constexpr uint16_t kClassIn = 1, kTypeOpt = 41;
constexpr uint16_t kResponse = 0x8000, kOpcode = 0x7800, kTruncated = 0x0200, kRecursion = 0x0100, kAuthentic = 0x0020,
                   kCode = 0x000f;

void AppendLabel(ByteView label, std::string& name) {
  name += name.empty() ? "" : ".";
  for (const uint8_t octet : label) {
    const char c = AsciiLower(static_cast<char>(octet));
    if (octet <= 0x20 || octet >= 0x7f || c == '.' || c == '\\') {
      name += fmt::format("\\{:03d}", octet);
    } else {
      name += c;
    }
  }
}

// A message and how far it has been read.
class MessageReader {
 public:
  explicit MessageReader(ByteView message) : message_(message) {}

  bool Skip(size_t count) {
    if (count > message_.size() - at_) {
      return false;
    }
    at_ += count;
    return true;
  }
  bool Read16(uint16_t& value) {
    if (message_.size() - at_ < 2) {
      return false;
    }
    value = static_cast<uint16_t>(message_[at_] << 8 | message_[at_ + 1]);
    at_ += 2;
    return true;
  }
  bool Read32(uint32_t& value) {
    uint16_t high = 0, low = 0;
    if (!Read16(high) || !Read16(low)) {
      return false;
    }
    value = uint32_t{high} << 16 | low;
    return true;
  }

  // A name, perhaps compressed (RFC 1035 4.1.4). A pointer must point in front of what it continues, so there is no
  // loop.
  bool ReadName(std::string& name) {
    size_t at = at_, floor = at_, length = 0;
    bool jumped = false;
    name.clear();
    while (at < message_.size()) {
      const size_t octet = message_[at];
      if (octet >= 0xc0) {
        if (at + 1 >= message_.size()) {
          return false;
        }
        const size_t target = (octet & 0x3f) << 8 | message_[at + 1];
        at_ = jumped ? at_ : at + 2;
        jumped = true;
        if (target >= floor) {
          return false;
        }
        at = floor = target;
        continue;
      }
      length += octet + 1;
      if (octet > kLongestLabel || length > kLongestName || at + 1 + octet > message_.size()) {
        return false;
      }
      if (octet == 0) {
        at_ = jumped ? at_ : at + 1;
        return true;
      }
      AppendLabel(message_.subspan(at + 1, octet), name);
      at += 1 + octet;
    }
    return false;
  }

  size_t at() const { return at_; }
  ByteView From(size_t at, size_t count) const { return message_.subspan(at, count); }
  ByteView message() const { return message_; }

 private:
  ByteView message_;
  size_t at_ = 0;
};

// The RDATA of a record, which ends where its length says.
bool ReadData(MessageReader& reader, size_t size, DnsRecord& record) {
  const size_t end = reader.at() + size;
  const ByteView data = reader.From(reader.at(), size);
  switch (record.type) {
    case DnsType::kA:
    case DnsType::kAaaa:
      record.address.assign(data.begin(), data.end());
      return size == (record.type == DnsType::kA ? 4U : 16U) && reader.Skip(size);
    case DnsType::kCname:
    case DnsType::kPtr:
      return reader.ReadName(record.name) && reader.at() == end;
    case DnsType::kMx:
      return reader.Read16(record.preference) && reader.ReadName(record.name) && reader.at() == end;
    case DnsType::kSrv:
      return reader.Read16(record.preference) && reader.Read16(record.weight) && reader.Read16(record.port) &&
             reader.ReadName(record.name) && reader.at() == end;
    case DnsType::kTxt:
      for (size_t at = 0; at < size; at += size_t{data[at]} + 1) {
        if (at + 1 + data[at] > size) {
          return false;
        }
        record.text += certs::AsText(data.subspan(at + 1, data[at]));
      }
      return size > 0 && reader.Skip(size);
    case DnsType::kTlsa: {
      constexpr size_t kNumbers = 3;
      if (size < kNumbers) {
        return false;
      }
      const ByteView association = data.subspan(kNumbers);
      record.tlsa = {data[0], data[1], data[2], Bytes(association.begin(), association.end())};
      return reader.Skip(size);
    }
  }
  return reader.Skip(size);
}

bool IsKnown(uint16_t type) { return Name(static_cast<DnsType>(type)) != "?"; }

bool ReadRecords(MessageReader& reader, size_t count, std::vector<DnsRecord>& records) {
  if (count > kMostRecords) {
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    DnsRecord record;
    uint16_t type = 0, of_class = 0, size = 0;
    if (!reader.ReadName(record.owner) || !reader.Read16(type) || !reader.Read16(of_class) ||
        !reader.Read32(record.ttl) || !reader.Read16(size) || size > reader.message().size() - reader.at()) {
      return false;
    }
    if (of_class != kClassIn || !IsKnown(type)) {
      reader.Skip(size);
      continue;
    }
    record.type = static_cast<DnsType>(type);
    if (!ReadData(reader, size, record)) {
      return false;
    }
    records.push_back(std::move(record));
  }
  return true;
}

// RFC 2181 8: a TTL with its highest bit set counts as zero.
uint32_t TtlOf(const DnsRecord& record) { return record.ttl > 0x7fffffff ? 0 : record.ttl; }

// Goes along the aliases from the question to the records. What lies beside that way was not asked for.
void Follow(const std::vector<DnsRecord>& records, const DnsQuestion& question, DnsAnswer& answer) {
  std::string name = question.name;
  uint32_t ttl = 0x7fffffff;
  for (size_t i = 0; i <= kMaxAliases; ++i) {
    for (const DnsRecord& record : records) {
      if (record.owner == name && record.type == question.type) {
        ttl = std::min(ttl, TtlOf(record));
        answer.records.push_back(record);
      }
    }
    const auto alias = std::ranges::find_if(
        records, [&](const DnsRecord& record) { return record.type == DnsType::kCname && record.owner == name; });
    if (!answer.records.empty() || alias == records.end()) {
      break;
    }
    ttl = std::min(ttl, TtlOf(*alias));
    name = alias->name;
    answer.aliases.push_back(name);
  }
  answer.ttl = answer.records.empty() ? 0 : ttl;
}

}  // namespace

std::string_view Name(DnsType type) {
  switch (type) {
    case DnsType::kA:
      return "A";
    case DnsType::kCname:
      return "CNAME";
    case DnsType::kPtr:
      return "PTR";
    case DnsType::kMx:
      return "MX";
    case DnsType::kTxt:
      return "TXT";
    case DnsType::kAaaa:
      return "AAAA";
    case DnsType::kSrv:
      return "SRV";
    case DnsType::kTlsa:
      return "TLSA";
  }
  return "?";
}

std::string_view Name(DnsStatus status) {
  switch (status) {
    case DnsStatus::kAnswer:
      return "answer";
    case DnsStatus::kNoData:
      return "no-data";
    case DnsStatus::kNxDomain:
      return "nxdomain";
    case DnsStatus::kServFail:
      return "servfail";
    case DnsStatus::kRefused:
      return "refused";
    case DnsStatus::kTimeout:
      return "timeout";
    case DnsStatus::kMalformed:
      return "malformed";
  }
  return "?";
}

std::optional<Bytes> WriteQuery(uint16_t id, const DnsQuestion& question) {
  constexpr uint16_t kUdpSize = 1232;
  constexpr uint32_t kDnssecOk = 0x8000;
  bssl::ScopedCBB query;
  CBB label;
  bool ok = CBB_init(query.get(), 512) && CBB_add_u16(query.get(), id) &&
            CBB_add_u16(query.get(), kRecursion | kAuthentic) && CBB_add_u16(query.get(), 1) &&
            CBB_add_u32(query.get(), 0) && CBB_add_u16(query.get(), 1);
  size_t length = 1;
  for (const auto part : std::views::split(std::string_view(question.name), '.')) {
    const std::string_view text(part.begin(), part.end());
    length += text.size() + 1;
    ok = ok && !text.empty() && text.size() <= kLongestLabel && length <= kLongestName &&
         CBB_add_u8_length_prefixed(query.get(), &label) &&
         CBB_add_bytes(&label, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  }
  ok = ok && length > 1 && CBB_add_u8(query.get(), 0) &&
       CBB_add_u16(query.get(), static_cast<uint16_t>(question.type)) && CBB_add_u16(query.get(), kClassIn);
  // RFC 6891 6.1.2: the OPT record.
  ok = ok && CBB_add_u8(query.get(), 0) && CBB_add_u16(query.get(), kTypeOpt) && CBB_add_u16(query.get(), kUdpSize) &&
       CBB_add_u32(query.get(), kDnssecOk) && CBB_add_u16(query.get(), 0) && CBB_flush(query.get());
  if (!ok) {
    return std::nullopt;
  }
  return Bytes(CBB_data(query.get()), CBB_data(query.get()) + CBB_len(query.get()));
}

std::optional<DnsHead> ReadHead(ByteView message) {
  if (message.size() < kHeader) {
    return std::nullopt;
  }
  const auto flags = static_cast<uint16_t>(message[2] << 8 | message[3]);
  if ((flags & kResponse) == 0 || (flags & kOpcode) != 0) {
    return std::nullopt;
  }
  return DnsHead{.id = static_cast<uint16_t>(message[0] << 8 | message[1]), .truncated = (flags & kTruncated) != 0};
}

DnsAnswer ReadAnswer(ByteView message, const DnsQuestion& question) {
  constexpr uint16_t kNoError = 0, kServFailCode = 2, kNxDomainCode = 3;
  DnsAnswer answer{.status = DnsStatus::kMalformed};
  const auto head = ReadHead(message);
  if (!head || head->truncated) {
    return answer;
  }
  MessageReader reader(message);
  uint16_t id = 0, flags = 0, questions = 0, answers = 0, type = 0, of_class = 0;
  std::string name;
  // The counts of the other two sections are not needed: what they say was not asked for.
  if (!reader.Read16(id) || !reader.Read16(flags) || !reader.Read16(questions) || !reader.Read16(answers) ||
      !reader.Skip(4) || questions != 1 || !reader.ReadName(name) || !reader.Read16(type) || !reader.Read16(of_class) ||
      name != question.name || type != static_cast<uint16_t>(question.type) || of_class != kClassIn) {
    return answer;
  }
  const uint16_t code = flags & kCode;
  if (code != kNoError && code != kNxDomainCode) {
    answer.status = code == kServFailCode ? DnsStatus::kServFail : DnsStatus::kRefused;
    return answer;
  }
  std::vector<DnsRecord> records;
  if (!ReadRecords(reader, answers, records)) {
    return answer;
  }
  Follow(records, question, answer);
  if (code == kNxDomainCode && !answer.records.empty()) {
    answer.records.clear();  // records of a name that does not exist: which of both is the lie?
    return answer;
  }
  answer.secure = (flags & kAuthentic) != 0;
  answer.status = !answer.records.empty() ? DnsStatus::kAnswer
                  : code == kNxDomainCode ? DnsStatus::kNxDomain
                                          : DnsStatus::kNoData;
  return answer;
}

std::string ReverseName(ByteView address) {
  std::string name;
  if (address.size() == 4) {
    for (const uint8_t octet : address | std::views::reverse) {
      name += fmt::format("{}.", octet);
    }
    return name + "in-addr.arpa";
  }
  for (const uint8_t octet : address | std::views::reverse) {
    name += fmt::format("{:x}.{:x}.", octet & 0xf, octet >> 4);
  }
  return name + "ip6.arpa";
}

}  // namespace verifier

#include "fakeserver/dns_wire.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <array>
#include <charconv>

namespace fakeserver {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr size_t kHeader = 12, kMaxName = 255, kMaxLabel = 63, kMaxString = 255;
constexpr uint16_t kClassIn = 1, kTypeOpt = 41;
constexpr uint16_t kFlagResponse = 0x8000, kFlagTruncated = 0x0200, kFlagRecursionDesired = 0x0100,
                   kFlagRecursionAvailable = 0x0080, kFlagAuthenticated = 0x0020, kOpcodeMask = 0x7800;

uint16_t Read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }

void Put16(Bytes& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

void Put32(Bytes& out, uint32_t value) {
  Put16(out, value >> 16);
  Put16(out, value & 0xffff);
}

// Reads an uncompressed name (a question is the first name of a message: there is nothing it could point back to).
bool ReadName(ByteView message, size_t& at, std::string& name) {
  const size_t begin = at;
  while (at < message.size()) {
    const size_t length = message[at++];
    if (length == 0) {
      return true;
    }
    if (length > kMaxLabel || at + length > message.size() || at + length - begin > kMaxName) {
      return false;
    }
    if (!name.empty()) {
      name += '.';
    }
    for (const uint8_t octet : message.subspan(at, length)) {
      const char c = static_cast<char>(octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet);
      if (octet <= 0x20 || octet >= 0x7f || c == '.' || c == '\\') {
        name += fmt::format("\\{:03d}", octet);
      } else {
        name += c;
      }
    }
    at += length;
  }
  return false;
}

// Looks for the OPT record among what follows the question; anything it does not understand ends the search.
void ReadOpt(ByteView message, size_t at, size_t records, DnsQuestion& question) {
  constexpr size_t kFixed = 10;  // TYPE, CLASS, TTL, RDLENGTH
  constexpr uint16_t kDo = 0x8000;
  for (size_t i = 0; i < records && i < 16; ++i) {
    std::string owner;
    if (!ReadName(message, at, owner) || at + kFixed > message.size()) {
      return;
    }
    if (Read16(message, at) == kTypeOpt) {
      question.edns = true;
      question.udp_size = std::max<uint16_t>(Read16(message, at + 2), 512);
      question.wants_ad |= (Read16(message, at + 6) & kDo) != 0;
      return;
    }
    at += kFixed + Read16(message, at + 8);
  }
}

// ------------------------------------------------------------------------------------------------ records

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
}

template <typename Number>
bool ReadNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

certs::Result<Bytes> Malformed(DnsType type, std::string_view text) {
  return Fail(ErrorCode::kBadInput, fmt::format("\"{}\" is no {} record", certs::Escaped(text, 200), Name(type)));
}

template <size_t kOctets>
certs::Result<Bytes> EncodeAddress(DnsType type, std::string_view text) {
  Bytes octets(kOctets);
  const std::string terminated(text);
  const int family = kOctets == 4 ? AF_INET : AF_INET6;
  return inet_pton(family, terminated.c_str(), octets.data()) == 1 ? certs::Result<Bytes>(octets)
                                                                   : Malformed(type, text);
}

// MX (RFC 1035 3.3.9), SRV (RFC 2782), SOA (RFC 1035 3.3.13): numbers and names in a fixed order.
certs::Result<Bytes> EncodeFields(DnsType type, std::string_view text, std::string_view fields) {
  const std::vector<std::string_view> words = Words(text);
  if (words.size() != fields.size()) {
    return Malformed(type, text);
  }
  Bytes data;
  for (size_t i = 0; i < fields.size(); ++i) {
    uint32_t number = 0;
    if (fields[i] == 'n') {
      const auto name = EncodeName(words[i]);
      if (!name) {
        return name;
      }
      certs::Append(data, *name);
    } else if (!ReadNumber(words[i], number) || (fields[i] == '2' && number > 0xffff)) {
      return Malformed(type, text);
    } else if (fields[i] == '2') {
      Put16(data, number);
    } else {
      Put32(data, number);
    }
  }
  return data;
}

void PutString(Bytes& data, std::string_view text) {
  data.push_back(static_cast<uint8_t>(text.size()));
  certs::Append(data, certs::ToBytes(text));
}

certs::Result<Bytes> EncodeTxt(std::string_view text) {
  Bytes data;
  if (!text.starts_with('"')) {
    do {
      PutString(data, text.substr(0, kMaxString));
      text.remove_prefix(std::min(text.size(), kMaxString));
    } while (!text.empty());
    return data;
  }
  const std::string_view whole = text;
  while (text.starts_with('"')) {
    const size_t end = text.find('"', 1);
    if (end == std::string_view::npos || end - 1 > kMaxString) {
      return Malformed(DnsType::kTxt, whole);
    }
    PutString(data, text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return text.empty() ? certs::Result<Bytes>(data) : Malformed(DnsType::kTxt, whole);
}

certs::Result<Bytes> EncodeTlsa(std::string_view text) {
  const std::vector<std::string_view> words = Words(text);
  if (words.size() < 3 || words.size() > 4) {
    return Malformed(DnsType::kTlsa, text);
  }
  Bytes data;
  for (size_t i = 0; i < 3; ++i) {
    if (!ReadNumber(words[i], data.emplace_back())) {
      return Malformed(DnsType::kTlsa, text);
    }
  }
  const std::string_view hex = words.size() == 4 ? words[3] : "";
  for (size_t i = 0; i < hex.size(); i += 2) {
    const auto [end, error] =
        std::from_chars(hex.data() + i, hex.data() + std::min(i + 2, hex.size()), data.emplace_back(), 16);
    if (error != std::errc() || end != hex.data() + i + 2) {
      return Malformed(DnsType::kTlsa, text);
    }
  }
  return data;
}

// ------------------------------------------------------------------------------------------------ answers

void PutRecord(Bytes& out, const DnsWireRecord& record) {
  // Owners come from zones, which were checked when they were encoded.
  certs::Append(out, EncodeName(record.owner).value_or(Bytes{0}));
  Put16(out, static_cast<uint16_t>(record.type));
  Put16(out, kClassIn);
  Put32(out, record.ttl);
  Put16(out, record.data.size());
  certs::Append(out, record.data);
}

Bytes Write(const DnsQuestion& question, const DnsMessage& message, bool with_records, bool truncated) {
  Bytes out;
  Put16(out, question.id);
  Put16(out, static_cast<size_t>(kFlagResponse | kFlagRecursionAvailable | (truncated ? kFlagTruncated : 0) |
                                 (question.recursion ? kFlagRecursionDesired : 0) |
                                 (message.authenticated ? kFlagAuthenticated : 0) | message.code));
  Put16(out, 1);
  Put16(out, with_records ? message.answers.size() : 0);
  Put16(out, with_records ? message.authority.size() : 0);
  Put16(out, question.edns ? 1 : 0);
  certs::Append(out, question.question);
  if (with_records) {
    for (const auto* section : {&message.answers, &message.authority}) {
      for (const DnsWireRecord& record : *section) {
        PutRecord(out, record);
      }
    }
  }
  if (question.edns) {  // RFC 6891 6.1.1
    constexpr size_t kOwnSize = 1232;
    out.push_back(0);
    Put16(out, kTypeOpt);
    Put16(out, kOwnSize);
    Put32(out, 0);
    Put16(out, 0);
  }
  return out;
}

}  // namespace

std::optional<DnsQuestion> ParseQuestion(ByteView message) {
  if (message.size() < kHeader) {
    return std::nullopt;
  }
  const uint16_t flags = Read16(message, 2);
  if ((flags & (kFlagResponse | kOpcodeMask)) != 0 || Read16(message, 4) != 1) {
    return std::nullopt;
  }
  DnsQuestion question{.id = Read16(message, 0),
                       .recursion = (flags & kFlagRecursionDesired) != 0,
                       .wants_ad = (flags & kFlagAuthenticated) != 0};
  size_t at = kHeader;
  if (!ReadName(message, at, question.name) || at + 4 > message.size() || Read16(message, at + 2) != kClassIn) {
    return std::nullopt;
  }
  question.type = Read16(message, at);
  at += 4;
  const ByteView section = message.subspan(kHeader, at - kHeader);
  question.question.assign(section.begin(), section.end());
  ReadOpt(message, at, size_t{Read16(message, 6)} + Read16(message, 8) + Read16(message, 10), question);
  return question;
}

certs::Result<Bytes> EncodeName(std::string_view name) {
  Bytes out;
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  for (std::string_view rest = name; !rest.empty();) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > kMaxLabel || label.size() + 1 == rest.size()) {
      return Fail(ErrorCode::kBadInput, fmt::format("\"{}\" is no domain name", certs::Escaped(name, 300)));
    }
    PutString(out, label);
    rest.remove_prefix(std::min(label.size() + 1, rest.size()));
  }
  out.push_back(0);
  return out.size() <= kMaxName
             ? certs::Result<Bytes>(out)
             : Fail(ErrorCode::kBadInput, fmt::format("\"{}\" is too long a name", certs::Escaped(name, 300)));
}

certs::Result<Bytes> EncodeRecord(DnsType type, std::string_view text) {
  switch (type) {
    case DnsType::kA:
      return EncodeAddress<4>(type, text);
    case DnsType::kAaaa:
      return EncodeAddress<16>(type, text);
    case DnsType::kNs:
    case DnsType::kCname:
    case DnsType::kPtr:
      return EncodeFields(type, text, "n");
    case DnsType::kMx:
      return EncodeFields(type, text, "2n");
    case DnsType::kSrv:
      return EncodeFields(type, text, "222n");
    case DnsType::kSoa:
      return EncodeFields(type, text, "nn44444");
    case DnsType::kTxt:
      return EncodeTxt(text);
    case DnsType::kTlsa:
      return EncodeTlsa(text);
  }
  return Malformed(type, text);
}

Bytes WriteAnswer(const DnsQuestion& question, const DnsMessage& message, size_t limit) {
  Bytes whole = Write(question, message, !message.truncated, message.truncated);
  return whole.size() <= limit ? whole : Write(question, message, false, true);
}

}  // namespace fakeserver

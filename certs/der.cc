#include "certs/der.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <utility>

namespace certs::der {
namespace {

constexpr size_t kLongestHeader = 10;  // identifier, length of the length, eight octets of length

size_t SizeOf(std::initializer_list<ByteView> parts) {
  size_t size = 0;
  for (ByteView part : parts) {
    size += part.size();
  }
  return size;
}

// An INTEGER, or an element that is written like one.
Bytes Number(uint8_t tag, int64_t value) {
  Bytes out = {tag, 0};
  AppendSigned(out, value);
  out[1] = static_cast<uint8_t>(out.size() - 2);
  return out;
}

ByteView View(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// Base 128, most significant first, all but the last octet with the high bit (X.690 8.19.2).
void AppendArc(Bytes& content, uint64_t arc) {
  int groups = 1;
  while (groups < 10 && (arc >> (7 * groups)) != 0) {
    ++groups;
  }
  for (int group = groups - 1; group >= 0; --group) {
    const auto low = static_cast<uint8_t>((arc >> (7 * group)) & 0x7f);
    content.push_back(static_cast<uint8_t>(group == 0 ? low : low | 0x80));
  }
}

// Takes one decimal arc and the dot behind it off the front of `text`. By hand: a certificate has a dozen OIDs, and
// std::from_chars() took longer for them than all else that is written.
std::optional<uint64_t> TakeArc(std::string_view& text) {
  constexpr uint64_t kLargest = INT64_MAX;
  uint64_t arc = 0;
  size_t digits = 0;
  for (; digits < text.size() && text[digits] != '.'; ++digits) {
    const auto digit = static_cast<uint8_t>(text[digits] - '0');
    if (digit > 9 || arc > kLargest / 10 || (digits == 1 && arc == 0)) {
      return std::nullopt;
    }
    arc = arc * 10 + digit;
  }
  const bool dot_at_the_end = digits + 1 == text.size();
  if (digits == 0 || arc > kLargest || dot_at_the_end) {
    return std::nullopt;
  }
  text.remove_prefix(std::min(digits + 1, text.size()));
  return arc;
}

// Calls take(arc) for every subidentifier of a dotted OID (X.690 8.19.4: the first two arcs are one); false if the text
// is none.
template <typename Take>
bool ForEachSubidentifier(std::string_view dotted, const Take& take) {
  const auto first = TakeArc(dotted);
  const auto second = first && !dotted.empty() ? TakeArc(dotted) : std::nullopt;
  if (!second || *first > 2 || (*first < 2 && *second > 39)) {
    return false;
  }
  take(*first * 40 + *second);
  while (!dotted.empty()) {
    const auto arc = TakeArc(dotted);
    if (!arc) {
      return false;
    }
    take(*arc);
  }
  return true;
}

void AppendDigits(std::string& text, int value, size_t width) {
  text.resize(text.size() + width);
  for (size_t i = text.size(); width-- > 0; value /= 10) {
    text[--i] = static_cast<char>('0' + value % 10);
  }
}

void AppendMonthToSecond(std::string& text, const Civil& civil) {
  for (int field : {civil.month, civil.day, civil.hour, civil.minute, civil.second}) {
    AppendDigits(text, field, 2);
  }
  text.push_back('Z');
}

}  // namespace

void AppendHeader(Bytes& out, uint8_t tag, uint64_t length) {
  out.push_back(tag);
  if (length < 0x80) {
    out.push_back(static_cast<uint8_t>(length));
    return;
  }
  const auto octets = static_cast<int>((std::bit_width(length) + 7) / 8);
  out.push_back(static_cast<uint8_t>(0x80 | octets));
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<uint8_t>(length >> shift));
  }
}

// Two's complement, the shortest that keeps the sign (X.690 8.3.2).
void AppendSigned(Bytes& out, int64_t value) {
  std::array<uint8_t, 8> octets;
  for (size_t i = 0; i < octets.size(); ++i) {
    octets[i] = static_cast<uint8_t>(static_cast<uint64_t>(value) >> (56 - 8 * i));
  }
  size_t first = 0;
  const uint8_t sign = value < 0 ? 0xff : 0x00;
  while (first + 1 < octets.size() && octets[first] == sign && (octets[first + 1] & 0x80) == (sign & 0x80)) {
    ++first;
  }
  Append(out, ByteView(octets).subspan(first));
}

bool AppendOidContent(Bytes& out, std::string_view dotted) {
  const size_t start = out.size();
  const bool valid = ForEachSubidentifier(dotted, [&](uint64_t arc) { AppendArc(out, arc); });
  if (!valid) {
    out.resize(start);
  }
  return valid;
}

Bytes TlvWithClaimedLength(uint8_t tag, uint64_t claimed_length, ByteView content) {
  Bytes out;
  out.reserve(content.size() + kLongestHeader);
  AppendHeader(out, tag, claimed_length);
  Append(out, content);
  return out;
}

Bytes Tlv(uint8_t tag, ByteView content) { return TlvWithClaimedLength(tag, content.size(), content); }

Bytes Concat(std::initializer_list<ByteView> parts) {
  Bytes out;
  out.reserve(SizeOf(parts));
  for (ByteView part : parts) {
    Append(out, part);
  }
  return out;
}

Bytes Sequence(std::initializer_list<ByteView> elements) {
  const size_t size = SizeOf(elements);
  Bytes out;
  out.reserve(size + kLongestHeader);
  AppendHeader(out, kSequence, size);
  for (ByteView element : elements) {
    Append(out, element);
  }
  return out;
}
Bytes Sequence(ByteView content) { return Tlv(kSequence, content); }

Bytes SetOf(std::vector<Bytes> elements) {
  std::ranges::sort(elements);
  Bytes content;
  for (const Bytes& element : elements) {
    Append(content, element);
  }
  return Tlv(kSet, content);
}

Bytes Context(unsigned number, ByteView content) {
  assert(number <= 30);
  return Tlv(static_cast<uint8_t>(0x80 | number), content);
}

Bytes ContextConstructed(unsigned number, ByteView content) {
  assert(number <= 30);
  return Tlv(static_cast<uint8_t>(0xa0 | number), content);
}

Bytes Boolean(bool value) { return {kBoolean, 0x01, static_cast<uint8_t>(value ? 0xff : 0x00)}; }
Bytes Null() { return {kNull, 0x00}; }
Bytes Integer(int64_t value) { return Number(kInteger, value); }
Bytes IntegerWithContent(ByteView content) { return Tlv(kInteger, content); }
Bytes Enumerated(int64_t value) { return Number(kEnumerated, value); }

std::optional<Bytes> OidContent(std::string_view dotted) {
  Bytes content;
  content.reserve(dotted.size());  // no OID is longer than its text
  return AppendOidContent(content, dotted) ? std::optional(std::move(content)) : std::nullopt;
}

bool IsOid(std::string_view dotted) {
  return ForEachSubidentifier(dotted, [](uint64_t) {});
}

Bytes Oid(std::string_view dotted) {
  const auto content = OidContent(dotted);
  assert(content.has_value());
  return Tlv(kOid, content.value_or(Bytes{}));
}

Bytes BitString(ByteView octets, uint8_t unused) {
  assert(unused < 8);
  Bytes out;
  out.reserve(octets.size() + 1 + kLongestHeader);
  AppendHeader(out, kBitString, octets.size() + 1);
  out.push_back(unused);
  Append(out, octets);
  return out;
}

Bytes NamedBits(uint16_t bits) {
  if (bits == 0) {
    return BitString({});
  }
  const int count = std::bit_width(bits);
  Bytes octets(static_cast<size_t>((count + 7) / 8), 0);
  for (int bit = 0; bit < count; ++bit) {
    if ((bits >> bit & 1) != 0) {
      octets[static_cast<size_t>(bit / 8)] |= static_cast<uint8_t>(0x80 >> (bit % 8));
    }
  }
  return BitString(octets, static_cast<uint8_t>(octets.size() * 8 - static_cast<size_t>(count)));
}

Bytes OctetString(ByteView octets) { return Tlv(kOctetString, octets); }
Bytes Utf8String(ByteView octets) { return Tlv(kUtf8String, octets); }
Bytes PrintableString(ByteView octets) { return Tlv(kPrintableString, octets); }
Bytes T61String(ByteView octets) { return Tlv(kT61String, octets); }
Bytes Ia5String(ByteView octets) { return Tlv(kIa5String, octets); }
Bytes BmpString(ByteView octets) { return Tlv(kBmpString, octets); }
Bytes Utf8String(std::string_view text) { return Tlv(kUtf8String, View(text)); }
Bytes PrintableString(std::string_view text) { return Tlv(kPrintableString, View(text)); }
Bytes Ia5String(std::string_view text) { return Tlv(kIa5String, View(text)); }

// Both conversions count days in eras of 400 years that start on 1 March, so that the leap day is the last of its year
// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
int64_t ToSeconds(const Civil& civil) {
  const int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const int64_t days = era * 146097 + day_of_era - 719468;
  return days * 86400 + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

std::optional<Civil> ToCivil(int64_t seconds_since_epoch) {
  constexpr int64_t kFirst = -62167219200;  // 0000-01-01T00:00:00Z
  constexpr int64_t kLast = 253402300799;   // 9999-12-31T23:59:59Z
  if (seconds_since_epoch < kFirst || seconds_since_epoch > kLast) {
    return std::nullopt;
  }
  int64_t days = seconds_since_epoch / 86400;
  int64_t rest = seconds_since_epoch % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const int64_t shifted = days + 719468;  // since 0000-03-01
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return Civil{.year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
               .month = static_cast<int>(month),
               .day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1),
               .hour = static_cast<int>(rest / 3600),
               .minute = static_cast<int>(rest / 60 % 60),
               .second = static_cast<int>(rest % 60)};
}

std::string UtcTimeText(const Civil& civil) {
  std::string text;
  AppendDigits(text, civil.year % 100, 2);
  AppendMonthToSecond(text, civil);
  return text;
}

std::string GeneralizedTimeText(const Civil& civil) {
  std::string text;
  AppendDigits(text, civil.year, 4);
  AppendMonthToSecond(text, civil);
  return text;
}

Bytes UtcTime(std::string_view text) { return Tlv(kUtcTime, View(text)); }
Bytes GeneralizedTime(std::string_view text) { return Tlv(kGeneralizedTime, View(text)); }

}  // namespace certs::der

#include "certs/diff.h"

#include <arpa/inet.h>

#include <array>
#include <utility>

#include "certs/diff_engine.h"

namespace certs {
namespace diff_internal {

std::string Bounded(std::string text) {
  if (text.size() > kLongest) {
    const size_t cut = text.size() - kLongest;
    text.resize(kLongest);
    text += "...(+" + std::to_string(cut) + ")";
  }
  return text;
}

std::string Quoted(std::string_view text) { return '"' + Escaped(text, kLongest) + '"'; }

std::string Octets(ByteView bytes) {
  const bool text = !bytes.empty() && std::ranges::all_of(bytes, [](uint8_t c) { return c >= 0x20 && c <= 0x7e; });
  return Bounded(text ? Quoted(AsText(bytes)) : "0x" + ToHex(bytes.first(std::min(bytes.size(), kLongest))));
}

std::string Seconds(std::chrono::seconds duration) {
  constexpr std::array<std::pair<uint64_t, std::string_view>, 4> kUnits = {
      {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  const bool negative = duration.count() < 0;
  // Negated as unsigned: the most negative count has no positive twin.
  uint64_t rest = static_cast<uint64_t>(duration.count());
  rest = negative ? 0 - rest : rest;
  std::string text = negative ? "-" : "";
  if (rest == 0) {
    return "0 s";
  }
  for (const auto& [size, unit] : kUnits) {
    if (rest >= size) {
      text += (text.size() > 1 ? " " : "") + std::to_string(rest / size) + " " + std::string(unit);
      rest %= size;
    }
  }
  return text;
}

std::string Nanoseconds(std::chrono::nanoseconds duration) {
  const long long count = duration.count();
  if (count % 1'000'000'000 == 0) {
    return Seconds(std::chrono::duration_cast<std::chrono::seconds>(duration));
  }
  if (count % 1'000'000 == 0) {
    return std::to_string(count / 1'000'000) + " ms";
  }
  return count % 1000 == 0 ? std::to_string(count / 1000) + " us" : std::to_string(count) + " ns";
}

std::string Join(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : std::string(prefix) + "." + std::string(name);
}

}  // namespace diff_internal

namespace {

std::string Address(ByteView octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = octets.size() == 4 ? AF_INET : AF_INET6;
  return inet_ntop(family, octets.data(), text.data(), text.size()) == nullptr ? ToHex(octets) : text.data();
}

std::string AddressOrSubnet(ByteView octets) {
  switch (octets.size()) {
    case 4:
    case 16:
      return Address(octets);
    case 8:
    case 32:  // address and mask, as in a name constraint
      return Address(octets.first(octets.size() / 2)) + "/" + Address(octets.subspan(octets.size() / 2));
    default:
      return "0x" + ToHex(octets.first(std::min<size_t>(octets.size(), 64)));
  }
}

std::string_view AttributeName(std::string_view oid) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames = {
      {{"2.5.4.3", "CN"},
       {"2.5.4.6", "C"},
       {"2.5.4.7", "L"},
       {"2.5.4.8", "ST"},
       {"2.5.4.10", "O"},
       {"2.5.4.11", "OU"},
       {"0.9.2342.19200300.100.1.25", "DC"},
       {"1.2.840.113549.1.9.1", "email"}}};
  const auto found = std::ranges::find(kNames, oid, &std::pair<std::string_view, std::string_view>::first);
  return found == kNames.end() ? oid : found->second;
}

}  // namespace

std::string InWords(const KeySpec& key) { return std::string(Name(key.type)) + "/" + Escaped(key.label, 64); }

std::string InWords(const GeneralName& name) {
  std::string form(Name(name.form));
  if (form == "unknown") {
    form = "[" + std::to_string(static_cast<int>(name.form)) + "]";
  }
  return form + ":" + (name.form == NameForm::kIp ? AddressOrSubnet(name.value) : Escaped(name.value, 255));
}

std::string InWords(const Attribute& attribute) {
  std::string text = Escaped(AttributeName(attribute.oid), 64);
  if (attribute.type != StringType::kUtf8) {
    text += "(" + std::string(Name(attribute.type)) + ")";
  }
  return text + "=" + Escaped(attribute.value, 128);
}

std::string InWords(const TimeSpec& time) {
  const std::string form = time.form == TimeForm::kAuto ? "" : " as " + std::string(Name(time.form));
  if (time.raw) {
    return "raw " + diff_internal::Quoted(*time.raw) + form;
  }
  return (time.from_now.count() > 0 ? "+" : "") + diff_internal::Seconds(time.from_now) + form;
}

std::vector<Difference> Diff(const ChainSpec& from, const ChainSpec& to) {
  std::vector<Difference> differences;
  DiffInto("", from, to, differences);
  return differences;
}

std::string ToString(const Difference& difference) {
  return difference.member + ": " + difference.from + " -> " + difference.to;
}

}  // namespace certs

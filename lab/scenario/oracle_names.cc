#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certs/bytes.h"
#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Bytes;
using certs::GeneralName;
using certs::NameForm;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// RFC 1034 3.5 as RFC 1123 2.1 relaxed it, with the underscore that DNS-based names have.
bool IsLabel(std::string_view label) {
  constexpr size_t kLongestLabel = 63;
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(
             label, [](char c) { return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '-' || c == '_'; });
}

}  // namespace

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return Lower(c); });
  return lower;
}

std::vector<std::string> Labels(std::string_view name) {
  std::vector<std::string> labels(1);
  for (const char c : name) {
    if (c == '.') {
      labels.emplace_back();
    } else {
      labels.back() += c;
    }
  }
  return labels;
}

bool IsHostName(std::string_view name) {
  constexpr size_t kLongestName = 253;
  const std::vector<std::string> labels = Labels(name);
  return name.size() <= kLongestName && std::ranges::all_of(labels, IsLabel) &&
         !std::ranges::all_of(labels.back(), IsDigit);
}

// "*" as the whole left-most label, before at least two others.
bool IsWildcard(std::string_view name) {
  constexpr std::string_view kStar = "*.";
  return name.starts_with(kStar) && IsHostName(name.substr(kStar.size())) &&
         Labels(name.substr(kStar.size())).size() >= 2;
}

bool EndsInDomain(std::string_view name, std::string_view domain) {
  return name == domain ||
         (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

namespace {

// ------------------------------------------------------------------------------------------------ punycode

std::optional<std::vector<uint32_t>> ReadUtf8(std::string_view text) {
  std::vector<uint32_t> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
    if (more < 0 || text.size() - i < static_cast<size_t>(more)) {
      return std::nullopt;
    }
    uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<uint8_t>(text[i++]);
      if (next >> 6 != 2) {
        return std::nullopt;
      }
      point = point << 6 | (next & 0x3fU);
    }
    points.push_back(point);
  }
  return points;
}

// RFC 3492 6.1 and 6.3, without the overflow that a label of 63 octets cannot reach.
std::string Punycode(const std::vector<uint32_t>& points) {
  constexpr uint32_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700;
  uint32_t n = 128, delta = 0, bias = 72;
  std::string out;
  for (const uint32_t point : points) {
    if (point < n) {
      out += static_cast<char>(point);
    }
  }
  const auto basic = static_cast<uint32_t>(out.size());
  uint32_t handled = basic;
  out += basic > 0 ? "-" : "";
  while (handled < points.size()) {
    uint32_t next = UINT32_MAX;
    for (const uint32_t point : points) {
      next = point >= n ? std::min(next, point) : next;
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const uint32_t point : points) {
      delta += point < n ? 1 : 0;
      if (point != n) {
        continue;
      }
      uint32_t q = delta;
      const auto digit = [&](uint32_t d) { out += static_cast<char>(d < 26 ? 'a' + d : '0' + (d - 26)); };
      for (uint32_t k = kBase;; k += kBase) {
        const uint32_t t = k <= bias ? kTMin : k >= bias + kTMax ? kTMax : k - bias;
        if (q < t) {
          break;
        }
        digit(t + (q - t) % (kBase - t));
        q = (q - t) / (kBase - t);
      }
      digit(q);
      delta = handled == basic ? delta / kDamp : delta / 2;
      delta += delta / (handled + 1);
      uint32_t k = 0;
      for (; delta > ((kBase - kTMin) * kTMax) / 2; k += kBase) {
        delta /= kBase - kTMin;
      }
      bias = k + (kBase - kTMin + 1) * delta / (delta + kSkew);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

// U-labels to A-labels (RFC 5891 4.4), without mapping and without asking whether the letters are allowed.
std::optional<std::string> ToALabels(std::string_view name) {
  std::string out;
  bool first = true;
  for (const std::string& label : Labels(name)) {
    out += std::exchange(first, false) ? "" : ".";
    const bool ascii = std::ranges::all_of(label, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
    const auto points = ascii ? std::nullopt : ReadUtf8(label);
    if (!ascii && (!points || points->size() > 63)) {
      return std::nullopt;
    }
    out += ascii ? label : "xn--" + Punycode(*points);
  }
  return out;
}

// The lower-case letters of Latin-1 are their own mapping and are allowed in U-labels (RFC 5892 A).
bool NeedsNoMapping(std::string_view name) {
  const auto points = ReadUtf8(name);
  return !points ||
         std::ranges::all_of(*points, [](uint32_t c) { return c < 0x80 || (c >= 0xdf && c <= 0xff && c != 0xf7); });
}

}  // namespace

Reference ReadReference(std::string_view configured) {
  const std::string text(configured);
  std::array<uint8_t, 16> address{};
  if (text.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, text.c_str(), address.data()) == 1) {
      return {.ip = Bytes(address.begin(), address.begin() + 4)};
    }
    if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) {
      return {.ip = Bytes(address.begin(), address.end())};
    }
  }
  Reference reference;
  std::string_view name = configured;
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  const std::optional<std::string> ascii = ToALabels(Lower(name));
  if (!NeedsNoMapping(name)) {
    reference.uncertain = "an international name that must be mapped before it is converted";
  }
  if (ascii && IsHostName(*ascii)) {
    reference.dns = *ascii;
  }
  return reference;
}

bool Names(const std::vector<GeneralName>& presented, const Reference& reference) {
  return std::ranges::any_of(presented, [&](const GeneralName& name) {
    if (reference.ip) {
      return name.form == NameForm::kIp && name.value == *reference.ip;
    }
    if (name.form != NameForm::kDns || !reference.dns) {
      return false;
    }
    const std::string text = Lower(certs::AsText(name.value));
    if (IsWildcard(text)) {
      const size_t dot = reference.dns->find('.');
      return dot != std::string::npos && reference.dns->substr(dot + 1) == text.substr(2);
    }
    return IsHostName(text) && text == *reference.dns;
  });
}

}  // namespace lab::oracle

// Property: a configured name in UTF-8 becomes what RFC 5891 and RFC 3492 say. For names of letters that no mapping
// touches a model of punycode says the very octets; of any other name the A-labels decode to a U-label that encodes to
// them again, turned into U-labels and back the name is the same, the case of ASCII letters never matters, and no ASCII
// character that host names cannot hold ever disappears: it makes the name invalid.
//
// Input: an octet that says where a foreign character is put in, then the name.
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/idna.h"
#include "lab/verifier/name_match.h"

namespace {

using fuzz::Require;
using Points = std::vector<uint32_t>;

// --- RFC 3492, without its case annotation. ---

constexpr uint32_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700, kInitialBias = 72, kInitialN = 128;

uint32_t Adapted(uint32_t delta, uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  uint32_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase) {
    delta /= kBase - kTMin;
  }
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

uint32_t Threshold(uint32_t k, uint32_t bias) { return k <= bias + kTMin ? kTMin : std::min(k - bias, kTMax); }

char DigitOf(uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); }

std::string Encoded(const Points& label) {
  std::string out;
  for (const uint32_t point : label) {
    if (point < 0x80) {
      out += static_cast<char>(point);
    }
  }
  const uint32_t basic = static_cast<uint32_t>(out.size());
  out += basic > 0 ? "-" : "";
  uint32_t n = kInitialN, delta = 0, bias = kInitialBias, handled = basic;
  while (handled < label.size()) {
    uint32_t next = 0x110000;
    for (const uint32_t point : label) {
      next = point >= n ? std::min(next, point) : next;
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const uint32_t point : label) {
      delta += point < n ? 1 : 0;
      if (point != n) {
        continue;
      }
      uint32_t q = delta;
      for (uint32_t k = kBase; q >= Threshold(k, bias); k += kBase) {
        const uint32_t t = Threshold(k, bias);
        out += DigitOf(t + (q - t) % (kBase - t));
        q = (q - t) / (kBase - t);
      }
      out += DigitOf(q);
      bias = Adapted(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

std::optional<Points> Decoded(std::string_view text) {
  Points out;
  const size_t dash = text.rfind('-');
  for (const char c : text.substr(0, dash == text.npos ? 0 : dash)) {
    out.push_back(static_cast<uint8_t>(c));
  }
  text.remove_prefix(dash == text.npos ? 0 : dash + 1);
  uint64_t n = kInitialN, i = 0;
  uint32_t bias = kInitialBias;
  while (!text.empty()) {
    const uint64_t before = i;
    uint64_t weight = 1;
    for (uint32_t k = kBase;; k += kBase) {
      const char c = text.empty() ? '!' : text.front();
      text.remove_prefix(text.empty() ? 0 : 1);
      const bool letter = c >= 'a' && c <= 'z';
      if (!letter && !(c >= '0' && c <= '9')) {
        return std::nullopt;
      }
      const auto digit = static_cast<uint32_t>(letter ? c - 'a' : c - '0' + 26);
      i += digit * weight;
      const uint32_t t = Threshold(k, bias);
      if (i > 0xffffffff || digit < t) {
        break;
      }
      weight *= kBase - t;
    }
    bias = Adapted(static_cast<uint32_t>(i - before), static_cast<uint32_t>(out.size()) + 1, before == 0);
    n += i / (out.size() + 1);
    i %= out.size() + 1;
    if (n > 0x10ffff) {
      return std::nullopt;
    }
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), static_cast<uint32_t>(n));
    ++i;
  }
  return out;
}

// --- The model of a name of letters that UTS #46 maps to themselves, written from left to right. ---

bool IsHostOctet(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }
uint32_t Lower(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 0x20 : c; }

// Small letters of Latin-1, Greek and Cyrillic, and ideographs.
bool IsPlainLetter(uint32_t c) {
  return (c >= 0xdf && c <= 0xff && c != 0xf7) || (c >= 0x3b1 && c <= 0x3c9) || (c >= 0x430 && c <= 0x44f) ||
         (c >= 0x4e00 && c <= 0x9fa5);
}

// The code points of two- and three-octet UTF-8 and ASCII; nothing for anything else.
std::optional<Points> PlainPoints(std::string_view utf8) {
  Points points;
  for (size_t at = 0; at < utf8.size();) {
    const auto octet = [&](size_t i) { return at + i < utf8.size() ? static_cast<uint8_t>(utf8[at + i]) : 0U; };
    const auto trail = [&](size_t i) { return (octet(i) & 0xc0U) == 0x80U; };
    uint32_t point = Lower(octet(0));
    size_t length = 1;
    if ((octet(0) & 0xe0U) == 0xc0U && trail(1)) {
      point = (octet(0) & 0x1fU) << 6 | (octet(1) & 0x3fU);
      length = 2;
    } else if ((octet(0) & 0xf0U) == 0xe0U && trail(1) && trail(2)) {
      point = (octet(0) & 0xfU) << 12 | (octet(1) & 0x3fU) << 6 | (octet(2) & 0x3fU);
      length = 3;
    }
    const bool shortest = length == 1 || point >= (length == 2 ? 0x80U : 0x800U);
    if (!shortest || (point != '.' && (length == 1 ? !IsHostOctet(point) : !IsPlainLetter(point)))) {
      return std::nullopt;
    }
    points.push_back(point);
    at += length;
  }
  return points;
}

enum class Model { kValid, kInvalid, kUnknown };

struct Modelled {
  Model verdict = Model::kUnknown;
  std::string name;
};

// One label appended, or why not.
Model AppendLabel(const Points& label, std::string& name) {
  const bool ascii = std::ranges::all_of(label, [](uint32_t point) { return point < 0x80; });
  const bool two_hyphens = label.size() > 3 && label[2] == '-' && label[3] == '-';
  if (ascii && two_hyphens) {
    return Model::kUnknown;  // an A-label, or reserved
  }
  if (label.empty() || label.front() == '-' || label.back() == '-') {
    return Model::kInvalid;
  }
  const bool low_line = std::ranges::find(label, uint32_t{'_'}) != label.end();
  if (!ascii && (two_hyphens || low_line)) {  // RFC 5891 4.2.3.1; RFC 5892: DISALLOWED
    return Model::kInvalid;
  }
  const std::string text = ascii ? std::string(label.begin(), label.end()) : "xn--" + Encoded(label);
  name += name.empty() ? text : '.' + text;
  return text.size() > 63 ? Model::kInvalid : Model::kValid;
}

Modelled ModelOf(std::string_view utf8) {
  std::optional<Points> points = PlainPoints(utf8);
  if (!points) {
    return {};
  }
  if (!points->empty() && points->back() == '.') {
    points->pop_back();
  }
  points->push_back('.');
  Modelled modelled{Model::kValid, ""};
  Points label;
  for (const uint32_t point : *points) {
    if (point != '.') {
      label.push_back(point);
      continue;
    }
    const Model verdict = AppendLabel(label, modelled.name);
    modelled.verdict = verdict == Model::kUnknown || modelled.verdict == Model::kUnknown ? Model::kUnknown
                       : verdict == Model::kInvalid                                      ? Model::kInvalid
                                                                                         : modelled.verdict;
    label.clear();
  }
  const std::string last = modelled.name.substr(modelled.name.rfind('.') + 1);
  if (modelled.verdict == Model::kValid &&
      (modelled.name.size() > 253 || last.find_first_not_of("0123456789") == last.npos)) {
    modelled.verdict = Model::kInvalid;
  }
  return modelled;
}

// --- Laws. ---

std::string Swapped(std::string_view text) {
  std::string swapped(text);
  for (char& c : swapped) {
    c = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? static_cast<char>(c ^ 0x20) : c;
  }
  return swapped;
}

void CheckALabels(std::string_view dns) {
  while (!dns.empty()) {
    const std::string_view label = dns.substr(0, dns.find('.'));
    dns.remove_prefix(std::min(dns.size(), label.size() + 1));
    if (!label.starts_with("xn--")) {
      continue;
    }
    const std::optional<Points> points = Decoded(label.substr(4));
    Require(points.has_value(), "an A-label is punycode");
    Require(Encoded(*points) == label.substr(4), "and its only one");
    Require(std::ranges::any_of(*points, [](uint32_t point) { return point >= 0x80; }), "of more than ASCII");
    for (const uint32_t point : *points) {
      Require(point >= 0x80 ? point < 0xd800 || point > 0xdfff : IsHostOctet(point) && point != '_',
              "of characters and no surrogates, and the ASCII among them is a host name's");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const uint8_t place = input.Octet();
  const fuzz::Exact name(input.Rest());
  const auto reference = verifier::ParseReference(name.text());
  const bool international = std::ranges::any_of(name.text(), [](char c) { return static_cast<uint8_t>(c) > 0x7f; });
  if (international) {
    const Modelled model = ModelOf(name.text());
    Require(model.verdict == Model::kUnknown || (model.verdict == Model::kValid) == reference.has_value(),
            "a name of plain letters is valid or not as the model says");
    Require(model.verdict != Model::kValid || reference->dns == model.name, "and becomes what the model says");
  }
  const auto swapped = verifier::ParseReference(Swapped(name.text()));
  Require(swapped.has_value() == reference.has_value() && (!reference || *swapped == *reference),
          "the case of ASCII letters never matters");
  if (!reference || reference->kind != verifier::Reference::Kind::kDns || !international) {
    return 0;
  }
  CheckALabels(reference->dns);
  const auto back = verifier::ParseReference(verifier::ToULabels(reference->dns));
  Require(back && *back == *reference, "turned into U-labels and back it is the same");
  std::string foreign(name.text());
  constexpr std::string_view kForeign = " !\"#$&'()*+,/;<=>?@\\^`{|}~\x7f\t";
  foreign.insert(place % (foreign.size() + 1), 1, kForeign[place % kForeign.size()]);
  Require(!verifier::ParseReference(foreign), "a foreign ASCII character is refused, never dropped");
  return 0;
}

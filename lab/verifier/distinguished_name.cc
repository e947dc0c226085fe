#include "lab/verifier/distinguished_name.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lab/verifier/der_reader.h"

namespace verifier {
namespace {

// One AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }.
struct AttributeView {
  ByteView oid;
  unsigned tag = 0;
  ByteView value;  // content octets
};

// Calls on_rdn with the attributes of each RDN of Name ::= SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue.
// False if it is not that.
template <typename OnRdn>
bool ForEachRdn(ByteView name, OnRdn&& on_rdn) {
  CBS rdns;
  if (!ReadOnly(name, &rdns, CBS_ASN1_SEQUENCE)) {
    return false;
  }
  std::vector<AttributeView> attributes;
  while (CBS_len(&rdns) > 0) {
    CBS rdn;
    if (!CBS_get_asn1(&rdns, &rdn, CBS_ASN1_SET) || CBS_len(&rdn) == 0) {
      return false;
    }
    attributes.clear();
    while (CBS_len(&rdn) > 0) {
      CBS pair;
      CBS value;
      AttributeView attribute;
      if (!CBS_get_asn1(&rdn, &pair, CBS_ASN1_SEQUENCE) || !ReadOid(&pair, &attribute.oid) ||
          !CBS_get_any_asn1(&pair, &value, &attribute.tag) || CBS_len(&pair) != 0) {
        return false;
      }
      attribute.value = ViewOf(value);
      attributes.push_back(attribute);
    }
    on_rdn(std::as_const(attributes));
  }
  return true;
}

void PutSize(Bytes& out, size_t at, size_t size) {
  for (size_t i = 0; i < 4; ++i) {
    out[at + i] = static_cast<uint8_t>(size >> (24 - 8 * i));
  }
}

// Appends what `append` appends, with its size in front.
template <typename Append>
void AppendBehindSize(Bytes& out, Append&& append) {
  const size_t at = out.size();
  out.resize(at + 4);
  append();
  PutSize(out, at, out.size() - at - 4);
}

void AppendSized(Bytes& out, ByteView bytes) {
  AppendBehindSize(out, [&] { certs::Append(out, bytes); });
}

bool IsText(unsigned tag) {
  return tag == CBS_ASN1_PRINTABLESTRING || tag == CBS_ASN1_UTF8STRING || tag == CBS_ASN1_IA5STRING;
}

// RFC 5280 7.1: fold case, drop leading and trailing white space, make one space of several.
void AppendFolded(Bytes& out, ByteView value) {
  const size_t start = out.size();
  bool pending_space = false;
  for (const uint8_t octet : value) {
    if (octet == ' ' || (octet >= '\t' && octet <= '\r')) {
      pending_space = out.size() > start;
      continue;
    }
    if (pending_space) {
      out.push_back(' ');
      pending_space = false;
    }
    out.push_back(octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet + ('a' - 'A')) : octet);
  }
}

void AppendCanonical(Bytes& out, const AttributeView& attribute) {
  AppendSized(out, attribute.oid);
  if (IsText(attribute.tag)) {
    out.push_back('t');
    AppendFolded(out, attribute.value);
  } else {
    out.push_back('b');
    out.resize(out.size() + 4);
    PutSize(out, out.size() - 4, attribute.tag);
    certs::Append(out, attribute.value);
  }
}

// An RDN is a set: its attributes stand in the order of their canonical forms.
void AppendCanonicalSet(Bytes& out, const std::vector<AttributeView>& attributes) {
  std::vector<Bytes> parts(attributes.size());
  for (size_t i = 0; i < attributes.size(); ++i) {
    AppendCanonical(parts[i], attributes[i]);
  }
  std::ranges::sort(parts);
  for (const Bytes& part : parts) {
    AppendSized(out, part);
  }
}

// Short names of the attribute types people meet (RFC 4519, RFC 2985).
struct ShortName {
  std::array<uint8_t, 3> oid;
  std::string_view name;
};
constexpr ShortName kShortNames[] = {
    {{0x55, 0x04, 0x03}, "CN"}, {{0x55, 0x04, 0x05}, "serialNumber"}, {{0x55, 0x04, 0x06}, "C"},
    {{0x55, 0x04, 0x07}, "L"},  {{0x55, 0x04, 0x08}, "ST"},           {{0x55, 0x04, 0x0a}, "O"},
    {{0x55, 0x04, 0x0b}, "OU"},
};

std::string TypeText(ByteView oid) {
  for (const ShortName& known : kShortNames) {
    if (Same(oid, known.oid)) {
      return std::string(known.name);
    }
  }
  return OidText(oid);
}

// The value for people. One that could be read as a further attribute is quoted (CVE-2021-44532).
std::string ValueText(ByteView value) {
  constexpr size_t kMost = 120;
  std::string text;
  bool quote = false;
  for (const char c : certs::Escaped(value, kMost)) {
    quote = quote || c == ',' || c == '+' || c == '=' || c == '"';
    text += c == '"' ? std::string("\\x22") : std::string(1, c);
  }
  return quote ? '"' + text + '"' : text;
}

}  // namespace

std::optional<Bytes> CanonicalName(ByteView name) {
  Bytes out;
  out.reserve(2 * name.size());
  const bool is_name = ForEachRdn(name, [&out](const std::vector<AttributeView>& attributes) {
    AppendBehindSize(out, [&] {
      if (attributes.size() == 1) {  // nearly every RDN there is
        AppendBehindSize(out, [&] { AppendCanonical(out, attributes.front()); });
      } else {
        AppendCanonicalSet(out, attributes);
      }
    });
  });
  if (!is_name) {
    return std::nullopt;
  }
  return out;
}

bool IsEmptyName(ByteView name) {
  CBS rdns;
  return ReadOnly(name, &rdns, CBS_ASN1_SEQUENCE) && CBS_len(&rdns) == 0;
}

std::vector<ByteView> AttributeValues(ByteView name, ByteView oid) {
  std::vector<ByteView> values;
  ForEachRdn(name, [&](const std::vector<AttributeView>& attributes) {
    for (const AttributeView& attribute : attributes) {
      if (Same(attribute.oid, oid)) {
        values.push_back(attribute.value);
      }
    }
  });
  return values;
}

std::string NameText(ByteView name) {
  constexpr size_t kMost = 500;
  std::string text;
  bool cut = false;
  ForEachRdn(name, [&](const std::vector<AttributeView>& attributes) {
    for (size_t i = 0; i < attributes.size(); ++i) {
      if (text.size() > kMost) {
        cut = true;
        return;
      }
      text += text.empty() ? "" : (i == 0 ? ", " : " + ");
      text += TypeText(attributes[i].oid) + "=" + ValueText(attributes[i].value);
    }
  });
  if (text.empty()) {
    return "(empty)";
  }
  return cut ? text + ", ..." : text;
}

}  // namespace verifier

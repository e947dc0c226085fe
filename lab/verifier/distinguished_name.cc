#include "lab/verifier/distinguished_name.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <array>
#include <span>
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

bool ReadAttribute(CBS* rdn, AttributeView* attribute) {
  CBS pair;
  CBS value;
  if (!ReadBody(rdn, &pair, CBS_ASN1_SEQUENCE) || !ReadOid(&pair, &attribute->oid) ||
      !ReadAnyBody(&pair, &value, &attribute->tag) || SizeOf(pair) != 0) {
    return false;
  }
  attribute->value = ViewOf(value);
  return true;
}

// The attributes of an RDN; gone once it returns.
using Attributes = std::span<const AttributeView>;

// Calls on_rdn with the attributes of each RDN of Name ::= SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue.
// False if it is not that.
template <typename OnRdn>
bool ForEachRdn(ByteView name, OnRdn&& on_rdn) {
  CBS rdns;
  if (!ReadOnly(name, &rdns, CBS_ASN1_SEQUENCE)) {
    return false;
  }
  std::vector<AttributeView> several;
  while (SizeOf(rdns) > 0) {
    CBS rdn;
    AttributeView attribute;
    if (!ReadBody(&rdns, &rdn, CBS_ASN1_SET) || !ReadAttribute(&rdn, &attribute)) {
      return false;
    }
    if (SizeOf(rdn) == 0) {  // nearly every RDN there is
      on_rdn(Attributes(&attribute, 1));
      continue;
    }
    several.assign(1, attribute);
    while (SizeOf(rdn) > 0) {
      if (!ReadAttribute(&rdn, &attribute)) {
        return false;
      }
      several.push_back(attribute);
    }
    on_rdn(Attributes(several));
  }
  return true;
}

bool IsText(unsigned tag) {
  return tag == CBS_ASN1_PRINTABLESTRING || tag == CBS_ASN1_UTF8STRING || tag == CBS_ASN1_IA5STRING;
}

// Letters in lower case, white space as spaces.
constexpr std::array<uint8_t, 256> FoldedOctets() {
  std::array<uint8_t, 256> table{};
  for (unsigned octet = 0; octet < table.size(); ++octet) {
    const bool upper = octet >= 'A' && octet <= 'Z';
    const bool space = octet >= '\t' && octet <= '\r';
    table[octet] = static_cast<uint8_t>(upper ? octet + ('a' - 'A') : space ? ' ' : octet);
  }
  return table;
}
constexpr std::array<uint8_t, 256> kFolded = FoldedOctets();

// Writes the canonical form into one piece of memory that is found once: there are two names in every certificate.
class CanonicalWriter {
 public:
  explicit CanonicalWriter(size_t usual_size) : out_(usual_size) {}

  // An RDN is a set: its attributes stand in the order of their canonical forms.
  void Rdn(Attributes attributes) {
    const size_t rdn = BeginSized();
    if (attributes.size() == 1) {
      const size_t only = BeginSized();
      Attribute(attributes.front());
      EndSized(only);
    } else {
      for (const Bytes& part : SortedForms(attributes)) {
        Sized(part);
      }
    }
    EndSized(rdn);
  }

  Bytes Take() {
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  static constexpr size_t kSizeOctets = 4;

  static std::vector<Bytes> SortedForms(Attributes attributes) {
    std::vector<Bytes> parts;
    for (const AttributeView& attribute : attributes) {
      CanonicalWriter writer(2 * (attribute.oid.size() + attribute.value.size()));
      writer.Attribute(attribute);
      parts.push_back(writer.Take());
    }
    std::ranges::sort(parts);
    return parts;
  }

  void Attribute(const AttributeView& attribute) {
    Sized(attribute.oid);
    if (IsText(attribute.tag)) {
      *Room(1) = 't';
      Folded(attribute.value);
    } else {
      *Room(1) = 'b';
      WriteNumber(Room(kSizeOctets), attribute.tag);
      Octets(attribute.value);
    }
  }

  // RFC 5280 7.1: fold case, drop leading and trailing white space, make one space of several.
  void Folded(ByteView value) {
    uint8_t* const begin = Room(value.size());  // it gets no longer
    uint8_t* end = begin;
    bool pending_space = false;
    for (const uint8_t octet : value) {
      const uint8_t folded = kFolded[octet];
      if (folded == ' ') {
        pending_space = end > begin;
        continue;
      }
      if (pending_space) {
        *end++ = ' ';
        pending_space = false;
      }
      *end++ = folded;
    }
    size_ -= value.size() - static_cast<size_t>(end - begin);
  }

  void Octets(ByteView octets) { std::ranges::copy(octets, Room(octets.size())); }
  void Sized(ByteView octets) {
    WriteNumber(Room(kSizeOctets), octets.size());
    Octets(octets);
  }
  // What is written between the two has its size in front.
  size_t BeginSized() {
    Room(kSizeOctets);
    return size_;
  }
  void EndSized(size_t begin) { WriteNumber(out_.data() + begin - kSizeOctets, size_ - begin); }

  static void WriteNumber(uint8_t* at, size_t number) {
    for (size_t i = 0; i < kSizeOctets; ++i) {
      at[i] = static_cast<uint8_t>(number >> (24 - 8 * i));
    }
  }

  // The next `count` octets, to be written; until the next call.
  uint8_t* Room(size_t count) {
    if (out_.size() - size_ < count) {
      out_.resize(2 * (size_ + count));
    }
    uint8_t* const at = out_.data() + size_;
    size_ += count;
    return at;
  }

  Bytes out_;
  size_t size_ = 0;  // of out_, so much has been written
};

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
  CanonicalWriter writer(2 * name.size());
  if (!ForEachRdn(name, [&writer](Attributes attributes) { writer.Rdn(attributes); })) {
    return std::nullopt;
  }
  return writer.Take();
}

bool IsEmptyName(ByteView name) {
  CBS rdns;
  return ReadOnly(name, &rdns, CBS_ASN1_SEQUENCE) && SizeOf(rdns) == 0;
}

std::vector<ByteView> AttributeValues(ByteView name, ByteView oid) {
  std::vector<ByteView> values;
  ForEachRdn(name, [&](Attributes attributes) {
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
  ForEachRdn(name, [&](Attributes attributes) {
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

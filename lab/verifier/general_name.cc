#include "lab/verifier/general_name.h"

#include <fmt/format.h>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"

namespace verifier {
namespace {

constexpr int kForms = 9;
// otherName, x400Address, directoryName and ediPartyName are constructed, the others primitive.
constexpr bool kIsConstructed[kForms] = {true, false, false, true, true, true, false, false, false};
constexpr std::string_view kLabels[kForms] = {"otherName", "email", "DNS", "x400",        "dirName",
                                              "ediParty",  "URI",   "IP",  "registeredID"};

// AnotherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }, implicitly tagged.
bool IsOtherName(CBS body) {
  ByteView type;
  CBS value;
  CBS any;
  return ReadOid(&body, &type) && ReadBody(&body, &value, CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0) &&
         SizeOf(body) == 0 && CBS_get_any_asn1_element(&value, &any, nullptr, nullptr) && SizeOf(value) == 0;
}

}  // namespace

bool ReadGeneralName(CBS* from, GeneralNameView* name) {
  CBS body;
  unsigned tag = 0;
  if (!ReadAnyBody(from, &body, &tag)) {
    return false;
  }
  const unsigned number = tag & CBS_ASN1_TAG_NUMBER_MASK;
  if ((tag & CBS_ASN1_CLASS_MASK) != CBS_ASN1_CONTEXT_SPECIFIC || number >= kForms ||
      ((tag & CBS_ASN1_CONSTRUCTED) != 0) != kIsConstructed[number]) {
    return false;
  }
  name->tag = static_cast<int>(number);
  name->value = ViewOf(body);
  switch (name->tag) {
    case kOtherName:
      return IsOtherName(body);
    case kDirectoryName:  // Name is a CHOICE, so its tag is explicit
      return CanonicalName(name->value).has_value();
    case kRegisteredId:
      return IsOid(name->value);
    default:
      return true;
  }
}

bool AreGeneralNames(CBS content) {
  if (SizeOf(content) == 0) {
    return false;
  }
  while (SizeOf(content) > 0) {
    GeneralNameView name;
    if (!ReadGeneralName(&content, &name)) {
      return false;
    }
  }
  return true;
}

std::optional<std::vector<GeneralNameView>> ParseGeneralNames(ByteView value) {
  CBS list;
  if (!ReadOnly(value, &list, CBS_ASN1_SEQUENCE) || SizeOf(list) == 0) {
    return std::nullopt;
  }
  std::vector<GeneralNameView> names;
  while (SizeOf(list) > 0) {
    GeneralNameView name;
    if (!ReadGeneralName(&list, &name)) {
      return std::nullopt;
    }
    names.push_back(name);
  }
  return names;
}

ByteView OtherNameType(const GeneralNameView& name) {
  CBS body = CbsOf(name.value);
  ByteView type;
  return name.tag == kOtherName && ReadOid(&body, &type) ? type : ByteView{};
}

std::string GeneralNameText(const GeneralNameView& name) {
  constexpr size_t kMost = 260;
  const std::string label(kLabels[name.tag]);
  switch (name.tag) {
    case kRfc822Name:
    case kDnsName:
    case kUri:
      return label + ":" + certs::Escaped(name.value, kMost);
    case kIpAddress:
      return label + ":" + IpText(name.value);
    case kDirectoryName:
      return label + ":" + NameText(name.value);
    case kRegisteredId:
      return label + ":" + OidText(name.value);
    case kOtherName:
      return label + ":" + OidText(OtherNameType(name)) + " " + certs::Escaped(name.value, kMost);
    default:
      return label + ":" + certs::Escaped(name.value, kMost);
  }
}

std::string IpText(ByteView octets) {
  if (octets.size() == 4) {
    return fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]);
  }
  if (octets.size() != 16) {
    return "0x" + certs::ToHex(octets.first(std::min<size_t>(octets.size(), 64)));
  }
  std::string text;
  for (size_t i = 0; i < 16; i += 2) {
    text += fmt::format("{}{:x}", i == 0 ? "" : ":", octets[i] << 8 | octets[i + 1]);
  }
  return text;
}

}  // namespace verifier

#include "certs/describe_extensions.h"

#include <openssl/mem.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "certs/diff_engine.h"
#include "certs/spec.h"

namespace certs::describe_internal {

ByteView View(const CBS& cbs) { return {CBS_data(&cbs), CBS_len(&cbs)}; }

std::string OidText(const CBS& oid) {
  bssl::UniquePtr<char> text(CBS_asn1_oid_to_text(&oid));
  return text ? Escaped(text.get(), 64) : "0x" + ToHex(View(oid).first(std::min<size_t>(CBS_len(&oid), 32)));
}

// The friendly name of an OID, or its digits.
std::string OidName(const CBS& oid) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kNames = {
      {{"1.3.6.1.5.5.7.3.1", "serverAuth"},
       {"1.3.6.1.5.5.7.3.2", "clientAuth"},
       {"1.3.6.1.5.5.7.3.4", "emailProtection"},
       {"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
       {"2.5.29.37.0", "anyExtendedKeyUsage"},
       {"1.2.840.10045.3.1.7", "P-256"},
       {"1.3.132.0.33", "P-224"},
       {"1.3.132.0.34", "P-384"},
       {"1.3.132.0.35", "P-521"},
       {"2.5.29.18", "issuer alternative name"},
       {"2.5.29.31", "CRL distribution points"},
       {"2.5.29.32", "certificate policies"},
       {"2.5.29.33", "policy mappings"},
       {"2.5.29.36", "policy constraints"},
       {"1.3.6.1.5.5.7.1.1", "authority information access"},
       {"1.3.6.1.5.5.7.1.24", "TLS feature"}}};
  const std::string text = OidText(oid);
  const auto found = std::ranges::find(kNames, text, &std::pair<std::string_view, std::string_view>::first);
  return found == kNames.end() ? text : std::string(found->second);
}

bool TakeBoolean(CBS& from, bool& value) {
  CBS octet;
  value = false;
  if (!CBS_peek_asn1_tag(&from, CBS_ASN1_BOOLEAN)) {
    return true;
  }
  if (!CBS_get_asn1(&from, &octet, CBS_ASN1_BOOLEAN) || CBS_len(&octet) != 1) {
    return false;
  }
  value = *CBS_data(&octet) != 0;
  return true;
}

namespace {

constexpr unsigned kContextConstructed0 = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;

// Each ...Text returns what the value of one extension says, or nothing when it does not parse.

std::optional<std::string> BasicConstraintsText(CBS value) {
  CBS sequence;
  bool ca = false;
  uint64_t path_len = 0;
  if (!CBS_get_asn1(&value, &sequence, CBS_ASN1_SEQUENCE) || !TakeBoolean(sequence, ca)) {
    return std::nullopt;
  }
  const std::string text = ca ? "CA" : "not a CA";
  if (CBS_len(&sequence) == 0) {
    return text;
  }
  return CBS_get_asn1_uint64(&sequence, &path_len) ? std::optional(text + ", pathLen " + std::to_string(path_len))
                                                   : std::nullopt;
}

std::optional<std::string> KeyUsageText(CBS value) {
  constexpr std::array<std::string_view, 9> kNames = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                      "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                      "cRLSign",          "encipherOnly",   "decipherOnly"};
  CBS bits;
  if (!CBS_get_asn1(&value, &bits, CBS_ASN1_BITSTRING) || !CBS_is_valid_asn1_bitstring(&bits)) {
    return std::nullopt;
  }
  std::string text;
  for (unsigned bit = 0; bit < kNames.size(); ++bit) {
    if (CBS_asn1_bitstring_has_bit(&bits, bit)) {
      text += (text.empty() ? "" : ", ") + std::string(kNames[bit]);
    }
  }
  return text.empty() ? "none" : text;
}

std::optional<std::string> ExtendedKeyUsageText(CBS value) {
  CBS sequence, purpose;
  std::string text;
  if (!CBS_get_asn1(&value, &sequence, CBS_ASN1_SEQUENCE)) {
    return std::nullopt;
  }
  for (size_t count = 0; CBS_len(&sequence) != 0; ++count) {
    if (!CBS_get_asn1(&sequence, &purpose, CBS_ASN1_OBJECT)) {
      return std::nullopt;
    }
    if (count < kMaxItems) {
      text += (text.empty() ? "" : ", ") + OidName(purpose);
    }
  }
  return text.empty() ? "none" : text;
}

// The GeneralName at the front of `names`, in words.
std::optional<std::string> TakeGeneralName(CBS& names) {
  CBS value;
  unsigned tag = 0;
  if (!CBS_get_any_asn1(&names, &value, &tag)) {
    return std::nullopt;
  }
  return InWords(GeneralName{static_cast<NameForm>(tag & 0x1f), {View(value).begin(), View(value).end()}});
}

std::optional<std::string> SubjectAltNameText(CBS value) {
  CBS names;
  std::string text;
  size_t count = 0;
  if (!CBS_get_asn1(&value, &names, CBS_ASN1_SEQUENCE)) {
    return std::nullopt;
  }
  while (CBS_len(&names) != 0) {
    const auto name = TakeGeneralName(names);
    if (!name) {
      return std::nullopt;
    }
    if (count++ < kMaxItems) {
      text += (text.empty() ? "" : ", ") + *name;
    }
  }
  return text.empty() ? "none"
                      : text + (count > kMaxItems ? " and " + std::to_string(count - kMaxItems) + " more" : "");
}

std::optional<std::string> NameConstraintsText(CBS value) {
  CBS sequence, subtrees, subtree;
  std::string text;
  if (!CBS_get_asn1(&value, &sequence, CBS_ASN1_SEQUENCE)) {
    return std::nullopt;
  }
  size_t count = 0;
  for (unsigned tag : {0U, 1U}) {
    int present = 0;
    if (!CBS_get_optional_asn1(&sequence, &subtrees, &present, kContextConstructed0 | tag)) {
      return std::nullopt;
    }
    while (present != 0 && CBS_len(&subtrees) != 0) {
      if (!CBS_get_asn1(&subtrees, &subtree, CBS_ASN1_SEQUENCE)) {
        return std::nullopt;
      }
      const auto name = TakeGeneralName(subtree);
      if (!name) {
        return std::nullopt;
      }
      if (count++ < kMaxItems) {
        text += (text.empty() ? "" : ", ") + std::string(tag == 0 ? "permitted " : "excluded ") + *name;
      }
    }
  }
  return text.empty() ? "none" : text;
}

std::optional<std::string> SubjectKeyIdText(CBS value) {
  CBS id;
  return CBS_get_asn1(&value, &id, CBS_ASN1_OCTETSTRING) && CBS_len(&id) <= 64 ? std::optional(ToHex(View(id)))
                                                                               : std::nullopt;
}

std::optional<std::string> AuthorityKeyIdText(CBS value) {
  CBS sequence, id;
  int present = 0;
  if (!CBS_get_asn1(&value, &sequence, CBS_ASN1_SEQUENCE) ||
      !CBS_get_optional_asn1(&sequence, &id, &present, CBS_ASN1_CONTEXT_SPECIFIC | 0) || CBS_len(&id) > 64) {
    return std::nullopt;
  }
  return present != 0 ? ToHex(View(id)) : "no key identifier";
}

struct KnownExtension {
  std::string_view oid;
  std::string_view label;
  std::optional<std::string> (*words)(CBS value);
};
constexpr std::array kExtensions = {
    KnownExtension{"2.5.29.19", "constraints", BasicConstraintsText},
    KnownExtension{"2.5.29.15", "key usage", KeyUsageText},
    KnownExtension{"2.5.29.37", "purposes", ExtendedKeyUsageText},
    KnownExtension{"2.5.29.17", "names", SubjectAltNameText},
    KnownExtension{"2.5.29.30", "may issue for", NameConstraintsText},
    KnownExtension{"2.5.29.14", "key id", SubjectKeyIdText},
    KnownExtension{"2.5.29.35", "issuer key id", AuthorityKeyIdText},
};

}  // namespace

ExtensionWords ExtensionInWords(const CBS& oid, const CBS& value) {
  const auto hex = [&] { return "0x" + ToHex(View(value).first(std::min<size_t>(CBS_len(&value), 64))); };
  const auto known = std::ranges::find(kExtensions, OidText(oid), &KnownExtension::oid);
  if (known == kExtensions.end()) {
    return {"extension", OidName(oid) + ", " + std::to_string(CBS_len(&value)) + " octets"};
  }
  const auto words = known->words(value);
  return {known->label, words ? *words : "(malformed) " + hex()};
}

}  // namespace certs::describe_internal

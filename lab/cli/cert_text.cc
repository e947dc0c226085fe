#include "lab/cli/cert_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certs/der.h"
#include "lab/verifier/general_name.h"

namespace lab {
namespace {

using certs::Bytes;
using verifier::GeneralNameView;

int HexValue(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A piece of a field: like string_view, but knows which octets separate nothing.
struct Piece {
  std::string_view octets, escaped;

  Piece Sub(size_t from, size_t count = std::string_view::npos) const {
    return {octets.substr(from, count), escaped.substr(from, count)};
  }
  size_t Find(std::string_view text, size_t from = 0) const {
    for (size_t at = octets.find(text, from); at != octets.npos; at = octets.find(text, at + 1)) {
      if (escaped.substr(at, text.size()).find('\1') == escaped.npos) {
        return at;
      }
    }
    return octets.npos;
  }
  std::vector<Piece> Split(std::string_view separator) const {
    std::vector<Piece> pieces;
    Piece rest = *this;
    for (size_t at = rest.Find(separator); at != octets.npos; at = rest.Find(separator)) {
      pieces.push_back(rest.Sub(0, at));
      rest = rest.Sub(at + separator.size());
    }
    pieces.push_back(rest);
    return pieces;
  }
  // "KEY=value": cuts at the first "="; without one, the value is empty.
  std::pair<std::string_view, Piece> KeyAndValue() const {
    const size_t at = Find("=");
    return {octets.substr(0, at), at == octets.npos ? Piece{} : Sub(at + 1)};
  }
};

struct NamedType {
  std::string_view name, oid;
};
constexpr std::array kAttributeTypes = {
    NamedType{"CN", "2.5.4.3"},
    NamedType{"COMMONNAME", "2.5.4.3"},
    NamedType{"SN", "2.5.4.4"},
    NamedType{"SURNAME", "2.5.4.4"},
    NamedType{"SERIALNUMBER", "2.5.4.5"},
    NamedType{"C", "2.5.4.6"},
    NamedType{"COUNTRYNAME", "2.5.4.6"},
    NamedType{"L", "2.5.4.7"},
    NamedType{"LOCALITYNAME", "2.5.4.7"},
    NamedType{"ST", "2.5.4.8"},
    NamedType{"STATEORPROVINCENAME", "2.5.4.8"},
    NamedType{"STREET", "2.5.4.9"},
    NamedType{"STREETADDRESS", "2.5.4.9"},
    NamedType{"O", "2.5.4.10"},
    NamedType{"ORGANIZATIONNAME", "2.5.4.10"},
    NamedType{"OU", "2.5.4.11"},
    NamedType{"ORGANIZATIONALUNITNAME", "2.5.4.11"},
    NamedType{"T", "2.5.4.12"},
    NamedType{"TITLE", "2.5.4.12"},
    NamedType{"BUSINESSCATEGORY", "2.5.4.15"},
    NamedType{"POSTALCODE", "2.5.4.17"},
    NamedType{"NAME", "2.5.4.41"},
    NamedType{"GN", "2.5.4.42"},
    NamedType{"GIVENNAME", "2.5.4.42"},
    NamedType{"INITIALS", "2.5.4.43"},
    NamedType{"GENERATIONQUALIFIER", "2.5.4.44"},
    NamedType{"DNQUALIFIER", "2.5.4.46"},
    NamedType{"PSEUDONYM", "2.5.4.65"},
    NamedType{"ORGANIZATIONIDENTIFIER", "2.5.4.97"},
    NamedType{"DC", "0.9.2342.19200300.100.1.25"},
    NamedType{"DOMAINCOMPONENT", "0.9.2342.19200300.100.1.25"},
    NamedType{"UID", "0.9.2342.19200300.100.1.1"},
    NamedType{"USERID", "0.9.2342.19200300.100.1.1"},
    NamedType{"EMAIL", "1.2.840.113549.1.9.1"},
    NamedType{"E", "1.2.840.113549.1.9.1"},
    NamedType{"EMAILADDRESS", "1.2.840.113549.1.9.1"},
};

// The OID of an attribute type by name or by itself; empty if it is neither.
std::string_view AttributeOid(std::string_view type, const std::string& upper) {
  const auto known = std::ranges::find(kAttributeTypes, upper, &NamedType::name);
  return known != kAttributeTypes.end() ? known->oid : certs::der::OidContent(type) ? type : std::string_view();
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
  return upper;
}

std::unexpected<std::string> Unknown(std::string_view what, std::string_view name) {
  return std::unexpected(fmt::format("unknown {} \"{}\"", what, certs::Escaped(name, 40)));
}

// "C=US/O=x+CN=y": RDNs separated by "/", attributes of one by "+".
std::expected<Bytes, std::string> DirectoryName(const Piece& text) {
  Bytes rdns;
  for (const Piece& rdn : text.octets.empty() ? std::vector<Piece>{} : text.Split("/")) {
    std::vector<Bytes> attributes;
    for (const Piece& attribute : rdn.Split("+")) {
      const auto [type, value] = attribute.KeyAndValue();
      const std::string_view oid = AttributeOid(type, Upper(type));
      if (oid.empty()) {
        return Unknown("attribute type", type);
      }
      const bool ia5 = oid.starts_with("1.2.") || oid.starts_with("0.9.");
      const Bytes octets = certs::ToBytes(value.octets);
      attributes.push_back(certs::der::Sequence(
          {certs::der::Oid(oid), ia5 ? certs::der::Ia5String(octets) : certs::der::Utf8String(octets)}));
    }
    certs::Append(rdns, certs::der::SetOf(std::move(attributes)));
  }
  return certs::der::Sequence(rdns);
}

// The inside of an otherName with that type and value.
Bytes OtherName(std::string_view oid, const Bytes& value) {
  return certs::der::Concat({certs::der::Oid(oid), certs::der::ContextConstructed(0, value)});
}

// Puts one "TYPE=value" into the names; `names` owns the octets.
std::expected<GeneralNameView, std::string> ReadName(const Piece& text, TextNames* names) {
  const auto [type, value] = text.KeyAndValue();
  const auto keep = [names](int tag, Bytes octets) {
    return GeneralNameView{tag, names->storage.emplace_back(std::move(octets))};
  };
  const Bytes octets = certs::ToBytes(value.octets);
  if (type == "DNS") {
    return keep(verifier::kDnsName, octets);
  }
  if (type == "IP") {
    return keep(verifier::kIpAddress, octets);
  }
  if (type == "EMAIL") {
    return keep(verifier::kRfc822Name, octets);
  }
  if (type == "URI") {
    return keep(verifier::kUri, octets);
  }
  if (type == "SRV") {
    return keep(verifier::kOtherName, OtherName("1.3.6.1.5.5.7.8.7", certs::der::Ia5String(octets)));
  }
  if (type == "OTHERNAME" || type == "UNKNOWN") {
    return keep(verifier::kOtherName, OtherName("1.3.6.1.4.1.32473.1", certs::der::Utf8String(octets)));
  }
  if (type == "DIRNAME" || type == "DN") {
    auto name = DirectoryName(value);
    return name ? std::expected<GeneralNameView, std::string>(keep(verifier::kDirectoryName, std::move(*name)))
                : std::unexpected(name.error());
  }
  return Unknown("kind of name", type);
}

std::expected<TextNames, std::string> ReadConstraints(const Piece& text) {
  TextNames names;
  names.certificate.subject = names.storage.emplace_back(Bytes{0x30, 0x00});
  if (text.octets == "-") {
    return names;
  }
  names.certificate.has_name_constraints = true;
  for (const Piece& part : text.Split(";")) {
    const auto [key, list] = part.KeyAndValue();
    if (key != "permitted" && key != "excluded") {
      return Unknown("part of constraints", key);
    }
    auto& subtrees = key == "permitted" ? names.certificate.permitted : names.certificate.excluded;
    for (const Piece& item : list.Split(",")) {
      auto base = ReadName(item, &names);
      if (!base) {
        return std::unexpected(base.error());
      }
      subtrees.push_back({.base = *base});
    }
  }
  return names;
}

}  // namespace

std::optional<FieldText> UnescapeField(std::string_view text) {
  FieldText field;
  for (size_t pos = 0; pos < text.size(); ++pos) {
    const bool escape = text[pos] == '\\';
    char octet = text[pos];
    if (escape && text.size() - pos >= 4 && text[pos + 1] == 'x') {
      const int high = HexValue(text[pos + 2]);
      const int low = HexValue(text[pos + 3]);
      if (high < 0 || low < 0) {
        return std::nullopt;
      }
      octet = static_cast<char>(high * 16 + low);
      pos += 3;
    } else if (escape) {
      if (pos + 1 == text.size() || std::string_view(";|,/+=\\").find(text[pos + 1]) == std::string_view::npos) {
        return std::nullopt;
      }
      octet = text[++pos];
    }
    field.octets += octet;
    field.is_escaped += escape ? '\1' : '\0';
  }
  return field;
}

std::expected<TextNames, std::string> ReadCertificateText(std::string_view field) {
  const auto text = UnescapeField(field);
  if (!text) {
    return std::unexpected("a backslash begins \\xNN or stands before one of ; | , / + =");
  }
  TextNames names;
  std::vector<GeneralNameView> san;
  bool empty_san = false;
  names.certificate.subject = names.storage.emplace_back(Bytes{0x30, 0x00});
  for (const Piece& part : Piece{text->octets, text->is_escaped}.Split(";")) {
    const auto [key, value] = part.KeyAndValue();
    if (key == "SUBJECT") {
      auto subject = DirectoryName(value);
      if (!subject) {
        return std::unexpected(subject.error());
      }
      names.certificate.subject = names.storage.emplace_back(std::move(*subject));
    } else if (part.octets == "EMPTYSAN") {
      empty_san = true;
    } else if (part.octets == "SANEXT-INVALID-DER") {
      names.certificate.san_malformed = true;
    } else if (part.octets != "NOSAN" && !part.octets.empty()) {
      auto name = ReadName(part, &names);
      if (!name) {
        return std::unexpected(name.error());
      }
      san.push_back(*name);
    }
  }
  if ((!san.empty() || empty_san) && !names.certificate.san_malformed) {
    names.certificate.san = std::move(san);
  }
  return names;
}

std::expected<ConstraintLevels, std::string> ReadConstraintText(std::string_view field) {
  const auto text = UnescapeField(field);
  if (!text) {
    return std::unexpected("a backslash begins \\xNN or stands before one of ; | , / + =");
  }
  ConstraintLevels levels;
  for (const Piece& level : Piece{text->octets, text->is_escaped}.Split(" | ")) {
    levels.emplace_back();
    for (const Piece& alternative : level.Split(" OR ")) {
      auto constraints = ReadConstraints(alternative);
      if (!constraints) {
        return std::unexpected(constraints.error());
      }
      levels.back().push_back(std::move(*constraints));
    }
  }
  return levels;
}

}  // namespace lab

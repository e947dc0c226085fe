#include <algorithm>
#include <utility>

#include "certs/bytes.h"
#include "certs/der.h"
#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Bytes;
using certs::ByteView;
using certs::GeneralName;
using certs::NameForm;
using certs::Reason;

// ------------------------------------------------------------------------------------------------ constraints

enum class Relation : uint8_t { kInside, kOutside, kTouches, kMalformed, kUnknown };

// Spelt as hosts are ("preferred name syntax", RFC 5280 4.2.1.6), whether there can be such a host or not: constraints
// speak of labels, not of what they mean.
bool IsSpeltLikeAHost(std::string_view name) {
  constexpr size_t kLongestName = 253, kLongestLabel = 63;
  const auto fits = [](const std::string& label) {
    const bool edges = !label.starts_with('-') && !label.ends_with('-');  // RFC 1034 3.5
    return !label.empty() && label.size() <= kLongestLabel && edges && std::ranges::all_of(label, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
  };
  return name.size() <= kLongestName && std::ranges::all_of(Labels(name), fits);
}

// RFC 5280 4.2.1.10: "zero or more labels to the left-hand side of the name". A wildcard stands for many names: it is
// inside if all of them are, and touches if some are.
Relation RelateDns(std::string_view name, std::string_view subtree) {
  const bool below_only = subtree.starts_with('.');
  const std::string_view base = subtree.substr(below_only ? 1 : 0);
  if (!subtree.empty() && !IsSpeltLikeAHost(base)) {
    return Relation::kUnknown;
  }
  // Of any domain: whether a client would take it for a name is another question.
  const bool wildcard = name.starts_with("*.") && IsSpeltLikeAHost(name.substr(2));
  if (!wildcard && !IsSpeltLikeAHost(name)) {
    return Relation::kMalformed;
  }
  if (subtree.empty()) {
    return Relation::kInside;
  }
  if (wildcard) {
    const std::string_view parent = name.substr(2);
    if (EndsInDomain(parent, base)) {
      return Relation::kInside;
    }
    const std::vector<std::string> labels = Labels(base);
    const bool one_label_more = base.size() > labels.front().size() && base.substr(labels.front().size() + 1) == parent;
    return one_label_more && !below_only ? Relation::kTouches : Relation::kOutside;
  }
  return EndsInDomain(name, base) && !(below_only && name == base) ? Relation::kInside : Relation::kOutside;
}

Relation RelateIp(const Bytes& address, const Bytes& subtree) {
  const size_t half = subtree.size() / 2;
  if (subtree.size() != 8 && subtree.size() != 32) {
    return Relation::kUnknown;
  }
  bool hole = false;
  for (size_t bit = 1; bit < half * 8; ++bit) {
    const auto is_set = [&](size_t b) { return (subtree[half + b / 8] >> (7 - b % 8) & 1) != 0; };
    hole = hole || (is_set(bit) && !is_set(bit - 1));
  }
  if (hole) {
    return Relation::kUnknown;
  }
  if (address.size() != 4 && address.size() != 16) {
    return Relation::kMalformed;
  }
  if (address.size() != half) {
    return Relation::kOutside;
  }
  for (size_t i = 0; i < half; ++i) {
    if (((address[i] ^ subtree[i]) & subtree[half + i]) != 0) {
      return Relation::kOutside;
    }
  }
  return Relation::kInside;
}

// ------------------------------------------------------------------------------------------------ other forms

struct Pair {
  Bytes oid;  // content octets
  uint8_t tag;
  Bytes value;
};

// Name ::= SEQUENCE OF RelativeDistinguishedName; here with one attribute in each.
std::optional<std::vector<Pair>> ReadName(ByteView encoded) {
  const std::optional<Element> sequence = TakeElement(encoded);
  if (!sequence || !encoded.empty()) {
    return std::nullopt;
  }
  std::vector<Pair> pairs;
  for (ByteView rest = sequence->content; !rest.empty();) {
    std::optional<Element> rdn = TakeElement(rest);
    std::optional<Element> pair = rdn ? TakeElement(rdn->content) : std::nullopt;
    const std::optional<Element> type = pair ? TakeElement(pair->content) : std::nullopt;
    const std::optional<Element> value = pair ? TakeElement(pair->content) : std::nullopt;
    if (!type || !value) {
      return std::nullopt;
    }
    pairs.push_back(
        {{type->content.begin(), type->content.end()}, value->tag, {value->content.begin(), value->content.end()}});
  }
  return pairs;
}

Relation RelateDirectory(const Bytes& name, const Bytes& subtree) {
  const auto presented = ReadName(name), base = ReadName(subtree);
  if (!presented || !base) {
    return Relation::kUnknown;
  }
  const auto same = [](const Pair& a, const Pair& b) {
    return a.oid == b.oid && SameText(a.tag, a.value, b.tag, b.value);
  };
  const bool inside =
      presented->size() >= base->size() && std::equal(base->begin(), base->end(), presented->begin(), same);
  return inside ? Relation::kInside : Relation::kOutside;
}

// "host" is that host, ".domain" every host below it.
Relation RelateHost(std::string_view host, std::string_view subtree) {
  const bool below_only = subtree.starts_with('.');
  const std::string_view base = subtree.substr(below_only ? 1 : 0);
  if (!IsHostName(base)) {
    return Relation::kUnknown;
  }
  return (below_only ? host != base && EndsInDomain(host, base) : host == base) ? Relation::kInside
                                                                                : Relation::kOutside;
}

// The local part is compared as it stands, the host is not (RFC 5280 7.5).
Relation RelateEmail(std::string_view mailbox, std::string_view subtree) {
  const size_t at = mailbox.find('@'), wanted = subtree.find('@');
  const std::string host = Lower(at == std::string_view::npos ? std::string_view() : mailbox.substr(at + 1));
  if (wanted == 0) {
    return Relation::kUnknown;
  }
  if (at == std::string_view::npos || at == 0 || !IsHostName(host)) {
    return Relation::kMalformed;
  }
  if (wanted != std::string_view::npos) {
    const bool same = mailbox.substr(0, at) == subtree.substr(0, wanted) && host == Lower(subtree.substr(wanted + 1));
    return same ? Relation::kInside : Relation::kOutside;
  }
  return RelateHost(host, Lower(subtree));
}

// scheme "://" host: what stands between the slashes. Without a host name, "the application MUST reject".
Relation RelateUri(std::string_view uri, std::string_view subtree) {
  const size_t slashes = uri.find("://");
  const std::string_view rest = slashes == std::string_view::npos ? std::string_view() : uri.substr(slashes + 3);
  const std::string host = Lower(rest.substr(0, rest.find_first_of("/?#")));
  if (!IsHostName(host)) {
    return Relation::kMalformed;
  }
  return RelateHost(host, Lower(subtree));
}

Relation Relate(const GeneralName& name, const GeneralName& subtree) {
  const std::string_view text = certs::AsText(name.value), base = certs::AsText(subtree.value);
  switch (name.form) {
    case NameForm::kDns:
      return RelateDns(Lower(text), Lower(base));
    case NameForm::kIp:
      return RelateIp(name.value, subtree.value);
    case NameForm::kDirectory:
      return RelateDirectory(name.value, subtree.value);
    case NameForm::kEmail:
      return RelateEmail(text, base);
    case NameForm::kUri:
      return RelateUri(text, base);
    case NameForm::kOther:
    case NameForm::kX400:
    case NameForm::kEdi:
    case NameForm::kRegisteredId:
      break;
  }
  return Relation::kUnknown;
}

constexpr std::string_view kEmailAddress = "1.2.840.113549.1.9.1";
constexpr std::string_view kUtf8Mailbox = "1.3.6.1.5.5.7.8.9";

// RFC 9598 6 constrains these mailboxes by rfc822Name subtrees, which is not done here.
bool IsUtf8Mailbox(const GeneralName& name) {
  const Bytes type = certs::der::Oid(kUtf8Mailbox);
  return name.form == NameForm::kOther && name.value.size() > type.size() &&
         std::equal(type.begin(), type.end(), name.value.begin());
}

// What one CA's subtrees say about one name.
void JudgeName(const certs::NameConstraints& constraints, const GeneralName& name, int depth, Findings& findings) {
  const auto add = [&](Reason reason) {
    if (!findings.Has(reason, depth)) {
      findings.Add(reason, depth);
    }
  };
  bool any_permitted = false, inside = false, refused = false, unknown = false;
  const bool odd =
      constraints.minimum || constraints.maximum;  // RFC 5280 4.2.1.10: minimum MUST be zero, maximum absent
  const auto relate = [&](const GeneralName& subtree) {
    const Relation relation = odd ? Relation::kUnknown : Relate(name, subtree);
    unknown = unknown || relation == Relation::kUnknown;
    refused = refused || relation == Relation::kMalformed;
    return relation;
  };
  for (const GeneralName& subtree : constraints.permitted) {
    unknown = unknown || (IsUtf8Mailbox(name) && subtree.form == NameForm::kEmail);
    if (subtree.form == name.form) {
      any_permitted = true;
      inside = relate(subtree) == Relation::kInside || inside;
    }
  }
  for (const GeneralName& subtree : constraints.excluded) {
    unknown = unknown || (IsUtf8Mailbox(name) && subtree.form == NameForm::kEmail);
    if (subtree.form == name.form) {
      const Relation relation = relate(subtree);
      refused = refused || relation == Relation::kInside || relation == Relation::kTouches;
    }
  }
  if (unknown) {
    add(Reason::kNameConstraintUnsupported);
  } else if (refused || (any_permitted && !inside)) {
    add(Reason::kNameConstraintViolation);
  }
}

}  // namespace

std::vector<GeneralName> ConstrainedNames(const certs::CertSpec& cert) {
  std::vector<GeneralName> names = PresentedNames(cert).value_or(std::vector<GeneralName>{});
  if (!cert.subject.empty()) {
    names.push_back(certs::DirectoryName(cert.subject));
  }
  for (const certs::Attribute& attribute : cert.subject) {
    if (attribute.oid == kEmailAddress) {
      names.push_back({NameForm::kEmail, attribute.value});
    }
  }
  return names;
}

size_t ComparisonsOf(const certs::NameConstraints& constraints, const std::vector<GeneralName>& names) {
  size_t comparisons = 0;
  for (const auto* subtrees : {&constraints.permitted, &constraints.excluded}) {
    for (const GeneralName& name : names) {
      comparisons += static_cast<size_t>(std::ranges::count(*subtrees, name.form, &GeneralName::form));
    }
  }
  return comparisons;
}

void JudgeConstraints(const certs::NameConstraints& constraints, const std::vector<GeneralName>& names, int depth,
                      Findings& findings) {
  for (const GeneralName& name : names) {
    JudgeName(constraints, name, depth, findings);
  }
}

}  // namespace lab::oracle

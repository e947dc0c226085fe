// Property: a name lies inside or outside of a constraint as a model of label vectors written from RFC 5280 4.2.1.10
// says, and as laws demand: case never matters in a host, what is permitted to a wildcard is excluded for it too, one
// label more never leads out of a dNSName constraint, an address is inside its own network, and whether a constraint is
// well-formed, or a name can be placed at all, does not depend on the other.
//
// Input: a digit (0 dNSName, 1 rfc822Name, 2 URI, 3 iPAddress; +4: excluded; +8: no leading dot in a dNSName
// constraint), the constraint up to the first newline (of an iPAddress: its length in an octet, then its octets), the
// name.
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/constraint_match.h"
#include "lab/verifier/general_name.h"

namespace {

using fuzz::Require;
using verifier::Fit;
using verifier::Subtree;
using Labels = std::vector<std::string>;

// --- The model. ---

// The labels in lower case, the right-most first; nothing unless it is a host name.
std::optional<Labels> HostLabels(std::string_view host) {
  Labels labels(1);
  for (const char c : host) {
    if (c == '.') {
      labels.emplace_back();
      continue;
    }
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
      return std::nullopt;
    }
    labels.back() += upper ? static_cast<char>(c + 32) : c;
  }
  for (const std::string& label : labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return std::nullopt;
    }
  }
  std::ranges::reverse(labels);
  return host.size() <= 253 ? std::optional(labels) : std::nullopt;
}

// Whether `name` is `base` with at least `more` labels on the left.
bool Extends(const Labels& name, const Labels& base, size_t more) {
  return name.size() >= base.size() + more && std::equal(base.begin(), base.end(), name.begin());
}

// "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name
// satisfies the name constraint." A leading dot, where it is allowed: one or more.
Fit ModelDns(std::string_view name, std::string_view constraint, Subtree subtree, bool leading_dot_allowed) {
  const bool dot = constraint.starts_with('.');
  const std::string_view root = constraint.substr(dot ? 1 : 0);
  const std::optional<Labels> base = root.empty() && !dot ? Labels{} : HostLabels(root);
  if (!base || (dot && !leading_dot_allowed)) {
    return Fit::kBadConstraint;
  }
  const bool wildcard = name.starts_with("*.");
  const std::optional<Labels> labels = HostLabels(name.substr(wildcard ? 2 : 0));
  if (!labels) {
    return Fit::kBadName;
  }
  const size_t more = dot ? 1 : 0;
  if (!wildcard) {
    return Extends(*labels, *base, more) ? Fit::kInside : Fit::kOutside;
  }
  // The names that * stands for: one label more. All of them are inside if one with a label nobody else has is; some of
  // them is if that one is, or the one that has the constraint's own label there.
  Labels other = *labels;
  other.emplace_back("?");
  bool inside = Extends(other, *base, more);
  if (subtree == Subtree::kExcluded && base->size() == labels->size() + 1) {
    other.back() = base->back();
    inside = inside || Extends(other, *base, more);
  }
  return inside ? Fit::kInside : Fit::kOutside;
}

bool AllDigits(const Labels& labels) {
  return std::ranges::all_of(labels, [](const std::string& l) { return l.find_first_not_of("0123456789") == l.npos; });
}

// A host that is a name: not what an IPv4 address is made of.
std::optional<Labels> NamedHost(std::string_view host) {
  std::optional<Labels> labels = HostLabels(host);
  return labels && !AllDigits(*labels) ? labels : std::nullopt;
}

// "host" is that host, ".domain" every host below it, empty is every host.
Fit ModelHost(std::string_view host, std::string_view constraint) {
  const std::optional<Labels> labels = NamedHost(host);
  const bool dot = constraint.starts_with('.');
  const std::optional<Labels> base = constraint.empty() ? Labels{} : NamedHost(constraint.substr(dot ? 1 : 0));
  if (!base) {
    return Fit::kBadConstraint;
  }
  if (!labels) {
    return Fit::kBadName;
  }
  return constraint.empty() || (dot ? Extends(*labels, *base, 1) : *labels == *base) ? Fit::kInside : Fit::kOutside;
}

// Inside quotes: RFC 2822's NO-WS-CTL and printable characters, with a backslash tabs, too (RFC 5280 4.2.1.6 asks for
// RFC 2821's Mailbox, whose quoted strings are made of qcontent), and the blank of RFC 5321.
bool IsQuoted(char c, bool escaped) {
  if (c == '\t') {
    return escaped;
  }
  return c > 0 && c != '\n' && c != '\r';
}

// The local part of RFC 5321 4.1.2 without its quoting, and where the host begins.
struct Mailbox {
  std::string local;
  std::string host;
};
std::optional<Mailbox> ModelMailbox(const std::string& text) {
  Mailbox mailbox;
  size_t at = 0;
  if (text.starts_with('"')) {
    for (at = 1; at < text.size() && text[at] != '"'; ++at) {
      const bool escaped = text[at] == '\\';
      at += escaped ? 1 : 0;
      if (at >= text.size() || !IsQuoted(text[at], escaped)) {
        return std::nullopt;
      }
      mailbox.local += text[at];
    }
    if (at++ >= text.size()) {
      return std::nullopt;
    }
  } else {
    at = std::min(text.find('@'), text.size());
    mailbox.local = text.substr(0, at);
    constexpr std::string_view kAtext =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.";
    const std::string dotted = '.' + mailbox.local + '.';
    if (mailbox.local.find_first_not_of(kAtext) != std::string::npos || dotted.find("..") != std::string::npos) {
      return std::nullopt;
    }
  }
  if (at >= text.size() || text[at] != '@' || !NamedHost(text.substr(at + 1))) {
    return std::nullopt;
  }
  mailbox.host = text.substr(at + 1);
  return mailbox;
}

Fit ModelEmail(const std::string& name, const std::string& constraint) {
  const std::optional<Mailbox> mailbox = ModelMailbox(name);
  if (constraint.find('@') == std::string::npos) {
    const Fit fit = ModelHost(mailbox ? mailbox->host : "a", constraint);
    return fit == Fit::kBadConstraint || mailbox ? fit : Fit::kBadName;
  }
  const std::optional<Mailbox> wanted = ModelMailbox(constraint);
  if (!wanted || !mailbox) {
    return wanted ? Fit::kBadName : Fit::kBadConstraint;
  }
  return mailbox->local == wanted->local && HostLabels(mailbox->host) == HostLabels(wanted->host) ? Fit::kInside
                                                                                                  : Fit::kOutside;
}

// "The constraint MUST be specified as a fully qualified domain name" and applies to the host part (RFC 3986 3.2).
Fit ModelUri(const std::string& uri, const std::string& constraint) {
  std::string host;
  const size_t scheme = uri.find(':');
  if (scheme != 0 && scheme != std::string::npos && uri.compare(scheme + 1, 2, "//") == 0) {
    host = uri.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    host = host.substr(host.rfind('@') == std::string::npos ? 0 : host.rfind('@') + 1);
    const size_t colon = host.find(':');
    if (colon != std::string::npos && host.find_first_not_of("0123456789", colon + 1) == std::string::npos) {
      host.resize(colon);
    }
  }
  return ModelHost(host, constraint);
}

Fit ModelIp(std::string_view address, std::string_view constraint) {
  const size_t half = constraint.size() / 2;
  std::string bits;
  for (const char c : constraint.substr(half)) {
    for (int bit = 7; bit >= 0; --bit) {
      bits += (c >> bit & 1) != 0 ? '1' : '0';
    }
  }
  if ((constraint.size() != 8 && constraint.size() != 32) || bits.find("01") != std::string::npos) {
    return Fit::kBadConstraint;
  }
  if (address.size() != 4 && address.size() != 16) {
    return Fit::kBadName;
  }
  bool inside = address.size() == half;
  for (size_t i = 0; inside && i < half; ++i) {
    inside = ((address[i] ^ constraint[i]) & constraint[half + i]) == 0;
  }
  return inside ? Fit::kInside : Fit::kOutside;
}

// --- Laws. ---

std::string Swapped(std::string_view text) {
  std::string swapped(text);
  for (char& c : swapped) {
    c = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? static_cast<char>(c ^ 0x20) : c;
  }
  return swapped;
}

// Asked of one alone, the answer is that of the model for both.
void CheckAlone(int tag, const fuzz::Exact& name, const fuzz::Exact& constraint, Fit model, bool dot = true) {
  Require(verifier::IsConstraint(tag, constraint.bytes(), dot) == (model != Fit::kBadConstraint),
          "a constraint is well-formed whatever the name");
  Require(model == Fit::kBadConstraint || (tag != verifier::kDnsName && tag != verifier::kRfc822Name) ||
              verifier::IsPlaceable(tag, name.bytes()) == (model != Fit::kBadName),
          "a name can be placed whatever the constraint");
}

void CheckDns(const fuzz::Exact& name, const fuzz::Exact& constraint, Subtree subtree, bool dot) {
  const Fit fit = FitDns(name.bytes(), constraint.bytes(), subtree, dot);
  Require(fit == ModelDns(name.text(), constraint.text(), subtree, dot), "a dNSName is where the model says");
  const fuzz::Exact swapped(Swapped(name.text()));
  Require(FitDns(swapped.bytes(), constraint.bytes(), subtree, dot) == fit, "case never matters");
  CheckAlone(verifier::kDnsName, name, constraint, fit, dot);
  if (fit != Fit::kInside) {
    return;
  }
  if (subtree == Subtree::kPermitted) {
    Require(FitDns(name.bytes(), constraint.bytes(), Subtree::kExcluded, dot) == Fit::kInside,
            "what lies wholly inside also meets it");
  }
  const fuzz::Exact longer("a." + std::string(name.text()));
  if (!name.text().starts_with('*') && longer.text().size() <= 253) {
    const Fit below = FitDns(longer.bytes(), constraint.bytes(), subtree, dot);
    Require(below == Fit::kInside, "one label more never leads out");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const int flags = input.Octet();
  const int form = flags & 3;
  const fuzz::Exact constraint(form == 3 ? input.Take(input.Octet()) : input.Until('\n'));
  const fuzz::Exact name(input.Rest());
  const std::string name_text(name.text()), constraint_text(constraint.text());
  if (form == 0) {
    CheckDns(name, constraint, (flags & 4) != 0 ? Subtree::kExcluded : Subtree::kPermitted, (flags & 8) == 0);
  } else if (form == 1) {
    const Fit fit = verifier::FitEmail(name.bytes(), constraint.bytes());
    Require(fit == ModelEmail(name_text, constraint_text), "a mailbox is where the model says");
    const Fit loose = verifier::FitEmail(name.bytes(), constraint.bytes(), verifier::LocalPart::kAnyCase);
    Require(loose == fit || (fit == Fit::kOutside && loose == Fit::kInside), "without case it is inside more often");
    CheckAlone(verifier::kRfc822Name, name, constraint, fit);
  } else if (form == 2) {
    const Fit fit = verifier::FitUri(name.bytes(), constraint.bytes());
    Require(fit == ModelUri(name_text, constraint_text), "a URI is where the model says");
    CheckAlone(verifier::kUri, name, constraint, fit);
  } else {
    const Fit fit = verifier::FitIp(name.bytes(), constraint.bytes());
    Require(fit == ModelIp(name.text(), constraint.text()), "an address is where the model says");
    CheckAlone(verifier::kIpAddress, name, constraint, fit);
    const certs::ByteView network = constraint.bytes().first(constraint.bytes().size() / 2);
    Require(fit == Fit::kBadConstraint || verifier::FitIp(network, constraint.bytes()) == Fit::kInside,
            "an address is inside its own network");
  }
  return 0;
}

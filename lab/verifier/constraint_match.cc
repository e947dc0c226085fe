#include "lab/verifier/constraint_match.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "lab/verifier/ascii_text.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

using certs::AsText;

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}

bool EndsWith(std::string_view name, std::string_view end) {
  return name.size() >= end.size() && EqualIgnoringCase(name.substr(name.size() - end.size()), end);
}

// Labels of letters, digits, underscores and hyphens, these not at an edge ("preferred name syntax", RFC 5280 4.2.1.6);
// no empty one, so no dot at either end.
bool IsHostName(std::string_view name) {
  // Asked of every name under every constraint. Numbers are for LooksLikeIpv4, which says more.
  return IsSurelyHostName(name) || CheckHostName(name, {.numeric_last_label = true}).reason == NameReason::kValid;
}

bool LooksLikeIpv4(std::string_view host) { return host.find_first_not_of("0123456789.") == std::string_view::npos; }

// name is `base` or lies below it.
bool AtOrBelow(std::string_view name, std::string_view base) {
  if (base.empty() || EqualIgnoringCase(name, base)) {
    return true;
  }
  return name.size() > base.size() && EndsWith(name, base) && name[name.size() - base.size() - 1] == '.';
}

// name lies below `base` and is not base itself.
bool Below(std::string_view name, std::string_view base) { return name.size() > base.size() && AtOrBelow(name, base); }

// "*.base" against an excluded subtree: base itself inside it, or the subtree's root is one of the names * stands for.
bool WildcardMeets(std::string_view base, std::string_view root, bool below_only) {
  if (AtOrBelow(base, root)) {
    return true;
  }
  if (below_only || !Below(root, base)) {
    return false;
  }
  return root.substr(0, root.size() - base.size() - 1).find('.') == std::string_view::npos;
}

// The host of a URI's authority; empty if there is none. scheme "://" [userinfo "@"] host [":" port] ...
std::string_view UriHost(std::string_view uri) {
  const size_t scheme_end = uri.find(':');
  if (scheme_end == std::string_view::npos || scheme_end == 0 || uri.substr(scheme_end + 1, 2) != "//") {
    return {};
  }
  std::string_view authority = uri.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  if (const size_t colon = authority.find(':'); colon != std::string_view::npos && !authority.starts_with('[')) {
    if (authority.substr(colon + 1).find_first_not_of("0123456789") != std::string_view::npos) {
      return {};
    }
    authority = authority.substr(0, colon);
  }
  return authority;
}

// "host" stands for that host, ".domain" for every host below the domain: what URI and rfc822Name constraints share.
Fit FitHost(std::string_view host, std::string_view constraint) {
  if (constraint.empty()) {
    return Fit::kInside;
  }
  const bool below_only = constraint.starts_with('.');
  const std::string_view base = below_only ? constraint.substr(1) : constraint;
  if (!IsHostName(base) || LooksLikeIpv4(base)) {
    return Fit::kBadConstraint;
  }
  const bool inside = below_only ? Below(host, base) : EqualIgnoringCase(host, base);
  return inside ? Fit::kInside : Fit::kOutside;
}

bool IsAtext(char c) {
  const char lower = AsciiLower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// What may stand inside a quoted string: RFC 5280 4.2.1.6 asks for RFC 2821's Mailbox, which takes RFC 2822's qcontent,
// and that knows control characters. Never NUL or the end of a line.
bool IsQuotable(char c, bool escaped) {
  const auto octet = static_cast<uint8_t>(c);
  return octet != 0 && octet != '\r' && octet != '\n' && octet < 0x80 && (octet != '\t' || escaped);
}

// Reads the local part at the front of the mailbox, and takes it away: a dot-string as it is, a quoted string without
// its quotes and backslashes, because "all quoted forms MUST be treated as equivalent" (RFC 5321 4.1.2). Nothing if it
// is neither.
std::optional<std::string> TakeLocalPart(std::string_view* mailbox) {
  std::string local;
  size_t pos = 0;
  if (mailbox->starts_with('"')) {
    for (++pos; pos < mailbox->size() && (*mailbox)[pos] != '"'; ++pos) {
      const bool escaped = (*mailbox)[pos] == '\\';
      pos += escaped ? 1 : 0;
      if (pos == mailbox->size() || !IsQuotable((*mailbox)[pos], escaped)) {
        return std::nullopt;
      }
      local += (*mailbox)[pos];
    }
    if (pos == mailbox->size()) {
      return std::nullopt;
    }
    ++pos;
  } else {
    for (; pos < mailbox->size() && (IsAtext((*mailbox)[pos]) || (*mailbox)[pos] == '.'); ++pos) {
      local += (*mailbox)[pos];
    }
    if (local.empty() || local.front() == '.' || local.back() == '.' || local.find("..") != local.npos) {
      return std::nullopt;
    }
  }
  mailbox->remove_prefix(pos);
  return local;
}

// local-part "@" host; an address literal for a host is malformed here, which fails closed.
struct Mailbox {
  std::string local;
  std::string_view host;
};
std::optional<Mailbox> SplitMailbox(std::string_view text) {
  std::optional<std::string> local = TakeLocalPart(&text);
  if (!local || !text.starts_with('@') || !IsHostName(text.substr(1)) || LooksLikeIpv4(text.substr(1))) {
    return std::nullopt;
  }
  return Mailbox{std::move(*local), text.substr(1)};
}

}  // namespace

Fit FitDns(ByteView name, ByteView constraint, Subtree subtree, bool leading_dot_allowed) {
  std::string_view root = AsText(constraint);
  const bool below_only = root.starts_with('.');
  if (below_only) {
    root.remove_prefix(1);
  }
  if ((below_only && (!leading_dot_allowed || root.empty())) || (!root.empty() && !IsHostName(root))) {
    return Fit::kBadConstraint;
  }
  std::string_view host = AsText(name);
  const bool wildcard = host.starts_with("*.");
  if (wildcard) {
    host.remove_prefix(2);
  }
  if (!IsHostName(host)) {
    return Fit::kBadName;
  }
  bool inside = below_only && !wildcard ? Below(host, root) : AtOrBelow(host, root);
  if (wildcard && subtree == Subtree::kExcluded) {
    inside = WildcardMeets(host, root, below_only);
  }
  return inside ? Fit::kInside : Fit::kOutside;
}

Fit FitIp(ByteView address, ByteView address_and_mask) {
  const size_t half = address_and_mask.size() / 2;
  if (address_and_mask.size() != 8 && address_and_mask.size() != 32) {
    return Fit::kBadConstraint;
  }
  const ByteView network = address_and_mask.first(half);
  const ByteView mask = address_and_mask.subspan(half);
  bool host_bits = false;
  for (size_t bit = 0; bit < half * 8; ++bit) {
    const bool set = (mask[bit / 8] >> (7 - bit % 8) & 1) != 0;
    if (set && host_bits) {
      return Fit::kBadConstraint;  // a hole in the mask
    }
    host_bits = host_bits || !set;
  }
  if (address.size() != 4 && address.size() != 16) {
    return Fit::kBadName;
  }
  if (address.size() != half) {
    return Fit::kOutside;
  }
  for (size_t i = 0; i < half; ++i) {
    if (((address[i] ^ network[i]) & mask[i]) != 0) {
      return Fit::kOutside;
    }
  }
  return Fit::kInside;
}

Fit FitEmail(ByteView mailbox, ByteView constraint, LocalPart local_part) {
  const std::string_view limit = AsText(constraint);
  const bool one_mailbox = limit.find('@') != std::string_view::npos;
  const std::optional<Mailbox> wanted = one_mailbox ? SplitMailbox(limit) : std::nullopt;
  if (one_mailbox ? !wanted : FitHost("a", limit) == Fit::kBadConstraint) {
    return Fit::kBadConstraint;
  }
  const std::optional<Mailbox> presented = SplitMailbox(AsText(mailbox));
  if (!presented) {
    return Fit::kBadName;
  }
  if (!one_mailbox) {
    return FitHost(presented->host, limit);
  }
  const bool same_local = presented->local == wanted->local ||
                          (local_part == LocalPart::kAnyCase && EqualIgnoringCase(presented->local, wanted->local));
  return same_local && EqualIgnoringCase(presented->host, wanted->host) ? Fit::kInside : Fit::kOutside;
}

Fit FitUri(ByteView uri, ByteView constraint) {
  const std::string_view host = UriHost(AsText(uri));
  if (FitHost("a", AsText(constraint)) == Fit::kBadConstraint) {
    return Fit::kBadConstraint;
  }
  // "If [...] a URI that does not include an authority component with a host name specified as a fully qualified domain
  // name [...], then the application MUST reject the certificate."
  if (!IsHostName(host) || LooksLikeIpv4(host)) {
    return Fit::kBadName;
  }
  return FitHost(host, AsText(constraint));
}

bool IsConstraint(int tag, ByteView constraint, bool leading_dot_allowed) {
  static constexpr uint8_t kAddress[16] = {};
  static constexpr uint8_t kNobody[] = {0x30, 0x00};
  switch (tag) {
    case kDnsName:
      return FitDns({}, constraint, Subtree::kPermitted, leading_dot_allowed) != Fit::kBadConstraint;
    case kIpAddress:
      return FitIp(kAddress, constraint) != Fit::kBadConstraint;
    case kRfc822Name:
      return FitEmail({}, constraint) != Fit::kBadConstraint;
    case kUri:
      return FitUri({}, constraint) != Fit::kBadConstraint;
    case kDirectoryName:
      return FitDirectory(kNobody, constraint) != Fit::kBadConstraint;
    default:
      return true;
  }
}

bool IsPlaceable(int tag, ByteView name) {
  switch (tag) {
    case kDnsName:
      return FitDns(name, {}, Subtree::kPermitted, true) != Fit::kBadName;
    case kRfc822Name:
      return FitEmail(name, {}) != Fit::kBadName;
    default:
      return true;
  }
}

Fit FitDirectory(ByteView name, ByteView constraint) {
  const std::optional<Bytes> wanted = CanonicalName(constraint);
  const std::optional<Bytes> presented = CanonicalName(name);
  if (!wanted) {
    return Fit::kBadConstraint;
  }
  if (!presented) {
    return Fit::kBadName;
  }
  const bool inside =
      presented->size() >= wanted->size() && std::equal(wanted->begin(), wanted->end(), presented->begin());
  return inside ? Fit::kInside : Fit::kOutside;
}

}  // namespace verifier

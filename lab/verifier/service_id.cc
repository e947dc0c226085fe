#include "lab/verifier/service_id.h"

#include <algorithm>

#include "lab/verifier/ascii_text.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_syntax.h"

namespace verifier {
namespace {

// Both halves must agree with one and the same reference (RFC 9525 6.5).
NameDecision Match(const ServiceName& presented, const Reference& reference, Reference::Kind kind, NameReason matched) {
  if (reference.kind != kind) {
    return Refuse(NameReason::kKindMismatch);
  }
  if (!EqualsFolded(presented.name, reference.dns)) {
    return Refuse(NameReason::kDifferentName);
  }
  if (!EqualsFolded(presented.service, reference.service)) {
    return Refuse(NameReason::kDifferentService);
  }
  return {.match = true, .presented_valid = true, .reason = matched};
}

// The reference made of a service and what follows it; the name is a host name, never an address.
std::expected<Reference, NameReason> ServiceReference(const ServiceName& parts, Reference::Kind kind,
                                                      NameReason no_name) {
  auto reference = ParseReference(parts.name);
  if (reference && reference->kind != Reference::Kind::kDns) {
    return std::unexpected(no_name);
  }
  if (reference) {
    reference->kind = kind;
    reference->service = AsciiLower(parts.service);
  }
  return reference;
}

}  // namespace

std::expected<ServiceName, NameReason> SplitSrvName(std::string_view text) {
  const size_t dot = text.find('.');
  if (!text.starts_with('_') || dot == text.npos) {
    return std::unexpected(text.empty() ? NameReason::kEmpty : NameReason::kBadService);
  }
  const ServiceName parts{text.substr(1, dot - 1), text.substr(dot + 1)};
  const auto fits = [](char c) { return IsAlpha(c) || IsDigit(c) || c == '-'; };
  const bool is_service = !parts.service.empty() && parts.service.size() <= kMaxLabel &&
                          std::ranges::all_of(parts.service, fits) && parts.service.front() != '-' &&
                          parts.service.back() != '-';
  if (!is_service || parts.name.starts_with('_')) {
    return std::unexpected(NameReason::kBadService);
  }
  return parts;
}

std::expected<ServiceName, NameReason> SplitUri(std::string_view text) {
  const size_t colon = text.find(':');
  const auto of_scheme = [](char c) { return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.'; };
  if (colon == text.npos || colon == 0 || !IsAlpha(text.front()) ||
      !std::ranges::all_of(text.substr(0, colon), of_scheme)) {
    return std::unexpected(text.empty() ? NameReason::kEmpty : NameReason::kBadUri);
  }
  ServiceName parts{text.substr(0, colon), text.substr(colon + 1)};
  const bool hierarchical = parts.name.starts_with("//");
  parts.name.remove_prefix(hierarchical ? 2 : 0);
  parts.name = parts.name.substr(0, parts.name.find_first_of(hierarchical ? "/?#" : "/?#;"));
  if (const size_t at = parts.name.rfind('@'); at != parts.name.npos) {
    parts.name.remove_prefix(at + 1);
  }
  if (const size_t port = parts.name.find(':'); port != parts.name.npos && !parts.name.starts_with('[')) {
    if (!std::ranges::all_of(parts.name.substr(port + 1), IsDigit)) {
      return std::unexpected(NameReason::kBadUri);
    }
    parts.name = parts.name.substr(0, port);
  }
  if (parts.name.empty() || parts.name.starts_with('[') || ParseIpAddress(parts.name)) {
    return std::unexpected(NameReason::kBadUri);
  }
  return parts;
}

NameReason CheckSrvName(std::string_view text) {
  const auto parts = SplitSrvName(text);
  return parts ? CheckHostName(parts->name).reason : parts.error();
}

NameReason CheckUri(std::string_view text) {
  const auto parts = SplitUri(text);
  return parts ? CheckHostName(parts->name).reason : parts.error();
}

NameDecision MatchSrv(std::string_view text, const Reference& reference) {
  const NameReason valid = CheckSrvName(text);
  return valid != NameReason::kValid
             ? Malformed(valid)
             : Match(*SplitSrvName(text), reference, Reference::Kind::kSrv, NameReason::kMatchSrv);
}

NameDecision MatchUri(std::string_view text, const Reference& reference) {
  const NameReason valid = CheckUri(text);
  return valid != NameReason::kValid ? Malformed(valid)
                                     : Match(*SplitUri(text), reference, Reference::Kind::kUri, NameReason::kMatchUri);
}

std::expected<Reference, NameReason> ParseSrvReference(std::string_view configured) {
  const auto parts = SplitSrvName(configured);
  if (!parts) {
    return std::unexpected(parts.error());
  }
  return ServiceReference(*parts, Reference::Kind::kSrv, NameReason::kBadService);
}

std::expected<Reference, NameReason> ParseUriReference(std::string_view configured) {
  const auto parts = SplitUri(configured);
  if (!parts) {
    return std::unexpected(parts.error());
  }
  return ServiceReference(*parts, Reference::Kind::kUri, NameReason::kBadUri);
}

}  // namespace verifier

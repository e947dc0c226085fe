#include "lab/cli/match_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/ip_literal.h"

namespace lab {
namespace {

using verifier::NameReason;
using verifier::PresentedForm;
using verifier::Reference;

constexpr size_t kShown = 300;  // octets of a name worth showing: more than a valid one has

// One step: a heading, what was found, and the rule behind it.
void Step(std::string& text, std::string_view heading, std::string_view found, std::string_view rule) {
  fmt::format_to(std::back_inserter(text), "{:<11} {}\n", heading, found);
  if (!rule.empty()) {
    fmt::format_to(std::back_inserter(text), "{:<11}   {}\n", "", rule);
  }
}

std::string ShowPresented(const verifier::Presented& presented) {
  switch (presented.form) {
    case PresentedForm::kDns:
      return fmt::format("dNSName \"{}\"", certs::Escaped(presented.value, kShown));
    case PresentedForm::kIp:
      return fmt::format("iPAddress {} ({} octets)", verifier::FormatIp(presented.value), presented.value.size());
    case PresentedForm::kCommonName:
      return fmt::format("common name \"{}\" and no subjectAltName", certs::Escaped(presented.value, kShown));
    case PresentedForm::kSrv:
      return fmt::format("SRVName \"{}\"", certs::Escaped(presented.value, kShown));
    case PresentedForm::kUri:
      return fmt::format("URI \"{}\"", certs::Escaped(presented.value, kShown));
  }
  return "";
}

void ExplainReference(std::string& text, std::string_view configured, const Reference& reference) {
  Step(text, "reference", fmt::format("\"{}\"", certs::Escaped(configured, kShown)), "");
  if (reference.kind == Reference::Kind::kIp) {
    const certs::ByteView octets(reference.ip.data(), reference.ip_len);
    Step(text, "", fmt::format("is an IP-ID: {}", verifier::FormatIp(octets)),
         "Strict dotted decimal or RFC 4291 2.2 text is an address and nothing else (RFC 9525 7.4).");
    return;
  }
  if (reference.kind == Reference::Kind::kSrv || reference.kind == Reference::Kind::kUri) {
    const bool srv = reference.kind == Reference::Kind::kSrv;
    Step(text, "",
         fmt::format("is {}: {} at {}", srv ? "an SRV-ID" : "a URI-ID", reference.service,
                     certs::Escaped(reference.dns)),
         "Service and name must both agree, with one presented identifier (RFC 9525 6.5).");
    return;
  }
  Step(text, "", fmt::format("is a DNS-ID: {}", certs::Escaped(reference.dns)),
       "Compared in lower case; U-labels become A-labels, one trailing dot goes (RFC 9525 6.3).");
}

// Why a dNSName is valid or not is the reason's sentence; the clause is what it rests on.
std::string_view Clause(NameReason reason) {
  switch (reason) {
    case NameReason::kMatchExact:
    case NameReason::kMatchWildcard:
    case NameReason::kDifferentName:
    case NameReason::kDifferentLabelCount:
    case NameReason::kBadWildcard:
      return "RFC 9525 6.3";
    case NameReason::kMatchSrv:
    case NameReason::kMatchUri:
    case NameReason::kDifferentService:
      return "RFC 9525 6.5";
    case NameReason::kBadService:
      return "RFC 4985 2";
    case NameReason::kBadUri:
      return "RFC 9525 2";
    case NameReason::kMatchSubdomain:
    case NameReason::kMatchWalk:
      return "no standard; the profile's way";
    case NameReason::kMatchIp:
    case NameReason::kDifferentIp:
    case NameReason::kKindMismatch:
    case NameReason::kWildcardForbidden:
      return "RFC 9525 6.4";
    case NameReason::kCommonNameIgnored:
      return "RFC 9525 2";
    case NameReason::kLabelTooLong:
    case NameReason::kNameTooLong:
      return "RFC 1035 2.3.4";
    case NameReason::kBadIpLength:
      return "RFC 5280 4.2.1.6";
    case NameReason::kBadIpLiteral:
    case NameReason::kNumericLastLabel:
      return "RFC 9525 7.4; this project's choice in detail";
    case NameReason::kBadIdn:
      return "RFC 5891 5, UTS #46 4";
    case NameReason::kBadCharacter:
      return "RFC 1034 3.5, RFC 1123 2.1, and '_' by this project's choice";
    case NameReason::kEmptyLabel:
    case NameReason::kEdgeHyphen:
      return "RFC 1034 3.5";
    case NameReason::kWildcardTooBroad:
      return "this project's choice; RFC 9525 7.1 leaves it open";
    case NameReason::kEmpty:
    case NameReason::kTrailingDot:
    case NameReason::kValid:
      return "this project's choice where RFC 9525 is silent";
  }
  return "";
}

std::string WithClause(NameReason reason) { return fmt::format("{} [{}]", Sentence(reason), Clause(reason)); }

std::vector<std::string_view> Labels(std::string_view name) {
  std::vector<std::string_view> labels;
  for (;;) {
    const size_t dot = name.find('.');
    labels.push_back(name.substr(0, dot));
    if (dot == name.npos) {
      return labels;
    }
    name.remove_prefix(dot + 1);
  }
}

std::string Lower(std::string_view label) {
  std::string lower(label);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

// Two valid names side by side from the right, where the hierarchy begins.
void WalkLabels(std::string& text, std::string_view presented, std::string_view reference) {
  const auto left = Labels(presented);
  const auto right = Labels(reference);
  const size_t rows = std::max(left.size(), right.size());
  Step(text, "labels", "from the right", "");
  for (size_t i = 0; i < rows; ++i) {
    const std::string ours = i < left.size() ? Lower(left[left.size() - 1 - i]) : "";
    const std::string_view theirs = i < right.size() ? right[right.size() - 1 - i] : "";
    const char* word = "differ";
    if (i >= left.size() || i >= right.size()) {
      word = i >= left.size() ? "nothing presented for this label" : "nothing in the reference for this label";
    } else if (ours == "*") {
      word = "* stands for this one label";
    } else if (ours == theirs) {
      word = "equal";
    }
    fmt::format_to(std::back_inserter(text), "{:<11}   {:<24} {:<24} {}\n", "", ours.empty() ? "-" : ours,
                   theirs.empty() ? "-" : theirs, word);
  }
}

// The reference of the kind that the presented identifier calls for.
std::expected<Reference, NameReason> ParseFor(PresentedForm form, std::string_view configured,
                                              const verifier::NamePolicy& policy) {
  if (form == PresentedForm::kSrv && configured.starts_with('_')) {
    return verifier::ParseSrvReference(configured);
  }
  if (form == PresentedForm::kUri && configured.find(':') != configured.npos) {
    return verifier::ParseUriReference(configured);
  }
  return verifier::ParseReference(configured, policy);
}

}  // namespace

Explanation ExplainMatch(const verifier::Presented& presented, std::string_view configured, std::string_view profile,
                         const verifier::NamePolicy& policy) {
  Explanation explanation;
  std::string& text = explanation.text;
  Step(text, "profile", profile, "");
  const auto reference = ParseFor(presented.form, configured, policy);
  if (!reference) {
    Step(text, "reference", fmt::format("\"{}\"", certs::Escaped(configured, kShown)), "");
    Step(text, "", fmt::format("is invalid: {}", Name(reference.error())), WithClause(reference.error()));
    Step(text, "decision", "invalid-reference: the client must say so before it connects to anything", "");
    return explanation;
  }
  ExplainReference(text, configured, *reference);
  Step(text, "presented", ShowPresented(presented), "");

  verifier::NameDecision decision = MatchName(presented, *reference, policy);
  if (presented.form == PresentedForm::kCommonName && policy.cn_fallback != verifier::CnFallback::kNever) {
    const auto identity = verifier::MatchIdentity({.common_names = {presented.value}}, *reference, policy);
    decision = {.match = identity.match, .presented_valid = true, .reason = identity.reason};
  }
  if (!decision.presented_valid) {
    Step(text, "", fmt::format("is invalid: {}", Name(decision.reason)), WithClause(decision.reason));
    Step(text, "decision", "invalid-presented: the identifier is ignored; others of the certificate still count", "");
    return explanation;
  }
  const bool both_names = presented.form == PresentedForm::kDns && reference->kind == Reference::Kind::kDns;
  if (both_names) {
    Step(text, "", "is a valid name", "");
    WalkLabels(text, certs::AsText(presented.value), reference->dns);
  }
  explanation.match = decision.match;
  Step(text, "decision", fmt::format("{}: {}", decision.match ? "match" : "nomatch", Name(decision.reason)),
       WithClause(decision.reason));
  return explanation;
}

}  // namespace lab

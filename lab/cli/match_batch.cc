#include "lab/cli/match_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "certs/bytes.h"
#include "lab/cli/cert_text.h"
#include "lab/verifier/constraint_match.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/name_constraints.h"

namespace lab {
namespace {

using verifier::Certificate;
using verifier::NameReason;
using verifier::PresentedForm;
using verifier::Reference;

constexpr std::array kKinds = {
    std::pair<std::string_view, BatchKind>{"dns", BatchKind::kDns},
    std::pair<std::string_view, BatchKind>{"ip", BatchKind::kIp},
    std::pair<std::string_view, BatchKind>{"cn", BatchKind::kCn},
    std::pair<std::string_view, BatchKind>{"srv", BatchKind::kSrv},
    std::pair<std::string_view, BatchKind>{"uri", BatchKind::kUri},
    std::pair<std::string_view, BatchKind>{"cert", BatchKind::kCert},
    std::pair<std::string_view, BatchKind>{"nameconstraint", BatchKind::kNameConstraint},
};

certs::ByteView ViewOf(const std::string& octets) {
  return {reinterpret_cast<const uint8_t*>(octets.data()), octets.size()};
}

PresentedForm FormOf(BatchKind kind) {
  switch (kind) {
    case BatchKind::kIp:
      return PresentedForm::kIp;
    case BatchKind::kCn:
      return PresentedForm::kCommonName;
    case BatchKind::kSrv:
      return PresentedForm::kSrv;
    case BatchKind::kUri:
      return PresentedForm::kUri;
    case BatchKind::kDns:
    case BatchKind::kCert:
    case BatchKind::kNameConstraint:
      break;
  }
  return PresentedForm::kDns;
}

// Cuts one field off the front of the line; nothing if the line has no more.
std::optional<std::string_view> NextField(std::optional<std::string_view>& line) {
  if (!line) {
    return std::nullopt;
  }
  const size_t tab = line->find('\t');
  const std::string_view field = line->substr(0, tab);
  if (tab == line->npos) {
    line.reset();
  } else {
    line->remove_prefix(tab + 1);
  }
  return field;
}

bool HasSrvName(const Certificate& certificate) {
  return certificate.san && std::ranges::any_of(*certificate.san, [](const verifier::GeneralNameView& name) {
           const auto presented = verifier::PresentedOf(name);
           return presented && presented->form == PresentedForm::kSrv;
         });
}

// What one alternative of one level says of the leaf; nothing: it passes.
enum class Fault : uint8_t { kViolation, kBadName, kBadConstraint };

std::optional<Fault> FaultUnder(const Certificate& issuer, const Certificate& leaf,
                                const verifier::NamePolicy& policy) {
  int64_t comparisons = 1 << 20;
  std::optional<Fault> worst;
  for (const verifier::ConstraintFinding& finding :
       CheckNameConstraints(issuer, leaf, {.names = policy, .as_deployed = true, .comparisons_left = &comparisons})) {
    const Fault fault = finding.reason != certs::Reason::kNameConstraintViolation ? Fault::kBadConstraint
                        : finding.name_malformed                                  ? Fault::kBadName
                                                                                  : Fault::kViolation;
    worst = std::max(worst.value_or(fault), fault);
  }
  return worst;
}

bool IsWellFormed(const Certificate& issuer) {
  const auto fine = [](const verifier::SubtreeView& subtree) {
    return verifier::IsConstraint(subtree.base.tag, subtree.base.value, true);
  };
  return std::ranges::all_of(issuer.permitted, fine) && std::ranges::all_of(issuer.excluded, fine);
}

// The answer for the chain: every level must pass, by any of its alternatives.
std::optional<Fault> FaultOf(const ConstraintLevels& levels, const Certificate* leaf,
                             const verifier::NamePolicy& policy) {
  for (const auto& level : levels) {
    std::optional<Fault> least;
    bool passed = false;
    for (const TextNames& alternative : level) {
      const Certificate& issuer = alternative.certificate;
      const std::optional<Fault> fault = leaf != nullptr        ? FaultUnder(issuer, *leaf, policy)
                                         : IsWellFormed(issuer) ? std::nullopt
                                                                : std::optional(Fault::kBadConstraint);
      passed = passed || !fault;
      least = fault ? std::min(least.value_or(*fault), *fault) : least;
    }
    if (!passed) {
      return least;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<BatchKind> BatchKindByName(std::string_view name) {
  const auto kind = std::ranges::find(kKinds, name, &std::pair<std::string_view, BatchKind>::first);
  return kind != kKinds.end() ? std::optional(kind->second) : std::nullopt;
}

bool Unescape(std::string_view text, std::string& octets) {
  if (text.find('\\') == text.npos) {
    octets = text;
    return true;
  }
  octets.clear();
  for (size_t pos = 0; pos < text.size(); ++pos) {
    if (text[pos] != '\\') {
      octets.push_back(text[pos]);
      continue;
    }
    // The one escape of these fields is a part of those that UnescapeField knows.
    const std::string_view escape = text.substr(pos, 4);
    const auto field = escape.size() == 4 && escape[1] == 'x' ? UnescapeField(escape) : std::nullopt;
    if (!field) {
      return false;
    }
    octets += field->octets;
    pos += 3;
  }
  return true;
}

std::string Batch::Answer(std::string_view line, std::string& answers) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.empty() || line.front() == '#') {
    return "";
  }
  std::optional<std::string_view> rest = line;
  const auto kind_name = NextField(rest);
  const auto presented = NextField(rest);
  const auto reference = NextField(rest);
  if (!reference) {
    return "expected kind TAB presented TAB reference";
  }
  const auto kind = BatchKindByName(*kind_name);
  if (!kind) {
    return fmt::format("unknown kind \"{}\"; expected dns, ip, cn, srv, uri, cert or nameconstraint",
                       certs::Escaped(*kind_name, 40));
  }
  const bool has_presented = *presented != "-";
  const bool has_reference = *reference != "-";
  if (!has_presented && !has_reference) {
    return "neither a presented nor a reference identifier is given";
  }
  Decision decision;
  if (*kind == BatchKind::kCert || *kind == BatchKind::kNameConstraint) {
    if (std::string fault = AnswerText(*kind, *presented, *reference, decision); !fault.empty()) {
      return fault;
    }
  } else if (!Unescape(*presented, presented_) || !Unescape(*reference, reference_)) {
    return "a backslash begins an octet written \\xNN and nothing else";
  } else {
    decision = DecideName(*kind, has_presented, has_reference);
  }
  answers.append(decision.verdict).append("\t").append(decision.reason).append("\n");
  return "";
}

std::expected<Reference, NameReason> Batch::ReadReference(BatchKind kind) const {
  if (kind == BatchKind::kSrv && reference_.starts_with('_')) {
    return verifier::ParseSrvReference(reference_);
  }
  const bool is_address = verifier::ParseReference(reference_, policy_).has_value();
  if ((kind == BatchKind::kUri || kind == BatchKind::kCert) && reference_.find(':') != reference_.npos && !is_address) {
    if (auto uri = verifier::ParseUriReference(reference_); uri || kind == BatchKind::kUri) {
      return uri;
    }
  }
  return verifier::ParseReference(reference_, policy_);
}

Batch::Decision Batch::DecideName(BatchKind kind, bool has_presented, bool has_reference) const {
  const verifier::Presented presented{FormOf(kind), ViewOf(presented_)};
  if (!has_reference) {
    const NameReason reason = CheckPresented(presented, policy_);
    return {reason == NameReason::kValid ? "valid-presented" : "invalid-presented", Name(reason)};
  }
  const auto reference = ReadReference(kind);
  if (!reference) {
    return {"invalid-reference", Name(reference.error())};
  }
  if (!has_presented) {
    return {"valid-reference", Name(NameReason::kValid)};
  }
  if (kind == BatchKind::kCn && policy_.cn_fallback != verifier::CnFallback::kNever) {
    const auto decision = MatchIdentity({.common_names = {presented.value}}, *reference, policy_);
    return {decision.match ? "match" : "nomatch", Name(decision.reason)};
  }
  const verifier::NameDecision decision = MatchName(presented, *reference, policy_);
  if (!decision.presented_valid) {
    return {"invalid-presented", Name(decision.reason)};
  }
  return {decision.match ? "match" : "nomatch", Name(decision.reason)};
}

std::string Batch::AnswerText(BatchKind kind, std::string_view presented, std::string_view reference,
                              Decision& decision) {
  std::optional<TextNames> leaf;
  if (presented != "-") {
    auto read = ReadCertificateText(presented);
    if (!read) {
      return read.error();
    }
    leaf = std::move(*read);
  }
  if (kind == BatchKind::kNameConstraint) {
    const auto levels = ReadConstraintText(reference);
    if (!levels) {
      return levels.error();
    }
    const bool unusable = leaf && (leaf->certificate.san_malformed ||
                                   (leaf->certificate.san && leaf->certificate.san->empty() && !IsLenient(policy_)));
    const auto fault = unusable ? Fault::kBadName : FaultOf(*levels, leaf ? &leaf->certificate : nullptr, policy_);
    decision = !fault                       ? Decision{"match", "valid"}
               : fault == Fault::kViolation ? Decision{"nomatch", "name-constraint-violation"}
               : fault == Fault::kBadName   ? Decision{"invalid-presented", "name-constraint-violation"}
                                            : Decision{"invalid-reference", "name-constraint-unsupported"};
    return "";
  }
  if (!Unescape(reference, reference_)) {
    return "a backslash begins an octet written \\xNN and nothing else";
  }
  const bool srv = leaf && reference_.starts_with('_') && HasSrvName(leaf->certificate);
  const auto parsed = reference == "-" ? verifier::ParseReference("a") : ReadReference(srv ? BatchKind::kSrv : kind);
  if (!parsed) {
    decision = {"invalid-reference", Name(parsed.error())};
    return "";
  }
  if (!leaf) {
    decision = {"valid-reference", Name(NameReason::kValid)};
    return "";
  }
  const auto identity = MatchIdentity(verifier::IdentifiersOf(leaf->certificate), *parsed, policy_);
  if (!identity.usable || reference == "-") {
    decision = {identity.usable ? "valid-presented" : "invalid-presented", Name(identity.reason)};
    return "";
  }
  decision = {identity.match ? "match" : "nomatch", Name(identity.reason)};
  return "";
}

}  // namespace lab

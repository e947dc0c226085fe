#include "lab/verifier/name_constraints.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/constraint_match.h"
#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/ip_literal.h"

namespace verifier {
namespace {

constexpr uint8_t kEmailAddress[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01};
constexpr uint8_t kSmtpUtf8Mailbox[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09};

// A name, and where it stands.
struct ConstrainedName {
  GeneralNameView name;
  bool in_subject = false;
};

// The common names that count as identifiers under the policy and look like one: host names of two labels or more
// (OpenSSL does not take "Joe" for a host either) or, where they may be, addresses. Addresses go into `addresses`.
void AddCommonNames(const Certificate& certificate, const NamePolicy& policy, std::vector<IpAddress>* addresses,
                    std::vector<ConstrainedName>* names) {
  if (policy.cn_fallback == CnFallback::kNever) {
    return;
  }
  for (const ByteView text : CountingCommonNames(IdentifiersOf(certificate), policy)) {
    const std::optional<IpAddress> address = ParseIpAddress(certs::AsText(text));
    if (address && (policy.cn_ip == CnIp::kAny || (policy.cn_ip == CnIp::kV4 && address->length == 4))) {
      addresses->push_back(*address);
    } else if (!address && CheckPresented({PresentedForm::kDns, text}, NamePolicy{}) == NameReason::kValid &&
               certs::AsText(text).find('.') != std::string_view::npos) {
      names->push_back({{kDnsName, text}, true});
    }
  }
  for (const IpAddress& address : *addresses) {
    names->push_back({{kIpAddress, address.View()}, true});
  }
}

// Every name of the certificate that constraints apply to.
std::vector<ConstrainedName> NamesOf(const Certificate& certificate) {
  std::vector<ConstrainedName> names;
  if (certificate.san) {
    names.reserve(certificate.san->size() + 1);
    for (const GeneralNameView& name : *certificate.san) {
      names.push_back({name});
    }
  }
  if (!IsEmptyName(certificate.subject)) {
    names.push_back({{kDirectoryName, certificate.subject}, true});
  }
  for (const ByteView address : AttributeValues(certificate.subject, kEmailAddress)) {
    names.push_back({{kRfc822Name, address}, true});
  }
  return names;
}

// Checks one certificate against one issuer, gathering at most one finding per reason.
class Checker {
 public:
  Checker(const Certificate& issuer, const ConstraintPolicy& policy) : issuer_(issuer), policy_(policy) {}

  void Check(const ConstrainedName& constrained);
  // A leaf that bears its name only where constraints do not reach.
  void RefuseCommonName(ByteView text);
  bool exhausted() const { return exhausted_; }
  std::vector<ConstraintFinding> TakeFindings() { return std::move(findings_); }

 private:
  bool Constrains(int tag) const;
  Fit FitOne(const ConstrainedName& constrained, const SubtreeView& subtree, Subtree kind) const;
  // Whether the name lies in one of the subtrees of its form. Nothing: it could not be told, and that has been noted.
  std::optional<bool> IsInside(const ConstrainedName& constrained, const std::vector<SubtreeView>& subtrees,
                               Subtree kind);
  void Found(Reason reason, std::string detail, bool name_malformed = false);

  const Certificate& issuer_;
  const ConstraintPolicy& policy_;
  std::vector<ConstraintFinding> findings_;
  bool exhausted_ = false;
};

bool HasForm(const std::vector<SubtreeView>& subtrees, int tag) {
  return std::ranges::any_of(subtrees, [tag](const SubtreeView& subtree) { return subtree.base.tag == tag; });
}

bool Checker::Constrains(int tag) const { return HasForm(issuer_.permitted, tag) || HasForm(issuer_.excluded, tag); }

void Checker::RefuseCommonName(ByteView text) {
  Found(Reason::kNameConstraintViolation, fmt::format("the common name \"{}\" and no subjectAltName, below \"{}\"",
                                                      certs::Escaped(text, 100), NameText(issuer_.subject)));
}

void Checker::Check(const ConstrainedName& constrained) {
  const GeneralNameView& name = constrained.name;
  const bool nobody = name.tag == kDnsName && name.value.empty();
  if (policy_.as_deployed && !nobody && !constrained.in_subject && !IsPlaceable(name.tag, name.value)) {
    Found(Reason::kNameConstraintViolation,
          fmt::format("{} is malformed, below the constraints of \"{}\"", GeneralNameText(name),
                      NameText(issuer_.subject)),
          true);
    return;
  }
  // RFC 9598 6 puts SmtpUTF8Mailbox under the rfc822Name constraints; that comparison is not made here.
  const bool utf8_mailbox = Same(OtherNameType(name), kSmtpUtf8Mailbox) && Constrains(kRfc822Name);
  if (!Constrains(name.tag) && !utf8_mailbox) {
    return;
  }
  if (utf8_mailbox || name.tag == kOtherName || name.tag == kX400Address || name.tag == kEdiPartyName ||
      name.tag == kRegisteredId) {
    Found(Reason::kNameConstraintUnsupported,
          fmt::format("{} is constrained by \"{}\", in a form that is not processed", GeneralNameText(name),
                      NameText(issuer_.subject)));
    return;
  }
  const std::optional<bool> excluded = IsInside(constrained, issuer_.excluded, Subtree::kExcluded);
  if (excluded == true) {
    Found(Reason::kNameConstraintViolation,
          fmt::format("{} is excluded by \"{}\"", GeneralNameText(name), NameText(issuer_.subject)));
    return;
  }
  if (!excluded || !HasForm(issuer_.permitted, name.tag)) {
    return;
  }
  if (IsInside(constrained, issuer_.permitted, Subtree::kPermitted) == false) {
    Found(Reason::kNameConstraintViolation,
          fmt::format("{} is not among what \"{}\" permits", GeneralNameText(name), NameText(issuer_.subject)));
  }
}

Fit Checker::FitOne(const ConstrainedName& constrained, const SubtreeView& subtree, Subtree kind) const {
  const GeneralNameView& name = constrained.name;
  // An attribute of the subject compares without case (RFC 5280 4.1.2.6): enough to exclude it, not to permit it.
  const bool any_case = constrained.in_subject && kind == Subtree::kExcluded;
  switch (name.tag) {
    case kDnsName:
      if (policy_.as_deployed && name.value.empty()) {
        return subtree.base.value.empty() ? Fit::kInside : Fit::kOutside;
      }
      return FitDns(name.value, subtree.base.value, kind, policy_.leading_dot_allowed);
    case kIpAddress:
      return FitIp(name.value, subtree.base.value);
    case kRfc822Name:
      return FitEmail(name.value, subtree.base.value, any_case ? LocalPart::kAnyCase : LocalPart::kExact);
    case kUri:
      return FitUri(name.value, subtree.base.value);
    default:
      return FitDirectory(name.value, subtree.base.value);
  }
}

std::optional<bool> Checker::IsInside(const ConstrainedName& constrained, const std::vector<SubtreeView>& subtrees,
                                      Subtree kind) {
  const GeneralNameView& name = constrained.name;
  bool inside = false;
  for (const SubtreeView& subtree : subtrees) {
    if (subtree.base.tag != name.tag) {
      continue;
    }
    if (--*policy_.comparisons_left < 0) {
      exhausted_ = true;
      Found(Reason::kPathBudget, "too many names times too many name constraints");
      return std::nullopt;
    }
    const Fit fit = subtree.plain ? FitOne(constrained, subtree, kind) : Fit::kBadConstraint;
    if (fit == Fit::kBadConstraint) {
      Found(Reason::kNameConstraintUnsupported,
            fmt::format("{} meets the constraint {} of \"{}\", which is malformed{}", GeneralNameText(name),
                        GeneralNameText(subtree.base), NameText(issuer_.subject),
                        subtree.plain ? "" : " (minimum or maximum)"));
      return std::nullopt;
    }
    if (fit == Fit::kBadName) {
      Found(Reason::kNameConstraintViolation,
            fmt::format("{} is malformed and its form is constrained by \"{}\"", GeneralNameText(name),
                        NameText(issuer_.subject)),
            true);
      return std::nullopt;
    }
    // Go on behind a match: a malformed constraint must not hide behind a good one.
    inside = inside || fit == Fit::kInside;
  }
  return inside;
}

void Checker::Found(Reason reason, std::string detail, bool name_malformed) {
  if (std::ranges::none_of(findings_, [reason](const ConstraintFinding& f) { return f.reason == reason; })) {
    findings_.push_back({reason, std::move(detail), name_malformed});
  }
}

}  // namespace

std::vector<ConstraintFinding> CheckNameConstraints(const Certificate& issuer, const Certificate& certificate,
                                                    const ConstraintPolicy& policy) {
  if (!issuer.has_name_constraints) {
    return {};
  }
  Checker checker(issuer, policy);
  std::vector<ConstrainedName> names = NamesOf(certificate);
  std::vector<IpAddress> addresses;
  const size_t without_common_names = names.size();
  AddCommonNames(certificate, policy.names, &addresses, &names);
  if (policy.names.cn_under_constraints == CnUnderConstraints::kRefused && names.size() > without_common_names) {
    checker.RefuseCommonName(names.back().name.value);
    names.resize(without_common_names);
  }
  for (const ConstrainedName& name : names) {
    checker.Check(name);
    if (checker.exhausted()) {
      break;
    }
  }
  return checker.TakeFindings();
}

}  // namespace verifier

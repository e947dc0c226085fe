#include "lab/verifier/chain_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/leaf_rules.h"
#include "lab/verifier/name_constraints.h"
#include "lab/verifier/policy.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/signature.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

constexpr uint16_t kKeyCertSign = 1 << 5;
using Standing = SignatureAlgorithm::Standing;

bool IsSelfSigned(const Certificate& certificate) {
  return certificate.self_issued() && certificate.key != nullptr && certificate.algorithm.verifiable &&
         VerifySignature(certificate.algorithm, certificate.key.get(), certificate.tbs, certificate.signature);
}

// Which rule minds a weak signature, and which a weak key.
Rule StrengthRule(const SignatureAlgorithm& algorithm) {
  return algorithm.known_name.starts_with("md") ? Rule::kMessageDigests : Rule::kSha1;
}
Rule StrengthRule(const Certificate& certificate) {
  return certificate.key_text().find("RSA") != std::string::npos ? Rule::kRsaStrength : Rule::kEcStrength;
}

// Judges one path, certificate by certificate from the anchor down.
class Judge {
 public:
  Judge(const Path& path, const VerifyRequest& request, int64_t* comparisons_left, std::vector<Defect>* defects)
      : path_(path), request_(request), comparisons_left_(comparisons_left), defects_(*defects) {}

  void Run() {
    for (depth_ = Length() - 1; depth_ >= 0; --depth_) {
      c_ = path_.certificates[static_cast<size_t>(depth_)];
      Form();
      Algorithm();
      Strength();
      Dates();
      if (depth_ > 0) {
        IssuerRules();
      }
      Extensions();
      Constraints();
    }
    depth_ = 0;
    if (const auto fault = FindPolicyFault(path_.certificates, path_.anchored)) {
      Found(Reason::kPolicyUnsatisfied, *fault);
    }
    JudgeLeafUsage(*path_.certificates[0], request_, &defects_);
  }

 private:
  int Length() const { return static_cast<int>(path_.certificates.size()); }
  bool IsAnchor() const { return path_.anchored && depth_ == Length() - 1; }

  void Found(Reason reason, std::string detail) {
    const Verdict verdict{reason, depth_};
    if (std::ranges::none_of(defects_, [&](const Defect& defect) { return defect.verdict == verdict; })) {
      defects_.push_back({verdict, std::move(detail)});
    }
  }

  // Turns the parser's notes of one reason into a defect; returns whether there was one.
  bool Noted(Reason reason) {
    for (const Note& note : c_->notes) {
      if (note.reason == reason && RuleOn(note.rule)) {
        Found(reason, note.detail);
        return true;
      }
    }
    return false;
  }

  void Form();
  void Algorithm();
  void Strength();
  void Dates();
  void IssuerRules();
  void PathLength();
  void Extensions();
  void CaProfile();
  void Constraints();

  const Path& path_;
  const VerifyRequest& request_;
  int64_t* comparisons_left_;
  std::vector<Defect>& defects_;
  int depth_ = 0;
  const Certificate* c_ = nullptr;
  int64_t intermediates_left_ = INT32_MAX;  // max_path_length of RFC 5280 6.1.2 k
};

void Judge::Form() {
  if (RuleOn(Rule::kVersion)) {
    if (!Noted(Reason::kUnsupportedVersion) && c_->version != 3 && !(IsAnchor() && c_->version <= 2 && Length() > 1)) {
      Found(Reason::kUnsupportedVersion, fmt::format("version {}", c_->version));
    }
  }
  Noted(Reason::kInvalidSerial);
  if (RuleOn(Rule::kSubjects) && IsEmptyName(c_->issuer)) {
    Found(Reason::kEmptyIssuer, "the issuer field has no attribute");
  }
  const bool nameless = IsEmptyName(c_->subject);
  if (RuleOn(Rule::kSubjects) && nameless && (depth_ > 0 || c_->is_ca)) {
    Found(Reason::kEmptyCaSubject, "the subject field has no attribute");
  }
  if (RuleOn(Rule::kSanCritical) && nameless && depth_ == 0 && c_->san && !c_->san_critical) {
    Found(Reason::kSanNotCritical, "the subject field is empty, so the subjectAltName must be critical");
  }
}

void Judge::Algorithm() {
  // Of an anchor only its name and its key matter (RFC 5280 6.1.1 d): nobody looks at its signature.
  if (RuleOn(Rule::kAlgorithmsAgree) && !IsAnchor() && !Same(c_->inner_algorithm, c_->outer_algorithm)) {
    Found(Reason::kSignatureAlgorithmMismatch,
          fmt::format("signed: {}, beside the signature: {}", ReadSignatureAlgorithm(c_->inner_algorithm).name(),
                      c_->algorithm.name()));
  }
  // A weak one that cannot be computed is unsupported once nobody objects to weak ones.
  const bool refused_as_weak = c_->algorithm.standing == Standing::kWeak && RuleOn(StrengthRule(c_->algorithm));
  if (RuleOn(Rule::kSignatureAlgorithms) && !c_->algorithm.verifiable && !refused_as_weak && !IsAnchor()) {
    Found(Reason::kUnsupportedAlgorithm, "signed with " + c_->algorithm.name());
  }
  if (RuleOn(Rule::kKeyAlgorithms) && c_->key == nullptr && !(c_->key_weak && RuleOn(StrengthRule(*c_)))) {
    Found(Reason::kUnsupportedAlgorithm, c_->key_text());
  }
  const size_t at = static_cast<size_t>(depth_);
  if (RuleOn(Rule::kSignatures) && at < path_.links.size() && path_.links[at] == Link::kInvalid) {
    Found(Reason::kSignatureInvalid, fmt::format("the key of \"{}\" ({}) did not make this {} signature",
                                                 NameText(path_.certificates[at + 1]->subject),
                                                 path_.certificates[at + 1]->key_text(), c_->algorithm.name()));
  }
}

void Judge::Strength() {
  if (c_->algorithm.standing == Standing::kWeak && !IsAnchor() && RuleOn(StrengthRule(c_->algorithm))) {
    Found(Reason::kWeakSignature, "signed with " + c_->algorithm.name());
  }
  if (c_->key_weak && RuleOn(StrengthRule(*c_))) {
    Found(Reason::kWeakKey, c_->key_text());
  }
}

void Judge::Dates() {
  if (RuleOn(Rule::kDateSyntax) && Noted(Reason::kMalformedTime)) {
    return;
  }
  if (c_->not_before && c_->not_after && *c_->not_before > *c_->not_after && RuleOn(Rule::kValidityOrder)) {
    Found(Reason::kInvalidValidity, fmt::format("notBefore {} is later than notAfter {}", FormatTime(*c_->not_before),
                                                FormatTime(*c_->not_after)));
  } else if (c_->not_after && request_.now > *c_->not_after && RuleOn(Rule::kNotAfter)) {
    Found(Reason::kExpired,
          fmt::format("notAfter {} is before now, {}", FormatTime(*c_->not_after), FormatTime(request_.now)));
  } else if (c_->not_before && request_.now < *c_->not_before && RuleOn(Rule::kNotBefore)) {
    Found(Reason::kNotYetValid,
          fmt::format("notBefore {} is after now, {}", FormatTime(*c_->not_before), FormatTime(request_.now)));
  }
}

void Judge::IssuerRules() {
  // A version 1 or 2 certificate cannot say that it is a CA. As an anchor it is one by configuration (RFC 5280 6.1.4
  // k); elsewhere its version has been refused already, and once more is not needed.
  const bool says_nothing = c_->version < 3;
  const bool is_ca = c_->is_ca || (says_nothing && (IsAnchor() || RuleOn(Rule::kVersion)));
  const bool refused_already = c_->basic_constraints_malformed && RuleOn(Rule::kExtensionSyntax);
  if (!is_ca && !refused_already && RuleOn(Rule::kBasicConstraints)) {
    Found(Reason::kNotACa,
          c_->has_basic_constraints ? "basicConstraints says cA FALSE" : "there is no basicConstraints");
  }
  if (RuleOn(Rule::kCaKeyUsage) && (is_ca || !RuleOn(Rule::kBasicConstraints)) && c_->key_usage &&
      (*c_->key_usage & kKeyCertSign) == 0) {
    Found(Reason::kCaKeyUsage, "keyUsage is present without keyCertSign");
  }
  PathLength();
  if (RuleOn(Rule::kIssuerExtendedKeyUsage) && !AllowsPurpose(*c_, request_.purpose, true)) {
    Found(Reason::kExtendedKeyUsage,
          "the issuer's extendedKeyUsage names neither the purpose nor any: " + PurposesText(*c_));
  }
}

// RFC 5280 6.1.4 l, m. The anchor is not one of the path's certificates, but its limit is taken over (RFC 5937).
void Judge::PathLength() {
  if (!IsAnchor() && !c_->self_issued() && --intermediates_left_ < 0) {
    if (RuleOn(Rule::kPathLen)) {
      Found(Reason::kPathLenExceeded, "one intermediate more than a CA above permits");
    }
    intermediates_left_ = 0;
  }
  if (c_->is_ca && c_->path_len) {
    intermediates_left_ = std::min<int64_t>(intermediates_left_, *c_->path_len);
  }
}

void Judge::Extensions() {
  Noted(Reason::kMalformedExtension);
  if (RuleOn(Rule::kConstraintsInCasOnly) && depth_ == 0 && c_->has_name_constraints && !c_->is_ca) {
    Found(Reason::kMalformedExtension, "nameConstraints: only a CA certificate may have it");
  }
  if (RuleOn(Rule::kExtensionSyntax) && request_.ca_profile) {
    CaProfile();
  }
  Noted(Reason::kDuplicateExtension);
  Noted(Reason::kUnknownCriticalExtension);
}

// What RFC 5280 obliges a CA to and section 6 does not look at.
void Judge::CaProfile() {
  const auto found = [this](std::string_view what) { Found(Reason::kMalformedExtension, std::string(what)); };
  const size_t above = static_cast<size_t>(depth_) + 1;
  const Certificate* issuer = above < path_.certificates.size() ? path_.certificates[above] : nullptr;
  const bool may_omit_aki = c_->self_issued() && !c_->has_authority_key_id;
  if (c_->version == 3 && !c_->authority_key_id && !may_omit_aki) {
    found("authorityKeyIdentifier: there is no keyIdentifier (RFC 5280 4.2.1.1)");
  }
  if (c_->is_ca && !c_->subject_key_id) {
    found("subjectKeyIdentifier: missing in a CA certificate (RFC 5280 4.2.1.2)");
  }
  if (issuer == nullptr && IsSelfSigned(*c_)) {
    issuer = c_;
  }
  if (issuer != nullptr && issuer->subject_key_id && c_->authority_key_id &&
      !Same(*issuer->subject_key_id, *c_->authority_key_id)) {
    found("authorityKeyIdentifier: not the issuer's subjectKeyIdentifier (RFC 5280 4.2.1.2)");
  }
  if (c_->is_ca && !c_->basic_constraints_critical) {
    found("basicConstraints: must be critical in a CA certificate (RFC 5280 4.2.1.9)");
  }
  if (c_->has_name_constraints && !c_->name_constraints_critical) {
    found("nameConstraints: must be critical (RFC 5280 4.2.1.10)");
  }
  if (c_->generalized_too_early && RuleOn(Rule::kDateSyntax)) {
    Found(Reason::kMalformedTime, "a date before 2050 as GeneralizedTime (RFC 5280 4.1.2.5)");
  }
}

// RFC 5280 6.1.3 b, c: every name within what each CA above permits; self-issued CA certificates are exempt.
void Judge::Constraints() {
  if (depth_ > 0 && c_->self_issued()) {
    return;
  }
  const ConstraintPolicy policy{.names = depth_ == 0 ? request_.names : NamePolicy{},
                                .leading_dot_allowed = !request_.ca_profile,
                                .comparisons_left = comparisons_left_};
  for (size_t above = static_cast<size_t>(depth_) + 1; above < path_.certificates.size(); ++above) {
    for (ConstraintFinding& finding : CheckNameConstraints(*path_.certificates[above], *c_, policy)) {
      if (finding.reason == Reason::kPathBudget) {
        defects_.insert(defects_.begin(), {{Reason::kPathBudget, 0}, std::move(finding.detail)});
        return;
      }
      if (RuleOn(finding.reason == Reason::kNameConstraintViolation ? Rule::kNameConstraints
                                                                    : Rule::kConstraintForms)) {
        Found(finding.reason, std::move(finding.detail));
      }
    }
  }
}

}  // namespace

void JudgePath(const Path& path, const VerifyRequest& request, RevocationChecker* revocation, int64_t* comparisons_left,
               std::vector<Defect>* defects) {
  Judge(path, request, comparisons_left, defects).Run();
  revocation->Judge(path, defects);
}

}  // namespace verifier

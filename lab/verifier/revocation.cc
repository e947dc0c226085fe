#include "lab/verifier/revocation.h"

#include <algorithm>
#include <iterator>

#include "lab/verifier/chain_rules.h"
#include "lab/verifier/crl_check.h"
#include "lab/verifier/der_reader.h"
#include "lab/verifier/ocsp_check.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/verify.h"

namespace verifier {
namespace {

using Kind = StatusAnswer::Kind;

constexpr uint64_t kStatusRequest = 5;  // the TLS extension (RFC 6066 8)

// RFC 7633 4.2.2: what a CA's certificate demands, the certificates it signs demand too.
bool HasFeaturesOf(const Certificate& issuer, const Certificate& certificate) {
  return std::ranges::all_of(issuer.tls_features, [&](uint64_t feature) {
    return std::ranges::find(certificate.tls_features, feature) != certificate.tls_features.end();
  });
}

bool DemandsStaple(const Certificate& certificate) {
  return std::ranges::find(certificate.tls_features, kStatusRequest) != certificate.tls_features.end();
}

// What does not parse says nothing, once nobody minds.
StatusAnswer Heard(StatusAnswer answer) {
  const bool ignored =
      answer.kind == Kind::kFault && ((answer.reason == Reason::kMalformedStatus && !RuleOn(Rule::kStatusSyntax)) ||
                                      (answer.reason == Reason::kStatusError && !RuleOn(Rule::kStatusError)));
  return ignored ? StatusAnswer{} : std::move(answer);
}

}  // namespace

std::string_view Name(RevocationMode mode) {
  switch (mode) {
    case RevocationMode::kOff:
      return "off";
    case RevocationMode::kSoft:
      return "soft";
    case RevocationMode::kHard:
      return "hard";
  }
  return "unknown";
}

std::optional<RevocationMode> RevocationModeByName(std::string_view name) {
  for (const RevocationMode mode : {RevocationMode::kOff, RevocationMode::kSoft, RevocationMode::kHard}) {
    if (Name(mode) == name) {
      return mode;
    }
  }
  return std::nullopt;
}

RevocationChecker::RevocationChecker(const RevocationInput& input, const std::vector<ByteView>& chain, int64_t now)
    : input_(input), chain_(chain), now_(now) {
  if (input.mode == RevocationMode::kOff) {
    return;
  }
  for (const ByteView der : input.crls) {
    if (certs::Result<Crl> parsed = ParseCrl(der)) {
      crls_.push_back(*std::move(parsed));
    } else if (!malformed_) {
      malformed_ = StatusFault(Reason::kMalformedStatus, parsed.error().detail);
    }
  }
}

void RevocationChecker::Judge(const Path& path, std::vector<Defect>* defects) {
  if (!path.anchored) {
    return;
  }
  for (size_t depth = path.certificates.size() - 1; depth-- > 0;) {
    const Certificate& certificate = *path.certificates[depth];
    const Certificate& issuer = *path.certificates[depth + 1];
    const int at = static_cast<int>(depth);
    if (RuleOn(Rule::kTlsFeatures) && !HasFeaturesOf(issuer, certificate)) {
      defects->push_back(
          {{Reason::kTlsFeatureMissing, at}, "the issuer's certificate has a TLS feature that it lacks"});
    }
    // Who did not issue a certificate cannot say anything about it.
    if (input_.mode == RevocationMode::kOff || path.links[depth] != Link::kVerified || issuer.key == nullptr) {
      continue;
    }
    const std::pair pair{&certificate, &issuer};
    auto known = known_.find(pair);
    if (known == known_.end()) {
      known = known_.emplace(pair, Refusal(certificate, issuer, depth == 0)).first;
    }
    if (known->second) {
      defects->push_back({{known->second->reason, at}, known->second->detail});
    }
  }
}

ByteView RevocationChecker::StapledTo(const Certificate& certificate) const {
  const size_t most = std::min(input_.staples.size(), chain_.size());
  for (size_t i = 0; i < most; ++i) {
    if (!input_.staples[i].empty() && Same(chain_[i], certificate.der)) {
      return input_.staples[i];
    }
  }
  return {};
}

StatusAnswer RevocationChecker::AskStaple(const StatusQuestion& question) const {
  const ByteView staple = StapledTo(question.certificate);
  return staple.empty() ? StatusAnswer{} : Heard(AskOcsp(staple, question));
}

std::optional<StatusAnswer> RevocationChecker::Refusal(const Certificate& certificate, const Certificate& issuer,
                                                       bool is_leaf) {
  const StatusQuestion question{certificate, issuer, now_, &signature_checks_, input_.list_profile};
  const StatusAnswer stapled = AskStaple(question);
  std::vector<StatusAnswer> answers = {stapled};
  std::ranges::transform(crls_, std::back_inserter(answers), [&](const Crl& crl) { return AskCrl(crl, question); });
  for (const ByteView response : input_.responses) {
    StatusAnswer answer = Heard(AskOcsp(response, question));
    if (answer.reason != Reason::kStatusMismatch) {  // about some other certificate, as most are
      answers.push_back(std::move(answer));
    }
  }
  if (malformed_) {
    answers.push_back(Heard(*malformed_));
  }
  const auto first = [&](Kind kind) { return std::ranges::find(answers, kind, &StatusAnswer::kind); };
  if (const auto revoked = first(Kind::kRevoked); revoked != answers.end() && RuleOn(Rule::kRevoked)) {
    return *revoked;
  }
  const bool must_staple = is_leaf && DemandsStaple(certificate);
  if (stapled.kind == Kind::kFault && (must_staple || stapled.reason != Reason::kStatusError)) {
    return stapled;
  }
  if (must_staple && stapled.kind == Kind::kSilent && RuleOn(Rule::kMustStaple)) {
    return StatusFault(Reason::kMustStaple, "the certificate promises a staple, and none was sent");
  }
  if (input_.mode == RevocationMode::kSoft || first(Kind::kGood) != answers.end()) {
    return std::nullopt;
  }
  if (const auto fault = first(Kind::kFault); fault != answers.end()) {
    return *fault;
  }
  if (!RuleOn(Rule::kStatusPresence)) {
    return std::nullopt;
  }
  return StatusFault(Reason::kRevocationUnknown, "no staple and no list says anything about it");
}

}  // namespace verifier

#include "lab/verifier/crl_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/signature.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

constexpr uint16_t kCrlSign = 1 << 6;

// Octet for octet, but for directory names (RFC 5280 7.1). Never looks into a name, so no form can be taken for another
// (CVE-2023-0286).
bool SameName(const GeneralNameView& a, const GeneralNameView& b) {
  if (a.tag != b.tag) {
    return false;
  }
  return a.tag == kDirectoryName ? CanonicalName(a.value) == CanonicalName(b.value) : Same(a.value, b.value);
}

// RFC 5280 6.3.3 b 2: why the list does not cover the certificate; empty if it does.
std::string WhyOutOfScope(const Crl& crl, const StatusQuestion& question) {
  if (!crl.scope) {
    return {};
  }
  const CrlScope& scope = *crl.scope;
  if (scope.only_attribute_certs || (scope.only_user_certs && question.certificate.is_ca) ||
      (scope.only_ca_certs && !question.certificate.is_ca)) {
    return "the list covers certificates of another kind";
  }
  if (!scope.has_name) {
    return {};
  }
  // A certificate that names no distribution point is covered by the one with its issuer's name.
  const GeneralNameView issuer{kDirectoryName, question.certificate.issuer};
  const auto is_own = [&](const GeneralNameView& name) {
    if (question.certificate.distribution_points.empty()) {
      return SameName(name, issuer);
    }
    return std::ranges::any_of(question.certificate.distribution_points,
                               [&](const GeneralNameView& own) { return SameName(name, own); });
  };
  return std::ranges::any_of(scope.full_name, is_own) ? "" : "the list is of another distribution point";
}

// RFC 5280 6.3.3 f, g; 9325 4.5; 5280 5.2.
std::optional<StatusAnswer> CheckAuthority(const Crl& crl, const StatusQuestion& question) {
  const Certificate& issuer = question.issuer;
  if (RuleOn(Rule::kStatusResponder) && issuer.key_usage && (*issuer.key_usage & kCrlSign) == 0) {
    return StatusFault(Reason::kStatusResponder, "the issuer's keyUsage lacks cRLSign");
  }
  const SignatureAlgorithm algorithm = ReadSignatureAlgorithm(crl.outer_algorithm);
  if (RuleOn(Rule::kStatusSignature)) {
    ++*question.signature_checks;
    if (!algorithm.verifiable || !VerifySignature(algorithm, issuer.key.get(), crl.tbs, crl.signature)) {
      return StatusFault(Reason::kStatusSignature,
                         "the issuer's key did not make the list's signature (" + algorithm.name() + ")");
    }
  }
  if (RuleOn(Rule::kStatusStrength) && algorithm.standing == SignatureAlgorithm::Standing::kWeak) {
    return StatusFault(Reason::kStatusWeak, "the list is signed with " + algorithm.name());
  }
  if (RuleOn(Rule::kStatusExtensions) && !crl.unknown_critical.empty()) {
    return StatusFault(Reason::kStatusUnsupported, "the list has a critical extension " + crl.unknown_critical);
  }
  if (question.list_profile && !crl.plain_number) {
    return StatusFault(Reason::kStatusUnsupported, "the list has no CRL number that is not critical (RFC 5280 5.2.3)");
  }
  return std::nullopt;
}

std::optional<StatusAnswer> FindEntry(const Crl& crl, const StatusQuestion& question) {
  const bool indirect = crl.scope && crl.scope->indirect;
  std::optional<StatusAnswer> found;
  ForEachEntry(crl, [&](const CrlEntryView& entry) {
    const bool ours = !indirect || !entry.issuer || *entry.issuer == question.certificate.issuer_key_for_match;
    constexpr int kRemoveFromCrl = 8;
    const bool lifted = crl.is_delta && entry.reason == kRemoveFromCrl;
    if (ours && !lifted && Same(entry.serial, question.certificate.serial)) {
      found = {StatusAnswer::Kind::kRevoked, Reason::kRevoked,
               fmt::format("the issuer's list says revoked at {}{}", FormatTime(entry.revoked_at),
                           entry.reason ? fmt::format(", reason {}", *entry.reason) : "")};
    }
    return !found;
  });
  return found;
}

std::optional<StatusAnswer> CheckDates(const Crl& crl, int64_t now) {
  if (crl.this_update > now) {
    return StatusFault(Reason::kStatusNotYetValid, fmt::format("the list's thisUpdate {} is after now, {}",
                                                               FormatTime(crl.this_update), FormatTime(now)));
  }
  if (crl.next_update ? now > *crl.next_update : now - crl.this_update > kLongestStatusAge) {
    return StatusFault(
        Reason::kStatusExpired,
        fmt::format("the list should have been replaced at {}, now is {}",
                    FormatTime(crl.next_update.value_or(crl.this_update + kLongestStatusAge)), FormatTime(now)));
  }
  return std::nullopt;
}

}  // namespace

StatusAnswer AskCrl(const Crl& crl, const StatusQuestion& question) {
  if (crl.issuer_for_match != question.certificate.issuer_key_for_match) {
    return {};
  }
  if (auto fault = CheckAuthority(crl, question)) {
    return *std::move(fault);
  }
  if (RuleOn(Rule::kStatusMatch)) {
    if (const std::string why = WhyOutOfScope(crl, question); !why.empty()) {
      return StatusFault(Reason::kStatusMismatch, why);
    }
  }
  if (auto revoked = FindEntry(crl, question)) {
    return *std::move(revoked);
  }
  if (RuleOn(Rule::kStatusDates)) {
    if (auto fault = CheckDates(crl, question.now)) {
      return *std::move(fault);
    }
  }
  if (RuleOn(Rule::kStatusExtensions) && (crl.is_delta || (crl.scope && crl.scope->some_reasons))) {
    return StatusFault(Reason::kStatusUnsupported, "the list is not complete");
  }
  return {StatusAnswer::Kind::kGood};
}

}  // namespace verifier

#include "lab/verifier/ocsp_check.h"

#include <fmt/format.h>
#include <openssl/bytestring.h>
#include <openssl/digest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/leaf_rules.h"
#include "lab/verifier/ocsp_response.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/signature.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

using Standing = SignatureAlgorithm::Standing;
constexpr uint16_t kMaySign = 1 << 0;
// Certificates of a response that are looked into.
constexpr size_t kMostCertificates = 16;

struct KnownDigest {
  ByteView oid;
  const EVP_MD* (*digest)();
};
constexpr uint8_t kIdSha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
constexpr uint8_t kIdSha256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
constexpr uint8_t kIdSha384[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
constexpr uint8_t kIdSha512[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03};
// SHA-1 names an issuer here and vouches for nothing (RFC 9919 knows both it and SHA-256).
constexpr KnownDigest kDigests[] = {
    {kIdSha1, EVP_sha1}, {kIdSha256, EVP_sha256}, {kIdSha384, EVP_sha384}, {kIdSha512, EVP_sha512}};

Bytes Hash(const EVP_MD* digest, ByteView bytes) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, digest, nullptr);
  return {out.begin(), out.begin() + size};
}

// The bits of a subjectPublicKey, without tag, length and number of unused bits (RFC 6960 4.1.1).
ByteView PublicKeyBits(const Certificate& certificate) {
  CBS fields, bits;
  const bool found = ReadOnly(certificate.spki, &fields, CBS_ASN1_SEQUENCE) &&
                     CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&
                     ReadBody(&fields, &bits, CBS_ASN1_BITSTRING) && CBS_skip(&bits, 1);
  return found ? ViewOf(bits) : ByteView{};
}

bool IsAbout(const OcspSingle& single, const StatusQuestion& question) {
  const auto* known = std::ranges::find_if(kDigests, [&](const KnownDigest& d) { return Same(d.oid, single.digest); });
  return known != std::end(kDigests) && Same(single.serial, question.certificate.serial) &&
         Same(single.issuer_name_hash, Hash(known->digest(), question.issuer.subject)) &&
         Same(single.issuer_key_hash, Hash(known->digest(), PublicKeyBits(question.issuer)));
}

bool IsNamedBy(const OcspResponse& response, const Certificate& certificate) {
  return response.responder_name ? *response.responder_name == certificate.subject_key_for_match
                                 : Same(*response.responder_key, Hash(EVP_sha1(), PublicKeyBits(certificate)));
}

// Asks one response, one step after the other; a step that finds a fault ends it.
class Inquiry {
 public:
  Inquiry(const OcspResponse& response, const StatusQuestion& question) : response_(response), question_(question) {}

  StatusAnswer Ask() {
    const std::vector<const OcspSingle*> about = Matching();
    if (about.empty() && !RuleOn(Rule::kStatusMatch)) {
      return {};
    }
    if (about.empty()) {
      return StatusFault(Reason::kStatusMismatch,
                         fmt::format("none of the {} statuses is about this certificate", response_.singles.size()));
    }
    if (auto fault = FindSigner()) {
      return *std::move(fault);
    }
    if (auto fault = CheckSignature()) {
      return *std::move(fault);
    }
    std::optional<StatusAnswer> first;
    bool good = false;
    for (const OcspSingle* single : about) {  // several may answer; a revocation outweighs all
      StatusAnswer answer = Judge(*single);
      if (answer.kind == StatusAnswer::Kind::kRevoked) {
        return answer;
      }
      good = good || answer.kind == StatusAnswer::Kind::kGood;
      first = first ? std::move(first) : std::optional(std::move(answer));
    }
    return good ? StatusAnswer{StatusAnswer::Kind::kGood} : *std::move(first);
  }

 private:
  std::vector<const OcspSingle*> Matching() const {
    std::vector<const OcspSingle*> about;
    for (const OcspSingle& single : response_.singles) {
      if (!RuleOn(Rule::kStatusMatch) || IsAbout(single, question_)) {
        about.push_back(&single);
      }
    }
    return about;
  }

  // RFC 6960 4.2.2.2: the issuer itself, or whoever it certified for just this. Sets signer_.
  std::optional<StatusAnswer> FindSigner() {
    if (IsNamedBy(response_, question_.issuer)) {
      signer_ = &question_.issuer;
      return std::nullopt;
    }
    std::string why = "the responder is not the issuer, and its certificate is not in the response";
    const size_t most = std::min(response_.certificates.size(), kMostCertificates);
    for (size_t i = 0; i < most; ++i) {
      certs::Result<Certificate> parsed = ParseCertificate(response_.certificates[i]);
      if (!parsed || parsed->key == nullptr || !IsNamedBy(response_, *parsed)) {
        continue;
      }
      const std::string fault = WhyNotAuthorized(*parsed);
      if (fault.empty() || !RuleOn(Rule::kStatusResponder)) {
        delegate_ = *std::move(parsed);
        signer_ = &*delegate_;
        return std::nullopt;
      }
      why = fault;
    }
    if (!RuleOn(Rule::kStatusResponder)) {
      return StatusAnswer{};
    }
    return StatusFault(Reason::kStatusResponder, why);
  }

  std::string WhyNotAuthorized(const Certificate& responder) {
    const SignatureAlgorithm& algorithm = responder.algorithm;
    if (!IsSignedBy(question_.issuer.key.get(), responder.outer_algorithm, responder.tbs, responder.signature) ||
        responder.issuer_key_for_match != question_.issuer.subject_key_for_match) {
      return "the responder's certificate was not issued by the certificate's issuer";
    }
    if (algorithm.standing != Standing::kGood) {
      return "the responder's certificate is signed with " + algorithm.name();
    }
    if (!responder.extended_key_usage || !AllowsPurpose(responder, Purpose::kOcspSigning, false)) {
      return "the responder's certificate does not allow OCSP signing";
    }
    if (responder.key_usage && (*responder.key_usage & kMaySign) == 0) {
      return "the responder's keyUsage lacks digitalSignature";
    }
    if (!responder.not_before || !responder.not_after || question_.now < *responder.not_before ||
        question_.now > *responder.not_after) {
      return "the responder's certificate is not valid now";
    }
    return responder.notes.empty() ? "" : "the responder's certificate: " + responder.notes.front().detail;
  }

  bool IsSignedBy(EVP_PKEY* key, ByteView identifier, ByteView tbs, ByteView signature) {
    const SignatureAlgorithm algorithm = ReadSignatureAlgorithm(identifier);
    if (!algorithm.verifiable) {
      return false;
    }
    ++*question_.signature_checks;
    return VerifySignature(algorithm, key, tbs, signature);
  }

  std::optional<StatusAnswer> CheckSignature() {
    const SignatureAlgorithm algorithm = ReadSignatureAlgorithm(response_.algorithm);
    if (RuleOn(Rule::kStatusSignature) &&
        !IsSignedBy(signer_->key.get(), response_.algorithm, response_.tbs, response_.signature)) {
      return StatusFault(Reason::kStatusSignature,
                         "the responder's key did not make this signature (" + algorithm.name() + ")");
    }
    if (RuleOn(Rule::kStatusStrength)) {
      if (algorithm.standing == Standing::kWeak) {
        return StatusFault(Reason::kStatusWeak, "the response is signed with " + algorithm.name());
      }
      if (signer_ != &question_.issuer && signer_->key_weak) {
        return StatusFault(Reason::kStatusWeak, "the responder has " + signer_->key_text());
      }
    }
    if (RuleOn(Rule::kStatusExtensions) && !response_.unknown_critical.empty()) {
      return StatusFault(Reason::kStatusUnsupported, "a critical extension " + response_.unknown_critical);
    }
    return std::nullopt;
  }

  StatusAnswer Judge(const OcspSingle& single) const {
    if (RuleOn(Rule::kStatusExtensions) && !single.unknown_critical.empty()) {
      return StatusFault(Reason::kStatusUnsupported, "a critical extension " + single.unknown_critical);
    }
    if (single.status == OcspSingle::Status::kRevoked) {
      return {StatusAnswer::Kind::kRevoked, Reason::kRevoked,
              fmt::format("the responder says revoked at {}{}", FormatTime(single.revoked_at),
                          single.reason ? fmt::format(", reason {}", *single.reason) : "")};
    }
    if (RuleOn(Rule::kStatusDates)) {
      if (auto fault = CheckDates(single)) {
        return *std::move(fault);
      }
    }
    if (single.status == OcspSingle::Status::kUnknown && RuleOn(Rule::kStatusKnown)) {
      return StatusFault(Reason::kStatusUnknown, "the responder does not know the certificate");
    }
    return {StatusAnswer::Kind::kGood};
  }

  std::optional<StatusAnswer> CheckDates(const OcspSingle& single) const {
    const int64_t now = question_.now;
    const int64_t latest = std::max(single.this_update, response_.produced_at);
    if (latest > now) {
      return StatusFault(Reason::kStatusNotYetValid,
                         fmt::format("made at {}, after now, {}", FormatTime(latest), FormatTime(now)));
    }
    // RFC 6960 3.2: nextUpdate is to be "greater than the current time".
    if (single.next_update && *single.next_update <= now) {
      return StatusFault(Reason::kStatusExpired, fmt::format("nextUpdate {} has come, now is {}",
                                                             FormatTime(*single.next_update), FormatTime(now)));
    }
    if (!single.next_update && now - single.this_update > kLongestStatusAge) {
      return StatusFault(Reason::kStatusExpired, fmt::format("thisUpdate {} is long ago, and there is no nextUpdate",
                                                             FormatTime(single.this_update)));
    }
    if (question_.certificate.not_before && response_.produced_at < *question_.certificate.not_before) {
      return StatusFault(Reason::kStatusExpired, fmt::format("made at {}, before the certificate's own time",
                                                             FormatTime(response_.produced_at)));
    }
    return std::nullopt;
  }

  const OcspResponse& response_;
  const StatusQuestion& question_;
  const Certificate* signer_ = nullptr;
  std::optional<Certificate> delegate_;
};

std::string_view NameOfError(int status) {
  constexpr std::string_view kNames[] = {"successful",  "malformedRequest", "internalError", "tryLater",
                                         "(undefined)", "sigRequired",      "unauthorized"};
  return static_cast<size_t>(status) < std::size(kNames) ? kNames[status] : "(undefined)";
}

}  // namespace

StatusAnswer AskOcsp(ByteView bytes, const StatusQuestion& question) {
  const certs::Result<OcspResponse> response = ParseOcspResponse(bytes);
  if (!response) {
    return StatusFault(Reason::kMalformedStatus, response.error().detail);
  }
  if (response->status != 0) {
    return StatusFault(Reason::kStatusError, fmt::format("the responder answered {}", NameOfError(response->status)));
  }
  if (!response->basic) {
    return RuleOn(Rule::kStatusExtensions)
               ? StatusFault(Reason::kStatusUnsupported, "a response of the type " + response->type)
               : StatusAnswer{};
  }
  return Inquiry(*response, question).Ask();
}

}  // namespace verifier

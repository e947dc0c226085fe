#include "lab/cli/signals.h"

#include <fmt/format.h>

#include <algorithm>

#include "certs/bytes.h"
#include "lab/verifier/dane.h"

namespace lab {
namespace {

using certs::Reason;

struct Evidence {
  const Live& live;
  const verifier::VerifyRequest& request;
};

// In clear anyone can say it.
std::vector<Signal> BannerSignals(const Evidence& evidence) {
  const auto& dialogue = evidence.live.result.dialogue;
  const auto greeting = std::ranges::find(dialogue, false, &verifier::DialogueLine::from_client);
  const auto signal =
      greeting == dialogue.end() ? std::nullopt : verifier::BannerSignal(greeting->text, evidence.live.endpoint.host);
  return signal ? std::vector<Signal>{*signal} : std::vector<Signal>{};
}

std::vector<Signal> DnsSignals(const Evidence& evidence) {
  return evidence.live.dns ? evidence.live.dns->signals : std::vector<Signal>{};
}

// Whether validated TLSA records match what was presented (RFC 7672), whoever decided.
std::vector<Signal> DaneSignals(const Evidence& evidence) {
  const auto& dns = evidence.live.dns;
  if (!dns || !dns->host) {
    return {};
  }
  const verifier::MailHost& host = *dns->host;
  const std::string by = fmt::format("{} (by the word of {})", host.why, dns->resolver);
  if (!host.verdict.ok() || host.trust.mode != verifier::TrustMode::kDane) {
    return {{"dane", Standing::kUnknown, by}};
  }
  if (evidence.request.chain.empty()) {
    return {{"dane", Standing::kUnknown, by + ", but no certificate was seen"}};
  }
  verifier::VerifyRequest request = evidence.request;
  request.trust = host.trust;
  request.reference = host.reference;
  request.collect_all = false;
  const verifier::VerifyResult result = verifier::VerifyDane(host.trust.tlsa, request);
  if (result.unauthenticated) {
    return {{"dane", Standing::kUnknown, by + ", none of them of a kind that can be used (RFC 7672 3.1.3)"}};
  }
  return {{"dane", result.verdict.ok() ? Standing::kFor : Standing::kAgainst,
           by + (result.verdict.ok() ? ", and they match" : ": " + certs::ToString(result.verdict))}};
}

constexpr Reason kOpen[] = {Reason::kRevocationUnknown, Reason::kMustStaple,        Reason::kMalformedStatus,
                            Reason::kStatusError,       Reason::kStatusUnsupported, Reason::kStatusMismatch,
                            Reason::kStatusResponder,   Reason::kStatusSignature,   Reason::kStatusWeak,
                            Reason::kStatusExpired,     Reason::kStatusNotYetValid, Reason::kStatusUnknown};

// Whether anybody says that the certificates are not revoked: what mode `hard` would find.
std::vector<Signal> RevocationSignals(const Evidence& evidence) {
  if (evidence.request.chain.empty() || evidence.request.trust.mode != verifier::TrustMode::kPkix) {
    return {};
  }
  verifier::VerifyRequest request = evidence.request;
  request.revocation.mode = verifier::RevocationMode::kHard;
  const verifier::VerifyResult result = verifier::Verify(request);
  if (result.path.empty()) {
    return {};
  }
  const std::vector<verifier::Defect>& defects = result.defects;
  const auto text = [](const verifier::Defect& defect) {
    return fmt::format("{}: {}", certs::ToString(defect.verdict), defect.detail);
  };
  const auto reason = [](const verifier::Defect& defect) { return defect.verdict.reason; };
  if (const auto revoked = std::ranges::find(defects, Reason::kRevoked, reason); revoked != defects.end()) {
    return {{"revocation", Standing::kAgainst, text(*revoked)}};
  }
  if (const auto open = std::ranges::find_first_of(defects, kOpen, {}, reason); open != defects.end()) {
    return {{"revocation", Standing::kUnknown, text(*open)}};
  }
  if (static_cast<size_t>(result.path.back()) < evidence.request.chain.size()) {
    return {{"revocation", Standing::kUnknown, "no anchor is reached, so nobody can vouch for anything"}};
  }
  return {{"revocation", Standing::kFor, "every certificate below the anchor is known to be good"}};
}

using Source = std::vector<Signal> (*)(const Evidence&);
constexpr Source kSources[] = {BannerSignals, DnsSignals, DaneSignals, RevocationSignals};

}  // namespace

std::vector<Signal> SignalsOf(const Live& live, const verifier::VerifyRequest& request) {
  std::vector<Signal> signals;
  for (const Source source : kSources) {
    std::ranges::move(source({live, request}), std::back_inserter(signals));
  }
  return signals;
}

}  // namespace lab

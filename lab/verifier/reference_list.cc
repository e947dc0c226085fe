#include "lab/verifier/reference_list.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace verifier {
namespace {

// The services that mail clients look up (RFC 6186 3, RFC 8314 5.1, RFC 5804 1.8).
constexpr std::array<std::string_view, 7> kServices = {"imap",       "imaps",       "pop3", "pop3s",
                                                       "submission", "submissions", "sieve"};

}  // namespace

std::expected<std::vector<Reference>, ReferenceFault> BuildReferences(const ReferenceSources& sources,
                                                                      const NamePolicy& policy) {
  std::vector<Reference> references;
  const auto add = [&references](Reference reference) {
    if (std::ranges::find(references, reference) == references.end()) {
      references.push_back(std::move(reference));
    }
  };
  if (!sources.srv_service.empty()) {
    if (std::ranges::find(kServices, sources.srv_service) == kServices.end()) {
      return std::unexpected(ReferenceFault{sources.srv_service, NameReason::kBadService});
    }
    auto srv = ParseSrvReference("_" + sources.srv_service + "." + sources.mail_domain);
    if (!srv) {
      return std::unexpected(ReferenceFault{sources.mail_domain, srv.error()});
    }
    add(std::move(*srv));
  }
  std::vector<std::string> names = {sources.host, sources.mail_domain};
  names.insert(names.end(), sources.dnssec_names.begin(), sources.dnssec_names.end());
  for (size_t i = 0; i < names.size(); ++i) {
    if (i < 2 && names[i].empty()) {
      continue;  // not given; among the validated names an empty one is a fault
    }
    auto reference = ParseReference(names[i], policy);
    if (!reference) {
      return std::unexpected(ReferenceFault{names[i], reference.error()});
    }
    // A mail domain and a DNS target are names; "user@[127.0.0.1]" has no domain to look for.
    if (i > 0 && reference->kind != Reference::Kind::kDns) {
      return std::unexpected(ReferenceFault{names[i], NameReason::kKindMismatch});
    }
    add(std::move(*reference));
  }
  if (references.empty()) {
    return std::unexpected(ReferenceFault{});
  }
  return references;
}

int MatchAnyReference(const PresentedIdentifiers& presented, std::span<const Reference> references,
                      const NamePolicy& policy) {
  for (size_t i = 0; i < references.size(); ++i) {
    if (MatchIdentity(presented, references[i], policy).match) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

}  // namespace verifier

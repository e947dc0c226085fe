#include "lab/verifier/path_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/signature.h"

namespace verifier {
namespace {

// A mesh of cross-signed CAs has exponentially many paths although it has few signatures: bound the walk itself.
constexpr int kMaxSteps = 20000;
// Self-issued certificates are not counted as intermediates, so bound the path's length too.
constexpr size_t kMaxCertificates = 256;
// Paths that reach an anchor and are judged.
constexpr int kMaxJudgements = 500;
// Of nearly all paths no more.
constexpr size_t kUsualLength = 8;
// Names times constraints, on one path and for the whole search.
constexpr int64_t kMaxComparisonsOnPath = 1 << 16;
constexpr int64_t kMaxComparisons = 1 << 17;

std::string_view SubjectOf(const Candidate* candidate) {
  return certs::AsText(candidate->certificate->subject_key_for_match);
}

bool ValidAt(const Certificate& certificate, int64_t now) {
  return certificate.not_before && certificate.not_after && *certificate.not_before <= now &&
         now <= *certificate.not_after;
}

// 0: the key identifiers agree; 1: one is missing; 2: they differ.
int KeyIdRank(const Certificate& certificate, const Certificate& issuer) {
  if (!certificate.authority_key_id || !issuer.subject_key_id) {
    return 1;
  }
  return Same(*certificate.authority_key_id, *issuer.subject_key_id) ? 0 : 2;
}

bool SameNames(const Certificate& a, const Certificate& b) {
  if (a.san.has_value() != b.san.has_value()) {
    return false;
  }
  return !a.san || std::ranges::equal(*a.san, *b.san, [](const GeneralNameView& x, const GeneralNameView& y) {
    return x.tag == y.tag && Same(x.value, y.value);
  });
}

}  // namespace

PathBuilder::PathBuilder(const Candidate& leaf, const std::vector<Candidate>& candidates, const VerifyRequest& request)
    : leaf_(leaf),
      request_(request),
      steps_left_(kMaxSteps),
      judgements_left_(kMaxJudgements),
      comparisons_left_(kMaxComparisons),
      revocation_(request.revocation, request.chain, request.now) {
  by_subject_.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    by_subject_.push_back(&candidate);
  }
  std::ranges::sort(by_subject_, {}, [](const Candidate* c) { return std::pair(SubjectOf(c), c); });
  path_.reserve(kUsualLength);
  links_.reserve(kUsualLength);
}

PathBuilder::Answer PathBuilder::Build() {
  path_.push_back(&leaf_);
  if (leaf_.anchor) {  // trusted by itself, whoever else may vouch for it
    Found alone = Judged(path_, {});
    if (alone.defects.empty()) {
      return {{}, std::move(alone.path)};
    }
    best_ = std::move(alone);
  }
  Extend(0);
  if (best_) {
    return {std::move(best_->defects), std::move(best_->path)};
  }
  return NoPath();
}

bool PathBuilder::Extend(int broken_allowed) {
  const Certificate& last = *path_.back()->certificate;
  bool went_on = false;
  for (const Candidate* candidate : IssuersOf(last)) {
    if (--steps_left_ < 0) {
      out_of_budget_ = true;
    }
    if (out_of_budget_) {
      return true;
    }
    if (!IsNew(*candidate->certificate)) {
      continue;
    }
    if (IsTooMany(*candidate)) {
      too_long_depth_ = too_long_ ? too_long_depth_ : static_cast<int>(path_.size());
      too_long_ = true;
      continue;
    }
    const std::optional<Link> link = LinkTo(last, *candidate->certificate);
    if (!link) {
      return true;
    }
    if (*link == Link::kInvalid && broken_ >= broken_allowed) {
      continue;
    }
    went_on = true;
    if (Reached(*candidate, *link, broken_allowed)) {
      return true;
    }
  }
  if (!went_on && broken_allowed == 0 && path_.size() > deepest_.size()) {
    deepest_ = path_;
    deepest_links_ = links_;
  }
  return false;
}

bool PathBuilder::Reached(const Candidate& candidate, Link link, int broken_allowed) {
  path_.push_back(&candidate);
  links_.push_back(link);
  broken_ += link == Link::kInvalid ? 1 : 0;
  const bool stop = candidate.anchor ? Completed(broken_allowed) : Extend(broken_allowed);
  broken_ -= link == Link::kInvalid ? 1 : 0;
  links_.pop_back();
  path_.pop_back();
  return stop;
}

bool PathBuilder::Completed(int broken_allowed) {
  if (broken_allowed > 0) {
    // By names only: it will not be accepted, so only how far it is from a path matters, and then its length.
    if (broken_ == broken_allowed && (!best_ || path_.size() < best_->path.size())) {
      best_ = Judged(path_, links_);
    }
    return false;
  }
  if (--judgements_left_ < 0) {
    out_of_budget_ = true;
    return true;
  }
  Found found = Judged(path_, links_);
  const bool good = found.defects.empty();
  if (good || !best_ || found.defects.size() < best_->defects.size()) {
    best_ = std::move(found);
  }
  return good;
}

std::span<const Candidate* const> PathBuilder::IssuersOf(const Certificate& certificate) {
  const std::span<const Candidate* const> named =
      std::ranges::equal_range(by_subject_, certs::AsText(certificate.issuer_key_for_match), {}, SubjectOf);
  if (named.size() <= 1) {  // nearly always
    return named;
  }
  const auto known = issuers_.find(&certificate);
  if (known != issuers_.end()) {
    return known->second;
  }
  std::vector<const Candidate*> issuers(named.begin(), named.end());
  const auto rank = [&](const Candidate* candidate) {
    return std::tuple(!candidate->anchor, KeyIdRank(certificate, *candidate->certificate),
                      !ValidAt(*candidate->certificate, request_.now));
  };
  std::ranges::stable_sort(issuers, {}, rank);
  return issuers_.emplace(&certificate, std::move(issuers)).first->second;
}

bool PathBuilder::IsNew(const Certificate& candidate) const {
  return std::ranges::none_of(path_, [&](const Candidate* present) {
    const Certificate& c = *present->certificate;
    return &c == &candidate || (c.subject_key_for_match == candidate.subject_key_for_match &&
                                Same(c.spki, candidate.spki) && SameNames(c, candidate));
  });
}

bool PathBuilder::IsTooMany(const Candidate& candidate) const {
  if (candidate.anchor) {
    return false;
  }
  if (path_.size() >= kMaxCertificates) {
    return true;
  }
  if (candidate.certificate->self_issued()) {
    return false;
  }
  const auto counted = std::ranges::count_if(
      path_.begin() + 1, path_.end(), [](const Candidate* present) { return !present->certificate->self_issued(); });
  return counted >= request_.max_intermediates;
}

std::optional<Link> PathBuilder::LinkTo(const Certificate& certificate, const Certificate& issuer) {
  if (const auto known = links_known_.find({&certificate, &issuer}); known != links_known_.end()) {
    return known->second;
  }
  const SignatureAlgorithm& algorithm = certificate.algorithm;
  Link link = Link::kUnverifiable;
  if (algorithm.verifiable && issuer.key != nullptr) {
    if (signature_checks_ >= request_.max_signature_checks) {
      out_of_budget_ = true;
      return std::nullopt;
    }
    ++signature_checks_;
    const bool made = VerifySignature(algorithm, issuer.key.get(), certificate.tbs, certificate.signature);
    link = made ? Link::kVerified : Link::kInvalid;
  }
  links_known_.emplace(std::pair(&certificate, &issuer), link);
  return link;
}

PathBuilder::Found PathBuilder::Judged(const std::vector<const Candidate*>& path, const std::vector<Link>& links) {
  std::vector<const Certificate*> certificates;
  Found found;
  certificates.reserve(path.size());
  found.path.reserve(path.size());
  for (const Candidate* candidate : path) {
    certificates.push_back(candidate->certificate);
    found.path.push_back(candidate->index);
  }
  const Path judged{.certificates = certificates, .links = links, .anchored = path.back()->anchor};
  int64_t comparisons = std::min(kMaxComparisonsOnPath, comparisons_left_);
  const int64_t before = comparisons;
  JudgePath(judged, request_, &revocation_, &comparisons, &found.defects);
  comparisons_left_ -= before - std::max<int64_t>(comparisons, 0);
  // Whatever the rules think: without every signature verified there is no good path.
  const bool verified = std::ranges::all_of(links, [](Link link) { return link == Link::kVerified; });
  if (found.defects.empty() && !verified && RuleOn(Rule::kSignatures)) {
    found.defects.push_back({{Reason::kSignatureInvalid, 0}, "a signature could not be verified"});
  }
  return found;
}

PathBuilder::Answer PathBuilder::NoPath() {
  if (out_of_budget_) {
    return {{{{Reason::kPathBudget, 0},
              fmt::format("gave up after {} signature checks and {} steps", signature_checks_,
                          kMaxSteps - std::max(steps_left_, 0))}},
            {leaf_.index}};
  }
  const int most_broken = std::min<int>(request_.max_intermediates + 1, 4);
  for (int broken = 1; broken <= most_broken && !out_of_budget_; ++broken) {
    Extend(broken);
    if (best_) {
      return {std::move(best_->defects), std::move(best_->path)};
    }
  }
  if (too_long_) {
    return {{{{Reason::kPathTooLong, too_long_depth_},
              fmt::format("more than {} intermediates", request_.max_intermediates)}},
            {leaf_.index}};
  }
  return WithoutAnchor();
}

PathBuilder::Answer PathBuilder::WithoutAnchor() {
  if (deepest_.empty()) {
    deepest_ = {&leaf_};
  }
  Found found = Judged(deepest_, deepest_links_);
  Defect defect = WhyNoAnchor();
  const bool concerns_trust = defect.verdict.reason != Reason::kSignatureInvalid;
  const Rule rule = !concerns_trust                                ? Rule::kSignatures
                    : defect.verdict.reason == Reason::kSelfSigned ? Rule::kSelfSigned
                                                                   : Rule::kTrust;
  if (RuleOn(rule)) {
    found.defects.insert(found.defects.begin(), std::move(defect));
  }
  return {std::move(found.defects), std::move(found.path)};
}

Defect PathBuilder::WhyNoAnchor() {
  const Certificate& last = *deepest_.back()->certificate;
  const int depth = static_cast<int>(deepest_.size()) - 1;
  if (depth == 0 && last.self_issued() && LinkTo(last, last) != Link::kInvalid) {
    return {{Reason::kSelfSigned, 0}, fmt::format("issuer and subject are both \"{}\"", NameText(last.subject))};
  }
  // Only the leaf has been checked against its own key: nobody else can follow itself.
  const auto not_by = [&](const Certificate* namesake) {
    const auto link = links_known_.find({&last, namesake});
    return link != links_known_.end() && link->second == Link::kInvalid;
  };
  const bool forged = not_by(&last) || std::ranges::any_of(IssuersOf(last), [&](const Candidate* candidate) {
                        return not_by(candidate->certificate);
                      });
  if (forged) {
    return {{Reason::kSignatureInvalid, depth},
            fmt::format("somebody is named \"{}\", but did not sign this", NameText(last.issuer))};
  }
  const std::string_view how =
      last.self_issued() ? "the chain ends at an untrusted" : "nobody trusted or sent is named";
  return {{Reason::kUnknownIssuer, depth}, fmt::format("{} \"{}\"", how, NameText(last.issuer))};
}

}  // namespace verifier

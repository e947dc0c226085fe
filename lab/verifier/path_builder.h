// The search for a path from the leaf to a trust anchor (RFC 4158): every candidate is tried, within a budget.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lab/verifier/certificate.h"
#include "lab/verifier/chain_rules.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/verify.h"

namespace verifier {

// A certificate a path may be made of.
struct Candidate {
  const Certificate* certificate = nullptr;
  bool anchor = false;
  int index = 0;  // as VerifyResult::path counts
};

// Finds the path README.md ("Which path") describes, judged. Use once.
class PathBuilder {
 public:
  // `leaf` is candidates' index 0 in the presented chain; `candidates` holds every other certificate, anchors first.
  // All must outlive the builder.
  PathBuilder(const Candidate& leaf, const std::vector<Candidate>& candidates, const VerifyRequest& request);

  struct Answer {
    std::vector<Defect> defects;  // empty: the path is good
    std::vector<int> path;
  };
  Answer Build();

  int signature_checks() const { return signature_checks_ + revocation_.signature_checks(); }

 private:
  struct Found {  // a judged path
    std::vector<Defect> defects;
    std::vector<int> path;
  };

  // Depth-first from the last certificate of path_, using links that do not verify at most `broken_allowed` times. True
  // once a path without a defect is found, or nothing more is to be looked for.
  bool Extend(int broken_allowed);
  bool Reached(const Candidate& candidate, Link link, int broken_allowed);
  bool Completed(int broken_allowed);

  // The certificates whose subject is that issuer's name, best first.
  std::span<const Candidate* const> IssuersOf(const Certificate& certificate);
  // Whether the candidate may follow: not the same subject, key and names as one that is already there.
  bool IsNew(const Certificate& candidate) const;
  // Whether the candidate would be an intermediate too many.
  bool IsTooMany(const Candidate& candidate) const;
  // How `certificate` stands to `issuer`'s key; checks each pair once. Nothing once the budget is spent.
  std::optional<Link> LinkTo(const Certificate& certificate, const Certificate& issuer);

  Found Judged(const std::vector<const Candidate*>& path, const std::vector<Link>& links);
  Answer NoPath();
  Answer WithoutAnchor();
  Defect WhyNoAnchor();  // of deepest_

  const Candidate& leaf_;
  const VerifyRequest& request_;
  std::vector<const Candidate*> by_subject_;  // in the order of their names, and of the candidates where those agree
  std::map<const Certificate*, std::vector<const Candidate*>> issuers_;  // where there are several, best first
  std::map<std::pair<const Certificate*, const Certificate*>, Link> links_known_;

  std::vector<const Candidate*> path_;
  std::vector<Link> links_;
  std::vector<const Candidate*> deepest_;  // the longest chain of verified links that did not reach an anchor
  std::vector<Link> deepest_links_;
  std::optional<Found> best_;
  int broken_ = 0;  // invalid links on path_
  int steps_left_;
  int judgements_left_;
  int64_t comparisons_left_;
  RevocationChecker revocation_;
  int signature_checks_ = 0;
  bool out_of_budget_ = false;
  bool too_long_ = false;
  int too_long_depth_ = 0;
};

}  // namespace verifier

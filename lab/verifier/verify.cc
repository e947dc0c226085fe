#include "lab/verifier/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <string_view>
#include <unordered_set>

#include "lab/verifier/certificate.h"
#include "lab/verifier/dane.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/leaf_rules.h"
#include "lab/verifier/path_builder.h"
#include "lab/verifier/rules.h"

namespace verifier {
namespace {

// The certificates of a request, parsed once each. Those that do not parse, and copies, are left out.
class Parsed {
 public:
  // `leaf` is the already parsed first certificate of the chain.
  Parsed(const VerifyRequest& request, const Certificate& leaf) {
    const int presented = static_cast<int>(request.chain.size());
    candidates_.reserve(request.chain.size() + request.anchors.size());
    for (int i = 0; i < static_cast<int>(request.anchors.size()); ++i) {
      const ByteView der = request.anchors[static_cast<size_t>(i)];
      Add(der, true, presented + i);
      leaf_is_anchor_ = leaf_is_anchor_ || std::ranges::equal(der, leaf.der);
    }
    IsNew(leaf.der);
    for (int i = 1; i < presented; ++i) {
      Add(request.chain[static_cast<size_t>(i)], false, i);
    }
  }

  const std::vector<Candidate>& candidates() const { return candidates_; }
  bool leaf_is_anchor() const { return leaf_is_anchor_; }

 private:
  // Whether these bytes have not come before. A few are looked through, for that is quicker than hashing whole
  // certificates.
  bool IsNew(ByteView der) {
    const std::string_view text = certs::AsText(der);
    if (count_ < few_.size()) {
      const auto end = few_.begin() + static_cast<std::ptrdiff_t>(count_);
      const bool known = std::find(few_.begin(), end, text) != end;
      if (!known) {
        few_[count_++] = text;
      }
      return !known;
    }
    if (many_.empty()) {
      many_.insert(few_.begin(), few_.end());
    }
    return many_.insert(text).second;
  }

  void Add(ByteView der, bool anchor, int index) {
    if (!IsNew(der)) {
      return;
    }
    if (certs::Result<Certificate> parsed = ParseCertificate(der)) {
      storage_.push_back(std::move(*parsed));
      candidates_.push_back({&storage_.back(), anchor, index});
    }
  }

  std::list<Certificate> storage_;  // candidates point into it
  std::vector<Candidate> candidates_;
  std::array<std::string_view, 16> few_;  // both borrow the request's bytes
  size_t count_ = 0;                      // of few_
  std::unordered_set<std::string_view> many_;
  bool leaf_is_anchor_ = false;
};

void Conclude(const VerifyRequest& request, VerifyResult* result) {
  if (result->defects.empty()) {
    return;
  }
  result->verdict = result->defects.front().verdict;
  if (!request.collect_all) {
    result->defects.resize(1);
  }
}

}  // namespace

VerifyResult Verify(const VerifyRequest& request) {
  VerifyResult result;
  switch (request.trust.mode) {
    case TrustMode::kPkix:
      break;
    case TrustMode::kDane:
      return VerifyDane(request.trust.tlsa, request);
    case TrustMode::kNothing:
      result.verdict = request.trust.verdict;
      result.defects = {{request.trust.verdict, request.trust.why}};
      return result;
    case TrustMode::kUnauthenticated:
      result.unauthenticated = true;
      return result;
  }
  std::optional<Reference> reference;
  if (request.check_name) {
    if (auto parsed = ParseReference(request.reference, request.names)) {
      reference = std::move(*parsed);
    } else if (RuleOn(Rule::kReferences)) {
      result.defects.push_back(
          {{Reason::kInvalidReference, 0},
           fmt::format("\"{}\": {}", certs::Escaped(request.reference, 300), Sentence(parsed.error()))});
    }
  }
  if (request.chain.empty()) {
    result.defects.push_back({{Reason::kNoCertificate, 0}, "the chain is empty"});
    Conclude(request, &result);
    return result;
  }
  const certs::Result<Certificate> leaf = ParseCertificate(request.chain.front());
  if (!leaf) {
    result.defects.push_back({{Reason::kMalformedCertificate, 0}, leaf.error().detail});
    Conclude(request, &result);
    return result;
  }
  const Parsed parsed(request, *leaf);
  const Candidate leaf_candidate{&*leaf, parsed.leaf_is_anchor(), 0};
  PathBuilder builder(leaf_candidate, parsed.candidates(), request);
  PathBuilder::Answer answer = builder.Build();
  result.path = std::move(answer.path);
  result.signature_checks = builder.signature_checks();
  std::ranges::move(answer.defects, std::back_inserter(result.defects));
  if (reference) {
    JudgeNames(*leaf, *reference, request.names, &result.matched_name, &result.defects);
  }
  Conclude(request, &result);
  return result;
}

}  // namespace verifier

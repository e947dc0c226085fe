#include "lab/verifier/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/rules.h"

namespace verifier {
namespace {

constexpr uint8_t kAnyPolicy[] = {0x55, 0x1d, 0x20, 0x00};

struct Less {
  bool operator()(ByteView a, ByteView b) const { return std::ranges::lexicographical_compare(a, b); }
};
using PolicySet = std::set<ByteView, Less>;

bool IsAny(ByteView policy) { return Same(policy, kAnyPolicy); }

// The state of RFC 5280 6.1.2. Whether the valid policy tree is NULL after certificate i depends on nothing but the
// policies expected by its deepest level, so that level is all that is kept: `expected`, and whether there is a node
// for anyPolicy.
class PolicyState {
 public:
  explicit PolicyState(size_t length) : explicit_policy_(length + 1), mapping_(length + 1), inhibit_any_(length + 1) {}

  // 6.1.3 d, e: what the certificate asserts.
  void Assert(const Certificate& certificate, bool last) {
    if (!certificate.policies) {
      expected_.clear();
      any_ = false;
      return;
    }
    const bool asserts_any = std::ranges::any_of(*certificate.policies, IsAny);
    const bool any_counts = asserts_any && (inhibit_any_ > 0 || (!last && certificate.self_issued()));
    PolicySet next;
    for (const ByteView policy : *certificate.policies) {
      if (!IsAny(policy) && (any_ || expected_.contains(policy))) {
        next.insert(policy);
      }
    }
    if (any_counts) {
      next.insert(expected_.begin(), expected_.end());
    }
    expected_ = std::move(next);
    any_ = any_ && any_counts;
  }

  // 6.1.3 f.
  bool Satisfied() const { return explicit_policy_ > 0 || !expected_.empty() || any_; }

  // 6.1.4 a, b: false if anyPolicy is mapped.
  bool Map(const Certificate& certificate) {
    std::map<ByteView, std::vector<ByteView>, Less> targets;
    for (const PolicyMappingView& mapping : certificate.policy_mappings) {
      if (IsAny(mapping.issuer_domain) || IsAny(mapping.subject_domain)) {
        return false;
      }
      targets[mapping.issuer_domain].push_back(mapping.subject_domain);
    }
    PolicySet added;
    for (const auto& [from, to] : targets) {
      const bool had = expected_.erase(from) > 0;
      if (mapping_ > 0 && (had || any_)) {
        added.insert(to.begin(), to.end());
      }
    }
    expected_.merge(added);
    return true;
  }

  // 6.1.4 h.
  void Decrement() {
    for (uint64_t* counter : {&explicit_policy_, &mapping_, &inhibit_any_}) {
      *counter -= *counter > 0 ? 1 : 0;
    }
  }

  // 6.1.4 i, j.
  void Limit(const Certificate& certificate) {
    explicit_policy_ = std::min(explicit_policy_, certificate.require_explicit_policy.value_or(explicit_policy_));
    mapping_ = std::min(mapping_, certificate.inhibit_policy_mapping.value_or(mapping_));
    inhibit_any_ = std::min(inhibit_any_, certificate.inhibit_any_policy.value_or(inhibit_any_));
  }

  // 6.1.5 a, b.
  void WrapUp(const Certificate& leaf) {
    explicit_policy_ -= explicit_policy_ > 0 ? 1 : 0;
    if (leaf.require_explicit_policy == 0) {
      explicit_policy_ = 0;
    }
  }

 private:
  uint64_t explicit_policy_, mapping_, inhibit_any_;
  PolicySet expected_;
  bool any_ = true;  // the initial tree: one node, anyPolicy
};

}  // namespace

std::optional<std::string> FindPolicyFault(std::span<const Certificate* const> path, bool anchored) {
  PolicyState state(path.size());
  size_t i = path.size();
  if (anchored && i > 1) {
    --i;
    state.Limit(*path[i]);
  }
  while (i-- > 0) {
    const Certificate& certificate = *path[i];
    state.Assert(certificate, i == 0);
    if (!state.Satisfied() && RuleOn(Rule::kPolicies)) {
      return fmt::format("an explicit policy is required and none is valid at certificate {}", i);
    }
    if (i == 0) {
      break;
    }
    if (!state.Map(certificate) && RuleOn(Rule::kPolicies)) {
      return fmt::format("certificate {} maps anyPolicy", i);
    }
    if (!certificate.self_issued()) {
      state.Decrement();
    }
    state.Limit(certificate);
  }
  state.WrapUp(*path[0]);
  if (!state.Satisfied() && RuleOn(Rule::kPolicies)) {
    return "an explicit policy is required and none is valid for the whole path";
  }
  return std::nullopt;
}

}  // namespace verifier

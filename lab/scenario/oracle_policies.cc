#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using Policies = std::set<std::string>;

const std::string& Any() {
  static const std::string any(certs::kAnyPolicy);
  return any;
}

// The deepest level of the valid_policy_graph of RFC 9618 5: every valid policy with its expected policies. Levels
// above it say nothing that matters while every policy is acceptable.
using Level = std::map<std::string, Policies>;

// 6.1.3 d: what of the level above a certificate with these policies goes on with.
Level Below(const Level& above, const std::vector<std::string>& asserted, bool any_counts) {
  Level below;
  bool has_any = false;
  for (const std::string& policy : asserted) {
    has_any = has_any || policy == Any();
    const bool expected = std::ranges::any_of(above, [&](const auto& node) { return node.second.contains(policy); });
    if (policy != Any() && (expected || above.contains(Any()))) {
      below[policy] = {policy};
    }
  }
  if (has_any && any_counts) {
    for (const auto& [valid, expected] : above) {
      for (const std::string& policy : expected) {
        below.try_emplace(policy, Policies{policy});
      }
    }
  }
  return below;
}

// 6.1.4 b.
void Map(Level& level, const std::vector<certs::PolicyMapping>& mappings, bool allowed) {
  std::map<std::string, Policies> targets;
  for (const certs::PolicyMapping& mapping : mappings) {
    targets[mapping.issuer_domain].insert(mapping.subject_domain);
  }
  for (const auto& [from, to] : targets) {
    if (!allowed) {
      level.erase(from);
    } else if (level.contains(from) || level.contains(Any())) {
      level[from] = to;
    }
  }
}

bool MapsAny(const CertSpec& cert) {
  return std::ranges::any_of(cert.policy_mappings, [](const certs::PolicyMapping& mapping) {
    return mapping.issuer_domain == Any() || mapping.subject_domain == Any();
  });
}

// RFC 5280 4.2.1.4: at least one policy, and none twice.
bool IsReadable(const certs::CertificatePolicies& policies) {
  const Policies once(policies.oids.begin(), policies.oids.end());
  return !once.empty() && once.size() == policies.oids.size();
}

// The state variables of 6.1.2 d to f.
struct Counters {
  int explicit_policy, mapping, inhibit_any;

  void Decrement() {
    for (int* counter : {&explicit_policy, &mapping, &inhibit_any}) {
      *counter -= *counter > 0 ? 1 : 0;
    }
  }
  void Limit(const CertSpec& cert) {
    const auto limit = [](int& counter, std::optional<int> skip) {
      if (skip && *skip >= 0) {
        counter = std::min(counter, *skip);
      }
    };
    if (cert.policy_constraints) {
      limit(explicit_policy, cert.policy_constraints->require_explicit_policy);
      limit(mapping, cert.policy_constraints->inhibit_policy_mapping);
    }
    if (cert.inhibit_any_policy) {
      limit(inhibit_any, cert.inhibit_any_policy->skip_certs);
    }
  }
};

}  // namespace

bool PoliciesAreMalformed(const CertSpec& cert) {
  const auto negative = [](std::optional<int> skip) { return skip && *skip < 0; };
  if (cert.policies && !IsReadable(*cert.policies)) {
    return true;
  }
  if (const auto& limits = cert.policy_constraints) {
    if (!limits->critical || (!limits->require_explicit_policy && !limits->inhibit_policy_mapping) ||
        negative(limits->require_explicit_policy) || negative(limits->inhibit_policy_mapping)) {
      return true;
    }
  }
  return cert.inhibit_any_policy && (!cert.inhibit_any_policy->critical || cert.inhibit_any_policy->skip_certs < 0);
}

// RFC 5280 6.1 with the initial set any-policy.
bool PoliciesFail(const std::vector<PolicyStep>& path, bool anchored) {
  const int n = static_cast<int>(path.size()) - (anchored && path.size() > 1 ? 1 : 0);
  Counters counters{n + 1, n + 1, n + 1};
  if (anchored && path.size() > 1) {
    counters.Limit(*path.back().cert);  // RFC 5937 3.2
  }
  Level level = {{Any(), {Any()}}};
  for (int i = n - 1; i >= 0; --i) {
    const auto& [cert, self_issued] = path[static_cast<size_t>(i)];
    const bool readable = cert->policies && IsReadable(*cert->policies);
    level = readable ? Below(level, cert->policies->oids, counters.inhibit_any > 0 || (i > 0 && self_issued)) : Level{};
    if (counters.explicit_policy == 0 && level.empty()) {
      return true;
    }
    if (i == 0) {
      break;
    }
    if (MapsAny(*cert)) {
      return true;
    }
    Map(level, cert->policy_mappings, counters.mapping > 0);
    if (!self_issued) {
      counters.Decrement();
    }
    counters.Limit(*cert);
  }
  const auto& own = path.front().cert->policy_constraints;
  const bool required = counters.explicit_policy <= 1 || (own && own->require_explicit_policy == 0);
  return required && level.empty();
}

}  // namespace lab::oracle

#include "lab/scenario/policy.h"

namespace lab {

std::string_view Name(Policy policy) {
  switch (policy) {
    case Policy::kSubmission:
      return "submission";
    case Policy::kRelayOpportunistic:
      return "relay-opportunistic";
    case Policy::kRelayDane:
      return "relay-dane";
    case Policy::kRelayMtaSts:
      return "relay-mta-sts";
  }
  return "unknown";
}

std::optional<Policy> PolicyByName(std::string_view name) {
  for (const Policy policy : AllPolicies()) {
    if (Name(policy) == name) {
      return policy;
    }
  }
  return std::nullopt;
}

std::vector<Policy> AllPolicies() {
  return {Policy::kSubmission, Policy::kRelayOpportunistic, Policy::kRelayDane, Policy::kRelayMtaSts};
}

}  // namespace lab

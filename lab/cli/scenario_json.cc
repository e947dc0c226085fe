#include "lab/cli/scenario_json.h"

#include <nlohmann/json.hpp>

namespace lab {

nlohmann::ordered_json ExpectToJson(const std::map<Policy, Expectation>& expect) {
  using Json = nlohmann::ordered_json;
  Json all = Json::object();
  for (const auto& [policy, expectation] : expect) {
    Json one = {{"demand", Name(expectation.demand)}, {"must_reach", Name(expectation.must_reach)}};
    if (!expectation.verdict.ok()) {
      one["reason"] = certs::Name(expectation.verdict.reason);
      one["depth"] = expectation.verdict.depth;
    }
    one["also"] = Json::array();
    for (const certs::Reason also : expectation.also) {
      one["also"].push_back(certs::Name(also));
    }
    if (expectation.once_fetched) {
      one["once_fetched"] = Name(*expectation.once_fetched);
    }
    all[std::string(Name(policy))] = std::move(one);
  }
  return all;
}

}  // namespace lab

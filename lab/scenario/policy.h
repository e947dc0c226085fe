// What a client is for decides what is right for it: the same scenario asks different things of different clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lab {

enum class Policy : uint8_t {
  kSubmission,          // a mail user agent that must authenticate its server (RFC 8314): the default
  kRelayOpportunistic,  // an MTA that may deliver to anyone, in clear if need be, but must not believe injected replies
  kRelayDane,           // authenticates by TLSA (RFC 7672)
  kRelayMtaSts,         // authenticates by a published policy (RFC 8461)
};
std::string_view Name(Policy policy);  // "submission", "relay-opportunistic", "relay-dane", "relay-mta-sts"
std::optional<Policy> PolicyByName(std::string_view name);
std::vector<Policy> AllPolicies();

}  // namespace lab

// The verb `campaign`: random worlds, and what client and oracle do not agree on, cut down to a scenario file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lab/cli/context.h"

namespace lab {

struct CampaignVerbOptions {
  CommonOptions common;
  std::string client = "built-in";
  std::string duration;  // "60s", "10m", "2h"
  std::optional<uint64_t> count;
  uint64_t seed = 1, first = 0;
  size_t findings = 10;  // different ones, after which it ends
  std::string policy, mode;
  int jobs = 0;  // 0: one a core
  std::string out = "lab-out";  // folder for the scenario files of what is found
};

// kExitUnexpected if anything was found.
int CampaignVerb(const CampaignVerbOptions& options);

}  // namespace lab

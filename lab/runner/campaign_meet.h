// One world of a campaign and one client. For campaign.cc only.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/runner/campaign.h"

namespace lab {

struct CampaignOutcome {
  Outcome outcome = Outcome::kError;  // kError: the world cannot be made, which is nobody's fault
  std::string sentence;
};

// Puts one client into drawn worlds.
class CampaignClient {
 public:
  virtual ~CampaignClient() = default;
  // Thread-safe. An error means that the client cannot be run at all.
  virtual certs::Result<CampaignOutcome> Meet(const DrawnWorld& world) = 0;

  static std::unique_ptr<CampaignClient> Make(const CampaignOptions& options, const std::atomic<bool>& stop);
};

}  // namespace lab

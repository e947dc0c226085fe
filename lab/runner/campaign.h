// A campaign: worlds at random (campaign_draw.h), predicted by the oracle, met by a client, judged. Where client and
// oracle disagree the world is cut down to the fewest edits that still show it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/runner/campaign_draw.h"
#include "lab/runner/client.h"
#include "lab/scenario/outcome.h"

namespace lab {

struct CampaignOptions {
  const CommandSpec* command = nullptr;  // null: the built-in client, in memory and in virtual time
  std::optional<Policy> policy;          // default: a command's own; for the built-in client drawn for every world
  std::optional<fakeserver::TlsMode> mode;
  uint64_t seed = 1;
  uint64_t first = 0;                                 // number of the first world
  std::optional<uint64_t> count;                      // how many worlds; default: until the time is over
  std::optional<std::chrono::milliseconds> duration;  // if neither is given, every pair of rows once
  int jobs = 0;               // worlds at a time; 0: one a core
  size_t most_findings = 10;  // different ones, after which it ends
};

// A disagreement.
struct CampaignFinding {
  uint64_t number = 0;             // of the world it was seen in
  std::vector<std::string> parts;  // the scenarios that world was drawn from
  Scenario scenario;               // cut down
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  Policy policy = Policy::kSubmission;
  Outcome outcome = Outcome::kError;
  std::string sentence;
  size_t edits = 0;  // members of the good world that the scenario edits
};

struct CampaignSummary {
  uint64_t worlds = 0;                        // met
  uint64_t unmixed = 0, unmade = 0;           // drawn, but they do not mix; mixed, but cannot be issued or served
  uint64_t accept = 0, refuse = 0, safe = 0;  // what was demanded of the client: `safe` is any safe outcome
  uint64_t repeated = 0;                      // disagreements that cut down to one that was known
  size_t rows = 0, all_rows = 0, pairs = 0, all_pairs = 0;  // coverage rows and pairs of them that were met
  bool interrupted = false;
};

struct CampaignEvents {
  std::function<void(const CampaignSummary&)> on_progress;  // after every world
  std::function<void(const CampaignFinding&)> on_finding;
};

// kBadInput if there is nothing to draw; what keeps a client from being run at all is the run's error.
certs::Result<CampaignSummary> RunCampaign(const CampaignOptions& options, const CampaignEvents& events,
                                           const std::atomic<bool>& stop);

// The command that meets just this world again, before it was cut down.
std::string CampaignRepro(const CampaignOptions& options, uint64_t number);

}  // namespace lab

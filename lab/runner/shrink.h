// Cuts a world in which client and oracle disagree down to the fewest edits that still show it. For campaign.cc only.
#pragma once

#include <atomic>
#include <functional>

#include "lab/runner/campaign_draw.h"

namespace lab {

struct Shrunk {
  DrawnWorld world;
  size_t edits = 0;  // members of GoodWorld() that it edits
};

// First takes away whole parts, then single members, as long as `still_fails` says so; gives up at a bound of tries or
// when `stop` is set, with what it has. The result is 1-minimal unless it gave up: no single edit can be taken away.
Shrunk Shrink(const Deck& deck, const DrawnWorld& failing, const std::function<bool(const DrawnWorld&)>& still_fails,
              const std::atomic<bool>& stop);

}  // namespace lab

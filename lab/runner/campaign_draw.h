// Worlds drawn at random from the edits of the catalogue, each by its number: the same seed draws the same worlds,
// whatever the order in which they are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakeserver/scripts.h"
#include "lab/scenario/compose.h"

namespace lab {

struct DrawnWorld {
  uint64_t number = 0;
  std::vector<const Scenario*> parts;  // whose edits it has
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  Policy policy = Policy::kSubmission;
  Composed composed;
};

class Deck {
 public:
  // Draws from these, each as an edit of GoodWorld(). Kept by reference.
  Deck(std::vector<const Scenario*> parts, uint64_t seed, std::optional<Policy> policy,
       std::optional<fakeserver::TlsMode> mode);

  // First every pair of coverage rows, in the seed's order; from number pairs().size() on, one to four parts at random.
  // Nothing if what is drawn does not mix, after some tries. Thread-safe.
  std::optional<DrawnWorld> Draw(uint64_t number) const;

  // The world of these edits, judged in that mode and by that policy; nothing if they do not mix.
  std::optional<DrawnWorld> Mix(std::vector<const Scenario*> parts, fakeserver::TlsMode mode, Policy policy,
                                uint64_t number) const;

  const std::vector<std::string>& rows() const { return rows_; }
  // By place in rows().
  const std::vector<std::pair<size_t, size_t>>& pairs() const { return pairs_; }

 private:
  std::vector<const Scenario*> parts_;
  std::vector<std::string> rows_;
  std::vector<std::vector<const Scenario*>> of_row_;
  std::vector<std::pair<size_t, size_t>> pairs_;
  uint64_t seed_;
  std::optional<Policy> policy_;
  std::optional<fakeserver::TlsMode> mode_;
};

// The scenarios that make good parts: single edits of the catalogue, of chains that do not take long to verify.
std::vector<const Scenario*> CampaignParts();

}  // namespace lab

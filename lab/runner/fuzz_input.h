// Inputs of fuzz targets that describe worlds, as worlds: what the targets chain_spec and starttls_injection read, and
// what `scenario from-fuzz` prints as scenario files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/runner/campaign_draw.h"

namespace lab {

// An input of chain_spec, lines of text: a digit (bits 0-1 the policy, bit 2: implicit TLS), the ids of scenarios whose
// edits the world has, and the numbers of edits that are left out, each behind a '-'. Any octets are an input; what is
// too much is left out.
struct EditList {
  static constexpr size_t kMostParts = 4, kMostLeftOut = 8;

  char setting = '0';
  std::vector<std::string> ids;
  std::vector<size_t> left_out;
};
EditList ReadEditList(std::string_view input);
std::string Print(const EditList& list);

// The scenarios that can be parts, in the catalogue's order.
const std::vector<const Scenario*>& EditListParts();

// The world, judged by the policy and in the mode of its setting; nothing if its parts do not mix, or are none.
std::optional<DrawnWorld> WorldOf(const EditList& list);

// An input of starttls_injection: an octet that places the injection, one that slices it, a keyword more of the clear
// EHLO reply up to the first newline, the injected octets.
World InjectedWorld(std::string_view input);

// The scenario that an input of a target describes, with the mode and policy it was met under. kBadInput: the target
// describes no worlds, or the input none.
struct FuzzedScenario {
  Scenario scenario;
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  Policy policy = Policy::kSubmission;
};
certs::Result<FuzzedScenario> ScenarioFromFuzz(std::string_view target, std::string_view input);

}  // namespace lab
